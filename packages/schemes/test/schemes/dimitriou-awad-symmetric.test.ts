// The symmetric scheme: who is a neighbour, what is lost, and that every total is exact.
import { lanesFromExactBytes, signedLanes, subtractLanes } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dimitriouAwadSymmetric } from '../../src/schemes/dimitriou-awad-symmetric.ts'
import { SmallGroup, shown } from '../support/small-group.ts'
import { changing, dropping, tampered } from '../support/tampered.ts'

const ROWS = [[310], [-87], [1450], [0], [233], [9]]
const TOTAL = [1915n]

describe('neighbours', () => {
  it.each([2, 4])('are %i on the ring, and all messages what the facts say', degree => {
    const scheme = dimitriouAwadSymmetric({ degree })
    const six = new SmallGroup(scheme, { meters: 6 })
    const { sent, outcome } = six.slot(ROWS)
    const to = sent
      .filter(message => message.round === 1 && message.from === six.id(0))
      .map(message => six.group.members.indexOf(message.to as never))
    expect(to).toEqual(degree === 2 ? [1, 5] : [1, 2, 4, 5])
    expect(sent.filter(message => message.round === 1).every(({ sealed }) => sealed)).toBe(true)
    expect(sent).toHaveLength(scheme.facts.messages(6))
    expect(shown(outcome, six.group)).toEqual(TOTAL)
  })

  it('are everybody else unless a degree is given, and where it is larger than the group', () => {
    for (const scheme of [dimitriouAwadSymmetric(), dimitriouAwadSymmetric({ degree: 20 })]) {
      const six = new SmallGroup(scheme, { meters: 6 })
      const { sent, outcome } = six.slot(ROWS)
      expect(sent).toHaveLength(36)
      expect(scheme.facts.messages(6)).toBe(36)
      expect(shown(outcome, six.group)).toEqual(TOTAL)
    }
  })

  it('together with the aggregator read a meter', () => {
    const six = new SmallGroup(dimitriouAwadSymmetric({ degree: 2 }), { meters: 6 })
    const { sent } = six.slot(ROWS)
    const sum = lanesFromExactBytes(sent.find(({ from, round }) => from === six.id(2) && round === 2)?.body as Uint8Array, 1)
    for (const { from, to, round, body } of sent) {
      if (round === 1 && from === six.id(2)) subtractLanes(sum, lanesFromExactBytes(body, 1))
      if (round === 1 && to === six.id(2)) sum[0] = (sum[0] as bigint) + (lanesFromExactBytes(body, 1)[0] as bigint)
    }
    expect(signedLanes(sum)).toEqual([1450n])
  })

  it('are needed: a meter alone sends nothing', () => {
    const one = new SmallGroup(dimitriouAwadSymmetric(), { meters: 1 })
    const { sent, outcome } = one.slot([[310]])
    expect(sent).toEqual([])
    expect(shown(outcome, one.group)).toEqual(['missing', 0])
  })
})

describe('a slot is lost', () => {
  it.each([1, 2])('where a meter is silent from round %i, and only it is named', round => {
    const six = new SmallGroup(dimitriouAwadSymmetric({ degree: 2 }), { meters: 6 })
    expect(shown(six.slot(ROWS, { silent: new Map([[six.id(4), round]]) }).outcome, six.group)).toEqual(['missing', 4])
  })

  it.each([false, true])('where one blinding is lost or cannot be read, and its sender is named (%s)', cut => {
    const { of, tamper } = tampered(dimitriouAwadSymmetric(), { meters: 6 })
    const [from, to] = [of.id(2), of.id(5)]
    tamper(
      cut
        ? dropping(message => message.round === 1 && message.from === from && message.to === to)
        : changing(from, 1, (body, receiver) => (receiver === to ? body.subarray(1) : body))
    )
    expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['missing', 2])
  })

  it('and a meter that sent nothing is named before one that another meter misses', () => {
    const { of, tamper } = tampered(dimitriouAwadSymmetric(), { meters: 6 })
    tamper(dropping(message => message.round === 1 && message.from === of.id(2) && message.to === of.id(5)))
    expect(shown(of.slot(ROWS, { silent: new Map([[of.id(4), 2]]) }).outcome, of.group)).toEqual(['missing', 4])
  })

  it('where what a meter submits is too short, too long or names nobody', () => {
    for (const change of [
      (body: Uint8Array) => body.subarray(2),
      (body: Uint8Array) => new Uint8Array([...body, 0, 0]),
      () => new Uint8Array([1, 0, 0]),
      () => new Uint8Array([0, 6, 0]),
      () => new Uint8Array([0, 3, 0, 3, 0])
    ]) {
      const { of, tamper } = tampered(dimitriouAwadSymmetric(), { meters: 6 })
      tamper(changing(of.id(1), 2, change))
      expect(shown(of.slot(ROWS).outcome, of.group)).toEqual(['missing', 1])
    }
  })

  it('unless nobody counts, as published: then the total is another number', () => {
    const { of, tamper } = tampered(dimitriouAwadSymmetric({ trusting: true }), { meters: 6 })
    tamper(dropping(message => message.round === 1 && message.from === of.id(2) && message.to === of.id(5)))
    const { outcome } = of.slot(ROWS)
    expect(outcome?.type).toBe('total')
    expect(shown(outcome, of.group)).not.toEqual(TOTAL)
  })
})

it('gives the exact total of all or none, whoever is silent', () => {
  fc.assert(
    fc.property(
      fc.array(fc.bigInt({ min: -(2n ** 46n), max: 2n ** 46n }), { minLength: 2, maxLength: 8 }),
      fc.constantFrom(undefined, 2, 4),
      fc.option(fc.record({ who: fc.nat(), round: fc.integer({ min: 1, max: 2 }) })),
      (readings, degree, absent) => {
        const group = new SmallGroup(dimitriouAwadSymmetric(degree ? { degree } : {}), { meters: readings.length })
        const silent = new Map(absent ? [[group.id(absent.who % readings.length), absent.round]] : [])
        const { outcome } = group.slot(
          readings.map(reading => [reading]),
          { silent }
        )
        expect(shown(outcome, group.group)).toEqual(
          absent ? ['missing', absent.who % readings.length] : [readings.reduce((a, b) => a + b, 0n)]
        )
      }
    ),
    { numRuns: 60 }
  )
})

it('keeps nothing of a slot for the next', () => {
  const three = new SmallGroup(dimitriouAwadSymmetric(), { meters: 3 })
  three.slot([[1], [2], [3]], { silent: new Map([[three.id(2), 2]]) })
  expect(shown(three.slot([[10], [20], [30]]).outcome, three.group)).toEqual([60n])
  expect(three.slot([[10]]).sent.filter(({ round, from }) => round === 2 && from !== three.id(0))).toEqual([])
})
