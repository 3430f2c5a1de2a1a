// What the tests of adversaries have in common: a neighbourhood, a victim, and attacks on it.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { HONEST, type MeterRules } from '@hushgrid/dcnet'
import type { AttackName, PlannedOperation } from '@hushgrid/scenarios'
import { type NeighbourhoodOptions, SimulatedNeighbourhood } from '@hushgrid/simulator'
import { ringOrder } from '@hushgrid/topology'
import { expect } from 'vitest'
import { watched } from './watched-simulation.ts'

export const FACTS: NeighbourhoodOptions = { members: 24, degree: 10, minMembers: 6, signatures: 'stand-in', seed: 'adversaries' }
export const VICTIM = 5
/** Slot in which an attack happens, and how many there are. */
export const AT = 2
export const SLOTS = 6

/** Random scenarios that a property runs; more with the environment variable. */
export const RUNS = Number(process.env.HUSHGRID_SCENARIOS ?? 1000)
export const SEED = process.env.HUSHGRID_SEED ?? 'thousand'

/** Where what failed once is replayed from. */
export const REPRODUCTIONS = fileURLToPath(new URL('../reproductions', import.meta.url))

export interface RandomScenario {
  readonly facts: NeighbourhoodOptions
  readonly plan: readonly PlannedOperation[]
  readonly colluders: readonly number[]
}

/** The first roster of a neighbourhood of such facts. */
export function firstRoster(facts: NeighbourhoodOptions) {
  const neighbourhood = new SimulatedNeighbourhood(facts)
  neighbourhood.runSlots(1)
  const roster = neighbourhood.registrarNode.state.book.latest?.roster
  if (!roster) throw new Error('expected a first roster')
  return { neighbourhood, roster }
}

/** Numbers of the members of the first roster in ring order, from a meter's own on. */
export function ringOf(facts: NeighbourhoodOptions, from = VICTIM): number[] {
  const { neighbourhood, roster } = firstRoster(facts)
  const ring = ringOrder(roster.ringSeed, roster.members()).map(index => neighbourhood.meterOf(roster.meterId(index)) as number)
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

/** Exact and lost totals of some random scenarios; the first that is not as it must be is kept and reported. */
export function runRandom(scenarioOf: (seed: string) => RandomScenario, seedOf: (run: number) => string): { exact: number; lost: number } {
  let exact = 0
  let lost = 0
  for (let run = 0; run < RUNS; run++) {
    const seed = seedOf(run)
    const scenario = scenarioOf(seed)
    const { leaks, result, violations } = watched(scenario.facts, scenario.plan, SLOTS, scenario.colluders)
    exact += result.summary.exact
    lost += result.summary.lost
    const problems = [
      ...leaks.map(leak => `slot ${leak.slot} exposes ${leak.meters.join(', ')}`),
      ...violations,
      ...(result.summary.wrong > 0 ? [`${result.summary.wrong} wrong totals`] : [])
    ]
    if (problems.length > 0) throw new Error(`${problems[0]}; replay: ${keep(seed, scenario)}`)
  }
  return { exact, lost }
}

/** Writes a failing scenario where it is replayed from; gives the file. */
function keep(seed: string, scenario: RandomScenario): string {
  const file = `${REPRODUCTIONS}/${seed.replaceAll(' ', '-')}.json`
  writeFileSync(file, `${JSON.stringify({ ...scenario, slots: SLOTS }, undefined, 2)}\n`)
  return file
}
