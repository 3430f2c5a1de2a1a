// Where a customer's bill is checked, and then kept.
import { type Bands } from '../tariffs/bands-file.ts'
import { type Bill, verifyBill } from '../bill/bill.ts'
import { BillRejectedError } from '../errors.ts'
import { decodeBill } from '../bill/encoding.ts'
import { describeUnit } from '../tariffs/currency.ts'
import { parseTariff } from '../tariffs/tariff-file.ts'
import { type TariffPrices } from '../tariffs/tariff-prices.ts'
import { InvalidArgumentError, type MeterId, type Millis, type Slot, sha256, utf8 } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import type { StoreKeeping } from '@hushgrid/mdms'
import { MAX_BILL_BYTES } from '@hushgrid/mdms'
import type { HouseholdBill, Network, Recorded, Tariff } from '@hushgrid/mdms'

/** What a supplier says of bills by one tariff. Can be sent to another thread. */
export interface BillTerms {
  /** Of the network's slots. */
  readonly slotSeconds: number
  /** Name and text as the store has them. */
  readonly tariff: Pick<Tariff, 'tariff' | 'text'>
  /** For a dynamic tariff, and for no other. */
  readonly bands?: Bands
}

/** A bill as it came in, and what the supplier knows of it. */
export interface BillToCheck {
  /** `encodeBill` of packages/billing. */
  readonly bill: Uint8Array
  /** Of the household's meter, which signs its batches. */
  readonly meterKey: MeterId
  /** That is billed; without one, what the bill itself says. */
  readonly period?: SlotRange
}

/** A bill whose proof holds: what the store keeps of it but whose it is, and when it came. */
export type CheckedBill = Omit<HouseholdBill, 'network' | 'household' | 'received'>

/** Checks bills by one tariff, whose prices for a period are worked out once for all bills of that period in a row. */
export class BillChecker {
  readonly #terms: BillTerms
  readonly #tariff: ReturnType<typeof parseTariff>
  readonly #hash: Uint8Array
  readonly #unit: string
  /** Of the last period; bills name their own, so there is no telling how many there would be. */
  #prices: TariffPrices | undefined

  /** @throws TariffFileError where the text is no tariff */
  constructor(terms: BillTerms) {
    const { tariff, text } = terms.tariff
    this.#terms = terms
    this.#tariff = parseTariff(text, tariff)
    this.#hash = sha256(utf8(text))
    this.#unit = describeUnit(this.#tariff)
  }

  /**
   * @throws BillRejectedError, whose fault names what failed; WeakKeyError where the meter's key cannot be trusted;
   *   InvalidArgumentError, BandsFileError, PriceChangeError where the tariff has no prices for the bill's period
   */
  check({ bill: bytes, meterKey, period }: BillToCheck): CheckedBill {
    const bill = decodeOffered(bytes)
    if (period && (bill.from !== period.from || bill.until !== period.until)) {
      const got = `got slots ${bill.from} to ${bill.until - 1}`
      throw new BillRejectedError('period', `expected slots ${period.from} to ${period.until - 1}, ${got}`)
    }
    const { tariff } = this.#terms.tariff
    return checkedBill(bytes, bill, meterKey, { tariff, hash: this.#hash, unit: this.#unit, prices: this.#pricesOf(bill) })
  }

  #pricesOf({ from, until }: { readonly from: Slot; readonly until: Slot }): TariffPrices {
    const { slotSeconds, bands } = this.#terms
    if (this.#prices?.from !== from || this.#prices.until !== until)
      this.#prices = this.#tariff.prices({ from, until, slotSeconds, ...(bands && { bands }) })
    return this.#prices
  }
}

/** @throws BillRejectedError for bytes that are no bill, or too many */
export function decodeOffered(bytes: Uint8Array): Bill {
  if (bytes.byteLength > MAX_BILL_BYTES)
    throw new BillRejectedError('encoding', `expected at most ${MAX_BILL_BYTES} bytes, got ${bytes.byteLength}`)
  return decodeBill(bytes)
}

/** What a bill is checked by: a tariff of the store, and its prices for the bill's period. */
export interface BillBasis {
  readonly tariff: string
  /** Of the tariff's text. */
  readonly hash: Uint8Array
  /** In words. */
  readonly unit: string
  readonly prices: TariffPrices
}

/**
 * What the store keeps of a bill that holds.
 *
 * @param bytes - what the bill was decoded from
 * @throws BillRejectedError, whose fault names what failed; WeakKeyError where the meter's key cannot be trusted
 */
export function checkedBill(bytes: Uint8Array, bill: Bill, meterKey: MeterId, { tariff, hash, unit, prices }: BillBasis): CheckedBill {
  const { amount, gaps } = verifyBill(bill, prices, meterKey)
  return { period: { from: bill.from, until: bill.until }, tariff, tariffHash: hash, amount, unit, gaps, bill: bytes, verified: true }
}

/** A bill that a household's customer sends in. */
export interface BillOffer extends BillToCheck, Omit<BillTerms, 'slotSeconds'> {
  readonly store: Pick<StoreKeeping, 'recordBill'>
  readonly network: Network
  /** Pseudonym of the household's account. */
  readonly household: string
  readonly received: Millis
}

/**
 * Checks a bill, and keeps it where its proof holds.
 *
 * @returns what was kept, and whether it was before
 * @throws as {@link BillChecker}; ConflictError, SingleHouseholdError, UnknownTariffError, TariffNotValidError,
 *   RetentionError, UnknownNetworkError, InvalidArgumentError where the store does not take it
 */
export async function acceptBill(offer: BillOffer): Promise<{ readonly recorded: Recorded; readonly checked: CheckedBill }> {
  const { store, network, household, tariff, bands, received, bill, meterKey, period } = offer
  const terms = { slotSeconds: network.slotSeconds, tariff, ...(bands && { bands }) }
  const checked = new BillChecker(terms).check({ bill, meterKey, ...(period && { period }) })
  const recorded = await store.recordBill({ ...checked, network: network.network, household, received })
  return { recorded, checked }
}

/** @throws InvalidArgumentError where two of the terms are of tariffs with one name; TariffFileError */
export function billCheckers(terms: readonly BillTerms[]): Map<string, BillChecker> {
  const checkers = new Map(terms.map(each => [each.tariff.tariff, new BillChecker(each)]))
  if (checkers.size !== terms.length) throw new InvalidArgumentError('terms', 'those of each tariff once', 'two of one name')
  return checkers
}
