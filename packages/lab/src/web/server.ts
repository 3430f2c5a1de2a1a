// The web server of a lab: the page of the living neighbourhood and its feed. It listens on this machine's own address and
// nowhere else, because it shows single readings.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import {
  checkCsrf,
  eventStream,
  HttpProblem,
  ListenError,
  type PageServer,
  PagesMissingError,
  readJson,
  servedPages,
  startPageServer
} from '@hushgrid/http'
import { HushgridError, type Slot, slotTimes } from '@hushgrid/primitives'
import { laneCodes } from '@hushgrid/topology'
import type { LabMeterDetail } from '@hushgrid/web-api'
import type { Hono } from 'hono'
import type { HouseholdReading } from '../meters/operation.ts'
import { readerOf } from '../meters/readings.ts'
import type { LabEvent, SlotRow } from '../neighbourhood/events.ts'
import type { LabSample } from '../neighbourhood/neighbourhood.ts'
import type { LabPage, LabRun } from '../run/page.ts'
import type { LabWebOptions } from '../run/plan.ts'
import { labAction } from './action-shape.ts'
import { LabActions } from './actions.ts'
import { LabFeed } from './feed.ts'
import { ReceivedValues } from './received-values.ts'
import { stateOf } from './run-state.ts'
import { RunView } from './run-view.ts'

/** Address of the page; any other would let others reach single readings. */
const HOST = '127.0.0.1'
const CSRF_BYTES = 32
/** Time for the last event to leave before connections are closed, ms. */
const LAST_WORDS = 50

/** Lack of a page to serve; a lab can do without. */
export class NoPageError extends HushgridError {
  override name = 'NoPageError'
}

/**
 * Starts the server.
 *
 * @param warn - told of a defect in a route
 * @throws NoPageError where the pages cannot be built; ListenError where the port cannot be had
 */
export async function startLabWeb({ port, orFree = false }: LabWebOptions, warn: (text: string) => void): Promise<LabPage> {
  const web = new LabWeb()
  const listen = async (at: number): Promise<PageServer> =>
    await startPageServer({
      page: 'lab',
      pages: await servedPages(),
      listen: { host: HOST, port: at },
      routes: app => web.routes(app),
      warn
    })
  try {
    web.server = await listen(port).catch(cause => {
      if (!orFree || !(cause instanceof ListenError)) throw cause
      return listen(0)
    })
  } catch (cause) {
    if (cause instanceof PagesMissingError) throw new NoPageError(`no page: ${cause.message}`)
    throw cause
  }
  return web
}

/** The page's server of a lab, with its API. */
export class LabWeb implements LabPage {
  server: PageServer | undefined
  readonly #csrf = randomBytes(CSRF_BYTES).toString('base64url')
  #feed: LabFeed | undefined
  #actions: LabActions | undefined
  #values: ReceivedValues | undefined
  #reading: HouseholdReading | undefined
  #view: RunView | undefined

  get url(): string {
    return this.server?.url ?? ''
  }

  begin(run: LabRun): void {
    const { readings } = run.plan
    this.#values?.forgetFrom(readings.firstSlot)
    if (this.#feed) this.#feed.begin(stateOf(run))
    else {
      const feed = new LabFeed(this.#csrf, stateOf(run))
      this.#feed = feed
      this.#actions = new LabActions(feed, () => this.#view)
      this.#values = new ReceivedValues()
      this.#reading = readerOf(readings.recipe)
    }
    this.#view?.end()
    this.#view = new RunView(run, this.#feed, this.#values as ReceivedValues)
  }

  event(event: LabEvent): void {
    this.#view?.event(event)
  }

  running(sample: LabSample, firstSlot: Slot): void {
    this.#view?.running(sample, firstSlot)
  }

  over(row: SlotRow, sample: LabSample): void {
    this.#view?.over(row, sample)
  }

  ended(): void {
    this.#view?.end()
    this.#feed?.end()
    this.#feed?.renew({ phase: 'ended' })
  }

  async stop(): Promise<void> {
    await wait(LAST_WORDS)
    await this.server?.stop()
  }

  routes(app: Hono): void {
    app.get('/api/lab', c => c.json(this.#feedNow().state))
    app.get('/api/lab/events', c => {
      const feed = this.#feedNow()
      if (feed.isFull) throw new HttpProblem(503, 'too many pages follow this lab: close one of them', { 'retry-after': '5' })
      return eventStream(c, (send, signal) => feed.follow(send, signal))
    })
    app.get('/api/lab/meters/:household', c => c.json(this.#detail(c.req.param('household'))))
    app.post('/api/lab/actions', async c => {
      checkCsrf(c, { csrf: this.#csrf })
      const action = await readJson(c, labAction)
      this.#feedNow()
      this.#actions?.begin(action)
      return c.json({}, 202)
    })
  }

  #feedNow(): LabFeed {
    if (!this.#feed) throw new HttpProblem(503, 'the neighbourhood is about to be started')
    return this.#feed
  }

  #detail(text: string): LabMeterDetail {
    const feed = this.#feedNow()
    const [view, values, reading] = [this.#view, this.#values, this.#reading]
    const household = Number(text)
    if (!view || !values || !reading || !/^\d{1,6}$/.test(text) || household >= view.run.plan.readings.households)
      throw new HttpProblem(404, 'there are no readings of such a household')
    const { network } = view.run.plan
    const { slotSeconds } = network
    const lanes = laneCodes(network)
    const known = [...view.run.neighbourhood.households].find(([, number]) => number === household)
    const slots = [...feed.slots.map(({ slot }) => slot), ...(feed.open ? [feed.open.slot] : [])]
    return {
      household,
      id: known?.[0] ?? '',
      state: view.stateOf(household),
      neighbours: (view.ring?.edges ?? []).flatMap(([a, b]) => (a === household ? [b] : b === household ? [a] : [])),
      keyAgreements: view.agreementsOf(household),
      slots: slots.map(slot => {
        const used = reading(household, slot as Slot, lanes)
        return {
          slot,
          start: new Date(slotTimes(slot as Slot, slotSeconds).start).toISOString(),
          used: used ? Object.fromEntries(lanes.map((lane, i) => [lane, String(used[i])])) : null,
          received: values.of(household, slot)
        }
      })
    }
  }
}
