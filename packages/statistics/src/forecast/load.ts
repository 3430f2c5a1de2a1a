// A history of load that shows a model nothing from its forecast day on.
import { InvalidArgumentError } from '@hushgrid/primitives'
import type { DayType, LocalCalendar, LocalSlot } from '../calendar.ts'
import { type LaneTotal, type SlotRange, wattHours } from '../slot-total.ts'

/** A slot of a day to forecast, with its total where it is known by now. */
export interface TargetSlot extends LocalSlot {
  /** Total, Wh; undefined in the future and where the slot was lost. */
  readonly actual: number | undefined
}

/**
 * A lane's history by local day and clock slot, in Wh a contributor, so that a neighbourhood's growth is no trend in its
 * load. Forecasts are made from {@link LoadHistory.before} alone, which shows nothing from the target day's origin on:
 * nothing later can leak into a model.
 */
export class LoadHistory {
  readonly calendar: LocalCalendar
  /** First local day that the history holds completely. */
  readonly firstDay: number
  /** Local day after that of the last known slot. */
  readonly nextDay: number
  /** First slot that is not known. */
  readonly until: number
  /** Slots from the last known one to the next day's first, which the forecast has to do without. */
  readonly gap: number
  readonly #totals: readonly LaneTotal[]
  /** Values by (day − firstDay) · bins + bin: the mean of the slots there, and the last of them. */
  readonly #values: Float64Array
  readonly #lastSlots: Float64Array
  readonly #actuals = new Map<number, number>()
  readonly #days = new Map<number, readonly LocalSlot[]>()
  readonly #views = new Map<number, KnownLoad>()

  /**
   * @param totals - in order of time
   * @param range - not empty; slots of it without a total are lost
   */
  constructor(calendar: LocalCalendar, totals: readonly LaneTotal[], range: SlotRange) {
    this.calendar = calendar
    this.until = range.until
    this.#totals = totals
    const firstTouched = calendar.locate(range.from).day
    const startsWithin = calendar.locate(range.from - 1).day === firstTouched
    this.firstDay = firstTouched + (startsWithin ? 1 : 0)
    this.nextDay = calendar.locate(range.until - 1).day + 1
    this.gap = this.#slotsOf(this.nextDay)[0].slot - range.until
    const cells = Math.max(0, this.nextDay - this.firstDay) * calendar.bins
    const sums = new Float64Array(cells)
    const counts = new Float64Array(cells)
    this.#lastSlots = new Float64Array(cells)
    const bySlot = new Map(totals.map(total => [total.slot, total]))
    for (const { slot, day, bin } of calendar.locateAll(range.from, range.until)) {
      const total = bySlot.get(slot)
      if (!total || day < this.firstDay) continue
      const cell = (day - this.firstDay) * calendar.bins + bin
      const energy = wattHours(total.energy)
      this.#actuals.set(slot, energy)
      sums[cell] = (sums[cell] as number) + energy / total.contributors
      counts[cell] = (counts[cell] as number) + 1
      this.#lastSlots[cell] = slot
    }
    this.#values = sums.map((sum, cell) => sum / (counts[cell] as number))
  }

  /** Gives the last local day that is known to its end, lost slots aside. */
  get lastWholeDay(): number {
    return this.gap === 0 ? this.nextDay - 1 : this.nextDay - 2
  }

  /** Gives the first slot that a forecast of a day must not know: as far ahead of the day as the next day is from `until`. */
  origin(day: number): number {
    return this.#slotsOf(day)[0].slot - this.gap
  }

  /** Gives the load known when a day was to be forecast. */
  before(day: number): KnownLoad {
    const known = this.#views.get(day) ?? new KnownLoad(this, day, this.origin(day))
    this.#views.set(day, known)
    return known
  }

  /** Gives a day's slots, with their totals where they have any. */
  target(day: number): TargetSlot[] {
    return this.#slotsOf(day).map(located => ({ ...located, actual: this.#actuals.get(located.slot) }))
  }

  /** Gives the contributors of the last total before a slot; undefined where there is none. */
  contributorsBefore(slot: number): number | undefined {
    return this.#totals.findLast(total => total.slot < slot)?.contributors
  }

