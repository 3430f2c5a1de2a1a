import { InvalidArgumentError } from '../errors.ts'
import { type Millis, type Slot, slot } from '../units.ts'

/** Times of one slot in protocol milliseconds (PROTOCOL.md section 3). Ranges are half-open: [from, until). */
export interface SlotTimes {
  readonly start: Millis
  /** End E of the slot, from which on submissions may be sent. */
  readonly end: Millis
  /** Unit u: a sixteenth of a slot, rounded down; honest clocks agree within it. */
  readonly unit: number
  /** Deadline D = E + 4u, after which no submission is sent. */
  readonly deadline: Millis
  /** Close D + 8u of the slot. */
  readonly over: Millis
}

/** @throws InvalidArgumentError unless slotSeconds is a whole number from 1 to 86,400 */
export function checkSlotSeconds(slotSeconds: number): number {
  if (!Number.isInteger(slotSeconds) || slotSeconds < 1 || slotSeconds > 86_400) {
    throw new InvalidArgumentError('slotSeconds', 'whole seconds from 1 to 86400', String(slotSeconds))
  }
  return slotSeconds
}

/** Gives the slot in which a moment lies. */
export function slotAt(time: Millis, slotSeconds: number): Slot {
  return slot(Math.floor(time / (checkSlotSeconds(slotSeconds) * 1000)))
}

/**
 * Gives the end, deadline and close of a slot. Never throws: a slot that only a forged message names may lie beyond
 * exact milliseconds; its times are rounded then, and later than any clock.
 */
export function slotTimes(of: Slot, slotSeconds: number): SlotTimes {
  const length = checkSlotSeconds(slotSeconds) * 1000
  const unit = Math.floor(length / 16)
  const end = (of + 1) * length
  return {
    start: (of * length) as Millis,
    end: end as Millis,
    unit,
    deadline: (end + 4 * unit) as Millis,
    over: (end + 12 * unit) as Millis
  }
}
