// Stamps of tables: each form in which programs and spreadsheets write a moment.
import { dayFirstStamp, readStamp, type Stamp } from '@hushgrid/primitives'

/** Unix seconds, or milliseconds, of this century and the end of the last. */
const UNIX = /^\d{9,10}(?:\.0+)?$/
const UNIX_MILLISECONDS = /^\d{12,13}$/
const DAY = /^\d{4}-\d\d-\d\d$/
const DOTTED = /^(\d\d?\.\d\d?\.\d{4})(?:[ T](\d\d?:\d\d(?::\d\d)?))?$/
const STROKED = /^(\d\d?)\/(\d\d?)\/(\d{4})(?:,? (\d\d?:\d\d(?::\d\d)?))?$/
const YEAR_FIRST = /^(\d{4})\/(\d\d?)\/(\d\d?)(?=$|[ T])/
const HALF_DAY = /(\d\d?)(:\d\d(?::\d\d)?) ?([AP])\.?M\.?$/i

/** Order of day and month in dates with strokes, which the dates of a whole column tell. */
export type DateOrder = 'day-first' | 'month-first'

/**
 * Reads a stamp of a table: ISO 8601, `31.1.2024 00:30`, `31/1/2024 00:30`, `2024/1/31`, a date alone for its first moment, a
 * clock of twelve hours with AM or PM, or Unix time; undefined where it is none.
 *
 * @param order - order of day and month in dates with strokes, which are no stamps without
 */
export function stampOf(text: string, order?: DateOrder): Stamp | undefined {
  if (UNIX.test(text)) return { seconds: Number(text), zoned: true }
  if (UNIX_MILLISECONDS.test(text)) return { seconds: Number(text) / 1000, zoned: true }
  const plain = /[/Mm]/.test(text) ? plainOf(text) : text
  const dotted = DOTTED.exec(plain)
  if (dotted) return local(dotted[1] as string, dotted[2])
  const stroked = STROKED.exec(plain)
  if (!stroked) return readStamp(DAY.test(plain) ? `${plain} 00:00` : plain.replace(/ (\d:)/, ' 0$1'))
  const [, first, second, year, clock] = stroked
  return order && local(order === 'day-first' ? `${first}.${second}.${year}` : `${second}.${first}.${year}`, clock)
}

/** Writes a clock of twelve hours as one of 24, and a date with strokes that begins with the year as ISO 8601 has it. */
function plainOf(text: string): string {
  const dated = text.replace(YEAR_FIRST, (_, year, month, day) => `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
  return dated.replace(HALF_DAY, (all, hour, rest, half) => {
    const hours = Number(hour)
    if (hours < 1 || hours > 12) return all
    return `${String((hours % 12) + (half.toUpperCase() === 'P' ? 12 : 0)).padStart(2, '0')}${rest}`
  })
}

function local(date: string, clock = '00:00'): Stamp | undefined {
  const seconds = dayFirstStamp(date, clock.replace(/^(\d:)/, '0$1'))
  return seconds === undefined ? undefined : { seconds, zoned: false }
}

/** Days that rows hardly lie apart, and days that they hardly lie apart without a reason, s. */
const CLOSE = 2 * 86_400
const FAR = 20 * 86_400
/** Jumps that are close in the other order, from which on a column is taken to change its order; one may be a gap. */
const JUMPS = 2

/**
 * Finds the order of day and month in a column of dates with strokes: the one in which all of them are dates and lie closer
 * together. Gives `either` where both do and differ, as within a single day, `both` where the order changes in the middle, and
 * undefined where a cell is a date in neither.
 */
export function dateOrderOf(cells: readonly string[]): DateOrder | 'either' | 'both' | undefined {
  const [days, months] = [spanOf(cells, 'day-first'), spanOf(cells, 'month-first')]
  if (days === undefined && months === undefined)
    return cells.every(cell => stampOf(cell, 'day-first') ?? stampOf(cell, 'month-first')) ? 'both' : undefined
  if (days === undefined) return changesOrder(cells, 'month-first', 'day-first') ? 'both' : 'month-first'
  if (months === undefined) return changesOrder(cells, 'day-first', 'month-first') ? 'both' : 'day-first'
  if (days < months) return 'day-first'
  if (months < days) return 'month-first'
  const same = cells.every(cell => stampOf(cell, 'day-first')?.seconds === stampOf(cell, 'month-first')?.seconds)
  return same ? 'day-first' : 'either'
}

/** Tells whether rows jump in one order, time and again, that stand side by side in the other. */
function changesOrder(cells: readonly string[], taken: DateOrder, other: DateOrder): boolean {
  const distance = (i: number, order: DateOrder): number => {
    const [before, after] = [stampOf(cells[i - 1] as string, order), stampOf(cells[i] as string, order)]
    return before && after ? Math.abs(after.seconds - before.seconds) : Number.NaN
  }
  return cells.filter((_, i) => i > 0 && distance(i, taken) > FAR && distance(i, other) <= CLOSE).length >= JUMPS
}

/** Seconds from the first to the last of some stamps; undefined where one is no stamp. */
function spanOf(cells: readonly string[], order: DateOrder): number | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const cell of cells) {
    const stamp = stampOf(cell, order)
    if (!stamp) return undefined
    first = Math.min(first, stamp.seconds)
    last = Math.max(last, stamp.seconds)
  }
  return last - first
}
