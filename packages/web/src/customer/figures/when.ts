// Times for people, in the browser's time zone, in British English like the rest of the page.
import { addDays, dateIn, dateText, type LocalDate, monthText, offsetText, startOfDay } from '../../common/local-time.ts'
import type { LocalSpan, View } from './local-spans.ts'

const LANGUAGE = 'en-GB'

function format(seconds: number, zone: string, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat(LANGUAGE, { timeZone: zone, ...options }).format(seconds * 1000)
}

/** Writes a span: `Monday 12 October 2026`, `12 to 18 October 2026`, `October 2026`. */
export function spanText(view: View, { first, after }: LocalSpan): string {
  if (view === 'day') return dateText(first, true)
  return view === 'month' ? monthText(first) : datesText(first, addDays(after, -1))
}

/** Writes a range of dates, both inclusive. */
function datesText(first: LocalDate, last: LocalDate): string {
  if (first === last) return dateText(first)
  const [from, to] = [dateText(first).split(' '), dateText(last).split(' ')]
  if (from[2] !== to[2]) return `${from.join(' ')} to ${to.join(' ')}`
  return from[1] === to[1] ? `${from[0]} to ${to.join(' ')}` : `${from[0]} ${from[1]} to ${to.join(' ')}`
}

/** Writes the days of [from, until), seconds; with times where it does not begin and end with a day of the zone. */
export function periodText(from: number, until: number, zone: string): string {
  const isMidnight = (seconds: number): boolean => startOfDay(zone, dateIn(zone, seconds)) === seconds
  if (!isMidnight(from) || !isMidnight(until)) return `${momentText(from, zone)} to ${momentText(until, zone)}`
  return datesText(dateIn(zone, from), dateIn(zone, until - 1))
}

/** Writes `03:15`; with the offset on a day that has an hour twice or not at all. */
export function clockText(seconds: number, zone: string, withOffset = false): string {
  const clock = format(seconds, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
  return withOffset ? `${clock} (UTC${offsetText(seconds, zone)})` : clock
}

/** Writes `Mon 12 Oct`. */
export function shortDay(seconds: number, zone: string): string {
  return format(seconds, zone, { weekday: 'short', day: 'numeric', month: 'short' })
}

/** Writes `12 Oct 2026, 13:05`. */
export function momentText(seconds: number, zone: string): string {
  return format(seconds, zone, { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
}

/** Reads a UTC time of the server as seconds since 1970. */
export function secondsOf(text: string): number {
  return Date.parse(text) / 1000
}

/** Writes a time of the server for people; leaves a text alone that is no time. */
export function serverTime(text: string, zone: string): string {
  const seconds = secondsOf(text)
  return Number.isFinite(seconds) ? momentText(seconds, zone) : text
}
