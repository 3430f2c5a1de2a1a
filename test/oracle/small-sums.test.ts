// Sums of few: members in a row that missing ones part from the rest of the ring, and lanes that few can fill. The oracle
// decides, and finds each of them once the rule against it is switched off.
import { EXPORT_LANE, IMPORT_LANE, type ObisCode } from '@hushgrid/primitives'
import type { PlannedOperation } from '@hushgrid/scenarios'
import type { NeighbourhoodOptions } from '@hushgrid/simulator'
import { describe, expect, it } from 'vitest'
import { AT, attack, breaking, FACTS, ringOf } from './adversary-plans.ts'
import { watched } from './watched-simulation.ts'

const MODES = ['edge-release', 'double-mask'] as const
const DEGREES = [4, 8, 14] as const

/** Members of the sums of too few that come out, each once, by what they are too few for. */
function few(facts: NeighbourhoodOptions, plan: readonly PlannedOperation[]): string[] {
  const { leaks, thin, result } = watched(facts, plan, AT + 2)
  expect(leaks).toEqual([])
  expect(result.summary.wrong).toBe(0)
  return [...new Set(thin.map(({ meters, kind, lane }) => `${meters.length} ${kind === 'members' ? 'members' : `in ${lane}`}`))]
}

describe('missing members in a row', () => {
  /**
   * Forty members, and those missing, half the degree on each side, who part a row from the rest: of one fewer than a sum must
   * have, and of more than half the degree.
   */
  const scene = (degree: number) => {
    const minMembers = Math.max(6, degree / 2 + 2)
    const facts: NeighbourhoodOptions = { ...FACTS, members: 40, degree, minMembers }
    const ring = ringOf(facts)
    const length = minMembers - 1
    const missing = [...ring.slice(length, length + degree / 2), ...ring.slice(-degree / 2)]
    return { facts, length, missing }
  }
  const away = (missing: readonly number[]): PlannedOperation[] =>
    missing.map(meter => ({ at: AT, do: 'crash', meter, phase: 'before-submitting' }))

  it.each(MODES.flatMap(recovery => DEGREES.map(degree => [recovery, degree] as const)))(
    'with %s and degree %i leave no sum below minMembers, whether the aggregator asks for it or not',
    (recovery, degree) => {
      const { facts, missing } = scene(degree)
      for (const plan of [away(missing), [...away(missing), attack('ask-despite-components', { meters: missing })]])
        expect(few({ ...facts, recovery }, plan)).toEqual([])
    }
  )

  it.each(DEGREES)('with edge release and degree %i would: the rule on whole components alone is in the way', degree => {
    const { facts, length, missing } = scene(degree)
    const plan = [...away(missing), attack('ask-despite-components', { meters: missing })]
    expect(few(breaking(facts, ['wholeComponents'], 'all'), plan)).toContain(`${length} members`)
  })

  it.each(DEGREES)(
    'with double mask and degree %i would, where they are there and give shares: three rules are in the way, each enough',
    degree => {
      const { facts, length, missing } = scene(degree)
      const masked: NeighbourhoodOptions = { ...facts, recovery: 'double-mask' }
      const plan = [attack('ask-despite-components', { meters: missing })]
      const rules = ['wholeComponents', 'enoughNeighbours', 'wordsOfNeighbours'] as const
      expect(few(breaking(masked, rules, 'all'), plan)).toContain(`${length} members`)
      for (const kept of rules) {
        const others = rules.filter(rule => rule !== kept)
        expect([kept, few(breaking(masked, others, 'all'), plan)]).toEqual([kept, []])
      }
    }
  )
})

describe('a lane that some homes can fill', () => {
  /** The first so many meters can feed in. */
  const homes =
    (feeding: number, consent = false) =>
    (meter: number): { obis: ObisCode; consent: boolean }[] => [
      { obis: IMPORT_LANE, consent: false },
      ...(meter < feeding ? [{ obis: EXPORT_LANE, consent }] : [])
    ]
  const away: PlannedOperation[] = [0, 1].map(meter => ({ at: AT, do: 'crash', meter, phase: 'before-submitting' }))

  it.each(MODES)('is in no total while fewer than its support can fill it (%s)', recovery => {
    // Five of 24 are too few for a roster, six of 24 while two of them are missing for a slot.
    for (const [feeding, plan] of [
      [1, []],
      [5, []],
      [7, away],
      [6, away]
    ] as const)
      expect(few({ ...FACTS, recovery, lanesOf: homes(feeding) }, plan)).toEqual([])
  })

  it.each(MODES)('would show the sum of five homes where the rule on its support is switched off (%s)', recovery => {
    const facts = { ...FACTS, recovery, lanesOf: homes(7) }
    expect(few(breaking(facts, ['supportedLanes'], 'all'), away)).toEqual([`5 in ${EXPORT_LANE}`])
  })

  it('shows the home that fills it where that consents, and the oracle knows it from one that does not', () => {
    const facts = { ...FACTS, support: 1, lanesOf: homes(1, true) }
    expect(few(facts, [])).toEqual([])
    const { thin } = watched(facts, [], AT, [], () => false)
    expect([...new Set(thin.map(({ meters, lane }) => `${meters.length} ${lane}`))]).toEqual([`1 ${EXPORT_LANE}`])
  })
})
