// Members that lie, fail, are cut off or were never there, over many slots: what they can lose, and that nobody honest is at
// fault for it.
import { HONEST } from '@hushgrid/dcnet'
import type { PlannedOperation } from '@hushgrid/scenarios'
import {
  applyPlan,
  type NeighbourhoodOptions,
  SimulatedNeighbourhood,
  type SimulationResult,
  simulate,
  syntheticReadings
} from '@hushgrid/simulator'
import { describe, expect, it } from 'vitest'
import { AT, attack, breaking, FACTS, neighboursOf, ringOf, VICTIM } from './adversary-plans.ts'

const MODES = ['edge-release', 'double-mask'] as const
const ALL_EXACT = (slots: number): boolean[] => new Array(slots).fill(true)

const exact = ({ slots }: Pick<SimulationResult, 'slots'>): boolean[] => slots.map(slot => slot.exact === true)

/** Runs a plan; no total may be wrong. */
function run(facts: NeighbourhoodOptions, plan: readonly PlannedOperation[], slots: number): SimulationResult {
  const result = simulate(facts, plan, { slots })
  expect(result.violations).toEqual([])
  expect(result.summary.wrong).toBe(0)
  return result
}

describe('a member that is marked absent', () => {
  const plan: PlannedOperation[] = [
    { at: 1, do: 'crash', meter: VICTIM, phase: 'before-submitting' },
    attack('dispute-while-absent', { by: 'members', at: 5, slots: 4 }),
    { at: 6, do: 'crash', meter: 11, phase: 'before-submitting' }
  ]

  it('disputes in vain: what others lack is recovered', () => {
    expect(exact(run(FACTS, plan, 9))).toEqual(ALL_EXACT(9))
  })

  it('would veto every recovery where it were heeded', () => {
    const { slots } = run(breaking(FACTS, ['absentAreMute'], 'all'), plan, 9)
    expect(slots.slice(6, 8).map(({ exact: is }) => is)).toEqual([undefined, undefined])
  })
})

describe('an honest member', () => {
  it.each(MODES)('whose line is down at two deadlines stays, and is at no fault (%s)', recovery => {
    const down = (at: number): PlannedOperation[] => [
      { at: at - 0.02, do: 'partition', meters: [VICTIM] },
      { at: at + 0.3, do: 'heal' }
    ]
    const facts: NeighbourhoodOptions = { ...FACTS, degree: 'complete', recovery }
    const { slots, faults } = run(facts, [...down(2), ...down(5)], 16)
    expect(slots.map(({ present }) => present)).toEqual(new Array(16).fill(24))
    expect(faults).toEqual([])
    // Its dispute is honest, and loses the slot with edge release.
    expect(slots.flatMap(({ exact: is }, slot) => (is ? [] : [slot]))).toEqual(recovery === 'edge-release' ? [2, 5] : [])
  })

  it.each(MODES)('that is restored from a backup, again and again, is at no fault and loses little (%s)', recovery => {
    const returns = [2, 6, 10]
    const plan = returns.map(at => attack('journal-rolled-back', { by: 'members', at }))
    const { slots, faults } = run({ ...FACTS, recovery }, plan, 14)
    // It says of the aggregator that this counts what it has not sent, as far as it knows.
    expect(faults.filter(({ who }) => who !== 'aggregator')).toEqual([])
    expect(slots.map(({ present }) => present)).toEqual(new Array(14).fill(24))
    const lost = slots.flatMap(({ exact: is }, slot) => (is ? [] : [slot]))
    if (recovery === 'double-mask') expect(lost).toEqual([])
    // The slot of its return, and the next.
    else expect(lost.every(slot => returns.some(at => slot === at || slot === at + 1))).toBe(true)
  })
})

