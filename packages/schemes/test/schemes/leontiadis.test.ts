// The scheme of Leontiadis et al. beyond its known answers: who was heard, changes of members, what an aggregator alone can do.
import { fromBytes, generateKeyPair } from '@hushgrid/paillier'
import { type LaneVector, lanesFromIntegers, type MeterId, SeededRng, type Slot, signedLanes, u8 } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { unpack } from '../../src/arithmetic/packing.ts'
import { SquareRing } from '../../src/arithmetic/square-ring.ts'
import type { Sent } from '../../src/lockstep.ts'
import type { SchemeOptions } from '../../src/options.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import { type Group, type Turn, UNCOUNTED } from '../../src/scheme.ts'
import { leontiadis } from '../../src/schemes/leontiadis.ts'
import { FIRST_SLOT, SmallGroup, shown } from '../support/small-group.ts'
import { changing, dropping, tampered } from '../support/tampered.ts'

/** Far too short to protect anything; the sums do not depend on it. */
const BITS = 512
const key = generateKeyPair(BITS, { insecure: true }).privateKey
const KNOWN: SchemeOptions = { bits: BITS, modulus: key.publicKey.n }
const DEALT: SchemeOptions = { bits: BITS, keyFor: () => key }
const ROWS = [
  [310, 0],
  [-87, 4],
  [1450, -96],
  [0, 1]
]
const TOTAL = [1673n, -91n]
const ELEMENT = BITS / 4

const group4 = (options: SchemeOptions = KNOWN) => tampered(leontiadis(options), { meters: 4, lanes: 2 })
const productsOf = (sent: readonly Sent[], { parties }: Group): Sent[] =>
  sent.filter(({ from, body }) => from === parties.collector && body.length === ELEMENT)

it.each([
  ['known beforehand', KNOWN, 0],
  ['sent by a dealer', DEALT, 2]
])('gives exact totals of readings of any sign with N %s', (_, options, messages) => {
  const { of } = group4(options)
  const { outcome, sent } = of.slot(ROWS)
  expect(of.setup.sent).toHaveLength(messages)
  expect(shown(outcome, of.group)).toEqual(TOTAL)
  expect(sent).toHaveLength(leontiadis(options).facts.messages(4))
})

describe('a missing meter', () => {
  it('is left out by two short messages and a round more', () => {
    const { of } = group4()
    const { outcome, sent } = of.slot(ROWS, { silent: new Map([[of.id(2), 2]]) })
    expect(shown(outcome, of.group)).toEqual([223n, 5n])
    expect(outcome).toMatchObject({ contributors: [0, 1, 3].map(i => of.id(i)) })
    const later = sent.filter(({ round }) => round > 2)
    expect(later.map(({ round, body }) => [round, body.length])).toEqual([
      [3, 7],
      [3, 7],
      [4, ELEMENT]
    ])
  })

  it('is one of whom the collector alone has not heard, or whom each has not', () => {
    const { of, tamper } = group4()
    const { collector, aggregator } = of.group.parties
    tamper(dropping(({ from, to }) => from === of.id(2) && to === collector))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual([223n, 5n])
    tamper(dropping(({ from, to }) => (from === of.id(2) && to === collector) || (from === of.id(0) && to === aggregator)))
    const { outcome, sent } = of.slot(ROWS, { at: (FIRST_SLOT + 1) as Slot })
    expect(shown(outcome, of.group)).toEqual([-87n, 5n])
    expect(productsOf(sent, of.group)).toHaveLength(1)
  })

  it.each(['aggregator', 'collector'] as const)('is one whose message to the %s cannot be read', role => {
    for (const change of [
      (body: Uint8Array) => body.subarray(1),
      (body: Uint8Array) => new Uint8Array(body.length),
      (body: Uint8Array) => new Uint8Array(body.length).fill(255)
    ]) {
      const { of, tamper } = group4()
      tamper(changing(of.id(2), 2, (body, to) => (to === of.group.parties[role] || role === 'aggregator' ? change(body) : body)))
      expect(shown(of.slot(ROWS).outcome, of.group)).toEqual([223n, 5n])
    }
  })

  it('leads to a refusal where too few are left', () => {
    const { of, tamper } = group4({ ...KNOWN, minMembers: 3 })
    tamper(dropping(({ from, round }) => round === 2 && (from === of.id(0) || from === of.id(3))))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['refused', 0, 3])
  })
})

