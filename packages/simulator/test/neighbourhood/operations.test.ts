// What operations of a plan do to a simulated neighbourhood, and what they cost.
import { type ChangeKind, type PlannedOperation, summaryLine } from '@hushgrid/scenarios'
import { describe, expect, it } from 'vitest'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { type SimulationResult, simulate } from '../../src/neighbourhood/run-scenario.ts'

const FACTS: NeighbourhoodOptions = { members: 20, degree: 6, minMembers: 4, signatures: 'stand-in', seed: 'operations' }

function planned(plan: readonly PlannedOperation[], slots: number, facts: Partial<NeighbourhoodOptions> = {}): SimulationResult {
  const result = simulate({ ...FACTS, ...facts }, plan, { slots })
  expect(result.violations).toEqual([])
  expect(result.summary.wrong).toBe(0)
  return result
}

const outcomes = (result: SimulationResult): string[] => result.slots.map(slot => (slot.exact ? 'exact' : slot.result))
const kinds = (result: SimulationResult): [ChangeKind, number][] => result.changes.map(({ kind, meter }) => [kind, meter])

describe('a join', () => {
  it.each([20, 50, 120])('costs the newcomer and each of its neighbours one key agreement, of %i members too', members => {
    const result = planned([{ at: 1, do: 'join', meter: members }], 5, { members })
    expect(outcomes(result)).toEqual(new Array(5).fill('exact'))
    expect(kinds(result)).toEqual([['join', members]])
    const [join] = result.changes
    expect(join?.keyAgreements).toEqual({ own: 6, others: 6, again: 0 })
    expect(join?.touched).toHaveLength(7)
    expect(join?.deltaBytes).toBeLessThan(400)
    expect(result.slots.at(-1)).toMatchObject({ members: members + 1, submitted: members + 1 })
    expect(summaryLine(result.summary)).toMatch(
      /^5 slots, 1 join, 0 leaves, 0 crashes: 5 totals exact, 0 lost; a join cost 6 \+ 6 key agreements and [\d.]+ kB to all members together$/
    )
  })

  it('with nine others in the same slot shares one epoch and one roster message', () => {
    const plan = Array.from({ length: 10 }, (_, i): PlannedOperation => ({ at: 1, do: 'join', meter: 20 + i }))
    const result = planned(plan, 4)
    expect(outcomes(result)).toEqual(new Array(4).fill('exact'))
    expect(new Set(result.changes.map(change => change.epoch))).toEqual(new Set([1]))
    for (const change of result.changes) {
      expect(change).toMatchObject({ kind: 'join', changesInDelta: 10 })
      expect(change.keyAgreements.own + change.keyAgreements.others).toBeLessThanOrEqual(12)
    }
  })
})

describe('a leave', () => {
  it('loses no slot, costs its neighbours at most a degree of key agreements, and ends the process', () => {
    const result = planned([{ at: 1, do: 'leave', meter: 4 }], 6)
    expect(outcomes(result)).toEqual(new Array(6).fill('exact'))
    expect(kinds(result)).toEqual([['leave', 4]])
    const { own = 0, others = 0 } = result.changes[0]?.keyAgreements ?? {}
    expect(own).toBe(0)
    expect(others).toBeLessThanOrEqual(6)
    expect(result.slots.at(-1)).toMatchObject({ members: 19, submitted: 19 })
  })
})

describe('a crash', () => {
  it('is marked absent after a while and present again on its return, without a key agreement', () => {
    const result = planned(
      [
        { at: 1, do: 'crash', meter: 4, phase: 'before-submitting' },
        { at: 6.2, do: 'restart', meter: 4, journal: 'intact' }
      ],
      11
    )
    expect(outcomes(result)).toEqual(new Array(11).fill('exact'))
    expect(kinds(result)).toEqual([
      ['crash', 4],
      ['absent', 4],
      ['return', 4]
    ])
    for (const change of result.changes) expect(change.keyAgreements).toMatchObject({ own: 0, others: 0 })
    const [, absent] = result.changes
    const present = result.slots.map(slot => slot.present)
    expect(present[absent?.slot ?? 0]).toBe(19)
    expect(present.at(-1)).toBe(20)
    expect(result.slots.at(-1)?.submitted).toBe(20)
  })

  it('of each phase happens once, at its moment', () => {
    const result = planned(
      [
        { at: 1, do: 'crash', meter: 1, phase: 'before-submitting' },
        { at: 2, do: 'crash', meter: 2, phase: 'after-submitting' },
        { at: 0, do: 'crash', meter: 3, phase: 'while-releasing' }
      ],
      3,
      { degree: 'complete' }
    )
    expect(result.slots.map(slot => slot.submitted)).toEqual([20, 19, 18])
    // Meter 3 owed a release for meter 1.
    expect(result.slots[1]).toMatchObject({ result: 'lost', reason: 'Unanswered', named: [3] })
    expect(kinds(result).filter(([kind]) => kind === 'crash')).toEqual([
      ['crash', 1],
      ['crash', 3],
      ['crash', 2]
    ])
  })

  it('of nearly a third at once is survived on a degree for it', () => {
    const away = [1, 2, 3, 4, 5]
    const result = planned(
      [
        ...away.map((meter): PlannedOperation => ({ at: 2, do: 'crash', meter, phase: 'before-submitting' })),
        ...away.map((meter): PlannedOperation => ({ at: 8.2, do: 'restart', meter, journal: 'intact' }))
      ],
      13,
      { degree: 'complete' }
    )
    expect(result.slots.filter(slot => slot.result !== 'total').map(slot => slot.slot)).toEqual([])
    expect(result.slots[2]).toMatchObject({ missing: away, recovered: true })
    expect(result.slots.at(-1)).toMatchObject({ present: 20, submitted: 20 })
  })
})

