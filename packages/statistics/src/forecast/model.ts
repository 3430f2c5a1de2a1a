import type { KnownLoad } from './load.ts'

/** A way to forecast a day from what is known before it. */
export interface ForecastModel {
  readonly name: string
  /** A rule of thumb that the others have to beat. */
  readonly baseline: boolean
  /** Wh a contributor by clock slot. The known load is all that it may look at. */
  predict(known: KnownLoad): Float64Array
}
