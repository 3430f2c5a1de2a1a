// X25519 and HKDF against their RFCs and another library, and keys that are refused.
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import { hkdf } from '@noble/hashes/hkdf.js'
import { sha256 as nobleSha256 } from '@noble/hashes/sha2.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromHex, toHex, utf8 } from '../../src/bytes/bytes.ts'
import { checkAgreementKey, checkBlindingKey } from '../../src/crypto/curve25519.ts'
import { BlindingKey, hkdfSha256 } from '../../src/crypto/key-agreement.ts'
import { InvalidArgumentError, WeakKeyError } from '../../src/errors.ts'
import { SeededRng } from '../../src/ports.ts'

const { Fp } = ed25519.Point
const P = Fp.ORDER
/** Montgomery's A of curve25519 (RFC 7748 section 4.1). */
const A = 486662n
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })

function littleEndian(value: bigint): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))
}

/** u of the double of a point with this u, on the curve or its twist; undefined where that is the point at infinity. */
function double(u: bigint): bigint | undefined {
  const below = Fp.mul(Fp.mul(4n, u), Fp.add(Fp.add(Fp.sqr(u), Fp.mul(A, u)), 1n))
  return Fp.is0(below) ? undefined : Fp.div(Fp.sqr(Fp.sub(Fp.sqr(u), 1n)), below)
}

/** Whether three doublings lead to infinity: a clamped scalar is a multiple of eight. */
function isLowOrder(start: bigint): boolean {
  let u: bigint | undefined = start
  for (let i = 0; i < 3 && u !== undefined; i++) u = double(u)
  return u === undefined
}

type Polynomial = readonly bigint[]

/** Remainder of polynomials over the field, lowest coefficient first. */
function remainder(of: Polynomial, by: Polynomial): bigint[] {
  const rest = [...of]
  const lead = by.at(-1) as bigint
  while (rest.length >= by.length) {
    const factor = Fp.div(rest.pop() as bigint, lead)
    const shift = rest.length + 1 - by.length
    by.slice(0, -1).forEach((coefficient, i) => {
      rest[shift + i] = Fp.sub(rest[shift + i] as bigint, Fp.mul(factor, coefficient))
    })
  }
  while (rest.length > 0 && rest.at(-1) === 0n) rest.pop()
  return rest
}

/** How many different roots a polynomial has in the field: the degree of its common divisor with x^p − x. */
function rootsInField(of: Polynomial): number {
  const multiply = (a: Polynomial, b: Polynomial) => {
    const product = new Array<bigint>(a.length + b.length).fill(0n)
    a.forEach((x, i) => {
      b.forEach((y, j) => {
        product[i + j] = Fp.add(product[i + j] as bigint, Fp.mul(x, y))
      })
    })
    return remainder(product, of)
  }
  let power: bigint[] = [1n]
  for (const bit of P.toString(2)) {
    power = multiply(power, power)
    if (bit === '1') power = multiply(power, [0n, 1n])
  }
  let divisor: Polynomial = of
  let other = remainder([power[0] ?? 0n, Fp.sub(power[1] ?? 0n, 1n), ...power.slice(2)], of)
  while (other.length > 0) [divisor, other] = [other, remainder(divisor, other)]
  return divisor.length - 1
}

/** Points whose double has a given u: (u² − 1)² − 4·of·u·(u² + A·u + 1). */
function halves(of: bigint): Polynomial {
  const k = Fp.mul(4n, of)
  return [1n, -k, -2n - A * k, -k, 1n].map(coefficient => Fp.create(coefficient))
}

