import { lanesFromExactBytes, toHex } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { kursaweLowOverhead } from '../../src/schemes/kursawe-low-overhead.ts'
import { FIRST_SLOT, SmallGroup, shown } from '../support/small-group.ts'

const ROWS = [
  [310, 0],
  [-87, 3],
  [0, 0],
  [233, 12]
]
const TOTAL = [456n, 15n]

/** Runs a slot in which what member 3 sends is changed, in the setup or in the slot. */
function corrupted(phase: 'setup' | 'slot', change: (body: Uint8Array) => Uint8Array, trusting = false): unknown {
  let tampered = phase === 'setup'
  const four: SmallGroup = new SmallGroup(kursaweLowOverhead({ trusting }), {
    meters: 4,
    lanes: 2,
    tamper: message => [tampered && message.from.startsWith('0003') ? { ...message, body: change(message.body) } : message]
  })
  tampered = phase === 'slot'
  return shown(four.slot(ROWS).outcome, four.group)
}

it('masks with other values in each slot and lane', () => {
  const four = new SmallGroup(kursaweLowOverhead(), { meters: 4, lanes: 2 })
  const zeros = ROWS.map(() => [0, 0])
  const values = [0, 1].flatMap(i => {
    const { sent, outcome } = four.slot(zeros, { at: (FIRST_SLOT + i) as typeof FIRST_SLOT })
    expect(shown(outcome, four.group)).toEqual([0n, 0n])
    return sent.flatMap(({ body }) => [...lanesFromExactBytes(body, 2)])
  })
  expect(values).toHaveLength(16)
  expect(new Set(values).size).toBe(16)
})

it('agrees on keys once, a broadcast each', () => {
  const four = new SmallGroup(kursaweLowOverhead(), { meters: 4, lanes: 2 })
  expect(four.setup.sent.map(({ to, body }) => [to, body.length])).toEqual(ROWS.map(() => ['meters', 32]))
  expect(new Set(four.setup.sent.map(({ body }) => toHex(body))).size).toBe(4)
  expect(shown(four.slot(ROWS).outcome, four.group)).toEqual(TOTAL)
})

it('is a new setup away from other members', () => {
  const five = new SmallGroup(kursaweLowOverhead(), { meters: 5, lanes: 2, epoch: 1 })
  expect(shown(five.slot([...ROWS, [4, 5]]).outcome, five.group)).toEqual([460n, 20n])
})

describe('a slot is lost', () => {
  it('where a meter is silent, which values would not show', () => {
    for (const trusting of [false, true]) {
      const four = new SmallGroup(kursaweLowOverhead({ trusting }), { meters: 4, lanes: 2 })
      const { outcome } = four.slot(ROWS, { silent: new Map([[four.id(3), 1]]) })
      if (!trusting) expect(shown(outcome, four.group)).toEqual(['missing', 3])
      else expect(outcome?.type).toBe('total')
      expect(shown(outcome, four.group)).not.toEqual([223n, 3n])
    }
  })

  it('where a masked reading has another length', () => {
    expect(corrupted('slot', body => body.subarray(0, 15))).toEqual(['missing', 3])
    expect(corrupted('slot', body => Uint8Array.from([...body, 0]))).toEqual(['missing', 3])
  })

  it.each([
    ['too short', (body: Uint8Array) => body.subarray(1)],
    ['of low order', (body: Uint8Array) => new Uint8Array(body.length)],
    ['not reduced', (body: Uint8Array) => Uint8Array.from(body).fill(255)]
  ])('where a key is %s: nobody masks without it', (_, change) => {
    expect(corrupted('setup', change)).toEqual(['missing', 0, 1, 2])
    expect(corrupted('setup', change, true)).not.toEqual(TOTAL)
  })
})