  /** Gives the Wh a contributor in a clock slot; NaN where it was lost, does not occur, or is not over before `origin`. */
  at(day: number, bin: number, origin: number): number {
    const cell = (day - this.firstDay) * this.calendar.bins + bin
    if (day < this.firstDay || day >= this.nextDay || (this.#lastSlots[cell] as number) >= origin) return Number.NaN
    return this.#values[cell] as number
  }

  #slotsOf(day: number): readonly [LocalSlot, ...LocalSlot[]] {
    const kept = this.#days.get(day) ?? this.calendar.slotsOf(day)
    this.#days.set(day, kept)
    // Takes the next date's start for a date without a slot, which its zone left out when it crossed the date line.
    return kept[0] ? (kept as readonly [LocalSlot, ...LocalSlot[]]) : this.#slotsOf(day + 1)
  }
}

/** The history as it was when a day was to be forecast. */
export class KnownLoad {
  readonly day: number
  readonly origin: number
  readonly bins: number
  readonly firstDay: number
  readonly slotSeconds: number
  readonly #history: LoadHistory
  readonly #worked = new Map<unknown, unknown>()

  constructor(history: LoadHistory, day: number, origin: number) {
    this.#history = history
    this.day = day
    this.origin = origin
    this.bins = history.calendar.bins
    this.firstDay = history.firstDay
    this.slotSeconds = history.calendar.slotSeconds
  }

  /** Keeps a result that was computed from this view alone, since models learn from the same earlier days again and again. */
  once<T>(key: unknown, work: () => T): T {
    if (!this.#worked.has(key)) this.#worked.set(key, work())
    return this.#worked.get(key) as T
  }

  /** Gives the Wh a contributor; NaN where that is not known. */
  at(day: number, bin: number): number {
    return this.#history.at(day, ((bin % this.bins) + this.bins) % this.bins, this.origin)
  }

  /** Gives all clock slots of a day. */
  dayOf(day: number): Float64Array {
    return Float64Array.from({ length: this.bins }, (_, bin) => this.at(day, bin))
  }

  /** Gives the lowest value known, Wh a contributor; undefined where none is. */
  lowest(): number | undefined {
    let lowest = Number.POSITIVE_INFINITY
    for (let day = this.firstDay; day < this.day; day++) {
      for (let bin = 0; bin < this.bins; bin++) {
        const value = this.at(day, bin)
        if (value < lowest) lowest = value
      }
    }
    return lowest === Number.POSITIVE_INFINITY ? undefined : lowest
  }

  typeOf(day: number): DayType {
    return this.#history.calendar.typeOf(day)
  }

  /**
   * Gives the load known when an earlier day was to be forecast, for a model to learn from.
   *
   * @throws InvalidArgumentError for a later day
   */
  before(day: number): KnownLoad {
    if (day > this.day) throw new InvalidArgumentError('day', `a day up to ${this.day}`, String(day))
    return this.#history.before(day)
  }

  /**
   * Gives the mean of each clock slot's last `most` known values on earlier days of the same type. A clock slot without
   * any takes all days' mean, and one that was never known is interpolated between its neighbours.
   */
  typicalDay(day: number, most: number): Float64Array {
    return this.once(`typical ${day} ${most}`, () => this.#typicalDay(day, most))
  }

  #typicalDay(day: number, most: number): Float64Array {
    const type = this.typeOf(day)
    const own = this.#meanDay(day, most, earlier => this.typeOf(earlier) === type)
    if (!own.some(Number.isNaN)) return own
    const all = this.#meanDay(day, Number.POSITIVE_INFINITY, () => true)
    return bridged(own.map((value, bin) => (Number.isNaN(value) ? (all[bin] as number) : value)))
  }

  #meanDay(day: number, most: number, admits: (earlier: number) => boolean): Float64Array {
    const sums = new Float64Array(this.bins)
    const counts = new Float64Array(this.bins)
    for (let earlier = day - 1; earlier >= this.firstDay; earlier--) {
      if (!admits(earlier)) continue
      let full = true
      for (let bin = 0; bin < this.bins; bin++) {
        if ((counts[bin] as number) >= most) continue
        const value = this.at(earlier, bin)
        if (!Number.isNaN(value)) {
          sums[bin] = (sums[bin] as number) + value
          counts[bin] = (counts[bin] as number) + 1
        }
        full &&= (counts[bin] as number) >= most
      }
      if (full) break
    }
    return sums.map((sum, bin) => sum / (counts[bin] as number))
  }
}

/** Replaces NaN by the straight line between the nearest known clock slots, round midnight; all NaN stays so. */
export function bridged(day: Float64Array): Float64Array {
  const bins = day.length
  if (day.every(Number.isNaN)) return day
  const nearest = (from: number, step: 1 | -1) => {
    let away = 1
    while (Number.isNaN(day[(((from + step * away) % bins) + bins) % bins])) away++
    return { away, value: day[(((from + step * away) % bins) + bins) % bins] as number }
  }
  return day.map((value, bin) => {
    if (!Number.isNaN(value)) return value
    const before = nearest(bin, -1)
    const after = nearest(bin, 1)
    return (before.value * after.away + after.value * before.away) / (before.away + after.away)
  })
}
