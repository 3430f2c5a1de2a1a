import { HushgridError, type ObisCode, type Slot } from '@hushgrid/primitives'

/** A customer's readings of consecutive slots, in the clear. */
export interface ReadingSpan {
  readonly slotSeconds: number
  readonly firstSlot: Slot
  readonly lanes: readonly ObisCode[]
  /** Readings, one a slot: Wh of each lane, or undefined for a gap. */
  readonly readings: readonly (readonly bigint[] | undefined)[]
}

/** A slot that was measured. */
export interface MeasuredSlot {
  readonly slot: Slot
  /** Readings of the slot: Wh of each lane. */
  readonly values: readonly bigint[]
}

/** Readings as they are written to a file: gaps left out, in order of time. */
export interface MeasuredSlots {
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly slots: readonly MeasuredSlot[]
  /** Number of slots without a reading, from the first slot of all spans to the last: gaps of the meter, and slots between spans. */
  readonly missing: number
}

/** Reports readings that do not go into one file. */
export class ReadingSpanError extends HushgridError {
  override name = 'ReadingSpanError'
}

/**
 * Joins spans.
 *
 * @param spans - spans of one meter, in any order
 * @throws ReadingSpanError where there is none, lanes or lengths of slots differ, or two cover the same slot
 */
export function measuredSlots(spans: readonly ReadingSpan[]): MeasuredSlots {
  const ordered = spans.filter(({ readings }) => readings.length > 0).toSorted((a, b) => a.firstSlot - b.firstSlot)
  const [first] = ordered
  const last = ordered.at(-1)
  if (!first || !last) throw new ReadingSpanError('readings: expected those of at least one slot, got none')
  const { slotSeconds, lanes } = first
  const slots: MeasuredSlot[] = []
  let next = first.firstSlot as number
  for (const span of ordered) {
    if (span.slotSeconds !== slotSeconds)
      throw new ReadingSpanError(`readings: expected slots of ${slotSeconds} s throughout, got some of ${span.slotSeconds} s`)
    if (span.lanes.join() !== lanes.join())
      throw new ReadingSpanError(`readings: expected lanes ${lanes.join(', ')} throughout, got ${span.lanes.join(', ')}`)
    if (span.firstSlot < next) throw new ReadingSpanError(`readings: expected each slot once, got slot ${span.firstSlot} twice`)
    next = span.firstSlot + span.readings.length
    for (const [i, values] of span.readings.entries()) {
      if (!values) continue
      if (values.length !== lanes.length)
        throw new ReadingSpanError(`slot ${span.firstSlot + i}: expected ${lanes.length} lanes, got ${values.length}`)
      slots.push({ slot: (span.firstSlot + i) as Slot, values })
    }
  }
  return { slotSeconds, lanes, slots, missing: next - first.firstSlot - slots.length }
}
