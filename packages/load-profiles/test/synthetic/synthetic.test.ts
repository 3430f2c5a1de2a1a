// Synthetic households: reproducible, plausible, refused by name where they cannot be.
import { EXPORT_LANE, IMPORT_LANE, type ObisCode, type Slot } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { laneReader, measuredLanes, readingAt } from '../../src/series/household-series.ts'
import { usedPower, wallClockAhead } from '../../src/synthetic/day.ts'
import { DEFAULT_SHARES, drawHousehold } from '../../src/synthetic/household.ts'
import { type SyntheticNeighbourhood, type SyntheticOptions, syntheticNeighbourhood } from '../../src/synthetic/neighbourhood.ts'
import { BINS, type Plan, planDay } from '../../src/synthetic/plan.ts'
import { WeatherSource } from '../../src/synthetic/weather.ts'
import { utc } from '../support/parse.ts'
import { aggregate, autocorrelation, dayShape, figures, mean, median, variation } from '../support/statistics.ts'

const FEBRUARY = utc('2013-02-04 00:00')
const JULY = utc('2013-07-01 00:00')

function neighbourhood(options: Partial<SyntheticOptions> = {}): SyntheticNeighbourhood {
  return syntheticNeighbourhood({ seed: 'test', households: 50, slotSeconds: 1800, ...options })
}

/** One lane of some days, a row a household. */
function days(of: SyntheticNeighbourhood, from: number, count: number, lane: ObisCode = IMPORT_LANE): number[][] {
  const index = of.lanes.indexOf(lane)
  const first = from / of.slotSeconds
  const slots = (count * 86_400) / of.slotSeconds
  return Array.from({ length: of.households }, (_, home) =>
    Array.from({ length: slots }, (_, i) => of.readingAt(home, (first + i) as Slot)[index] as number)
  )
}

const total = (rows: readonly (readonly number[])[]): number => rows.reduce((sum, row) => sum + row.reduce((a, b) => a + b, 0), 0)

describe('what a reading depends on', () => {
  const household = fc.nat(49)
  const slot = fc.integer({ min: FEBRUARY / 1800, max: FEBRUARY / 1800 + 48 * 400 }).map(at => at as Slot)

  test('not on what was asked before', () => {
    const asked = neighbourhood()
    fc.assert(
      fc.property(fc.array(fc.tuple(household, slot), { maxLength: 8 }), household, slot, (before, home, at) => {
        for (const [i, s] of before) asked.readingAt(i, s)
        expect(asked.readingAt(home, at)).toEqual(neighbourhood().readingAt(home, at))
      }),
      { numRuns: 30 }
    )
  })

  test('not on how many households there are', () => {
    const few = neighbourhood({ households: 7 })
    const many = neighbourhood({ households: 2000 })
    for (let home = 0; home < 7; home++)
      expect(few.series(home, (FEBRUARY / 1800) as Slot, 96)).toEqual(many.series(home, (FEBRUARY / 1800) as Slot, 96))
  })

  test('on the seed and on the household', () => {
    const first = (FEBRUARY / 1800) as Slot
    const one = neighbourhood()
    const other = neighbourhood({ seed: 'other' })
    expect(one.series(0, first, 48).values).not.toEqual(other.series(0, first, 48).values)
    expect(one.series(0, first, 48).values).not.toEqual(one.series(1, first, 48).values)
    expect(one.series(0, first, 48).values).not.toEqual(one.series(0, (first + 48) as Slot, 48).values)
  })

  test('not, summed, on the length of a slot: a second, a quarter of an hour or a day', () => {
    const shares = { photovoltaic: 1 }
    const seconds = neighbourhood({ slotSeconds: 1, shares })
    fc.assert(
      fc.property(household, fc.constantFrom(2, 60, 900, 1800, 3600, 5400), fc.nat(86_399), (home, slotSeconds, within) => {
        const at = Math.floor((JULY + within) / slotSeconds)
        const whole = neighbourhood({ slotSeconds, shares }).readingAt(home, at as Slot)
        const parts = [0, 0]
        for (let s = at * slotSeconds; s < (at + 1) * slotSeconds; s++)
          seconds.readingAt(home, s as Slot).forEach((wh, lane) => {
            parts[lane] = (parts[lane] as number) + wh
          })
        expect(parts).toEqual(whole)
      }),
      { numRuns: 20 }
    )
    const day = neighbourhood({ slotSeconds: 86_400, shares }).readingAt(3, (JULY / 86_400) as Slot)
    const quarters = neighbourhood({ slotSeconds: 900, shares }).series(3, (JULY / 900) as Slot, 96)
    expect([0, 1].map(lane => quarters.values.filter((_, i) => i % 2 === lane).reduce((a, b) => a + b, 0))).toEqual(day)
  })
})

