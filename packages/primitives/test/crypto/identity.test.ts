// Ed25519 against RFC 8032 and another library, and keys that are refused.
import { ed25519 } from '@noble/curves/ed25519.js'
import { sha256 as nobleSha256, sha512 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, fromHex, toHex, utf8 } from '../../src/bytes/bytes.ts'
import { belowPrime, checkVerifyKey, IdentityKey, sha256, VerifyKey } from '../../src/crypto/identity.ts'
import { InvalidArgumentError, WeakKeyError } from '../../src/errors.ts'
import { SeededRng } from '../../src/ports.ts'

const { Point } = ed25519
const P = Point.Fp.ORDER
const L = Point.Fn.ORDER
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const message = fc.uint8Array({ maxLength: 200 })

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

function integerOf(bytes: Uint8Array): bigint {
  return bytes.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n)
}

/**
 * The eight points of order 1, 2, 4 and 8: multiplying by L leaves of any point its part in that group, and every second
 * point leaves a generator.
 */
const torsion = (() => {
  for (let y = 2n; ; y++) {
    try {
      const point = Point.fromBytes(littleEndian(y))
      // L as (L − 1) + 1, since a scalar stays below L.
      const rest = point.multiplyUnsafe(L - 1n).add(point)
      const multiples = Array.from({ length: 8 }, (_, i) => rest.multiplyUnsafe(BigInt(i)))
      if (new Set(multiples.map(each => toHex(each.toBytes()))).size === 8) return multiples
    } catch {
      // Not every y is on the curve.
    }
  }
})()

