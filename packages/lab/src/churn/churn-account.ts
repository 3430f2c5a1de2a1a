// The outcome of a run on real nodes, in the shape of a simulated run's.

import type { Epoch } from '@hushgrid/primitives'
import { type ChurnResult, type SlotReport, summarise } from '@hushgrid/scenarios'
import type { SlotRow } from '../neighbourhood/events.ts'
import type { LabNeighbourhood, LabSample } from '../neighbourhood/neighbourhood.ts'
import { slotReportOf } from '../report/slot-report.ts'
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
      ...slotReportOf(row, firstSlot),
      epoch: membership?.epoch as Epoch | undefined,
      members: membership?.n ?? 0,
      latency: row.latencyMs === null ? undefined : Math.round((row.latencyMs * options.network.slotSeconds * 1000) / row.slotMs)
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
