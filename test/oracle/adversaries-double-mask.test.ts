// Double masking trusts neither the aggregator nor the network: the leakage oracle decides. As with edge release, each rule
// of section 7 that is switched off has to make an attack succeed, and so has one colluder more than the bound.
import type { MeterRules } from '@hushgrid/dcnet'
import { MaskReleasePayload, MessageType, ShareReleasePayload } from '@hushgrid/messages'
import { toHex } from '@hushgrid/primitives'
import { ATTACK_NAMES, type AttackName, type PlannedOperation } from '@hushgrid/scenarios'
import { applyPlan, envelopeIn, type NeighbourhoodOptions, SimulatedNeighbourhood } from '@hushgrid/simulator'
import { colludersTolerated } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import {
  AT,
  attack,
  breaking,
  FACTS as EDGE_RELEASE,
  expectHarmless,
  exposes,
  neighboursOf,
  RUNS,
  runRandom,
  SEED,
  SLOTS,
  VICTIM
} from './adversary-plans.ts'
import { randomDoubleMask } from './random-double-mask.ts'
import { watched } from './watched-simulation.ts'

const FACTS: NeighbourhoodOptions = { ...EDGE_RELEASE, recovery: 'double-mask' }

describe('with double mask, a rule that is switched off', () => {
  const cases: readonly (readonly [keyof MeterRules, 'victim' | 'others', AttackName])[] = [
    ['nestedRequests', 'victim', 'strip-piecewise'],
    ['sharesContainAnswered', 'others', 'shares-of-released'],
    ['noMasksAfterShares', 'others', 'masks-after-shares'],
    ['enoughNeighbours', 'victim', 'ask-one-alone'],
    ['enoughNeighbours', 'victim', 'grow-around-one']
  ]
  it.each(cases)('%s (of the %s) lets %s expose the victim, and switched on hides it', (rule, who, what) => {
    expect(exposes(FACTS, [attack(what)])).toBe(0)
    expect(exposes(breaking(FACTS, rule, who), [attack(what)])).toBeGreaterThan(0)
  })
})

describe('with double mask, beyond the bound', () => {
  it('one colluder more than 2t − d − h + 1 lets the sum of two come out', () => {
    const complete: NeighbourhoodOptions = { ...FACTS, members: 11, degree: 10, seed: 'bound' }
    const bound = colludersTolerated('double-mask', 10)
    expect(bound).toBe(2)
    const split = (colluders: readonly number[]): readonly (readonly string[])[] =>
      watched(complete, [attack('split-around-two', { meters: colluders })], SLOTS, colluders).leaks.map(({ meters }) => meters)
    const exposed = split([8, 9, 10])
    expect(exposed.length).toBeGreaterThan(0)
    for (const meters of exposed) expect(meters).toHaveLength(2)
    expect(split([9, 10])).toEqual([])
  })

  it('the plain ring exposes the meter between two colluders', () => {
    const ring: NeighbourhoodOptions = { ...FACTS, degree: 2 }
    expect(exposes(ring, [], neighboursOf(ring, VICTIM))).toBeGreaterThan(0)
    expect(exposes(ring, [])).toBe(0)
  })
})

describe('what edge release does not protect, and double mask does', () => {
  it('is a meter that submits and is cut off at once, by a crash say, while the aggregator hides its submission', () => {
    const crash: PlannedOperation = { at: AT, do: 'crash', meter: VICTIM, phase: 'after-submitting' }
    for (const what of ['hide-submission', 'keep-from-named', 'hold-back', 'shares-of-released'] as const) {
      expect(exposes(FACTS, [crash, attack(what)])).toBe(0)
    }
    expect(exposes(EDGE_RELEASE, [crash, attack('hide-submission')])).toBeGreaterThan(0)
  })

  it('is a member that submits after its masks were released', () => {
    const late = attack('submit-late', { by: 'members' })
    expect(exposes(FACTS, [late])).toBe(0)
    expect(exposes(EDGE_RELEASE, [late])).toBeGreaterThan(0)
  })
})

