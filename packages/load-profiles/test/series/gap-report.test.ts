import { IMPORT_LANE } from '@hushgrid/primitives'
import { expect, test } from 'vitest'
import { noCounts } from '../../src/series/energy-store.ts'
import { gapReport, renderGapReports } from '../../src/series/gap-report.ts'
import { seriesFromEnergies } from '../../src/series/household-series.ts'
import { utc } from '../support/parse.ts'

const first = utc('2013-02-04 00:00') / 1800

function report(household: string, energies: number[], counts = {}) {
  const series = seriesFromEnergies(household, 1800, [{ lane: IMPORT_LANE, firstSlot: first, energies: Float64Array.from(energies) }])
  return gapReport(household, 1800, series, { ...noCounts(), ...counts })
}

test('gaps are counted, the longest is placed', () => {
  const nothing = Number.NaN
  expect(report('a', [1, nothing, 1, nothing, nothing, nothing, 1, nothing, 1])).toMatchObject({
    firstSlot: first,
    lastSlot: first + 8,
    slots: 9,
    covered: 4,
    gaps: 3,
    longestGap: 3,
    longestGapAt: first + 3
  })
  // Of two that are equally long, the first is named.
  expect(report('d', [1, nothing, 1, nothing, 1])).toMatchObject({ gaps: 2, longestGap: 1, longestGapAt: first + 1 })
  expect(report('b', [0, 0])).toMatchObject({ slots: 2, covered: 2, gaps: 0, longestGap: 0, longestGapAt: undefined })
  expect(report('c', [nothing])).toMatchObject({ slots: 0, covered: 0, firstSlot: undefined, lastSlot: undefined })
})

test('the lines say what is missing, the worst household first', () => {
  const reports = [
    report('whole', [1, 1]),
    report('holed', [1, Number.NaN, Number.NaN, 1], { duplicates: 2, conflicting: 1, outOfOrder: 1, flagged: 3 }),
    report('empty', [], { missingValues: 1 })
  ]
  expect(renderGapReports(reports)).toEqual([
    '3 households: 4 of 6 slots have a reading (66.67 %)',
    'empty: no reading at all; 1 value marked missing',
    'holed: 2013-02-04 00:00Z to 2013-02-04 02:00Z, 2 of 4 slots, 1 gap, the longest 1 h from 2013-02-04 00:30Z; ' +
      '2 duplicates, 1 of them saying something else, 1 reading out of order, 3 readings flagged by the publisher'
  ])
  expect(renderGapReports(reports, 1)).toEqual([
    '3 households: 4 of 6 slots have a reading (66.67 %)',
    'empty: no reading at all; 1 value marked missing',
    '1 more with gaps or irregular readings'
  ])
  expect(renderGapReports(reports.slice(0, 1))).toEqual(['1 household: 2 of 2 slots have a reading (100.00 %), nothing irregular'])
  expect(renderGapReports([])).toEqual(['no households: no readings, nothing irregular'])
})

test('a long gap is told in days', () => {
  const energies = [1, ...new Array(48 * 30).fill(Number.NaN), 1]
  expect(renderGapReports([report('away', energies)])[1]).toMatch(/the longest 30 days from 2013-02-04 00:30Z$/)
})
