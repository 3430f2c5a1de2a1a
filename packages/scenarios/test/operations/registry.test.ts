// Every operation has a file, a sentence and its steps, and is used by a shipped scenario or by the tests of plans.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parseScenario } from '../../src/file/scenario-file.ts'
import { scenarioJsonSchema } from '../../src/file/schema.ts'
import { OPERATIONS, type PlannedOperation, STEPS } from '../../src/operations/registry.ts'
import { carryOutLive, simulatePlan, whyNotLive } from '../../src/plan/carry-out.ts'
import type { LiveTarget } from '../../src/ports/live-target.ts'
import type { SimulatedTarget } from '../../src/ports/simulated-target.ts'

const ROOM = new URL('../../src/operations/', import.meta.url)
const SCENARIOS = new URL('../../../../topology/scenarios/', import.meta.url)
const shipped = readdirSync(SCENARIOS).filter(name => name.endsWith('.yaml'))
const used = new Set(
  shipped.flatMap(name => parseScenario(readFileSync(new URL(name, SCENARIOS), 'utf8'), name).operations.map(each => each.do))
)
const planned = readFileSync(new URL('../plan/plan.test.ts', import.meta.url), 'utf8')

/** A step of each kind. */
const EACH: { readonly [Name in PlannedOperation['do']]: Extract<PlannedOperation, { do: Name }> } = {
  join: { at: 1, do: 'join', meter: 10 },
  leave: { at: 1, do: 'leave', meter: 3 },
  crash: { at: 1, do: 'crash', meter: 3, phase: 'before-submitting' },
  restart: { at: 1, do: 'restart', meter: 3, journal: 'intact' },
  partition: { at: 1, do: 'partition', meters: [3] },
  heal: { at: 1, do: 'heal' },
  delay: { at: 1, do: 'delay', meters: 'all', seconds: 2 },
  loss: { at: 1, do: 'loss', meters: [3], rate: 0.5 },
  skew: { at: 1, do: 'skew', offsets: [[3, 2]] },
  'aggregator-crash': { at: 1, do: 'aggregator-crash' },
  'aggregator-restart': { at: 1, do: 'aggregator-restart' },
  'registrar-crash': { at: 1, do: 'registrar-crash' },
  'registrar-restart': { at: 1, do: 'registrar-restart' },
  attack: { at: 1, do: 'attack', by: 'aggregator', what: 'cut-off', meters: [3], slots: 1 }
}
const SIMULATED_ONLY = ['delay', 'loss', 'attack']

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
    expect(used.has(name as never) || planned.includes(`do: ${name}`)).toBe(true)
  })

  it('has each kind of step of plans', () => {
    expect([...STEPS.keys()].sort()).toEqual(Object.keys(EACH).sort())
  })

  it.each(Object.values(EACH))('does $do to simulated nodes', operation => {
    const calls: string[] = []
    simulatePlan(recorded<SimulatedTarget>(calls), [operation])
    expect(calls.length).toBeGreaterThan(0)
  })

  it.each(Object.values(EACH))('does $do to real nodes, or says in a sentence why not', async operation => {
    const calls: string[] = []
    const carriedOut = carryOutLive(recorded<LiveTarget>(calls), operation)
    if (!SIMULATED_ONLY.includes(operation.do)) {
      await carriedOut
      expect(calls).toHaveLength(1)
      expect(whyNotLive([operation])).toBeUndefined()
      return
    }
    await expect(carriedOut).rejects.toThrow(`'${operation.do}' is for the simulator`)
    expect(whyNotLive([EACH.heal, operation])).toBe(
      `'${operation.do}' at 1 is for the simulator: on real nodes a scenario may join, leave, crash, restart, partition, heal, skew and stop aggregator or registrar`
    )
  })

  it('knows that only the simulator rolls a journal back', async () => {
    const operation: PlannedOperation = { at: 1, do: 'restart', meter: 3, journal: 'rolled-back' }
    expect(whyNotLive([operation])).toMatch(/^'restart' at 1 is for the simulator: /)
    await expect(carryOutLive(recorded<LiveTarget>([]), operation)).rejects.toThrow('a rolled-back journal is for the simulator')
  })
})
