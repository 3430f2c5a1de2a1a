// Byte strings against Node's own, and what is refused.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkLength, compareBytes, concatBytes, equalBytes, fromHex, toHex, u8, u16, u32, u64, utf8 } from '../../src/bytes/bytes.ts'
import { InvalidArgumentError } from '../../src/errors.ts'

describe('integers', () => {
  it('are little-endian', () => {
    expect(u8(0xfe)).toEqual(Uint8Array.of(0xfe))
    expect(u16(0x0102)).toEqual(Uint8Array.of(2, 1))
    expect(u32(0xf1020304)).toEqual(Uint8Array.of(4, 3, 2, 0xf1))
    expect(u64(0x0102030405060708n)).toEqual(Uint8Array.of(8, 7, 6, 5, 4, 3, 2, 1))
    expect(u64(2 ** 32 + 5)).toEqual(Uint8Array.of(5, 0, 0, 0, 1, 0, 0, 0))
  })

  it('agree with DataView', () => {
    fc.assert(
      fc.property(
        fc.nat(0xff),
        fc.nat(0xffff),
        fc.nat(0xffffffff),
        fc.maxSafeNat(),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        (...values) => {
          const view = new DataView(new ArrayBuffer(23))
          view.setUint8(0, values[0])
          view.setUint16(1, values[1], true)
          view.setUint32(3, values[2], true)
          view.setBigUint64(7, BigInt(values[3]), true)
          view.setBigUint64(15, values[4], true)
          const got = concatBytes(u8(values[0]), u16(values[1]), u32(values[2]), u64(values[3]), u64(values[4]))
          expect(got).toEqual(new Uint8Array(view.buffer))
        }
      )
    )
  })

  it('are refused beyond their range, and never cut down to it', () => {
    for (const [write, most] of [
      [u8, 0xff],
      [u16, 0xffff],
      [u32, 0xffffffff]
    ] as const) {
      expect(write(most)).toEqual(new Uint8Array(write(0).byteLength).fill(0xff))
      for (const wrong of [most + 1, -1, 0.5, Number.NaN]) expect(() => write(wrong)).toThrow(InvalidArgumentError)
    }
    for (const wrong of [2 ** 53, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, -1n, 1n << 64n])
      expect(() => u64(wrong), String(wrong)).toThrow(/^u64: expected an integer/)
    expect(u64((1n << 64n) - 1n)).toEqual(new Uint8Array(8).fill(0xff))
  })
})

describe('byte strings', () => {
  const some = fc.uint8Array({ maxLength: 40 })

  it('are joined in order, each as it is', () => {
    fc.assert(
      fc.property(fc.array(some), parts => {
        expect([...concatBytes(...parts)]).toEqual(parts.flatMap(part => [...part]))
      })
    )
    expect(concatBytes()).toEqual(new Uint8Array(0))
  })

  it('are ordered as unsigned bytes, which is the order of their hexadecimal', () => {
    fc.assert(
      fc.property(some, some, (a, b) => {
        const [x, y] = [toHex(a), toHex(b)]
        expect(Math.sign(compareBytes(a, b))).toBe(x < y ? -1 : x > y ? 1 : 0)
        expect(equalBytes(a, b)).toBe(x === y)
        expect(equalBytes(a, Uint8Array.from(a))).toBe(true)
      })
    )
    expect(compareBytes(Uint8Array.of(0x80), Uint8Array.of(0x7f))).toBeGreaterThan(0)
    expect(compareBytes(Uint8Array.of(1), Uint8Array.of(1, 0))).toBeLessThan(0)
  })

  it('go to hexadecimal and back, out of the middle of a buffer too', () => {
    fc.assert(
      fc.property(some, fc.nat(5), (bytes, before) => {
        const amid = concatBytes(new Uint8Array(before).fill(1), bytes, Uint8Array.of(1)).subarray(before, before + bytes.byteLength)
        expect(toHex(amid)).toMatch(/^(?:[0-9a-f]{2})*$/)
        expect(fromHex(toHex(amid))).toEqual(bytes)
        expect(fromHex(toHex(amid).toUpperCase(), 'it', bytes.byteLength)).toEqual(bytes)
      })
    )
  })

  it('are refused where they are no hexadecimal or have another length', () => {
    for (const wrong of ['0', 'zz', '0x00', '00 ', ' 00', '0g', '00\n', '٠٠'])
      expect(() => fromHex(wrong, 'key'), wrong).toThrow(/^key: expected hexadecimal digits/)
    expect(() => fromHex('0011', 'key', 3)).toThrow('key: expected 3 bytes, got 2')
    expect(() => checkLength(new Uint8Array(3), 4, 'salt')).toThrow('salt: expected 4 bytes, got 3')
    expect(() => checkLength('four' as unknown as Uint8Array, 4, 'salt')).toThrow('salt: expected 4 bytes, got string')
    const right = new Uint8Array(4)
    expect(checkLength(right, 4, 'salt')).toBe(right)
  })

  it('of a text are its UTF-8 without a terminator', () => {
    expect(utf8('aé€😀')).toEqual(Uint8Array.of(0x61, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xf0, 0x9f, 0x98, 0x80))
    expect(utf8('')).toEqual(new Uint8Array(0))
  })
})
