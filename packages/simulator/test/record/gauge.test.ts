// What a gauge is shown of a run, and that looking on changes nothing.
import { SCHEMES } from '@hushgrid/schemes'
import { describe, expect, it } from 'vitest'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { SimulatedNeighbourhood } from '../../src/neighbourhood/simulated-neighbourhood.ts'
import { SimulatedScheme } from '../../src/neighbourhood/simulated-scheme.ts'
import { type Gauge, recordBytes } from '../../src/record/gauge.ts'

const FACTS = { members: 6, seed: 'gauge', signatures: 'stand-in' } as const
const MAKERS = {
  'the DC-net': (facts: NeighbourhoodOptions) => new SimulatedNeighbourhood(facts),
  'a scheme': (facts: NeighbourhoodOptions) => new SimulatedScheme(SCHEMES.shi(), facts)
}

class Counting implements Gauge {
  readonly steps: Record<string, number> = {}
  readonly bytes: Record<string, number> = {}
  #inside = false

  timed<Result>(role: string, run: () => Result): Result {
    expect(this.#inside).toBe(false)
    this.#inside = true
    this.steps[role] = (this.steps[role] ?? 0) + 1
    const result = run()
    this.#inside = false
    return result
  }

  kept(role: string, bytes: number): void {
    this.bytes[role] = (this.bytes[role] ?? 0) + bytes
  }
}

describe.each([
  ['the DC-net', ['registrar', 'aggregator', 'meter'], ['registrar', 'aggregator', 'meter']],
  ['a scheme', ['aggregator', 'dealer', 'meter', 'registrar'], ['aggregator', 'dealer', 'meter']]
] as const)('a gauge of %s', (name, roles, keepers) => {
  it('is shown steps and records of each role, one at a time, and changes nothing', () => {
    const gauge = new Counting()
    const run = (facts: NeighbourhoodOptions) => {
      const made = MAKERS[name](facts)
      made.runSlots(2)
      return made.result()
    }
    const shown = run({ ...FACTS, gauge })
    expect(shown).toEqual(run(FACTS))
    expect(Object.keys(gauge.steps).sort()).toEqual([...roles].sort())
    expect(Object.keys(gauge.bytes).sort()).toEqual([...keepers].sort())
    // A reading each of two slots, and the message that began the group.
    expect(gauge.steps.meter).toBeGreaterThan(6 * 3)
  })
})

it('counts the contents of a record', () => {
  expect(recordBytes({ kind: 'four', slot: 7, bytes: new Uint8Array(10), of: [{ joins: true, until: undefined }] })).toBe(4 + 8 + 10 + 1)
})
