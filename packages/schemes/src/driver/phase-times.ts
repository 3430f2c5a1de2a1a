// When a phase begins, when its rounds are due, and when it is over.
//
// A slot's messages of round r are due at D + (r − 1)·u, and it is over at D + 8u. A group's setup is in the same times of the
// slot before its first, so that it is there when that slot ends. A join or leave works on the state that slots before it
// use, and so begins when the slot before the group's first is over, with half a unit for each round.
import { type Millis, type Slot, slotTimes } from '@hushgrid/primitives'
import type { Phase } from '../scheme.ts'

/** Rounds that have a time of their own; later ones have the last. */
const MOST_ROUNDS = 8

/** Times of a phase at one party, protocol ms. */
export interface PhaseTimes {
  /** Moment from which on rounds run. */
  readonly begins: number
  readonly over: number
  /** Gives the moment at which a round runs whoever is missing. @param round - its index, from 0 */
  due(round: number): number
}

export function phaseTimes(phase: Phase, slot: Slot, slotSeconds: number): PhaseTimes {
  const times = slotTimes((phase === 'slot' ? slot : slot - 1) as Slot, slotSeconds)
  const { unit, deadline, over } = times
  const step = (round: number): number => Math.min(Math.max(round, 1), MOST_ROUNDS) - 1
  if (phase === 'join' || phase === 'leave') {
    return { begins: over, over: over + 4 * unit, due: round => over + (round === 0 ? 0 : Math.floor(((step(round) + 1) * unit) / 2)) }
  }
  return { begins: phase === 'slot' ? times.end : 0, over, due: round => deadline + step(round) * unit }
}

/** Gives the moment from which on a slot's messages may come, and its group is no longer changed. */
export function earliestOf(slot: Slot, slotSeconds: number): Millis {
  const { end, unit } = slotTimes(slot, slotSeconds)
  return (end - unit) as Millis
}
