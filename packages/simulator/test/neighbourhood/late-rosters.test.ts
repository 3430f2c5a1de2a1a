import type { PlannedOperation } from '@hushgrid/scenarios'
import { describe, expect, it } from 'vitest'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { type SimulationResult, simulate } from '../../src/neighbourhood/run-scenario.ts'

const FACTS: NeighbourhoodOptions = { members: 20, degree: 6, minMembers: 4, signatures: 'stand-in', seed: 'late rosters' }

const run = (plan: readonly PlannedOperation[], slots: number): SimulationResult => simulate(FACTS, plan, { slots })
const outcomes = (result: SimulationResult): string[] => result.slots.map(slot => (slot.exact ? 'exact' : slot.result))

// Both are down when the roster of epoch 1 comes out, and are up again while its first slot has not ended yet.
describe('a roster that was missed', () => {
  it('by a meter costs no slot: it does not submit under an epoch that it knows to be over, and disputes nothing', () => {
    const result = run(
      [
        { at: 2, do: 'crash', meter: 12, phase: 'after-submitting' },
        { at: 2, do: 'join', meter: 20 },
        { at: 3.3, do: 'restart', meter: 12, journal: 'intact' }
      ],
      8
    )
    expect(outcomes(result)).toEqual(new Array(8).fill('exact'))
    expect(result.faults).toEqual([])
    expect(result.slots.at(-1)?.submitted).toBe(21)
  })

  it('by the aggregator costs no slot whose submissions it was there for', () => {
    const result = run(
      [
        { at: 1, do: 'join', meter: 20 },
        { at: 1.4, do: 'aggregator-crash' },
        { at: 2.1, do: 'aggregator-restart' }
      ],
      6
    )
    expect(outcomes(result)).toEqual(new Array(6).fill('exact'))
  })

  it('with others, by a meter that was away for long, keeps it out for no longer than until the next slot', () => {
    const result = run(
      [
        { at: 2, do: 'crash', meter: 12, phase: 'after-submitting' },
        ...[1, 2, 3].map((at): PlannedOperation => ({ at, do: 'join', meter: 19 + at })),
        { at: 5.3, do: 'restart', meter: 12, journal: 'intact' }
      ],
      12
    )
    expect(outcomes(result)).toEqual(new Array(12).fill('exact'))
    expect(result.faults).toEqual([])
    expect(result.slots.at(-1)?.submitted).toBe(23)
  })
})
