// A remark on the warm-up: where steady slots still get cheaper, more slots ought to go before those that are measured.
import { pointTitle, runName } from '../plan/run-name.ts'
import type { EvaluatedRun, EvaluatedSlot } from '../record/run.ts'
import { warmUpOf } from '../statistics/warm-up.ts'

/** Points that are named one by one. */
const MOST_NAMED = 5

/** Gives the CPU times of all roles in the steady slots of a run, in order. */
function courseOf({ slots }: EvaluatedRun): readonly number[] {
  return slots.filter(({ phase, outcome }) => (phase === 'steady' || phase === 'churn') && outcome === 'total').map(cpuOf)
}

function cpuOf({ roles }: EvaluatedSlot): number {
  return Object.values(roles).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** Says where CPU times still fall from the first half of the measured slots to the second; a sentence, or none. */
export function warmUpRemark(runs: readonly EvaluatedRun[]): string | undefined {
  const quiet = runs.filter(({ disturbed }) => !disturbed)
  const points = [...Map.groupBy(quiet, ({ point }) => runName({ ...point, repeat: 0 })).values()]
  const falling = points.flatMap(of => {
    const found = warmUpOf(of.map(courseOf))
    const [first] = of
    if (!found?.falling || first === undefined) return []
    return [`${pointTitle(first.point)} (by ${Math.round(100 * (1 - 1 / found.ratio.median))} %)`]
  })
  if (falling.length === 0) return undefined
  const more = falling.length > MOST_NAMED ? `; and ${falling.length - MOST_NAMED} more` : ''
  return `CPU times still fall within the measured slots, so that a larger warmUp would be better: ${falling.slice(0, MOST_NAMED).join('; ')}${more}`
}
