// Differences between two contenders on the same readings and churn, run by run.
import { type Summary, summary } from './interval.ts'

/** A run's value, with what its partner has in common with it: seed, size, churn. */
export interface Sample {
  readonly pair: string
  readonly value: number
}

/** Differences of pairs, and their ratios where all values are above zero. */
export interface Paired {
  readonly difference: Summary
  readonly ratio: Summary | null
  /** Number of values on either side that have no partner, and count in nothing. */
  readonly alone: number
}

/**
 * Summarises what a contender's runs differ by from a reference's. Both saw the same readings, keys and waits in a pair, so
 * what the runs vary by together falls out; the interval is the sign test's, that of the median difference (Hettmansperger and
 * McKean 2011, section 1.3).
 *
 * @returns null where no run has a partner
 */
export function pairedDifferences(samples: readonly Sample[], reference: readonly Sample[], leastRuns?: number): Paired | null {
  const partners = new Map(reference.map(({ pair, value }) => [pair, value]))
  const pairs = samples.flatMap(({ pair, value }) => {
    const partner = partners.get(pair)
    return partner === undefined ? [] : [{ value, partner }]
  })
  const difference = summary(
    pairs.map(({ value, partner }) => value - partner),
    leastRuns
  )
  if (!difference) return null
  const positive = pairs.every(({ value, partner }) => value > 0 && partner > 0)
  return {
    difference,
    ratio: positive
      ? summary(
          pairs.map(({ value, partner }) => value / partner),
          leastRuns
        )
      : null,
    alone: samples.length + reference.length - 2 * pairs.length
  }
}
