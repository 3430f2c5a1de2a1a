// Routes about neighbourhoods' load: totals and statistics on them, and nothing of one household.
import type { Actor, Network, Role } from '@hushgrid/mdms'
import { loadDurationCurve, ShortHistoryError } from '@hushgrid/statistics'
import type { DeskClock, LatestTotal } from '@hushgrid/web-api'
import type { Context, Hono } from 'hono'
import { zonesOf } from '../bills/priced.ts'
import { totalsView } from '../commands/show/records.ts'
import { forecastView, peaksView, profileView } from '../commands/show/statistics.ts'
import { instant } from '../commands/tables.ts'
import { LATEST, type Question, type View, type Viewer } from '../commands/view.ts'
import { aboutNetwork, countOf, networkOf, questionOf, timeOf, timesOf } from './desk-question.ts'
import { answer, askedOf, type Handler, roleOf, signedIn } from './desk-routes.ts'
import { actorOf, type WebDesk } from './web-desk.ts'

const DAY = 86_400_000
/** Days that a forecast looks at, and a week more for partial days. */
const HISTORY_DAYS = 63
const DEFAULT_POINTS = 101
const FIRST_LOOK_DAYS = 31
const READERS: readonly [Role, ...Role[]] = ['supplier-analyst', 'billing', 'auditor']

export function loadRoutes(app: Hono, desk: WebDesk): void {
  const of = (view: (question: Question) => Promise<View>): Handler =>
    aboutLoad(desk, async (c, question) => answer(c, (await view(question)).json))

  app.get(
    '/api/networks',
    signedIn(desk, async (c, session) => answer(c, await desk.store.readNetworks(actorOf(session, roleOf(session, READERS)))))
  )
  // Tells the node's own clock, which in a lab differs from the wall's, and the zones of the days that tariffs charge by.
  app.get(
    '/api/clock',
    signedIn(desk, async c => {
      const { tariffs } = await desk.store.readTerms()
      return c.json({ now: instant(desk.now()), zones: zonesOf(tariffs) } satisfies DeskClock)
    })
  )
  app.get(
    '/api/networks/:network/latest',
    signedIn(desk, async (c, session) => {
      const actor = actorOf(session, 'supplier-analyst')
      const network = await networkOf(desk, actor, c.req.param('network'))
      return answer(c, await latestOf(desk, actor, network))
    })
  )
  app.get('/api/networks/:network/totals', of(totalsView))
  app.get('/api/networks/:network/peaks', of(peaksView))
  app.get('/api/networks/:network/profile', of(profileView))
  app.get(
    '/api/networks/:network/totals.csv',
    aboutLoad(desk, async (c, question) => {
      const { csv } = await totalsView({ ...question, csv: true })
      return c.body(csv as string, 200, {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="totals.csv"'
      })
    })
  )
  app.get(
    '/api/networks/:network/duration',
    aboutLoad(desk, async (c, { store, actor, network, range, lane }) => {
      const points = countOf(c, 'points', 2, DEFAULT_POINTS)
      const curve = loadDurationCurve(await store.readTotals(actor, network.network, range), { lane, points })
      const { network: name, slotSeconds } = network
      return answer(c, {
        ...{ network: name, lane, slotSeconds },
        points: curve.map(({ share, energy }) => ({ share, wattHours: energy }))
      })
    })
  )
  app.get(
    '/api/networks/:network/forecast',
    aboutLoad(
      desk,
      async (c, question) => {
        try {
          return answer(c, (await forecastView(question)).json)
        } catch (cause) {
          if (!(cause instanceof ShortHistoryError)) throw cause
          return answer(c, { why: cause.message })
        }
      },
      c => {
        const until = timeOf(c, 'until')
        return { from: Math.max(0, until - HISTORY_DAYS * DAY), until }
      }
    )
  )
}

/** Finds the start of the last slot with a total. Looks back in growing steps, since nothing tells where the totals end. */
async function latestOf({ store, now }: WebDesk, actor: Actor, { network, slotSeconds }: Network): Promise<LatestTotal> {
  const slotAt = (time: number): number => Math.floor(time / (slotSeconds * 1000))
  const lastIn = async (from: number, until: number) => (await store.readTotals(actor, network, { from, until })).at(-1)
  const today = slotAt(now())
  let last = await lastIn(today, slotAt(LATEST))
  for (let until = today, days = FIRST_LOOK_DAYS; !last && until > 0; days *= 2) {
    const from = Math.max(0, until - slotAt(days * DAY))
    last = await lastIn(from, until)
    until = from
  }
  return last ? { start: instant(last.slot * slotSeconds * 1000) } : {}
}

/** Makes a route that answers a question about a network's totals. */
function aboutLoad(
  desk: WebDesk,
  run: (c: Context, question: Question) => Promise<Response>,
  times: (c: Context) => Viewer['times'] = timesOf
): Handler {
  return signedIn(desk, async (c, session) => {
    const actor: Actor = actorOf(session, 'supplier-analyst')
    return await aboutNetwork(desk, session, actor, async () => {
      const network = await networkOf(desk, actor, c.req.param('network'))
      return await askedOf(() => run(c, questionOf(desk, c, actor, network, times(c))))
    })
  })
}
