import { InvalidArgumentError, type Slot, slot, startOfDay } from '@hushgrid/primitives'

/** Words for a period, in the help of commands and where one is refused. */
export const PERIOD_HELP = 'a month such as 2013-02, a day such as 2013-02-04, or 2013-02-04/2013-03-04 without the second day'

/** A month, or days, of a time zone. */
export interface LocalPeriod {
  /** Month 2013-02, day 2013-02-04, or days 2013-02-04/2013-03-04 without the second. */
  readonly period: string
  /** IANA time zone. */
  readonly timeZone: string
}

/**
 * Gives the slots that begin in a period: [from, until).
 *
 * @throws InvalidArgumentError for what is no period
 */
export function periodSlots({ period, timeZone }: LocalPeriod, slotSeconds: number): { from: Slot; until: Slot } {
  const slotOf = (day: Temporal.PlainDate): Slot => slot(Math.ceil(startOfDay(timeZone, day) / slotSeconds))
  const [first, end] = daysOf(period)
  return { from: slotOf(first), until: slotOf(end) }
}

function daysOf(period: string): [Temporal.PlainDate, Temporal.PlainDate] {
  const wrong = (): InvalidArgumentError => new InvalidArgumentError('--period', `${PERIOD_HELP}, after 1970`, JSON.stringify(period))
  const [, from, day, until] = /^(\d{4}-\d\d)(-\d\d(?:\/(\d{4}-\d\d-\d\d))?)?$/.exec(period) ?? []
  if (from === undefined) throw wrong()
  try {
    const first = Temporal.PlainDate.from(`${from}${day?.slice(0, 3) ?? '-01'}`)
    const end = until === undefined ? first.add(day === undefined ? { months: 1 } : { days: 1 }) : Temporal.PlainDate.from(until)
    // Refuses 1970, since its local days may begin in 1969.
    if (first.year <= 1970 || Temporal.PlainDate.compare(first, end) >= 0) throw wrong()
    return [first, end]
  } catch (cause) {
    if (cause instanceof RangeError) throw wrong()
    throw cause
  }
}
