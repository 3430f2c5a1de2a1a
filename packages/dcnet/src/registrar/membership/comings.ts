import type { MeterId, Slot } from '@hushgrid/primitives'
import { REMEMBERED_SLOTS } from '../journal.ts'

/** Returns and new joins that a member has within the slots that count (PROTOCOL.md section 8). */
const MOST_COMINGS = 2

/** Returns and new joins of members, since successive totals tell about each who comes and goes. */
export class Comings {
  readonly #slots = new Map<MeterId, readonly Slot[]>()

  /** Notes that a member is in from a slot on. */
  note(id: MeterId, slot: Slot): void {
    this.#slots.set(id, [...(this.#slots.get(id) ?? []), slot].slice(-MOST_COMINGS))
    for (const [other, slots] of this.#slots) if ((slots.at(-1) as Slot) <= slot - REMEMBERED_SLOTS) this.#slots.delete(other)
  }

  /** Tells whether a member may be in from a slot on. */
  allows(id: MeterId, slot: Slot): boolean {
    const slots = this.#slots.get(id) ?? []
    return slots.filter(each => each > slot - REMEMBERED_SLOTS).length < MOST_COMINGS
  }
}
