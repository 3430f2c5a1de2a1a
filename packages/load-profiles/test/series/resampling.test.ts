// Intervals and samples of power become slots without losing energy.
import { IMPORT_LANE, type Slot } from '@hushgrid/primitives'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { GAP, laneReader, readingAt, seriesFromEnergies, shiftSeries } from '../../src/series/household-series.ts'
import { IntervalEnergy } from '../../src/series/interval-energy.ts'
import { LEAST_COVERAGE, PowerEnergy } from '../../src/series/power-energy.ts'

const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0)

/** Wh with as many decimals as the London data have, up to 12 kWh. */
const energy = fc.integer({ min: 0, max: 120_000_000 }).map(n => n / 10_000)

test('whole intervals: slots hold exactly the sum of their intervals, in any order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(energy, { minLength: 1, maxLength: 60 }),
      fc.nat(40),
      fc.infiniteStream(fc.nat()),
      (perSlot, values, start, order) => {
        const first = perSlot * start
        const store = new IntervalEnergy({ slotSeconds: perSlot * 900, intervalSeconds: 900 })
        const shuffled = values.map((value, i) => ({ value, i, key: order.next().value as number })).sort((a, b) => a.key - b.key)
        for (const { value, i } of shuffled) expect(store.add((first + i) * 900, value)).toBe(true)
        const { firstSlot, energies } = store.finish()
        const whole = Math.floor(values.length / perSlot)
        expect(firstSlot).toBe(start)
        expect(energies.length).toBe(Math.ceil(values.length / perSlot))
        for (let i = 0; i < whole; i++) expect(energies[i]).toBeCloseTo(sum(values.slice(i * perSlot, (i + 1) * perSlot)), 6)
        // The last slot lacks some of its intervals: a gap, never a smaller reading.
        if (energies.length > whole) expect(energies[whole]).toBeNaN()
        expect(store.counts.duplicates).toBe(0)
      }
    )
  )
})

test('whole intervals: of duplicates the first counts', () => {
  const store = new IntervalEnergy({ slotSeconds: 1800, intervalSeconds: 1800 })
  for (const value of [5, 5, 6]) store.add(3600, value)
  expect(store.finish()).toEqual({ firstSlot: 2, energies: Float64Array.of(5) })
  expect(store.counts).toMatchObject({ samples: 3, duplicates: 2, conflicting: 1 })
})

test('a stamp absurdly far from the others is not kept', () => {
  const store = new IntervalEnergy({ slotSeconds: 60, intervalSeconds: 60 })
  expect(store.add(60, 1)).toBe(true)
  expect(store.add(60 * 2 ** 25, 1)).toBe(false)
  expect(store.finish().energies).toEqual(Float64Array.of(1))
})

test('power: without holes the slots hold the integral, to the last digit', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ step: fc.integer({ min: 1, max: 30 }), watts: fc.integer({ min: 0, max: 10_000 }) }), {
        minLength: 1,
        maxLength: 400
      }),
      fc.integer({ min: 0, max: 2_000_000_000 }),
      (samples, start) => {
        const store = new PowerEnergy(60, { stepSeconds: 30, holdSeconds: 30, regular: false })
        // From the start of a slot to the end of one, so that nothing is cut off at the ends.
        let time = Math.ceil(start / 60) * 60
        let wattSeconds = 0
        for (const { step, watts } of samples) {
          store.add(time, watts)
          time += step
          wattSeconds += step * watts
        }
        const last = samples.at(-1) as { step: number; watts: number }
        // The last sample holds for one nominal step, 30 s.
        wattSeconds += (30 - last.step) * last.watts
        const end = time - last.step + 30
        const { energies } = store.finish()
        const left = end % 60
        if (left !== 0 && left >= 60 * LEAST_COVERAGE) return
        const inLast = left === 0 ? 0 : wattSecondsIn(samples, end - left, end, Math.ceil(start / 60) * 60)
        expect(sum(energies)).toBeCloseTo((wattSeconds - inLast) / 3600, 6)
      }
    )
  )
})