describe('low order', () => {
  const p = (value: bigint) => Fp.create(value)
  const known = [
    p(0n),
    p(1n),
    p(-1n),
    ...[
      'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
      '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157'
    ].map(hex => BigInt(`0x${toHex(fromHex(hex).reverse())}`))
  ]

  it('are these five u and no others, on the curve and on its twist', () => {
    expect(known.every(isLowOrder)).toBe(true)
    // Only u = 0 doubles to infinity: u² + A·u + 1 has no root.
    expect(rootsInField([1n, A, 1n])).toBe(0)
    // Its halves are u = ±1.
    expect([1n, -1n].map(u => double(p(u)))).toEqual([0n, 0n])
    expect(rootsInField(halves(0n))).toBe(2)
    // 1 has two halves more, which are of order 8; −1 lies on the twist, which has no points of order 8.
    expect(known.slice(3).map(double)).toEqual([1n, 1n])
    expect(rootsInField(halves(1n))).toBe(2)
    expect(rootsInField(halves(p(-1n)))).toBe(0)
  })

  it('are the images of the points of small order on edwards25519, and u = −1 of the twist', () => {
    // u = (1 + y) / (1 − y), RFC 7748 section 4.1; y = 1 is the point at infinity.
    const order8 = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
    const images = new Set<bigint>()
    for (let i = 1n; i < 8n; i++) {
      const { y } = order8.multiplyUnsafe(i).toAffine()
      images.add(Fp.div(Fp.add(1n, y), Fp.sub(1n, y)))
    }
    const ascending = (values: Iterable<bigint>) => [...values].sort((a, b) => (a < b ? -1 : 1))
    expect(ascending([...images, p(-1n)])).toEqual(ascending(known))
  })

  it('is refused in every way to write it, as another implementation refuses the outcome', () => {
    const own = BlindingKey.generate(new SeededRng('own'))
    let refused = 0
    for (const u of known) {
      for (const written of [u, u + P, u + (1n << 255n), u + P + (1n << 255n)]) {
        if (written >= 1n << 256n) continue
        const key = littleEndian(written)
        expect(() => checkBlindingKey(key), toHex(key)).toThrow(WeakKeyError)
        expect(() => checkAgreementKey(key), toHex(key)).toThrow(WeakKeyError)
        expect(() => own.agree(key), toHex(key)).toThrow(WeakKeyError)
        expect(() => x25519.getSharedSecret(own.exportSecret(), littleEndian(u))).toThrow()
        refused++
      }
    }
    expect(refused).toBeGreaterThanOrEqual(12)
  })
})

describe('blinding keys', () => {
  it('are refused where they are not reduced: two encodings of one key would count as two', () => {
    for (const check of [checkAgreementKey, checkBlindingKey]) {
      for (let u = P; u < 1n << 255n; u++) expect(() => check(littleEndian(u))).toThrow('expected a reduced u-coordinate')
      // The base point with the top bit, which X25519 would ignore.
      expect(() => check(littleEndian(9n + (1n << 255n)))).toThrow('expected a reduced u-coordinate')
      expect(() => check(littleEndian(9n))).not.toThrow()
      for (const length of [0, 31, 33])
        expect(() => check(new Uint8Array(length))).toThrow(`blinding key: expected 32 bytes, got ${length}`)
    }
  })

  it('are refused at enrolment where they lie on the twist', () => {
    const isSquare = (value: bigint) => Fp.eql(Fp.pow(value, (P - 1n) / 2n), 1n)
    let refused = 0
    for (let u = 2n; refused < 20; u++) {
      if (isSquare(Fp.mul(u, Fp.add(Fp.sqr(u), Fp.add(Fp.mul(A, u), 1n))))) continue
      // X25519 computes with such a key all the same.
      expect(() => BlindingKey.generate(new SeededRng('twist')).agree(littleEndian(u))).not.toThrow()
      expect(() => checkBlindingKey(littleEndian(u))).toThrow('expected a point of curve25519, got one of its twist')
      refused++
    }
  })

  it('are refused at enrolment with a part of low order, which X25519 does not see (property)', () => {
    const order8 = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
    fc.assert(
      fc.property(fc.bigInt(1n, ed25519.Point.Fn.ORDER - 1n), fc.bigInt(0n, 7n), (multiple, torsion) => {
        const { y } = ed25519.Point.BASE.multiply(multiple).add(order8.multiplyUnsafe(torsion)).toAffine()
        const key = littleEndian(Fp.div(Fp.add(1n, y), Fp.sub(1n, y)))
        expect(() => checkAgreementKey(key)).not.toThrow()
        if (torsion === 0n) expect(() => checkBlindingKey(key)).not.toThrow()
        else expect(() => checkBlindingKey(key)).toThrow('expected a point of prime order, got one with a part of low order')
      }),
      { numRuns: 40, seed: 20270102 }
    )
  })

  it('are taken where an honest meter made them', () => {
    fc.assert(
      fc.property(bytes32, secret => {
        const { publicKey } = new BlindingKey(secret)
        expect(publicKey).toEqual(x25519.getPublicKey(secret))
        expect(() => checkBlindingKey(publicKey)).not.toThrow()
      }),
      { numRuns: 50 }
    )
    expect(() => new BlindingKey(new Uint8Array(31))).toThrow(InvalidArgumentError)
  })

  it('are made from the bytes that are handed over, and keep a copy of them', () => {
    const secret = new SeededRng('x').bytes(32)
    const key = BlindingKey.generate(new SeededRng('x'))
    expect(key.exportSecret()).toEqual(secret)
    const own = new BlindingKey(secret)
    const kept = toHex(secret)
    secret.fill(0)
    own.exportSecret().fill(0)
    expect(toHex(own.exportSecret())).toBe(kept)
  })
})

