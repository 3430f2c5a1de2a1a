// Double masking trusts neither the aggregator nor the network: the leakage oracle decides. Rules of section 7 that are
// switched off have to make an attack succeed, and so has one colluder more than the bound.
import type { MeterRules } from '@hushgrid/dcnet'
import { MaskReleasePayload, MaskWordPayload, MessageType, ShareReleasePayload } from '@hushgrid/messages'
import { toHex } from '@hushgrid/primitives'
import { ATTACK_NAMES, type AttackName, type PlannedOperation } from '@hushgrid/scenarios'
import { applyPlan, envelopeIn, type NeighbourhoodOptions, SimulatedNeighbourhood } from '@hushgrid/simulator'
import { colludersTolerated } from '@hushgrid/topology'
import { describe, expect, it } from 'vitest'
import {
  AT,
  attack,
  type Breakers,
  breaking,
  FACTS as EDGE_RELEASE,
  expectHarmless,
  exposes,
  neighboursOf,
  SLOTS,
  VICTIM
} from './adversary-plans.ts'
import { watched } from './watched-simulation.ts'

const FACTS: NeighbourhoodOptions = { ...EDGE_RELEASE, recovery: 'double-mask' }

/** An attack, the rules of which each keeps it from exposing the victim, and who keeps them. */
type Stopped = readonly [AttackName, Breakers, readonly (keyof MeterRules)[]]

describe('with double mask, rules that are switched off together', () => {
  // Masks come once, with the shares of the same M, so that it takes more than one rule to be missing.
  it.each<Stopped>([
    ['strip-piecewise', 'victim', ['masksWithShares', 'nestedRequests']],
    ['ask-twice', 'victim', ['masksWithShares', 'nestedRequests', 'oncePerSlot', 'enoughNeighbours']],
    ['shares-after-words', 'others', ['masksWithShares', 'sharesContainAnswered']],
    ['masks-after-shares', 'others', ['masksWithShares', 'noMasksAfterShares']],
    ['shares-of-released', 'others', ['oncePerSlot', 'sharesContainAnswered']],
    ['ask-shares-twice', 'others', ['oncePerSlot', 'sharesContainAnswered']],
    ['ask-one-alone', 'victim', ['enoughNeighbours', 'wholeComponents', 'wordsOfNeighbours']],
    ['grow-around-one', 'victim', ['enoughNeighbours', 'wholeComponents', 'wordsOfNeighbours']]
  ])('let %s expose the victim (by the %s: %s), and each by itself hides it', (what, who, rules) => {
    expect(exposes(FACTS, [attack(what)])).toBe(0)
    expect(exposes(breaking(FACTS, rules, who), [attack(what)])).toBeGreaterThan(0)
    for (const kept of rules) {
      const others = rules.filter(rule => rule !== kept)
      expect([kept, exposes(breaking(FACTS, others, who), [attack(what)])]).toEqual([kept, 0])
    }
  })
})

describe('with double mask an aggregator that shows members different M', () => {
  /** Members of the sums of too few that come out, each once. */
  const few = (facts: NeighbourhoodOptions, what: AttackName): number[] => {
    const { leaks, thin } = watched(facts, [attack(what)], AT + 1)
    expect(leaks).toEqual([])
    return [...new Set(thin.map(({ meters }) => meters.length))]
  }
  const row: NeighbourhoodOptions = { ...FACTS, members: 60, degree: 10 }

  it('of its own each learns nothing (n = 50, d = 18, at least 25 in a sum); without the rule on words it learns a sum of 9', () => {
    const facts: NeighbourhoodOptions = { ...FACTS, members: 50, degree: 18, minMembers: 25 }
    expect(few(facts, 'show-each-its-own')).toEqual([])
    expect(few(breaking(facts, ['wordsOfNeighbours'], 'all'), 'show-each-its-own')).toEqual([9])
  })

  it.each([13, 25])(
    'one M some, another M others and nobody missing the rest learns nothing (n = 60, d = 10, at least %i in a sum); without the rule on words, or with masks before them, it learns a sum of one less',
    minMembers => {
      const facts = { ...row, minMembers }
      expect(few(facts, 'cut-out-row')).toEqual([])
      for (const rule of ['wordsOfNeighbours', 'masksWithShares'] as const)
        expect([rule, few(breaking(facts, [rule], 'all'), 'cut-out-row')]).toEqual([rule, [minMembers - 1]])
    }
  )

  it('that collects the words it lacks learns nothing as long as later sets contain the earlier ones, in rounds or in the end', () => {
    const facts = { ...row, minMembers: 25 }
    const rules = ['nestedRequests', 'sharesContainAnswered'] as const
    for (const broken of [[], ['nestedRequests'], ['sharesContainAnswered']] as const)
      expect([broken, few(breaking(facts, broken, 'all'), 'vouch-for-row')]).toEqual([broken, []])
    expect(few(breaking(facts, rules, 'all'), 'vouch-for-row')).toEqual([24])
  })
})

