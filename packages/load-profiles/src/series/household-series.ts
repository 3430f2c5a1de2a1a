// A household's readings at the slots of a network, and readers of them.
import { checkSlotSeconds, InvalidArgumentError, type ObisCode, type Slot, slot } from '@hushgrid/primitives'

/** Value in every lane of a slot without a reading. No reading is negative, so nothing else looks like it. */
export const GAP = -(2 ** 31)
const LARGEST = 2 ** 31 - 1

/**
 * One household's readings at the network's slots: integer Wh per slot and lane, or a gap. Four bytes a slot and lane:
 * 1,000 households, four weeks, 900 s, one lane take 11 MB.
 */
export interface HouseholdSeries {
  readonly household: string
  /** The lanes that were measured, in the order of their values. */
  readonly lanes: readonly ObisCode[]
  readonly slotSeconds: number
  readonly firstSlot: Slot
  readonly slots: number
  /** `slots × lanes.length` values, the lanes of a slot side by side; {@link GAP} in each where there is no reading. */
  readonly values: Int32Array
}

/** A household's reading of one slot, Wh per lane; undefined in a gap and outside the series. */
export function readingAt(series: HouseholdSeries, at: Slot): number[] | undefined {
  const index = at - series.firstSlot
  if (index < 0 || index >= series.slots) return undefined
  const lanes = series.lanes.length
  const from = index * lanes
  if (series.values[from] === GAP) return undefined
  const out = new Array<number>(lanes)
  for (let lane = 0; lane < lanes; lane++) out[lane] = series.values[from + lane] as number
  return out
}

/** A network's lanes that a recorded home can fill: those that its source measured. */
export function measuredLanes({ lanes: measured }: HouseholdSeries, lanes: readonly ObisCode[]): readonly ObisCode[] {
  return lanes.filter(lane => measured.includes(lane))
}

/**
 * A reader of a series in the lanes of a network. A lane that the source did not measure reads 0, which the protocol needs of
 * every member; that the home cannot fill it, {@link measuredLanes} says.
 *
 * @throws InvalidArgumentError where the network has none of the series' lanes
 */
export function laneReader(series: HouseholdSeries, lanes: readonly ObisCode[]): (at: Slot) => number[] | undefined {
  const from = lanes.map(lane => series.lanes.indexOf(lane))
  if (from.every(index => index < 0)) throw new InvalidArgumentError('lanes', `one of ${series.lanes.join(', ')}`, lanes.join(', '))
  return at => {
    const reading = readingAt(series, at)
    return reading && from.map(index => (index < 0 ? 0 : (reading[index] as number)))
  }
}

/**
 * The same readings a number of slots later (or, below zero, earlier), without a copy: how a recording from 2013 is
 * played in a network of today. A multiple of the slots of a week keeps time of day and weekday.
 */
export function shiftSeries(series: HouseholdSeries, bySlots: number): HouseholdSeries {
  return { ...series, firstSlot: slot(series.firstSlot + bySlots) }
}

/** Energies of a lane, Wh per slot from `firstSlot` on, not negative; NaN in a gap. */
export interface LaneEnergies {
  readonly lane: ObisCode
  readonly firstSlot: number
  readonly energies: Float64Array
}

/** Counts the slots that have a reading in some lanes and lack one in others. */
export function partialSlots(lanes: readonly LaneEnergies[]): number {
  const from = Math.min(...lanes.map(({ firstSlot }) => firstSlot))
  const until = Math.max(...lanes.map(({ firstSlot, energies }) => firstSlot + energies.length))
  let partial = 0
  for (let at = from; at < until; at++) {
    const present = lanes.filter(({ firstSlot, energies }) => (energies[at - firstSlot] ?? Number.NaN) >= 0).length
    if (present > 0 && present < lanes.length) partial++
  }
  return partial
}

/**
 * A series from energies that are not whole Wh. The remainder of each slot is carried into the next, so that the running sum
 * of a lane stays within half a Wh of the true one; a gap starts afresh, for what was left before it is not part of what came
 * after. A slot that lacks one of the lanes is a gap. Gaps at both ends are cut off.
 *
 * @returns undefined where there is no reading at all
 * @throws InvalidArgumentError where a slot holds 2^31 Wh or more
 */
export function seriesFromEnergies(household: string, slotSeconds: number, lanes: readonly LaneEnergies[]): HouseholdSeries | undefined {
  checkSlotSeconds(slotSeconds)
  if (lanes.length === 0) return undefined
  let from = Math.max(...lanes.map(({ firstSlot }) => firstSlot))
  let until = Math.min(...lanes.map(({ firstSlot, energies }) => firstSlot + energies.length))
  const gapAt = (at: number): boolean => lanes.some(({ firstSlot, energies }) => Number.isNaN(energies[at - firstSlot] as number))
  while (from < until && gapAt(from)) from++
  while (until > from && gapAt(until - 1)) until--
  if (from >= until) return undefined
  const values = new Int32Array((until - from) * lanes.length)
  for (const [place, { firstSlot, energies }] of lanes.entries()) {
    let carried = 0
    for (let at = from; at < until; at++) {
      const index = (at - from) * lanes.length + place
      if (gapAt(at)) {
        values[index] = GAP
        carried = 0
        continue
      }
      const energy = energies[at - firstSlot] as number
      const whole = Math.floor(energy + carried + 0.5)
      if (!(whole >= 0 && whole <= LARGEST)) throw new InvalidArgumentError('reading', 'from 0 to 2^31 - 1 Wh a slot', 'one beyond it')
      carried += energy - whole
      values[index] = whole
    }
  }
  return { household, lanes: lanes.map(({ lane }) => lane), slotSeconds, firstSlot: slot(from), slots: until - from, values }
}
