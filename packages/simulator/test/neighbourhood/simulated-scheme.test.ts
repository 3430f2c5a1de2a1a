// Schemes under the churn of scenarios: exact totals or lost slots, never another number, and the same again for a seed.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { addLanes, type LaneVector, lanesFromExactBytes, lanesToBytes, type MeterId, zeroLanes } from '@hushgrid/primitives'
import { parseScenario, planScenario } from '@hushgrid/scenarios'
import { role, SCHEMES, type Scheme, type SchemeName, type Turn } from '@hushgrid/schemes'
import { describe, expect, it } from 'vitest'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { simulateScheme } from '../../src/neighbourhood/run-scheme.ts'
import { SimulatedScheme } from '../../src/neighbourhood/simulated-scheme.ts'

const NAMES = [
  'calm-day',
  'one-join',
  'one-leave',
  'ten-joins',
  'attrition',
  'poisson',
  'flapping-meter',
  'crash-before-submitting'
] as const
const MORE = [
  'crash-after-submitting',
  'partition-and-heal',
  'aggregator-restart',
  'registrar-away',
  'clock-skew',
  'evening-storm'
] as const

/** Runs a scheme through a scenario that ships with Hushgrid. */
function shipped(scheme: SchemeName, name: string, options: Partial<NeighbourhoodOptions> = {}, most = 40) {
  const path = fileURLToPath(new URL(`../../../../topology/scenarios/${name}.yaml`, import.meta.url))
  const scenario = parseScenario(readFileSync(path, 'utf8'), `${name}.yaml`)
  const facts = { members: scenario.members, seed: name, signatures: 'stand-in', ...options } as const
  return simulateScheme(SCHEMES[scheme](), facts, { plan: planScenario(scenario), slots: Math.min(scenario.slots, most) })
}

const results = ({ slots }: ReturnType<typeof shipped>): string[] => slots.map(slot => (slot.exact ? 'exact' : slot.result))

describe('plain under the churn of scenarios', () => {
  it.each([...NAMES, ...MORE])('has exact totals: %s', name => {
    const result = shipped('plain', name)
    expect(result.violations).toEqual([])
    expect(result.evidence).toEqual([])
    expect(result.summary).toMatchObject({ wrong: 0 })
    if (name !== 'aggregator-restart') expect(result.summary.exact).toBe(result.slots.length)
  })

  it('leaves out whom it misses, and takes a member that was missing twice for absent until it is back', () => {
    const { slots, changes } = shipped('plain', 'crash-before-submitting')
    expect(slots.map(({ missing }) => missing)).toEqual([[], [], [7], [7], [7], [], [], []])
    expect(slots.map(({ members }) => members)).toEqual([50, 50, 50, 50, 50, 49, 49, 49])
    expect(changes.map(({ kind, meter, slot }) => [kind, meter, slot])).toEqual([
      ['crash', 7, 2],
      ['absent', 7, 5],
      ['return', 7, 8]
    ])
  })

  it('is the floor: a message a meter and slot', () => {
    const { counts } = shipped('plain', 'calm-day', { members: 10 }, 5)
    expect(counts.get('meter')).toMatchObject({ messages: 50, bodyBytes: 800, signatures: 50, sealed: 0 })
    expect(counts.get('aggregator')).toMatchObject({ messages: 0, verifications: 50 })
  })
})

describe('shi under churn', () => {
  it.each(['poisson', 'crash-before-submitting', 'crash-after-submitting', 'one-join', 'one-leave'])(
    'loses slots in which a meter is missing, and gives no other number: %s',
    name => {
      const result = shipped('shi', name, { members: 50 })
      expect(result.violations).toEqual([])
      expect(result.summary.wrong).toBe(0)
      for (const { result: kind, named, exact } of result.slots) {
        if (kind === 'lost') expect(named).not.toEqual([])
        else expect(exact).toBe(true)
      }
    }
  )

  it('loses what a crash takes and goes on without the member, by a new setup that it is charged for', () => {
    const result = shipped('shi', 'crash-before-submitting')
    expect(results(result)).toEqual(['exact', 'exact', 'lost', 'lost', 'lost', 'exact', 'exact', 'exact'])
    const [, absent, back] = result.changes
    // 49 keys and the aggregator's, and the announcement to all, to the one that is out as well.
    expect(absent).toMatchObject({ kind: 'absent', messages: 50 + 52 })
    expect(back).toMatchObject({ kind: 'return', messages: 51 + 52 })
    expect(result.counts.get('dealer')).toMatchObject({ sealed: 51 + 50 + 51 })
  })
})

