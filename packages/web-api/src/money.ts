// Money and prices as tariffs have them: exact, in a unit that is a fraction of the currency's smallest.

/** A tariff's currency and the unit of its exact amounts, 10^-(digits + unitDigits) of the currency. */
export interface Money {
  /** ISO 4217 code. */
  readonly currency: string
  /** Sign before an amount: `£`, `SEK `. */
  readonly sign: string
  /** Short name of the smallest unit, behind a number: `p`. */
  readonly short: string
  /** Decimal digits of the currency's smallest unit. */
  readonly digits: number
  /** Decimal digits of the tariff's unit below that. */
  readonly unitDigits: number
}

/** A price of one lane in a period, and the number of slots in which it held. */
export interface PricedBand {
  /** OBIS code. */
  readonly lane: string
  /** Names of the tariff's bands that have this price; none where it names no bands. */
  readonly names: readonly string[]
  /** Units per Wh, decimal; negative where the customer is paid. */
  readonly price: string
  readonly slots: number
}
