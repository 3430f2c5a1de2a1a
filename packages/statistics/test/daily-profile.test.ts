// Daily profiles, also on days that clocks change.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { describe, expect, test } from 'vitest'
import { LocalCalendar } from '../src/calendar.ts'
import { dailyProfile } from '../src/daily-profile.ts'
import type { SlotTotalRow } from '../src/slot-total.ts'

const LANE = '1-0:1.29.0'
const QUARTER = 900

function slotOf(time: string, slotSeconds = QUARTER): number {
  return Date.parse(time) / (slotSeconds * 1000)
}

/** A row for each slot of [from, until), its energy told by the caller. */
function rows(from: number, until: number, energy: (slot: number) => number, contributors: (slot: number) => number = () => 4) {
  return Array.from({ length: until - from }, (_, i): SlotTotalRow => {
    const slot = from + i
    return { slot, lanes: { [LANE]: BigInt(energy(slot)) }, contributors: contributors(slot), missing: 0 }
  })
}

describe('the daily profile', () => {
  // Monday 2013-02-04 to Sunday 2013-02-17: ten working days and four of weekends.
  const from = slotOf('2013-02-04T00:00Z')
  const options = { lane: LANE, slotSeconds: QUARTER, timeZone: 'Europe/London' }
  const dayNumber = (slot: number) => Math.floor((slot - from) / 96)
  const fortnight = rows(from, from + 14 * 96, slot => 1000 * (slot % 96) + dayNumber(slot) ** 2)

  test('is the mean, median and middle half of each slot, working days apart from weekends', () => {
    const { working, weekend } = dailyProfile(fortnight, options)
    expect(working.slots).toHaveLength(96)
    expect(working.days).toEqual([{ slots: 96, days: 10 }])
    expect(weekend.days).toEqual([{ slots: 96, days: 4 }])
    // Days 0 to 4 and 7 to 11, squared: 0 1 4 9 16 49 64 81 100 121.
    expect(working.slots[30]).toEqual({
      clock: '07:30',
      values: 10,
      lost: 0,
      total: { mean: 30_044.5, median: 30_032.5, lowerQuartile: 30_005.25, upperQuartile: 30_076.75 },
      perContributor: { mean: 7511.125, median: 7508.125, lowerQuartile: 7501.3125, upperQuartile: 7519.1875 }
    })
    // Days 5, 6, 12 and 13: 25 36 144 169.
    expect(weekend.slots[95]?.total).toEqual({ mean: 95_093.5, median: 95_090, lowerQuartile: 95_033.25, upperQuartile: 95_150.25 })
  })

  test('leaves lost slots out and counts them', () => {
    const kept = fortnight.filter(({ slot }) => slot !== from + 30 && !(dayNumber(slot) === 5 && slot % 96 >= 90))
    const { working, weekend } = dailyProfile(kept, options)
    expect(working.slots[30]).toMatchObject({ values: 9, lost: 1 })
    expect(working.slots[30]?.total?.mean).toBeCloseTo(30_000 + 445 / 9, 8)
    expect(working.slots[31]).toMatchObject({ values: 10, lost: 0 })
    expect([working.lost, weekend.lost]).toEqual([1, 6])
  })

  test('leaves out slots whose lane is withheld, which are not lost', () => {
    const few = { able: 3, of: 25, needed: 6 }
    const some = fortnight.map(each => (each.slot === from + 30 ? { ...each, lanes: { [LANE]: few } } : each))
    const { working } = dailyProfile(some, options)
    expect(working.slots[30]).toMatchObject({ values: 9, lost: 0 })
    expect(working.lost).toBe(0)
  })

  test('counts as lost what the range has and the rows have not', () => {
    const { working } = dailyProfile(fortnight, { ...options, range: { from: from - 96 * 3, until: from + 96 * 15 } })
    expect(working.lost).toBe(2 * 96)
    expect(working.days).toEqual([{ slots: 96, days: 12 }])
  })

  test('has no figures for a slot that was never there', () => {
    const { working, weekend } = dailyProfile(fortnight.slice(0, 10), options)
    expect(working.slots[10]).toEqual({ clock: '02:30', values: 0, lost: 0, total: undefined, perContributor: undefined })
    expect(weekend).toMatchObject({ days: [], lost: 0 })
    // A range that ends within a day still says how long the day is.
    expect(working.days).toEqual([{ slots: 96, days: 1 }])
  })

  test('tells growth of the neighbourhood from growth of its habits', () => {
    const grown = rows(
      from,
      from + 14 * 96,
      slot => (dayNumber(slot) < 7 ? 400 : 4000),
      slot => (dayNumber(slot) < 7 ? 4 : 40)
    )
    const { working } = dailyProfile(grown, options)
    expect(working.slots[0]?.total).toMatchObject({ mean: 2200, lowerQuartile: 400, upperQuartile: 4000 })
    expect(working.slots[0]?.perContributor).toEqual({ mean: 100, median: 100, lowerQuartile: 100, upperQuartile: 100 })
  })

  test('counts a holiday, and the weekend that a country has, as told', () => {
    const holiday = dailyProfile(fortnight, { ...options, holidays: ['2013-02-06'] })
    expect([holiday.working.days, holiday.weekend.days]).toEqual([[{ slots: 96, days: 9 }], [{ slots: 96, days: 5 }]])
    const { weekend } = dailyProfile(fortnight, { ...options, weekend: [4] })
    expect(weekend.days).toEqual([{ slots: 96, days: 2 }])
  })

  test('follows the clock where it is turned forward: 92 slots, and no gap in the hour that is not', () => {
    // 2013-03-31, a Sunday: 01:00 GMT is 02:00 BST.
    const start = slotOf('2013-03-30T00:00Z')
    const { weekend } = dailyProfile(
      rows(start, start + 96 + 92, slot => slot - start),
      options
    )
    expect(weekend.days).toEqual([
      { slots: 92, days: 1 },
      { slots: 96, days: 1 }
    ])
    expect(weekend.lost).toBe(0)
    expect(weekend.slots.map(({ values }) => values)).toEqual([...Array(4).fill(2), ...Array(4).fill(1), ...Array(88).fill(2)])
    // 02:00 is the eighth slot of Saturday and the fourth of Sunday.
    expect(weekend.slots[8]?.total?.mean).toBe((8 + (96 + 4)) / 2)
  })

  test('follows the clock where it is turned back: 100 slots, the repeated hour twice', () => {
    // 2013-10-27, a Sunday: 02:00 BST is 01:00 GMT. The day starts at 23:00 UTC.
    const start = slotOf('2013-10-26T23:00Z')
    const { weekend } = dailyProfile(
      rows(start, start + 100, slot => slot - start),
      options
    )
    expect(weekend.days).toEqual([{ slots: 100, days: 1 }])
    expect(weekend.slots.map(({ values }) => values)).toEqual([...Array(4).fill(1), ...Array(4).fill(2), ...Array(88).fill(1)])
    expect(weekend.slots[4]?.total?.mean).toBe((4 + 8) / 2)
    expect(weekend.slots[8]?.total?.mean).toBe(12)
  })

  test.each([
    ['Asia/Kolkata', '2013-02-03T18:30Z', '00:00'],
    ['America/St_Johns', '2013-02-04T03:30Z', '00:00'],
    ['Pacific/Kiritimati', '2013-02-03T10:00Z', '00:00'],
    ['Pacific/Pago_Pago', '2013-02-04T11:00Z', '00:00'],
    ['UTC', '2013-02-04T00:15Z', '00:15']
  ])('knows the local day in %s', (timeZone, time, clock) => {
    const at = slotOf(time)
    const { working, weekend } = dailyProfile(
      rows(at, at + 1, () => 5),
      { ...options, timeZone }
    )
    expect(working.slots.filter(({ values }) => values > 0)).toMatchObject([{ clock }])
    expect(weekend.days).toEqual([])
  })

  test('shows seconds where slots are no whole minutes', () => {
    const calendar = new LocalCalendar({ slotSeconds: 5, timeZone: 'UTC' })
    expect([calendar.bins, calendar.clock(0), calendar.clock(17_279)]).toEqual([17_280, '00:00:00', '23:59:55'])
  })

  test('refuses zones, slots, weekdays, dates and ranges that there are not', () => {
    const make = (more: object) => () => dailyProfile(fortnight, { ...options, ...more })
    expect(make({ timeZone: 'Europe/Atlantis' })).toThrow(/^timeZone: expected an IANA name like Europe\/London, got "Europe\/Atlantis"$/)
    expect(make({ slotSeconds: 7000 })).toThrow(/^slotSeconds: expected a whole part of 86400 s, got 7000$/)
    expect(make({ slotSeconds: 0 })).toThrow(InvalidArgumentError)
    expect(make({ weekend: [7] })).toThrow(/^weekend: expected days from 0 to 6, got 7$/)
    expect(make({ holidays: ['6 February'] })).toThrow(/^holidays: /)
    expect(make({ range: { from: 0, until: 2 ** 40 } })).toThrow(/^range: expected at most 16777216 slots/)
  })
})
