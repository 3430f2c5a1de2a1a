// Tables of commands in 80 columns with large numbers, none of which is broken.
import { comparisonText, figuresText } from '@hushgrid/bench'
import { parseTariff, runBill } from '@hushgrid/billing'
import { millionText } from '@hushgrid/comparison'
import { SeededRng, type Slot } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { billText } from '../src/bill/bill-text.ts'

const wide = (text: string): string[] => text.split('\n').filter(line => [...line].length > 80)

const figure = {
  name: `${'a figure of a part of the benchmark '.repeat(3)}, n = 10,000`,
  unit: 'µs a reading',
  value: 123_456_789,
  spread: { q1: 123_456_788, q3: 123_456_790 },
  ratio: 1234.56,
  floor: 'AES-256-CTR of as many bytes as the masks have',
  gain: 1.5,
  goal: 300,
  runs: 1,
  part: 'computation'
} as const

it('of a benchmark', () => {
  const text = figuresText([figure, figure])
  expect(wide(text)).toEqual([])
  expect(text).toContain('123456789 µs a reading (123456788 to 123456790)')
  expect(text).toMatch(/, 1 run$/)
})

it('of a comparison with an earlier run', () => {
  const text = comparisonText(
    {
      figures: [
        {
          name: 'masks, n = 10,000',
          unit: 'µs',
          now: figure,
          before: figure,
          ratio: 123_456.78,
          floorRatio: 0.000012,
          verdict: 'perhaps worse'
        }
      ],
      appeared: [figure.name],
      gone: [],
      leftOut: ['one'],
      otherUnit: [{ name: figure.name, now: 'µs', before: 'ms' }],
      machine: [{ what: 'cpu', now: 'A processor with a rather long name', before: 'Another processor with a rather long name' }],
      remarks: []
    } as Parameters<typeof comparisonText>[0],
    'bench-results/2026-11-30T154500.json, 2026-11-30T15:45:00.000Z'
  )
  expect(wide(text)).toEqual([])
  expect(text).toContain('123456789 µs a reading')
  expect(text).toContain('not measured now: 1 figure')
  expect(text).not.toContain('1 figures')
})

it('of a bill', () => {
  const slots = 40
  const series = { household: 'h'.repeat(60), slotSeconds: 1800, firstSlot: 1_000_000 as Slot, slots, lanes: ['1-0:1.29.0'] }
  const tariff = parseTariff('name: flat\ntimeZone: UTC\ncurrency: GBP\nimport: { kind: flat, price: "14.228" }\n', 'flat.yaml')
  const span = { from: series.firstSlot, until: (series.firstSlot + slots) as Slot }
  const prices = tariff.prices({ ...span, slotSeconds: 1800 })
  const billed = { slotSeconds: 1800, lanes: ['1-0:1.29.0'], at: () => [123_456n] } as unknown as Parameters<typeof runBill>[0]
  const path = runBill(billed, [span], prices, { rng: new SeededRng('bill'), now: () => 123_456 })
  const overheads = (['day', 'week', 'month'] as const).map(batching => ({
    ...{ batching, count: 10_000, readings: 123_456_789, slots: 123_456_789, signature: 123_456_789, total: 123_456_789, percent: 123.4 }
  }))
  const text = billText(
    series as never,
    { ...path, gaps: 1 },
    { tariff, prices, bands: undefined, notes: ['n '.repeat(60)], out: 'f'.repeat(60), overheads: overheads as never }
  )
  expect(wide(text)).toEqual([])
  expect(text.match(/123456789/g)).toHaveLength(12)
  expect(text).toContain('in 1 batch\n')
  expect(text).toContain(', 1 gap')
})

it('of a million households', () => {
  const parts = { keys: 1, readings: 1, masks: 1, sum: 1, recovery: 1, check: 1 }
  const text = millionText({
    ...{ households: 100_000_000, neighbourhoods: 2_000_000, members: [50, 51], degree: 250, recovery: 'edge-release', slotSeconds: 900 },
    ...{ slots: 96, day: '2013-02-04', missingFraction: 0.012_345, seed: 'a-seed-of-some-length', lanes: 2, threads: 1 },
    ...{ readingSource: 'r '.repeat(60), notComputed: ['n '.repeat(60)], readings: 9_600_000_000, seconds: 123_456, coreSeconds: 987_654 },
    ...{ otherCoreSeconds: 123_456, loadAverage: [1, 2], microsecondsPerReading: parts, memory: [], exact: 192_000_000, lost: 1_000_000 },
    ...{ lostMembersMissing: 1, lostRefused: 1, wrong: 0, missing: 96_000_000, recoveredMembers: 96_000_000, recoveredSlots: 96_000_000 },
    ...{ releases: 960_000_000, totals: [123_456_789_012_345, 123_456_789_012_345] }
  } as unknown as Parameters<typeof millionText>[0])
  expect(wide(text)).toEqual([])
  expect(text).toContain('9,600,000,000 readings')
  expect(text).toContain('on 1 thread,')
})
