// The time of the demonstration: it begins on the first of this month, with the month before behind it.
import { periodSlots } from '@hushgrid/billing'
import { type Slot, slot } from '@hushgrid/primitives'

/** Time zone of days and months. */
export const TIME_ZONE = 'Europe/London'
/** Length of a slot: half an hour, as with British meters. */
export const SLOT_SECONDS = 1800
/** Hour of the start, so that the morning's peak comes first, then the panels. */
const FIRST_HOUR = 6

export interface DemoMonth {
  /** Month that is billed, such as 2026-10. */
  readonly period: string
  readonly from: Slot
  /** First slot of the month after. */
  readonly until: Slot
  /** First slot of the living neighbourhood. */
  readonly live: Slot
}

/** @param now - Unix ms */
export function demoMonth(now: number): DemoMonth {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(TIME_ZONE).toPlainDate()
  const period = today.with({ day: 1 }).subtract({ months: 1 }).toPlainYearMonth().toString()
  const { from, until } = periodSlots({ period, timeZone: TIME_ZONE }, SLOT_SECONDS)
  return { period, from, until, live: slot(until + (FIRST_HOUR * 3600) / SLOT_SECONDS) }
}
