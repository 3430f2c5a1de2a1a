// Readings as files, byte for byte those of `pnpm node:customer export`.
import { type GreenButtonReadings, greenButton } from '@hushgrid/web-api'
import { sha256 } from '@noble/hashes/sha2.js'
import { localTime, utcTime } from '../../common/local-time.ts'
import { quantityOf } from '../../common/quantities.ts'
import type { Span } from './energy.ts'

/**
 * Writes readings as CSV (RFC 4180, lines end in CR LF), in the form of `pnpm node:customer export`: a slot's start in UTC
 * and in local time with its offset, and the reading of each lane. Leaves out slots without a reading, so that no gap looks
 * like a zero.
 *
 * @param spans - spans of one meter, in order, with the same lanes
 */
export function toCsv(spans: readonly Span[], zone: string): string {
  const lanes = spans[0]?.lanes ?? []
  const rows = spans.flatMap(({ slotSeconds, firstSlot, readings }) =>
    readings.flatMap((values, i) => {
      if (!values) return []
      const start = (firstSlot + i) * slotSeconds
      return [`${utcTime(start)},${localTime(start, zone)},${values.join(',')}`]
    })
  )
  return [`slot_start_utc,slot_start_local,${lanes.map(lane => `${lane} ${quantityOf(lane).unit}`).join(',')}`, ...rows, ''].join('\r\n')
}

interface GreenButtonInit {
  readonly meterId: string
  /** IANA time zone. */
  readonly zone: string
  /** Time of writing, s since 1970. */
  readonly now: number
}

/**
 * Writes readings as Green Button data (NAESB REQ.21), with gaps left out and counted in the titles.
 *
 * @param spans - spans of one meter, in order, with the same lanes
 * @throws GreenButtonError
 */
export function toGreenButton(spans: readonly Span[], { meterId, zone, now }: GreenButtonInit): string {
  return greenButton(measuredOf(spans), {
    ...{ meterId, zone, updated: new Date(now * 1000).toISOString() },
    local: seconds => localTime(seconds, zone),
    sha256: text => sha256(new TextEncoder().encode(text))
  })
}

function measuredOf(spans: readonly Span[]): GreenButtonReadings {
  const [first, last] = [spans[0], spans.at(-1)]
  const slots = spans.flatMap(({ firstSlot, readings }) =>
    readings.flatMap((values, i) => (values ? [{ slot: firstSlot + i, values }] : []))
  )
  const all = first && last ? last.firstSlot + last.readings.length - first.firstSlot : 0
  return { slotSeconds: first?.slotSeconds ?? 0, lanes: first?.lanes ?? [], slots, missing: all - slots.length }
}
