// Medians over runs, with intervals that assume nothing about how runs are distributed.

import { median } from '@hushgrid/lab'
import { binomialDistribution } from 'simple-statistics'
import { LEAST_RUNS } from '../file/defaults.ts'

/** Least chance that an interval holds the median. */
const CONFIDENCE = 0.95

/**
 * A median over runs with its bounds.
 *
 * - `interval`: the bounds enclose the median of all such runs with a chance of 95 % at least.
 * - `range`: too few runs for that; the bounds are the least and the largest value, and claim nothing beyond these runs.
 * - `single`: one run; both bounds are its value.
 */
export interface Summary {
  readonly median: number
  readonly low: number
  readonly high: number
  readonly count: number
  readonly kind: 'interval' | 'range' | 'single'
}

/**
 * Gives the rank k for which the k-th smallest and the k-th largest of so many values enclose the median with a chance of 95 %
 * at least; null where no rank does. The number of values below the median is binomial with chance one half, so the chance is
 * 1 − 2 · P[at most k − 1 of n] whatever the distribution (David and Nagaraja 2003, Order Statistics, third edition, section
 * 7.1; Hettmansperger and McKean 2011, Robust Nonparametric Statistical Methods, second edition, section 1.3).
 */
export function intervalRank(count: number): number | null {
  if (count < LEAST_RUNS) return null
  const chances = binomialDistribution(count, 0.5) ?? []
  let below = 0
  let rank = 0
  while (1 - 2 * (below + (chances[rank] ?? 0)) >= CONFIDENCE) below += chances[rank++] ?? 0
  return rank
}

/**
 * Summarises one value for each run.
 *
 * @returns null where there is no value
 */
export function summary(values: readonly number[]): Summary | null {
  const middle = median(values)
  if (middle === null) return null
  const sorted = [...values].sort((a, b) => a - b)
  const count = sorted.length
  const rank = intervalRank(count)
  const low = sorted[(rank ?? 1) - 1] as number
  const high = sorted[count - (rank ?? 1)] as number
  return { median: middle, low, high, count, kind: count === 1 ? 'single' : rank === null ? 'range' : 'interval' }
}
