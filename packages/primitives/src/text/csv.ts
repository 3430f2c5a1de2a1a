// Tables of text as people hand them over: saved by a spreadsheet, by R or pandas, or put together with `cat`. Every reader
// of such a file takes its fields, numbers and missing values from here, so that all tolerate the same.
import Papa from 'papaparse'
import { textLines } from './lines.ts'

/** Character between two fields. */
export type Separator = ',' | ';' | '\t'

const SEPARATORS: readonly Separator[] = [',', ';', '\t']

/** Finds the separator of a table by its first line; a comma where there is none at all. */
export function separatorOf(firstLine: string): Separator {
  const bare = firstLine.replace(/"[^"]*"/g, '')
  const cuts = (separator: Separator): number => bare.split(separator).length
  return SEPARATORS.reduce((best, separator) => (cuts(separator) > cuts(best) ? separator : best), ',')
}

/**
 * Cuts a line into its fields, without the blanks around them and without their quotes (RFC 4180, section 2).
 *
 * @returns undefined where a quote is not closed on its line
 */
export function fieldsOf(line: string, separator: Separator): string[] | undefined {
  // Spares the millions of lines without a quote the parser.
  if (!line.includes('"')) return line.split(separator).map(field => field.trim())
  const { data, errors } = Papa.parse<string[]>(line.trim(), { delimiter: separator })
  const [row] = data
  if (errors.length > 0 || data.length !== 1 || !row) return undefined
  return row.map(field => {
    const bare = field.trim()
    return /^"[^"]*"$/.test(bare) ? bare.slice(1, -1).trim() : bare
  })
}

/** Writes fields as a line of a CSV, quoted where they have to be (RFC 4180). */
export function csvRow(fields: readonly string[]): string {
  return Papa.unparse([[...fields]])
}

const MISSING = /^(?:|na|n\/a|nan|null|none|nil|\?|-|#n\/a)$/i

/** Tells whether a field says that there is no value: empty, or as R, pandas, SQL and spreadsheets write it. */
export function isMissing(field: string): boolean {
  return field === '' || MISSING.test(field.trim())
}

const DECIMAL = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d{1,3})?$/
const DECIMAL_COMMA = /^[+-]?\d*,\d+(?:[eE][+-]?\d{1,3})?$/

/**
 * Reads a decimal number, blanks around it allowed; undefined for anything else, so `0x1`, `NaN` and `1.234,5` too.
 *
 * @param separator - the table's; where it is no comma, `1,5` is taken for 1.5, as spreadsheets of half of Europe write it.
 *   Beside commas it may mean 1.5 or, quoted, 15 hundred, and is refused.
 */
export function decimal(text: string, separator: Separator = ','): number | undefined {
  const field = text.trim()
  if (DECIMAL.test(field)) return Number(field)
  return separator !== ',' && DECIMAL_COMMA.test(field) ? Number(field.replace(',', '.')) : undefined
}

/** Tells whether a line holds nothing: a spreadsheet pads short tables with separators to the width of their widest row. */
export function isBlankRow(line: string): boolean {
  return /^[\s,;]*$/.test(line)
}

/** A row of a table. */
export interface TableRow {
  /** Line of the file, from 1. */
  readonly line: number
  readonly fields: readonly string[]
}

/** A table whose first line names its columns. */
export interface Table {
  readonly separator: Separator
  /** Names of the columns. */
  readonly header: TableRow
  /** Rows in the order of the file; blank lines and repeated headers are left out. */
  readonly rows: readonly TableRow[]
}

/**
 * Reads a whole table: a byte order mark, any ends of lines, quotes, blanks around fields, blank lines and a header that comes
 * again in the middle are taken as they come.
 *
 * @param fail - throws the caller's error about a line
 * @returns undefined for a text without a line
 */
export function readTable(text: string, fail: (line: number, expected: string, got: string) => never): Table | undefined {
  let separator: Separator | undefined
  let header: TableRow | undefined
  const rows: TableRow[] = []
  for (const [index, content] of textLines(text).entries()) {
    if (isBlankRow(content)) continue
    separator ??= separatorOf(content)
    const fields = fieldsOf(content, separator) ?? fail(index + 1, 'a quote that is closed on its line', 'one that is not')
    const row = { line: index + 1, fields }
    if (!header) header = row
    else if (!sameFields(fields, header.fields)) rows.push(row)
  }
  return separator && header && { separator, header, rows }
}

/** Tells whether a row repeats the header, as `cat a.csv b.csv` makes it. */
function sameFields(fields: readonly string[], header: readonly string[]): boolean {
  return fields.length === header.length && fields.every((field, i) => field === header[i])
}
