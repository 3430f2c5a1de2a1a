// The page's files of readings against those of `pnpm node:customer export`: the same bytes.
import { measuredSlots, toCsv, toGreenButton } from '@hushgrid/node-customer'
import { EXPORT_LANE, IMPORT_LANE, meterId, type Slot } from '@hushgrid/primitives'
import * as page from '@hushgrid/web/reading-files'
import { describe, expect, it } from 'vitest'

const METER = meterId('ab'.repeat(32))
const NOW = Date.parse('2026-11-30T12:34:56Z')
const HALF_HOUR = 1800

function span(from: string, readings: readonly (readonly bigint[] | undefined)[]) {
  const firstSlot = (Date.parse(from) / 1000 / HALF_HOUR) as Slot
  return { slotSeconds: HALF_HOUR, firstSlot, lanes: [IMPORT_LANE, EXPORT_LANE], readings }
}

/** The day on which an hour comes twice, with gaps of the meter's, a day that is not there, and a year later one slot. */
const SPANS = [
  span('2025-10-25T23:00Z', [[150n, 0n], [151n, 0n], undefined, undefined, [154n, 7n]]),
  span('2025-10-27T00:00Z', [[0n, 2n ** 47n - 1n], undefined]),
  span('2026-11-30T00:00Z', [[1n, 1n]])
]

describe.each(['Europe/London', 'America/New_York', 'Australia/Sydney', 'Asia/Kolkata', 'UTC'])('in %s', zone => {
  it('Green Button data of the page are those of the command', () => {
    const theirs = toGreenButton(measuredSlots(SPANS), { meterId: METER, zone, now: NOW })
    expect(theirs).toContain('5 slots missing'.replace('5', String(measuredSlots(SPANS).missing)))
    expect(page.toGreenButton(SPANS, { meterId: METER, zone, now: NOW / 1000 })).toBe(theirs)
  })

  it('so is CSV', () => {
    expect(page.toCsv(SPANS, zone)).toBe(toCsv(measuredSlots(SPANS), zone))
  })
})

it('a page says of a clock without one rule what the command says', () => {
  const turkey = [span('2016-01-01T00:00Z', [[1n, 1n]]), span('2016-12-01T00:00Z', [[1n, 1n]])]
  const init = { meterId: METER, zone: 'Europe/Istanbul' }
  const sentence = /^time zone: expected a clock that is changed by one rule from 2016 to 2016, got Europe\/Istanbul, which follows another/
  expect(() => page.toGreenButton(turkey, { ...init, now: NOW / 1000 })).toThrow(sentence)
  expect(() => toGreenButton(measuredSlots(turkey), { ...init, now: NOW })).toThrow(sentence)
})
