// Absences and attacks that somebody caused on purpose, by what was done to a neighbourhood: a slot lost for them is no fault
// of the machine.
import type { HostOperation } from '../meters/operation.ts'

/** Number of slots in which an operation that is over still shows: a meter that is back has to be taken in first. */
const SHOWS_FOR = 2

/** Keeps account of meters and a collecting role that were taken away. */
export class Absences {
  readonly #down = new Set<number>()
  readonly #cutOff = new Set<number>()
  readonly #wrong = new Set<number>()
  /** Last slot in which each household was away. */
  readonly #lastAway = new Map<number, number>()
  #isCollectorDown = false
  #collectorLastAway = Number.NEGATIVE_INFINITY
  #lastAttacked = Number.NEGATIVE_INFINITY

  /** Notes an operation on meters in a slot. */
  note(operation: HostOperation, slot: number): void {
    for (const household of this.#now()) this.#lastAway.set(household, slot)
    switch (operation.do) {
      case 'crash':
      case 'leave':
        this.#down.add(operation.household)
        break
      case 'join':
      case 'restart':
        this.#down.delete(operation.household)
        this.#lastAway.set(operation.household, slot)
        break
      case 'block':
        this.#cutOff.clear()
        for (const [household, others] of operation.blocked) if (others.length > 0) this.#cutOff.add(household)
        break
      case 'skew':
        for (const [household, ms] of operation.offsets) {
          if (ms === 0) this.#wrong.delete(household)
          else this.#wrong.add(household)
        }
        break
    }
  }

  /** Notes that the collecting role goes down or comes up. */
  collector(isUp: boolean, slot: number): void {
    this.#isCollectorDown = !isUp
    this.#collectorLastAway = slot
  }

  /** Notes an attack on a slot. */
  attack(slot: number): void {
    this.#lastAttacked = slot
  }

  #now(): ReadonlySet<number> {
    return this.#down.union(this.#cutOff).union(this.#wrong)
  }

  /** Gives the households that are away in a slot, or were just before. */
  at(slot: number): { readonly meters: ReadonlySet<number>; readonly collector: boolean; readonly attacked: boolean } {
    const meters = new Set(this.#now())
    for (const [household, last] of this.#lastAway) if (slot - last <= SHOWS_FOR) meters.add(household)
    const collector = this.#isCollectorDown || slot - this.#collectorLastAway <= SHOWS_FOR
    return { meters, collector, attacked: slot === this.#lastAttacked }
  }
}
