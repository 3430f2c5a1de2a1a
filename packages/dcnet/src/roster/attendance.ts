import type { MeterId, Slot } from '@hushgrid/primitives'

/** Seconds that a total counts for: the seven days of PROTOCOL.md section 8. */
const WINDOW_SECONDS = 7 * 86_400

/**
 * The contributors that totals of the last seven days had, of whom a new season keeps two thirds (PROTOCOL.md section 8).
 * Whoever cuts members off again and again would otherwise be left with those who collude. Members that have left by their
 * own signed word, or were proven at fault, since a total do not count for it, unless they are back.
 */
export class Attendance {
  readonly #window: number
  /** Totals that no later one had as many contributors as, so that contributors fall as slots rise. */
  readonly #marks: { readonly slot: Slot; readonly contributors: number }[] = []
  /** Last slot in which each member left or was proven at fault. */
  readonly #gone = new Map<MeterId, Slot>()

  constructor(slotSeconds: number) {
    this.#window = Math.ceil(WINDOW_SECONDS / slotSeconds)
  }

  /**
   * Notes the contributors of a slot.
   *
   * @returns whether no total of the window had as many, so that a journal has to keep it
   */
  note(slot: Slot, contributors: number): boolean {
    this.#forget(slot)
    while ((this.#marks.at(-1)?.contributors ?? Number.POSITIVE_INFINITY) <= contributors) this.#marks.pop()
    this.#marks.push({ slot, contributors })
    return this.#marks.length === 1
  }

  /** Notes that a member has left by its signed word, or was proven at fault. */
  goes(member: MeterId, slot: Slot): void {
    this.#gone.set(member, slot)
  }

  /** Gives the fewest members of a season that begins with such members from a slot on. */
  least(slot: Slot, isMember: (id: MeterId) => boolean): number {
    this.#forget(slot)
    const gone = [...this.#gone].filter(([id]) => !isMember(id)).map(([, at]) => at)
    let least = 0
    for (const mark of this.#marks) {
      const without = mark.contributors - gone.filter(at => at >= mark.slot).length
      least = Math.max(least, Math.ceil((2 * without) / 3))
    }
    return least
  }

  #forget(now: Slot): void {
    while (this.#marks[0] && this.#marks[0].slot < now - this.#window) this.#marks.shift()
    for (const [id, at] of this.#gone) if (at < now - this.#window) this.#gone.delete(id)
  }
}