describe('with double mask, beyond the bound', () => {
  const complete: NeighbourhoodOptions = { ...FACTS, members: 11, degree: 10, seed: 'bound' }
  const exposed = (facts: NeighbourhoodOptions, what: AttackName, colluders: readonly number[]): readonly (readonly string[])[] =>
    watched(facts, [attack(what, { meters: colluders })], SLOTS, colluders).leaks.map(({ meters }) => meters)

  it('one colluder more than 2t − d − h + 1 lets the sum of two come out where no words are asked for', () => {
    expect(colludersTolerated('double-mask', 10)).toBe(2)
    const wordless = breaking(complete, ['wordsOfNeighbours'], 'all')
    const pairs = exposed(wordless, 'split-around-two', [8, 9, 10])
    expect(pairs.length).toBeGreaterThan(0)
    for (const meters of pairs) expect(meters).toHaveLength(2)
    expect(exposed(wordless, 'split-around-two', [9, 10])).toEqual([])
    expect(exposed(complete, 'split-around-two', [8, 9, 10])).toEqual([])
  })

  it('t − 1 colluders let the sum of two come out though every rule is kept', () => {
    const pairs = exposed(complete, 'leave-two-out', [4, 6, 7, 8, 9, 10])
    expect(pairs.length).toBeGreaterThan(0)
    for (const meters of pairs) expect(meters).toHaveLength(2)
    expect(exposed(complete, 'leave-two-out', [6, 7, 8, 9, 10])).toEqual([])
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

  it.each([
    ['wrong-shares', also],
    ['share-for-released', also],
    ['wrong-corrections', []],
    ['stay-silent', []]
  ] as const)('no slot falls to a member by %s, and nobody else is at fault', (what, extra) => {
    const { result } = watched(FACTS, [attack(what, { by: 'members' }), ...extra], SLOTS, [VICTIM])
    expect(result.slots.map(({ exact }) => exact)).toEqual(new Array(SLOTS).fill(true))
    expect(result.faults.every(({ who }) => who === VICTIM)).toBe(true)
  })

  it.each([
    // It gives its word, and then no masks that it owes.
    ['stay-silent', 'Unanswered'],
    // Without the missing one's shares corrections are needed.
    ['wrong-corrections', 'UnfittingShares']
  ] as const)('one slot falls to a member by %s where another is missing, and names it', (what, reason) => {
    const { result } = watched(FACTS, [attack(what, { by: 'members' }), ...also], SLOTS, [VICTIM])
    expect(result.slots.filter(({ exact }) => !exact)).toMatchObject([{ slot: AT, reason, named: [VICTIM] }])
    expect(result.faults.map(({ who }) => who)).toEqual([VICTIM])
  })
})

/** Answers that the aggregator is sent in a slot, each once: how many members sent some, to how many requests. */
type Answers = readonly [by: number, requests: number]

const CODECS = new Map<MessageType, { decode(payload: Uint8Array): { readonly requestHash: Uint8Array } }>([
  [MessageType.MaskWord, MaskWordPayload],
  [MessageType.MaskRelease, MaskReleasePayload],
  [MessageType.ShareRelease, ShareReleasePayload]
])

/** Words, masks and shares that an attack is given. */
function answersTo(what: AttackName): readonly Answers[] {
  const neighbourhood = new SimulatedNeighbourhood(FACTS)
  const seen = new Map([...CODECS.keys()].map(type => [type, { by: new Set<string>(), requests: new Set<string>() }]))
  neighbourhood.network.onSent = message => {
    const envelope = message.to === neighbourhood.aggregator ? envelopeIn(message) : undefined
    const codec = envelope && CODECS.get(envelope.type)
    if (!codec || envelope.slot !== neighbourhood.slot(AT)) return
    seen.get(envelope.type)?.by.add(envelope.sender)
    seen.get(envelope.type)?.requests.add(toHex(codec.decode(envelope.payload).requestHash))
  }
  applyPlan(neighbourhood, [attack(what)])
  neighbourhood.runSlots(AT + 1)
  return [...seen.values()].map(({ by, requests }) => [by.size, requests.size])
}

describe('with double mask an attack gets as many answers as the rules allow, so that it tests them', () => {
  const none: Answers = [0, 0]
  // Words, masks, shares. Where one is none the rules give none: the tests above take them away and see the attack succeed.
  it.each<readonly [AttackName, Answers, Answers, Answers]>([
    // Each set in each round; within a half those that have t neighbours there answer.
    ['split-survivors', [24, 12], [8, 2], [12, 2]],
    ['split-around-two', [13, 2], [1, 1], [12, 2]],
    // All but the two release towards them, and both kinds of shares come.
    ['leave-two-out', [22, 1], [10, 1], [24, 2]],
    ['grow-around-one', [23, 3], [17, 1], [20, 1]],
    ['strip-piecewise', [1, 1], none, [23, 1]],
    ['shares-of-released', [23, 1], [10, 1], [23, 1]],
    ['shares-after-words', [23, 1], none, none],
    ['masks-after-shares', none, none, [24, 1]],
    ['ask-shares-twice', [16, 1], [10, 1], [19, 2]],
    ['ask-one-alone', none, none, [23, 1]],
    ['ask-twice', none, none, [23, 1]]
  ])('%s', (what, words, masks, shares) => {
    expect(answersTo(what)).toEqual([words, masks, shares])
  })
})
