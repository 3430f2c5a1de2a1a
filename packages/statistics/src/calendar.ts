// Slots of a history by the clock on the wall, and types of days.
import { checkSlotSeconds, DAY_SECONDS, dateOfDay, InvalidArgumentError, offsetAt, timeZoneName, weekdayOf } from '@hushgrid/primitives'

/** Furthest that a local midnight is from midnight UTC, s. */
const FURTHEST_OFFSET = 15 * 3600
/** Most slots of a range; a longer one has a wrong number in it. */
const LONGEST = 2 ** 24

export type DayType = 'working' | 'weekend'

export interface CalendarOptions {
  /** Length of a slot, s: a whole part of a day. */
  readonly slotSeconds: number
  /** IANA name, for example `Europe/London`. */
  readonly timeZone: string
  /** Days of the week that are no working days, 0 Monday … 6 Sunday; Saturday and Sunday unless said otherwise. */
  readonly weekend?: readonly number[]
  /** Local dates, `YYYY-MM-DD`, that count as weekends whatever day of the week they are. */
  readonly holidays?: readonly string[]
}

/** Place of a slot in local time. */
export interface LocalSlot {
  readonly slot: number
  /** Local date as days from 1970-01-01. */
  readonly day: number
  /** Number of the slot by the clock, floor(seconds since 00:00 / slotSeconds). */
  readonly bin: number
}

/**
 * Slots by the clock on the wall. A day has as many clock slots as a day of 24 hours has slots. Some do not occur on the
 * day that loses an hour, and some occur twice on the day that gains one: people live by the clock, so a slot of 07:00
 * is compared with slots of 07:00. Where the zone's offset is no multiple of the slot, a slot belongs to the clock slot
 * in which it starts.
 */
export class LocalCalendar {
  readonly slotSeconds: number
  /** Number of clock slots of a day. */
  readonly bins: number
  readonly #timeZone: string
  readonly #weekend: ReadonlySet<number>
  readonly #holidays: ReadonlySet<string>
  readonly #types = new Map<number, DayType>()

  /** @throws InvalidArgumentError for a slot that is no whole part of a day, or a zone, weekday or date that there is not */
  constructor(options: CalendarOptions) {
    this.slotSeconds = checkSlotSeconds(options.slotSeconds)
    if (DAY_SECONDS % this.slotSeconds !== 0)
      throw new InvalidArgumentError('slotSeconds', 'a whole part of 86400 s', String(options.slotSeconds))
    this.bins = DAY_SECONDS / this.slotSeconds
    this.#timeZone = checkedZone(options.timeZone)
    this.#weekend = new Set(options.weekend ?? [5, 6])
    for (const weekday of this.#weekend) {
      if (![0, 1, 2, 3, 4, 5, 6].includes(weekday)) throw new InvalidArgumentError('weekend', 'days from 0 to 6', String(weekday))
    }
    this.#holidays = new Set(options.holidays ?? [])
    for (const date of this.#holidays) {
      if (!/^\d{4}-\d{2}-\d{2}$/.test(date)) throw new InvalidArgumentError('holidays', 'dates like 2013-12-25', JSON.stringify(date))
    }
  }

  /** Gives the local day and clock slot in which a slot starts. */
  locate(slot: number): LocalSlot {
    const start = slot * this.slotSeconds
    const local = start + offsetAt(this.#timeZone, start)
    const day = Math.floor(local / DAY_SECONDS)
    return { slot, day, bin: Math.floor((local - day * DAY_SECONDS) / this.slotSeconds) }
  }

  /**
   * Gives the slots of [from, until) in local time, in order.
   *
   * @throws InvalidArgumentError for more than 2^24 slots
   */
  *locateAll(from: number, until: number): Generator<LocalSlot> {
    if (until - from > LONGEST) throw new InvalidArgumentError('range', `at most ${LONGEST} slots`, String(until - from))
    for (let slot = from; slot < until; slot++) yield this.locate(slot)
  }

  /** Gives all slots that start in a local day, in order of time. */
  slotsOf(day: number): LocalSlot[] {
    const from = Math.floor((day * DAY_SECONDS - FURTHEST_OFFSET) / this.slotSeconds)
    const until = Math.ceil(((day + 1) * DAY_SECONDS + FURTHEST_OFFSET) / this.slotSeconds)
    return [...this.locateAll(from, until)].filter(located => located.day === day)
  }

  typeOf(day: number): DayType {
    const kept = this.#types.get(day)
    if (kept) return kept
    const type = this.#weekend.has(weekdayOf(day)) || this.#holidays.has(this.date(day)) ? 'weekend' : 'working'
    this.#types.set(day, type)
    return type
  }

  /** Writes a day as `YYYY-MM-DD`. */
  date(day: number): string {
    return dateOfDay(day)
  }

  /** Writes the start of a clock slot: `HH:MM`, with seconds where slots are no whole minutes. */
  clock(bin: number): string {
    const seconds = bin * this.slotSeconds
    const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
    if (this.slotSeconds % 60 !== 0) parts.push(seconds % 60)
    return parts.map(part => String(part).padStart(2, '0')).join(':')
  }
}

function checkedZone(timeZone: string): string {
  const known = timeZoneName(timeZone)
  if (known === undefined) throw new InvalidArgumentError('timeZone', 'an IANA name like Europe/London', JSON.stringify(timeZone))
  return known
}
