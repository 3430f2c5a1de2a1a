// An adversary that moves a meter's clock, or asks at times of its own: a rule that depended on the meter's clock could be
// switched off. With edge release, since double mask has no such rule.
import { DEFAULT_SLOT_SECONDS } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import { simulate } from '@hushgrid/simulator'
import { describe, expect, it } from 'vitest'
import { AT, attack, breaking, FACTS, SLOTS, VICTIM } from './adversary-plans.ts'
import { watched } from './watched-simulation.ts'

const UNIT_SECONDS = DEFAULT_SLOT_SECONDS / 16
/** Units by which the victim's clock is moved. */
const OFFSETS = Array.from({ length: 81 }, (_, i) => i - 40)

/** The victim's clock is moved when its submission is out, and the aggregator keeps that back. */
function movedBy(units: number): PlannedOperation[] {
  return [attack('hide-submission'), { at: AT + 0.01, do: 'skew', offsets: [[VICTIM, units * UNIT_SECONDS]] }]
}

describe('a clock that is moved after its meter has submitted', () => {
  // A clock of its own is soon right again; a shared one, as in a lab, stays moved.
  it.each(['own', 'shared'] as const)('has nothing released towards it, from −40 u to +40 u (%s clocks)', { timeout: 180_000 }, clocks => {
    for (const units of OFFSETS) {
      const { leaks, result } = watched({ ...FACTS, clocks }, movedBy(units), AT + 1)
      const { releases, reason, named } = result.slots[AT] ?? {}
      expect({ units, leaks, releases, reason, named }).toEqual({ units, leaks: [], releases: 0, reason: 'Disputed', named: [VICTIM] })
    }
  })

  it.each([-40, -20, -10, 6, 20, 40])('by %i u exposes it where it acts on requests within their window alone', units => {
    const facts = breaking({ ...FACTS, clocks: 'shared' }, ['namedAnyTime'], 'victim')
    expect(watched(facts, movedBy(units), AT + 1).leaks.length).toBeGreaterThan(0)
  })
})

describe('a clock that is slow, so that its meter is missing at the deadline and submits after it', () => {
  const slow: PlannedOperation[] = [{ at: AT - 0.5, do: 'skew', offsets: [[VICTIM, -10 * UNIT_SECONDS]] }]
  const facts = { ...FACTS, clocks: 'shared' } as const

  it('exposes nothing: who is named, and has not submitted, never does', () => {
    expect(watched(facts, slow, AT + 2).leaks).toEqual([])
  })

  it('exposes the reading where an absence is not final', () => {
    expect(watched(breaking(facts, ['absentIsFinal'], 'victim'), slow, AT + 2).leaks.length).toBeGreaterThan(0)
  })
})

describe('requests that name a meter for slots that are not there yet', () => {
  const ahead = [attack('ask-ahead', { slots: 3 })]

  it('silence it for none of them, nor do those for slots that are over', () => {
    for (const plan of [ahead, [attack('ask-late', { slots: 3 })]]) {
      const { leaks, result } = watched(FACTS, plan, SLOTS)
      expect(leaks).toEqual([])
      expect(result.slots.map(({ exact, submitted }) => [exact, submitted])).toEqual(new Array(SLOTS).fill([true, FACTS.members]))
    }
  })

  it('silence it for all of them where it takes their word for the time', () => {
    const { slots } = simulate(breaking(FACTS, ['deadlineByTime'], 'victim'), ahead, { slots: SLOTS })
    expect(slots.map(({ submitted }) => FACTS.members - submitted)).toEqual([0, 0, 0, 1, 1, 1])
  })
})
