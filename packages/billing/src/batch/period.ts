import { checkSlotSeconds, InvalidArgumentError, isTimeZone, type Slot, slot, startOfDay, zonedTime } from '@hushgrid/primitives'

/** Spans for which a meter collects readings before it seals them. */
export const BATCH_PERIODS = ['day', 'week', 'month'] as const
export type BatchPeriod = (typeof BATCH_PERIODS)[number]

/** A meter's division of time into batches. */
export interface BatchCalendar {
  readonly period: BatchPeriod
  /** IANA time zone whose days these are, such as Europe/London; UTC for days of 24 hours throughout. */
  readonly timeZone: string
  /** Length of a slot, s. */
  readonly slotSeconds: number
}

/** Slots of one batch: from the first to the one after the last. */
export interface BatchSpan {
  readonly from: Slot
  readonly until: Slot
}

/** @throws InvalidArgumentError */
export function checkBatchCalendar({ period, timeZone, slotSeconds }: BatchCalendar): BatchCalendar {
  if (!BATCH_PERIODS.includes(period)) throw new InvalidArgumentError('period', BATCH_PERIODS.join(', '), JSON.stringify(period))
  if (!isTimeZone(timeZone)) throw new InvalidArgumentError('time zone', 'one such as Europe/London', JSON.stringify(timeZone))
  return { period, timeZone, slotSeconds: checkSlotSeconds(slotSeconds) }
}

/**
 * Gives the batch that a slot belongs to: that of the local day, week from Monday, or calendar month in which the slot
 * begins. A day has 23 or 25 hours when the clock is changed.
 */
export function batchSpan(at: Slot, { period, timeZone, slotSeconds }: BatchCalendar): BatchSpan {
  const date = zonedTime(timeZone, at * slotSeconds).toPlainDate()
  const first = period === 'month' ? date.with({ day: 1 }) : period === 'week' ? date.subtract({ days: date.dayOfWeek - 1 }) : date
  const next = first.add(period === 'month' ? { months: 1 } : { days: period === 'week' ? 7 : 1 })
  // A slot that begins before midnight belongs to the day before.
  const slotOf = (day: Temporal.PlainDate): Slot => slot(Math.max(0, Math.ceil(startOfDay(timeZone, day) / slotSeconds)))
  return { from: slotOf(first), until: slotOf(next) }
}

/** Gives the batches that a meter cuts slots into; the first and the last may be shorter than a day, week or month. */
export function batchSpans({ from, until }: BatchSpan, calendar: BatchCalendar): BatchSpan[] {
  const spans: BatchSpan[] = []
  for (let at = from; at < until; at = spans.at(-1)?.until ?? until) {
    spans.push({ from: at, until: slot(Math.min(until, batchSpan(at, calendar).until)) })
  }
  return spans
}

/** Gives the first slot that begins at most so many calendar months before another. */
export function slotMonthsBefore(at: Slot, months: number, { timeZone, slotSeconds }: BatchCalendar): Slot {
  const seconds = zonedTime(timeZone, at * slotSeconds).subtract({ months }).epochMilliseconds / 1000
  return slot(Math.max(0, Math.ceil(seconds / slotSeconds)))
}
