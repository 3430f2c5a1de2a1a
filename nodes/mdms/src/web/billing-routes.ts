// Routes about bills. A household is a pseudonym in them, and nothing finer than a billing period is known of it.
import { formatAmount } from '@hushgrid/billing'
import { field, HttpProblem, readJson } from '@hushgrid/http'
import type { Network } from '@hushgrid/mdms'
import { moment } from '@hushgrid/runtime'
import type { SlotRange } from '@hushgrid/statistics'
import type { BillToCheckAgain } from '@hushgrid/web-api'
import type { Context, Hono } from 'hono'
import { type Due, sumsByCurrency, tariffNamed } from '../bills/payable.ts'
import { moneyOf, pricesOfBills } from '../bills/priced.ts'
import { billsView } from '../commands/show/bills.ts'
import { consumptionView } from '../commands/show/records.ts'
import { instant } from '../commands/tables.ts'
import { LATEST, type Question } from '../commands/view.ts'
import type { BillRechecker } from './bill-rechecker.ts'
import { aboutNetwork, checkTimes, networkOf, questionOf, slotsOf, timesOf } from './desk-question.ts'
import { answer, asked, askedOf, type Handler, signedIn } from './desk-routes.ts'
import { householdAccount } from './household-account.ts'
import { actorOf, type WebDesk } from './web-desk.ts'

/** Most days of a request for bills, each of which has a proof of some hundred kB. */
const MOST_BILL_DAYS = 62

export function billingRoutes(app: Hono, desk: WebDesk, checks: BillRechecker): void {
  app.get(
    '/api/networks/:network/bills',
    aboutBills(desk, MOST_BILL_DAYS, async (c, question) =>
      answer(c, await inWords(desk, question.network, (await billsView(question)).json as BillsOfView))
    )
  )
  app.get(
    '/api/networks/:network/consumption',
    aboutBills(desk, undefined, async (c, question) => answer(c, (await consumptionView(question)).json))
  )
  app.post('/api/networks/:network/bills/check', checkAgain(desk, checks))
  app.get(
    '/api/tariffs',
    signedIn(desk, async (c, session) => {
      const tariffs = await desk.store.readTariffs(actorOf(session, 'billing'))
      return answer(c, {
        tariffs: tariffs.map(({ tariff, text, from, until, hash }) => {
          const zone = tariffNamed(tariff, tariffs)?.timeZone
          return {
            tariff,
            text,
            ...(zone !== undefined && { timeZone: zone }),
            from: instant(from),
            ...(until !== undefined && { until: instant(until) }),
            hash
          }
        })
      })
    })
  )
  app.get('/api/households', households(desk))
}

/** Result of `show bills --json`, whose amounts to pay are exact and not for people. */
interface BillsOfView {
  readonly bills: readonly { readonly tariff: string; readonly from: string; readonly until: string; readonly toPay?: Due }[]
}

async function inWords({ store, bands }: WebDesk, { slotSeconds }: Network, view: BillsOfView): Promise<unknown> {
  const { tariffs } = await store.readTerms()
  const together = sumsByCurrency(view.bills.flatMap(({ toPay }) => toPay ?? []))
  const bills = view.bills.map(({ toPay, ...bill }) => {
    const tariff = tariffNamed(bill.tariff, tariffs)
    if (!toPay || !tariff) return bill
    const { currency, minor } = toPay
    return { ...bill, money: moneyOf(tariff), toPay: { currency, minor: String(minor), text: formatAmount(minor, { currency }) } }
  })
  const slot = (time: string): number => Date.parse(time) / (slotSeconds * 1000)
  const priced = view.bills.map(({ tariff, from, until }) => ({ tariff, period: { from: slot(from), until: slot(until) } }))
  return { ...view, bills, together, prices: pricesOfBills(priced, { tariffs, slotSeconds, ...(bands && { bands }) }) }
}

function aboutBills(desk: WebDesk, mostDays: number | undefined, run: (c: Context, question: Question) => Promise<Response>): Handler {
  return signedIn(desk, async (c, session) => {
    const actor = actorOf(session, 'billing')
    return await aboutNetwork(desk, session, actor, async () => {
      const network = await networkOf(desk, actor, c.req.param('network'))
      return await run(c, questionOf(desk, c, actor, network, timesOf(c, mostDays)))
    })
  })
}

function checkAgain(desk: WebDesk, checks: BillRechecker): Handler {
  return signedIn(desk, async (c, session) => {
    const { household, from, until } = await readJson(c, value => ({
      household: field(value, 'household', 'string'),
      from: field(value, 'from', 'string'),
      until: field(value, 'until', 'string')
    }))
    const actor = actorOf(session, 'billing')
    const { network, times, range, bills } = await aboutNetwork(desk, session, actor, async () => {
      const network = await networkOf(desk, actor, c.req.param('network'))
      const times = checkTimes(asked(() => ({ from: moment('from', from), until: moment('until', until) })))
      const range = slotsOf(network, times)
      return { network, times, range, bills: await askedOf(() => desk.store.readHouseholdBills(actor, household, range)) }
    })
    const bill = bills.find(({ network: of, period }) => of === network.network && isSame(period, range))
    if (!bill) throw new HttpProblem(404, 'no such bill')
    const begun = performance.now()
    const steps = await checks.check(network, bill)
    const milliseconds = Math.round(performance.now() - begun)
    const what: BillToCheckAgain = { household: bill.household, from: instant(times.from), until: instant(times.until) }
    const holds = steps.every(step => step.holds === true)
    return answer(c, { network: network.network, ...what, holds, steps, checked: instant(desk.now()), milliseconds })
  })
}

function isSame(one: SlotRange, other: SlotRange): boolean {
  return one.from === other.from && one.until === other.until
}

/** Answers with all pseudonyms of a network, or one with its billing periods and bills. */
function households(desk: WebDesk): Handler {
  return signedIn(desk, async (c, session) => {
    const actor = actorOf(session, 'billing')
    const network = await networkOf(desk, actor, c.req.query('network'))
    const range = allSlots(network)
    const household = c.req.query('household')
    if (household !== undefined) return answer(c, await askedOf(() => householdAccount(desk, { actor, network, household, range })))
    const { billed, open, silent } = await desk.store.readBillingRun(actor, network.network, range)
    return answer(c, { network: network.network, households: [...billed, ...open, ...silent].sort() })
  })
}

function allSlots({ slotSeconds }: Network): SlotRange {
  return { from: 0, until: Math.floor(LATEST / (slotSeconds * 1000)) }
}
