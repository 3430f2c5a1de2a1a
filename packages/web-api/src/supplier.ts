// The supplier's desk: totals of neighbourhoods, and only billing periods of households, under pseudonyms.
// Times are UTC (ISO 8601), energy is whole Wh. A range includes `from` and excludes `until`.
// Integers beyond 2^53 are decimal text. Roles are those of the store; each route names the ones that it takes.
import type { Money, PricedBand } from './money.ts'

export type WattHours = number | string

/** A lane without a total in a slot, since too few members can fill it. */
export interface WithheldLane {
  /** Members that can fill it, members that were counted, and the number that is needed. */
  readonly able: number
  readonly of: number
  readonly needed: number
  /** Sentence for people: `withheld: 3 of 25 can feed in, 6 are needed`. */
  readonly text: string
}

/** `GET /api/networks` (supplier-analyst, billing or auditor). */
export type Networks = readonly { readonly network: string; readonly slotSeconds: number }[]

/**
 * `GET /api/clock` (everybody who is signed in): the node's clock, which in a lab differs from the wall's. All times of the
 * desk's answers are of this one.
 */
export interface DeskClock {
  readonly now: string
  /** Time zones of the tariffs, each once; none where there is no tariff. */
  readonly zones: readonly string[]
}

/** `GET /api/networks/<network>/latest` (supplier-analyst). */
export interface LatestTotal {
  /** Start of the last slot that has a total; undefined where none has. */
  readonly start?: string
}

/** `GET /api/networks/<network>/totals?from&until` (supplier-analyst); at most 400 days. `totals.csv` is the same as a file. */
export interface Totals {
  readonly network: string
  readonly slotSeconds: number
  readonly totals: readonly {
    readonly slot: number
    readonly start: string
    /** Energy of the whole neighbourhood, by OBIS code. */
    readonly wattHours: Readonly<Record<string, WattHours>>
    /** Lanes without a total, by OBIS code. */
    readonly withheld: Readonly<Record<string, WithheldLane>>
    readonly contributors: number
    readonly missing: number
    readonly mode: string
    readonly resultHash: string
  }[]
  /** Slots without a total from the first result to the last; one of which no result has come has no mode. */
  readonly lost: readonly { readonly slot: number; readonly start: string; readonly mode?: string; readonly reason: string }[]
}

/** Errors on days that a model did not know, in Wh of a slot. */
interface ForecastErrors {
  readonly slots: number
  readonly mae: number
  readonly rmse: number
  /** Mean absolute percentage error as a part of 1; undefined where no slot had a load. */
  readonly mape?: number
}

export interface ForecastScore {
  readonly model: string
  readonly baseline: boolean
  readonly selection: ForecastErrors
  /** Errors on held-back days, the ones to quote. */
  readonly heldBack: ForecastErrors
}

/**
 * `GET /api/networks/<network>/forecast?until&zone&lane` (supplier-analyst): forecast of the local day after the last total
 * before `until`; or the reason why there is none.
 */
export type Forecast = NoForecast | NextDay

interface NoForecast {
  readonly why: string
}

export interface NextDay {
  readonly network: string
  readonly lane: string
  /** Local date. */
  readonly date: string
  readonly timeZone: string
  readonly contributors: number
  readonly slots: readonly {
    readonly slot: number
    readonly start: string
    readonly wattHours: number
    readonly lower: number
    readonly upper: number
  }[]
  readonly chosen: ForecastScore
  readonly baseline: ForecastScore
  readonly scores: readonly ForecastScore[]
  readonly selectionDates: readonly string[]
  readonly heldBackDates: readonly string[]
  readonly coverage: { readonly wanted: number; readonly heldBack: number }
}

/** `GET /api/networks/<network>/peaks?from&until&count&lane` (supplier-analyst). */
export interface Peaks {
  readonly network: string
  readonly lane: string
  readonly from: string
  readonly until: string
  readonly peaks: readonly {
    readonly slot: number
    readonly start: string
    readonly wattHours: WattHours
    readonly contributors: number
    /** Part of the range's energy. */
    readonly share?: number
  }[]
  readonly wattHours: WattHours
  readonly slots: number
  /** Number of lost slots, counted as {@link Totals.lost}. */
  readonly lost: number
  /** Slots with a total in which the lane is withheld. */
  readonly withheld?: { readonly slots: number; readonly text: string }
  readonly loadFactor?: number
}

/** `GET /api/networks/<network>/duration?from&until&points&lane` (supplier-analyst): the load-duration curve. */
export interface LoadDuration {
  readonly network: string
  readonly lane: string
  readonly slotSeconds: number
  /** Points of the curve: the load was at least `wattHours` in a `share` of the slots, from 0 to 1. */
  readonly points: readonly { readonly share: number; readonly wattHours: WattHours }[]
}

interface ProfileSlot {
  /** Local time of day. */
  readonly time: string
  readonly values: number
  readonly lost: number
  readonly wattHours?: { readonly mean: number; readonly lowerQuartile: number; readonly median: number; readonly upperQuartile: number }
}