describe('Ed25519', () => {
  it.each([
    // RFC 8032 section 7.1: TEST 1, TEST 2, TEST 3, TEST SHA(abc).
    [
      '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b'
    ],
    [
      '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
      '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
      '72',
      '92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00'
    ],
    [
      'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a'
    ],
    [
      '833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42',
      'ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf',
      toHex(sha512(utf8('abc'))),
      'dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704'
    ]
  ])('signs as RFC 8032 section 7.1 has it (%#)', (secret, publicKey, text, signature) => {
    const key = new IdentityKey(fromHex(secret))
    expect(key.id).toBe(publicKey)
    expect(toHex(key.sign(fromHex(text)))).toBe(signature)
    expect(new VerifyKey(fromHex(publicKey)).verify(fromHex(text), fromHex(signature))).toBe(true)
  })

  it('agrees with another implementation in both directions', () => {
    fc.assert(
      fc.property(bytes32, message, (seed, text) => {
        const key = new IdentityKey(seed)
        expect(key.id).toBe(toHex(ed25519.getPublicKey(seed)))
        const signature = key.sign(text)
        expect(signature).toEqual(ed25519.sign(text, seed))
        expect(ed25519.verify(signature, text, fromHex(key.id), { zip215: false })).toBe(true)
        expect(new VerifyKey(fromHex(key.id)).verify(text, ed25519.sign(text, seed))).toBe(true)
        expect(key.exportSeed()).toEqual(seed)
      }),
      { numRuns: 40 }
    )
  })

  it('holds for these bytes, this key and this message alone', () => {
    fc.assert(
      fc.property(bytes32, message, fc.nat(511), fc.nat(63), (seed, text, bit, length) => {
        const key = new IdentityKey(seed)
        const verify = new VerifyKey(fromHex(key.id))
        const signature = key.sign(text)
        const altered = Uint8Array.from(signature)
        altered[bit >> 3] = (altered[bit >> 3] as number) ^ (1 << (bit & 7))
        expect(verify.verify(text, altered)).toBe(false)
        expect(verify.verify(concatBytes(text, Uint8Array.of(0)), signature)).toBe(false)
        expect(verify.verify(text, signature.subarray(0, length))).toBe(false)
        expect(verify.verify(text, concatBytes(signature, Uint8Array.of(0)))).toBe(false)
        const other = new IdentityKey(sha256(seed))
        expect(new VerifyKey(fromHex(other.id)).verify(text, signature)).toBe(false)
      }),
      { numRuns: 40 }
    )
  })

  it('refuses S >= L, which would make a second signature out of a first', () => {
    const key = IdentityKey.generate(new SeededRng('malleable'))
    const verify = new VerifyKey(fromHex(key.id))
    const text = utf8('one message')
    const signature = key.sign(text)
    const s = integerOf(signature.subarray(32))
    expect(s).toBeLessThan(L)
    let tried = 0
    for (let more = s + L; more < 1n << 256n; more += L, tried++) {
      const second = concatBytes(signature.subarray(0, 32), littleEndian(more))
      expect(verify.verify(text, second)).toBe(false)
    }
    expect(tried).toBeGreaterThanOrEqual(14)
  })

  it('refuses an R that is not canonical, whatever it decodes to', () => {
    const seed = new SeededRng('R').bytes(32)
    const { scalar, pointBytes } = ed25519.utils.getExtendedPublicKey(seed)
    const verify = new VerifyKey(pointBytes)
    const text = utf8('one message')
    // R is the neutral element and S = h·a, so the equation holds for every way to write R.
    const sign = (R: Uint8Array) => {
      const h = integerOf(sha512(concatBytes(R, pointBytes, text))) % L
      return concatBytes(R, littleEndian((h * scalar) % L))
    }
    // A verifier that decodes R and asks no more (ZIP 215) takes each of these.
    for (const R of [P + 1n, 1n + (1n << 255n), P + 1n + (1n << 255n)].map(littleEndian)) {
      expect(ed25519.verify(sign(R), text, pointBytes, { zip215: true })).toBe(true)
      expect(verify.verify(text, sign(R))).toBe(false)
    }
  })

  it('refuses every key of small order, in every way to write it', () => {
    expect(torsion).toHaveLength(8)
    expect(torsion.every(point => point.isSmallOrder())).toBe(true)
    expect(new Set(torsion.map(point => point.toAffine().y)).size).toBe(5)
    let refused = 0
    for (const point of torsion) {
      for (const y of [point.toAffine().y, point.toAffine().y + P]) {
        if (y >= 1n << 255n) continue
        for (const sign of [0n, 1n << 255n]) {
          const key = littleEndian(y + sign)
          expect(() => checkVerifyKey(key), toHex(key)).toThrow(WeakKeyError)
          expect(() => new VerifyKey(key), toHex(key)).toThrow(WeakKeyError)
          refused++
        }
      }
    }
    expect(refused).toBeGreaterThan(16)
  })

  it('refuses keys with y >= p, and takes the greatest below', () => {
    for (let y = P; y < 1n << 255n; y++) {
      for (const sign of [0n, 1n << 255n]) expect(() => checkVerifyKey(littleEndian(y + sign))).toThrow(/canonical/)
    }
    // p − 1 is of order 2; p − 2 is below p and no point of small order.
    expect(() => checkVerifyKey(littleEndian(P - 2n))).not.toThrow()
    expect([P - 1n, 0n, 1n, P >> 1n].map(littleEndian).map(belowPrime)).toEqual([true, true, true, true])
    expect([P, P + 1n, (1n << 255n) - 1n, 1n << 255n, (1n << 256n) - 1n].map(littleEndian).map(belowPrime)).toEqual(
      new Array(5).fill(false)
    )
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: (1n << 256n) - 1n }), value => {
        expect(belowPrime(littleEndian(value))).toBe(value < P)
      })
    )
  })

  it('takes every honest key, and checks the length of any', () => {
    fc.assert(
      fc.property(bytes32, seed => {
        expect(() => checkVerifyKey(ed25519.getPublicKey(seed))).not.toThrow()
      }),
      { numRuns: 50 }
    )
    for (const length of [0, 31, 33]) {
      expect(() => checkVerifyKey(new Uint8Array(length))).toThrow(`public key: expected 32 bytes, got ${length}`)
      expect(() => new IdentityKey(new Uint8Array(length))).toThrow(InvalidArgumentError)
    }
  })

  it('holds nothing for a key that is no point', () => {
    // y = 2 is on the curve with no x.
    expect(() => Point.fromBytes(littleEndian(2n))).toThrow()
    expect(new VerifyKey(littleEndian(2n)).verify(utf8('a'), new Uint8Array(64))).toBe(false)
  })

  it('makes its key from the bytes that it is handed, and keeps a copy of them', () => {
    const seed = new SeededRng('x').bytes(32)
    expect(IdentityKey.generate(new SeededRng('x')).exportSeed()).toEqual(seed)
    const key = new IdentityKey(seed)
    const id = key.id
    const kept = toHex(seed)
    seed.fill(0)
    key.exportSeed().fill(0)
    expect(toHex(key.exportSeed())).toBe(kept)
    expect(toHex(ed25519.getPublicKey(key.exportSeed()))).toBe(id)
  })
})

describe('SHA-256', () => {
  it('is over the concatenation', () => {
    // FIPS 180-2 appendix B.1.
    expect(toHex(sha256(utf8('a'), utf8('bc')))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
    fc.assert(
      fc.property(fc.array(message), parts => {
        expect(sha256(...parts)).toEqual(nobleSha256(concatBytes(...parts)))
      })
    )
  })
})
