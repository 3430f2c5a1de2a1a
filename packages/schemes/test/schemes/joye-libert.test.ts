// What known answers do not cover: a dealer whose modulus is none.
import { generatePrimeSync } from 'node:crypto'
import { fromBytes, toBytes } from '@hushgrid/paillier'
import { concatBytes, type Slot, u8 } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { SquareRing } from '../../src/arithmetic/square-ring.ts'
import { joyeLibert } from '../../src/schemes/joye-libert.ts'
import { SHORT_BITS, SHORT_KEYS } from '../support/keys.ts'
import { FIRST_SLOT, SmallGroup, shown } from '../support/small-group.ts'

const KEY = SHORT_BITS / 8
const ROWS = [[310], [-87], [1450]]

/** Makes a number of all bits that has one small factor. */
function multipleOf(factor: bigint): bigint {
  return factor * generatePrimeSync(SHORT_BITS - factor.toString(2).length, { bigint: true })
}

/** Sets up a group whose dealer sends another modulus, and keys below zero, whose powers take an inverse. */
function dealt(n: bigint): SmallGroup {
  let inSetup = true
  const small = new SmallGroup(joyeLibert(SHORT_KEYS), {
    meters: 3,
    tamper: message => [inSetup ? { ...message, body: concatBytes(toBytes(n, KEY), u8(1), message.body.subarray(KEY + 1)) } : message]
  })
  inSetup = false
  return small
}

it('is lost, and nobody stumbles, where the slot’s hash has no inverse', () => {
  const factor = 1009n
  const n = multipleOf(factor)
  const ring = new SquareRing(n, SHORT_BITS)
  let at = FIRST_SLOT
  while (ring.isUnit(ring.hash('joye-libert', at))) at = (at + 1) as Slot
  const small = dealt(n)
  expect(shown(small.slot(ROWS, { at }).outcome, small.group)).toEqual(['missing', 0, 1, 2])
  expect(fromBytes(small.setup.sent[0]?.body.subarray(0, KEY) as Uint8Array)).toBe(n)
})

it.each([3n, 997n])('takes no modulus with the factor %i', factor => {
  const small = dealt(multipleOf(factor))
  expect(small.slot(ROWS).sent).toEqual([])
})