describe('one product a slot', () => {
  it('is given away at once where the collector heard all, and not again for an aggregator that says it did not', () => {
    const { of, tamper } = group4()
    tamper(dropping(({ from, to }) => from === of.id(3) && to === of.group.parties.aggregator))
    const { outcome, sent } = of.slot(ROWS)
    expect(shown(outcome, of.group)).toEqual(['missing', 3])
    expect(productsOf(sent, of.group)).toHaveLength(1)
  })

  it('is not made a second time of what the collector heard, though it missed the next slot’s messages', () => {
    const { of } = group4()
    of.slot(ROWS)
    const down = new Map([[of.group.parties.collector as MeterId, [3]]])
    const { outcome, sent } = of.slot(ROWS, { at: (FIRST_SLOT + 1) as Slot, down })
    expect(outcome?.type).toBe('lost')
    expect(productsOf(sent, of.group)).toEqual([])
  })

  it('is all there is, in whatever order slots are asked for again', () => {
    const { of } = group4()
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(TOTAL)
    const silent = new Map([[of.id(1), 2]])
    expect(shown(of.slot(ROWS, { silent }).outcome, of.group)).toEqual(['refused', 1])
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['refused'])
    expect(shown(of.slot(ROWS, { at: (FIRST_SLOT - 1) as Slot }).outcome, of.group)).toEqual(['refused'])
    expect(shown(of.slot(ROWS, { at: (FIRST_SLOT + 1) as Slot }).outcome, of.group)).toEqual(TOTAL)
  })
})

describe('a slot is lost', () => {
  it.each([
    ['a power', 'aggregator', 1],
    ['a product', 'collector', 3]
  ] as const)('where %s cannot be read', (_, role, round) => {
    const one = (body: Uint8Array): Uint8Array => Uint8Array.from(body, (_, i) => (i === body.length - 1 ? 1 : 0))
    const bad = [(body: Uint8Array) => body.subarray(2), (body: Uint8Array) => new Uint8Array(body.length), ...(round === 1 ? [one] : [])]
    for (const change of bad) {
      const { of, tamper } = group4()
      tamper(changing(of.group.parties[role] as MeterId, round, change))
      expect(of.slot(ROWS).outcome).toMatchObject({ type: 'lost', reason: round === 1 ? 'refused' : 'missing' })
    }
  })

  it('where a product is of another slot', () => {
    const { of, tamper } = group4()
    const { sent } = of.slot(ROWS)
    const [{ body: product }] = productsOf(sent, of.group) as [Sent]
    tamper(changing(of.group.parties.collector as MeterId, 3, () => product))
    expect(shown(of.slot(ROWS, { at: (FIRST_SLOT + 1) as Slot }).outcome, of.group)).toEqual(['implausible'])
  })

  it.each(['aggregator', 'collector'] as const)('or right where the list of the %s cannot be read', role => {
    for (const change of [
      () => u8(1),
      (body: Uint8Array) => Uint8Array.from([...body, 0]),
      (body: Uint8Array) => Uint8Array.from([0, ...body.subarray(3), ...body.subarray(1, 3)]),
      (body: Uint8Array) => Uint8Array.from([...body.subarray(0, 5), 255, 255])
    ]) {
      const { of, tamper } = group4()
      const lists = changing(of.group.parties[role] as MeterId, 3, change)
      tamper(message => (message.from === of.id(2) && message.round === 2 ? [] : lists(message)))
      const { outcome } = of.slot(ROWS)
      if (role === 'aggregator') expect(shown(outcome, of.group)).toEqual([223n, 5n])
      else expect(outcome).toMatchObject({ type: 'lost', reason: 'missing' })
    }
  })

  it('or lacks just the meter to which N came cut', () => {
    const cutTo = (place: number): unknown => {
      const { members, parties } = sceneGroup(4, 2)
      let over = false
      const small = new SmallGroup(leontiadis(DEALT), {
        meters: 4,
        lanes: 2,
        tamper: message => {
          if (over || message.round !== 1 || message.to !== 'meters') return [message]
          return [...members, parties.aggregator as MeterId].map((to, i) => ({
            ...message,
            to,
            body: i === place ? message.body.subarray(1) : message.body
          }))
        }
      })
      over = true
      return shown(small.slot(ROWS).outcome, small.group)
    }
    expect(cutTo(2)).toEqual([223n, 5n])
    expect(cutTo(4)).toEqual(['refused', 0, 1, 2, 3])
    expect(cutTo(9)).toEqual(TOTAL)
  })
})

