// Days and months of a time zone, as dates `YYYY-MM-DD` and `YYYY-MM`.

const DAY = 86_400_000
const SECONDS = 1000

/** The wall clock's time at a moment, as if it were UTC; ms. */
function wallAt(time: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-u-ca-iso8601-nu-latn-hc-h23', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit'
  }).formatToParts(time)
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find(part => part.type === type)?.value)
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'))
}

/** When a local day begins; ms, UTC. */
export function startOfDay(date: string, zone: string): number {
  const wall = Date.parse(`${date}T00:00:00Z`)
  // The offset at the time that the first guess comes to is the right one, but in the hour of a change.
  const guess = wall - (wallAt(wall, zone) - wall)
  return wall - (wallAt(guess, zone) - guess)
}

/** The local date of a moment. */
export function dateOf(time: number, zone: string): string {
  return new Date(wallAt(time, zone)).toISOString().slice(0, 10)
}

export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * DAY).toISOString().slice(0, 10)
}

export function addMonths(month: string, months: number): string {
  const [year = 1970, of = 1] = month.split('-').map(Number)
  return new Date(Date.UTC(year, of - 1 + months)).toISOString().slice(0, 7)
}

/** When a local month begins; ms, UTC. */
export function startOfMonth(month: string, zone: string): number {
  return startOfDay(`${month}-01`, zone)
}

export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && addDaysIsSame(text)
}

function addDaysIsSame(text: string): boolean {
  const time = Date.parse(`${text}T00:00:00Z`)
  return Number.isFinite(time) && new Date(time).toISOString().startsWith(text)
}

export function isMonth(text: string): boolean {
  return isDate(`${text}-01`)
}

/** For a query: UTC, to the second. */
export function instant(time: number): string {
  return new Date(Math.floor(time / SECONDS) * SECONDS).toISOString().replace('.000Z', 'Z')
}

/** A moment as people read it, to the minute: `2026-03-29 14:30`. */
export function moment(time: number | string, zone: string): string {
  return new Date(wallAt(typeof time === 'string' ? Date.parse(time) : time, zone)).toISOString().slice(0, 16).replace('T', ' ')
}

/** `14:30`. */
export function clock(time: number | string, zone: string): string {
  return moment(time, zone).slice(11)
}

/** `Sunday 29 March 2026`. */
export function dayInWords(date: string): string {
  const options = { timeZone: 'UTC', weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const
  return new Intl.DateTimeFormat('en-GB', options).format(Date.parse(`${date}T00:00:00Z`))
}

/** `March 2026`. */
export function monthInWords(month: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', month: 'long', year: 'numeric' }).format(Date.parse(`${month}-01T00:00:00Z`))
}

/** Zones that can be chosen, those that are likely first. */
export function zones(): string[] {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  return [...new Set(['UTC', own, 'Europe/London', 'Europe/Berlin', ...Intl.supportedValuesOf('timeZone')])]
}
