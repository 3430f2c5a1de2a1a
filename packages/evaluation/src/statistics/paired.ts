// Differences between two contenders on the same readings and churn, run by run.
import { type Summary, summary } from './interval.ts'

/** Values of two runs that have seed, size, slots and churn in common. */
export interface Pair {
  readonly value: number
  readonly reference: number
}

/** Differences of pairs, and their ratios where all values are above zero. */
export interface Paired {
  readonly difference: Summary
  readonly ratio: Summary | null
}

/**
 * Summarises what a contender's runs differ by from a reference's. Both saw the same readings, keys and waits in a pair, so
 * what the runs vary by together falls out; the interval is the sign test's, that of the median difference (Hettmansperger and
 * McKean 2011, section 1.3).
 *
 * @returns null where there is no pair
 */
export function pairedDifferences(pairs: readonly Pair[]): Paired | null {
  const difference = summary(pairs.map(({ value, reference }) => value - reference))
  if (!difference) return null
  const positive = pairs.every(({ value, reference }) => value > 0 && reference > 0)
  return { difference, ratio: positive ? summary(pairs.map(({ value, reference }) => value / reference)) : null }
}