describe('what befalls the network and the roles', () => {
  it('is done and undone as planned', () => {
    const result = planned(
      [
        { at: 1, do: 'partition', meters: [1, 2] },
        { at: 2.5, do: 'heal' },
        { at: 3, do: 'delay', meters: 'all', seconds: 4 },
        { at: 3, do: 'loss', meters: [5, 6], rate: 0.2 },
        {
          at: 4,
          do: 'skew',
          offsets: [
            [7, 9],
            [8, -9]
          ]
        },
        { at: 5.9, do: 'registrar-crash' },
        { at: 6.6, do: 'registrar-restart' },
        { at: 7.1, do: 'aggregator-crash' },
        { at: 7.15, do: 'aggregator-restart' }
      ],
      9
    )
    expect(result.slots.map(slot => slot.missing)).toEqual([[], [1, 2], [1, 2], [], [], [], [], [], []])
    expect(outcomes(result)).toEqual(new Array(9).fill('exact'))
  })

  it('gives the same result again', () => {
    const plan: PlannedOperation[] = [
      { at: 1, do: 'join', meter: 20 },
      { at: 2, do: 'crash', meter: 3, phase: 'after-submitting' },
      { at: 2.4, do: 'loss', meters: 'all', rate: 0.3 }
    ]
    expect(planned(plan, 6)).toEqual(planned(plan, 6))
  })
})

it('operations without effect are reported, those that the plan passed over and those that found a meter otherwise', () => {
  const passed = { at: 0.5, operation: 'leave', about: 9, why: 'it has left' }
  const result = planned(
    [
      { ...passed, do: 'without-effect' },
      { at: 1, do: 'leave', meter: 4 },
      { at: 1.25, do: 'leave', meter: 4 },
      { at: 1.25, do: 'restart', meter: 5, journal: 'intact' },
      { at: 1.25, do: 'join', meter: 5 },
      { at: 1.25, do: 'registrar-restart' },
      { at: 2, do: 'crash', meter: 6, phase: 'while-releasing' },
      { at: 4, do: 'crash', meter: 4, phase: 'before-submitting' },
      { at: 4.25, do: 'crash', meter: 4, phase: 'after-submitting' }
    ],
    6
  )
  expect(outcomes(result)).toEqual(new Array(6).fill('exact'))
  expect(result.withoutEffect).toEqual([
    passed,
    { at: 1.25, operation: 'leave', about: 4, why: 'it is down, or leaves already' },
    { at: 1.25, operation: 'restart', about: 5, why: 'it runs' },
    { at: 1.25, operation: 'join', about: 5, why: 'it runs' },
    { at: 1.25, operation: 'registrar-restart', about: undefined, why: 'it runs' },
    { at: 3.938, operation: 'crash', about: 4, why: 'it is down' },
    { at: 4.188, operation: 'crash', about: 4, why: 'it is down' },
    { at: 2, operation: 'crash', about: 6, why: 'it was never while-releasing' }
  ])
})

it('an operation that has its effect is not reported', () => {
  const result = planned(
    [
      { at: 1, do: 'crash', meter: 4, phase: 'before-submitting' },
      { at: 1.5, do: 'restart', meter: 4, journal: 'intact' },
      { at: 2, do: 'crash', meter: 5, phase: 'after-submitting' },
      { at: 2.5, do: 'restart', meter: 5, journal: 'intact' },
      { at: 3, do: 'join', meter: 20 },
      { at: 3.2, do: 'aggregator-crash' },
      { at: 3.3, do: 'aggregator-restart' }
    ],
    5
  )
  expect(result.withoutEffect).toEqual([])
})
