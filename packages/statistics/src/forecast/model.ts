import type { KnownLoad } from './load.ts'

/** A way to forecast a day from the load known before it. */
export interface ForecastModel {
  readonly name: string
  /** True for a rule of thumb that the others have to beat. */
  readonly baseline: boolean
  /** Forecasts Wh a contributor by clock slot, from the known load and nothing else. */
  predict(known: KnownLoad): Float64Array
}
