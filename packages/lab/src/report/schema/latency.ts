// Latency of totals in protocol time, which means the same in a lab, in virtual time and in the field.
import { type Slot, slotTimes } from '@hushgrid/primitives'
import { median } from '../../measures/statistics.ts'
import type { RunSlot } from './slots.ts'

/** Gives protocol milliseconds in units of a network, to a ten thousandth. */
export function unitsOf(protocolMs: number | null, slotSeconds: number): number | null {
  return protocolMs === null ? null : Math.round((10_000 * protocolMs) / slotTimes(0 as Slot, slotSeconds).unit) / 10_000
}

/** Gives the medians over the slots with a total. */
export function slotMedians(slots: readonly RunSlot[]) {
  const of = (value: (slot: RunSlot) => number | null): number | null => median(slots.flatMap(slot => value(slot) ?? []))
  return {
    medianLatencyMs: of(slot => slot.latencyMs),
    medianProtocolMs: of(slot => slot.protocolMs),
    medianUnits: of(slot => slot.units),
    medianRounds: of(slot => slot.rounds)
  }
}