describe('with double mask an attack exposes no honest meter, and the slot is exact or lost with its reason', () => {
  const also: PlannedOperation[] = [{ at: AT, do: 'crash', meter: 11, phase: 'before-submitting' }]
  it.each([
    ...ATTACK_NAMES.aggregator.map(what => [what, attack(what, { slots: 2 }), []] as const),
    ...ATTACK_NAMES.members.map(what => [what, attack(what, { by: 'members' }), [VICTIM]] as const),
    ...ATTACK_NAMES.registrar.map(what => [what, attack(what, { by: 'registrar' }), []] as const)
  ])('%s', (_, operation, colluders) => {
    for (const extra of [[], also]) expectHarmless(FACTS, [operation, ...extra], colluders)
  })

  it('also with as many colluders beside the victim as the bound allows', () => {
    const colluders = neighboursOf(FACTS, VICTIM).slice(0, colludersTolerated('double-mask', 10))
    for (const what of ATTACK_NAMES.aggregator) expect(exposes(FACTS, [attack(what, { meters: colluders })], colluders)).toBe(0)
  })

  it('falls to no member that sends false shares or corrections: the totals are there', () => {
    for (const what of ['wrong-corrections', 'wrong-shares', 'share-for-released', 'stay-silent'] as const) {
      const { result } = watched(FACTS, [attack(what, { by: 'members' }), ...also], SLOTS, [VICTIM])
      expect(result.summary.exact).toBe(SLOTS)
    }
  })
})

/** Releases of a slot that the aggregator is sent, each once: `by` counts who sent them, `requests` what they answer. */
function answersTo(what: AttackName, type: MessageType): { by: number; requests: number } {
  const neighbourhood = new SimulatedNeighbourhood(FACTS)
  const [by, requests] = [new Set<string>(), new Set<string>()]
  neighbourhood.network.onSent = message => {
    const envelope = message.to === neighbourhood.aggregator ? envelopeIn(message) : undefined
    if (envelope?.type !== type || envelope.slot !== neighbourhood.slot(AT)) return
    const codec = type === MessageType.MaskRelease ? MaskReleasePayload : ShareReleasePayload
    by.add(envelope.sender)
    requests.add(toHex(codec.decode(envelope.payload).requestHash))
  }
  applyPlan(neighbourhood, [attack(what)])
  neighbourhood.runSlots(AT + 1)
  return { by: by.size, requests: requests.size }
}

describe('with double mask an attack gets as many answers as the rules allow, so that it tests them', () => {
  it.each([
    // Each set in each round; all send shares but four that are in the set that they are shown.
    ['split-survivors', { by: 16, requests: 12 }, { by: 20, requests: 2 }],
    // The two and ten neighbours of theirs; for shares the two, three more, and nine whom the attack leaves alone.
    ['split-around-two', { by: 12, requests: 2 }, { by: 14, requests: 2 }],
    ['grow-around-one', { by: 1, requests: 1 }, { by: 23, requests: 1 }],
    ['strip-piecewise', { by: 1, requests: 1 }, { by: 23, requests: 1 }],
    ['shares-of-released', { by: 10, requests: 1 }, { by: 0, requests: 0 }],
    ['masks-after-shares', { by: 0, requests: 0 }, { by: 24, requests: 1 }],
    ['ask-shares-twice', { by: 0, requests: 0 }, { by: 23, requests: 2 }],
    ['ask-one-alone', { by: 0, requests: 0 }, { by: 23, requests: 1 }],
    ['ask-twice', { by: 0, requests: 0 }, { by: 23, requests: 1 }]
  ] as const)('%s', (what, masks, shares) => {
    expect([answersTo(what, MessageType.MaskRelease), answersTo(what, MessageType.ShareRelease)]).toEqual([masks, shares])
  })
})

describe(`${RUNS} random scenarios with double mask (seed ${SEED})`, () => {
  it('give no wrong total, no second submission and no leak (property)', { timeout: 900_000 }, () => {
    const { exact, lost } = runRandom(randomDoubleMask, run => `${SEED} double-mask ${run}`)
    // The scenarios must be such that a good deal is recovered and a good deal is refused.
    expect(exact).toBeGreaterThan(RUNS)
    expect(lost).toBeGreaterThan(RUNS / 4)
  })
})