test('readings are whole Wh, never negative, and a series holds what is read one by one', () => {
  const homes = neighbourhood({ shares: { photovoltaic: 0.5 }, slotSeconds: 900, households: 20 })
  for (let home = 0; home < 20; home++) {
    const series = homes.series(home, (JULY / 900) as Slot, 192)
    expect(series).toMatchObject({ slots: 192, slotSeconds: 900, lanes: [IMPORT_LANE, EXPORT_LANE] })
    for (let i = 0; i < 192; i++) {
      const reading = homes.readingAt(home, (JULY / 900 + i) as Slot)
      expect(readingAt(series, (JULY / 900 + i) as Slot)).toEqual(reading)
      expect(reading.every(wh => Number.isInteger(wh) && wh >= 0)).toBe(true)
    }
  }
})

test('lanes come in the order asked for', () => {
  const at = (JULY / 1800 + 26) as Slot
  const shares = { photovoltaic: 1 }
  const both = neighbourhood({ shares }).readingAt(4, at)
  expect(neighbourhood({ shares, lanes: [EXPORT_LANE, IMPORT_LANE] }).readingAt(4, at)).toEqual([...both].reverse())
  expect(neighbourhood({ shares, lanes: [EXPORT_LANE] }).readingAt(4, at)).toEqual(both.slice(1))
})

test('what cannot be is refused by name', () => {
  const bad: [Partial<SyntheticOptions>, RegExp][] = [
    [{ slotSeconds: 7000 }, /slotSeconds: expected a divisor of 86400, got 7000/],
    [{ slotSeconds: 0 }, /slotSeconds/],
    [{ households: 0 }, /households/],
    [{ lanes: ['1-0:13.29.0' as ObisCode] }, /^lanes: expected 1-0:1\.29\.0 or 1-0:2\.29\.0( or [-:.\d]+)*, got 1-0:13\.29\.0$/],
    [{ lanes: [] }, /lanes/],
    [{ shares: { photovoltaic: 1.5 } }, /shares.photovoltaic: expected a number from 0 to 1, got 1.5/]
  ]
  for (const [options, message] of bad) expect(() => neighbourhood(options)).toThrow(message)
  expect(() => neighbourhood().readingAt(50, 0 as Slot)).toThrow(/household: expected from 0 to 49, got 50/)
  expect(() => neighbourhood().readingAt(0, -1 as Slot)).toThrow(/slot/)
})

