// Rules on a machine that is too busy for its slots: their first length, whose loss a loss was, the next length, a verdict.
// They know no clock; what they go by was measured.
import { counted } from '@hushgrid/primitives'
import { type MachineLoad, othersText } from '../measures/machine-use.ts'
import { median } from '../measures/statistics.ts'

/** Part of a slot in which meters may submit after its end: 4 of 16 units (PROTOCOL.md section 3). */
const SUBMIT_SHARE = 4 / 16
/** Part of that time that the event loop may be late; what is beyond was taken from the protocol. */
const LATE_SHARE = 0.5
/** Divisor of the CPU time of forming that gives a slot's length: forming costs what twelve slots do, and a slot is to be half idle. */
const FORMING_PARTS = 6
/** Granularity of a length that the lab chooses, ms. */
const STEP = 500
/** Factor by which slots are lengthened. */
const LONGER = 2
/** Longest slot that the lab chooses by itself, ms. */
export const LONGEST_SLOT_MS = 32_000
/** Number of slots, one after the other, that lack meters for a late machine before the next are lengthened without a loss. */
export const LATE_IN_A_ROW = 2

/** Cost of forming a neighbourhood, as it was measured here. */
export interface FormingCost {
  /** CPU time of all processes, ms. */
  readonly cpuMs: number
  /** Usual lateness of the latest process: the 90th percentile of its stalls, ms. */
  readonly lagMs: number
  readonly processes: number
  readonly cores: number
}

/** What tells the machine's part in a slot. */
export interface SlotLag {
  /** Longest lateness of an event loop while the slot was collected, over all processes, ms. */
  readonly lagMs: number
  /** Real length of the slot, ms. */
  readonly slotMs: number
}

/** A slot that has no total. */
export interface Loss extends SlotLag {
  readonly reason: string
  /** Households for want of which it was lost. */
  readonly missing: readonly number[]
  /** Households whose meters somebody has taken away, cut off or set wrong on purpose. */
  readonly away: ReadonlySet<number>
  /** True where somebody has stopped the role that collects readings. */
  readonly collectorAway: boolean
  /** True where somebody attacked the slot. */
  readonly attacked: boolean
}

/** A slot as far as the length of the next ones depends on it. */
export interface PacedSlot extends SlotLag {
  /** True where it was lost because the machine was late. */
  readonly busy: boolean
  /** Number of missing meters that nobody has taken away. */
  readonly missed: number
}

/** Gives the length of the first slots: the planned one, or more where forming shows that the machine is late or slow. */
export function firstSlotMs(planned: number, { cpuMs, lagMs, processes, cores }: FormingCost): number {
  const late = lagMs / (SUBMIT_SHARE * LATE_SHARE)
  const work = cpuMs / Math.max(1, Math.min(processes, cores)) / FORMING_PARTS
  const needed = STEP * Math.round(Math.max(late, work) / STEP)
  return Math.max(planned, Math.min(needed, LONGEST_SLOT_MS))
}

/** Tells whether the machine was so late that meters cannot keep to the protocol's times. */
export function wasLate({ lagMs, slotMs }: SlotLag): boolean {
  return lagMs > LATE_SHARE * SUBMIT_SHARE * slotMs
}

/**
 * Tells whether a slot was lost because the machine was late. A loss that somebody asked for is the protocol's however late
 * the machine was: the collecting role was stopped, the slot was attacked, or just those meters are missing that were taken
 * away.
 */
export function isBusyLoss({ reason, missing, away, collectorAway, attacked, ...slot }: Loss): boolean {
  if (collectorAway || attacked || !wasLate(slot)) return false
  return !(reason === 'MembersMissing' && missing.length > 0 && missing.every(household => away.has(household)))
}

/**
 * Gives the length of the slots to come. Slots of another length than the present one do not count, so that those under way
 * at a change lead to no second one; slots are never shortened.
 */
export function nextSlotMs(slots: readonly PacedSlot[], slotMs: number): number {
  const present = slots.filter(slot => slot.slotMs === slotMs)
  const recent = present.slice(-LATE_IN_A_ROW)
  const lacking = recent.length === LATE_IN_A_ROW && recent.every(slot => wasLate(slot) && slot.missed > 0)
  if (!present.at(-1)?.busy && !lacking) return slotMs
  return Math.max(slotMs, Math.min(LONGER * slotMs, LONGEST_SLOT_MS))
}

/** Load of the machine in a run, and what follows for its figures. */
export interface LoadVerdict extends MachineLoad {
  /** Lateness of the event loop in a slot, over all slots. */
  readonly lagMs: { readonly median: number; readonly worst: number }
  readonly verdict: 'busy machine' | 'quiet machine'
  /** Reasons of a busy machine, in words; empty for a quiet one. */
  readonly reason: string
}

/** Part of the slots that may be late on a quiet machine. */
const LATE_SLOTS = 0.25

/**
 * Judges the machine by its load while some slots ran, and by what these show of it.
 *
 * @param knowsOwn - true where the load tells all of the run's programs from others; a supplier beside it is in neither
 */
export function loadVerdict(load: MachineLoad, slots: readonly (SlotLag & { readonly busy: boolean })[], knowsOwn = true): LoadVerdict {
  const lags = slots.map(({ lagMs }) => lagMs)
  const busy = slots.filter(slot => slot.busy).length
  const late = slots.filter(wasLate).length
  const first = slots[0]?.slotMs ?? 0
  const longest = Math.max(first, ...slots.map(({ slotMs }) => slotMs))
  const others = knowsOwn ? othersText(load.cores) : undefined
  const reasons = [
    ...(busy > 0 ? [`${counted(busy, 'slot')} lost for it`] : []),
    ...(longest > first ? [`slots lengthened from ${secondsText(first)} to ${secondsText(longest)}`] : []),
    ...(late > LATE_SLOTS * slots.length ? [`late in ${late} of ${counted(slots.length, 'slot')}`] : []),
    ...(others === undefined ? [] : [others])
  ]
  return {
    ...load,
    lagMs: { median: tenths(median(lags) ?? 0), worst: tenths(Math.max(0, ...lags)) },
    verdict: reasons.length > 0 ? 'busy machine' : 'quiet machine',
    reason: reasons.join(', ')
  }
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10
}

/** Writes the length of a slot: `2 s`, `1.5 s`. */
export function secondsText(ms: number): string {
  return `${Number((ms / 1000).toFixed(2))} s`
}
