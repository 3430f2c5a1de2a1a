import type { Slot } from '@hushgrid/primitives'

/** Runs of slots that are told apart; beyond that the earliest are counted as one. */
const MOST_RUNS = 1024

/**
 * Slots for which something was done, or may have been where a journal cannot tell: that it has submitted a meter never
 * forgets (PROTOCOL.md section 4). Nearly all slots are in it, so runs of slots are kept.
 */
export class SlotRuns {
  /** Ascending, not touching. */
  readonly #runs: [first: number, last: number][] = []
  #unknownThrough = -1

  /** Notes that the journal cannot tell of any slot up to this one. */
  forgetThrough(slot: number): void {
    this.#unknownThrough = Math.max(this.#unknownThrough, slot)
  }

  /** Notes a slot. */
  add(slot: Slot): void {
    if (this.may(slot)) return
    const at = this.#runs.findIndex(([first]) => first > slot)
    const before = this.#runs.at(at < 0 ? -1 : at - 1)
    const place = at < 0 ? this.#runs.length : at
    if (at !== 0 && before?.[1] === slot - 1) before[1] = slot
    else this.#runs.splice(place, 0, [slot, slot])
    this.#join(slot)
    const oldest = this.#runs.length > MOST_RUNS ? this.#runs.shift() : undefined
    if (oldest) this.forgetThrough(oldest[1])
  }

  /** Joins the run that a slot ends with the one that begins after it. */
  #join(slot: Slot): void {
    const at = this.#runs.findIndex(([, last]) => last === slot)
    const [run, next] = [this.#runs[at], this.#runs[at + 1]]
    if (!run || next?.[0] !== slot + 1) return
    run[1] = next[1]
    this.#runs.splice(at + 1, 1)
  }

  /** Tells whether a slot is among them, as far as can be told. */
  may(slot: Slot): boolean {
    return slot <= this.#unknownThrough || this.#runs.some(([first, last]) => slot >= first && slot <= last)
  }
}
