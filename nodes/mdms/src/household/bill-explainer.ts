// Bills of the store, checked once more and explained to their customers.
import { createHash } from 'node:crypto'
import {
  type Bands,
  type Bill,
  BillRejectedError,
  decodeOffered,
  describeTariff,
  describeUnit,
  formatExact,
  type PublishedTariff,
  type PublishedTerms,
  type Tariff,
  type TariffPrices,
  verifyBill
} from '@hushgrid/billing'
import type { HouseholdBill } from '@hushgrid/mdms'
import { counted, equalBytes, HushgridError, WeakKeyError } from '@hushgrid/primitives'
import type { CustomerBill } from '@hushgrid/web-api'
import { payableOf, tariffNamed } from '../bills/payable.ts'
import { bandsOf, moneyOf } from '../bills/priced.ts'
import { instant } from '../commands/tables.ts'
import { type Failure, failureOf, stepsOf } from './bill-steps.ts'

/** Terms of a bill's check without the bands: the slots of its network, and all tariffs of the store. */
export type StoreTerms = Omit<PublishedTerms, 'bands'>

/** Prices for a bill's period, or the reason why there are none. */
type Terms = { readonly prices: TariffPrices } | { readonly failure: Failure }

/** Most bills and runs of prices that are kept together, a few MB. */
const MOST_KEPT = 100_000

/** Checks bills and keeps the last results, so that looking at a bill again costs nothing. */
export class BillExplainer {
  readonly #bands: Bands | undefined
  readonly #most: number
  /** Results in the order of their last use. */
  readonly #kept = new Map<string, CustomerBill>()
  #size = 0

  /**
   * @param bands - for bills by dynamic tariffs
   * @param most - most bills and runs of prices that are kept
   */
  constructor(bands: Bands | undefined, most = MOST_KEPT) {
    this.#bands = bands
    this.#most = most
  }

  /** Number of bills that are kept. */
  get kept(): number {
    return this.#kept.size
  }