describe('with double mask', () => {
  const facts: NeighbourhoodOptions = { ...FACTS, degree: 18, recovery: 'double-mask' }
  const SLOTS = 8

  it.each([3, 4, 5])('%i liars of the eighteen neighbours of a meter, of ids that they chose, lose no slot', count => {
    // Those with the lowest ids hold the shares that are used first.
    const neighbourhood = new SimulatedNeighbourhood(facts)
    const liars = neighboursOf(facts, VICTIM)
      .sort((a, b) => (neighbourhood.meter(a).id < neighbourhood.meter(b).id ? -1 : 1))
      .slice(0, count)
    const plan = liars.map(meter => attack('wrong-shares', { by: 'members', meter, slots: SLOTS }))
    applyPlan(neighbourhood, plan)
    const cut: number[][] = []
    neighbourhood.runSlots(SLOTS, ({ slot }) => {
      const pairs = neighbourhood.recorder.rosterOf(neighbourhood.slot(slot))?.roster.cuts ?? []
      cut.push(...pairs.map(pair => pair.map(id => neighbourhood.meterOf(id) as number)))
    })
    const result = neighbourhood.result()
    expect(exact(result)).toEqual(ALL_EXACT(SLOTS))
    expect(cut.length).toBeGreaterThan(0)
    expect(cut.filter(pair => !pair.some(meter => liars.includes(meter)))).toEqual([])
    expect([...new Set(result.faults.map(({ who }) => who))].sort()).toEqual([...liars].sort())
    // By proof: out until an operator lifts it.
    expect(result.slots.at(-1)?.present).toBe(FACTS.members - count)
  })

  it('a liar that spends its edges starts no season, and is not forgotten by the next', () => {
    const neighbourhood = new SimulatedNeighbourhood({ ...facts, seasonSlots: 12 })
    applyPlan(neighbourhood, [attack('wrong-shares', { by: 'members', slots: 20 })])
    neighbourhood.runSlots(20)
    const result = neighbourhood.result()
    expect(exact(result)).toEqual(ALL_EXACT(20))
    const roster = neighbourhood.registrarNode.state.book.latest?.roster
    expect([roster?.season, roster?.seasonFirstSlot]).toEqual([1, neighbourhood.slot(12)])
    expect([roster?.n, roster?.indexOf(neighbourhood.meter(VICTIM).id)]).toEqual([FACTS.members - 1, undefined])
  })
})

describe('members who are replaced, one after the other', () => {
  it.each(MODES)('all of them over three seasons lose no slot (%s)', recovery => {
    const members = 24
    const facts: NeighbourhoodOptions = { ...FACTS, members, degree: 'auto', recovery, seasonSlots: 24 }
    const plan: PlannedOperation[] = Array.from({ length: members }, (_, old) => [
      { at: 2 + 3 * old, do: 'join', meter: members + old } as const,
      { at: 3 + 3 * old, do: 'crash', meter: old, phase: 'before-submitting' } as const
    ]).flat()
    const slots = 3 * members + 8
    const result = run(facts, plan, slots)
    expect(exact(result)).toEqual(ALL_EXACT(slots))
    expect(result.slots.at(-1)).toMatchObject({ present: members, submitted: members })
  })
})

describe('thirty invented meters that answer the registrar and never submit', () => {
  it.each(MODES)('keep the ten honest ones from going on for sixteen slots at most, three times in all (%s)', recovery => {
    const readings = syntheticReadings('invented', 2)
    const facts: NeighbourhoodOptions = {
      ...{ ...FACTS, members: 40, degree: 14, recovery, seasonSlots: 24 },
      readings: (meter, slot) => (meter < 10 ? readings(meter, slot) : undefined)
    }
    const totals = exact(run(facts, [], 72))
    expect(totals.indexOf(true)).toBeLessThanOrEqual(16)
    // They ask to be in again: at once, after sixteen slots, after 96.
    const interrupted = totals.flatMap((is, slot) => (totals[slot - 1] && !is ? [slot] : []))
    expect(interrupted.length).toBeLessThanOrEqual(2)
    for (const from of interrupted) expect(totals.indexOf(true, from) - from).toBeLessThanOrEqual(16)
    expect(totals.slice(48)).toEqual(ALL_EXACT(24))
  })
})

