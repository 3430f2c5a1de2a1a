// What an exhibit's values rest on: the runs that they are taken from, and how many slots of these count.
import type { EvaluatedRun } from '../record/run.ts'
import type { Series } from './series.ts'

export interface Basis {
  readonly runs: readonly EvaluatedRun[]
  /** Slots that values are taken from; null where they are taken from no slots, as those of setting up. */
  readonly slots: number | null
}

const runsIn = (series: readonly Series[]): readonly EvaluatedRun[] => [
  ...new Set(series.flatMap(({ cells }) => cells.flatMap(({ runs }) => runs)))
]

/** Gives the runs of some series that have slots of the kind that is counted. */
export function slotBasis(series: readonly Series[], countIn: (run: EvaluatedRun) => number): Basis {
  const runs = runsIn(series).filter(run => countIn(run) > 0)
  return { runs, slots: runs.reduce((sum, run) => sum + countIn(run), 0) }
}

/** Gives the runs of some series that have a value, where that is not taken from slots. */
export function runBasis(series: readonly Series[], has: (run: EvaluatedRun) => boolean): Basis {
  return { runs: runsIn(series).filter(has), slots: null }
}