it('lets an aggregator alone read a meter that it shows another power, so that meters have to compare', () => {
  const ring = new SquareRing(key.publicKey.n, BITS)
  const weight = 1n << 160n
  const powerOf = (exponent: bigint): bigint => ring.power(ring.hash('leontiadis', FIRST_SLOT), exponent, UNCOUNTED)
  const { of, tamper } = group4()
  const { aggregator } = of.group.parties
  tamper(message =>
    message.from === aggregator && message.round === 1
      ? of.group.members.map(to => ({ to, body: ring.encode(powerOf(to === of.id(2) ? weight : 1n)) }))
      : [message]
  )
  const { sent } = of.slot(ROWS)
  const [{ body: product }] = productsOf(sent, of.group) as [Sent]
  const weighted = sent
    .filter(({ round, to }) => round === 2 && to === aggregator)
    .map(({ from, body }) => (from === of.id(2) ? ring.power(fromBytes(body), weight, UNCOUNTED) : fromBytes(body)))
  const sum = ring.logarithm((ring.product(weighted) * ring.inverse(fromBytes(product))) % ring.squared) as bigint
  const others = BigInt.asIntN(160, sum)
  expect(signedLanes(unpack(others, 2) as LaneVector)).toEqual([223n, 5n])
  expect(signedLanes(unpack((sum - others) >> 160n, 2) as LaneVector)).toEqual([1450n, -96n])
})

it('takes a newcomer that learns N and draws its own key, and bothers nobody else', () => {
  const group = sceneGroup(3, 1)
  const [first, , newcomer] = group.members as [MeterId, MeterId, MeterId]
  const { dealer, aggregator, collector } = group.parties as Record<string, MeterId>
  const turn = (self: MeterId | undefined): Turn => ({
    role: 'meter',
    self: self as MeterId,
    group: { ...group, joined: [newcomer] },
    phase: 'join',
    slot: FIRST_SLOT,
    rng: new SeededRng(`${self}`),
    work: UNCOUNTED
  })
  const { roles } = leontiadis(DEALT)
  const inbox = { from: new Map<MeterId, Uint8Array>(), missing: [], reading: undefined }
  const opened = roles.dealer?.open(turn(dealer))
  opened?.setup?.[0]?.run(inbox, turn(dealer))
  const { send = [] } = opened?.join?.[0]?.run(inbox, turn(dealer)) ?? {}
  expect(send.map(({ to }) => to)).toEqual([newcomer])
  const meter = roles.meter?.open(turn(newcomer))
  expect(meter?.join?.[1]?.awaits(turn(newcomer))).toEqual([dealer])
  meter?.join?.[1]?.run({ ...inbox, from: new Map([[dealer as MeterId, send[0]?.body as Uint8Array]]) }, turn(newcomer))
  const old = roles.meter?.open(turn(first))
  expect(old?.join?.[1]?.awaits(turn(first))).toEqual([])
  const answerOf = (of: typeof meter, self: MeterId): number => {
    of?.slot?.[0]?.run({ ...inbox, reading: lanesFromIntegers([1]) }, turn(self))
    const power = Uint8Array.from({ length: ELEMENT }, (_, i) => (i === ELEMENT - 1 ? 2 : 0))
    return of?.slot?.[1]?.run({ ...inbox, from: new Map([[aggregator as MeterId, power]]) }, turn(self)).send?.length ?? 0
  }
  expect(answerOf(meter, newcomer)).toBe(2)
  // Has neither N nor a key, and must not answer.
  expect(answerOf(old, first)).toBe(0)
  expect(roles.collector?.open(turn(collector)).join?.[1]?.awaits(turn(collector))).toEqual([])
})
