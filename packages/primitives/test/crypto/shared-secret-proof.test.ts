// Proofs of a shared secret: what they show, and that nothing but the secret of just these keys can be proved.
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import { ed25519, x25519 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { concatBytes, toHex, utf8 } from '../../src/bytes/bytes.ts'
import { edwardsPointOf } from '../../src/crypto/curve25519.ts'
import { BlindingKey } from '../../src/crypto/key-agreement.ts'
import { type ProvenPair, provenSharedSecret } from '../../src/crypto/shared-secret-proof.ts'
import { InvalidArgumentError, WeakKeyError } from '../../src/errors.ts'
import { SeededRng } from '../../src/ports.ts'

const { Point } = ed25519
const { Fn } = Point
const ORDER8 = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
const DOMAIN = utf8('a test\0')

const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 })
const bytes64 = fc.uint8Array({ minLength: 64, maxLength: 64 })
const number = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
const little = (value: bigint): Uint8Array => Uint8Array.from({ length: 32 }, (_, i) => Number((value >> BigInt(8 * i)) & 0xffn))

interface Scene {
  readonly own: BlindingKey
  readonly pair: ProvenPair
  readonly proof: Uint8Array
}

function sceneOf(own: BlindingKey, other: BlindingKey, nonce: Uint8Array, domain = DOMAIN): Scene {
  const pair = { prover: own.publicKey, other: other.publicKey, domain }
  return { own, pair, proof: own.proveShared(other.publicKey, domain, nonce) }
}

const rng = new SeededRng('proofs')
const [alice, bob, carol] = [BlindingKey.generate(rng), BlindingKey.generate(rng), BlindingKey.generate(rng)]
const scene = sceneOf(alice, bob, rng.bytes(64))
const [z32, e32, s32] = [scene.proof.subarray(0, 32), scene.proof.subarray(32, 64), scene.proof.subarray(64)]

/** Makes a proof for any point Z, by the tests' own code and without a check. */
function forged(secret: Uint8Array, { prover, other, domain }: ProvenPair, shift: typeof ORDER8, k: bigint) {
  const [own, theirs] = [edwardsPointOf(prover), edwardsPointOf(other)]
  const clamped = secret.slice()
  clamped[0] = (clamped[0] as number) & 248
  clamped[31] = ((clamped[31] as number) & 127) | 64
  let a = Fn.create(number(clamped))
  if (!Point.BASE.multiply(a).equals(own)) a = Fn.neg(a)
  const shared = theirs.multiply(a).add(shift)
  const shown = [own, theirs, shared, Point.BASE.multiply(k), theirs.multiply(k)].map(point => point.toBytes())
  const e = Fn.create(
    number(
      createHash('sha512')
        .update(concatBytes(domain, ...shown))
        .digest()
    )
  )
  return { e, proof: concatBytes(shared.toBytes(), little(e), little(Fn.add(k, Fn.mul(e, a)))) }
}

