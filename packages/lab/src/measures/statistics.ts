// Medians and middle halves of measured values.
import { quantile } from 'simple-statistics'

/** A median with its middle half. */
export interface Spread {
  readonly median: number
  /** First and third quartile: half of the values lie between them. */
  readonly q1: number
  readonly q3: number
  /** Number of values. */
  readonly count: number
}

/** Method of finding quartiles, for readers of the figures. */
export const QUARTILE_METHOD =
  'median and quartiles by linear interpolation between the ordered values (definition 7 of Hyndman and Fan 1996, Sample Quantiles in Statistical Packages, The American Statistician 50(4); the default of R and NumPy)'

/** @returns null where there is no value */
export function spread(values: readonly number[]): Spread | null {
  if (values.length === 0) return null
  const [q1, median, q3] = quantile([...values], [0.25, 0.5, 0.75])
  return { q1: q1 as number, median: median as number, q3: q3 as number, count: values.length }
}

/** Gives the middle value; for an even number of values the mean of the two middle ones. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2
}