describe('a third of the members, cut off before each season begins', () => {
  it.each(MODES)(
    'and then of those that are left, let none begin with less than two thirds, and all are back in the end (%s)',
    recovery => {
      const SEASON = 8
      const facts: NeighbourhoodOptions = { ...FACTS, members: 30, degree: 14, recovery, seasonSlots: SEASON }
      const neighbourhood = new SimulatedNeighbourhood(facts)
      const left = ringOf(facts)
      const cuts = [1, 2, 3].map((season): PlannedOperation => {
        const meters = left.splice(0, Math.floor(left.length / 3))
        return { at: season * SEASON - 4.02, do: 'partition', meters }
      })
      applyPlan(neighbourhood, [...cuts, { at: 4 * SEASON, do: 'heal' }])
      const seasons = new Map<number, number>()
      neighbourhood.runSlots(7 * SEASON, ({ slot }) => {
        const roster = neighbourhood.recorder.rosterOf(neighbourhood.slot(slot))?.roster
        if (roster && !seasons.has(roster.season)) seasons.set(roster.season, roster.n)
      })
      expect(neighbourhood.recorder.violations).toEqual([])
      expect([...seasons.values()].slice(0, 2)).toEqual([30, 20])
      expect(Math.min(...seasons.values())).toBe(20)
      expect(neighbourhood.result().slots.at(-1)).toMatchObject({ exact: true, present: 30 })
    }
  )
})

describe('a network that is overloaded', () => {
  const facts: NeighbourhoodOptions = { ...FACTS, members: 100, degree: 'auto' }
  /** Everything takes longer than the time from a slot's end to its deadline, for some slots. */
  const slow: PlannedOperation[] = [
    { at: 3, do: 'delay', meters: 'all', seconds: 400 },
    { at: 6, do: 'delay', meters: 'all', seconds: 0 }
  ]
  /** Six in ten stand still. */
  const still: PlannedOperation[] = [
    { at: 2.98, do: 'partition', meters: Array.from({ length: 60 }, (_, meter) => meter) },
    { at: 5.9, do: 'heal' }
  ]

  it.each(MODES)('while a season begins has all its members and exact totals ten slots later, in a later season (%s)', recovery => {
    for (const seasonSlots of [4, 5, 6, 7, 8]) {
      const { slots, changes } = run({ ...facts, members: 40, recovery, seasonSlots }, slow, 18)
      expect(slots.slice(16).map(({ exact: is, submitted }) => [seasonSlots, is, submitted])).toEqual(
        new Array(2).fill([seasonSlots, true, 40])
      )
      expect(changes.filter(({ kind }) => kind !== 'join')).toEqual([])
    }
  })

  it.each(MODES.flatMap(recovery => [['slow', recovery, slow] as const, ['standing still', recovery, still] as const]))(
    'for three slots, %s, has all its members and exact totals ten slots later (%s)',
    (_, recovery, plan) => {
      const { slots } = run({ ...facts, recovery }, plan, 18)
      expect(slots.slice(3, 6).some(({ exact: is }) => !is)).toBe(true)
      // Nobody is marked absent for it.
      expect(Math.min(...slots.map(({ present }) => present))).toBe(100)
      expect(slots.slice(13).map(({ exact: is, submitted }) => [is, submitted])).toEqual(new Array(5).fill([true, 100]))
    }
  )
})

describe('a member that submits 2^40', () => {
  const readings = syntheticReadings('much', 2)
  const much = (rule: boolean): NeighbourhoodOptions => ({
    ...FACTS,
    readings: (meter, slot) => {
      const reading = readings(meter, slot)
      if (reading && meter === VICTIM && slot % 4 === 2) reading[0] = 1n << 40n
      return reading
    },
    rules: meter => ({ ...HONEST, maxReading: rule || meter !== VICTIM })
  })

  it.each(MODES)('makes no wrong total: the slot is implausible, and the others are exact (%s)', recovery => {
    const { slots } = simulate({ ...much(false), recovery }, [], { slots: 8 })
    expect(slots.filter(({ exact: is }) => !is).map(({ slot, reason }) => [slot % 4, reason])).toEqual([
      [AT, 'Implausible'],
      [AT, 'Implausible']
    ])
  })

  it.each(MODES)('has a gap at its own meter as long as that keeps the rule (%s)', recovery => {
    const { slots, summary } = simulate({ ...much(true), recovery }, [], { slots: 8 })
    expect(summary.exact).toBe(8)
    expect(slots.flatMap(({ slot, missing }) => (missing.length > 0 ? [[slot % 4, missing]] : []))).toEqual([
      [AT, [VICTIM]],
      [AT, [VICTIM]]
    ])
  })
})
