// The daily profile of a neighbourhood, by type of day.
import { mean, quantileSorted } from 'simple-statistics'
import { type CalendarOptions, type DayType, LocalCalendar } from './calendar.ts'
import { laneTotals, type SlotRange, type SlotTotalRow, wattHours } from './slot-total.ts'

/**
 * Spread of values. The middle half lies from the lower to the upper quartile; between two values a quartile is
 * interpolated linearly (Hyndman and Fan, "Sample quantiles in statistical packages", 1996, definition 7).
 */
export interface Spread {
  readonly mean: number
  readonly median: number
  readonly lowerQuartile: number
  readonly upperQuartile: number
}

/** One slot of the local day, over the days of one type. */
export interface ProfileSlot {
  /** Local time of its start, for example `07:30`. */
  readonly clock: string
  /** Number of totals behind the figures. */
  readonly values: number
  /** Number of lost slots: those without a row. One whose lane is withheld is in no figure either, and not lost. */
  readonly lost: number
  /** Totals of the neighbourhood, Wh; undefined without a single value. */
  readonly total: Spread | undefined
  /** Use of a contributor, Wh: each slot's total over its own contributors. */
  readonly perContributor: Spread | undefined
}

export interface TypeProfile {
  /** Numbers of local days that the range touches, by their number of slots: 92, 96 or 100 with slots of 15 minutes. */
  readonly days: readonly { readonly slots: number; readonly days: number }[]
  readonly lost: number
  /** Slots by the clock, from 00:00 on; always as many as a day of 24 hours has. */
  readonly slots: readonly ProfileSlot[]
}

export interface DailyProfile {
  readonly range: SlotRange
  readonly working: TypeProfile
  readonly weekend: TypeProfile
}

export interface DailyProfileOptions extends CalendarOptions {
  /** OBIS code of the lane. */
  readonly lane: string
  /** Range of slots; without one, from the first row to the last. */
  readonly range?: SlotRange
}

interface Bin {
  lost: number
  readonly totals: number[]
  readonly perContributor: number[]
}

/**
 * Computes the daily profile: for each slot of the local day the mean, the median and the middle half of the
 * neighbourhood's totals, and of the use of a contributor, since a growing neighbourhood uses more without a change of
 * habits. Where the clock is turned back, both slots of the repeated hour count to the same slot of the day; where it is
 * turned forward, the hour left out is no gap (see {@link LocalCalendar}).
 *
 * @throws InvalidArgumentError for a zone or slot that there is not, or rows that contradict each other
 */
export function dailyProfile(rows: Iterable<SlotTotalRow>, options: DailyProfileOptions): DailyProfile {
  const calendar = new LocalCalendar(options)
  const all = [...rows]
  const kept = new Set(all.map(({ slot }) => slot))
  const { range, totals } = laneTotals(all, options.lane, options.range)
  const bySlot = new Map(totals.map(total => [total.slot, total]))
  const bins: Record<DayType, Bin[]> = { working: emptyBins(calendar.bins), weekend: emptyBins(calendar.bins) }
  const slotsOfDay = new Map<number, number>()
  for (const { slot, day, bin } of calendar.locateAll(range.from, range.until)) {
    slotsOfDay.set(day, (slotsOfDay.get(day) ?? 0) + 1)
    const into = bins[calendar.typeOf(day)][bin] as Bin
    const total = bySlot.get(slot)
    if (!total) {
      if (!kept.has(slot)) into.lost++
      continue
    }
    const energy = wattHours(total.energy)
    into.totals.push(energy)
    into.perContributor.push(energy / total.contributors)
  }
  // Allows for a range that begins or ends within a day.
  for (const edge of [range.from, range.until - 1]) {
    const { day } = calendar.locate(edge)
    if (slotsOfDay.has(day)) slotsOfDay.set(day, calendar.slotsOf(day).length)
  }
  const profile = (type: DayType): TypeProfile => ({
    days: lengths([...slotsOfDay].filter(([day]) => calendar.typeOf(day) === type).map(([, slots]) => slots)),
    lost: bins[type].reduce((sum, bin) => sum + bin.lost, 0),
    slots: bins[type].map((bin, i) => ({
      clock: calendar.clock(i),
      values: bin.totals.length,
      lost: bin.lost,
      total: spread(bin.totals),
      perContributor: spread(bin.perContributor)
    }))
  })
  return { range, working: profile('working'), weekend: profile('weekend') }
}

function emptyBins(count: number): Bin[] {
  return Array.from({ length: count }, () => ({ lost: 0, totals: [], perContributor: [] }))
}

function lengths(slots: readonly number[]): { slots: number; days: number }[] {
  const counts = new Map<number, number>()
  for (const length of slots) counts.set(length, (counts.get(length) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => a - b).map(([length, days]) => ({ slots: length, days }))
}

function spread(values: readonly number[]): Spread | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  return {
    mean: mean(sorted),
    median: quantileSorted(sorted, 0.5),
    lowerQuartile: quantileSorted(sorted, 0.25),
    upperQuartile: quantileSorted(sorted, 0.75)
  }
}
