// The group and its generators against another implementation.
import { ristretto255, ristretto255_hasher } from '@noble/curves/ed25519.js'
import { bytesToNumberLE, numberToBytesLE } from '@noble/curves/utils.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/bytes/bytes.ts'
import {
  decodeScalar,
  encodeScalar,
  G,
  GROUP_ORDER,
  H,
  H_STRING,
  hashToGroup,
  Point,
  reduceToScalar,
  type Scalar,
  scalar
} from '../../src/crypto/group.ts'
import { GroupEncodingError } from '../../src/errors.ts'
import { SeededRng } from '../../src/ports.ts'

const Reference = ristretto255.Point
const P = Reference.Fp.ORDER
const rng = new SeededRng('group tests')
const anyScalar = fc.bigInt({ min: 0n, max: GROUP_ORDER - 1n }).map(value => value as Scalar)
const referenceOf = (point: Point): InstanceType<typeof Reference> => Reference.fromBytes(point.encode())

describe('G and H', () => {
  it('are what another implementation has', () => {
    expect(toHex(G.encode())).toBe('e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76')
    expect(G.encode()).toEqual(Reference.BASE.toBytes())
    expect(GROUP_ORDER).toBe(Reference.Fn.ORDER)
    const domain = 'hushgrid/v1/billing-with-ristretto255_XMD:SHA-512_R255MAP_RO_'
    expect(H.encode()).toEqual(ristretto255_hasher.hashToCurve(utf8('hushgrid/v1/billing/H'), { DST: domain }).toBytes())
    expect(H_STRING).toBe('hushgrid/v1/billing/H')
  })

  it('has the known encoding of H', () => {
    expect(toHex(H.encode())).toBe('2a3be6d2abd01a2a0c521a76d8ba783d8594f1a8d6bd8d9551dff878e0bed34e')
  })

  it('hashes any string as another implementation does', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 300 }), fc.string({ maxLength: 60 }), (message, domain) => {
        const theirs = ristretto255_hasher.hashToCurve(utf8(message), { DST: utf8(`${domain}-with-ristretto255_XMD:SHA-512_R255MAP_RO_`) })
        expect(hashToGroup(message, domain).encode()).toEqual(theirs.toBytes())
      }),
      { numRuns: 40 }
    )
  })

  it('refuses a domain that is too long to be one', () => {
    expect(() => hashToGroup('m', 'd'.repeat(230))).toThrow(/domain: expected at most 255 bytes/)
  })
})

describe('operations', () => {
  it('agree with another implementation for random scalars and the ends of the range', () => {
    const ends = [0n, 1n, 2n, 8n, GROUP_ORDER - 1n, GROUP_ORDER - 2n, (1n << 252n) - 1n]
    const scalars = [...ends, ...Array.from({ length: 40 }, () => bytesToNumberLE(rng.bytes(64)) % GROUP_ORDER)]
    const theirH = referenceOf(H)
    for (const [i, s] of scalars.entries()) {
      const t = scalars[(i + 3) % scalars.length] as bigint
      const [ours, theirs] = [G.multiply(s), Reference.BASE.multiplyUnsafe(s)]
      expect(ours.encode()).toEqual(theirs.toBytes())
      expect(H.multiply(t).encode()).toEqual(theirH.multiplyUnsafe(t).toBytes())
      expect(ours.add(H.multiply(t)).encode()).toEqual(theirs.add(theirH.multiplyUnsafe(t)).toBytes())
    }
  })

  it('take any integer modulo the order, and know the identity', () => {
    expect(G.multiply(-1n).add(G).isZero()).toBe(true)
    expect(G.multiply(GROUP_ORDER).isZero()).toBe(true)
    expect(H.multiply(0n).equals(Point.ZERO)).toBe(true)
    expect(Point.ZERO.multiply(5n).isZero()).toBe(true)
    expect(G.multiply(3n * GROUP_ORDER - 2n).equals(G.multiply(-2n))).toBe(true)
    expect(Point.ZERO.add(H).equals(H)).toBe(true)
    expect(H.add(Point.ZERO).equals(H)).toBe(true)
    expect(Point.sum([]).isZero()).toBe(true)
    expect(Point.sum([G, H, G]).equals(H.add(G.multiply(2n)))).toBe(true)
  })
})

