// Which of the store's tariffs a bill was computed by, and whether it holds.
import { type Bands } from '../tariffs/bands-file.ts'
import { type Bill } from '../bill/bill.ts'
import { BillRejectedError } from '../errors.ts'
import { describeUnit } from '../tariffs/currency.ts'
import { parseTariff } from '../tariffs/tariff-file.ts'
import { type TariffPrices } from '../tariffs/tariff-prices.ts'
import { type CheckedBill, checkedBill, decodeOffered } from './checked-bill.ts'
import { type Tariff } from '@hushgrid/mdms'
import { equalBytes, HushgridError, type MeterId, toHex } from '@hushgrid/primitives'

/** What a supplier says of bills. Can be sent to another thread. */
export interface BillingTerms {
  /** Of the network's slots. */
  readonly slotSeconds: number
  readonly tariffs: readonly Tariff[]
  /** For dynamic tariffs. */
  readonly bands?: Bands
}

/** A bill that holds, and the meter whose readings it is of. */
export interface ProvenBill {
  readonly meter: MeterId
  readonly checked: CheckedBill
}

/** How many periods' prices are kept: bills of one period come close together. */
const KEPT_PERIODS = 4
/** A year, and then some. Prices are worked out before anything else of a bill is known to hold. */
const MOST_DAYS = 400
const MOST_SLOTS = 1 << 17
const DAY_SECONDS = 86_400

/** One tariff of the store. */
class PricedTariff {
  readonly kept: Tariff
  readonly #terms: BillingTerms
  readonly #tariff: ReturnType<typeof parseTariff>
  /** By period; undefined where the tariff has no prices for it. */
  readonly #prices = new Map<string, TariffPrices | undefined>()

  /** @throws TariffFileError */
  constructor(kept: Tariff, terms: BillingTerms) {
    this.kept = kept
    this.#terms = terms
    this.#tariff = parseTariff(kept.text, kept.tariff)
  }

  get unit(): string {
    return describeUnit(this.#tariff)
  }

  validIn({ from, until }: Bill): boolean {
    const length = this.#terms.slotSeconds * 1000
    return this.kept.from <= from * length && (this.kept.until === undefined || this.kept.until >= until * length)
  }

  pricesOf({ from, until }: Bill): TariffPrices | undefined {
    const period = `${from} ${until}`
    if (this.#prices.has(period)) return this.#prices.get(period)
    const [oldest] = this.#prices.keys()
    if (oldest !== undefined && this.#prices.size >= KEPT_PERIODS) this.#prices.delete(oldest)
    const prices = this.#compute({ from, until })
    this.#prices.set(period, prices)
    return prices
  }

  #compute({ from, until }: Pick<Bill, 'from' | 'until'>): TariffPrices | undefined {
    const { slotSeconds, bands } = this.#terms
    try {
      return this.#tariff.prices({ from, until, slotSeconds, ...(bands && this.#tariff.needsBands && { bands }) })
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      return undefined
    }
  }
}

/** Checks bills that say by the hash of their prices which tariff they are by. */
export class BillsByPrices {
  readonly #tariffs: readonly PricedTariff[]
  readonly #mostSlots: number
  /** Texts in the store that are no tariff; bills by them cannot be checked. */
  readonly unreadable: readonly string[]

  constructor(terms: BillingTerms) {
    const tariffs: PricedTariff[] = []
    const unreadable: string[] = []
    for (const tariff of terms.tariffs) {
      try {
        tariffs.push(new PricedTariff(tariff, terms))
      } catch (cause) {
        if (!(cause instanceof HushgridError)) throw cause
        unreadable.push(tariff.tariff)
      }
    }
    this.#tariffs = tariffs
    this.#mostSlots = Math.min(MOST_SLOTS, Math.floor((MOST_DAYS * DAY_SECONDS) / terms.slotSeconds))
    this.unreadable = unreadable
  }

  /**
   * Checks a bill against the meter that it names.
   *
   * @param bytes - `encodeBill` of packages/billing
   * @throws BillRejectedError, whose fault names what failed; WeakKeyError where the meter's key cannot be trusted
   */
  check(bytes: Uint8Array): ProvenBill {
    const bill = decodeOffered(bytes)
    const slots = bill.until - bill.from
    if (slots < 1 || slots > this.#mostSlots) throw new BillRejectedError('period', `expected 1 to ${this.#mostSlots} slots, got ${slots}`)
    const { tariff, prices } = this.#find(bill)
    const { tariff: name, hash } = tariff.kept
    return { meter: bill.meterId, checked: checkedBill(bytes, bill, bill.meterId, { tariff: name, hash, unit: tariff.unit, prices }) }
  }

  /** The tariff with the bill's prices; one that is valid in the period, where several have them. */
  #find(bill: Bill): { readonly tariff: PricedTariff; readonly prices: TariffPrices } {
    const [valid, others] = [this.#tariffs.filter(each => each.validIn(bill)), this.#tariffs.filter(each => !each.validIn(bill))]
    for (const tariff of [...valid, ...others]) {
      const prices = tariff.pricesOf(bill)
      if (prices && equalBytes(prices.tariffHash, bill.tariffHash)) return { tariff, prices }
    }
    const period = `slots ${bill.from} to ${bill.until - 1}`
    const unpriced = valid.filter(each => !each.pricesOf(bill)).map(each => each.kept.tariff)
    const without = unpriced.length > 0 ? ` (${unpriced.join(', ')}: no prices for all of them here)` : ''
    throw new BillRejectedError(
      'tariff',
      `expected the prices of a tariff of the supplier for ${period}, got others, with hash ${toHex(bill.tariffHash).slice(0, 16)}…${without}`
    )
  }
}
