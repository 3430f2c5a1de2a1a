// Timing of a node's conversations with the registrar: one at a time, repeated after a pause where it failed.

/** Node, as its visits see it. */
interface Visitor {
  readonly network: { readonly now: number }
  /** Does something later, unless the process has ended by then. */
  later(delay: number, run: () => void): void
}

/** Pauses between attempts to talk to a registrar that is away, protocol ms: doubled each time, from the first to the last. */
const FIRST_PAUSE = 1000
const LONGEST_PAUSE = 60_000
/** Time after which a missed roster is asked for, ms. */
export const LOOK_AFTER = 5000

/** Gives the pause after so many failed attempts, ms. */
export function pauseAfter(failures: number): number {
  return Math.min(FIRST_PAUSE * 2 ** Math.max(0, failures - 1), LONGEST_PAUSE)
}

/** A node's conversations with the registrar, one after the other. */
export class RegistrarVisits {
  readonly #node: Visitor
  readonly #every: number
  readonly #begin: () => void
  #underWay = false
  #failures = 0
  #at = Number.NEGATIVE_INFINITY

  /**
   * @param every - least time between two requests for a missed roster, ms
   * @param begin - begins a conversation, at whose end one of `succeeded`, `failed` and `over` is called
   */
  constructor(node: Visitor, every: number, begin: () => void) {
    this.#node = node
    this.#every = every
    this.#begin = begin
  }

  /** Forgets the conversation under way: the process starts anew. */
  reset(): void {
    this.#underWay = false
    this.#failures = 0
  }

  /** Begins a conversation, unless one is under way or waits for its next attempt. */
  start(): void {
    if (this.#underWay) return
    this.#underWay = true
    this.#at = this.#node.network.now
    this.#begin()
  }

  succeeded(): void {
    this.#underWay = false
    this.#failures = 0
  }

  /** Tries again after a pause, longer each time. */
  failed(): void {
    this.#failures++
    this.#node.later(pauseAfter(this.#failures), () => {
      this.#underWay = false
      this.start()
    })
  }

  /** Ends the visit without another attempt. */
  over(): void {
    this.#underWay = false
  }

  /** Asks soon for a roster that may have been missed. */
  lookForRoster(): void {
    const { now } = this.#node.network
    if (this.#underWay || now - this.#at < this.#every) return
    this.#at = now
    this.#node.later(LOOK_AFTER, () => this.start())
  }
}
