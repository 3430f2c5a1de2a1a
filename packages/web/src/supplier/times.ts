// Days and months of a time zone on the desk, where moments are milliseconds since 1970.
import * as local from '../common/local-time.ts'

const SECOND = 1000

/** Gives the beginning of a local day. */
export function startOfDay(date: string, zone: string): number {
  return local.startOfDay(zone, date) * SECOND
}

/** Gives the local date of a moment. */
export function dateOf(time: number, zone: string): string {
  return local.dateIn(zone, time / SECOND)
}

/** Gives the month that lies a number of months after one, `2026-03`. */
export function addMonths(month: string, months: number): string {
  return local.firstOfMonth(`${month}-01`, months).slice(0, 7)
}

/** Gives the beginning of a local month. */
export function startOfMonth(month: string, zone: string): number {
  return startOfDay(`${month}-01`, zone)
}

/** Tells whether a text is a month `2026-03`. */
export function isMonth(text: string): boolean {
  return local.isDate(`${text}-01`)
}

/** Writes a moment for a query: UTC, to the second. */
export function instant(time: number): string {
  return new Date(Math.floor(time / SECOND) * SECOND).toISOString().replace('.000Z', 'Z')
}

/** Writes a moment for people, to the minute: `2026-03-29 14:30`. */
export function moment(time: number | string, zone: string): string {
  return local.minuteIn(zone, (typeof time === 'string' ? Date.parse(time) : time) / SECOND)
}

/** Writes `14:30`. */
export function clock(time: number | string, zone: string): string {
  return moment(time, zone).slice(11)
}

/** Writes `March 2026`. */
export function monthInWords(month: string): string {
  return local.monthText(`${month}-01`)
}

/** Lists the zones that can be chosen, the likely ones first. */
export function zones(): string[] {
  return [...new Set(['UTC', local.browserZone(), 'Europe/London', 'Europe/Berlin', ...Intl.supportedValuesOf('timeZone')])]
}
