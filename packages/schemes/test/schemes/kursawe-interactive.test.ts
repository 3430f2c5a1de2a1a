// The interactive scheme of Kursawe et al. beyond its known answers: leaders that change, shares that are missing, bad bodies.
import { InvalidArgumentError, lanesFromExactBytes, signedLanes, subtractLanes } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import type { Sent } from '../../src/lockstep.ts'
import { kursaweInteractive } from '../../src/schemes/kursawe-interactive.ts'
import { SmallGroup, shown } from '../support/small-group.ts'

const ROWS = [[310], [-87], [1450], [0], [233]]
const TOTAL = [1906n]

/** Gives the places of the leaders of a slot: whoever gets shares. */
function leadersOf({ group }: SmallGroup, sent: readonly Sent[]): number[] {
  const places = sent.filter(({ round }) => round === 1).map(({ to }) => group.members.indexOf(to as never))
  return [...new Set(places)].sort()
}

describe('leaders', () => {
  it.each([
    [0, [0, 1]],
    [1, [2, 3]],
    [2, [0, 4]],
    [5, [0, 1]]
  ])('of epoch %i are %j', (epoch, leaders) => {
    const five = new SmallGroup(kursaweInteractive(), { meters: 5, epoch })
    const { sent, outcome } = five.slot(ROWS)
    expect(leadersOf(five, sent)).toEqual(leaders)
    expect(shown(outcome, five.group)).toEqual(TOTAL)
  })

  it.each([1, 3, 4])('may be %i of five', leaders => {
    const five = new SmallGroup(kursaweInteractive({ leaders }), { meters: 5 })
    const { sent, outcome } = five.slot(ROWS)
    expect(leadersOf(five, sent)).toHaveLength(leaders)
    expect(shown(outcome, five.group)).toEqual(TOTAL)
    expect(sent).toHaveLength(kursaweInteractive({ leaders }).facts.messages(5))
  })

  it('are never all, since nobody would mask anything then', () => {
    const two = new SmallGroup(kursaweInteractive({ leaders: 2 }), { meters: 2 })
    const { sent, outcome } = two.slot([[310], [87]])
    expect(leadersOf(two, sent)).toEqual([0])
    expect(shown(outcome, two.group)).toEqual([397n])
    expect(sent.map(({ body }) => lanesFromExactBytes(body, 1)[0])).not.toContain(310n)
  })

  it('together with the aggregator read who does not lead', () => {
    const five = new SmallGroup(kursaweInteractive(), { meters: 5 })
    const { sent } = five.slot(ROWS)
    const own = sent.filter(({ from }) => from === five.id(3))
    const [shares, masked] = [own.filter(({ round }) => round === 1), own.filter(({ round }) => round === 2)]
    const value = lanesFromExactBytes(masked[0]?.body as Uint8Array, 1)
    for (const { body } of shares) subtractLanes(value, lanesFromExactBytes(body, 1))
    expect(shares).toHaveLength(2)
    expect(signedLanes(value)).toEqual([0n])
  })
})

describe('a slot is lost', () => {
  it('where a meter is silent from either round, and names it', () => {
    for (const [round, named] of [
      [1, [0, 1, 4]],
      [2, [4]]
    ] as const) {
      const five = new SmallGroup(kursaweInteractive(), { meters: 5 })
      const { outcome } = five.slot(ROWS, { silent: new Map([[five.id(4), round]]) })
      expect(shown(outcome, five.group)).toEqual(['missing', ...named])
    }
  })

  it('where a leader is silent or a meter has no reading', () => {
    const five = new SmallGroup(kursaweInteractive(), { meters: 5 })
    expect(shown(five.slot(ROWS, { silent: new Map([[five.id(0), 2]]) }).outcome, five.group)).toEqual(['missing', 0])
    expect(shown(five.slot(ROWS.slice(0, 4)).outcome, five.group)).toEqual(['missing', 0, 1, 4])
  })

  it('where one leader lacks a share, though everybody else would send', () => {
    const cut = (trusting: boolean): SmallGroup => {
      const five: SmallGroup = new SmallGroup(kursaweInteractive({ trusting }), {
        meters: 5,
        tamper: message => (message.round === 1 && message.to === five.id(1) && message.from === five.id(4) ? [] : [message])
      })
      return five
    }
    const counted = cut(false)
    expect(shown(counted.slot(ROWS).outcome, counted.group)).toEqual(['missing', 1])
    const asPublished = cut(true)
    const { outcome } = asPublished.slot(ROWS)
    expect(outcome?.type).toBe('total')
    expect(shown(outcome, asPublished.group)).not.toEqual(TOTAL)
  })

  it.each([1, 2])('where a body of round %i is too short', round => {
    const five: SmallGroup = new SmallGroup(kursaweInteractive(), {
      meters: 5,
      tamper: message => [message.from === five.id(3) && message.round === round ? { ...message, body: message.body.subarray(1) } : message]
    })
    expect(shown(five.slot(ROWS).outcome, five.group)).toEqual(['missing', ...(round === 1 ? [0, 1] : [3])])
  })
})

it('keeps nothing of a slot for the next', () => {
  const three = new SmallGroup(kursaweInteractive(), { meters: 3, lanes: 2 })
  three.slot(
    [
      [1, 2],
      [3, 4],
      [5, 6]
    ],
    { silent: new Map([[three.id(2), 2]]) }
  )
  const next = three.slot([
    [10, 20],
    [30, 40],
    [50, 60]
  ])
  expect(shown(next.outcome, three.group)).toEqual([90n, 120n])
  const later = three.slot([[10, 20]], {})
  expect(later.sent.filter(({ round }) => round === 2)).toEqual([])
})

it('sums readings of any sign modulo 2^64', () => {
  const two = new SmallGroup(kursaweInteractive(), { meters: 2 })
  const { outcome } = two.slot([[-(2n ** 46n)], [1]])
  expect(shown(outcome, two.group)).toEqual([1n - 2n ** 46n])
})

it.each([0, -1, 1.5, Number.NaN])('takes no %d leaders, under whom readings would be bare', leaders => {
  expect(() => kursaweInteractive({ leaders })).toThrow(InvalidArgumentError)
})
