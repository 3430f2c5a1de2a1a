/**
 * Readings of households from anywhere: public datasets in their own layouts, read in chunks and brought to the slots of a
 * network, and synthetic households that behave like real ones. All of it is pure; who calls it reads the files.
 *
 * ```ts
 * import { detectLayout, laneReader, ReadingsParser, syntheticNeighbourhood } from '@hushgrid/load-profiles'
 * import { IMPORT_LANE, type Slot } from '@hushgrid/primitives'
 *
 * const made = syntheticNeighbourhood({ seed: 'thesis', households: 50, slotSeconds: 900 })
 * made.readingAt(7, 1_512_000 as Slot) // [import, export] in Wh
 * made.lanesOf(7) // the lanes that home 7 can fill: import, and export where it has panels
 *
 * const parser = new ReadingsParser({ slotSeconds: 1800 })
 * const lines = ['slot_start_utc,MAC000002', '2013-02-04T00:00Z,217', '2013-02-04T00:30Z,54']
 * parser.begin('street.csv', detectLayout(lines, 'street.csv'))
 * parser.push(lines.join('\n'))
 * parser.end()
 * const [series] = parser.finish().households
 * if (series) laneReader(series, [IMPORT_LANE])(series.firstSlot) // [217]
 * ```
 *
 * @packageDocumentation
 */

export { DataFormatError } from './layouts/data-format-error.ts'
export { detectLayout } from './layouts/detect-layout.ts'
export type { Layout, ParserOptions } from './layouts/layout.ts'
export { LineSplitter } from './layouts/line-splitter.ts'
export { ReadingsParser } from './layouts/readings-parser.ts'
export { columnName } from './layouts/tables/columns.ts'
export { READING_UNITS, type ReadingUnit, type TableHints } from './layouts/tables/hints.ts'
export { type GapReport, irregularities, renderGapReports } from './series/gap-report.ts'
export { type HouseholdSeries, laneReader, measuredLanes, readingAt, shiftSeries } from './series/household-series.ts'
export { fittingSlots } from './series/interval-energy.ts'
export { syntheticName, syntheticNeighbourhood } from './synthetic/neighbourhood.ts'
