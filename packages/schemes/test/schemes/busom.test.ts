// The scheme of Busom and others: proofs of keys, the count of shares, and what meters tell each other.
import { sha256 } from '@hushgrid/primitives'
import { G, Point } from '@hushgrid/primitives/group'
import { describe, expect, it } from 'vitest'
import { busom } from '../../src/schemes/busom.ts'
import { SmallGroup, shown } from '../support/small-group.ts'
import { changing, dropping, flipped, tampered } from '../support/tampered.ts'

const ROWS = [
  [310, 0],
  [0, 87],
  [45, 0]
]
const TOTAL = [355n, 87n]
const options = { maxReading: 500n }

describe.each([false, true])('with echo %s', echo => {
  const scheme = () => busom({ ...options, echo })
  const lastRound = echo ? 4 : 3

  it('gives the total with the rounds and messages of its facts', () => {
    const three = new SmallGroup(scheme(), { meters: 3, lanes: 2 })
    const { sent, outcome } = three.slot(ROWS)
    expect(shown(outcome, three.group)).toEqual(TOTAL)
    expect(sent).toHaveLength(scheme().facts.messages(3))
    expect(Math.max(...sent.map(({ round }) => round))).toBe(scheme().facts.rounds)
  })

  it('loses the slot where a meter is silent in any round, and the next is whole', () => {
    for (let round = 1; round <= lastRound; round++) {
      if (round === 2) continue
      const three = new SmallGroup(scheme(), { meters: 3, lanes: 2 })
      const { outcome } = three.slot(ROWS, { silent: new Map([[three.id(1), round]]) })
      expect(outcome).toMatchObject({ type: 'lost', reason: 'missing' })
      expect(shown(three.slot(ROWS).outcome, three.group)).toEqual(TOTAL)
    }
  })

  it('loses the slot where a body cannot be read', () => {
    for (let round = 1; round <= lastRound; round++)
      for (const change of [(body: Uint8Array) => body.subarray(1), () => new Uint8Array(0), (body: Uint8Array) => body.map(() => 255)]) {
        if (echo && round === 3 && change(new Uint8Array(32)).byteLength === 32) continue
        const { of, tamper } = tampered(scheme(), { meters: 3, lanes: 2 })
        tamper(changing(round === 2 ? (of.group.parties.aggregator as never) : of.id(2), round, change))
        expect(of.slot(ROWS).outcome).toMatchObject({ type: 'lost', reason: 'missing' })
      }
  })

  it('finds no total where a share is another element', () => {
    const { of, tamper } = tampered(scheme(), { meters: 3, lanes: 2 })
    tamper(changing(of.id(2), lastRound, () => new Uint8Array([...G.encode(), ...G.encode()])))
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['implausible'])
  })
})

describe('keys', () => {
  const lost = (change: (body: Uint8Array) => Uint8Array): unknown => {
    const members = new SmallGroup(busom(options), { meters: 3, lanes: 2 }).group.members
    const three = new SmallGroup(busom(options), { meters: 3, lanes: 2, tamper: changing(members[1] as never, 1, change) })
    return shown(three.slot(ROWS).outcome, three.group)
  }

  it('need a proof of their secret', () => {
    for (const at of [0, 32, 64]) expect(lost(body => flipped(body, at))).toEqual(['missing', 1])
    // A key that cancels others would be the sum's negative, and its sender would not know the secret.
    const rogue = G.multiply(12_345n).encode()
    expect(lost(body => new Uint8Array([...rogue, ...body.subarray(32)]))).toEqual(['missing', 1])
  })

  it('are not proved by another’s proof', () => {
    const bodies: Uint8Array[] = []
    const tamper = (message: { readonly body: Uint8Array }) => {
      bodies.push(message.body)
      return [{ to: 'meters' as const, body: bodies[0] as Uint8Array }]
    }
    const three = new SmallGroup(busom(options), { meters: 3, lanes: 2, tamper })
    expect(bodies.length).toBeGreaterThanOrEqual(3)
    expect(shown(three.slot(ROWS).outcome, three.group)).toEqual(['missing', 1, 2])
  })

  it('have to be there from all: nobody encrypts to fewer', () => {
    const members = new SmallGroup(busom(options), { meters: 3 }).group.members
    const three = new SmallGroup(busom(options), { meters: 3, tamper: dropping(({ from }) => from === members[1]) })
    const { sent, outcome } = three.slot([[1], [2], [3]])
    expect(shown(outcome, three.group)).toEqual(['missing', 1])
    expect(sent.filter(({ from }) => from !== members[1])).toEqual([])
  })

  it('are new after a change of members', () => {
    const [two, three] = [2, 3].map(meters => new SmallGroup(busom(options), { meters, seed: `of ${meters}` })) as [SmallGroup, SmallGroup]
    expect(shown(two.slot([[1], [2]]).outcome, two.group)).toEqual([3n])
    expect(shown(three.slot([[1], [2], [5]]).outcome, three.group)).toEqual([8n])
  })
})

describe('echo', () => {
  it('stops after two sums were shown, in that slot and later', () => {
    const { of, tamper } = tampered(busom({ ...options, echo: true }), { meters: 3 })
    const aggregator = of.group.parties.aggregator
    tamper(message =>
      message.from !== aggregator || message.to !== 'meters'
        ? [message]
        : of.group.members.map((to, i) => ({ to, body: i === 0 ? G.encode() : message.body }))
    )
    const { outcome, accused, sent } = of.slot([[1], [2], [3]])
    expect(outcome).toMatchObject({ type: 'lost', reason: 'missing' })
    expect(accused.map(({ member }) => member)).toEqual([aggregator, aggregator, aggregator])
    expect(sent.filter(({ round }) => round === 4)).toEqual([])
    tamper(message => [message])
    expect(of.slot([[1], [2], [3]]).sent).toEqual([])
  })

  it('answers nothing where another meter’s hash did not arrive', () => {
    const { of, tamper } = tampered(busom({ ...options, echo: true }), { meters: 3 })
    tamper(dropping(({ round, from }) => round === 3 && from === of.id(0)))
    const { outcome, accused, sent } = of.slot([[1], [2], [3]])
    expect(shown(outcome, of.group)).toEqual(['missing', 1, 2])
    expect(accused).toEqual([])
    expect(sent.filter(({ round }) => round === 4).map(({ from }) => from)).toEqual([of.id(0)])
  })

  it('tells the hash of what was shown', () => {
    const three = new SmallGroup(busom({ ...options, echo: true }), { meters: 3 })
    const { sent } = three.slot([[1], [2], [3]])
    const shownTo = sent.find(({ round }) => round === 2)?.body as Uint8Array
    expect(sent.filter(({ round }) => round === 3).map(({ body }) => body)).toEqual(Array(3).fill(sha256(shownTo)))
  })
})

it('draws other noise for each slot, so that equal readings do not show', () => {
  const two = new SmallGroup(busom(options), { meters: 2 })
  const [one, next] = [two.slot([[1], [2]]), two.slot([[1], [2]], { at: 1_935_601 as never })]
  const shares = [one, next].map(({ sent }) => sent.filter(({ round }) => round === 3).map(({ body }) => Point.decode(body).toString()))
  expect(new Set(shares.flat()).size).toBe(4)
})
