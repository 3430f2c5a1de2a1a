// Parts that random scenarios of all modes are drawn from: membership, seasons, lanes, clocks and lines.
import { EXPORT_LANE, IMPORT_LANE, type SeededRng } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import type { NeighbourhoodOptions } from '@hushgrid/simulator'
import type { RecoveryMode } from '@hushgrid/topology'

/** Slots of a random scenario: two seasons at least, and cuts of the first lies in force for some. */
export const SLOTS = 9
/** Protocol seconds by which honest clocks may be off: half a unit each, so that two agree within one. */
const OFF_SECONDS = 28

/** Homes by what they can fill: data, since a scenario that failed is kept as JSON. */
export interface Homes {
  /** The first so many meters can feed in. */
  readonly feeding: number
  /** True where those households agree to be seen in a sum of few. */
  readonly consent: boolean
}

export interface RandomScenario {
  readonly facts: Omit<NeighbourhoodOptions, 'lanesOf'>
  readonly homes?: Homes | undefined
  readonly plan: readonly PlannedOperation[]
  readonly colluders: readonly number[]
  /** Slots, from 0, for which the aggregator may ask in more than one way. */
  readonly lies?: readonly number[] | undefined
  readonly slots: number
}

/** Gives the facts of a scenario with the lanes of its homes. */
export function factsOf({ facts, homes }: RandomScenario): NeighbourhoodOptions {
  if (!homes) return facts
  const { feeding, consent } = homes
  const fills = (meter: number) => [{ obis: IMPORT_LANE, consent: false }, ...(meter < feeding ? [{ obis: EXPORT_LANE, consent }] : [])]
  return { ...facts, lanesOf: fills }
}

/** One of a list. */
export function drawn<T>(rng: SeededRng, list: readonly T[]): T {
  return list[rng.below(list.length)] as T
}

/** A small neighbourhood: 8 to 20 members, degree 6 to 10, seasons of three slots and more, generators in some of the homes. */
export function smallNeighbourhood(rng: SeededRng, seed: string, recovery: RecoveryMode) {
  const members = 8 + rng.below(13)
  const degree = Math.min(2 * (3 + rng.below(3)), members - (members % 2))
  const facts = { members, degree, minMembers: 6, recovery, seasonSlots: 3 + rng.below(8), signatures: 'stand-in' as const, seed }
  const homes: Homes = { feeding: rng.below(members + 1), consent: rng.below(4) === 0 }
  return { facts, homes }
}

/** Moment of a step within a slot, in tenths of one. */
const within = (rng: SeededRng, slot: number, tenths: number): number => slot + 0.1 * rng.below(tenths)

const PHASES = ['before-submitting', 'after-submitting', 'while-releasing'] as const
const JOURNALS = ['intact', 'intact', 'lost', 'rolled-back'] as const

/** Joins, leaves, crashes and restarts, drawn slot by slot. */
export class Membership {
  readonly #rng: SeededRng
  readonly #members: number
  readonly #down = new Map<number, number>()
  joins = 0
  leaves = 0

  constructor(rng: SeededRng, members: number) {
    this.#rng = rng
    this.#members = members
  }

  /** @param early - true where whoever crashes has not submitted */
  inSlot(slot: number, early: boolean): PlannedOperation[] {
    const rng = this.#rng
    const plan: PlannedOperation[] = []
    for (const [meter, until] of this.#down) {
      if (slot < until) continue
      this.#down.delete(meter)
      plan.push({ at: within(rng, slot, 8), do: 'restart', meter, journal: drawn(rng, JOURNALS) })
    }
    const what = rng.below(6)
    const meter = rng.below(this.#members)
    if (what === 0) plan.push({ at: within(rng, slot, 9), do: 'join', meter: this.#members + this.joins++ })
    else if (what === 1 && !this.#down.has(meter)) {
      plan.push({ at: within(rng, slot, 9), do: 'leave', meter })
      this.#down.set(meter, Number.POSITIVE_INFINITY)
      this.leaves++
    } else if (what <= 4 && !this.#down.has(meter)) {
      plan.push({ at: slot, do: 'crash', meter, phase: early ? 'before-submitting' : drawn(rng, PHASES) })
      this.#down.set(meter, slot + 1 + rng.below(3))
    }
    return plan
  }
}

/** Clocks that are off within what honest ones may be, set once before anything is submitted, and once more. */
export function offClocks(rng: SeededRng, members: number): PlannedOperation[] {
  if (rng.below(2) === 0) return []
  return [0.6, 1.6 + rng.below(4)].map(at => ({
    at,
    do: 'skew',
    offsets: Array.from({ length: members }, (_, meter) => [meter, rng.below(2 * OFF_SECONDS + 1) - OFF_SECONDS] as const)
  }))
}

/** Some meters cut off, slow or hard to reach, from some moment of a slot on, for at most as long as the slot is open. */
export function disturbance(rng: SeededRng, slot: number, members: number): PlannedOperation[] {
  const what = rng.below(6)
  const meters = [...new Set(Array.from({ length: 1 + rng.below(4) }, () => rng.below(members)))]
  const [from, to] = [slot + 0.05 * rng.below(10), slot + 0.55 + 0.05 * rng.below(8)]
  if (what === 0)
    return [
      { at: from, do: 'partition', meters },
      { at: to, do: 'heal' }
    ]
  if (what === 1)
    return [
      { at: from, do: 'delay', meters, seconds: 1 + rng.below(100) },
      { at: to, do: 'delay', meters, seconds: 0 }
    ]
  if (what === 2)
    return [
      { at: from, do: 'loss', meters, rate: 0.1 * (1 + rng.below(9)) },
      { at: to, do: 'loss', meters, rate: 0 }
    ]
  return []
}

/** Most colluders that are drawn; rosters around whose members section 7 allows fewer are not judged. */
const MOST_COLLUDERS = 3

export function colluding(rng: SeededRng, members: number): number[] {
  return [...new Set(Array.from({ length: rng.below(MOST_COLLUDERS + 1) }, () => rng.below(members)))]
}