/** Watt-seconds of the samples between two times, the last of them held to the end. */
function wattSecondsIn(samples: readonly { step: number; watts: number }[], from: number, until: number, start: number): number {
  let time = start
  let total = 0
  for (const [i, { step, watts }] of samples.entries()) {
    const end = i === samples.length - 1 ? until : time + step
    total += watts * Math.max(0, Math.min(end, until) - Math.max(time, from))
    time += step
  }
  return total
}

test('power: a hole beyond the hold is a gap, below it the slot is scaled to its length', () => {
  const sampling = { stepSeconds: 10, holdSeconds: 20, regular: false }
  const at = (hole: number): Float64Array => {
    const store = new PowerEnergy(600, sampling)
    for (let t = 0; t < 1800; t += 10) if (t <= 700 || t >= 700 + hole) store.add(t, 360)
    return store.finish().energies
  }
  expect([...at(10)]).toEqual([60, 60, 60])
  // 20 s are held, 30 s of 600 are unknown: 95 %, which is enough.
  expect(sum(at(50))).toBeCloseTo(180, 9)
  expect(at(60)[1]).toBeNaN()
})

const energies = fc.array(fc.oneof({ weight: 9, arbitrary: energy }, { weight: 1, arbitrary: fc.constant(Number.NaN) }), {
  minLength: 1,
  maxLength: 80
})

test('rounding: whole Wh, running sum within half a Wh between gaps, a gap is never a number', () => {
  fc.assert(
    fc.property(energies, values => {
      const series = seriesFromEnergies('h', 900, [{ lane: IMPORT_LANE, firstSlot: 1000, energies: Float64Array.from(values) }])
      const known = values.filter(value => !Number.isNaN(value)).length
      expect(series === undefined).toBe(known === 0)
      if (!series) return
      let exact = 0
      let rounded = 0
      for (let i = 0; i < values.length; i++) {
        const reading = readingAt(series, (1000 + i) as Slot)
        const value = values[i] as number
        expect(reading === undefined).toBe(Number.isNaN(value))
        exact = reading ? exact + value : 0
        rounded = reading ? rounded + (reading[0] as number) : 0
        if (!reading) continue
        expect(reading[0]).toBeGreaterThanOrEqual(0)
        expect(Math.abs(rounded - exact)).toBeLessThanOrEqual(0.5 + 1e-6)
      }
    })
  )
})

test('a series begins and ends with a reading, and knows nothing outside', () => {
  const series = seriesFromEnergies('h', 900, [
    { lane: IMPORT_LANE, firstSlot: 10, energies: Float64Array.of(Number.NaN, 3, Number.NaN, 0, Number.NaN) }
  ])
  expect(series).toMatchObject({ firstSlot: 11, slots: 3, values: Int32Array.of(3, GAP, 0) })
  if (!series) return
  expect([9, 10, 11, 12, 13, 14].map(at => readingAt(series, at as Slot))).toEqual([undefined, undefined, [3], undefined, [0], undefined])
  expect(() => seriesFromEnergies('h', 900, [{ lane: IMPORT_LANE, firstSlot: 0, energies: Float64Array.of(2 ** 31) }])).toThrow(
    /reading: expected from 0 to 2\^31 - 1 Wh a slot, got one beyond it/
  )
})

test('a series read in the lanes of a network, and played at another time', () => {
  const series = seriesFromEnergies('h', 900, [{ lane: IMPORT_LANE, firstSlot: 10, energies: Float64Array.of(3, Number.NaN, 5) }])
  if (!series) throw new Error('no series')
  const lanes = ['1-0:2.29.0', IMPORT_LANE] as (typeof IMPORT_LANE)[]
  const read = laneReader(series, lanes)
  expect([10, 11, 12].map(at => read(at as Slot))).toEqual([[0, 3], undefined, [0, 5]])
  expect(() => laneReader(series, lanes.slice(0, 1))).toThrow(/lanes: expected one of 1-0:1.29.0/)
  expect(readingAt(shiftSeries(series, 672), 682 as Slot)).toEqual([3])
  expect(() => shiftSeries(series, -11)).toThrow(/slot/)
})