describe('a proof', () => {
  it('shows what both sides agree on, whichever of them gives it (property)', () => {
    fc.assert(
      fc.property(bytes32, bytes32, bytes64, (a, b, nonce) => {
        const [one, two] = [new BlindingKey(a), new BlindingKey(b)]
        const shared = x25519.getSharedSecret(a, two.publicKey)
        for (const { pair, proof } of [sceneOf(one, two, nonce), sceneOf(two, one, nonce)]) {
          expect(proof.byteLength).toBe(96)
          expect(provenSharedSecret(pair, proof)).toEqual(shared)
        }
      }),
      { numRuns: 15, seed: 20270103 }
    )
  })

  it('is the one that another computation gives', () => {
    const nonce = new Uint8Array(64)
    nonce.set(little(12345678901234567890n))
    const { proof } = sceneOf(alice, carol, nonce)
    const pair = { ...scene.pair, other: carol.publicKey }
    expect(toHex(proof)).toBe(toHex(forged(alice.exportSecret(), pair, Point.ZERO, 12345678901234567890n).proof))
  })

  it('does not hold with a byte changed anywhere (property)', () => {
    fc.assert(
      fc.property(fc.nat(95), fc.integer({ min: 1, max: 255 }), (at, change) => {
        expect(provenSharedSecret(scene.pair, scene.proof.with(at, (scene.proof[at] as number) ^ change))).toBeUndefined()
      }),
      { numRuns: 60, seed: 20270104 }
    )
  })

  it('does not hold for another domain, for keys swapped or of somebody else', () => {
    const { pair, proof } = scene
    expect(provenSharedSecret(pair, proof)).toEqual(alice.agree(bob.publicKey))
    for (const other of [
      { ...pair, domain: utf8('a test') },
      { ...pair, domain: utf8('another test\0') },
      { ...pair, prover: pair.other, other: pair.prover },
      { ...pair, prover: carol.publicKey },
      { ...pair, other: carol.publicKey }
    ])
      expect(provenSharedSecret(other, proof)).toBeUndefined()
  })

  it('is written in one way only', () => {
    const { pair } = scene
    const length = [scene.proof.subarray(0, 95), concatBytes(scene.proof, Uint8Array.of(0)), new Uint8Array(0)]
    const [e, s] = [number(e32), number(s32)]
    const orders = [
      concatBytes(z32, little(e + Fn.ORDER), s32),
      concatBytes(z32, e32, little(s + Fn.ORDER)),
      concatBytes(z32, little(Fn.ORDER), s32)
    ]
    // y + p, the sign bit of the point with x = 0, and the other sign.
    const points = [little(Point.Fp.ORDER + 3n), little(1n | (1n << 255n)), z32.with(31, (z32[31] as number) ^ 0x80)]
    for (const proof of [...length, ...orders, ...points.map(point => concatBytes(point, e32, s32))])
      expect(provenSharedSecret(pair, proof)).toBeUndefined()
  })

  it('does not hold for a point of another order, though the equations do', () => {
    const { pair } = scene
    let tried = 0
    for (let order = 1n; order < 8n; order++) {
      const shift = ORDER8.multiplyUnsafe(order)
      // e · T vanishes where e is a multiple of the order of T: a prover tries nonces until it is.
      for (let k = 1000n * order; ; k++) {
        const { e, proof } = forged(alice.exportSecret(), pair, shift, k)
        if (!shift.multiplyUnsafe(e).is0()) continue
        const sent = Point.fromBytes(proof.subarray(0, 32))
        const [own, theirs] = [edwardsPointOf(pair.prover), edwardsPointOf(pair.other)]
        const s = number(proof.subarray(64))
        expect(Point.BASE.multiply(s).subtract(own.multiply(e)).equals(Point.BASE.multiply(k))).toBe(true)
        expect(theirs.multiply(s).subtract(sent.multiplyUnsafe(e)).equals(theirs.multiply(k))).toBe(true)
        expect(provenSharedSecret(pair, proof)).toBeUndefined()
        tried++
        break
      }
    }
    expect(tried).toBe(7)
  })

  it('cannot be of the neutral point or one of small order', () => {
    for (let order = 0n; order < 8n; order++) {
      const proof = concatBytes(ORDER8.multiplyUnsafe(order).toBytes(), e32, s32)
      expect(provenSharedSecret(scene.pair, proof)).toBeUndefined()
    }
  })

  it('is neither made nor checked with keys of another order', () => {
    const { y } = edwardsPointOf(bob.publicKey).add(ORDER8).toAffine()
    const { Fp } = Point
    const mixed = little(Fp.div(Fp.add(1n, y), Fp.sub(1n, y)))
    expect(() => alice.proveShared(mixed, DOMAIN, new Uint8Array(64).fill(1))).toThrow(WeakKeyError)
    expect(() => provenSharedSecret({ ...scene.pair, other: mixed }, scene.proof)).toThrow(WeakKeyError)
    expect(() => provenSharedSecret({ ...scene.pair, prover: mixed }, scene.proof)).toThrow(WeakKeyError)
  })

  it('needs a nonce of 64 bytes that is not zero, and repeats no secret in its errors', () => {
    for (const nonce of [new Uint8Array(64), new Uint8Array(32).fill(1), concatBytes(little(Fn.ORDER), new Uint8Array(32))]) {
      try {
        alice.proveShared(bob.publicKey, DOMAIN, nonce)
        expect.unreachable()
      } catch (cause) {
        expect(cause).toBeInstanceOf(InvalidArgumentError)
        expect(inspect(cause, { showHidden: true })).not.toContain(toHex(alice.exportSecret()).slice(0, 12))
      }
    }
  })

  it('shows the secret where a nonce is used for two pairs, which is why it must not', () => {
    const nonce = new SeededRng('once too often').bytes(64)
    const [first, second] = [sceneOf(alice, bob, nonce).proof, sceneOf(alice, carol, nonce).proof]
    const [e1, z1, e2, z2] = [first, second].flatMap(proof => [number(proof.subarray(32, 64)), number(proof.subarray(64))])
    const a = Fn.div(Fn.sub(z1 as bigint, z2 as bigint), Fn.sub(e1 as bigint, e2 as bigint))
    expect(Point.BASE.multiply(a).equals(edwardsPointOf(alice.publicKey))).toBe(true)
  })
})
