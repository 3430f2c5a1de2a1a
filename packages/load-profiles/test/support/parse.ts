import { detectLayout } from '../../src/layouts/detect-layout.ts'
import type { Layout, ParserOptions } from '../../src/layouts/layout.ts'
import { type ParsedReadings, ReadingsParser } from '../../src/layouts/readings-parser.ts'
import { type HouseholdSeries, readingAt } from '../../src/series/household-series.ts'

/** Parses one text as a file of that name. */
export function parse(text: string, name: string, options: ParserOptions): ParsedReadings {
  return parseAs(detectLayout(text.split('\n').slice(0, 24), name), text, options)
}

/** Parses one text as a file of that layout; in its own intervals unless told otherwise. */
export function parseAs(layout: Layout, text: string, options: ParserOptions = { slotSeconds: layout.stepSeconds }): ParsedReadings {
  const parser = new ReadingsParser(options)
  parser.begin('file', layout)
  parser.push(text)
  parser.end()
  return parser.finish()
}

/** The import lane of a series, gaps as undefined. */
export function imports(series: HouseholdSeries | undefined): (number | undefined)[] {
  if (!series) return []
  return Array.from({ length: series.slots }, (_, i) => readingAt(series, (series.firstSlot + i) as HouseholdSeries['firstSlot'])?.[0])
}

/** Unix seconds of a UTC moment. */
export function utc(text: string): number {
  return Date.parse(`${text.replace(' ', 'T')}Z`) / 1000
}
