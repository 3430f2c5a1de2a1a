// Each attack under edge release: what it gets, what it costs, and who is named.
import { HONEST } from '@hushgrid/dcnet'
import type { PlannedOperation } from '@hushgrid/scenarios'
import { describe, expect, it } from 'vitest'
import type { NeighbourhoodOptions } from '../../src/neighbourhood/config.ts'
import { type SimulationResult, simulate } from '../../src/neighbourhood/run-scenario.ts'

type Attack = Extract<PlannedOperation, { do: 'attack' }>

const FACTS: NeighbourhoodOptions = { members: 24, degree: 10, minMembers: 6, signatures: 'stand-in', seed: 'attack' }

function attacked(
  what: Attack['what'],
  options: { readonly [Name in keyof Attack]?: Attack[Name] | undefined } & {
    readonly run?: number
    readonly also?: readonly PlannedOperation[]
    readonly facts?: Partial<NeighbourhoodOptions>
  } = {}
): SimulationResult {
  const { run = 5, also = [], facts = {}, ...operation } = options
  const attack = { at: 1, do: 'attack', by: 'members', what, meter: 5, slots: 1, ...operation } as Attack
  const result = simulate({ ...FACTS, ...facts }, [attack, ...also], { slots: run })
  expect(result.violations).toEqual([])
  expect(result.summary.wrong).toBe(0)
  return result
}

const outcomes = (result: SimulationResult): string[] => result.slots.map(slot => (slot.exact ? 'exact' : slot.result))

describe('an aggregator', () => {
  it.each(['hide-submission', 'keep-from-named'] as const)('that hides a submission (%s) is disputed, and nobody releases', what => {
    const result = attacked(what)
    expect(outcomes(result)).toEqual(['exact', 'lost', 'exact', 'exact', 'exact'])
    expect(result.slots[1]).toMatchObject({ submitted: 24, reason: 'Disputed', named: [5], disputed: [5], releases: 0 })
    expect(result.slots[1]?.refused.map(({ reason }) => reason)).toEqual(new Array(10).fill('a member disputes'))
  })

  it('that hides a submission gets the masks where the members that it names do not dispute', () => {
    const result = attacked('hide-submission', { facts: { rules: meter => ({ ...HONEST, dispute: meter !== 5 }) } })
    expect(result.slots[1]).toMatchObject({ submitted: 24, missing: [5], releases: 10, recovered: true })
  })

  it('that asks one meter alone to strip itself is refused', () => {
    const result = attacked('ask-one-alone')
    expect(outcomes(result)).toEqual(new Array(5).fill('exact'))
    expect(result.slots[1]?.releases).toBe(0)
    expect(result.slots[1]?.refused).toContainEqual({ by: 5, reason: 'too few neighbours outside the request' })
  })

  it('that asks twice leaves evidence and gets nothing', () => {
    const result = attacked('ask-twice')
    expect(result.slots[1]?.releases).toBe(0)
    expect(result.evidence).toHaveLength(1)
    expect(result.evidence[0]?.against).toBe('aggregator')
    expect(result.evidence[0]?.what).toMatch(/^two requests for slot/)
    expect(result.evidence[0]?.heldBy.length).toBeGreaterThan(12)
  })

  it('that asks for a slot long over is heard by the member alone that it names, which disputes', () => {
    const result = attacked('ask-late', { at: 3 })
    expect(result.slots.map(slot => slot.releases)).toEqual([0, 0, 0, 0, 0])
    // The request and the dispute by all others; the dispute on ten neighbours' streams as well, eight times.
    expect(result.drops.meters['slot-over']).toBe(23 + 23 + 10 * 8)
  })

  it('that cuts off the honest neighbours of a meter gets no total that it would be alone in', () => {
    const result = attacked('cut-off', { meters: [], slots: 2, run: 3 })
    const [, first, second] = result.slots
    expect(first?.missing).toHaveLength(10)
    expect([first?.result, second?.result]).toEqual(['lost', 'lost'])
    expect(first?.refused).toContainEqual({ by: 5, reason: 'too few neighbours outside the request' })
  })

  it('that cuts members off gets totals without them, and they stay on the ring', () => {
    const result = attacked('cut-off', { at: 1 - 1 / 16, meter: undefined, meters: [1, 2, 3], slots: 2, run: 8 })
    expect(result.slots.slice(0, 4).map(slot => slot.missing)).toEqual([[], [1, 2, 3], [1, 2, 3], []])
    expect(result.slots.map(slot => slot.members)).toEqual(new Array(8).fill(24))
    expect(result.slots.at(-1)).toMatchObject({ present: 24, exact: true })
  })
})

