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

/**
 * Finds the order of day and month in a column of dates with strokes: the one in which all of them are dates and lie closer
 * together. Gives `either` where both do and differ, as within a single day, and undefined where none is a date in both orders.
 */
export function dateOrderOf(cells: readonly string[]): DateOrder | 'either' | undefined {
  const [days, months] = [spanOf(cells, 'day-first'), spanOf(cells, 'month-first')]
  if (days === undefined) return months === undefined ? undefined : 'month-first'
  if (months === undefined || days < months) return 'day-first'
  if (months < days) return 'month-first'
  const same = cells.every(cell => stampOf(cell, 'day-first')?.seconds === stampOf(cell, 'month-first')?.seconds)
  return same ? 'day-first' : 'either'
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
