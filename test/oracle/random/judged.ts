// Random scenarios are run and judged here; one that is not as it must be is kept, and replayed from then on.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { colludersInWholeSums, colludersTolerated, type RecoveryMode } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import { type Colluding, type Watched, watched } from '../watched-simulation.ts'
import { factsOf, type RandomScenario } from './parts.ts'

/** Random scenarios that a property runs for a mode; `pnpm test:long` sets more. */
const RUNS = Number(process.env.HUSHGRID_SCENARIOS ?? 100)
const SEED = process.env.HUSHGRID_SEED ?? 'thousand'
/** Longest that a run may take on a busy machine, ms. */
const PATIENCE = Math.max(90_000, RUNS * 4000)

/** Folder of what failed once. */
export const REPRODUCTIONS = fileURLToPath(new URL('../../reproductions', import.meta.url))

/** Counts of all slots of some scenarios. */
interface Tally {
  exact: number
  lost: number
  /** Slots in which colluders are within the bound for h honest readings in a sum, and for whole sums. */
  judged: number
  whole: number
}

/**
 * Tests a mode by random scenarios.
 *
 * @param words - the mode, as in "with edge release"
 */
export function testRandom(words: string, mode: RecoveryMode, scenarioOf: (seed: string) => RandomScenario): void {
  describe(`${RUNS} random scenarios ${words} (seed ${SEED})`, () => {
    it('give no wrong total, no second submission, no leak and no sum of too few (property)', { timeout: PATIENCE }, () => {
      const { exact, lost, judged, whole } = runRandom(scenarioOf, mode)
      // The scenarios must be such that a good deal is recovered and a good deal is refused, mostly within the bounds.
      expect(exact).toBeGreaterThan(2 * RUNS)
      expect(lost).toBeGreaterThan(RUNS / 2)
      expect(judged).toBeGreaterThan(4 * RUNS)
      // A quarter of the scenarios have no colluder, give or take a sixth of that in a hundred.
      expect(whole).toBeGreaterThan(RUNS)
    })
  })
}

/** Runs random scenarios. @throws Error on the first that is not as it must be */
function runRandom(scenarioOf: (seed: string) => RandomScenario, mode: RecoveryMode): Tally {
  const tally: Tally = { exact: 0, lost: 0, judged: 0, whole: 0 }
  for (let run = 0; run < RUNS; run++) {
    const seed = `${SEED} ${mode} ${run}`
    const scenario = scenarioOf(seed)
    const seen = watched(factsOf(scenario), scenario.plan, scenario.slots, scenario.colluders)
    const [problem] = problemsOf(scenario, seen)
    if (problem !== undefined) throw new Error(`${problem}; replay: ${keep(seed, scenario)}`)
    tally.exact += seen.result.summary.exact
    tally.lost += seen.result.summary.lost
    for (const rosters of seen.colluding.values()) {
      if (rosters.every(each => hidesFew(scenario, each))) tally.judged++
      if (rosters.every(each => isWhole(scenario, each))) tally.whole++
    }
  }
  return tally
}

/** Lists what must not be in a scenario: a leak, a sum of few, a wrong total, a second submission. */
export function problemsOf(scenario: RandomScenario, { leaks, thin, result, violations, colluding, first }: Watched): string[] {
  const within = (slot: number, bound: typeof isWhole): boolean => (colluding.get(slot) ?? []).every(each => bound(scenario, each))
  const lies = new Set(scenario.lies)
  return [
    ...leaks.filter(({ slot }) => within(slot, hidesFew)).map(({ slot, meters }) => `slot ${slot - first} exposes ${meters.join(', ')}`),
    ...thin
      .filter(({ slot }) => within(slot, isWhole) && !lies.has(slot - first))
      .map(
        ({ slot, kind, lane, meters, needed }) =>
          `slot ${slot - first} has a sum of ${meters.length} in ${lane}, ${needed} are needed (${kind})`
      ),
    ...violations,
    ...(result.summary.wrong > 0 ? [`${result.summary.wrong} wrong totals`] : [])
  ]
}

/** Tells whether section 7 promises h honest readings in every sum. */
function hidesFew({ facts }: RandomScenario, { neighbours, most }: Colluding): boolean {
  return facts.recovery === 'none' ? most === 0 : most <= colludersTolerated(facts.recovery ?? 'edge-release', neighbours)
}

/** Tells whether section 7 promises whole sums: with double mask while few collude, else where nobody does. */
function isWhole({ facts, colluders }: RandomScenario, { neighbours, most }: Colluding): boolean {
  if (facts.recovery !== 'double-mask') return colluders.length === 0
  return most <= (colludersInWholeSums('double-mask', neighbours) ?? -1)
}

/** Writes a scenario that failed where it is replayed from; gives the file. */
function keep(seed: string, scenario: RandomScenario): string {
  const file = `${REPRODUCTIONS}/${seed.replaceAll(' ', '-')}.json`
  writeFileSync(file, `${JSON.stringify(scenario, undefined, 2)}\n`)
  return file
}
