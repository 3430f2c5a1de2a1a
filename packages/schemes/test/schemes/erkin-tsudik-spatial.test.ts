// The scheme in which everybody learns the total: variants, broken bodies, absences, hostile keys.
import { toBytes } from '@hushgrid/paillier'
import { type LaneVector, type MeterId, SeededRng, signedLanes, slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { unpack } from '../../src/arithmetic/packing.ts'
import { SquareRing } from '../../src/arithmetic/square-ring.ts'
import type { Lockstep, PhaseResult } from '../../src/lockstep.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import { type Group, UNCOUNTED } from '../../src/scheme.ts'
import { erkinTsudikSpatial } from '../../src/schemes/erkin-tsudik-spatial.ts'
import { SHORT_BITS, SHORT_KEYS, shortKeyFor } from '../support/keys.ts'
import { entered, readingsIn, shortened, sumOf, told } from '../support/scene.ts'
import { FIRST_SLOT, type Tamper } from '../support/small-group.ts'

const group = sceneGroup(3, 2)
const [meter, other] = group.members as [MeterId, MeterId, MeterId]
const aggregator = group.parties.aggregator as MeterId

function runSlot(lockstep: Lockstep, of: Group = group, at = FIRST_SLOT, silent?: ReadonlyMap<MeterId, number>): PhaseResult {
  return lockstep.run({ phase: 'slot', slot: at, readings: readingsIn(of, at), ...(silent && { silent }) })
}

describe.each(['slot', 'epoch'] as const)('with seeds each %s', reseed => {
  const scheme = erkinTsudikSpatial({ ...SHORT_KEYS, reseed })
  const last = scheme.facts.rounds

  it.each([
    [2, 1],
    [4, 2]
  ])('gives the totals of %i meters with %i lanes, and in a group formed anew', (n, lanes) => {
    for (const size of [n, n + 1, n]) {
      const of = sceneGroup(size, lanes)
      const lockstep = entered(scheme, of)
      for (const at of [FIRST_SLOT, slot(FIRST_SLOT + 1)]) {
        const { outcome, sent } = runSlot(lockstep, of, at)
        expect(told(outcome)).toEqual(sumOf(readingsIn(of, at)))
        expect(outcome).toMatchObject({ contributors: of.members })
        expect(sent).toHaveLength(scheme.facts.messages(size))
      }
    }
  })

  it('loses the slot to a value that is missing or cannot be read, and has the next', () => {
    let inSlot = false
    const lockstep = entered(
      scheme,
      group,
      shortened(meter, last, () => inSlot)
    )
    inSlot = true
    expect(told(runSlot(lockstep).outcome)).toEqual(['missing', meter])
    inSlot = false
    const [second, third] = [slot(FIRST_SLOT + 1), slot(FIRST_SLOT + 2)]
    expect(told(runSlot(lockstep, group, second, new Map([[meter, last]])).outcome)).toEqual(['missing', meter])
    expect(told(runSlot(lockstep, group, third).outcome)).toEqual(sumOf(readingsIn(group, third)))
  })

  it('finds a value of another number implausible', () => {
    const ring = new SquareRing(shortKeyFor(aggregator).publicKey.n, SHORT_BITS)
    const tamper: Tamper = ({ from, to, body }) => [
      { to, body: from === meter && to === aggregator && body.byteLength === ring.elementBytes ? toBytes(2n, ring.elementBytes) : body }
    ]
    expect(told(runSlot(entered(scheme, group, tamper)).outcome)).toEqual(['implausible'])
  })

  it('finds what is left implausible where nobody counts the values', () => {
    const trusting = erkinTsudikSpatial({ ...SHORT_KEYS, reseed, trusting: true })
    expect(told(runSlot(entered(trusting, group), group, FIRST_SLOT, new Map([[meter, last]])).outcome)).toEqual(['implausible'])
  })

  it('has a meter send nothing that lacks a seed, be it missing, cut short or no seed at all', () => {
    const ring = new SquareRing(shortKeyFor(other).publicKey.n, SHORT_BITS)
    const large = ring.encode(ring.encrypt(1n << 256n, new SeededRng('a seed'), UNCOUNTED))
    for (const bodies of [[], [new Uint8Array(3)], [large]]) {
      const seedRound = reseed === 'slot' ? 1 : 2
      const setUp = { done: reseed === 'epoch' }
      const lockstep = entered(scheme, group, message =>
        setUp.done && message.from === meter && message.to === other && message.round === seedRound
          ? bodies.map(body => ({ to: other, body }))
          : [message]
      )
      setUp.done = reseed === 'slot'
      expect(told(runSlot(lockstep).outcome)).toEqual(['missing', other])
    }
  })

  it.each([
    ['is missing', []],
    ['cannot be read', [new Uint8Array(5)]]
  ])('has nobody send anything where a key %s', (_, bodies) => {
    const lockstep = entered(scheme, group, message =>
      message.from === meter && message.to === 'meters' ? bodies.map(body => ({ to: message.to, body })) : [message]
    )
    const { sent, outcome } = runSlot(lockstep)
    expect(told(outcome)).toEqual(['missing', ...group.members])
    expect(sent.filter(({ to }) => to === aggregator)).toEqual([])
  })

  it('shows the total to a listener without any key, as its facts say', () => {
    const { sent } = runSlot(entered(scheme, group))
    const ring = new SquareRing(shortKeyFor(aggregator).publicKey.n, SHORT_BITS)
    const values = sent.filter(({ to }) => to === aggregator).map(({ body, from }) => ring.decode(body, from))
    const rest = ring.power(ring.hash(scheme.name, FIRST_SLOT), -BigInt(values.length) * ring.n, UNCOUNTED)
    const x = ring.logarithm(ring.product([...values, rest])) as bigint
    expect(signedLanes(unpack(x, group.lanes) as LaneVector)).toEqual(sumOf(readingsIn(group, FIRST_SLOT)))
  })

  it('takes no modulus of small factors, whose hashes have no inverse', () => {
    let n = 1n
    for (let odd = 3n; n.toString(2).length < SHORT_BITS - 20; odd += 2n) n *= odd
    n *= ((1n << BigInt(SHORT_BITS - 1)) / n + 2n) | 1n
    expect(n.toString(2)).toHaveLength(SHORT_BITS)
    const lockstep = entered(scheme, group, message =>
      message.from === meter && message.to === 'meters' ? [{ to: 'meters', body: toBytes(n, SHORT_BITS / 8) }] : [message]
    )
    expect(told(runSlot(lockstep).outcome)).toEqual(['missing', ...group.members])
  })
})
