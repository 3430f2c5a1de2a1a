// Expectations of a run in virtual time, checked again from its report.
import { isDeepStrictEqual } from 'node:util'
import { type ChurnResult, checkExpectations } from '@hushgrid/scenarios'
import type { RunDocument } from '../schema/run.ts'
import { slotReportOf } from '../slot-report.ts'
import { inWords } from './replayed.ts'

/** Lists where the expectations that a report calls failed are others than its slots, changes and faults make them. */
export function expectationProblems(run: RunDocument): string[] {
  const { virtual, churn, configuration } = run
  if (!virtual) return run.kind === 'virtual' ? ['run.json: expected what virtual time found, got none'] : []
  const first = run.slots[0]?.slot ?? 0
  const { changes, faults } = churn as unknown as Pick<ChurnResult, 'changes' | 'faults'>
  const evidence = virtual.evidence as unknown as ChurnResult['evidence']
  const result = { slots: run.slots.map(row => slotReportOf(row, first)), changes, faults, evidence }
  const is = [...checkExpectations(configuration.churn?.scenario.expect ?? {}, result), ...virtual.violations].map(withoutMeters)
  const says = virtual.expectations.failed.map(withoutMeters)
  if (isDeepStrictEqual(says, is)) return []
  return [`run.json: virtual.expectations has failed ${inWords(says)}, its slots and changes make it ${inWords(is)}`]
}

/** Takes away the meters of a lost slot: a report has those that its loss names, not whom a request named before. */
function withoutMeters(sentence: string): string {
  return sentence.replaceAll(/, meters [\d ]+(?: …)?(?=\))/g, '')
}
