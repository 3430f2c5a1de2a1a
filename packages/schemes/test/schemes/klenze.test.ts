// The scheme with devices: totals, cheating meters, broken bodies, absences.
import { type MeterId, slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { SquareRing } from '../../src/arithmetic/square-ring.ts'
import type { Lockstep, PhaseResult, Sent } from '../../src/lockstep.ts'
import { sceneGroup } from '../../src/scene-group.ts'
import { type Group, type Outgoing, UNCOUNTED } from '../../src/scheme.ts'
import { klenze } from '../../src/schemes/klenze.ts'
import { SHORT_BITS, SHORT_KEYS, shortKeyFor } from '../support/keys.ts'
import { entered, readingsIn, shortened, sumOf, told } from '../support/scene.ts'
import { FIRST_SLOT, type Tamper } from '../support/small-group.ts'

const scheme = klenze(SHORT_KEYS)
const group = sceneGroup(3, 2)
const [meter, other] = group.members as [MeterId, MeterId, MeterId]
const device = group.deviceOf.get(meter) as MeterId
const { aggregator } = group.parties

function runSlot(lockstep: Lockstep, of: Group = group, at = FIRST_SLOT, silent?: ReadonlyMap<MeterId, number>): PhaseResult {
  return lockstep.run({ phase: 'slot', slot: at, readings: readingsIn(of, at), ...(silent && { silent }) })
}

/** Changes one byte of what one party sends in a round of a slot. */
function changed(from: MeterId, round: number, at: number): Tamper {
  return ({ from: sender, round: sent, to, body }) => {
    const copy = body.slice()
    if (sender === from && sent === round) copy[at] = (copy.at(at) as number) ^ 1
    return [{ to, body: copy }]
  }
}

it.each([
  [2, 1],
  [3, 2],
  [4, 3]
])('gives the totals of %i meters with %i lanes, slot after slot and in a group formed anew', (n, lanes) => {
  for (const size of [n, n + 1, n]) {
    const of = sceneGroup(size, lanes)
    const lockstep = entered(scheme, of)
    for (const at of [FIRST_SLOT, slot(FIRST_SLOT + 1)]) {
      const { outcome, sent, accused } = runSlot(lockstep, of, at)
      expect(told(outcome)).toEqual(sumOf(readingsIn(of, at)))
      expect(outcome).toMatchObject({ contributors: of.members })
      expect([sent.length, accused]).toEqual([scheme.facts.messages(size), []])
    }
  }
})

describe('a device names its meter, and passes nothing on, where the meter', () => {
  const reading = 32
  it.each([
    ['opens another seed', 3, 0, 'opened another seed than it had committed to'],
    ['shows another reading than it shares', 3, reading, undefined],
    ['sends other shares', 3, -1, 'sent other shares than its seed and reading give'],
    ['sends another sum', 7, 0, 'sent another sum than that of its shares'],
    ['shows another plaintext', 7, 16, 'showed another plaintext than the one that it was sent'],
    ['shows another root', 7, -1, 'showed another plaintext than the one that it was sent']
  ])('%s', (_, round, at, what) => {
    const { outcome, accused } = runSlot(entered(scheme, group, changed(meter, round, at < 0 ? bodyBytes(round) + at : at)))
    // The reading is in no ciphertext of its own: another one gives another share that stays, and so another sum.
    if (what) expect(accused).toEqual([{ member: meter, what }])
    else expect(accused).toEqual([{ member: meter, what: 'sent another sum than that of its shares' }])
    expect(told(outcome)).toEqual(['missing', meter])
  })
})

function bodyBytes(round: number): number {
  const { sent } = runSlot(entered(scheme, group))
  return sent.find(message => message.round === round && message.from === meter)?.body.byteLength as number
}

it.each([
  [1, meter],
  [2, device],
  [3, meter],
  [4, device],
  [6, device],
  [7, meter],
  [8, device]
])('loses the slot to a body of round %i that cannot be read', (round, from) => {
  let inSlot = false
  const lockstep = entered(
    scheme,
    group,
    shortened(from, round, () => inSlot)
  )
  inSlot = true
  expect(told(runSlot(lockstep).outcome)).toEqual(['missing', meter])
})

it('loses the slot where the products cannot be read', () => {
  let inSlot = false
  const lockstep = entered(
    scheme,
    group,
    shortened(aggregator as MeterId, 5, () => inSlot)
  )
  inSlot = true
  expect(told(runSlot(lockstep).outcome)).toEqual(['missing', ...group.members])
})

it.each([1, 3, 7].map(round => [round, meter] as const).concat([2, 4, 6, 8].map(round => [round, device] as const)))(
  'loses the slot to silence from round %i on, and has the next',
  (round, from) => {
    const lockstep = entered(scheme, group)
    expect(told(runSlot(lockstep, group, FIRST_SLOT, new Map([[from, round]])).outcome)).toEqual(['missing', meter])
    const next = slot(FIRST_SLOT + 1)
    expect(told(runSlot(lockstep, group, next).outcome)).toEqual(sumOf(readingsIn(group, next)))
  }
)

it.each([
  ['a meter’s key cannot be read', shortened(meter, 1, () => true)],
  ['the list of keys cannot be read', shortened(aggregator as MeterId, 2, () => true)]
])('loses the slot where %s', (_, tamper) => {
  let inSlot = false
  const lockstep = entered(scheme, group, message => (inSlot ? [message] : tamper(message)))
  inSlot = true
  expect(runSlot(lockstep)).toMatchObject({ outcome: { type: 'lost', reason: 'missing' }, accused: [] })
})

it('has meters send nothing that find another key for their own in the list', () => {
  const { sent, outcome } = runSlot(entered(scheme, group, swapped))
  expect(sent.map(({ from, round }) => [from, round])).toEqual([
    [group.members[2], 1],
    [group.deviceOf.get(group.members[2] as MeterId), 2],
    [group.members[2], 3],
    [group.deviceOf.get(group.members[2] as MeterId), 4]
  ])
  expect(told(outcome)).toEqual(['missing', meter, other])
})

/** Swaps the first two keys of the list. */
function swapped({ from, to, body }: Sent): Outgoing[] {
  if (from !== aggregator || to !== 'meters') return [{ to, body }]
  const bytes = SHORT_BITS / 8
  return [{ to, body: new Uint8Array([...body.slice(bytes, 2 * bytes), ...body.slice(0, bytes), ...body.slice(2 * bytes)]) }]
}

describe('a concentrator that weights a meter’s shares', () => {
  /** Puts a power of what the meter sent to the other one into the other’s product. */
  function weighted(weight: bigint): Tamper {
    const ring = new SquareRing(shortKeyFor(other).publicKey.n, SHORT_BITS)
    let share = 1n
    return ({ from, to, round, body }) => {
      // The other’s ciphertext is the first in the meter’s row.
      if (from === device && round === 4) share = ring.decode(body.subarray(0, ring.elementBytes), from)
      if (from !== aggregator || round !== 5 || to !== group.deviceOf.get(other)) return [{ to, body }]
      const more = ring.power(share, weight - 1n, UNCOUNTED)
      return [{ to, body: ring.encode(ring.product([ring.decode(body, from), more])) }]
    }
  }

  it('gets no answer where the weight is large', () => {
    const { outcome, sent } = runSlot(entered(scheme, group, weighted((1n << 100n) + 1n)))
    expect(told(outcome)).toEqual(['missing', other])
    expect(sent.filter(({ from, round }) => from === other && round === 7)).toEqual([])
  })

  it('gets a regular answer where it is small, as in garcia-jacobs', () => {
    const { outcome, accused } = runSlot(entered(scheme, group, weighted(3n)))
    expect([outcome?.type, accused]).toEqual(['total', []])
    expect(told(outcome)).not.toEqual(sumOf(readingsIn(group, FIRST_SLOT)))
  })
})
