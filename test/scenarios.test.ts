// Every shipped scenario comes as it expects, and where it says that readings stay hidden the oracle agrees: as its network
// recovers, and again with double mask.
import { homesOf, loadScenario, shippedScenarios } from '@hushgrid/lab'
import { checkExpectations, expectationsFor } from '@hushgrid/scenarios'
import { describe, expect, it } from 'vitest'
import { watched } from './oracle/watched-simulation.ts'

const SCENARIOS = shippedScenarios().map(({ name, file }) => {
  const { network } = loadScenario(file)
  return { name, file, own: network.recovery, members: network.members }
})
/** Larger ones take most of a minute with double mask. */
const MOST_MEMBERS = 100
const RUNS = [
  ['as they are', undefined, SCENARIOS],
  ['with double mask', 'double-mask', SCENARIOS.filter(({ own, members }) => own !== 'double-mask' && members <= MOST_MEMBERS)]
] as const

describe.each(RUNS)('shipped scenarios, %s', (_, mode, scenarios) => {
  it.each(scenarios)('$name', { timeout: 60_000 }, ({ file }) => {
    const { scenario, network, operations } = loadScenario(file, { recovery: mode })
    // Members that attack are the adversary's own.
    const attackers = operations.flatMap(each =>
      each.do === 'attack' && each.by === 'members' && each.meter !== undefined ? [each.meter] : []
    )
    const { leaks, thin, result, violations } = watched(
      homesOf({ network, seed: scenario.seed, operations }),
      operations,
      scenario.slots,
      attackers
    )
    expect(checkExpectations(expectationsFor(scenario, network.recovery), result, leaks.length === 0)).toEqual([])
    expect(violations).toEqual([])
    expect(result.summary.wrong).toBe(0)
    expect(leaks).toEqual([])
    expect(thin).toEqual([])
  })
})