describe('a registrar', () => {
  it('that signs two rosters for an epoch loses the slots of it, and both are kept as evidence', () => {
    const result = attacked('two-rosters')
    expect(outcomes(result).slice(0, 3)).toEqual(['exact', 'exact', 'exact'])
    expect(outcomes(result)[4]).toBe('lost')
    expect(result.evidence).toMatchObject([{ against: 'registrar', what: 'two rosters for epoch 1' }])
    expect(result.evidence[0]?.heldBy.length).toBeGreaterThanOrEqual(24)
  })
})

describe('a member', () => {
  it('that submits late is left out of the total', () => {
    const result = attacked('submit-late')
    expect(result.slots[1]).toMatchObject({ missing: [5], recovered: true, exact: true, releases: 10 })
    expect(result.drops.aggregator['slot-over']).toBeGreaterThan(0)
  })

  it('that replays submissions gets none of them counted', () => {
    const result = attacked('replay', { at: 2, slots: 2 })
    expect(outcomes(result)).toEqual(new Array(5).fill('exact'))
    expect(Object.values(result.drops.aggregator).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(0)
  })

  it('that disputes falsely loses the slot, which names it', () => {
    const result = attacked('dispute-falsely')
    expect(outcomes(result)).toEqual(['exact', 'lost', 'exact', 'exact', 'exact'])
    expect(result.slots[1]).toMatchObject({ reason: 'Disputed', named: [5] })
  })

  it.each([
    ['dispute-unnamed', 2],
    ['dispute-unshown', 5]
  ] as const)(
    'that has submitted and disputes all the same (%s) loses %i slots in which somebody is missing, and no more',
    (what, lost) => {
      const also = Array.from({ length: 8 }, (_, i): PlannedOperation[] => [
        { at: 1 + i, do: 'crash', meter: 6 + i, phase: 'before-submitting' },
        { at: 1.5 + i, do: 'restart', meter: 6 + i, journal: 'intact' }
      ]).flat()
      const result = attacked(what, { also, slots: 8, run: 9 })
      const without = new Array(8).fill('exact', lost).fill('lost', 0, lost)
      expect(outcomes(result)).toEqual(['exact', ...without])
      for (const slot of result.slots.slice(1, 1 + lost)) expect(slot).toMatchObject({ reason: 'Disputed', named: [5] })
      expect(result.slots.at(-1)).toMatchObject({ members: 24, present: 23, recovered: true })
    }
  )

  it('that stays silent when it owes a release loses the slot, which names it', () => {
    const also: PlannedOperation[] = [{ at: 1, do: 'crash', meter: 6, phase: 'before-submitting' }]
    const result = attacked('stay-silent', { also, run: 2, facts: { degree: 'complete' } })
    expect(result.slots[1]).toMatchObject({ missing: [6], result: 'lost', reason: 'Unanswered', named: [5], releases: 22 })
  })

  it('that floods is not read any more, and nobody else is hindered', () => {
    const result = attacked('flood')
    expect(outcomes(result)).toEqual(new Array(5).fill('exact'))
    expect(result.drops.aggregator.flood).toBe(500 - 64)
    // Its conversation with the registrar counts too.
    expect(result.drops.registrar.flood).toBeGreaterThanOrEqual(500 - 64)
  })

  it('that sends under another’s id is dropped', () => {
    const result = attacked('impersonate')
    expect(outcomes(result)).toEqual(new Array(5).fill('exact'))
    expect(result.drops.aggregator['bad-signature']).toBe(1)
  })

  it('whose journal is lost submits nothing more for a slot that it may have submitted for, and disputes, which loses that slot', () => {
    const result = attacked('journal-lost')
    expect(result.slots.map(slot => slot.submitted)).toEqual([24, 24, 23, 24, 24])
    expect(outcomes(result)).toEqual(['exact', 'exact', 'lost', 'exact', 'exact'])
    expect(result.slots[2]).toMatchObject({ reason: 'Disputed', named: [5], disputed: [5] })
  })

  it.each(['journal-lost', 'journal-rolled-back'] as const)(
    'that comes back with its journal gone (%s) disputes where its submission is hidden',
    what => {
      const also: PlannedOperation[] = [
        { at: 1, do: 'attack', by: 'aggregator', what: 'hide-submission', meter: 5, slots: 1 } as PlannedOperation
      ]
      const result = attacked(what, { also })
      expect(result.slots[1]).toMatchObject({ submitted: 24, result: 'lost', reason: 'Disputed', named: [5], releases: 0 })
    }
  )

  it('that leaves and returns gets the place that it had', () => {
    const result = attacked('leave-and-return', { run: 9 })
    expect(outcomes(result)).toEqual(new Array(9).fill('exact'))
    expect(result.changes.map(({ kind, meter }) => [kind, meter])).toEqual([
      ['leave', 5],
      ['join', 5]
    ])
    expect(result.changes[1]?.keyAgreements).toMatchObject({ own: 0, others: 0 })
  })
})
