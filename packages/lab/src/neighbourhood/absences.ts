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
  /** Operations that have begun and are not done. */
  readonly #underWay = new Set<HostOperation>()
  #isCollectorDown = false
  #collectorLastAway = Number.NEGATIVE_INFINITY
  #lastAttacked = Number.NEGATIVE_INFINITY

  /**
   * Notes that an operation begins, so that the slot in which it does counts.
   *
   * @returns the function to call when it is over, done or failed
   */
  begin(operation: HostOperation): () => void {
    this.#underWay.add(operation)
    return () => this.#underWay.delete(operation)
  }

  /** Notes an operation on meters that was done, in a slot. */
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
        for (const household of takenBy(operation)) this.#cutOff.add(household)
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

  #now(): Set<number> {
    return this.#down.union(this.#cutOff).union(this.#wrong)
  }

  /** Gives the households that are away in a slot, or were just before. */
  at(slot: number): { readonly meters: ReadonlySet<number>; readonly collector: boolean; readonly attacked: boolean } {
    const meters = this.#now().union(new Set([...this.#underWay].flatMap(takenBy)))
    for (const [household, last] of this.#lastAway) if (slot - last <= SHOWS_FOR) meters.add(household)
    const collector = this.#isCollectorDown || slot - this.#collectorLastAway <= SHOWS_FOR
    return { meters, collector, attacked: slot === this.#lastAttacked }
  }
}

/** Gives the households that an operation takes away. */
function takenBy(operation: HostOperation): number[] {
  switch (operation.do) {
    case 'crash':
    case 'leave':
      return [operation.household]
    case 'block':
      return [...operation.blocked].flatMap(([household, others]) => (others.length > 0 ? [household] : []))
    case 'skew':
      return operation.offsets.flatMap(([household, ms]) => (ms === 0 ? [] : [household]))
    default:
      return []
  }
}
