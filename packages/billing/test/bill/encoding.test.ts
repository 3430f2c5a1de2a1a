// Bills as bytes: one encoding each, and nothing else is read.
import { concatBytes, IMPORT_LANE, type Slot, u8, u16, u32 } from '@hushgrid/primitives'
import { GROUP_ORDER, scalar } from '@hushgrid/primitives/group'
import { numberToBytesLE } from '@noble/curves/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sealBatch } from '../../src/batch/batch.ts'
import { encodeBatch } from '../../src/batch/encoding.ts'
import type { BatchHeader } from '../../src/batch/header.ts'
import { type Bill, makeBill, verifyBill } from '../../src/bill/bill.ts'
import { decodeBill, encodeBill } from '../../src/bill/encoding.ts'
import { VALUE_BITS } from '../../src/commitments/commitment.ts'
import { BillRejectedError } from '../../src/errors.ts'
import { FIRST, household, opened, pricesFor, readingsOf } from '../support/household.ts'

const home = household()
const prices = pricesFor(FIRST, FIRST + 20)
const readings = readingsOf('encoding', 20, 1, [4])
const batches = [opened(home, readings.slice(0, 9)), opened(home, readings.slice(9), FIRST + 9)]
const bill = makeBill({ batches, prices })
const bytes = encodeBill(bill)

/** Where fields begin (see encodeBill). */
const AMOUNT = 1 + 32 + 8 + 8 + 32
const OPENING = AMOUNT + 20
const BATCHES = OPENING + 32
/** Header of the first batch: id, keyEpoch, slotSeconds, firstSlot, slots, one lane of 10 characters, a bitmap of 2 bytes. */
const COMMITMENTS = BATCHES + 2 + 32 + 4 + 4 + 8 + 4 + 1 + 11 + 3

function refused(changed: Uint8Array): string {
  try {
    decodeBill(changed)
  } catch (error) {
    if (!(error instanceof BillRejectedError)) throw error
    expect(error.fault).toBe('encoding')
    return error.message
  }
  throw new Error('expected a BillRejectedError, got none')
}

function replaced(at: number, by: Uint8Array): Uint8Array {
  const out = Uint8Array.from(bytes)
  out.set(by, at)
  return out
}

const visible = (of: Bill): unknown => ({
  ...of,
  batches: of.batches.map(batch => ({ ...batch, commitments: batch.commitments.map(commitment => String(commitment.point)) }))
})

