// The days of a period that a meter's batches cover, in words, where they are not all of it.
import { type LocalPeriod, periodSlots } from '@hushgrid/billing'
import { zonedTime } from '@hushgrid/primitives'

/** Slots from the first to the one after the last. */
interface Span {
  readonly from: number
  readonly until: number
}

/**
 * Says which part of a period batches cover, and what to ask for instead; undefined where it is all of it.
 *
 * @param batches - their slots, in order, each reaching into the period
 */
export function uncovered(batches: readonly Span[], { period, timeZone }: LocalPeriod, slotSeconds: number): string | undefined {
  const asked = periodSlots({ period, timeZone }, slotSeconds)
  const runs = joined(batches).map(({ from, until }) => ({ from: Math.max(from, asked.from), until: Math.min(until, asked.until) }))
  if (runs.length === 1 && runs[0]?.from === asked.from && runs[0].until === asked.until) return undefined
  const time = (slot: number): string =>
    zonedTime(timeZone, slot * slotSeconds)
      .toPlainDateTime()
      .toString({ smallestUnit: 'minute' })
  const covered = runs.map(({ from, until }) => `${time(from).replace('T', ' ')} to ${time(until).replace('T', ' ')}`)
  const days = runs.map(run => wholeDays(run, timeZone, slotSeconds)).filter(each => each !== undefined)
  const advice = days.length > 0 ? `try --period ${days.join(', or ')}` : 'no whole day of it can be billed yet'
  return `--period ${period}: expected batches of all of it, got those of ${covered.join(', and ')} (${timeZone}); ${advice}`
}

/** Joins spans that follow on each other. */
function joined(spans: readonly Span[]): Span[] {
  const runs: Span[] = []
  for (const { from, until } of spans) {
    const before = runs.at(-1)
    if (before?.until === from) runs[runs.length - 1] = { from: before.from, until }
    else runs.push({ from, until })
  }
  return runs
}

/** Gives the whole local days within a span as a period; undefined where there is none. */
function wholeDays({ from, until }: Span, timeZone: string, slotSeconds: number): string | undefined {
  const startsAt = (day: Temporal.PlainDate): number => periodSlots({ period: day.toString(), timeZone }, slotSeconds).from
  const date = (slot: number): Temporal.PlainDate => zonedTime(timeZone, slot * slotSeconds).toPlainDate()
  const first = startsAt(date(from)) < from ? date(from).add({ days: 1 }) : date(from)
  // The day in which the last slot begins counts only where it ends with it.
  const last = date(until - 1)
  const end = startsAt(last.add({ days: 1 })) > until ? last : last.add({ days: 1 })
  if (Temporal.PlainDate.compare(first, end) >= 0) return undefined
  return first.add({ days: 1 }).equals(end) ? first.toString() : `${first}/${end}`
}
