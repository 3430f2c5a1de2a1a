// Arithmetic of lanes modulo 2^64 against BigInt.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { InvalidArgumentError } from '../src/errors.ts'
import {
  addLanes,
  equalLanes,
  laneCount,
  lanesFromBytes,
  lanesFromExactBytes,
  lanesFromIntegers,
  lanesToBytes,
  READING_LIMIT,
  readingLanes,
  signedLanes,
  subtractLanes,
  unsignedLanes,
  zeroLanes
} from '../src/lanes.ts'

const MODULUS = 1n << 64n
/** Any 64-bit word, and often one where a carry or a sign turns over. */
const word = fc.oneof(
  fc.bigInt({ min: 0n, max: MODULUS - 1n }),
  fc.constantFrom(0n, 1n, 0xffff_ffffn, 1n << 32n, (1n << 63n) - 1n, 1n << 63n, MODULUS - 1n)
)
const words = fc.array(word, { minLength: 1, maxLength: 9 })
const pair = words.chain(a => fc.tuple(fc.constant(a), fc.array(word, { minLength: a.length, maxLength: a.length })))
const mod = (value: bigint): bigint => ((value % MODULUS) + MODULUS) % MODULUS

describe('lane arithmetic', () => {
  it('adds and subtracts as integers modulo 2^64, in place', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const [x, y] = [lanesFromIntegers(a), lanesFromIntegers(b)]
        const sum = lanesFromIntegers(a)
        expect(addLanes(sum, y)).toBe(sum)
        expect(unsignedLanes(sum)).toEqual(a.map((value, i) => mod(value + (b[i] as bigint))))
        expect(unsignedLanes(subtractLanes(x, y))).toEqual(a.map((value, i) => mod(value - (b[i] as bigint))))
        expect(unsignedLanes(y)).toEqual(b)
      }),
      { numRuns: 500 }
    )
  })

  it('adds and subtracts a vector to and from itself', () => {
    fc.assert(
      fc.property(words, a => {
        const twice = lanesFromIntegers(a)
        expect(unsignedLanes(addLanes(twice, twice))).toEqual(a.map(value => mod(2n * value)))
        expect(unsignedLanes(subtractLanes(twice, twice))).toEqual(a.map(() => 0n))
      })
    )
  })

  it('refuses vectors of different lengths rather than leaving lanes out', () => {
    expect(() => addLanes(zeroLanes(2), zeroLanes(1))).toThrow('lanes: expected 2 lanes, got 1')
    expect(() => subtractLanes(zeroLanes(1), zeroLanes(2))).toThrow(InvalidArgumentError)
  })

  it('takes integers modulo 2^64 and reads them back as two’s complement', () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }), { minLength: 1 }), values => {
        expect(signedLanes(lanesFromIntegers(values))).toEqual(values)
        expect(unsignedLanes(lanesFromIntegers(values))).toEqual(values.map(mod))
      })
    )
    expect(unsignedLanes(lanesFromIntegers([-1, 3, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER, MODULUS + 5n]))).toEqual([
      MODULUS - 1n,
      3n,
      BigInt(Number.MAX_SAFE_INTEGER),
      MODULUS - BigInt(Number.MAX_SAFE_INTEGER),
      5n
    ])
    for (const wrong of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])
      expect(() => lanesFromIntegers([wrong])).toThrow(InvalidArgumentError)
  })

  it('compares whole vectors', () => {
    fc.assert(
      fc.property(pair, ([a, b]) => {
        const same = a.every((value, i) => value === b[i])
        expect(equalLanes(lanesFromIntegers(a), lanesFromIntegers(b))).toBe(same)
        expect(equalLanes(lanesFromIntegers(a), lanesFromIntegers([...a]))).toBe(true)
      })
    )
    expect(equalLanes(zeroLanes(1), zeroLanes(2))).toBe(false)
    expect(laneCount(zeroLanes(5))).toBe(5)
  })
})

describe('readings (PROTOCOL.md section 3)', () => {
  it('are taken up to ±(2^47 − 1), whole numbers only', () => {
    const most = READING_LIMIT - 1n
    expect(READING_LIMIT).toBe(2n ** 47n)
    expect(signedLanes(readingLanes([most, -most, 0, Number(most), -Number(most)]))).toEqual([most, -most, 0n, most, -most])
    for (const wrong of [READING_LIMIT, -READING_LIMIT, 1n << 64n, 2 ** 47, -(2 ** 47), 0.5, Number.NaN, Number.NEGATIVE_INFINITY])
      expect(() => readingLanes([0, wrong]), String(wrong)).toThrow(/^reading of lane 1: expected/)
  })

  it('are never repeated in an error', () => {
    expect(() => readingLanes([987_654_321_987_654_321n])).toThrow(/^(?!.*987).*$/)
  })

  it('never wrap, 65,535 of them at their bound', () => {
    const members = 65_535
    for (const reading of [READING_LIMIT - 1n, 1n - READING_LIMIT]) {
      const total = zeroLanes(1)
      const one = readingLanes([reading])
      for (let i = 0; i < members; i++) addLanes(total, one)
      expect(signedLanes(total)).toEqual([BigInt(members) * reading])
    }
  })
})

describe('lane bytes', () => {
  it('are eight a lane, little-endian, there and back', () => {
    expect(lanesToBytes(lanesFromIntegers([0x0102030405060708n, -2n]))).toEqual(
      Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
    )
    fc.assert(
      fc.property(words, fc.nat(20), fc.nat(20), (values, before, after) => {
        const bytes = lanesToBytes(lanesFromIntegers(values))
        const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
        expect(values.map((_, i) => view.getBigUint64(8 * i, true))).toEqual(values)
        // Also in the middle of other bytes, at any alignment.
        const amid = new Uint8Array(before + bytes.byteLength + after).fill(0xaa)
        amid.set(bytes, before)
        expect(unsignedLanes(lanesFromBytes(amid, values.length, before))).toEqual(values)
        expect(unsignedLanes(lanesFromExactBytes(bytes, values.length))).toEqual(values)
      })
    )
  })

  it('are a copy, so that a later change to either is not seen in the other', () => {
    const lanes = lanesFromIntegers([7n])
    const bytes = lanesToBytes(lanes)
    const again = lanesFromBytes(bytes, 1)
    bytes.fill(0xff)
    expect(unsignedLanes(lanes)).toEqual([7n])
    expect(unsignedLanes(again)).toEqual([7n])
  })

  it('are written from a part of a vector, not from the whole buffer under it', () => {
    const whole = lanesFromIntegers([1n, 2n, 3n])
    const words = whole.length / laneCount(whole)
    const part = whole.subarray(words, 2 * words) as typeof whole
    expect(lanesToBytes(part)).toEqual(lanesToBytes(lanesFromIntegers([2n])))
  })

  it('are refused where too few, or in a message too many', () => {
    expect(() => lanesFromBytes(new Uint8Array(15), 2)).toThrow('lane bytes: expected at least 16, got 15')
    expect(() => lanesFromBytes(new Uint8Array(16), 2, 1)).toThrow(InvalidArgumentError)
    expect(() => lanesFromExactBytes(new Uint8Array(17), 2, 'release')).toThrow('release: expected 16 bytes, got 17')
    expect(() => lanesFromExactBytes(new Uint8Array(8), 2)).toThrow(InvalidArgumentError)
  })
})