describe('the encoding of a bill', () => {
  it('decodes to what was encoded, and then holds', () => {
    expect(visible(decodeBill(bytes))).toEqual(visible(bill))
    expect(encodeBill(decodeBill(bytes))).toEqual(bytes)
    expect(verifyBill(decodeBill(bytes), prices, home.identity.id)).toEqual({ amount: bill.amount, gaps: 1 })
    expect(bytes.byteLength).toBe(BATCHES + 2 + 2 * (32 + 4 + 4 + 8 + 4 + 1 + 11 + 64) + 3 + 3 + 19 * 32)
  })

  it('holds amounts of either sign up to the bound', () => {
    const most = (1n << BigInt(VALUE_BITS)) - 1n
    fc.assert(
      fc.property(fc.oneof(fc.bigInt({ min: -most, max: most }), fc.constantFrom(most, -most, 0n, -1n)), amount => {
        expect(decodeBill(encodeBill({ ...bill, amount, batches: [] })).amount).toBe(amount)
      })
    )
    expect(() => encodeBill({ ...bill, amount: most + 1n })).toThrow(/amount: expected an integer between/)
    const lowest = replaced(AMOUNT, concatBytes(new Uint8Array(19), u8(0x80)))
    expect(() => decodeBill(lowest)).toThrow(BillRejectedError)
  })

  it('is refused with an opening that is not canonical', () => {
    for (const value of [GROUP_ORDER, bill.opening + GROUP_ORDER, (1n << 256n) - 1n])
      expect(refused(replaced(OPENING, numberToBytesLE(value, 32)))).toContain("opening: expected a scalar below the group's order")
    expect(decodeBill(replaced(OPENING, numberToBytesLE(GROUP_ORDER - 1n, 32))).opening).toBe(scalar(-1n))
  })

  it('is refused with a commitment that is the identity or not canonical', () => {
    expect(refused(replaced(COMMITMENTS + 32, new Uint8Array(32)))).toContain(
      'batch 0, commitment 1: expected an element other than the identity'
    )
    const original = bytes.slice(COMMITMENTS, COMMITMENTS + 32)
    for (const wrong of [
      original.map((byte, i) => (i === 0 ? byte | 1 : byte)),
      original.map((byte, i) => (i === 31 ? byte | 0x80 : byte)),
      new Uint8Array(32).fill(0xff)
    ])
      expect(refused(replaced(COMMITMENTS, wrong))).toContain('batch 0, commitment 0: expected a canonical encoding of an element')
  })

  it('is refused where it is cut off, goes on, or is of another version', () => {
    for (const length of [
      0,
      1,
      40,
      AMOUNT + 3,
      OPENING + 31,
      BATCHES + 1,
      COMMITMENTS,
      COMMITMENTS + 31,
      bytes.byteLength - 65,
      bytes.byteLength - 1
    ])
      refused(bytes.slice(0, length))
    expect(refused(concatBytes(bytes, u8(0)))).toContain('end: expected no more bytes, got 1')
    expect(refused(replaced(0, u8(1)))).toBe('bill, encoding: version: expected 2, got 1')
    expect(refused(replaced(BATCHES, u16(4097)))).toContain('batches: expected at most 4096, got 4097')
  })

  it('asks for no more work than the bytes can be of', () => {
    // The second batch has no gap, so its readings are as many as its slots.
    const slots = COMMITMENTS + 8 * 32 + 64 + 32 + 4 + 4 + 8
    expect(refused(replaced(slots, u32(131_072)))).toContain('batch 1: expected 131072 commitments, got fewer')
    const gaps = { ...batches[0]?.header, slots: 131_072, present: new Uint8Array(16_384) } as BatchHeader
    const long = Array.from({ length: 9 }, () => ({ header: gaps, commitments: [], signature: new Uint8Array(64) }))
    expect(refused(encodeBill({ ...bill, batches: long }))).toContain('slots: expected at most 1048576, got more')
    expect(() => verifyBill({ ...bill, batches: long }, prices, home.identity.id)).toThrow('encoding: expected at most 1048576 slots')
  })

  it('with any byte changed is refused, or does not hold', () => {
    fc.assert(
      fc.property(fc.nat(bytes.byteLength - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const changed = replaced(at, u8((bytes[at] as number) ^ change))
        expect(() => verifyBill(decodeBill(changed), prices, home.identity.id)).toThrow(BillRejectedError)
      }),
      // The first: a period that begins at a moment that no calendar has.
      { examples: [[37, 2]], numRuns: 400 }
    )
  })

  it('is refused without the meter’s signature', () => {
    expect(() => encodeBill({ ...bill, batches: bill.batches.map(batch => ({ ...batch, signature: new Uint8Array(0) })) })).toThrow(
      /signature: expected 64 bytes, got 0/
    )
    expect(refused(bytes.slice(0, bytes.byteLength - 64))).toContain('signature: expected 64 bytes more, got 0')
  })
})

describe('sizes', () => {
  it('of batches beat the published overhead in every row, by the bytes that are sent', () => {
    const overhead = (slots: number, gaps: readonly number[] = []): number => {
      const values = readingsOf('sizes', slots, 1, gaps)
      const { batch } = sealBatch({ ...home, slotSeconds: 1800, firstSlot: FIRST as Slot, lanes: [IMPORT_LANE], readings: values })
      const payload = batch.ciphertexts.byteLength
      return (100 * (encodeBatch(batch).byteLength - payload)) / payload
    }
    // Danezis et al., overhead of a signature of 256 bytes: 66.7, 9.6 and 2.2 %.
    expect(overhead(48)).toBeCloseTo((100 * 132) / 384, 6)
    expect(overhead(48)).toBeLessThan(66.7)
    expect(overhead(336)).toBeLessThan(9.6)
    expect(overhead(1344)).toBeLessThan(2.2)
    // With outages too.
    expect(overhead(1344, [5, 6, 7, 300, 1000, 1001])).toBeLessThan(2.2)
  })
})