/** `GET /api/networks/<network>/profile?from&until&zone&lane` (supplier-analyst). */
export interface Profile {
  readonly network: string
  readonly lane: string
  readonly timeZone: string
  readonly working?: readonly ProfileSlot[]
  readonly weekend?: readonly ProfileSlot[]
}

/** Prices of a tariff over a billing period, which its bills share. */
export interface BilledPrices {
  readonly tariff: string
  readonly from: string
  readonly until: string
  readonly money: Money
  /** Standing charges of the period, in the tariff's unit, decimal. */
  readonly fixed: string
  readonly bands: readonly PricedBand[]
}

export interface SupplierBill {
  /** Pseudonym of the household. */
  readonly household: string
  readonly from: string
  readonly until: string
  readonly tariff: string
  readonly tariffHash: string
  /** Amount rounded by the tariff's rule, in the currency's smallest unit and for people; none where the tariff cannot be read. */
  readonly toPay?: { readonly currency: string; readonly minor: string; readonly text: string }
  /** Exact amount, in `unit`, decimal. */
  readonly amount: string
  readonly unit: string
  /** Currency of the exact amount; none where the tariff cannot be read. */
  readonly money?: Money
  /** Number of slots that the meter signed as gaps. */
  readonly gaps: number
}

/** `GET /api/networks/<network>/bills?from&until` (billing): bills whose periods lie in the range; at most 62 days. */
export interface Bills {
  readonly network: string
  readonly bills: readonly SupplierBill[]
  /** Sums of the bills, a line for each currency. */
  readonly together: readonly string[]
  /** Prices of the bills, once for each tariff and period; without those of tariffs that cannot be read. */
  readonly prices: readonly BilledPrices[]
  /** Households with a bill of exactly this period, with only other bills in it, and with none in it. */
  readonly run: { readonly billed: readonly string[]; readonly open: readonly string[]; readonly silent: readonly string[] }
}

/** `POST /api/networks/<network>/bills/check` (billing): checks a bill of the store once more, from its proof. */
export interface BillToCheckAgain {
  readonly household: string
  readonly from: string
  readonly until: string
}

export interface BillCheckStep {
  readonly what: string
  /** Result of the step; undefined where the check had ended before. */
  readonly holds?: boolean
  readonly explained: string
}

export interface BillCheck extends BillToCheckAgain {
  readonly network: string
  /** True where all steps hold. */
  readonly holds: boolean
  readonly steps: readonly BillCheckStep[]
  /** Time of the check, UTC. */
  readonly checked: string
  /** Duration of the check itself, ms. */
  readonly milliseconds: number
}

/** `GET /api/networks/<network>/consumption?from&until` (billing): energy of households over whole billing periods. */
interface Consumption {
  readonly network: string
  readonly periods: readonly {
    readonly household: string
    readonly from: string
    readonly until: string
    readonly wattHours: Readonly<Record<string, WattHours>>
    readonly source: string
  }[]
}

/** `GET /api/tariffs` (billing). */
export interface Tariffs {
  readonly tariffs: readonly {
    readonly tariff: string
    /** Text of the tariff, YAML. */
    readonly text: string
    /** Time zone whose days and months it charges by; undefined where the text cannot be read. */
    readonly timeZone?: string
    readonly from: string
    readonly until?: string
    /** SHA-256 of the text, hexadecimal. */
    readonly hash: string
  }[]
}

/** `GET /api/households?network` (billing): all pseudonyms in the store. */
export interface Households {
  readonly network: string
  readonly households: readonly string[]
}

/** `GET /api/households?network&household` (billing): billing periods and bills of a household. */
export interface HouseholdAccount {
  readonly network: string
  readonly household: string
  readonly periods: Consumption['periods']
  readonly bills: readonly SupplierBill[]
  readonly prices: readonly BilledPrices[]
}

export interface DeskAccount {
  readonly account: string
  readonly roles: readonly string[]
  /** Household of a customer's account. */
  readonly household?: string
}

/** `GET /api/accounts` (admin). `DELETE /api/accounts/<account>` removes one. */
export interface DeskAccounts {
  readonly accounts: readonly DeskAccount[]
}

/** `POST /api/accounts` (admin). */
export interface NewDeskAccount extends DeskAccount {
  readonly password: string
}

export interface AuditEntry {
  readonly number: number
  readonly at: string
  /** Account; undefined where the store's own node did it, or somebody without an account tried. */
  readonly account?: string
  readonly role?: string
  readonly action: string
  readonly outcome: 'done' | 'denied'
  readonly network?: string
  /** Range of slots. */
  readonly range?: { readonly from: number; readonly until: number }
  readonly detail?: string
}

/**
 * `GET /api/audit?before&account&action&outcome&about` (auditor): lines before a number, the last first. Without a number
 * it checks the whole log and gives its end, or no lines where the check fails.
 */
export interface Audit {
  readonly verified?:
    | { readonly holds: true; readonly number: number; readonly mac: string }
    | { readonly holds: false; readonly problem: string }
  readonly lines: readonly AuditEntry[]
  /** Value of `before` for the next page; undefined at the beginning of the log. */
  readonly before?: number
}
