// Small neighbourhoods for tests of the leakage oracle, and an exhaustive search to compare it with.
import { SeededRng } from '@hushgrid/primitives'
import { LeakageOracle, type OracleRoster } from './leakage-oracle.ts'

/** A ring of n members, each the neighbour of `half` on either side; ids ascend with position unless shuffled. */
export function ring(n: number, half: number, absent: readonly number[] = [], seed = 'ring'): OracleRoster {
  const rng = new SeededRng(seed)
  const ids = Array.from({ length: n }, (_, i) => `${String(rng.below(900_000) + 100_000)}-${i}`)
  const neighbours = (index: number): number[] => {
    const others = new Set<number>()
    for (let step = 1; step <= half; step++) for (const each of [index + step, index - step]) others.add((each + n * step) % n)
    others.delete(index)
    return [...others].sort((a, b) => a - b)
  }
  return {
    hash: new Uint8Array([1]),
    n,
    minMembers: 1,
    lanes: [{ obis: 'import', support: 1 }],
    meterId: index => ids[index] as string,
    neighbours,
    isAbsent: index => absent.includes(index),
    isCut: () => false,
    canFill: () => true
  }
}

/** Positions of n members. */
export const all = (n: number): number[] => Array.from({ length: n }, (_, i) => i)

/** An oracle that has seen, in slot 7, the submissions of all present members. */
export function submitted(roster: OracleRoster, colluders: readonly number[] = [], without: readonly number[] = []): LeakageOracle {
  const oracle = new LeakageOracle(new Set(colluders.map(index => roster.meterId(index))))
  for (const index of all(roster.n)) if (!roster.isAbsent(index) && !without.includes(index)) oracle.submission(roster, 7, index)
  return oracle
}

/** The same roster with double mask. */
export const doubled = (roster: OracleRoster): OracleRoster => ({ ...roster, recovery: 2 })

/** ShareReleases of some members for the set M, in slot 7. */
export function share(oracle: LeakageOracle, roster: OracleRoster, holders: readonly number[], missing: readonly number[] = []): void {
  for (const holder of holders) {
    const owners = roster.neighbours(holder).filter(other => !roster.isAbsent(other) && !missing.includes(other))
    oracle.share(roster, 7, holder, owners)
  }
}

/** Mask releases of some members for the set M, in slot 7. */
export function release(oracle: LeakageOracle, roster: OracleRoster, from: readonly number[], missing: readonly number[]): void {
  for (const index of from) oracle.release(roster, 7, index, missing)
}

/** The meters of each leak. */
export const exposed = (oracle: LeakageOracle): string[][] => oracle.leaks().map(({ meters }) => [...meters])

/** What the adversary saw, with its unknown masks by any name. */
export interface Equation {
  readonly masks: Map<string, number>
  readonly reading: number | undefined
}

/** Whether some combination with small coefficients has no mask and one or two readings. */
export function search(equations: readonly Equation[], n: number): boolean {
  const seek = (at: number, masks: ReadonlyMap<string, number>, readings: readonly number[]): boolean => {
    const equation = equations[at]
    if (!equation) {
      const weight = readings.filter(value => value !== 0).length
      return weight > 0 && weight < 3 && [...masks.values()].every(value => value === 0)
    }
    return [0, 1, -1].some(factor => {
      if (factor === 0) return seek(at + 1, masks, readings)
      const next = new Map(masks)
      for (const [name, sign] of equation.masks) next.set(name, (next.get(name) ?? 0) + factor * sign)
      const more = [...readings]
      if (equation.reading !== undefined) more[equation.reading] = (more[equation.reading] ?? 0) + factor
      return seek(at + 1, next, more)
    })
  }
  return seek(0, new Map(), new Array(n).fill(0))
}
