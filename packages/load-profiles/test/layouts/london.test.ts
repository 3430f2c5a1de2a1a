import { existsSync, readFileSync } from 'node:fs'
import { IMPORT_LANE, type Slot } from '@hushgrid/primitives'
import { describe, expect, test } from 'vitest'
import { readingAt } from '../../src/series/household-series.ts'
import { syntheticNeighbourhood } from '../../src/synthetic/neighbourhood.ts'
import { parse, utc } from '../support/parse.ts'
import { figures } from '../support/statistics.ts'

/** Real readings beside the repository, which ships none: 60 households of the Low Carbon London trial, February 2013. */
const FILE = new URL('../../../../../shared/data/london-2013-02-halfhour-wh.csv', import.meta.url)
const present = existsSync(FILE)
if (!present) console.warn('skipped: comparisons with real households, since ../shared/data/london-2013-02-halfhour-wh.csv is not there')
const text = present ? readFileSync(FILE, 'utf8') : ''

const FIRST = utc('2013-02-04 00:00')
const DAYS = 28

type Figure = (of: ReturnType<typeof figures>) => number

/** How far a figure may be off the sample's. Sixty real homes tell their own mean to about a tenth only. */
const TOLERATED: Readonly<Record<string, readonly [Figure, number]>> = {
  'daily mean of a home': [f => f.dailyMean, 0.15],
  'evening peak to mean': [f => f.peak.ratio, 0.15],
  'night trough to mean': [f => f.trough.ratio, 0.2],
  'spread over homes': [f => f.spread, 0.25],
  'quartiles over homes': [f => f.quartiles, 0.25],
  'deciles over homes': [f => f.deciles, 0.3],
  'variation within a home': [f => f.homeVariation, 0.2],
  'peak of a home': [f => f.homePeak, 0.2],
  'one half-hour to the next': [f => f.halfHourOn, 0.15],
  'one day to the next': [f => f.dayOn, 0.25],
  'variation of the total': [f => f.totalVariation, 0.2],
  'the total one day to the next': [f => f.totalDayOn, 0.15]
}

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
    const outside = Object.entries(TOLERATED).flatMap(([name, [figure, tolerated]]) => {
      const off = figure(synthetic) / figure(real) - 1
      return Math.abs(off) <= tolerated ? [] : [`${name}: ${(100 * off).toFixed(0)} %, tolerated ${100 * tolerated} %`]
    })
    expect(outside).toEqual([])
    expect(Math.abs(synthetic.peak.hour - real.peak.hour), 'hours from the real evening peak').toBeLessThanOrEqual(1)
  })
})
