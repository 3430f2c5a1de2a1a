// Writes readings in the canonical form, which every command reads.
import { columnName, type HouseholdSeries, readingAt } from '@hushgrid/load-profiles'
import { csvRow, formatUtc, type Slot } from '@hushgrid/primitives'

/** Gives the lines of a wide CSV, Wh: a column a household, and one for each further lane with its OBIS code after the name. */
export function* wideCsvLines(households: readonly HouseholdSeries[]): Generator<string> {
  const columns = households.flatMap(series => series.lanes.map((lane, place) => ({ series, lane, place })))
  yield csvRow(['slot_start_utc', ...columns.map(({ series, lane }) => columnName(series.household, lane))])
  const first = Math.min(...households.map(series => series.firstSlot))
  const end = Math.max(...households.map(series => series.firstSlot + series.slots))
  const slotSeconds = households[0]?.slotSeconds ?? 0
  for (let slot = first; slot < end; slot++) {
    const readings = new Map(households.map(series => [series, readingAt(series, slot as Slot)]))
    const cells = columns.map(({ series, place }) => readings.get(series)?.[place] ?? '')
    yield `${formatUtc(slot * slotSeconds)},${cells.join(',')}`
  }
}
