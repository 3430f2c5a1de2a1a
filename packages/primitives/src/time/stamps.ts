// Moments as files write them, by arithmetic: a parser of millions of stamps has no time for `Temporal`.
import { DAY_SECONDS, unixSeconds } from './calendar.ts'

function digits(text: string, from: number, count: number): number {
  let value = 0
  for (let i = from; i < from + count; i++) {
    const digit = text.charCodeAt(i) - 48
    if (!(digit >= 0 && digit <= 9)) return Number.NaN
    value = value * 10 + digit
  }
  return value
}

type Clock = readonly [hour: number, minute: number, second: number]

function clockOf(text: string, at: number): Clock | undefined {
  if (text[at + 2] !== ':') return undefined
  if (text[at + 5] !== ':') return [digits(text, at, 2), digits(text, at + 3, 2), 0]
  return [digits(text, at, 2), digits(text, at + 3, 2), digits(text, at + 6, 2)]
}

/** Tail after the seconds: a fraction, and the zone as `Z`, `+02:00`, `+0200` or `+02`. */
const TAIL = /^(?:\.(\d{1,9}))? ?(Z|UTC|([+-])(\d\d)(?::?(\d\d))?)?$/

/** A moment of a file. */
export interface Stamp {
  /** Unix seconds, a fraction kept; the clock read as UTC where `zoned` is false. */
  readonly seconds: number
  /** True where the stamp says how far its clock is ahead of UTC. */
  readonly zoned: boolean
}

/**
 * Reads `YYYY-MM-DD HH:MM[:SS[.fraction]]`, `T` in the place of the blank allowed, with `Z` or an offset such as `+02:00`
 * after it or without; undefined where it is not one. 24:00 is the end of the day.
 */
export function readStamp(text: string): Stamp | undefined {
  if (text[4] !== '-' || text[7] !== '-' || (text[10] !== ' ' && text[10] !== 'T')) return undefined
  const clock = clockOf(text, 11)
  if (!clock) return undefined
  const seconds = moment(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2), clock)
  if (seconds === undefined) return undefined
  const end = text[16] === ':' ? 19 : 16
  if (text.length === end) return { seconds, zoned: false }
  const tail = TAIL.exec(text.slice(end))
  if (!tail || (tail[1] !== undefined && end === 16)) return undefined
  const ahead = tail[3] === undefined ? 0 : (Number(tail[4]) * 3600 + Number(tail[5] ?? 0) * 60) * (tail[3] === '-' ? -1 : 1)
  if (Math.abs(ahead) > 18 * 3600) return undefined
  return { seconds: seconds + Number(`0.${tail[1] ?? 0}`) - ahead, zoned: tail[2] !== undefined }
}

/** Reads a stamp as {@link readStamp} does, as Unix seconds; one without a zone is taken for UTC. */
export function isoStamp(text: string): number | undefined {
  return readStamp(text)?.seconds
}

/** Reads `dd/mm/yyyy` and `hh:mm[:ss]`, days and months with one or two digits, dots or hyphens for the strokes allowed, as UTC. */
export function dayFirstStamp(date: string, time: string): number | undefined {
  const parts = /^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$/.exec(date)
  if (!parts || (time.length !== 8 && time.length !== 5)) return undefined
  const clock = clockOf(time, 0)
  return clock && moment(Number(parts[4]), Number(parts[3]), Number(parts[1]), clock)
}

function moment(year: number, month: number, day: number, [hour, minute, second]: Clock): number | undefined {
  if (Number.isNaN(year + month + day + hour + minute + second)) return undefined
  if (hour !== 24) return unixSeconds(year, month, day, hour, minute, second)
  if (minute !== 0 || second !== 0) return undefined
  const start = unixSeconds(year, month, day, 0, 0, 0)
  return start === undefined ? undefined : start + DAY_SECONDS
}
