import { checkSlotSeconds, formatUtc, isoStamp, printable, readTable } from '@hushgrid/primitives'
import { BandsFileError } from './tariff-file-error.ts'

/** A slot's band, as a file gives it. */
interface BandRow {
  /** Start of the slot, s since 1970; a multiple of the slot's length. */
  readonly start: number
  readonly band: string
  /** Line of the file, from 1. */
  readonly line: number
}

/** The bands of a dynamic tariff, one a slot, whose slots may be longer than those of the readings. Frozen. */
export interface Bands {
  readonly file: string
  /** Length of the slots that the rows are for, s. */
  readonly slotSeconds: number
  /** Rows in ascending order, each slot at most once; never empty. */
  readonly rows: readonly BandRow[]
}

const HEADER = 'slot_start_utc,band'
/** Most characters of a file of bands: half a century of half-hours is under a million rows of some 30. */
const MAX_LENGTH = 64_000_000

/**
 * Reads a CSV of bands: the header `slot_start_utc,band`, then a row for each slot in the order of time, for example
 * `2013-02-04T00:30Z,normal`. Bands without a price and missing slots show only with a period: {@link Tariff.prices}.
 *
 * @param file - its name, for errors
 * @param slotSeconds - length of the slots that the rows are for
 * @throws BandsFileError with the line of the first mistake
 */
export function parseBands(text: string, file: string, slotSeconds: number): Bands {
  checkSlotSeconds(slotSeconds)
  const fail = (line: number, expected: string, got: string): never => {
    throw new BandsFileError({ file, line }, expected, got)
  }
  if (text.length > MAX_LENGTH) fail(1, `at most ${MAX_LENGTH} characters`, `${text.length}`)
  const table = readTable(text, fail) ?? fail(1, `the header ${HEADER}`, 'nothing')
  const names = table.header.fields.map(name => name.toLowerCase())
  if (names.join() !== HEADER) fail(table.header.line, `the header ${HEADER}`, `'${printable(table.header.fields.join())}'`)
  const rows: BandRow[] = []
  for (const { line, fields } of table.rows) {
    const [stamp, named] = fields as [string, string]
    if (fields.length !== 2) fail(line, 'two fields, the start of a slot and its band', `'${printable(fields.join())}'`)
    const band = named.toLowerCase()
    const start = isoStamp(stamp) ?? fail(line, 'the start of a slot like 2013-02-04T00:30Z', `'${printable(stamp)}'`)
    if (start < 0 || start % slotSeconds !== 0) fail(line, `the start of a slot of ${slotSeconds} s`, `'${printable(stamp)}'`)
    if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(band)) fail(line, 'the name of a band', `'${printable(band)}'`)
    const before = rows.at(-1)
    if (before && start === before.start) fail(line, 'every slot once', `${stamp}, which line ${before.line} has already`)
    if (before && start < before.start) fail(line, `a slot after line ${before.line}'s ${formatUtc(before.start)}`, stamp)
    rows.push(Object.freeze({ start, band, line }))
  }
  if (rows.length === 0) fail(2, 'a slot and its band', 'nothing')
  return Object.freeze({ file, slotSeconds, rows: Object.freeze(rows) })
}
