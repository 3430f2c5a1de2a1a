import { existsSync, readFileSync } from 'node:fs'
import { IMPORT_LANE, type Slot } from '@hushgrid/primitives'
import { describe, expect, test } from 'vitest'
import { readingAt, syntheticNeighbourhood } from '../src/index.ts'
import { parse, utc } from './parse.ts'
import { figures } from './statistics.ts'

/** Real readings beside the repository, which ships none: 60 households of the Low Carbon London trial, February 2013. */
const FILE = new URL('../../../../shared/data/london-2013-02-halfhour-wh.csv', import.meta.url)
const present = existsSync(FILE)
if (!present) console.warn('skipped: comparisons with real households, since ../shared/data/london-2013-02-halfhour-wh.csv is not there')
const text = present ? readFileSync(FILE, 'utf8') : ''

const FIRST = utc('2013-02-04 00:00')
const DAYS = 28

describe.skipIf(!present)('the London sample', () => {
  /** Sum of each line, straight off the file. */
  const lineSums = text
    .trim()
    .split(/\r?\n/)
    .slice(1)
    .map(line =>
      line
        .split(',')
        .slice(1)
        .reduce((sum, cell) => sum + Number(cell), 0)
    )

  test.each([1800, 3600, 7200, 86_400])('in slots of %i s sums over the households to the file', slotSeconds => {
    const { households, gaps } = parse(text, 'london.csv', { slotSeconds })
    expect(households).toHaveLength(60)
    expect(gaps.every(gap => gap.covered === gap.slots && gap.slots === (DAYS * 86_400) / slotSeconds)).toBe(true)
    const perSlot = slotSeconds / 1800
    for (let i = 0; i < (DAYS * 86_400) / slotSeconds; i++) {
      const total = households.reduce((sum, home) => sum + (readingAt(home, (FIRST / slotSeconds + i) as Slot)?.[0] ?? Number.NaN), 0)
      expect(total).toBe(lineSums.slice(i * perSlot, (i + 1) * perSlot).reduce((sum, value) => sum + value, 0))
    }
  })

  const real = present ? figures(parse(text, 'london.csv', { slotSeconds: 1800 }).households.map(home => [...home.values])) : undefined

  /** Like for like: the sample's homes have no panels or cars that anybody knows of. */
  const alike = { photovoltaic: 0, electricVehicle: 0 }

  test.each(['hushgrid', 'one', 'two', 'three'])('is what the synthetic neighbourhood of seed %s is like', seed => {
    if (!real) throw new Error('no sample')
    const households = 120
    const made = syntheticNeighbourhood({ seed, households, slotSeconds: 1800, lanes: [IMPORT_LANE], shares: alike })
    const synthetic = figures(Array.from({ length: households }, (_, i) => [...made.series(i, (FIRST / 1800) as Slot, 48 * DAYS).values]))
    const off = (pick: (of: ReturnType<typeof figures>) => number): number => Math.abs(pick(synthetic) / pick(real) - 1)
    expect(
      off(f => f.dailyMean),
      'mean'
    ).toBeLessThan(0.15)
    expect(Math.abs(synthetic.peak.hour - real.peak.hour), 'hour of the evening peak').toBeLessThanOrEqual(1)
    expect(
      off(f => f.peak.ratio),
      'evening peak to mean'
    ).toBeLessThan(0.15)
    expect(
      off(f => f.trough.ratio),
      'night trough to mean'
    ).toBeLessThan(0.2)
    expect(
      off(f => f.spread),
      'spread over homes'
    ).toBeLessThan(0.25)
    expect(
      off(f => f.quartiles),
      'quartiles over homes'
    ).toBeLessThan(0.25)
    expect(
      off(f => f.deciles),
      'deciles over homes'
    ).toBeLessThan(0.35)
    expect(
      off(f => f.homeVariation),
      'variation within a home'
    ).toBeLessThan(0.25)
    expect(
      off(f => f.homePeak),
      'peak of a home'
    ).toBeLessThan(0.25)
    expect(
      off(f => f.halfHourOn),
      'one half-hour to the next'
    ).toBeLessThan(0.2)
    expect(
      off(f => f.dayOn),
      'one day to the next'
    ).toBeLessThan(0.3)
    expect(
      off(f => f.totalVariation),
      'variation of the total'
    ).toBeLessThan(0.25)
    expect(
      off(f => f.totalDayOn),
      'the total one day to the next'
    ).toBeLessThan(0.2)
  })
})
