// What is to be said of an evaluation's runs before anybody believes them, and the exit status.
import { counted } from '@hushgrid/primitives'
import { runTitle } from '../plan/run-name.ts'
import type { Evaluation } from '../record/evaluation.ts'
import { warmUpRemark } from './warm-up.ts'

/** Remarks, a sentence each, and an exit status: 1 where a total was wrong, a rule was violated, or a run failed. */
export interface EvaluationVerdict {
  readonly remarks: readonly string[]
  readonly status: 0 | 1
}

/** Runs that are named one by one. */
const MOST_NAMED = 5

/** Gives the verdict on an evaluation. */
export function evaluationVerdict({ runs, missing }: Evaluation): EvaluationVerdict {
  const failed = missing.filter(({ failed }) => failed !== undefined)
  const wrong = runs.filter(({ slots }) => slots.some(({ exact }) => exact === false))
  const violated = runs.filter(({ violations }) => violations.length > 0)
  const disturbed = runs.filter(run => run.disturbed)
  const of = counted(runs.length + missing.length, 'run')
  const remark = (what: string, named: readonly string[]): string[] => {
    if (named.length === 0) return []
    const more = named.length > MOST_NAMED ? `; and ${named.length - MOST_NAMED} more` : ''
    return [`${named.length} of ${of} ${what}: ${named.slice(0, MOST_NAMED).join('; ')}${more}`]
  }
  const pending = missing.length - failed.length
  const warmUp = warmUpRemark(runs)
  return {
    remarks: [
      ...(pending === 0 ? [] : [`${pending} of ${of} not there yet; the same command goes on with ${pending === 1 ? 'it' : 'them'}`]),
      ...remark(
        'not there',
        failed.map(({ point, failed }) => `${runTitle(point)} (${failed})`)
      ),
      ...remark(
        'with a total that differs from the sum of its readings',
        wrong.map(({ point }) => runTitle(point))
      ),
      ...remark(
        'in which a rule was violated',
        violated.map(({ point, violations }) => `${runTitle(point)} (${violations[0]})`)
      ),
      ...remark(
        'disturbed by a busy machine, so that times and CPU are not to be relied on',
        disturbed.map(({ point, disturbance }) => `${runTitle(point)} (${disturbance ?? 'no reason kept'})`)
      ),
      ...(warmUp === undefined ? [] : [warmUp])
    ],
    status: failed.length > 0 || wrong.length > 0 || violated.length > 0 ? 1 : 0
  }
}
