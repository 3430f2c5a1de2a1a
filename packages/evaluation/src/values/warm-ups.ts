// Check of runs' warming up, for captions and for what is said at the end of an evaluation.
import { counted } from '@hushgrid/primitives'
import type { EvaluatedRun, RunPoint } from '../record/run.ts'
import { LEAST_SLOTS, type WarmUpCheck, warmUpCheck } from '../statistics/warm-up.ts'
import { courseOf } from './run-values.ts'

/** Checks the CPU time that a reading takes all roles, point by point; runs that a busy machine disturbed tell nothing. */
export function warmUpsIn(runs: readonly EvaluatedRun[]): WarmUpCheck<RunPoint> {
  const quiet = runs.filter(({ disturbed }) => !disturbed)
  const points = [...Map.groupBy(quiet, ({ point }) => JSON.stringify({ ...point, repeat: 0 })).values()]
  return warmUpCheck(
    points.flatMap(of => {
      const [first] = of
      return first ? [{ point: first.point, courses: of.map(run => courseOf(run, 'all', 'cpuMs')) }] : []
    })
  )
}

/** Says of which contenders some points had too few slots to be checked; a sentence without its full stop, or none. */
export function uncheckedText({ unchecked }: Pick<WarmUpCheck<RunPoint>, 'unchecked'>): string | undefined {
  if (unchecked.length === 0) return undefined
  const names = [...new Set(unchecked.map(({ contender }) => contender))]
  return `Warming up was not checked at ${counted(unchecked.length, 'point')} with fewer than ${LEAST_SLOTS} steady slots that have a total: ${names.join(', ')}`
}
