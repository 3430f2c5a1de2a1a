// Pairs of runs: which runs have their readings in common, and over which slots.
import { describe, expect, it } from 'vitest'
import type { EvaluatedRun } from '../../src/record/run.ts'
import { HOUSEHOLD_CPU, pairsOf } from '../../src/values/paired-runs.ts'
import { generatedEvaluation } from '../support/generated-evaluation.ts'

const { runs } = generatedEvaluation({ contenders: ['dcnet', 'shi'], n: [10], repeats: 1, slots: 6 })
const [dcnet, shi] = runs as [EvaluatedRun, EvaluatedRun]

/** Gives a run of which a reading costs its slot's number and one. */
function counting(run: EvaluatedRun, slots: number): EvaluatedRun {
  return {
    ...run,
    slots: run.slots.slice(0, slots).map(slot => ({
      ...slot,
      roles: { meter: { ...(slot.roles.meter as NonNullable<typeof slot.roles.meter>), cpuMs: slot.submitted * (slot.index + 1) } }
    }))
  }
}

const valuesOf = (run: EvaluatedRun, reference: EvaluatedRun) =>
  pairsOf([run], [reference], HOUSEHOLD_CPU).map(({ value, reference: beside }) => [value, beside])

describe('pairs of runs', () => {
  it('are compared over the slots that both have', () => {
    expect(valuesOf(counting(shi, 6), counting(dcnet, 6))).toEqual([[3.5, 3.5]])
    expect(valuesOf(counting(shi, 6), counting(dcnet, 2))).toEqual([[1.5, 1.5]])
    const lost = counting(shi, 6)
    const slots = lost.slots.map(slot => (slot.index === 0 ? { ...slot, outcome: 'lost' as const } : slot))
    expect(valuesOf({ ...lost, slots }, counting(dcnet, 3))).toEqual([[2.5, 2.5]])
  })

  it('are none where warming up, drive or seed differ, or no slot is shared', () => {
    const reference = counting(dcnet, 6)
    expect(valuesOf({ ...counting(shi, 6), warmUpSlots: 0 }, reference)).toEqual([])
    expect(valuesOf({ ...shi, point: { ...shi.point, drive: 'live' } }, reference)).toEqual([])
    expect(valuesOf({ ...shi, seed: 'another' }, reference)).toEqual([])
    expect(valuesOf({ ...shi, slots: [] }, reference)).toEqual([])
  })
})
