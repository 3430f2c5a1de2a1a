// Days and months of a time zone on the desk, where moments are milliseconds since 1970.
import type { DeskClock } from '@hushgrid/web-api'
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

/** Zone of days and months until the person chooses one: that of the tariffs, or UTC where they have none or several. */
export function zoneOfTariffs({ zones }: Pick<DeskClock, 'zones'>): string {
  return (zones.length === 1 && zones[0]) || 'UTC'
}

/** Says whose zone the desk is in. */
export function zoneInWords(zone: string, { zones }: Pick<DeskClock, 'zones'>): string {
  if (zones.length === 0) return zone === 'UTC' ? 'UTC, since no tariff names a zone' : `${zone}, chosen here; no tariff names a zone`
  if (zones.length > 1) return `${zone}${zone === 'UTC' ? '' : ', chosen here'}; the tariffs have several: ${zones.join(', ')}`
  return zone === zones[0] ? `${zone}, the zone of the tariffs` : `${zone}, chosen here; the tariffs are in ${zones[0]}`
}

/** Lists the zones that can be chosen, the likely ones first. */
export function zones(clock: Pick<DeskClock, 'zones'>): string[] {
  return [...new Set([zoneOfTariffs(clock), ...clock.zones, 'UTC', local.browserZone(), ...Intl.supportedValuesOf('timeZone')])]
}
