// Peaks, load duration curves, and totals of a lane.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { describe, expect, test } from 'vitest'
import { loadDurationCurve, peakSlots } from '../src/peak-slots.ts'
import { laneTotals, type SlotTotalRow, wattHours } from '../src/slot-total.ts'

const LANE = '1-0:1.29.0'

function row(slot: number, energy: bigint, contributors = 10): SlotTotalRow {
  return { slot, lanes: { [LANE]: energy, '1-0:2.29.0': 7n }, contributors, missing: 0 }
}

/** Slots 100 to 105; 103 is lost, and the rows come out of order. */
const ROWS = [row(104, 500n), row(100, 100n), row(101, 500n), row(102, 300n), row(105, 600n)]

describe('peak slots', () => {
  test('are the highest, of equals the earlier first, with their share of the energy', () => {
    const found = peakSlots(ROWS, { lane: LANE, count: 4 })
    expect(found.peaks.map(({ slot, energy }) => [slot, energy])).toEqual([
      [105, 600n],
      [101, 500n],
      [104, 500n],
      [102, 300n]
    ])
    expect(found.peaks.map(({ share }) => share)).toEqual([0.3, 0.25, 0.25, 0.15])
    expect(found).toMatchObject({ range: { from: 100, until: 106 }, energy: 2000n, slots: 5 })
    expect(found.loadFactor).toBeCloseTo(400 / 600, 15)
  })

  test('of a range are those in it, up to but without its end', () => {
    const found = peakSlots(ROWS, { lane: LANE, count: 9, range: { from: 99, until: 104 } })
    expect(found.peaks.map(({ slot }) => slot)).toEqual([101, 102, 100])
    expect(found).toMatchObject({ energy: 900n, slots: 3 })
    expect(found.loadFactor).toBeCloseTo(0.6, 15)
  })

  test('are exact beyond 2^53 Wh', () => {
    const large = 2n ** 60n
    const found = peakSlots([row(1, large), row(2, large + 1n), row(3, large - 1n)], { lane: LANE, count: 3 })
    expect(found.peaks.map(({ slot }) => slot)).toEqual([2, 1, 3])
    expect(found.energy).toBe(3n * large)
  })

  test('leave out a slot without the lane and one that nobody contributed to', () => {
    const found = peakSlots([row(1, 5n), { ...row(2, 900n), lanes: { other: 900n } }, row(3, 900n, 0)], { lane: LANE, count: 3 })
    expect(found).toMatchObject({ energy: 5n, slots: 1 })
  })

  test('leave out slots in which the lane is withheld, and say how many and why', () => {
    const few = { able: 3, of: 25, needed: 6 }
    const without = (slot: number, able = 3): SlotTotalRow => ({ ...row(slot, 0n), lanes: { [LANE]: { ...few, able } } })
    const found = peakSlots([row(1, 5n), without(2, 2), without(3), row(5, 4n)], { lane: LANE, count: 5 })
    expect(found.peaks.map(({ slot }) => slot)).toEqual([1, 5])
    expect(found).toMatchObject({ energy: 9n, slots: 2, withheld: 2, lastWithheld: few })
    expect(found.loadFactor).toBeCloseTo(0.9, 15)
    expect(loadDurationCurve([row(1, 5n), without(2)], { lane: LANE, points: 2 }).map(({ energy }) => energy)).toEqual([5n, 5n])
    expect(peakSlots([without(2)], { lane: LANE, count: 1 })).toMatchObject({ peaks: [], slots: 0, withheld: 1 })
    // Another lane of the same slots has its totals.
    expect(peakSlots([{ ...row(1, 1n), lanes: { [LANE]: 1n, other: few } }], { lane: LANE, count: 1 })).toMatchObject({
      withheld: 0,
      slots: 1
    })
  })

  test.each([
    ['no rows', []],
    ['rows of zero', [row(1, 0n), row(2, 0n)]],
    ['rows below zero', [row(1, -5n), row(2, -3n)]]
  ])('have no share and no load factor with %s', (_, rows) => {
    const found = peakSlots(rows, { lane: LANE, count: 5 })
    expect(found.peaks.map(({ share }) => share)).toEqual(rows.map(() => undefined))
    expect(found.loadFactor).toBeUndefined()
  })

  test.each([0, -1, 1.5, Number.NaN])('refuse a count of %d', count => {
    expect(() => peakSlots(ROWS, { lane: LANE, count })).toThrow(/^count: expected a whole number from 1 on/)
  })
})

describe('the load duration curve', () => {
  test('with as many points as slots is every slot, highest first', () => {
    expect(loadDurationCurve(ROWS, { lane: LANE, points: 5 })).toEqual([
      { share: 0, energy: 600n },
      { share: 0.25, energy: 500n },
      { share: 0.5, energy: 500n },
      { share: 0.75, energy: 300n },
      { share: 1, energy: 100n }
    ])
  })

  test('says of each share what that part of the slots reached', () => {
    const rows = Array.from({ length: 1000 }, (_, i) => row(i, BigInt((i * 387) % 1000)))
    for (const { share, energy } of loadDurationCurve(rows, { lane: LANE, points: 11 })) {
      const reached = rows.filter(({ lanes }) => typeof lanes[LANE] === 'bigint' && lanes[LANE] >= energy).length
      expect(reached).toBe(share === 0 ? 1 : Math.round(share * 1000))
    }
  })

  test('of nothing has no points, and needs two', () => {
    expect(loadDurationCurve([], { lane: LANE, points: 5 })).toEqual([])
    expect(() => loadDurationCurve(ROWS, { lane: LANE, points: 1 })).toThrow(/^points: expected a whole number from 2 on, got 1$/)
  })
})

describe('totals of a lane', () => {
  test('refuse two rows of a slot, numbers that cannot be and a range that ends before it starts', () => {
    expect(() => laneTotals([row(1, 1n), row(1, 1n)], LANE)).toThrow(/^rows: expected one row a slot, got two rows of slot 1$/)
    expect(() => laneTotals([row(1.5, 1n)], LANE)).toThrow(/^slot: /)
    expect(() => laneTotals([row(1, 1n, -1)], LANE)).toThrow(/^contributors: /)
    expect(() => laneTotals([{ ...row(1, 1n), missing: Number.NaN }], LANE)).toThrow(/^missing: /)
    expect(() => laneTotals(ROWS, LANE, { from: 2, until: 1 })).toThrow(InvalidArgumentError)
  })

  test('become numbers only where numbers are exact', () => {
    expect(wattHours(2n ** 53n - 1n)).toBe(2 ** 53 - 1)
    expect(() => wattHours(2n ** 53n)).toThrow(InvalidArgumentError)
  })

  test('do not take a lane for one that every object has', () => {
    expect(laneTotals(ROWS, 'constructor').totals).toEqual([])
  })
})
