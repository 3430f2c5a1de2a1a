// Local days, weeks and months in a time zone. By Intl, which every browser has; Temporal some have not yet.

/** A local date, `2026-03-29`. */
export type LocalDate = string

export type View = 'day' | 'week' | 'month'

/** Local dates and the moments between which they last; half-open, seconds since 1970. */
export interface LocalSpan {
  readonly first: LocalDate
  /** The date after the last. */
  readonly after: LocalDate
  readonly from: number
  readonly until: number
}

const DAY = 86_400
/** No zone is further from UTC. */
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

/** The zone of this browser, by its IANA name. */
export function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone
}

/** The local date of a moment. */
export function dateIn(zone: string, seconds: number): LocalDate {
  const { year, month, day } = fieldsIn(zone, seconds)
  return `${year}-${month}-${day}`
}

/** The first moment of a local date, which is not midnight where clocks go forward at midnight. Seconds since 1970. */
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

/** Of UTC, seconds; for counting days only. */
function noonOf(date: LocalDate): number {
  return Date.parse(`${date}T12:00:00Z`) / 1000
}

export function addDays(date: LocalDate, days: number): LocalDate {
  return new Date((noonOf(date) + days * DAY) * 1000).toISOString().slice(0, 10)
}

/** The first of the month that is so many months away. */
function firstOfMonth(date: LocalDate, months: number): LocalDate {
  const [year = 0, month = 0] = date.split('-').map(Number)
  const count = year * 12 + month - 1 + months
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}-01`
}

/** Days since Monday. */
function weekday(date: LocalDate): number {
  return (new Date(noonOf(date) * 1000).getUTCDay() + 6) % 7
}

/** The day, the week from Monday, or the month that a date lies in. */
export function spanOf(view: View, date: LocalDate, zone: string): LocalSpan {
  const first = view === 'day' ? date : view === 'week' ? addDays(date, -weekday(date)) : firstOfMonth(date, 0)
  const after = view === 'month' ? firstOfMonth(date, 1) : addDays(first, view === 'day' ? 1 : 7)
  return { first, after, from: startOfDay(zone, first), until: startOfDay(zone, after) }
}

/** A date in the span before (−1) or after (1). */
export function step(view: View, date: LocalDate, by: -1 | 1): LocalDate {
  if (view === 'month') return firstOfMonth(date, by)
  return addDays(date, view === 'day' ? by : 7 * by)
}

/** First moments of what a view shows as one: each slot of a day, each hour of a week, each day of a month. */
export function stepsOf(view: View, { first, after, from, until }: LocalSpan, zone: string, slotSeconds: number): number[] {
  const starts: number[] = []
  if (view === 'month') for (let date = first; date < after; date = addDays(date, 1)) starts.push(startOfDay(zone, date))
  else {
    const length = view === 'day' ? slotSeconds : Math.max(slotSeconds, 3600)
    // A slot belongs to where it begins.
    const begin = view === 'day' ? Math.ceil(from / slotSeconds) * slotSeconds : from
    for (let start = begin; start < until; start += length) starts.push(start)
  }
  // A date that a zone skipped begins when the next one does.
  return [...new Set(starts)]
}

/** Local time with the offset, since an hour of autumn comes twice: `2026-10-25T01:30+01:00`. */
export function localTime(seconds: number, zone: string): string {
  const { year, month, day, hour, minute, second } = fieldsIn(zone, seconds)
  const time = second === '00' ? `${hour}:${minute}` : `${hour}:${minute}:${second}`
  return `${year}-${month}-${day}T${time}${offsetText(seconds, zone)}`
}

/** `+01:00`. */
export function offsetText(seconds: number, zone: string): string {
  const { year, month, day, hour, minute, second } = fieldsIn(zone, seconds)
  const offset = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) / 1000 - Math.floor(seconds)
  const size = Math.abs(offset)
  const two = (value: number): string => String(Math.floor(value)).padStart(2, '0')
  return `${offset < 0 ? '-' : '+'}${two(size / 3600)}:${two((size % 3600) / 60)}`
}

/** `2026-10-25T00:30Z`. */
export function utcTime(seconds: number): string {
  const text = new Date(seconds * 1000).toISOString()
  return seconds % 60 === 0 ? `${text.slice(0, 16)}Z` : `${text.slice(0, 19)}Z`
}
