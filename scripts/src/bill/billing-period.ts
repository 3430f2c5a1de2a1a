// Which slots a bill is for, and how a meter cuts them into batches.
import { HushgridError, InvalidArgumentError, type Slot } from '@hushgrid/primitives'

/** Slots: [from, until). */
export interface SlotSpan {
  readonly from: Slot
  readonly until: Slot
}

/** How long a batch of a meter is. */
export const BATCHINGS = ['day', 'week', 'month'] as const
export type Batching = (typeof BATCHINGS)[number]

/**
 * The slots of `--period`: a calendar month such as 2013-02 in the tariff's time zone, or two local dates such as
 * 2013-02-04/2013-03-04, of which the second is no longer in it.
 *
 * @throws InvalidArgumentError for another text; HushgridError where a midnight lies within a slot
 */
export function spanOf(text: string, timeZone: string, slotSeconds: number): SlotSpan {
  const [first, second] = datesOf(text)
  const slot = (date: Temporal.PlainDate): Slot => {
    const seconds = date.toZonedDateTime(timeZone).epochMilliseconds / 1000
    if (seconds % slotSeconds !== 0)
      throw new HushgridError(`--period ${text}: expected days of ${timeZone} to begin with a slot of ${slotSeconds} s, ${date} does not`)
    return (seconds / slotSeconds) as Slot
  }
  return { from: slot(first), until: slot(second) }
}

function datesOf(text: string): [Temporal.PlainDate, Temporal.PlainDate] {
  const wrong = (): InvalidArgumentError =>
    new InvalidArgumentError('--period', 'a month such as 2013-02, or dates such as 2013-02-04/2013-03-04', JSON.stringify(text))
  try {
    if (/^\d{4}-\d{2}$/.test(text)) {
      const month = Temporal.PlainYearMonth.from(text)
      return [month.toPlainDate({ day: 1 }), month.add({ months: 1 }).toPlainDate({ day: 1 })]
    }
    const [first, second, ...rest] = text.split('/')
    if (first === undefined || second === undefined || rest.length > 0 || !/^\d{4}-\d{2}-\d{2}\/\d{4}-\d{2}-\d{2}$/.test(text))
      throw wrong()
    const dates: [Temporal.PlainDate, Temporal.PlainDate] = [Temporal.PlainDate.from(first), Temporal.PlainDate.from(second)]
    if (Temporal.PlainDate.compare(...dates) >= 0) throw wrong()
    return dates
  } catch (cause) {
    if (cause instanceof RangeError) throw wrong()
    throw cause
  }
}

/** Cuts slots into local days, into weeks from Monday on, or into months; the first and the last may be shorter. */
export function batchSpans({ from, until }: SlotSpan, batching: Batching, timeZone: string, slotSeconds: number): SlotSpan[] {
  const spans: SlotSpan[] = []
  for (let at: number = from; at < until; ) {
    const start = Temporal.Instant.fromEpochMilliseconds(at * slotSeconds * 1000).toZonedDateTimeISO(timeZone)
    const today = start.toPlainDate()
    const next =
      batching === 'day'
        ? today.add({ days: 1 })
        : batching === 'week'
          ? today.add({ days: 8 - today.dayOfWeek })
          : today.with({ day: 1 }).add({ months: 1 })
    // A midnight within a slot: that slot still belongs to the day before.
    const end = Math.ceil(next.toZonedDateTime(timeZone).epochMilliseconds / 1000 / slotSeconds)
    const until_ = Math.min(until, Math.max(at + 1, end))
    spans.push({ from: at as Slot, until: until_ as Slot })
    at = until_
  }
  return spans
}