describe('panels', () => {
  const shares = { photovoltaic: 1 }

  test('export by day and never by night, more in summer than in winter', () => {
    const homes = neighbourhood({ shares, households: 10 })
    const summer = days(homes, JULY, 14, EXPORT_LANE)
    const winter = days(homes, utc('2013-12-09 00:00'), 14, EXPORT_LANE)
    expect(total(summer)).toBeGreaterThan(4 * total(winter))
    const shape = dayShape(aggregate(summer))
    // The sun is above London's horizon from before 04:00 to after 20:00 UTC at most.
    for (const i of [0, 1, 2, 3, 4, 5, 6, 43, 44, 45, 46, 47]) expect(shape[i]).toBe(0)
    expect(shape.indexOf(Math.max(...shape))).toBeGreaterThanOrEqual(20)
    expect(shape.indexOf(Math.max(...shape))).toBeLessThanOrEqual(28)
  })

  test('yield about what they do in London, 750 to 1,100 kWh a kW and year', () => {
    const [withPanels, without] = [
      neighbourhood({ shares, households: 20 }),
      neighbourhood({ shares: { photovoltaic: 0 }, households: 20 })
    ]
    let kilowattHours = 0
    for (let month = 1; month <= 12; month++) {
      const from = utc(`2013-${String(month).padStart(2, '0')}-10 00:00`)
      const exported = total(days(withPanels, from, 4, EXPORT_LANE))
      const saved = total(days(without, from, 4)) - total(days(withPanels, from, 4))
      kilowattHours += ((exported + saved) / 1000) * (365 / 12 / 4)
    }
    // Panels are of 2 to 4 kW, 3 kW in the mean.
    expect(kilowattHours / 20 / 3).toBeGreaterThan(750)
    expect(kilowattHours / 20 / 3).toBeLessThan(1100)
  })

  test('go with the import lane: a slot may have both, and a home without panels exports nothing', () => {
    const both = days(neighbourhood({ shares, households: 10 }), JULY, 3)
    const exported = days(neighbourhood({ shares, households: 10 }), JULY, 3, EXPORT_LANE)
    expect(both.flat().filter((wh, i) => wh > 0 && (exported.flat()[i] as number) > 0).length).toBeGreaterThan(0)
    expect(total(days(neighbourhood({ shares: { photovoltaic: 0 } }), JULY, 2, EXPORT_LANE))).toBe(0)
    const some = days(neighbourhood({ shares: { photovoltaic: 0.1 }, households: 100 }), JULY, 3, EXPORT_LANE)
    const exporting = some.filter(home => home.some(wh => wh > 0)).length
    expect(exporting).toBeGreaterThanOrEqual(8)
    expect(exporting).toBeLessThanOrEqual(12)
  })
})

describe('lanes that a home can fill', () => {
  const seeds = Array.from({ length: 40 }, (_, i) => `seed ${i}`)
  const feeding = (homes: SyntheticNeighbourhood): number[] =>
    Array.from({ length: homes.households }, (_, home) => home).filter(home => homes.lanesOf(home).includes(EXPORT_LANE))

  test('are import in every home and export in a third, so that a street of 25 has seven or more', () => {
    for (const seed of seeds) {
      const street = neighbourhood({ seed, households: 25 })
      for (let home = 0; home < 25; home++) expect(street.lanesOf(home)[0]).toBe(IMPORT_LANE)
      expect(feeding(street).length).toBeGreaterThanOrEqual(7)
      expect(feeding(street).length).toBeLessThanOrEqual(10)
    }
    const town = feeding(neighbourhood({ households: 3000 })).length
    expect(town).toBeGreaterThan(980)
    expect(town).toBeLessThan(1020)
  })

  test('are the same for a seed, however many homes there are, and follow the share of panels', () => {
    expect(feeding(neighbourhood({ households: 50 }))).toEqual(feeding(neighbourhood({ households: 200 })).filter(home => home < 50))
    expect(feeding(neighbourhood())).not.toEqual(feeding(neighbourhood({ seed: 'other' })))
    expect(feeding(neighbourhood({ shares: { photovoltaic: 0 } }))).toEqual([])
    expect(feeding(neighbourhood({ shares: { photovoltaic: 1 } })).length).toBe(50)
  })

  test('are those of the neighbourhood, and the others read 0', () => {
    const homes = neighbourhood()
    const exported = days(homes, JULY, 3, EXPORT_LANE)
    expect(exported.flatMap((wh, home) => (wh.some(each => each > 0) ? [home] : []))).toEqual(feeding(homes))
    const [home = -1] = feeding(homes)
    expect(neighbourhood({ lanes: [EXPORT_LANE, IMPORT_LANE] }).lanesOf(home)).toEqual([EXPORT_LANE, IMPORT_LANE])
    expect(neighbourhood({ lanes: [IMPORT_LANE] }).lanesOf(home)).toEqual([IMPORT_LANE])
    expect(() => homes.lanesOf(50)).toThrow(/household: expected from 0 to 49, got 50/)
  })

  test('are those that a recording measured', () => {
    const homes = neighbourhood({ lanes: [IMPORT_LANE] })
    const series = homes.series(0, (JULY / 1800) as Slot, 2)
    expect(measuredLanes(series, [IMPORT_LANE, EXPORT_LANE])).toEqual([IMPORT_LANE])
    expect(measuredLanes({ ...series, lanes: [EXPORT_LANE, IMPORT_LANE] }, [IMPORT_LANE, EXPORT_LANE])).toEqual([IMPORT_LANE, EXPORT_LANE])
    expect(laneReader(series, [IMPORT_LANE, EXPORT_LANE])(series.firstSlot)?.[1]).toBe(0)
  })
})

