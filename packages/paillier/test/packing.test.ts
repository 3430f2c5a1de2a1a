// Packed numbers add up lane by lane, and overflow is refused.
import { InvalidArgumentError } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { KeySizeError, PackingOverflowError } from '../src/errors.ts'
import { Packing } from '../src/keys/packing.ts'
import { full, rng, short, small } from './test-keys.ts'

describe('Packing', () => {
  it.each([
    [1, 1, 1, 2],
    [1, 32, 1, 33],
    [2, 32, 2, 34],
    [3, 32, 3, 35],
    [2, 40, 500, 50],
    [2, 40, 512, 50],
    [2, 40, 513, 51]
  ])('%i lanes of %i bits for %i terms have fields of %i bits', (lanes, valueBits, terms, fieldBits) => {
    const packing = new Packing({ lanes, valueBits, terms })
    expect([packing.fieldBits, packing.bits]).toEqual([fieldBits, lanes * fieldBits])
  })

  it('gives back what it packed, and sums of as many terms as it was made for', () => {
    const options = fc.record({
      lanes: fc.integer({ min: 1, max: 6 }),
      valueBits: fc.integer({ min: 1, max: 40 }),
      terms: fc.integer({ min: 1, max: 40 })
    })
    fc.assert(
      fc.property(options, fc.infiniteStream(fc.bigInt({ min: 0n, max: (1n << 41n) - 1n })), fc.boolean(), (sizes, stream, extreme) => {
        const packing = new Packing(sizes)
        const most = (1n << BigInt(sizes.valueBits)) - 1n
        const draw = (): bigint => {
          const drawn = stream.next().value
          if (extreme) return drawn % 2n === 0n ? most : -most
          return (drawn % (2n * most + 1n)) - most
        }
        const rows = Array.from({ length: sizes.terms }, () => Array.from({ length: sizes.lanes }, draw))
        const sum = rows.map(row => packing.pack(row)).reduce((a, b) => a + b)
        expect(packing.unpack(sum, sizes.terms)).toEqual(
          rows[0]?.map((_, lane) => rows.reduce((total, row) => total + (row[lane] as bigint), 0n))
        )
        expect(packing.unpack(packing.pack(rows[0] ?? []), 1)).toEqual(rows[0])
      })
    )
  })

  it('adds under encryption, negative lanes and all', () => {
    const { publicKey: key, privateKey } = small
    const packing = new Packing({ lanes: 4, valueBits: 40, terms: 20 })
    packing.checkKey(key)
    const rows = Array.from({ length: 20 }, (_, i) => [BigInt(i), -BigInt(i) * 7n, (1n << 40n) - 1n, 1n - (1n << 40n)])
    const total = key.sum(rows.map(row => key.encrypt(packing.pack(row), rng)))
    expect(packing.unpack(privateKey.decrypt(total), 20)).toEqual([190n, -1330n, 20n * ((1n << 40n) - 1n), -20n * ((1n << 40n) - 1n)])
  })

  it('the widest packing that a key takes survives its extremes, and one bit more is refused', () => {
    for (const { publicKey: key, privateKey } of [...short, full]) {
      const widest = new Packing({ lanes: 1, valueBits: key.bits - 2, terms: 1 })
      widest.checkKey(key)
      for (const value of [(1n << BigInt(key.bits - 2)) - 1n, 1n - (1n << BigInt(key.bits - 2))]) {
        expect(widest.unpack(privateKey.decrypt(key.encrypt(widest.pack([value]), rng)), 1)).toEqual([value])
      }
      expect(() => new Packing({ lanes: 1, valueBits: key.bits - 1, terms: 1 }).checkKey(key)).toThrow(KeySizeError)
    }
  })

  const packing = new Packing({ lanes: 2, valueBits: 8, terms: 3 })

  it('refuses a value beyond its field without naming it, and another number of values', () => {
    for (const value of [256n, -256n, 123_456n]) {
      expect(() => packing.pack([0n, value])).toThrow('lane 1: expected less than 2^8')
      expect(() => packing.pack([0n, value])).not.toThrow(value.toString())
    }
    for (const values of [[], [1n], [1n, 2n, 3n]]) expect(() => packing.pack(values)).toThrow(PackingOverflowError)
    expect(packing.pack([255n, -255n])).toBe(255n - (255n << 11n))
  })

  it('refuses more terms than it was made for', () => {
    const m = packing.pack([1n, 1n])
    for (const terms of [4, -1, 1.5, Number.NaN]) expect(() => packing.unpack(m, terms)).toThrow(PackingOverflowError)
    expect(packing.unpack(0n, 0)).toEqual([0n, 0n])
    expect(() => packing.unpack(m, 0)).toThrow(PackingOverflowError)
  })

  it('refuses lanes that hold more than so many terms can come to, and what is longer than its lanes', () => {
    const two = packing.pack([255n, -255n]) * 2n
    expect(packing.unpack(two, 2)).toEqual([510n, -510n])
    expect(() => packing.unpack(two, 1)).toThrow('lane 0: expected what 1 values')
    expect(() => packing.unpack(-two, 1)).toThrow('lane 0: expected what 1 values')
    for (const m of [1n << 22n, -(1n << 22n), 1n << 30n]) expect(() => packing.unpack(m, 3)).toThrow('sum: expected 2 lanes')
  })

  it('refuses sizes that are no positive integers', () => {
    for (const bad of [0, -1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => new Packing({ lanes: bad, valueBits: 8, terms: 1 })).toThrow(InvalidArgumentError)
      expect(() => new Packing({ lanes: 1, valueBits: bad, terms: 1 })).toThrow(InvalidArgumentError)
      expect(() => new Packing({ lanes: 1, valueBits: 8, terms: bad })).toThrow(InvalidArgumentError)
    }
  })
})
