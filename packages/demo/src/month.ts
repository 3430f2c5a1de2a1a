// Which time the demonstration is set in: it begins on the first of this month, with the month before behind it.
import { periodSlots } from '@hushgrid/billing'
import { type Slot, slot } from '@hushgrid/primitives'

/** Whose days and months these are. */
export const TIME_ZONE = 'Europe/London'
/** Half-hours, as British meters have them. */
export const SLOT_SECONDS = 1800
/** The morning's peak comes first, then the panels. */
const FIRST_HOUR = 6

export interface DemoMonth {
  /** That is billed, such as 2026-10. */
  readonly period: string
  readonly from: Slot
  /** The first slot of the month after. */
  readonly until: Slot
  /** The first slot of the living neighbourhood. */
  readonly live: Slot
}

/** @param now - milliseconds since 1970 */
export function demoMonth(now: number): DemoMonth {
  const today = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(TIME_ZONE).toPlainDate()
  const period = today.with({ day: 1 }).subtract({ months: 1 }).toPlainYearMonth().toString()
  const { from, until } = periodSlots({ period, timeZone: TIME_ZONE }, SLOT_SECONDS)
  return { period, from, until, live: slot(until + (FIRST_HOUR * 3600) / SLOT_SECONDS) }
}
