// Tables of readings in tests, parsed whole.
import { detectLayout } from '../../src/layouts/detect-layout.ts'
import { ReadingsParser } from '../../src/layouts/readings-parser.ts'
import type { TableHints } from '../../src/layouts/tables/hints.ts'
import { type HouseholdSeries, readingAt } from '../../src/series/household-series.ts'

export const HOURS = { slotSeconds: 3600 }

/** Parses a table with facts from the user. */
export function table(
  text: string,
  options: { slotSeconds: number; timeZone?: string } = HOURS,
  hints: TableHints = {},
  name = 'home.csv'
) {
  const layout = detectLayout(text.split('\n'), name, hints)
  const parser = new ReadingsParser(options)
  parser.begin(name, layout)
  parser.push(text)
  parser.end()
  return { layout, ...parser.finish() }
}

/** Gives the readings of each slot of a series, undefined for a gap. */
export function all(series: HouseholdSeries | undefined): (number[] | undefined)[] {
  return Array.from(
    { length: series?.slots ?? 0 },
    (_, i) => series && readingAt(series, (series.firstSlot + i) as HouseholdSeries['firstSlot'])
  )
}