test('storage heaters charge from midnight to seven, in winter', () => {
  const homes = neighbourhood({ shares: { storageHeating: 1, photovoltaic: 0 }, households: 20 })
  const february = days(homes, FEBRUARY, 7)
  const july = days(homes, JULY, 7)
  // The switch closes within 20 minutes after midnight, and what is charged is charged by 07:20.
  const night = (rows: number[][]): number => total(rows.map(row => row.filter((_, i) => i % 48 < 15)))
  expect(night(february)).toBeGreaterThan(0.6 * total(february))
  expect(night(february)).toBeGreaterThan(2 * night(july))
  const shape = dayShape(aggregate(february))
  expect(shape[1]).toBeGreaterThan(3 * (shape[15] as number))
})

test('a share that is changed changes the homes it concerns and no other', () => {
  const some = { photovoltaic: 0.5, storageHeating: 0.1, directHeating: 0 }
  const [fewer, more] = [neighbourhood({ shares: some }), neighbourhood({ shares: { ...some, storageHeating: 0.2, electricVehicle: 0.1 } })]
  const at = (FEBRUARY / 86_400) as Slot
  const week = (of: SyntheticNeighbourhood): string[] =>
    Array.from({ length: 50 }, (_, home) => [...of.series(home, (at * 48) as Slot, 336).values].join())
  const [before, after] = [week(fewer), week(more)]
  const changed = before.filter((values, home) => values !== after[home]).length
  expect(changed).toBeGreaterThanOrEqual(7)
  expect(changed).toBeLessThanOrEqual(12)
})

test('electric cars add to the evening, seven kWh a day or so', () => {
  const shares = { photovoltaic: 0 }
  const without = days(neighbourhood({ shares, households: 30 }), FEBRUARY, 14)
  const added =
    (total(days(neighbourhood({ shares: { ...shares, electricVehicle: 1 }, households: 30 }), FEBRUARY, 14)) - total(without)) / 30 / 14
  expect(added).toBeGreaterThan(5000)
  expect(added).toBeLessThan(15_000)
})

test('a February uses more than a July, and people keep to the clock on the wall', () => {
  const homes = neighbourhood({ shares: { photovoltaic: 0, storageHeating: 0 }, households: 80 })
  const february = days(homes, FEBRUARY, 14)
  const july = days(homes, JULY, 14)
  expect(total(february)).toBeGreaterThan(1.15 * total(july))
  // People rise between 06:00 and 08:00: an hour earlier by UTC in July.
  const rise = (rows: number[][]): number => {
    const shape = dayShape(aggregate(rows))
    const low = Math.min(...shape)
    const high = Math.max(...shape.slice(0, 20))
    return shape.findIndex((part, i) => i > 6 && part > (low + high) / 2)
  }
  expect(rise(february) - rise(july)).toBeGreaterThanOrEqual(1)
  expect(rise(february) - rise(july)).toBeLessThanOrEqual(3)
})

