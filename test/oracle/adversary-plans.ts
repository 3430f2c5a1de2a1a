// What the tests of adversaries have in common: a neighbourhood, a victim, and attacks on it.
import { HONEST, type MeterRules } from '@hushgrid/dcnet'
import type { AttackName, PlannedOperation } from '@hushgrid/scenarios'
import { type NeighbourhoodOptions, SimulatedNeighbourhood } from '@hushgrid/simulator'
import { expect } from 'vitest'
import { watched } from './watched-simulation.ts'

export const FACTS: NeighbourhoodOptions = { members: 24, degree: 10, minMembers: 6, signatures: 'stand-in', seed: 'adversaries' }
export const VICTIM = 5
/** Slot in which an attack happens, and how many there are. */
export const AT = 2
export const SLOTS = 6

/** The first roster of a neighbourhood of such facts. */
function firstRoster(facts: NeighbourhoodOptions) {
  const neighbourhood = new SimulatedNeighbourhood(facts)
  neighbourhood.runSlots(1)
  const roster = neighbourhood.registrarNode.state.book.latest?.roster
  if (!roster) throw new Error('expected a first roster')
  return { neighbourhood, roster }
}

/** Numbers of the members of the first roster in ring order, from a meter's own on. */
export function ringOf(facts: NeighbourhoodOptions, from = VICTIM): number[] {
  const { neighbourhood, roster } = firstRoster(facts)
  const ring = [...roster.ring].map(index => neighbourhood.meterOf(roster.meterId(index)) as number)
  const start = ring.indexOf(from)
  return [...ring.slice(start), ...ring.slice(0, start)]
}

/** Numbers of a meter's mask neighbours in the first roster of a neighbourhood of such facts. */
export function neighboursOf(facts: NeighbourhoodOptions, meter: number): number[] {
  const { neighbourhood, roster } = firstRoster(facts)
  const position = roster.indexOf(neighbourhood.meter(meter).id)
  if (position === undefined) throw new Error(`expected meter ${meter} in the first roster`)
  return roster.neighbours(position).map(index => neighbourhood.meterOf(roster.meterId(index)) as number)
}

export const attack = (what: AttackName, more: object = {}): PlannedOperation =>
  ({ at: AT, do: 'attack', by: 'aggregator', what, meter: VICTIM, slots: 1, ...more }) as PlannedOperation

/** Who breaks a rule: the victim, everybody else, or both. */
export type Breakers = 'victim' | 'others' | 'all'

/** Breaks some rules for the victim alone, for everybody else, or for all. */
export const breaking = (facts: NeighbourhoodOptions, rules: readonly (keyof MeterRules)[], who: Breakers): NeighbourhoodOptions => ({
  ...facts,
  rules: meter =>
    who === 'all' || (meter === VICTIM) === (who === 'victim')
      ? { ...HONEST, ...Object.fromEntries(rules.map(rule => [rule, false])) }
      : HONEST
})

/** How many combinations of too few readings come out. */
export function exposes(facts: NeighbourhoodOptions, plan: readonly PlannedOperation[], colluders: readonly number[] = []): number {
  return watched(facts, plan, SLOTS, colluders).leaks.length
}

/** Expects that no reading of an honest meter comes out, and that each slot is exact or lost with its reason. */
export function expectHarmless(facts: NeighbourhoodOptions, plan: readonly PlannedOperation[], colluders: readonly number[]): void {
  const { leaks, result, violations } = watched(facts, plan, SLOTS, colluders)
  expect(leaks).toEqual([])
  expect(violations).toEqual([])
  for (const slot of result.slots) expect(slot.exact === true || slot.reason !== undefined || slot.result === 'none').toBe(true)
}
