// Whoever lies, every honest reading stays hidden: the leakage oracle decides. It must find planted leaks first: each rule
// of section 7 that is switched off has to make an attack succeed.
import { readdirSync, readFileSync } from 'node:fs'
import type { MeterRules } from '@hushgrid/dcnet'
import { ATTACK_NAMES, type PlannedOperation } from '@hushgrid/scenarios'
import type { NeighbourhoodOptions } from '@hushgrid/simulator'
import { releaseThreshold } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import { AT, attack, breaking, expectHarmless, exposes, FACTS, neighboursOf, SLOTS, VICTIM } from './adversary-plans.ts'
import { problemsOf, REPRODUCTIONS } from './random/judged.ts'
import { factsOf, type RandomScenario } from './random/parts.ts'
import { watched } from './watched-simulation.ts'

/** The victim's neighbours cannot be reached by it from the deadline on; what they submitted has come in before. */
function cutOffNeighbours(but: readonly number[] = []): PlannedOperation[] {
  const meters = neighboursOf(FACTS, VICTIM).filter(meter => !but.includes(meter))
  return [
    { at: AT + 0.3, do: 'partition', meters },
    { at: AT + 0.9, do: 'heal' }
  ]
}

describe('a rule that is switched off', () => {
  const cases: readonly (readonly [keyof MeterRules, 'victim' | 'others', readonly PlannedOperation[]])[] = [
    ['dispute', 'victim', [attack('hide-submission')]],
    ['heedDispute', 'others', [attack('hide-submission')]],
    ['passOn', 'others', [attack('keep-from-named')]],
    // Its dispute takes a while, though less than the window.
    ['disputeWindow', 'others', [attack('hide-submission'), { at: AT, do: 'delay', meters: [VICTIM], seconds: 20 }]],
    ['windowEnd', 'others', [attack('ask-late', { at: AT + 2 })]]
  ]
  it.each(cases)('%s (of the %s) exposes the victim, and switched on hides it', (rule, who, plan) => {
    expect(exposes(FACTS, plan)).toBe(0)
    const { leaks } = watched(breaking(FACTS, [rule], who), plan, SLOTS)
    expect(leaks.length).toBeGreaterThan(0)
  })

  it('enoughNeighbours exposes a meter of two colluders whose other neighbours are out of contact, asked to strip itself', () => {
    // Through the colluders it is in a component that is large enough.
    const colluders = neighboursOf(FACTS, VICTIM).slice(0, 2)
    const plan = [...cutOffNeighbours(colluders), attack('ask-one-alone', { meters: colluders })]
    expect(exposes(FACTS, plan, colluders)).toBe(0)
    expect(exposes(breaking(FACTS, ['enoughNeighbours'], 'victim'), plan, colluders)).toBeGreaterThan(0)
  })

  it('enoughNeighbours and wholeComponents each hide a meter of no colluders, asked the same', () => {
    const plan = [...cutOffNeighbours(), attack('ask-one-alone')]
    for (const rule of ['enoughNeighbours', 'wholeComponents'] as const) expect(exposes(breaking(FACTS, [rule], 'victim'), plan)).toBe(0)
    expect(exposes(breaking(FACTS, ['enoughNeighbours', 'wholeComponents'], 'victim'), plan)).toBeGreaterThan(0)
  })

  it('oncePerSlot exposes a meter whose neighbours are out of contact, asked twice for half of them', () => {
    const plan = [...cutOffNeighbours(), attack('ask-twice')]
    expect(exposes(FACTS, plan)).toBe(0)
    expect(exposes(breaking(FACTS, ['oncePerSlot'], 'victim'), plan)).toBeGreaterThan(0)
  })
})

describe('beyond the bound', () => {
  const small: NeighbourhoodOptions = { members: 11, degree: 10, minMembers: 6, signatures: 'stand-in', seed: 'bound' }
  const missing: PlannedOperation[] = [0, 1, 2, 3, 4].map(meter => ({ at: AT, do: 'crash', meter, phase: 'before-submitting' }))

  it('one colluder more than f − h + 1 of a meter’s neighbours leaves two honest readings in the total', () => {
    const bound = releaseThreshold(10) - 3 + 1
    const colluders = Array.from({ length: bound + 1 }, (_, i) => 5 + i)
    expect(exposes(small, missing, colluders)).toBeGreaterThan(0)
    expect(exposes(small, missing, colluders.slice(1))).toBe(0)
  })

  it('the plain ring exposes the meter between two colluders', () => {
    const ring: NeighbourhoodOptions = { ...FACTS, degree: 2 }
    expect(exposes(ring, [], neighboursOf(ring, VICTIM))).toBeGreaterThan(0)
    expect(exposes(ring, [])).toBe(0)
  })

  it('a submission that comes after its masks were released exposes whoever sends it', () => {
    const { leaks } = watched(FACTS, [attack('submit-late', { by: 'members' })], SLOTS)
    expect(leaks.length).toBeGreaterThan(0)
    expect(new Set(leaks.flatMap(({ meters }) => meters)).size).toBe(1)
  })
})

describe('what section 7 says that edge release does not protect', () => {
  it('is a meter that submits and is cut off at once, by a crash say, while the aggregator hides its submission', () => {
    const crash: PlannedOperation = { at: AT, do: 'crash', meter: VICTIM, phase: 'after-submitting' }
    expect(exposes(FACTS, [crash, attack('hide-submission')])).toBeGreaterThan(0)
    expect(exposes(FACTS, [crash])).toBe(0)
  })
})

describe('an attack exposes no honest meter, and the slot is exact or lost with its reason', () => {
  const also: PlannedOperation[] = [{ at: AT, do: 'crash', meter: 11, phase: 'before-submitting' }]
  it.each([
    ...ATTACK_NAMES.aggregator.map(what => [what, attack(what, { slots: 2 }), []] as const),
    ...ATTACK_NAMES.members.map(what => [what, attack(what, { by: 'members' }), [VICTIM]] as const),
    ...ATTACK_NAMES.registrar.map(what => [what, attack(what, { by: 'registrar' }), []] as const)
  ])('%s', (_, operation, colluders) => {
    for (const extra of [[], also]) expectHarmless(FACTS, [operation, ...extra], colluders)
  })

  it('also with as many colluders beside the victim as the bound allows', () => {
    const colluders = neighboursOf(FACTS, VICTIM).slice(0, releaseThreshold(10) - 3 + 1)
    for (const what of ATTACK_NAMES.aggregator) expect(exposes(FACTS, [attack(what, { meters: colluders })], colluders)).toBe(0)
  })
})

describe('what was found once', () => {
  it.each(readdirSync(REPRODUCTIONS).filter(name => name.endsWith('.json')))('%s does not come back', name => {
    const scenario = JSON.parse(readFileSync(`${REPRODUCTIONS}/${name}`, 'utf8')) as RandomScenario
    const seen = watched(factsOf(scenario), scenario.plan, scenario.slots, scenario.colluders)
    expect(problemsOf(scenario, seen)).toEqual([])
  })
})
