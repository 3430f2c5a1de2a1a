import { InvalidArgumentError, type Slot, slot, startOfDay } from '@hushgrid/primitives'

/** A month, or days, of a time zone. */
export interface LocalPeriod {
  /** Month 2013-02, or days 2013-02-04/2013-03-04, without the second. */
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
  const wrong = (): InvalidArgumentError =>
    new InvalidArgumentError(
      '--period',
      'a month such as 2013-02, after 1970, or days such as 2013-02-04/2013-03-04',
      JSON.stringify(period)
    )
  const [, month] = /^(\d{4}-\d\d)$/.exec(period) ?? []
  const [, from, until] = /^(\d{4}-\d\d-\d\d)\/(\d{4}-\d\d-\d\d)$/.exec(period) ?? []
  try {
    const first = Temporal.PlainDate.from(month === undefined ? (from ?? '') : `${month}-01`)
    const end = month === undefined ? Temporal.PlainDate.from(until ?? '') : first.add({ months: 1 })
    // Refuses 1970, since its local days may begin in 1969.
    if (first.year <= 1970 || Temporal.PlainDate.compare(first, end) >= 0) throw wrong()
    return [first, end]
  } catch (cause) {
    if (cause instanceof RangeError) throw wrong()
    throw cause
  }
}
