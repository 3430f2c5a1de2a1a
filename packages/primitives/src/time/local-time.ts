// Local time of a given moment in a given zone, by Temporal; nothing here reads a clock. The rules of daylight saving are
// the platform's copy of the IANA database. The browser pages have their own module, since not every browser has Temporal.
import { DAY_SECONDS } from './calendar.ts'

/** Gives a moment, s since 1970, on the clock of a zone. */
export function zonedTime(timeZone: string, seconds: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(timeZone)
}

/** Gives the seconds that local time is ahead of UTC. */
export function offsetAt(timeZone: string, seconds: number): number {
  return zonedTime(timeZone, seconds).offsetNanoseconds / 1e9
}

/** Finds the first moment of a local day, s since 1970; not midnight where the clock goes forward at midnight. */
export function startOfDay(timeZone: string, day: Temporal.PlainDate): number {
  return day.toZonedDateTime(timeZone).epochMilliseconds / 1000
}

/** A span of time in which local time is a constant offset away from UTC; half-open, s since 1970. */
export interface OffsetSpan {
  readonly from: number
  readonly until: number
  /** Local time minus UTC, s. */
  readonly offset: number
}

/** Cuts [from, until) at the time zone's clock changes, in order. */
export function offsetSpans(timeZone: string, from: number, until: number): OffsetSpan[] {
  const spans: OffsetSpan[] = []
  let at = zonedTime(timeZone, from)
  for (let start = from; ; ) {
    const change = at.getTimeZoneTransition('next')
    const end = Math.min(until, change ? change.epochMilliseconds / 1000 : until)
    spans.push({ from: start, until: end, offset: at.offsetNanoseconds / 1e9 })
    if (!change || end === until) return spans
    at = change
    start = end
  }
}

/** A day on the calendar. */
export interface LocalDay {
  /** Date, YYYY-MM-DD. */
  readonly date: string
  /** Day of the week, 1 for Monday to 7 for Sunday. */
  readonly weekday: number
  /** Day of the year, MM-DD. */
  readonly monthDay: string
  /** Local midnight, s since 1970-01-01T00:00 of local time. */
  readonly start: number
}

/** Gives the days that a span touches. */
export function localDays({ from, until, offset }: OffsetSpan): LocalDay[] {
  const first = Math.floor((from + offset) / DAY_SECONDS)
  const last = Math.floor((until - 1 + offset) / DAY_SECONDS)
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const day = new Temporal.PlainDate(1970, 1, 1).add({ days: first + i })
    const date = day.toString()
    return { date, weekday: day.dayOfWeek, monthDay: date.slice(-5), start: (first + i) * DAY_SECONDS }
  })
}

/**
 * Counts the local days that begin in [from, until), s since 1970. A day without a midnight begins at its first moment, one
 * with two midnights at the first.
 */
export function daysBegun(timeZone: string, from: number, until: number): number {
  const starts = new Set<number>()
  // Looks a day further: a clock set back over midnight shows the old date again after the new one has begun (Newfoundland, until 2011).
  const last = zonedTime(timeZone, until).toPlainDate().add({ days: 1 })
  for (let date = zonedTime(timeZone, from).toPlainDate(); Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const start = startOfDay(timeZone, date)
    // Counts a date that a zone skipped (Samoa, 30 December 2011) with the next one, at whose start it begins.
    if (start >= from && start < until) starts.add(start)
  }
  return starts.size
}

/** Writes UTC as ISO 8601: `2013-02-04T00:30Z`; with seconds where there are any. */
export function formatUtc(seconds: number): string {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString({ smallestUnit: seconds % 60 === 0 ? 'minute' : 'second' })
}

/** Writes a length of time as people name a slot's: `30 min`, or `10 s` where it is no whole minutes. */
export function durationText(seconds: number): string {
  return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}

/** Writes local time as ISO 8601 with the offset, since an hour of autumn comes twice: `2013-10-27T01:30+01:00`. */
export function formatLocal(timeZone: string, seconds: number): string {
  const time = zonedTime(timeZone, seconds)
  return time.toString({ timeZoneName: 'never', smallestUnit: time.second === 0 ? 'minute' : 'second' })
}

/** Gives the zone's name as the IANA database spells it; undefined where the platform does not know it. */
export function timeZoneName(name: string): string | undefined {
  return ifInRange(() => new Temporal.ZonedDateTime(0n, name).timeZoneId)
}

/** Tells whether the platform knows the time zone by that very name. */
export function isTimeZone(name: string): boolean {
  return timeZoneName(name) === name
}

/** Tells whether a text YYYY-MM-DD is a day of the calendar. */
export function isDate(text: string): boolean {
  return ifInRange(() => Temporal.PlainDate.from(text)) !== undefined
}

/** Tells whether a text MM-DD is a day of some year. */
export function isMonthDay(text: string): boolean {
  return isDate(`2000-${text}`)
}

function ifInRange<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
