// Every operation beside paillier-bigint, an implementation by other people that shares no code with this one.
import fc from 'fast-check'
import { PrivateKey as ReferencePrivateKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { describe, expect, it } from 'vitest'
import { toPaillierBigintPrivate } from '../src/interchange/paillier-bigint.ts'
import type { KeyPair } from '../src/keys/key.ts'
import { PublicKey } from '../src/keys/public-key.ts'
import { full, rng, SHORT_BITS, short } from './test-keys.ts'

const modulo = (m: bigint, n: bigint): bigint => ((m % n) + n) % n

describe.each([...SHORT_BITS.map((bits, i) => [bits, short[i] as KeyPair, 60] as const), [2048, full, 2] as const])(
  '%i bits',
  (_bits, pair, runs) => {
    const { publicKey: key, privateKey } = pair
    const { lambda, mu, publicKey, p, q } = toPaillierBigintPrivate(privateKey)
    const referenceKey = new ReferencePublicKey(publicKey.n, publicKey.g)
    const reference = new ReferencePrivateKey(lambda, mu, referenceKey, p, q)
    /** Obfuscators are r^n here, so that the reference can be given the same r. */
    const bare = new PublicKey(key.n, { insecure: true })
    const plaintext = fc.oneof(
      fc.bigInt({ min: -key.maxPlaintext, max: key.maxPlaintext }),
      fc.bigInt({ min: -1000n, max: 1000n }),
      fc.constantFrom(0n, 1n, -1n, key.maxPlaintext, -key.maxPlaintext)
    )
    const holds = (...args: Parameters<typeof fc.property<[bigint, bigint]>>) => fc.assert(fc.property(...args), { numRuns: runs })
    const decrypt = (m: bigint): bigint => {
      const n = key.n
      return m > key.maxPlaintext ? m - n : m
    }

    it('encrypts to the same ciphertext with the same r', () => {
      holds(plaintext, fc.bigInt({ min: 2n, max: key.n - 1n }), (m, r) => {
        fc.pre(r % p !== 0n && r % q !== 0n)
        const expected = referenceKey.encrypt(modulo(m, key.n), r)
        const obfuscator = referenceKey.encrypt(0n, r)
        expect(key.encryptWith(m, obfuscator).value).toBe(expected)
      })
    })

    it('what it encrypts the reference decrypts, and the other way round', () => {
      holds(plaintext, plaintext, (a, b) => {
        for (const from of [key, bare]) expect(decrypt(reference.decrypt(from.encrypt(a, rng).value))).toBe(a)
        expect(privateKey.decrypt(key.ciphertext(referenceKey.encrypt(modulo(b, key.n))))).toBe(b)
        expect(privateKey.decrypt(key.encrypt(a, rng))).toBe(a)
      })
    })

    it('adds, adds plain numbers and multiplies to the same ciphertexts', () => {
      holds(plaintext, plaintext, (a, b) => {
        const [x, y] = [key.encrypt(a, rng), key.encrypt(b, rng)]
        expect(key.add(x, y).value).toBe(referenceKey.addition(x.value, y.value))
        expect(key.sum([x, y, x]).value).toBe(referenceKey.addition(x.value, y.value, x.value))
        expect(key.addPlain(x, b).value).toBe(referenceKey.plaintextAddition(x.value, modulo(b, key.n)))
        expect(key.multiply(x, b).value).toBe(referenceKey.multiply(x.value, b))
      })
    })

    it('the results hold what they should, as the reference decrypts them', () => {
      const half = key.maxPlaintext / 2n
      const signed = fc.bigInt({ min: -half, max: half })
      holds(signed, signed, (a, b) => {
        const [x, y] = [key.encrypt(a, rng), key.encrypt(b, rng)]
        const read = (c: { value: bigint }): bigint => decrypt(reference.decrypt(c.value))
        expect(read(key.add(x, y))).toBe(a + b)
        expect(read(key.addPlain(x, b))).toBe(a + b)
        expect(read(key.sum([x, y]))).toBe(a + b)
        const [root, factor] = [a % (1n << BigInt(key.bits / 2 - 2)), b % (1n << BigInt(key.bits / 2 - 2))]
        expect(read(key.multiply(key.encrypt(root, rng), factor))).toBe(root * factor)
        const again = key.rerandomise(x, rng)
        expect(again.value).not.toBe(x.value)
        expect(read(again)).toBe(a)
      })
    })
  }
)
