// The supplier's check of a bill: its published tariff, and its proof.
import { equalBytes, HushgridError, InvalidArgumentError, toHex } from '@hushgrid/primitives'
import { type Bill, verifyBill } from '../bill/bill.ts'
import { spanText } from '../bill/coverage.ts'
import { BillRejectedError } from '../errors.ts'
import type { Bands } from '../tariffs/bands-file.ts'
import { describeUnit } from '../tariffs/currency.ts'
import { PARSED_TARIFFS, type PublishedTariff } from '../tariffs/published-tariff.ts'
import type { Tariff } from '../tariffs/tariff.ts'
import { TariffFileError } from '../tariffs/tariff-file-error.ts'
import type { TariffPrices } from '../tariffs/tariff-prices.ts'
import { decodeOffered, type OfferedBill, type ProvenBill } from './checked-bill.ts'

/** Tariffs and bands that a supplier checks bills by; they can be sent to another thread. */
export interface PublishedTerms {
  /** Length of the network's slots. */
  readonly slotSeconds: number
  readonly tariffs: readonly PublishedTariff[]
  /** Bands for dynamic tariffs. */
  readonly bands?: Bands
}

/** Periods whose prices are kept: bills of one period come close together. */
const KEPT_PERIODS = 4
/** Most days of a bill's period: a year and some. Its prices are worked out before its proof is checked. */
const MOST_DAYS = 400
const MOST_SLOTS = 1 << 17
const DAY_SECONDS = 86_400

/** One published tariff, and its prices for the last periods that were asked for. */
class PricedTariff {
  readonly published: PublishedTariff
  readonly #terms: PublishedTerms
  readonly #tariff: Tariff
  /** Prices by period; an error where the tariff has none. */
  readonly #prices = new Map<string, TariffPrices | HushgridError>()

  constructor(published: PublishedTariff, tariff: Tariff, terms: PublishedTerms) {
    this.published = published
    this.#tariff = tariff
    this.#terms = terms
  }

  get unit(): string {
    return describeUnit(this.#tariff)
  }

  validIn({ from, until }: Bill): boolean {
    const length = this.#terms.slotSeconds * 1000
    return this.published.from <= from * length && (this.published.until === undefined || this.published.until >= until * length)
  }

  pricesOf({ from, until }: Bill): TariffPrices | HushgridError {
    const period = `${from} ${until}`
    const known = this.#prices.get(period)
    if (known) return known
    const [oldest] = this.#prices.keys()
    if (oldest !== undefined && this.#prices.size >= KEPT_PERIODS) this.#prices.delete(oldest)
    const prices = this.#compute({ from, until })
    this.#prices.set(period, prices)
    return prices
  }

  #compute({ from, until }: Pick<Bill, 'from' | 'until'>): TariffPrices | HushgridError {
    const { slotSeconds, bands } = this.#terms
    try {
      return this.#tariff.prices({ from, until, slotSeconds, ...(bands && this.#tariff.needsBands && { bands }) })
    } catch (cause) {
      if (cause instanceof HushgridError) return cause
      throw cause
    }
  }
}

interface Basis {
  readonly tariff: PricedTariff
  readonly prices: TariffPrices
}

/** Checks bills by the tariffs of a supplier. */
export class BillChecker {
  /** Tariffs by name, in the order of the terms. */
  readonly #tariffs: ReadonlyMap<string, PricedTariff | TariffFileError>
  readonly #slotSeconds: number
  readonly #mostSlots: number

  /** @throws InvalidArgumentError where two tariffs have one name */
  constructor(terms: PublishedTerms) {
    const { tariffs, slotSeconds } = terms
    this.#tariffs = new Map(
      tariffs.map(published => {
        const tariff = PARSED_TARIFFS.of(published)
        return [published.tariff, tariff instanceof TariffFileError ? tariff : new PricedTariff(published, tariff, terms)]
      })
    )
    if (this.#tariffs.size !== tariffs.length) throw new InvalidArgumentError('terms', 'those of each tariff once', 'two of one name')
    this.#slotSeconds = slotSeconds
    this.#mostSlots = Math.min(MOST_SLOTS, Math.floor((MOST_DAYS * DAY_SECONDS) / slotSeconds))
  }

  /** Texts that are no tariffs, and why; bills by them cannot be checked. */
  get unreadable(): readonly TariffFileError[] {
    return [...this.#tariffs.values()].filter(each => each instanceof TariffFileError)
  }

  /**
   * Checks a bill's period, prices and proof.
   *
   * @throws BillRejectedError, whose fault names what failed; WeakKeyError where the meter's key cannot be trusted; where
   *   the tariff is named, TariffFileError for one that cannot be read, and InvalidArgumentError, BandsFileError or
   *   PriceChangeError for one without prices for the bill's period
   */
  check({ bill: bytes, meterKey, period, tariff: name }: OfferedBill): ProvenBill {
    const bill = decodeOffered(bytes)
    this.#checkPeriod(bill, period)
    const { tariff, prices } = name === undefined ? this.#byPrices(bill) : this.#byName(bill, name)
    const meter = meterKey ?? bill.meterId
    const { amount, gaps } = verifyBill(bill, prices, meter)
    const { tariff: by, hash: tariffHash } = tariff.published
    const checked = { tariff: by, tariffHash, amount, unit: tariff.unit, gaps, bill: bytes, verified: true } as const
    return { meter, checked: { period: { from: bill.from, until: bill.until }, ...checked } }
  }

  #checkPeriod({ from, until }: Bill, asked: OfferedBill['period']): void {
    if (asked && (from !== asked.from || until !== asked.until)) {
      const expected = spanText(asked.from, asked.until, this.#slotSeconds)
      throw new BillRejectedError('period', `expected ${expected}, got ${spanText(from, until, this.#slotSeconds)}`)
    }
    const slots = until - from
    if (slots < 1 || slots > this.#mostSlots) throw new BillRejectedError('period', `expected 1 to ${this.#mostSlots} slots, got ${slots}`)
  }

  #byName(bill: Bill, name: string): Basis {
    const tariff = this.#tariffs.get(name)
    if (!tariff) throw new BillRejectedError('tariff', `expected one of ${[...this.#tariffs.keys()].join(', ')}, got ${name}`)
    if (tariff instanceof TariffFileError) throw tariff
    const prices = tariff.pricesOf(bill)
    if (prices instanceof HushgridError) throw prices
    return { tariff, prices }
  }

  /** Finds the tariff with the bill's prices; of several, one that is valid in the period. */
  #byPrices(bill: Bill): Basis {
    const readable = [...this.#tariffs.values()].filter(each => each instanceof PricedTariff)
    const [valid, others] = [readable.filter(each => each.validIn(bill)), readable.filter(each => !each.validIn(bill))]
    for (const tariff of [...valid, ...others]) {
      const prices = tariff.pricesOf(bill)
      if (!(prices instanceof HushgridError) && equalBytes(prices.tariffHash, bill.tariffHash)) return { tariff, prices }
    }
    const period = `slots ${bill.from} to ${bill.until - 1}`
    const unpriced = valid.filter(each => each.pricesOf(bill) instanceof HushgridError).map(each => each.published.tariff)
    const without = unpriced.length > 0 ? ` (${unpriced.join(', ')}: no prices for all of them here)` : ''
    throw new BillRejectedError(
      'tariff',
      `expected the prices of a tariff of the supplier for ${period}, got others, with hash ${toHex(bill.tariffHash).slice(0, 16)}…${without}`
    )
  }
}
