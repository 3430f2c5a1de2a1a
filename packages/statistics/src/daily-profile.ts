// What a day of a neighbourhood looks like, by type of day.
import { mean, quantileSorted } from 'simple-statistics'
import { type CalendarOptions, type DayType, LocalCalendar } from './calendar.ts'
import { laneTotals, type SlotRange, type SlotTotalRow, wattHours } from './slot-total.ts'

/**
 * How values are spread. The middle half lies from the lower to the upper quartile; between two values a quartile is
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
  /** Local time that it starts at, for example `07:30`. */
  readonly clock: string
  /** Totals that the figures are made of. */
  readonly values: number
  /** Slots that have no total, and are in no figure. */
  readonly lost: number
  /** Wh of the neighbourhood; undefined without a single value. */
  readonly total: Spread | undefined
  /** Wh of a contributor: of each slot, its total over its own contributors. */
  readonly perContributor: Spread | undefined
}

export interface TypeProfile {
  /** Local days that the range touches, by how many slots they have: 92, 96 or 100 of them with slots of 15 minutes. */
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
  /** Without one, from the first row to the last. */
  readonly range?: SlotRange
}

interface Bin {
  lost: number
  readonly totals: number[]
  readonly perContributor: number[]
}

/**
 * What a day looks like: for each slot of the local day the mean, the median and the middle half of the
 * neighbourhood's totals, and of what a contributor used on average, since a neighbourhood that grows uses more
 * without anybody's habits changing. Where the clock is turned back, both slots of the repeated hour count to the same
 * slot of the day; where it is turned forward, the hour left out is no gap (see {@link LocalCalendar}).
 *
 * @throws InvalidArgumentError for a zone or slot that there is not, or rows that contradict each other
 */
export function dailyProfile(rows: Iterable<SlotTotalRow>, options: DailyProfileOptions): DailyProfile {
  const calendar = new LocalCalendar(options)
  const { range, totals } = laneTotals(rows, options.lane, options.range)
  const bySlot = new Map(totals.map(total => [total.slot, total]))
  const bins: Record<DayType, Bin[]> = { working: emptyBins(calendar.bins), weekend: emptyBins(calendar.bins) }
  const slotsOfDay = new Map<number, number>()
  for (const { slot, day, bin } of calendar.locateAll(range.from, range.until)) {
    slotsOfDay.set(day, (slotsOfDay.get(day) ?? 0) + 1)
    const into = bins[calendar.typeOf(day)][bin] as Bin
    const total = bySlot.get(slot)
    if (!total) {
      into.lost++
      continue
    }
    const energy = wattHours(total.energy)
    into.totals.push(energy)
    into.perContributor.push(energy / total.contributors)
  }
  // The range may begin and end within a day.
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
