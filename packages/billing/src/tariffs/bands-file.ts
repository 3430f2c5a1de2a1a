// The bands or the prices of dynamic tariffs, as people hand them over: a table with a row a slot.
import { checkSlotSeconds, formatUtc, isMissing, isoStamp, printable, readTable, type TableRow } from '@hushgrid/primitives'
import { type Decimal, lenientDecimal } from './decimal.ts'
import { rowSeconds } from './row-seconds.ts'
import { BandsFileError, type FailLine } from './tariff-file-error.ts'

/** Columns with a price per kWh, of energy drawn and of energy fed in. */
export type PriceColumn = 'price' | 'export_price'
/** A column beside the start of the slot. */
export type BandsColumn = 'band' | PriceColumn

/** A slot's band, or its prices, as a file gives them; a field left empty is not there. */
export interface BandRow {
  /** Start of the time that the row holds for, s since 1970. */
  readonly start: number
  /** Line of the file, from 1. */
  readonly line: number
  readonly band?: string
  /** Minor units of the currency per kWh. */
  readonly price?: Decimal
  readonly export_price?: Decimal
}

/**
 * The bands or the prices of a dynamic tariff, on a grid of their own, which may be coarser than that of the readings.
 * Frozen.
 */
export interface Bands {
  readonly file: string
  readonly header: { readonly line: number; readonly columns: readonly BandsColumn[] }
  /** Time that a row holds for, s; missing for a single row, which holds for one slot of the readings. */
  readonly slotSeconds?: number
  /** Rows in ascending order, a multiple of that time apart; never empty. */
  readonly rows: readonly BandRow[]
}

const START = 'slot_start_utc'
const COLUMNS: readonly string[] = ['band', 'price', 'export_price'] satisfies BandsColumn[]
const HEADER = `the header ${START} with band, price or export_price, as ${START},band`
const PRICE = 'a price per kWh in minor units, at most nine digits before the point and nine behind it'
/** Most characters of a file of bands: half a century of half-hours is under a million rows of some 30. */
const MAX_LENGTH = 64_000_000

/**
 * Reads a CSV of bands or prices: the header `slot_start_utc,band` or `slot_start_utc,price`, then a row for each slot,
 * in any order, for example `2013-02-04T00:30Z,normal`. Bands without a price, prices left out and missing slots show
 * only with a period: {@link Tariff.prices}.
 *
 * @param file - its name, for errors
 * @param slotSeconds - time that a row holds for; by default it is read off the file: the greatest common divisor of the
 *   rows' distances
 * @throws BandsFileError with the line of the first mistake
 */
export function parseBands(text: string, file: string, slotSeconds?: number): Bands {
  if (slotSeconds !== undefined) checkSlotSeconds(slotSeconds)
  const fail: FailLine = (line, expected, got) => {
    throw new BandsFileError({ file, line }, expected, got)
  }
  if (text.length > MAX_LENGTH) fail(1, `at most ${MAX_LENGTH} characters`, `${text.length}`)
  const table = readTable(text, fail) ?? fail(1, HEADER, 'nothing')
  const columns = columnsOf(table.header, fail)
  // A comma within a field can only be that of a decimal where fields are cut elsewhere.
  const comma = table.separator !== ','
  const rows = table.rows.map(each => rowOf(each, columns, { comma, fail })).sort((a, b) => a.start - b.start)
  checkOnce(rows, fail)
  if (rows.length === 0) fail(table.header.line + 1, `the start of a slot and its ${columns.slice(1).join(' and ')}`, 'nothing')
  const length = rowSeconds(rows, slotSeconds, fail)
  const header = Object.freeze({ line: table.header.line, columns: Object.freeze(columns.filter(isColumn)) })
  return Object.freeze({ file, header, ...(length !== undefined && { slotSeconds: length }), rows: Object.freeze(rows) })
}

function isColumn(name: string): name is BandsColumn {
  return COLUMNS.includes(name)
}

/** Gives the names of the columns, the start of the slot first. */
function columnsOf({ line, fields }: TableRow, fail: FailLine): string[] {
  const names = filled(fields).map(name => name.toLowerCase())
  const [first, ...others] = names
  if (first !== START || others.length === 0 || !others.every(isColumn) || new Set(others).size < others.length)
    fail(line, HEADER, `'${printable(fields.join())}'`)
  return names
}

/** Leaves out the empty fields at the end. */
function filled(fields: readonly string[]): readonly string[] {
  return fields.slice(0, fields.findLastIndex(field => field !== '') + 1)
}

function rowOf(
  { line, fields }: TableRow,
  columns: readonly string[],
  { comma, fail }: { readonly comma: boolean; readonly fail: FailLine }
): BandRow {
  if (fields.length < columns.length || filled(fields).length > columns.length)
    fail(line, `${columns.length} fields, ${columns.join()}`, `'${printable(fields.join())}'`)
  const [stamp = '', ...values] = fields.slice(0, columns.length)
  const start = isoStamp(stamp)
  if (start === undefined || start < 0 || !Number.isInteger(start))
    return fail(line, 'the start of a slot like 2013-02-04T00:30Z', `'${printable(stamp)}'`)
  const row: { start: number; line: number; band?: string; price?: Decimal; export_price?: Decimal } = { start, line }
  for (const [i, value] of values.entries()) {
    const column = columns[i + 1] as BandsColumn
    // A band may be called none or null.
    if (column === 'band' ? value === '' : isMissing(value)) continue
    if (column === 'band') row.band = bandOf(value) ?? fail(line, 'the name of a band', `'${printable(value)}'`)
    else row[column] = lenientDecimal(comma ? value.replace(',', '.') : value) ?? fail(line, PRICE, `'${printable(value)}'`)
  }
  return Object.freeze(row)
}

function bandOf(text: string): string | undefined {
  const band = text.toLowerCase()
  return /^[a-z0-9]+(-[a-z0-9]+)*$/.test(band) ? band : undefined
}

/** @param rows - in ascending order, and of one start in that of the file */
function checkOnce(rows: readonly BandRow[], fail: FailLine): void {
  rows.forEach(({ start, line }, i) => {
    const before = rows[i - 1]
    if (start === before?.start) fail(line, 'every slot once', `${formatUtc(start)}, which line ${before.line} has already`)
  })
}
