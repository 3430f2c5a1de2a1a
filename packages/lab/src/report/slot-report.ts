// A slot of a report in the shape that scenarios' expectations are held against.
import type { Epoch } from '@hushgrid/primitives'
import type { SlotReport } from '@hushgrid/scenarios'
import { NO_RESULT, type RunSlot } from './schema/slots.ts'

/** @param first - number of the run's first slot */
export function slotReportOf(row: RunSlot, first: number): SlotReport {
  const isNone = row.reason === undefined || row.reason === NO_RESULT
  return {
    slot: row.slot - first,
    epoch: row.epoch as Epoch,
    members: row.entries,
    present: row.members,
    submitted: row.submitted,
    missing: row.missingMeters,
    recovered: row.recovered > 0,
    refused: row.refused,
    disputed: row.disputed,
    releases: row.releases,
    result: row.total ? 'total' : row.reason === NO_RESULT ? 'none' : 'lost',
    ...(row.lost && !isNone && { reason: row.reason }),
    ...(row.busy && { busy: true }),
    named: row.named,
    exact: row.total ? row.exact : undefined,
    total: row.total,
    withheld: row.withheld,
    expected: row.expected,
    rounds: row.rounds ?? undefined,
    latency: undefined,
    sinceEnd: row.protocolMs ?? undefined,
    heard: row.verifiedBy
  }
}
