// Proportions over runs: of slots lost in a run, and of runs that lost any.
import jstat from 'jstat'
import { type Summary, summary } from './interval.ts'

const CONFIDENCE = 0.95

/** A proportion of independent trials with its 95 % interval. */
export interface Proportion {
  readonly share: number
  readonly low: number
  readonly high: number
}

/**
 * Gives Clopper and Pearson's interval, which holds at least what it says for any number of trials (Clopper and Pearson 1934,
 * The use of confidence or fiducial limits illustrated in the case of the binomial, Biometrika 26(4), 404–413).
 *
 * @param hits - of `trials`, which must not depend on one another: runs, not slots
 */
export function clopperPearson(hits: number, trials: number): Proportion {
  const tail = (1 - CONFIDENCE) / 2
  return {
    share: hits / trials,
    low: hits === 0 ? 0 : jstat.beta.inv(tail, hits, trials - hits + 1),
    high: hits === trials ? 1 : jstat.beta.inv(1 - tail, hits + 1, trials - hits)
  }
}

/** Counts of one run. */
export interface Counted {
  readonly hits: number
  readonly of: number
}

/** What runs lost. */
export interface Shares {
  /** Share of a run, over runs. */
  readonly share: Summary
  /** Counts of all runs together, without an interval: slots of a run are not independent of one another. */
  readonly hits: number
  readonly of: number
  /** Share of the runs with any; null where there are too few runs for an interval. */
  readonly anyInRun: Proportion | null
}

/** @returns null where no run has anything to count */
export function sharesOf(counts: readonly Counted[]): Shares | null {
  const filled = counts.filter(({ of }) => of > 0)
  const share = summary(filled.map(({ hits, of }) => hits / of))
  if (!share) return null
  const total = (key: keyof Counted): number => filled.reduce((sum, each) => sum + each[key], 0)
  const any = filled.filter(({ hits }) => hits > 0).length
  return {
    share,
    hits: total('hits'),
    of: total('of'),
    anyInRun: share.kind === 'interval' ? clopperPearson(any, filled.length) : null
  }
}
