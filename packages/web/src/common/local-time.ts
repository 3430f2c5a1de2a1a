// Local time in a time zone, for all pages: dates `2026-03-29`, and moments in seconds since 1970. Uses Intl, which every
// browser has; some lack Temporal, which nodes use.

/** A local date, `2026-03-29`. */
export type LocalDate = string

const DAY = 86_400
/** Furthest that any zone is from UTC, s. */
const FURTHEST = 15 * 3600

const formats = new Map<string, Intl.DateTimeFormat>()

function fieldsIn(zone: string, seconds: number): Readonly<Record<string, string>> {
  let format = formats.get(zone)
  if (!format) {
    const options = { year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' } as const
    format = new Intl.DateTimeFormat('en-US', { timeZone: zone, calendar: 'iso8601', hourCycle: 'h23', ...options })
    formats.set(zone, format)
  }
  return Object.fromEntries(format.formatToParts(seconds * 1000).map(({ type, value }) => [type, value]))
}

/** Gives the zone of this browser, by its IANA name. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** Gives the local date of a moment. */
export function dateIn(zone: string, seconds: number): LocalDate {
  const { year, month, day } = fieldsIn(zone, seconds)
  return `${year}-${month}-${day}`
}

/** Finds the first moment of a local date, not midnight where clocks skip midnight. Seconds since 1970. */
export function startOfDay(zone: string, date: LocalDate): number {
  const midnight = noonOf(date) - DAY / 2
  let [before, at] = [midnight - FURTHEST, midnight + FURTHEST]
  while (at - before > 1) {
    const middle = Math.floor((before + at) / 2)
    if (dateIn(zone, middle) < date) before = middle
    else at = middle
  }
  return at
}

/** Gives noon of a date in UTC, seconds; for counting days only. */
function noonOf(date: LocalDate): number {
  return Date.parse(`${date}T12:00:00Z`) / 1000
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date((noonOf(date) + days * DAY) * 1000).toISOString().slice(0, 10)
}

/** Tells whether a text is a date that exists. */
export function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text)
}

/** Gives the first of the month that lies a number of months away. */
export function firstOfMonth(date: LocalDate, months: number): LocalDate {
  const [year = 0, month = 0] = date.split('-').map(Number)
  const count = year * 12 + month - 1 + months
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}-01`
}

/** Counts the days since Monday. */
export function weekday(date: LocalDate): number {
  return (new Date(noonOf(date) * 1000).getUTCDay() + 6) % 7
}

/** Writes local time to the minute, for tables: `2026-10-25 01:30`. */
export function minuteIn(zone: string, seconds: number): string {
  const { year, month, day, hour, minute } = fieldsIn(zone, seconds)
  return `${year}-${month}-${day} ${hour}:${minute}`
}

/** Writes local time with the offset, since an hour of autumn comes twice: `2026-10-25T01:30+01:00`. */
export function localTime(seconds: number, zone: string): string {
  const { year, month, day, hour, minute, second } = fieldsIn(zone, seconds)
  const time = second === '00' ? `${hour}:${minute}` : `${hour}:${minute}:${second}`
  return `${year}-${month}-${day}T${time}${offsetText(seconds, zone)}`
}

/** Writes the offset: `+01:00`. */
export function offsetText(seconds: number, zone: string): string {
  const { year, month, day, hour, minute, second } = fieldsIn(zone, seconds)
  const offset = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000 - Math.floor(seconds)
  const size = Math.abs(offset)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(size / 3600)}:${two((size % 3600) / 60)}`
}

/** Writes UTC time: `2026-10-25T00:30Z`. */
export function utcTime(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString()
  return seconds % 60 === 0 ? `${text.slice(0, 16)}Z` : `${text.slice(0, 19)}Z`
}

/** Writes a date, which has no zone, in words: `29 March 2026`, or `Sunday 29 March 2026`. */
export function dateText(date: LocalDate, withWeekday = false): string {
  return inWords(date, { day: 'numeric', month: 'long', year: 'numeric', ...(withWeekday && { weekday: 'long' }) })
}

/** Writes the month of a date: `March 2026`. */
export function monthText(date: LocalDate): string {
  return inWords(date, { month: 'long', year: 'numeric' })
}

/** Writes British English, like the rest of the pages. */
function inWords(date: LocalDate, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...options }).format(noonOf(date) * 1000)
}
