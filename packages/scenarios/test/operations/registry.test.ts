// Every operation has a file, a sentence and its steps, and is used by a shipped scenario or a test.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseScenario } from '../../src/file/scenario-file.ts'
import { scenarioJsonSchema } from '../../src/file/schema.ts'
import { OPERATIONS, type PlannedOperation, type ScenarioOperation, STEPS } from '../../src/operations/registry.ts'
import { carryOutLive, simulatePlan, whyNotLive } from '../../src/plan/carry-out.ts'
import { planScenario } from '../../src/plan/plan.ts'
import type { LiveTarget } from '../../src/ports/live-target.ts'
import type { SimulatedTarget } from '../../src/ports/simulated-target.ts'

const ROOM = new URL('../../src/operations/', import.meta.url)
const SCENARIOS = new URL('../../../../topology/scenarios/', import.meta.url)
const HEAD = 'name: a\nabout: b\nseed: s\nmembers: 10\nslots: 5\noperations:\n'
const scenarios = readdirSync(SCENARIOS)
  .filter(name => name.endsWith('.yaml'))
  .map(name => parseScenario(readFileSync(new URL(name, SCENARIOS), 'utf8'), name))
/** What no shipped scenario does, and an attack that asks nothing of its target. */
const unused = ['do: loss, rate: 0.5', 'do: heal', 'do: attack, by: aggregator, what: cut-off, meters: [3]'].map(text =>
  parseScenario(`${HEAD}  - { at: 1, ${text} }\n`, 'a.yaml')
)
const used = new Set([...scenarios, ...unused].flatMap(({ operations }) => operations.map(each => each.do)))

/** A step of each kind, from the plans of the shipped scenarios and of what they do not use. */
const EACH = new Map([...scenarios, ...unused].flatMap(scenario => planScenario(scenario)).map(operation => [operation.do, operation]))

/** A port that writes down what it is told; what is scheduled happens at once. */
function recorded<Port extends object>(calls: string[]): Port {
  return new Proxy({} as Port, {
    get:
      (_, name) =>
      (...args: unknown[]) => {
        if (name === 'schedule') (args[1] as () => void)()
        else calls.push(String(name))
      }
  })
}

describe('the registry of operations', () => {
  it('lists each file of its room', () => {
    const files = readdirSync(ROOM).filter(name => name.endsWith('.ts') && name !== 'registry.ts')
    expect([...OPERATIONS.keys()].map(name => `${name}.ts`).sort()).toEqual(files.sort())
  })

  it.each([...OPERATIONS.keys()])('%s has a sentence in the JSON schema, and is used by a shipped scenario or a test', name => {
    const { properties } = scenarioJsonSchema() as {
      properties: { operations: { items: { oneOf: { description: string; properties: { do: { const: string } } }[] } } }
    }
    const described = properties.operations.items.oneOf.find(each => each.properties.do.const === name)
    expect(described?.description).toMatch(/^[A-Z].*\.$/)
    expect(used.has(name as ScenarioOperation['do'])).toBe(true)
  })

  it('has each kind of step of plans', () => {
    expect([...STEPS.keys()].sort()).toEqual([...EACH.keys()].sort())
  })

  it.each([...EACH.values()])('does $do to simulated nodes', operation => {
    const calls: string[] = []
    simulatePlan(recorded<SimulatedTarget>(calls), [operation])
    expect(calls.length).toBeGreaterThan(0)
  })

  it.each([...EACH.values()])('does $do to real nodes, or says in a sentence why not', async operation => {
    const calls: string[] = []
    const carriedOut = carryOutLive(recorded<LiveTarget>(calls), operation)
    if (STEPS.get(operation.do)?.live) {
      await carriedOut
      expect(calls).toHaveLength(1)
      return
    }
    await expect(carriedOut).rejects.toThrow(`'${operation.do}' is for the simulator`)
    expect(whyNotLive([operation])).toMatch(`'${operation.do}' at ${operation.at} is for the simulator: on real nodes a scenario may`)
  })

  it.each(['delay', 'loss', 'attack'] as const)('knows that only the simulator does %s, and what real nodes do', name => {
    const operation = EACH.get(name) as PlannedOperation
    expect(whyNotLive([EACH.get('heal') as PlannedOperation, operation])).toBe(
      `'${name}' at ${operation.at} is for the simulator: on real nodes a scenario may join, leave, crash, restart, partition, heal, skew and stop aggregator or registrar`
    )
  })

  it('knows that only the simulator rolls a journal back', async () => {
    const operation: PlannedOperation = { at: 1, do: 'restart', meter: 3, journal: 'rolled-back' }
    expect(whyNotLive([operation])).toMatch(/^'restart' at 1 is for the simulator: /)
    await expect(carryOutLive(recorded<LiveTarget>([]), operation)).rejects.toThrow('a rolled-back journal is for the simulator')
  })
})