test('summer time is that of London, by whole days', () => {
  const london = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/London', hour: 'numeric', hourCycle: 'h23' })
  for (let day = utc('2012-01-01 00:00') / 86_400; day < utc('2027-01-01 00:00') / 86_400; day++) {
    const noon = Number(london.format(new Date((day * 86_400 + 43_200) * 1000)))
    if (wallClockAhead(day) !== (noon - 12) * 60) expect.fail(`day ${day}`)
  }
})

test('what runs past midnight goes on in the next day', () => {
  const household = drawHousehold('test', 1, DEFAULT_SHARES)
  const day = FEBRUARY / 86_400
  const weather = new WeatherSource('test').of(day)
  const idle: Plan = { active: new Uint8Array(BINS), runs: [] }
  const late: Plan = { active: idle.active, runs: [{ start: 1410, minutes: 90, watts: 2000 }] }
  const base = usedPower(household, day, { before: idle, today: idle }, weather)
  const added = (plans: { before: Plan; today: Plan }): number[] =>
    [...usedPower(household, day, plans, weather)].map((w, i) => Math.round(w - (base[i] as number)))
  expect(added({ before: idle, today: late }).flatMap((w, i) => (w === 0 ? [] : [i]))).toEqual(
    Array.from({ length: 30 }, (_, i) => 1410 + i)
  )
  expect(added({ before: late, today: idle }).flatMap((w, i) => (w === 0 ? [] : [i]))).toEqual(Array.from({ length: 60 }, (_, i) => i))
  // A day of the neighbourhood is made of the plan of the day before and its own.
  const plans = { before: planDay('test', 1, household, day - 1), today: planDay('test', 1, household, day) }
  const used = [...usedPower(household, day, plans, weather)]
  const minutes = neighbourhood({ slotSeconds: 60, shares: DEFAULT_SHARES })
    .series(1, (FEBRUARY / 60) as Slot, 240)
    .values.filter((_, i) => i % 2 === 0)
  expect(household.panelWatts).toBe(0)
  expect(Math.abs(mean([...minutes]) * 60 - mean(used.slice(0, 240)))).toBeLessThan(0.5)
  // And so a home is as busy just after midnight as just before: no seam in the aggregate.
  const shape = dayShape(aggregate(days(neighbourhood({ shares: { photovoltaic: 0, storageHeating: 0 }, households: 100 }), FEBRUARY, 14)))
  const [before, after] = [shape[47] as number, shape[0] as number]
  expect(before / after).toBeGreaterThan(0.9)
  expect(before / after).toBeLessThan(1.35)
})

test('at weekends more happens around noon', () => {
  const rows = days(neighbourhood({ shares: { photovoltaic: 0 }, households: 80 }), FEBRUARY, 14)
  const noon = (weekend: boolean): number =>
    mean(aggregate(rows).filter((_, i) => Math.floor(i / 48) % 7 >= 5 === weekend && i % 48 >= 20 && i % 48 < 30))
  expect(noon(true)).toBeGreaterThan(1.05 * noon(false))
})

test('fifty homes together are smoother than one, and go by the day', () => {
  const rows = days(neighbourhood({ shares: { photovoltaic: 0 } }), FEBRUARY, 14)
  const together = aggregate(rows)
  expect(variation(together)).toBeLessThan(0.5 * median(rows.map(variation)))
  expect(Math.max(...together) / mean(together)).toBeLessThan(0.5 * figures(rows).homePeak)
  expect(autocorrelation(together, 48)).toBeGreaterThan(2 * median(rows.map(row => autocorrelation(row, 48))))
  expect(median(rows.map(row => autocorrelation(row, 1)))).toBeGreaterThan(0.4)
})
