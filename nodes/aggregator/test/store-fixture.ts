import type { AggregatorRecord, AggregatorSlotRecord } from '@hushgrid/dcnet'
import type { Epoch, Slot } from '@hushgrid/primitives'

/** Bytes that are told apart by what they were made from, and long enough to spread over several pages where asked. */
export function bytesOf(seed: number, length = 200): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (Math.imul(seed + 1, 2_654_435_761) >>> (8 * (i % 4))) ^ i)
}

export function slotRecord(kind: AggregatorSlotRecord['kind'], slot: number, bytes: Uint8Array): AggregatorSlotRecord {
  return { kind, slot: slot as Slot, epoch: 1 as Epoch, bytes }
}

export function rosterRecord(from: number): AggregatorRecord {
  return { kind: 'roster', from: from as Slot, bytes: bytesOf(from) }
}