describe('encodings of points', () => {
  it('decode to what was encoded', () => {
    fc.assert(
      fc.property(anyScalar, value => {
        fc.pre(value !== 0n)
        const bytes = G.multiply(value).encode()
        expect(Point.decode(bytes).encode()).toEqual(bytes)
      }),
      { numRuns: 50 }
    )
  })

  it('are refused where another implementation refuses them, and only there', () => {
    let accepted = 0
    for (let i = 0; i < 400; i++) {
      const bytes = rng.bytes(32)
      // Even and below 2^255, as half of the refusals are not about: the rest is whether there is a square root.
      bytes[0] = (bytes[0] as number) & 0xfe
      bytes[31] = (bytes[31] as number) & (i % 8 === 0 ? 0xff : 0x7f)
      let theirs = true
      try {
        Reference.fromBytes(bytes)
      } catch {
        theirs = false
      }
      if (theirs) {
        accepted++
        expect(Point.decode(bytes).encode()).toEqual(bytes)
      } else expect(() => Point.decode(bytes)).toThrow(GroupEncodingError)
    }
    expect(accepted).toBeGreaterThan(40)
  })

  it('are refused where they are negative, not reduced, too long or too short', () => {
    const s = bytesToNumberLE(H.encode())
    const refused: [string, Uint8Array][] = [
      ['negative', numberToBytesLE(P - s, 32)],
      ['the sign bit set', numberToBytesLE(s + (1n << 255n), 32)],
      ['the field prime', numberToBytesLE(P, 32)],
      ['the field prime and 1', numberToBytesLE(P + 1n, 32)],
      ['2^255 − 1', numberToBytesLE((1n << 255n) - 1n, 32)],
      ['all ones', new Uint8Array(32).fill(0xff)]
    ]
    for (const [name, bytes] of refused) expect(() => Point.decode(bytes, name), name).toThrow(`${name}: expected a canonical encoding`)
    expect(() => Point.decode(H.encode().slice(1))).toThrow(/expected 32 bytes, got 31/)
    expect(() => Point.decode(new Uint8Array(33))).toThrow(/expected 32 bytes, got 33/)
  })

  it('of the identity is refused', () => {
    expect(() => Point.decode(new Uint8Array(32), 'commitment 3')).toThrow('commitment 3: expected an element other than the identity')
  })

  it('are copies: changing one changes no point', () => {
    const bytes = G.multiply(9n).encode()
    const point = Point.decode(bytes)
    bytes.fill(1)
    point.encode().fill(2)
    expect(point.equals(G.multiply(9n))).toBe(true)
  })
})

describe('scalars', () => {
  it('decode to what was encoded, as 32 bytes little-endian', () => {
    fc.assert(
      fc.property(anyScalar, value => {
        expect(encodeScalar(value)).toEqual(numberToBytesLE(value, 32))
        expect(decodeScalar(encodeScalar(value))).toBe(value)
      })
    )
  })

  it('are refused from the order on, and at another length', () => {
    expect(decodeScalar(numberToBytesLE(GROUP_ORDER - 1n, 32))).toBe(GROUP_ORDER - 1n)
    for (const value of [GROUP_ORDER, GROUP_ORDER + 1n, (1n << 256n) - 1n])
      expect(() => decodeScalar(numberToBytesLE(value, 32), 'opening')).toThrow(/opening: expected a scalar below the group's order/)
    expect(() => decodeScalar(new Uint8Array(31))).toThrow(GroupEncodingError)
  })

  it('are reduced from 64 bytes and from negative integers', () => {
    const wide = rng.bytes(64)
    expect(reduceToScalar(wide)).toBe(bytesToNumberLE(wide) % GROUP_ORDER)
    expect(scalar(-1n)).toBe(GROUP_ORDER - 1n)
    expect(scalar(-GROUP_ORDER)).toBe(0n)
    expect(() => reduceToScalar(new Uint8Array(32))).toThrow(/expected 64 bytes, got 32/)
  })
})
