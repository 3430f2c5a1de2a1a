// Text for a terminal of 80 columns: sentences that are wrapped between words, and tables that are split between columns.

/** Columns of a terminal that every text fits into. */
export const TERMINAL_COLUMNS = 80

/** Blanks between two columns of a table. */
const GAP = '  '
/** Least width of a column of sentences beside others. */
const LEAST_TEXT_WIDTH = 24

/** Layout of lines. */
interface Wrapping {
  /** Most characters of a line, {@link TERMINAL_COLUMNS} unless given. */
  readonly width?: number
  /** Text before the first line; blanks of its length stand before the others, or `next` where it is given. */
  readonly first?: string
  readonly next?: string
}

/** Breaks text between words. A word that is longer than a line, as a path may be, has a line of its own. */
export function wrapped(
  text: string,
  { width = TERMINAL_COLUMNS, first = '', next = ' '.repeat(lengthOf(first)) }: Wrapping = {}
): string[] {
  const lines: string[] = []
  let line = first
  let isEmpty = true
  for (const word of text.split(/[ \n]+/).filter(each => each !== '')) {
    if (!isEmpty && lengthOf(line) + 1 + lengthOf(word) > width) {
      lines.push(line)
      line = next
      isEmpty = true
    }
    line += isEmpty ? word : ` ${word}`
    isEmpty = false
  }
  return [...lines, line.trimEnd()]
}

/** Wraps each line of a text, with the blanks that it begins with before the lines that follow. */
export function wrappedText(text: string): string {
  return text
    .split('\n')
    .flatMap(line => (lengthOf(line) <= TERMINAL_COLUMNS ? [line] : wrapped(line, { first: /^ */.exec(line)?.[0] ?? '' })))
    .join('\n')
}

/** Characters of a text as a terminal shows them. */
function lengthOf(text: string): number {
  return [...text].length
}

/** Layout of a table. */
interface TableLayout {
  /** True for each column that is aligned to the right. */
  readonly right?: readonly boolean[]
  /** Most characters of a line, {@link TERMINAL_COLUMNS} unless given. */
  readonly width?: number
}

/**
 * Writes rows of cells with the cells of a column below each other. Where they are too wide, sentences in the last column
 * are wrapped, and remarks, which have no heading, stand below their row; a table that is too wide still comes in parts, one below another, each with the first column.
 *
 * @param rows - head and body
 */
export function tableLines(rows: readonly (readonly string[])[], { right = [], width = TERMINAL_COLUMNS }: TableLayout = {}): string[] {
  const count = Math.max(0, ...rows.map(row => row.length))
  const widths = Array.from({ length: count }, (_, i) => Math.max(0, ...rows.map(row => lengthOf(row[i] ?? ''))))
  const table = { rows, right, widths, width }
  if (hasRemarks(table)) {
    const others = widths.slice(0, -1).map((_, i) => i)
    return rows.flatMap(row => [...rowLines(table, others, row), ...remarkLines(row[count - 1] ?? '', width)])
  }
  return partsOf(table).flatMap((columns, i) => [...(i > 0 ? [''] : []), ...rows.flatMap(row => rowLines(table, columns, row))])
}

/** A table, measured. */
interface MeasuredTable extends Required<TableLayout> {
  readonly rows: readonly (readonly string[])[]
  /** Width of each column's widest cell. */
  readonly widths: readonly number[]
}

/** Tells whether the last column is remarks, without a heading, for which there is no room beside the others. */
function hasRemarks(table: MeasuredTable): boolean {
  const all = table.widths.map((_, i) => i)
  const last = all.length - 1
  if (all.length < 3 || table.right[last] === true || table.rows[0]?.[last] !== '') return false
  return !isFitting(table, all) && isFitting(table, all.slice(0, -1))
}

function remarkLines(remark: string, width: number): string[] {
  return remark === '' ? [] : wrapped(remark, { width, first: GAP })
}

/** Chooses the columns of each part of a table. */
function partsOf(table: MeasuredTable): number[][] {
  const all = table.widths.map((_, i) => i)
  if (all.length < 2 || isFitting(table, all)) return [all]
  const parts: number[][] = []
  let part = [0]
  for (const column of all.slice(1)) {
    if (part.length > 1 && !isFitting(table, [...part, column])) {
      parts.push(part)
      part = [0]
    }
    part.push(column)
  }
  return [...parts, part]
}

/** Tells whether columns fit beside each other, the last one wrapped where that can be. */
function isFitting({ rows, right, widths, width }: MeasuredTable, columns: readonly number[]): boolean {
  const last = columns.at(-1) as number
  const before = columns.slice(0, -1).reduce((sum, i) => sum + (widths[i] as number) + GAP.length, 0)
  if (before + (widths[last] as number) <= width) return true
  if (right[last] === true) return false
  const longestWord = Math.max(...rows.flatMap(row => (row[last] ?? '').split(' ').map(lengthOf)))
  return before + Math.max(longestWord, LEAST_TEXT_WIDTH) <= width
}

function rowLines({ right, widths, width }: MeasuredTable, columns: readonly number[], row: readonly string[]): string[] {
  const last = columns.at(-1) as number
  const padded = (i: number): string => {
    const cell = row[i] ?? ''
    const blanks = ' '.repeat((widths[i] as number) - lengthOf(cell))
    return right[i] === true ? blanks + cell : cell + blanks
  }
  const before = columns
    .slice(0, -1)
    .map(i => padded(i) + GAP)
    .join('')
  const whole = (before + padded(last)).trimEnd()
  if (lengthOf(whole) <= width || right[last] === true) return [whole]
  return wrapped(row[last] ?? '', { width, first: before })
}
