import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MalformedMessageError } from '../src/errors.ts'
import { countMemberSet, decodeMemberSet, encodeMemberSet, inMemberSet } from '../src/member-set.ts'

const ascending = (indices: readonly number[]) => [...indices].sort((a, b) => a - b)
/** A number of members and some of them. */
const someOf = fc.integer({ min: 1, max: 300 }).chain(n => fc.tuple(fc.constant(n), fc.uniqueArray(fc.nat(n - 1), { maxLength: n })))

describe('a set of members', () => {
  it('is one bit each in the roster’s order, least significant first', () => {
    expect(encodeMemberSet([0, 2, 9], 10)).toEqual(Uint8Array.of(0b101, 0b10))
    expect(encodeMemberSet([7, 8], 16)).toEqual(Uint8Array.of(0x80, 1))
    expect(encodeMemberSet([], 9)).toEqual(Uint8Array.of(0, 0))
  })

  it('comes back in ascending order, whatever order it was written in', () => {
    fc.assert(
      fc.property(someOf, ([n, indices]) => {
        const bytes = encodeMemberSet([...indices, ...indices.slice(0, 3)], n)
        expect(bytes.byteLength).toBe(Math.ceil(n / 8))
        expect(decodeMemberSet(bytes, n)).toEqual(ascending(indices))
        expect(countMemberSet(bytes, n)).toBe(indices.length)
        for (let i = 0; i < n + 9; i++) expect(inMemberSet(bytes, i)).toBe(indices.includes(i))
      })
    )
  })

  it('is one encoding each: what is taken is written the same again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.uint8Array({ maxLength: 10 }), (n, bytes) => {
        const whole = bytes.byteLength === Math.ceil(n / 8)
        const padded = whole && n % 8 > 0 && (bytes[bytes.byteLength - 1] as number) >= 2 ** (n % 8)
        if (whole && !padded) expect(encodeMemberSet(decodeMemberSet(bytes, n), n)).toEqual(bytes)
        else {
          expect(() => decodeMemberSet(bytes, n)).toThrow(MalformedMessageError)
          expect(() => countMemberSet(bytes, n)).toThrow(MalformedMessageError)
        }
      }),
      { numRuns: 500 }
    )
  })

  it('is refused with each bit beyond the last member, and with another length', () => {
    for (let n = 1; n <= 24; n++) {
      const bytes = Math.ceil(n / 8)
      for (let bit = n; bit < 8 * bytes; bit++) {
        const padded = new Uint8Array(bytes)
        padded[bit >> 3] = 1 << (bit & 7)
        for (const read of [decodeMemberSet, countMemberSet])
          expect(() => read(padded, n), `bit ${bit} of ${n}`).toThrow(`expected no bit beyond ${n} members`)
      }
      for (const length of [bytes - 1, bytes + 1])
        expect(() => decodeMemberSet(new Uint8Array(length), n)).toThrow(
          `set of members: expected ${bytes} bytes for ${n} members, got ${length}`
        )
    }
  })

  it('is never written with a member that is none', () => {
    for (const wrong of [-1, 10, 4711, Number.NaN]) expect(() => encodeMemberSet([1, wrong], 10)).toThrow(RangeError)
  })

  it('takes 65,535 members', () => {
    const all = Array.from({ length: 65_535 }, (_, i) => i)
    const bytes = encodeMemberSet(all, 65_535)
    expect(bytes.byteLength).toBe(8192)
    expect(countMemberSet(bytes, 65_535)).toBe(65_535)
    expect(decodeMemberSet(bytes, 65_535)).toEqual(all)
  })
})
