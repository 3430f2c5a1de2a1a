// Latency of totals in protocol time, which means the same in a lab, in virtual time and in the field.
import { counted, type Slot, slotTimes } from '@hushgrid/primitives'
import { median } from '../../measures/statistics.ts'
import type { RunSlot } from './slots.ts'

/** Gives protocol milliseconds in units of a network, to a ten thousandth. */
export function unitsOf(protocolMs: number | null, slotSeconds: number): number | null {
  return protocolMs === null ? null : Math.round((10_000 * protocolMs) / slotTimes(0 as Slot, slotSeconds).unit) / 10_000
}

/** Figures of a slot that tell when its total came; null where there is none. */
type Timed = Pick<RunSlot, 'latencyMs' | 'protocolMs' | 'units' | 'rounds'>

/** Gives the medians over the slots with a total. */
export function slotMedians(slots: readonly Timed[]) {
  const of = (value: (slot: Timed) => number | null): number | null => median(slots.flatMap(slot => value(slot) ?? []))
  return {
    medianLatencyMs: of(slot => slot.latencyMs),
    medianProtocolMs: of(slot => slot.protocolMs),
    medianUnits: of(slot => slot.units),
    medianRounds: of(slot => slot.rounds)
  }
}

/** Writes when totals came in protocol time, which means the same on any machine; nothing without a total. */
export function latencyText({
  medianProtocolMs,
  medianUnits,
  medianRounds
}: Omit<ReturnType<typeof slotMedians>, 'medianLatencyMs'>): string[] {
  if (medianProtocolMs === null || medianRounds === null) return []
  const after = `${(medianProtocolMs / 1000).toFixed(0)} s (${Number((medianUnits ?? 0).toPrecision(2))} u) after the slot’s end`
  return [`by the protocol’s clock: total ${after}, ${counted(medianRounds, 'round')}`]
}
