// The highest slots, and the load duration curve.
import { InvalidArgumentError, type Withheld } from '@hushgrid/primitives'
import { laneTotals, type SlotRange, type SlotTotalRow } from './slot-total.ts'

/** One of the highest slots of a range. */
interface PeakSlot {
  readonly slot: number
  /** Energy of the slot, Wh. */
  readonly energy: bigint
  readonly contributors: number
  /** Part of the range's energy that this slot used; undefined where the range's energy is not positive. */
  readonly share: number | undefined
}

/** The highest slots of a lane in a range, and the height of the others beside them. */
export interface Peaks {
  readonly range: SlotRange
  /** Slots, highest first; of equals the earlier first. */
  readonly peaks: readonly PeakSlot[]
  /** Energy of all slots of the range that have a total, Wh. */
  readonly energy: bigint
  /** Number of slots with a total. */
  readonly slots: number
  /** Number of slots without a total in which the lane is withheld, and the last reason. */
  readonly withheld: number
  readonly lastWithheld: Withheld | undefined
  /**
   * Mean over highest slot, at most 1: the load factor (IEC 60050, 691-10-02), over the slots with a total; undefined
   * where there is none, or the highest is not positive.
   */
  readonly loadFactor: number | undefined
}

export interface PeakOptions {
  /** OBIS code of the lane. */
  readonly lane: string
  /** Number of slots; fewer come where the range has fewer. */
  readonly count: number
  /** Range of slots; without one, from the first row to the last. */
  readonly range?: SlotRange
}

/** Orders as a load duration curve: highest first, of equals the earlier first. */
function byEnergy(a: { energy: bigint; slot: number }, b: { energy: bigint; slot: number }): number {
  if (a.energy !== b.energy) return a.energy > b.energy ? -1 : 1
  return a.slot - b.slot
}

/** Divides two energies; exact to a number's precision, however large they are. */
function quotient(part: bigint, whole: bigint): number {
  const scale = 2n ** 60n
  return Number((part * scale) / whole) / Number(scale)
}

/**
 * Finds the highest slots of a lane.
 *
 * @throws InvalidArgumentError where the count is not a whole number from 1 on, or the rows contradict each other
 */
export function peakSlots(rows: Iterable<SlotTotalRow>, options: PeakOptions): Peaks {
  if (!Number.isSafeInteger(options.count) || options.count < 1)
    throw new InvalidArgumentError('count', 'a whole number from 1 on', String(options.count))
  const { totals, ...without } = laneTotals(rows, options.lane, options.range)
  const energy = totals.reduce((sum, total) => sum + total.energy, 0n)
  const sorted = [...totals].sort(byEnergy)
  const highest = sorted[0]?.energy ?? 0n
  const share = (part: bigint) => (energy > 0n ? quotient(part, energy) : undefined)
  return {
    ...without,
    peaks: sorted.slice(0, options.count).map(total => ({ ...total, share: share(total.energy) })),
    energy,
    slots: totals.length,
    loadFactor: highest > 0n ? quotient(energy, highest * BigInt(totals.length)) : undefined
  }
}

/** A point of the load duration curve: the load was at least `energy` in this share of the slots. */
export interface DurationPoint {
  /** Share of the slots, from 0, the highest slot, to 1, all slots. */
  readonly share: number
  /** Energy of a slot, Wh. */
  readonly energy: bigint
}

export interface DurationOptions {
  readonly lane: string
  /** Number of points, evenly spread from the highest slot to the lowest: 2 or more. */
  readonly points: number
  readonly range?: SlotRange
}

/**
 * Computes the load duration curve: the range's slots from highest to lowest. Every point is a slot's own total; with as
 * many points as slots it is all of them. Lost slots are left out.
 *
 * @returns no point where the range has no total
 * @throws InvalidArgumentError where the number of points is not a whole number from 2 on, or the rows contradict each other
 */
export function loadDurationCurve(rows: Iterable<SlotTotalRow>, options: DurationOptions): DurationPoint[] {
  if (!Number.isSafeInteger(options.points) || options.points < 2)
    throw new InvalidArgumentError('points', 'a whole number from 2 on', String(options.points))
  const sorted = [...laneTotals(rows, options.lane, options.range).totals].sort(byEnergy)
  if (sorted.length === 0) return []
  return Array.from({ length: options.points }, (_, i) => {
    const share = i / (options.points - 1)
    // Takes the slot that completes this share of them: rank ceil(share · n), the first of all for a share of 0.
    const rank = Math.max(1, Math.ceil((i * sorted.length) / (options.points - 1)))
    return { share, energy: (sorted[rank - 1] as { energy: bigint }).energy }
  })
}
