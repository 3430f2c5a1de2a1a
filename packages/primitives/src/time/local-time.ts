// Local time of a tariff's time zone. The rules of daylight saving are the platform's copy of the IANA database.

const SECONDS_PER_DAY = 86_400

/** A span of time in which local time is a constant offset away from UTC; half-open, s since 1970. */
export interface OffsetSpan {
  readonly from: number
  readonly until: number
  /** Local time minus UTC, s. */
  readonly offset: number
}

/** [from, until) cut at the time zone's clock changes, in order. */
export function offsetSpans(timeZone: string, from: number, until: number): OffsetSpan[] {
  const spans: OffsetSpan[] = []
  let at = zoned(timeZone, from)
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
  /** YYYY-MM-DD. */
  readonly date: string
  /** 1 for Monday to 7 for Sunday. */
  readonly weekday: number
  /** MM-DD. */
  readonly monthDay: string
  /** Local midnight, s since 1970-01-01T00:00 of local time. */
  readonly start: number
}

/** The days that a span touches. */
export function localDays({ from, until, offset }: OffsetSpan): LocalDay[] {
  const first = Math.floor((from + offset) / SECONDS_PER_DAY)
  const last = Math.floor((until - 1 + offset) / SECONDS_PER_DAY)
  return Array.from({ length: last - first + 1 }, (_, i) => {
    const day = new Temporal.PlainDate(1970, 1, 1).add({ days: first + i })
    const date = day.toString()
    return { date, weekday: day.dayOfWeek, monthDay: date.slice(-5), start: (first + i) * SECONDS_PER_DAY }
  })
}

/**
 * How many local days begin in [from, until), s since 1970. A day that the clock change leaves without midnight begins at
 * its first moment, one with two midnights at the first.
 */
export function daysBegun(timeZone: string, from: number, until: number): number {
  const starts = new Set<number>()
  // A clock set back over midnight shows the old date again after the new one has begun (Newfoundland, until 2011).
  const last = zoned(timeZone, until).toPlainDate().add({ days: 1 })
  for (let date = zoned(timeZone, from).toPlainDate(); Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    const start = date.toZonedDateTime(timeZone).epochMilliseconds / 1000
    // A date that a zone skipped (Samoa, 30 December 2011) begins when the next one does: one day.
    if (start >= from && start < until) starts.add(start)
  }
  return starts.size
}

/** 2013-02-04T00:30Z; seconds where there are any. */
export function formatUtc(seconds: number): string {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toString({
    smallestUnit: seconds % 60 === 0 ? 'minute' : 'second'
  })
}

/** Seconds since 1970 of `YYYY-MM-DDTHH:MMZ` or `YYYY-MM-DDTHH:MM:SSZ`; undefined for anything else. */
export function parseUtc(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\dT\d\d:[0-5]\d(:[0-5]\d)?Z$/.test(text)) return undefined
  return ifInRange(() => Temporal.Instant.from(text).epochMilliseconds / 1000)
}

/** Whether the platform knows the time zone by that very name. */
export function isTimeZone(name: string): boolean {
  return ifInRange(() => new Temporal.ZonedDateTime(0n, name).timeZoneId) === name
}

/** Whether a text YYYY-MM-DD is a day of the calendar. */
export function isDate(text: string): boolean {
  return ifInRange(() => Temporal.PlainDate.from(text)) !== undefined
}

/** Whether a text MM-DD is a day of some year. */
export function isMonthDay(text: string): boolean {
  return isDate(`2000-${text}`)
}

function zoned(timeZone: string, seconds: number): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(seconds * 1000).toZonedDateTimeISO(timeZone)
}

function ifInRange<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