describe('X25519', () => {
  it('agrees with RFC 7748 section 5.2', () => {
    const first = new BlindingKey(fromHex('a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4'))
    expect(toHex(first.agree(fromHex('e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c')))).toBe(
      'c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552'
    )
    // The second vector's u has its top bit set, which X25519 ignores and a roster does not allow.
    const second = new BlindingKey(fromHex('4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d'))
    const u = fromHex('e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493')
    expect(() => second.agree(u)).toThrow(WeakKeyError)
    u[31] = (u[31] as number) & 0x7f
    expect(toHex(second.agree(u))).toBe('95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957')
  })

  it('agrees with the same section a thousand times over', () => {
    let k = littleEndian(9n)
    let u = k
    for (let i = 1; i <= 1000; i++) {
      ;[k, u] = [new BlindingKey(k).agree(u), k]
      if (i === 1) expect(toHex(k)).toBe('422c8e7a6227d7bca1350b3e2bb7279f7897b87bb6854b783c60e80311ae3079')
    }
    expect(toHex(k)).toBe('684cf59ba83309552800ef566f2f4d3c1c3887c49360e3875f2eb94d99532c51')
  })

  it('agrees with RFC 7748 section 6.1', () => {
    const alice = new BlindingKey(fromHex('77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a'))
    const bob = new BlindingKey(fromHex('5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb'))
    expect(toHex(alice.publicKey)).toBe('8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a')
    expect(toHex(bob.publicKey)).toBe('de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f')
    const shared = '4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742'
    expect([alice.agree(bob.publicKey), bob.agree(alice.publicKey)].map(toHex)).toEqual([shared, shared])
  })

  it('gives both sides the same, and the same as another implementation', () => {
    fc.assert(
      fc.property(bytes32, bytes32, (a, b) => {
        const [alice, bob] = [new BlindingKey(a), new BlindingKey(b)]
        const shared = alice.agree(bob.publicKey)
        expect(bob.agree(alice.publicKey)).toEqual(shared)
        expect(x25519.getSharedSecret(a, bob.publicKey)).toEqual(shared)
      }),
      { numRuns: 40 }
    )
  })
})

describe('HKDF-SHA-256', () => {
  const run = (from: number, length: number) => Uint8Array.from({ length }, (_, i) => from + i)

  it.each([
    // RFC 5869 appendix A, cases 1 to 3.
    [
      new Uint8Array(22).fill(0x0b),
      run(0, 13),
      run(0xf0, 10),
      '3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865'
    ],
    [
      run(0, 80),
      run(0x60, 80),
      run(0xb0, 80),
      'b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87'
    ],
    [
      new Uint8Array(22).fill(0x0b),
      new Uint8Array(0),
      new Uint8Array(0),
      '8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8'
    ]
  ])('agrees with RFC 5869 appendix A (%#)', (ikm, salt, info, okm) => {
    expect(toHex(hkdfSha256(ikm, salt, info, okm.length / 2))).toBe(okm)
  })

  it('agrees with another implementation, and no argument is left out', () => {
    const some = fc.uint8Array({ maxLength: 100 })
    fc.assert(
      fc.property(some, some, some, fc.integer({ min: 1, max: 100 }), (ikm, salt, info, length) => {
        expect(hkdfSha256(ikm, salt, info, length)).toEqual(hkdf(nobleSha256, ikm, salt, info, length))
      })
    )
    const keys = [
      ['shared', 'salt', 'info'],
      ['Shared', 'salt', 'info'],
      ['shared', 'Salt', 'info'],
      ['shared', 'salt', 'Info']
    ].map(([ikm = '', salt = '', info = '']) => toHex(hkdfSha256(utf8(ikm), utf8(salt), utf8(info), 32)))
    expect(new Set(keys).size).toBe(4)
  })
})