describe('other schemes under churn', () => {
  it.each<SchemeName>(['ttp', 'kursawe-low-overhead'])('%s never gives another number', scheme => {
    const result = shipped(scheme, 'attrition', {}, 14)
    expect(result.violations).toEqual([])
    expect(result.summary.wrong).toBe(0)
    expect(result.summary.exact).toBeGreaterThan(2)
  })

  it('forms the group anew where a member was missing in the setup', () => {
    const simulated = new SimulatedScheme(SCHEMES['kursawe-low-overhead'](), { members: 8, seed: 'setup', signatures: 'stand-in' })
    // Once it is in the group, and before it hears of that.
    simulated.schedule(-1 - 3 / 16 + 0.00001, () => simulated.crash(3))
    simulated.schedule(0.5, () => simulated.restart(3, 'intact'))
    simulated.runSlots(6)
    const { slots } = simulated.result()
    expect(slots.map(({ exact, result }) => (exact ? 'exact' : result))).toEqual(['lost', 'lost', 'exact', 'exact', 'exact', 'exact'])
    expect(slots.map(({ members }) => members)).toEqual([8, 8, 8, 8, 8, 8])
  })

  it('forms the group anew with a member that has lost its journal', () => {
    const simulated = new SimulatedScheme(SCHEMES['kursawe-low-overhead'](), { members: 8, seed: 'lost', signatures: 'stand-in' })
    simulated.schedule(1.2, () => simulated.crash(3))
    simulated.schedule(1.3, () => simulated.restart(3, 'lost'))
    simulated.runSlots(6)
    const { slots, evidence } = simulated.result()
    expect(slots.map(({ exact, result }) => (exact ? 'exact' : result))).toEqual(['exact', 'exact', 'lost', 'exact', 'exact', 'exact'])
    expect(evidence).toEqual([])
  })
})

/** A scheme in which each household's device passes its meter's reading on. */
function relayed(): Scheme {
  const plain = SCHEMES.plain()
  const meterOf = ({ group, self }: Turn): MeterId[] => [...group.deviceOf].flatMap(([meter, device]) => (device === self ? [meter] : []))
  const sum = (lanes: readonly LaneVector[]): LaneVector => lanes.reduce((total, each) => addLanes(total, each), zeroLanes(2))
  return {
    ...plain,
    name: 'relayed',
    roles: {
      meter: role({
        create: () => undefined,
        rounds: {
          slot: [
            {
              run: (_, { reading }, { group, self }) =>
                reading ? { send: [{ to: group.deviceOf.get(self) as MeterId, body: lanesToBytes(reading), sealed: true }] } : {}
            }
          ]
        }
      }),
      device: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            {
              awaits: (_, turn) => meterOf(turn),
              run: (_, { from }, { group }) => ({
                send: [...from.values()].map(body => ({ to: group.parties.aggregator as MeterId, body }))
              })
            }
          ]
        }
      }),
      aggregator: role({
        create: () => undefined,
        rounds: {
          slot: [
            undefined,
            undefined,
            {
              awaits: (_, { group }) => [...group.deviceOf.values()],
              run: (_, { from }, { group }) => {
                const contributors = [...group.deviceOf].filter(([, device]) => from.has(device)).map(([meter]) => meter)
                const lanes = sum([...from.values()].map(body => lanesFromExactBytes(body, 2)))
                return { outcome: { type: 'total', contributors, lanes } }
              }
            }
          ]
        }
      })
    }
  }
}

describe('a member that loses its journal between a setup and its slot', () => {
  it('does not take part in that group a second time', () => {
    const simulated = new SimulatedScheme(SCHEMES['kursawe-low-overhead'](), { members: 8, seed: 'again', signatures: 'stand-in' })
    simulated.schedule(0.5, () => simulated.join(8))
    simulated.schedule(0.85, () => simulated.crash(3))
    simulated.schedule(0.86, () => simulated.restart(3, 'lost'))
    simulated.runSlots(5)
    const { slots, evidence, drops } = simulated.result()
    expect(evidence).toEqual([])
    expect(drops.meters).toMatchObject({ 'roster-refused': 1 })
    expect(slots.map(({ exact, result }) => (exact ? 'exact' : result))).toEqual(['exact', 'lost', 'lost', 'exact', 'exact'])
  })
})

describe('a simulated scheme with devices', () => {
  it('has them beside their meters, through joins, leaves and crashes', () => {
    const simulated = new SimulatedScheme(relayed(), { members: 6, seed: 'devices', signatures: 'stand-in' })
    simulated.schedule(0.5, () => simulated.join(6))
    simulated.schedule(1.5, () => simulated.leave(2))
    simulated.schedule(2.5, () => simulated.crash(4))
    simulated.runSlots(7)
    const { slots, drops } = simulated.result()
    expect(simulated.household(2).node.up).toBe(false)
    expect(slots.map(({ exact, members, missing }) => [exact, members, missing])).toEqual([
      [true, 6, []],
      [true, 6, []],
      [true, 7, []],
      [true, 6, [4]],
      [true, 6, [4]],
      [true, 6, [4]],
      [true, 5, []]
    ])
    expect(drops).toEqual({ meters: {}, aggregator: {}, registrar: {} })
    expect(simulated.counts().get('device')).toMatchObject({ messages: 6 + 6 + 7 + 5 + 5 + 5 + 5 })
  })
})

describe('a simulated scheme', () => {
  it('is the same again for the same seed, message by message, and another for another', () => {
    const trace = (seed: string): unknown[] => {
      const simulated = new SimulatedScheme(SCHEMES.shi(), { members: 6, seed, signatures: 'ed25519' })
      const sent: unknown[] = []
      simulated.network.onSent = ({ from, to, at, bytes }) => sent.push([from, to, at, Buffer.from(bytes).toString('hex')])
      simulated.schedule(1, () => simulated.crash(2))
      simulated.schedule(1.5, () => simulated.join(6))
      simulated.runSlots(3)
      return sent
    }
    const [one, same, other] = [trace('one'), trace('one'), trace('other')]
    expect(one.length).toBeGreaterThan(40)
    expect(same).toEqual(one)
    expect(other).not.toEqual(one)
  })
})
