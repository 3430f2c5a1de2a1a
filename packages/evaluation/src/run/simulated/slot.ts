// One slot of a run as an evaluation keeps it.
import type { SlotReport } from '@hushgrid/scenarios'
import type { CostByRole, EvaluatedSlot } from '../../record/run.ts'

/** Circumstances of a slot that its report does not have. */
export interface SlotCircumstances {
  readonly index: number
  readonly phase: EvaluatedSlot['phase']
  readonly noisy: boolean
  readonly roles: CostByRole
}

export function evaluatedSlot(report: SlotReport, { index, phase, noisy, roles }: SlotCircumstances): EvaluatedSlot {
  const { present, submitted, missing, result, reason, exact, rounds, latency, sinceEnd } = report
  const isTotal = result === 'total'
  const why = isTotal ? {} : { reason: reason ?? 'nobody published a result' }
  return {
    index,
    phase,
    members: present,
    submitted: isTotal ? present - missing.length : submitted,
    // A lost slot's report names whom the contender blames, if anybody; whom nothing came from is the same for all.
    missing: isTotal ? missing.length : Math.max(0, present - submitted),
    recovered: isTotal ? missing.length : 0,
    outcome: isTotal ? 'total' : 'lost',
    ...why,
    late: isTotal && (latency ?? 0) > 0,
    busy: false,
    exact: isTotal && !noisy ? exact === true && Object.keys(report.withheld).length === 0 : null,
    rounds: isTotal ? (rounds ?? null) : null,
    sinceEndMs: isTotal ? (sinceEnd ?? null) : null,
    roles
  }
}
