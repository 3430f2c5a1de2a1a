// A check of the warm-up: where steady slots still get cheaper, more slots ought to go before those that are measured.
import { median } from '@hushgrid/lab'
import { runName, runTitle } from '../plan/run-name.ts'
import type { EvaluatedRun, EvaluatedSlot } from '../record/run.ts'

/** Ratio of the first half's CPU time to the second's above which the warm-up was too short. */
const STILL_FALLING = 1.1
/** Fewest steady slots of a run of which halves tell something. */
const LEAST_SLOTS = 4
/** Part of a point's runs in which the first half has to be the dearer one. */
const AGREEING = 0.75
/** Points that are named one by one. */
const MOST_NAMED = 5

/** Gives the ratio of the median CPU time of all roles in the first half of the steady slots to that in the second. */
function ratioOf({ slots }: EvaluatedRun): number | undefined {
  const steady = slots.filter(({ phase, outcome }) => (phase === 'steady' || phase === 'churn') && outcome === 'total')
  if (steady.length < LEAST_SLOTS) return undefined
  const half = steady.length >> 1
  const [first, second] = [median(steady.slice(0, half).map(cpuOf)), median(steady.slice(-half).map(cpuOf))]
  return first === null || second === null || second === 0 ? undefined : first / second
}

function cpuOf({ roles }: EvaluatedSlot): number {
  return Object.values(roles).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** Says where CPU times still fall from the first half of the measured slots to the second; a sentence, or none. */
export function warmUpRemark(runs: readonly EvaluatedRun[]): string | undefined {
  const quiet = runs.filter(({ disturbed }) => !disturbed)
  const points = [...Map.groupBy(quiet, ({ point }) => runName({ ...point, repeat: 0 })).values()]
  const falling = points.flatMap(of => {
    const ratios = of.flatMap(run => ratioOf(run) ?? [])
    const ratio = median(ratios)
    const agree = ratios.filter(each => each > 1).length >= AGREEING * ratios.length
    const [first] = of
    if (ratio === null || ratio <= STILL_FALLING || !agree || first === undefined) return []
    return [`${runTitle(first.point).replace(/, repeat \d+$/, '')} (by ${Math.round(100 * (1 - 1 / ratio))} %)`]
  })
  if (falling.length === 0) return undefined
  const more = falling.length > MOST_NAMED ? `; and ${falling.length - MOST_NAMED} more` : ''
  return `CPU times still fall within the measured slots, so that a larger warmUp would be better: ${falling.slice(0, MOST_NAMED).join('; ')}${more}`
}
