// The outcome of a run on real nodes, in the shape of a simulated run's.

import type { Epoch } from '@hushgrid/primitives'
import { type ChurnResult, type SlotReport, summarise } from '@hushgrid/scenarios'
import type { SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import { NO_RESULT } from '../report/schema/slots.ts'
import type { LiveChurn } from './live-churn.ts'

/**
 * Gives the result of a run, for expectations and for the summary line. Messages are not counted on real nodes; bytes are
 * those on the wire.
 */
export function churnResult(neighbourhood: LabNeighbourhood, rows: readonly SlotRow[], churn: LiveChurn, last: LabSample): ChurnResult {
  const { firstSlot, options } = neighbourhood
  const slots = rows.map((row): SlotReport => {
    const membership = neighbourhood.memberships.find(each => each.epoch === row.epoch)
    return {
      slot: row.slot - firstSlot,
      epoch: membership?.epoch as Epoch | undefined,
      members: membership?.n ?? 0,
      present: row.members,
      submitted: row.submitted,
      missing: row.missingMeters,
      recovered: row.recovered > 0,
      refused: row.refused,
      disputed: row.disputed,
      releases: row.releases,
      result: row.total ? 'total' : row.reason === NO_RESULT ? 'none' : 'lost',
      ...(row.lost && row.reason !== undefined && row.reason !== NO_RESULT ? { reason: row.reason } : {}),
      ...(row.busy && { busy: true }),
      named: row.named,
      exact: row.total ? row.exact : undefined,
      total: row.total,
      withheld: row.withheld,
      expected: row.expected,
      rounds: row.rounds ?? undefined,
      latency: row.latencyMs === null ? undefined : Math.round((row.latencyMs * options.network.slotSeconds * 1000) / row.slotMs),
      sinceEnd: row.protocolMs ?? undefined,
      heard: row.verifiedBy
    }
  })
  const { changes, faults, withoutEffect } = churn
  return {
    slots,
    changes,
    faults,
    evidence: [],
    withoutEffect,
    drops: { meters: last.drops, aggregator: neighbourhood.drops, registrar: {} },
    messages: 0,
    bytes: last.bytes,
    summary: summarise(slots, changes)
  }
}