  /** Gives the bill with its check and its prices. A bill of a month takes some ten milliseconds the first time. */
  explain(bill: HouseholdBill, basis: StoreTerms): CustomerBill {
    const key = keyOf(bill, basis)
    const known = this.#kept.get(key)
    const told = known ?? tell(bill, basis, this.#bands)
    this.#kept.delete(key)
    this.#kept.set(key, told)
    if (!known) this.#size += sizeOf(told)
    for (const [oldest, each] of this.#kept) {
      if (this.#size <= this.#most) break
      this.#kept.delete(oldest)
      this.#size -= sizeOf(each)
    }
    return told
  }
}

/** Hashes all input of the answer; a tariff never changes under its hash. */
function keyOf({ bill, period, tariff, tariffHash, amount, unit, gaps, received }: HouseholdBill, { slotSeconds }: StoreTerms): string {
  const rest = JSON.stringify([period.from, period.until, tariff, String(amount), unit, gaps, received, slotSeconds])
  return createHash('sha256').update(tariffHash).update(rest).update('\0').update(bill).digest('base64')
}

function sizeOf({ prices }: CustomerBill): number {
  return Object.values(prices.weights).reduce((sum, runs) => sum + runs.length, 1)
}

/** Gives the amount to pay in words; the exact one where the tariff cannot be read. */
export function toPay(bill: HouseholdBill, tariffs: readonly PublishedTariff[]): string {
  return payableOf(bill, tariffs)?.text ?? `${bill.amount} ${bill.unit}`
}

function tell(bill: HouseholdBill, { slotSeconds, tariffs }: StoreTerms, bands: Bands | undefined): CustomerBill {
  const { period, tariff, amount, unit, gaps, received } = bill
  const published = tariffs.find(each => each.tariff === tariff)
  // Leaves out a text that is no tariff; the bill's check says so.
  const text = tariffNamed(tariff, tariffs)
  const decoded = decode(bill.bill)
  const terms = termsOf(bill, published, text, { slotSeconds, ...(bands && { bands }) })
  const prices = 'prices' in terms ? terms.prices : undefined
  const failure =
    decoded instanceof BillRejectedError ? unreadable(decoded) : 'failure' in terms ? terms.failure : verify(bill, decoded, terms.prices)
  const time = (slot: number): string => instant(slot * slotSeconds * 1000)
  const due = toPay(bill, tariffs)
  const exact = (of: bigint): string => (text ? formatExact(of, text) : `${of} ${unit}`)
  return {
    from: time(period.from),
    until: time(period.until),
    firstSlot: period.from,
    untilSlot: period.until,
    tariff,
    tariffText: text ? describeTariff(text) : tariff,
    amount: String(amount),
    unit,
    ...(text && { money: moneyOf(text), timeZone: text.timeZone }),
    toPay: due,
    gaps,
    check: stepsOf({
      ...{
        bill: decoded instanceof BillRejectedError ? undefined : decoded,
        slotSeconds,
        tariff,
        amount: `${exact(amount)} (rounded, ${due})`
      },
      ...(prices && prices.fixed !== 0n && { fixed: exact(prices.fixed) }),
      ...(failure && { failure })
    }),
    // Leaves out prices that there are not, so that a page cannot take anything for them.
    prices:
      prices && text
        ? { fixed: String(prices.fixed), weights: runsOf(prices), bands: bandsOf(text, prices) }
        : { fixed: '', weights: {}, bands: [] },
    received: instant(received)
  }
}

function decode(bytes: Uint8Array): Bill | BillRejectedError {
  try {
    return decodeOffered(bytes)
  } catch (cause) {
    if (cause instanceof BillRejectedError) return cause
    throw cause
  }
}

function unreadable({ message }: BillRejectedError): Failure {
  return { step: 'coverage', before: [], why: `what the supplier has is no bill that could be read (${message})` }
}

/** Gives the published prices for the bill's period. */
function termsOf(
  { period, tariffHash, unit }: HouseholdBill,
  published: PublishedTariff | undefined,
  text: Tariff | undefined,
  { slotSeconds, bands }: { readonly slotSeconds: number; readonly bands?: Bands }
): Terms {
  const failed = (why: string): Terms => ({ failure: failureOf('tariff', why) })
  if (!published || !equalBytes(published.hash, tariffHash)) return failed('the supplier has no tariff of this name and text')
  const length = slotSeconds * 1000
  if (published.from > period.from * length || (published.until !== undefined && published.until < period.until * length))
    return failed('the tariff was not valid in all of the period')
  if (!text || describeUnit(text) !== unit) return failed('the text of the tariff cannot be read, or is in another unit')
  try {
    const { from, until } = period as Pick<TariffPrices, 'from' | 'until'>
    return { prices: text.prices({ from, until, slotSeconds, ...(bands && text.needsBands && { bands }) }) }
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    return failed(`the tariff has no prices for all of the period here (${cause.message})`)
  }
}

/** @returns what failed; undefined where all holds */
function verify({ amount, gaps }: HouseholdBill, bill: Bill, prices: TariffPrices): Failure | undefined {
  try {
    const verified = verifyBill(bill, prices, bill.meterId)
    if (verified.amount !== amount) return failureOf('opening', 'the commitments open to another amount than the supplier has')
    if (verified.gaps !== gaps)
      return failureOf('coverage', `the supplier has ${counted(gaps, 'slot')} without a reading, the meter signed ${verified.gaps}`)
    return undefined
  } catch (cause) {
    if (cause instanceof BillRejectedError) return failureOf(cause.fault, cause.message)
    if (cause instanceof WeakKeyError) return failureOf('signature', cause.message)
    throw cause
  }
}

/** Gives the prices of each lane, as runs of equal slots. */
function runsOf(prices: TariffPrices): CustomerBill['prices']['weights'] {
  const { from, until, lanes } = prices
  return Object.fromEntries(
    lanes.map(lane => {
      const runs: { slots: number; weight: bigint }[] = []
      for (let slot = from; slot < until; slot++) {
        const weight = prices.weights(lane, slot)
        const last = runs.at(-1)
        if (last?.weight === weight) last.slots++
        else runs.push({ slots: 1, weight })
      }
      return [lane, runs.map(({ slots, weight }) => ({ slots, price: String(weight) }))]
    })
  )
}
