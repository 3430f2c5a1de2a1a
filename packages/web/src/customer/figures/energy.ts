// Sums of readings for a view, which keep missing slots apart from slots of zero.
import { isQuantity, quantityOf } from '../../common/quantities.ts'
import type { Readings } from '../crypto/index.ts'

/** Readings of consecutive slots of one meter, opened. */
export interface Span {
  readonly slotSeconds: number
  readonly firstSlot: number
  readonly lanes: readonly string[]
  readonly readings: Readings
}

/** State of a slot: readings by lane, a gap that the meter declares, or nothing received. */
export type SlotState = ReadonlyMap<string, bigint> | 'gap' | 'absent'

/** Slots that are shown as one bar. */
export interface Bucket {
  /** Start, seconds since 1970; half-open. */
  readonly from: number
  readonly until: number
  readonly slots: number
  /** Number of slots with a reading. */
  readonly measured: number
  /** Number of slots that the meter signed as gaps. */
  readonly gaps: number
  /** Sum of what was measured, Wh by lane. */
  readonly wattHours: ReadonlyMap<string, bigint>
}

/** Makes a finder of the state of slots. @param spans - spans in order, without overlap */
export function slotFinder(spans: readonly Span[]): (slot: number) => SlotState {
  let last = 0
  return slot => {
    const covers = (span: Span | undefined): boolean => !!span && slot >= span.firstSlot && slot < span.firstSlot + span.readings.length
    if (!covers(spans[last])) last = spans.findIndex(covers)
    const span = spans[last]
    if (!span) return 'absent'
    const values = span.readings[slot - span.firstSlot]
    return values ? new Map(span.lanes.map((lane, i) => [lane, values[i] ?? 0n])) : 'gap'
  }
}

/**
 * Adds up slots; each belongs to the bucket that it begins in.
 *
 * @param starts - starts of the buckets, seconds, ascending
 * @param until - end of the last
 */
export function bucketsOf(spans: readonly Span[], slotSeconds: number, starts: readonly number[], until: number): Bucket[] {
  const find = slotFinder(spans)
  return starts.map((from, i) => {
    const end = starts[i + 1] ?? until
    const wattHours = new Map<string, bigint>()
    let [slots, measured, gaps] = [0, 0, 0]
    for (let slot = Math.ceil(from / slotSeconds); slot * slotSeconds < end; slot++) {
      slots++
      const state = find(slot)
      if (state === 'gap') gaps++
      if (typeof state === 'string') continue
      measured++
      for (const [lane, value] of state) wattHours.set(lane, (wattHours.get(lane) ?? 0n) + value)
    }
    return { from, until: end, slots, measured, gaps, wattHours }
  })
}

/** A run of slots without a reading. */
export interface Missing {
  readonly from: number
  readonly until: number
  readonly slots: number
  /** Reason: `gap` where the meter signed that it has none; `absent` where nothing was received. */
  readonly why: 'gap' | 'absent'
}

/** Finds the runs of slots without a reading in [from, until), seconds. */
export function missingIn(spans: readonly Span[], slotSeconds: number, from: number, until: number): Missing[] {
  const find = slotFinder(spans)
  const runs: { from: number; until: number; slots: number; why: 'gap' | 'absent' }[] = []
  for (let slot = Math.ceil(from / slotSeconds); slot * slotSeconds < until; slot++) {
    const why = find(slot)
    if (typeof why !== 'string') continue
    const start = slot * slotSeconds
    const run = runs.at(-1)
    if (run && run.why === why && run.until === start) {
      run.until = start + slotSeconds
      run.slots++
    } else runs.push({ from: start, until: start + slotSeconds, slots: 1, why })
  }
  return runs
}

/** Sums all buckets. */
export function totalOf(buckets: readonly Bucket[]): Omit<Bucket, 'from' | 'until'> {
  const wattHours = new Map<string, bigint>()
  let [slots, measured, gaps] = [0, 0, 0]
  for (const bucket of buckets) {
    slots += bucket.slots
    measured += bucket.measured
    gaps += bucket.gaps
    for (const [lane, value] of bucket.wattHours) wattHours.set(lane, (wattHours.get(lane) ?? 0n) + value)
  }
  return { slots, measured, gaps, wattHours }
}

/** Writes Wh as kWh, exact: `1,234.567`. */
export function kilowattHours(wattHours: bigint): string {
  const size = wattHours < 0n ? -wattHours : wattHours
  const whole = (size / 1000n).toString().replace(/\B(?=(\d{3})+$)/g, ',')
  return `${wattHours < 0n ? '-' : ''}${whole}.${(size % 1000n).toString().padStart(3, '0')}`
}

/** Gives the name of a lane for people. */
export function laneName(lane: string): string {
  return isQuantity(lane) ? quantityOf(lane).label : `Register ${lane}`
}
