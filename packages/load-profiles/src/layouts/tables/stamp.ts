import { dayFirstStamp, readStamp, type Stamp } from '@hushgrid/primitives'

/** Unix seconds, or milliseconds, of this century and the end of the last. */
const UNIX = /^\d{9,10}(?:\.0+)?$/
const UNIX_MILLISECONDS = /^\d{12,13}$/
const DAY = /^\d{4}-\d\d-\d\d$/
const DOTTED = /^(\d\d?\.\d\d?\.\d{4})(?:[ T](\d\d?:\d\d(?::\d\d)?))?$/

/**
 * Reads a stamp of a table: ISO 8601, `31.1.2024 00:30`, a date alone for its first moment, or Unix time; undefined where
 * it is none. Dates with strokes are none: 1/2 is in January or in February.
 *
 * @param clock - time of day, where it stands in a column of its own
 */
export function stampOf(text: string, clock?: string): Stamp | undefined {
  if (clock !== undefined) return stampOf(`${text} ${clock}`)
  if (UNIX.test(text)) return { seconds: Number(text), zoned: true }
  if (UNIX_MILLISECONDS.test(text)) return { seconds: Number(text) / 1000, zoned: true }
  const dotted = DOTTED.exec(text)
  if (!dotted) return readStamp(DAY.test(text) ? `${text} 00:00` : text.replace(/ (\d:)/, ' 0$1'))
  const seconds = dayFirstStamp(dotted[1] as string, (dotted[2] ?? '00:00').replace(/^(\d:)/, '0$1'))
  return seconds === undefined ? undefined : { seconds, zoned: false }
}
