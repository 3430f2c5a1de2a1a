// The Diffie–Hellman scheme of Kursawe et al. beyond its known answers: bases of a slot, missing values, who reads a meter.
import { concatBytes, toHex, u8, u64 } from '@hushgrid/primitives'
import { G, hashToGroup, Point } from '@hushgrid/primitives/group'
import { describe, expect, it } from 'vitest'
import type { Sent } from '../../src/lockstep.ts'
import { kursaweDiffieHellman } from '../../src/schemes/kursawe-diffie-hellman.ts'
import { FIRST_SLOT, SmallGroup, type SmallGroupInit, shown } from '../support/small-group.ts'

const ROWS = [[31], [8], [145], [0]]
const four = (init: Partial<SmallGroupInit> = {}, trusting = false): SmallGroup =>
  new SmallGroup(kursaweDiffieHellman({ maxReading: 200n, trusting }), { meters: 4, ...init })

/** Runs a slot in which member 3's bodies of a round are others. */
function corrupted(round: number, change: (body: Uint8Array) => Uint8Array): unknown {
  const group: SmallGroup = four({
    tamper: message => [message.from === group.id(3) && message.round === round ? { ...message, body: change(message.body) } : message]
  })
  return shown(group.slot(ROWS).outcome, group.group)
}

it('sums with secrets of the setup and bases of the slot', () => {
  const group = four({ lanes: 2 })
  const rows = ROWS.map(([value = 0]) => [value, 200 - value])
  const slots = [0, 1].map(i => group.slot(rows, { at: (FIRST_SLOT + i) as typeof FIRST_SLOT }))
  for (const { outcome, sent } of slots) {
    expect(shown(outcome, group.group)).toEqual([184n, 616n])
    expect(sent).toHaveLength(kursaweDiffieHellman().facts.messages(4))
  }
  const published = (sent: readonly Sent[] = []): string[] =>
    sent.filter(({ round }) => round === 1).flatMap(({ body }) => [toHex(body.subarray(0, 32)), toHex(body.subarray(32))])
  expect(new Set(slots.flatMap(({ sent }) => published(sent))).size).toBe(16)
})

describe('a slot is lost', () => {
  it('at once where a public value is missing, and nobody answers', () => {
    const group = four()
    const { outcome, sent } = group.slot(ROWS, { silent: new Map([[group.id(1), 1]]) })
    expect(shown(outcome, group.group)).toEqual(['missing', 1])
    expect(sent.filter(({ round }) => round === 2)).toEqual([])
  })

  it('where a reading is missing, which even the values show', () => {
    for (const [trusting, lost] of [
      [false, ['missing', 2]],
      [true, ['implausible']]
    ] as const) {
      const group = four({}, trusting)
      const { outcome } = group.slot(ROWS, { silent: new Map([[group.id(2), 2]]) })
      expect(shown(outcome, group.group)).toEqual(lost)
    }
  })

  it.each([1, 2])('where a body of round %i is no element', round => {
    for (const change of [
      (body: Uint8Array) => body.subarray(1),
      (body: Uint8Array) => new Uint8Array(body.length),
      (body: Uint8Array) => Uint8Array.from(body).fill(255)
    ])
      expect(corrupted(round, change)).toEqual(['missing', 3])
  })

  it.each([1, 2])('where a body of round %i is another element', round => {
    expect(corrupted(round, () => G.encode())).toEqual(['implausible'])
  })

  it('where the total is beyond its bound or below zero', () => {
    const group = four()
    expect(shown(group.slot([[801], [0], [0], [0]]).outcome, group.group)).toEqual(['implausible'])
    expect(shown(group.slot([[-1], [0], [0], [0]]).outcome, group.group)).toEqual(['implausible'])
    expect(shown(group.slot([[800], [0], [0], [0]]).outcome, group.group)).toEqual([800n])
  })
})

it('goes on with other members after a new setup', () => {
  const five = four({ meters: 5, epoch: 1 })
  expect(shown(five.slot([...ROWS, [16]]).outcome, five.group)).toEqual([200n])
  const two = four({ meters: 2, epoch: 2 })
  expect(shown(two.slot(ROWS.slice(0, 2)).outcome, two.group)).toEqual([39n])
})

it('shows a reading to a meter that sends its public value last, with the aggregator, and loses the slot', () => {
  const [victim, others]: [Point[], Point[]] = [[], []]
  const base = hashToGroup(concatBytes(u64(FIRST_SLOT), u8(0)), 'hushgrid/v1/schemes/kursawe-diffie-hellman')
  const small: SmallGroup = four({
    tamper: message => {
      const place = small.group.members.indexOf(message.from)
      if (message.round === 1 && place === 0) victim.push(Point.decode(message.body))
      else if (message.round === 1 && place < 3) others.push(Point.decode(message.body))
      else if (message.round === 1) return [{ ...message, body: base.add(Point.sum(others).multiply(-1n)).encode() }]
      return [message]
    }
  })
  const { sent, outcome } = small.slot(ROWS)
  const blinded = Point.decode(sent.find(({ from, round }) => round === 2 && from === small.id(0))?.body as Uint8Array)
  const bare = blinded.add((victim[0] as Point).multiply(-1n))
  expect(bare.equals(base.multiply(31n))).toBe(true)
  expect(shown(outcome, small.group)).toEqual(['implausible'])
})
