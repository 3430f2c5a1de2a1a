// Days and months of a time zone on the desk, where moments are milliseconds since 1970.
import * as local from '../common/local-time.ts'

const SECOND = 1000

/** When a local day begins. */
export function startOfDay(date: string, zone: string): number {
  return local.startOfDay(zone, date) * SECOND
}

/** The local date of a moment. */
export function dateOf(time: number, zone: string): string {
  return local.dateIn(zone, time / SECOND)
}

/** A month `2026-03` so many months on. */
export function addMonths(month: string, months: number): string {
  return local.firstOfMonth(`${month}-01`, months).slice(0, 7)
}

/** When a local month begins. */
export function startOfMonth(month: string, zone: string): number {
  return startOfDay(`${month}-01`, zone)
}

/** Whether a text is a month `2026-03`. */
export function isMonth(text: string): boolean {
  return local.isDate(`${text}-01`)
}

/** For a query: UTC, to the second. */
export function instant(time: number): string {
  return new Date(Math.floor(time / SECOND) * SECOND).toISOString().replace('.000Z', 'Z')
}

/** A moment as people read it, to the minute: `2026-03-29 14:30`. */
export function moment(time: number | string, zone: string): string {
  return local.minuteIn(zone, (typeof time === 'string' ? Date.parse(time) : time) / SECOND)
}

/** `14:30`. */
export function clock(time: number | string, zone: string): string {
  return moment(time, zone).slice(11)
}

/** `March 2026`. */
export function monthInWords(month: string): string {
  return local.monthText(`${month}-01`)
}

/** Zones that can be chosen, those that are likely first. */
export function zones(): string[] {
  return [...new Set(['UTC', local.browserZone(), 'Europe/London', 'Europe/Berlin', ...Intl.supportedValuesOf('timeZone')])]
}
