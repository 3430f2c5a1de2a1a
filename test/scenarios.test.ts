// Every shipped scenario comes as it expects, and where it says that readings stay hidden the oracle agrees.
import { loadScenario, shippedScenarios } from '@hushgrid/scripts/churn'
import { checkExpectations } from '@hushgrid/simulator'
import { describe, expect, it } from 'vitest'
import { watched } from './oracle/watched-simulation.ts'

describe('shipped scenarios', () => {
  it.each(shippedScenarios().map(({ name, file }) => [name, file] as const))('%s', { timeout: 60_000 }, (_, file) => {
    const { scenario, network, operations } = loadScenario(file)
    const { members, degree, collusion, dropout, recovery, minMembers, slotSeconds, lanes, name } = network
    const facts = { members, degree, collusion, dropout, recovery, minMembers, slotSeconds, lanes, name, seed: scenario.seed }
    // Members that attack are the adversary's own.
    const attackers = operations.flatMap(each =>
      each.do === 'attack' && each.by === 'members' && each.meter !== undefined ? [each.meter] : []
    )
    const { leaks, result, violations } = watched(facts, operations, scenario.slots, attackers)
    expect(checkExpectations(scenario.expect, result, leaks.length === 0)).toEqual([])
    expect(violations).toEqual([])
    expect(result.summary.wrong).toBe(0)
    expect(leaks).toEqual([])
  })
})
