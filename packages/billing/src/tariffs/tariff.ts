// A tariff, and its prices for a period.
import {
  slot as checkSlot,
  checkSlotSeconds,
  daysBegun,
  EXPORT_LANE,
  IMPORT_LANE,
  InvalidArgumentError,
  type ObisCode,
  type Slot
} from '@hushgrid/primitives'
import type { Bands } from './bands-file.ts'
import type { CurrencyCode } from './currency.ts'
import { isDynamic, type PriceScheme, weightsOf } from './price-pieces.ts'
import type { RoundingRule } from './rounding.ts'
import { hashPrices, type TariffPrices } from './tariff-prices.ts'

/** Contents of a tariff file, in the tariff's unit. */
export interface TariffContents {
  readonly name: string
  readonly description?: string
  readonly currency: CurrencyCode
  /** Time zone, a name of the IANA database. */
  readonly timeZone: string
  /**
   * Decimal digits of the tariff's unit, 10^-digits of the currency's minor unit: the largest power of ten, up to the
   * minor unit itself, that divides every price per Wh and the standing charge. It is twelve where a file brings prices,
   * which may have nine digits per kWh: the unit is the tariff's, whatever the period.
   */
  readonly digits: number
  readonly rounding: RoundingRule
  /** Charge of each day that begins within a period. */
  readonly standingCharge?: { readonly text: string; readonly units: bigint }
  /** Dates of holidays, YYYY-MM-DD. */
  readonly holidays: ReadonlySet<string>
  readonly import: PriceScheme
  /** Prices of export, with negative weights where the customer is paid. */
  readonly export?: PriceScheme
}

/** Slots to price: [from, until). */
export interface TariffPeriod {
  readonly from: Slot
  readonly until: Slot
  readonly slotSeconds: number
  /** Bands, for a dynamic tariff and no other. */
  readonly bands?: Bands
}

/**
 * Most slots of a period: ten times three years of quarter-hours. Prices of 70 bits and readings of 47 then stay far
 * below the group's order.
 */
const MAX_SLOTS = 1_000_000
/** Last moment of a period, 10000-01-01T00:00Z, s: later dates have no four-digit year. */
const MAX_SECONDS = 253_402_300_800

/** A tariff: the cost of a Wh of each lane in each slot, and of a day. Immutable. */
export class Tariff implements TariffContents {
  readonly name: string
  declare readonly description?: string
  readonly currency: CurrencyCode
  readonly timeZone: string
  readonly digits: number
  readonly rounding: RoundingRule
  declare readonly standingCharge?: { readonly text: string; readonly units: bigint }
  readonly holidays: ReadonlySet<string>
  readonly import: PriceScheme
  declare readonly export?: PriceScheme

  /** Takes contents that parseTariff has checked. */
  constructor(contents: TariffContents) {
    this.name = contents.name
    this.currency = contents.currency
    this.timeZone = contents.timeZone
    this.digits = contents.digits
    this.rounding = contents.rounding
    this.holidays = contents.holidays
    this.import = contents.import
    if (contents.description !== undefined) this.description = contents.description
    if (contents.standingCharge) this.standingCharge = contents.standingCharge
    if (contents.export) this.export = contents.export
    Object.freeze(this)
  }

  /** True where prices depend on a file of bands. */
  get needsBands(): boolean {
    return isDynamic(this.import) || isDynamic(this.export)
  }

  /**
   * Gives the prices of a period. The bill of a period is the sum of its parts' bills, however it is cut: a day's
   * standing charge belongs to the period in which the local day begins, in full and never pro rata. So a bill from noon
   * to noon has one day's charge, one within a day that began before it has none, and no day is charged twice or
   * forgotten.
   *
   * Times of use are those of the local clock: an hour that is skipped or repeated takes its price along.
   *
   * @throws InvalidArgumentError for a period that is empty, longer than 1,000,000 slots or beyond the year 9999; for bands
   *   that are missing, or that nobody asked for
   * @throws PriceChangeError where the price changes within a slot
   * @throws BandsFileError where a slot has no band, or one without a price
   */
  prices({ from, until, slotSeconds, bands }: TariffPeriod): TariffPrices {
    this.#checkPeriod({ from, until, slotSeconds, ...(bands && { bands }) })
    const { currency, digits, rounding, timeZone, holidays } = this
    const period = { timeZone, holidays, from, until, slotSeconds, ...(bands && { bands }) }
    const days = this.standingCharge ? daysBegun(timeZone, from * slotSeconds, until * slotSeconds) : 0
    const fixed = (this.standingCharge?.units ?? 0n) * BigInt(days)
    const byLane = new Map<ObisCode, readonly bigint[]>()
    for (const [lane, scheme] of this.#lanes()) {
      const weights = weightsOf(scheme, period)
      if (weights.some(weight => weight !== 0n)) byLane.set(lane, weights)
    }
    const distinct = new Set([...byLane.values()].flatMap(weights => [...new Set(weights)]))
    distinct.delete(0n)
    return Object.freeze({
      tariffHash: hashPrices({ currency, digits, rounding, slotSeconds, from, until, fixed, byLane }),
      from,
      until,
      slotSeconds,
      currency,
      digits,
      rounding,
      fixed,
      lanes: Object.freeze([...byLane.keys()].sort()),
      distinctWeights: Object.freeze([...distinct].sort((a, b) => (a < b ? -1 : 1))),
      weights(lane: ObisCode, slot: Slot): bigint {
        if (!Number.isInteger(slot) || slot < from || slot >= until) {
          throw new InvalidArgumentError('slot', `one of the period, ${from} to ${until - 1}`, String(slot))
        }
        return byLane.get(lane)?.[slot - from] ?? 0n
      }
    })
  }

  #lanes(): [ObisCode, PriceScheme][] {
    return this.export
      ? [
          [IMPORT_LANE, this.import],
          [EXPORT_LANE, this.export]
        ]
      : [[IMPORT_LANE, this.import]]
  }

  #checkPeriod({ from, until, slotSeconds, bands }: TariffPeriod): void {
    checkSlotSeconds(slotSeconds)
    if (checkSlot(until) <= checkSlot(from)) throw new InvalidArgumentError('until', `a slot after the first, ${from}`, String(until))
    if (until - from > MAX_SLOTS) throw new InvalidArgumentError('until', `at most ${MAX_SLOTS} slots`, String(until - from))
    if (until * slotSeconds > MAX_SECONDS) throw new InvalidArgumentError('until', 'a slot before the year 10000', String(until))
    if (this.needsBands && !bands) throw new InvalidArgumentError('bands', `the band of each slot, since ${this.name} is dynamic`, 'none')
    if (!this.needsBands && bands) {
      throw new InvalidArgumentError('bands', `none, since no price of ${this.name} depends on them`, bands.file)
    }
  }
}
