// Days, weeks and months that a customer looks at, and the steps of their charts.
import { addDays, firstOfMonth, type LocalDate, startOfDay, weekday } from '../../common/local-time.ts'

export type View = 'day' | 'week' | 'month'

/** Local dates and the moments between which they last; half-open, seconds since 1970. */
export interface LocalSpan {
  readonly first: LocalDate
  /** Date after the last. */
  readonly after: LocalDate
  readonly from: number
  readonly until: number
}

/** Gives the day, the week from Monday, or the month that a date lies in. */
export function spanOf(view: View, date: LocalDate, zone: string): LocalSpan {
  const first = view === 'day' ? date : view === 'week' ? addDays(date, -weekday(date)) : firstOfMonth(date, 0)
  const after = view === 'month' ? firstOfMonth(date, 1) : addDays(first, view === 'day' ? 1 : 7)
  return { first, after, from: startOfDay(zone, first), until: startOfDay(zone, after) }
}

/** Gives a date in the span before (−1) or after (1). */
export function step(view: View, date: LocalDate, by: -1 | 1): LocalDate {
  if (view === 'month') return firstOfMonth(date, by)
  return addDays(date, view === 'day' ? by : 7 * by)
}

/** Lists the first moments of a view's bars: each slot of a day, each hour of a week, each day of a month. */
export function stepsOf(view: View, { first, after, from, until }: LocalSpan, zone: string, slotSeconds: number): number[] {
  const starts: number[] = []
  if (view === 'month') for (let date = first; date < after; date = addDays(date, 1)) starts.push(startOfDay(zone, date))
  else {
    const length = view === 'day' ? slotSeconds : Math.max(slotSeconds, 3600)
    // Starts with the first slot that begins in the day.
    const begin = view === 'day' ? Math.ceil(from / slotSeconds) * slotSeconds : from
    for (let start = begin; start < until; start += length) starts.push(start)
  }
  // Drops the start of a date that the zone skipped, which equals the next date's.
  return [...new Set(starts)]
}
