import type { MeterState } from '@hushgrid/dcnet'
import { type Millis, type Slot, slotTimes } from '@hushgrid/primitives'

/**
 * The end of a meter's membership. A meter that has asked to be out is out once a roster without it is in force, and the
 * last slot before that has its result or is over; until then others count on its submissions and answers.
 */
export class Departure {
  readonly #done = Promise.withResolvers<void>()
  /** The last slot that the meter has a part in. */
  #last: number | undefined

  get done(): Promise<void> {
    return this.#done.promise
  }

  /** Looks whether a roster without the meter is known. */
  look({ book, epochs, results, config }: MeterState): void {
    const latest = book.latest?.roster
    if (latest && latest.indexOf(config.identity.id) !== undefined) return
    this.#last ??= latest && epochs.size > 0 ? latest.firstSlot - 1 : -1
    if (this.#last < 0 || results.has(this.#last as Slot)) this.#done.resolve()
  }

  /** Notes that a slot has its result. */
  result(slot: Slot): void {
    if (this.#last !== undefined && slot >= this.#last) this.#done.resolve()
  }

  /** Notes the time. */
  tick(now: Millis, slotSeconds: number): void {
    if (this.#last !== undefined && now >= slotTimes(this.#last as Slot, slotSeconds).over) this.#done.resolve()
  }
}
