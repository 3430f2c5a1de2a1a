import type { Slot } from '@hushgrid/primitives'

/** Runs of slots that are told apart; beyond that the earliest are counted as one. */
const MOST_RUNS = 1024

/**
 * Slots for which a meter may have sent a submission: those it has, and those of which its journal cannot tell. That it has
 * submitted a meter never forgets (PROTOCOL.md section 4). Slots without a submission are rare, so runs of slots are kept.
 */
export class SentSlots {
  /** Ascending, not touching. */
  readonly #runs: [first: number, last: number][] = []
  #unknownThrough = -1

  /** Notes that the journal cannot tell of any slot up to this one. */
  forgetThrough(slot: number): void {
    this.#unknownThrough = Math.max(this.#unknownThrough, slot)
  }

  /** Notes a submission; slots come in rising order. */
  add(slot: Slot): void {
    const last = this.#runs.at(-1)
    if (last && slot <= last[1]) return
    if (last?.[1] === slot - 1) last[1] = slot
    else this.#runs.push([slot, slot])
    const oldest = this.#runs.length > MOST_RUNS ? this.#runs.shift() : undefined
    if (oldest) this.forgetThrough(oldest[1])
  }

  /** Tells whether a submission for a slot may have been sent. */
  may(slot: Slot): boolean {
    return slot <= this.#unknownThrough || this.#runs.some(([first, last]) => slot >= first && slot <= last)
  }
}
