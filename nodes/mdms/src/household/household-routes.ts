// The supplier's API for customers: each route is about one household, for its own customer only.
import { clearSessionCookie, field, HttpProblem, readJson, remoteAddress, sessionOf } from '@hushgrid/http'
import { type Actor, CONSENT_PURPOSES, type ConsentPurpose } from '@hushgrid/mdms'
import type { SlotRange } from '@hushgrid/statistics'
import { type AccountDeleted, MOST_PASSWORD_UNITS, type ReadingsDeleted } from '@hushgrid/web-api'
import type { Context, Hono } from 'hono'
import { instant } from '../commands/tables.ts'
import { LATEST } from '../commands/view.ts'
import { type Handler, signedIn } from '../web/desk-routes.ts'
import { actorOf, type WebDesk } from '../web/web-desk.ts'
import { BillExplainer } from './bill-explainer.ts'
import { batchesAnswer, billsAnswer, consentsAnswer, networkOf, seenAnswer } from './household-answers.ts'

/** A session's own household, and its customer. */
interface Customer {
  readonly actor: Actor
  readonly household: string
}

const HOUSEHOLD = '/api/households/:household'
/** Range of all slots, even of those of a second. */
const EVER: SlotRange = { from: 0, until: LATEST / 1000 }

/**
 * Adds the routes. Any household but the session's own is answered as one that does not exist, without a look. Requests
 * and the store's refusals are in the store's audit log.
 */
export function householdRoutes(app: Hono, desk: WebDesk): void {
  const { store } = desk
  const explainer = new BillExplainer(desk.bands)
  app.get(
    `${HOUSEHOLD}/batches`,
    ofCustomer(desk, async (c, { actor, household }) => {
      const readings = await store.readReadings(actor, household, rangeOf(c))
      return c.json(batchesAnswer(networkOf(await store.readTerms(), readings), readings, desk.now()))
    })
  )
  app.get(
    `${HOUSEHOLD}/bills`,
    ofCustomer(desk, async (c, { actor, household }) => {
      const bills = await store.readHouseholdBills(actor, household, EVER)
      return c.json(await billsAnswer(explainer, await store.readTerms(), bills))
    })
  )
  app.get(
    `${HOUSEHOLD}/seen`,
    ofCustomer(desk, async (c, { actor, household }) => {
      const readings = await store.readReadings(actor, household, EVER)
      const bills = await store.readHouseholdBills(actor, household, EVER)
      const consumption = await store.readHouseholdConsumption(actor, household, EVER)
      const access = await store.readHouseholdAccess(actor, household)
      const terms = await store.readTerms()
      const { shownAt } = desk
      return c.json(seenAnswer({ pseudonym: household, account: actor.account, terms, readings, bills, consumption, access, shownAt }))
    })
  )
  app.get(
    `${HOUSEHOLD}/consents`,
    ofCustomer(desk, async (c, { actor, household }) => c.json(consentsAnswer(await store.readConsents(actor, household), desk.shownAt)))
  )
  app.put(
    `${HOUSEHOLD}/consents`,
    ofCustomer(desk, async (c, { actor, household }) => {
      const { purpose, given } = await readJson(c, value => ({ purpose: purposeOf(value), given: field(value, 'given', 'boolean') }))
      return c.json(consentsAnswer(await store.setConsent(actor, household, purpose, given), desk.shownAt))
    })
  )
  app.delete(
    `${HOUSEHOLD}/readings`,
    ofCustomer(desk, async (c, { actor, household }) => {
      return c.json({ batches: await store.deleteReadings(actor, household) } satisfies ReadingsDeleted)
    })
  )
  app.delete(`${HOUSEHOLD}/account`, ofCustomer(desk, deleteAccount(desk)))
}

/** Asks for the password once more, so that an open page alone cannot delete. */
function deleteAccount({ store, sessions, limiter, keepBills }: WebDesk): (c: Context, customer: Customer) => Promise<Response> {
  return async (c, { actor, household }) => {
    const { account } = actor
    const proof = await readJson(c, proofOf)
    const again = { account, address: remoteAddress(c), session: sessionOf(c, sessions).token }
    // Answers 403 and not 401, since the session goes on.
    if (!(await limiter.attempt(again, () => store.signIn(account, proof))))
      throw new HttpProblem(403, 'expected the password of this account, got another')
    const { batches, bills, billsEnd } = await store.closeAccount(actor, household)
    sessions.endWhere(value => value.account === account)
    clearSessionCookie(c)
    const billsUntil = billsEnd === undefined ? {} : { billsUntil: instant(billsEnd + keepBills) }
    return c.json({ batches, bills, ...billsUntil } satisfies AccountDeleted)
  }
}

function ofCustomer(desk: WebDesk, run: (c: Context, customer: Customer) => Promise<Response>): Handler {
  const own = signedIn(desk, async (c, session) => {
    return await run(c, { actor: actorOf(session, 'customer'), household: session.household ?? '' })
  })
  return async c => {
    const { household } = sessionOf(c, desk.sessions).value
    if (household === undefined || c.req.param('household') !== household) throw new HttpProblem(404, 'no such household')
    return await own(c)
  }
}

/** Reads `from` and `until`, slots; both or either may be left out. */
function rangeOf(c: Context): SlotRange {
  const range = { from: slotOf(c, 'from') ?? EVER.from, until: slotOf(c, 'until') ?? EVER.until }
  if (range.from >= range.until) throw new HttpProblem(400, 'until: expected a slot after from, got one that is not')
  return range
}

function slotOf(c: Context, name: 'from' | 'until'): number | undefined {
  const text = c.req.query(name)
  if (text === undefined) return undefined
  const slot = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN
  if (!(slot <= EVER.until)) throw new HttpProblem(400, `${name}: expected the number of a slot, got something else`)
  return slot
}

function purposeOf(value: unknown): ConsentPurpose {
  const text = field(value, 'purpose', 'string')
  const purpose = CONSENT_PURPOSES.find(each => each === text)
  if (!purpose) throw new HttpProblem(400, `purpose: expected ${CONSENT_PURPOSES.join(' or ')}, got something else`)
  return purpose
}

function proofOf(value: unknown): string {
  const proof = field(value, 'proof', 'string')
  if (proof.length > MOST_PASSWORD_UNITS) throw new HttpProblem(400, `proof: expected at most ${MOST_PASSWORD_UNITS} characters, got more`)
  return proof
}
