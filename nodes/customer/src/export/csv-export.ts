import { formatLocal, formatUtc, unitOf } from '@hushgrid/primitives'
import type { MeasuredSlots } from '../device/reading-span.ts'

/**
 * Writes readings as CSV (RFC 4180, lines end in CR LF): a slot's start in UTC and in local time with its offset, and the
 * reading of each lane. Leaves out slots without a reading, so that nobody takes a gap for a zero.
 *
 * @param zone - IANA time zone of the local times
 */
export function toCsv({ slotSeconds, lanes, slots }: MeasuredSlots, zone: string): string {
  const rows = slots.map(({ slot, values }) => {
    const start = slot * slotSeconds
    return `${formatUtc(start)},${formatLocal(zone, start)},${values.join(',')}`
  })
  return [`slot_start_utc,slot_start_local,${lanes.map(lane => `${lane} ${unitOf(lane)}`).join(',')}`, ...rows, ''].join('\r\n')
}
