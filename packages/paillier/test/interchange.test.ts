// Keys and ciphertexts exchanged with paillier-bigint and python-paillier.
import { readFileSync } from 'node:fs'
import { generateRandomKeysSync, PrivateKey as ReferencePrivateKey, PublicKey as ReferencePublicKey } from 'paillier-bigint'
import { describe, expect, it } from 'vitest'
import { inverse, lcm } from '../src/arithmetic/integers.ts'
import { CiphertextError, InterchangeError, KeySizeError } from '../src/errors.ts'
import {
  fromPaillierBigint,
  fromPaillierBigintPrivate,
  toPaillierBigint,
  toPaillierBigintPrivate
} from '../src/interchange/paillier-bigint.ts'
import {
  fromPheEncryptedNumber,
  fromPhePrivateKey,
  fromPhePublicKey,
  toPheEncryptedNumber,
  toPhePrivateKey,
  toPhePublicKey
} from '../src/interchange/python-paillier.ts'
import { generateKeyPair } from '../src/keys/key.ts'
import { PrivateKey } from '../src/keys/private-key.ts'
import { full, other, rng, short, small } from './test-keys.ts'

const insecure = { insecure: true }
const through = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value))

describe('python-paillier', () => {
  const phe = JSON.parse(readFileSync(new URL('./python-paillier.json', import.meta.url), 'utf8')) as {
    privateKey: Record<string, unknown>
    numbers: { m: string; json: unknown }[]
    float: { v: string; e: number }
  }

  it('reads keys and integers that it wrote', () => {
    const key = fromPhePrivateKey(phe.privateKey)
    expect(key.publicKey.bits).toBe(2048)
    expect(fromPhePublicKey(phe.privateKey.pub).n).toBe(key.publicKey.n)
    expect(phe.numbers).toHaveLength(5)
    for (const { m, json } of phe.numbers) expect(key.decrypt(fromPheEncryptedNumber(json, key.publicKey)).toString()).toBe(m)
  })

  it('writes a key of it byte for byte as it did, but for the comment', () => {
    const key = fromPhePrivateKey(phe.privateKey)
    const [ours, theirs] = [through(toPhePrivateKey(key)), through(phe.privateKey)]
    expect(ours.kid).toBe(`Paillier private key ${key.publicKey.fingerprint}`)
    expect((ours.pub as { kid: string }).kid).toBe(`Paillier public key ${key.publicKey.fingerprint}`)
    const without = ({ kid: _kid, pub, ...rest }: Record<string, unknown>): unknown => ({ ...rest, pub: { ...(pub as object), kid: '' } })
    expect(without(ours)).toEqual(without(theirs))
  })

  it('there and back', () => {
    for (const { publicKey, privateKey } of [...short, full]) {
      expect(fromPhePublicKey(through(toPhePublicKey(publicKey)), insecure).n).toBe(publicKey.n)
      expect(fromPhePrivateKey(through(toPhePrivateKey(privateKey)), insecure).exportPrimes()).toEqual(privateKey.exportPrimes())
      const c = publicKey.encrypt(-99n, rng)
      expect(fromPheEncryptedNumber(through(toPheEncryptedNumber(c)), publicKey).value).toBe(c.value)
    }
  })

  it('reads keys of older releases, with lambda and mu', () => {
    const text = (value: bigint): string => {
      const hex = value.toString(16)
      return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
    }
    for (const { publicKey, privateKey } of [...short, full]) {
      const { p, q } = privateKey.exportPrimes()
      for (const lambda of [lcm(p - 1n, q - 1n), (p - 1n) * (q - 1n)]) {
        const json = {
          kty: 'DAJ',
          key_ops: ['decrypt'],
          lambda: text(lambda),
          mu: text(inverse(lambda, p * q) as bigint),
          pub: toPhePublicKey(publicKey)
        }
        expect(fromPhePrivateKey(json, insecure).decrypt(publicKey.encrypt(-5n, rng))).toBe(-5n)
      }
      const [lambda, wrong] = [lcm(p - 1n, q - 1n), text(lcm(p - 1n, q - 1n) + 2n)]
      const json = {
        kty: 'DAJ',
        key_ops: ['decrypt'],
        lambda: text(lambda),
        mu: text(inverse(lambda, p * q) as bigint),
        pub: toPhePublicKey(publicKey)
      }
      expect(() => fromPhePrivateKey({ ...json, lambda: wrong }, insecure)).toThrow(InterchangeError)
      const mu = text(inverse(lcm(p - 1n, q - 1n) + 2n, p * q) as bigint)
      expect(() => fromPhePrivateKey({ ...json, lambda: wrong, mu }, insecure)).toThrow('lambda: expected a multiple')
    }
  })

  it('refuses an exponent other than 0, with a sentence', () => {
    const { publicKey } = fromPhePrivateKey(phe.privateKey)
    expect(phe.float.e).toBe(-32)
    expect(() => fromPheEncryptedNumber(phe.float, publicKey)).toThrow(
      'e: expected the exponent 0 of an integer, got -32; encrypt an int with phe, not a float'
    )
    for (const e of [1, -1, 0.5, '0', null, undefined])
      expect(() => fromPheEncryptedNumber({ ...phe.float, e }, publicKey)).toThrow(InterchangeError)
  })

  it('refuses a ciphertext that is none', () => {
    const { publicKey: key } = small
    for (const v of ['', '0', '-1', '01', '0x1', ' 1', '1.0', '1e3', 1, null, '9'.repeat(100_000)]) {
      expect(() => fromPheEncryptedNumber({ v, e: 0 }, key)).toThrow(InterchangeError)
    }
    for (const v of [key.n, key.nSquared]) expect(() => fromPheEncryptedNumber({ v: v.toString(), e: 0 }, key)).toThrow(CiphertextError)
    for (const json of [null, 7, [], 'v']) expect(() => fromPheEncryptedNumber(json, key)).toThrow(InterchangeError)
  })

  it('refuses keys that are none, and ones that are too small', () => {
    const pub = toPhePublicKey(small.publicKey)
    const key = toPhePrivateKey(small.privateKey)
    expect(() => fromPhePublicKey(pub)).toThrow(KeySizeError)
    expect(() => fromPhePrivateKey(key)).toThrow(KeySizeError)
    for (const bad of [
      null,
      [],
      'DAJ',
      {},
      { ...pub, kty: 'RSA' },
      { ...pub, alg: 'PAI' },
      { ...pub, alg: undefined },
      { ...pub, n: 7 },
      { ...pub, n: '' },
      { ...pub, n: `${pub.n}=` },
      { ...pub, n: '++' }
    ]) {
      expect(() => fromPhePublicKey(bad, insecure)).toThrow(InterchangeError)
    }
    for (const bad of [
      null,
      { ...key, kty: 'RSA' },
      { ...key, key_ops: ['encrypt'] },
      { ...key, key_ops: 'decrypt' },
      { ...key, p: undefined },
      { ...key, q: key.p },
      { ...key, pub: toPhePublicKey(other.publicKey) },
      { ...key, pub: undefined }
    ]) {
      expect(() => fromPhePrivateKey(bad, insecure)).toThrow(InterchangeError)
    }
  })

  it('names no part of a secret in what it refuses', () => {
    const key = toPhePrivateKey(small.privateKey)
    for (const bad of [
      { ...key, p: `${key.p}!` },
      { ...key, q: key.p }
    ]) {
      try {
        fromPhePrivateKey(bad, insecure)
        expect.unreachable()
      } catch (cause) {
        expect(cause).toBeInstanceOf(InterchangeError)
        expect(String(cause)).not.toContain(key.p.slice(0, 8))
      }
    }
  })
})

describe('primes that are none, or of which one is short', () => {
  const { p } = small.privateKey.exportPrimes()
  /** As long as p, and the product of two primes. */
  const [product, another] = [0, 1].map(() => generateKeyPair(132, insecure).publicKey.n) as [bigint, bigint]
  const text = (value: bigint): string => {
    const hex = value.toString(16)
    return Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')
  }
  const pairs = [
    [p, product, /expected two primes/],
    [product, another, /expected two primes/],
    // Carmichael numbers.
    [561n, 1105n, /expected two primes/],
    [65_537n, (1n << 127n) - 1n, /expected primes of at least 71 bits, got one of 17/]
  ] as const

  it.each(pairs)('are refused from both formats: case %#', (a, b, says) => {
    const n = a * b
    const phe = { kty: 'DAJ', key_ops: ['decrypt'], p: text(a), q: text(b), pub: { kty: 'DAJ', alg: 'PAI-GN1', n: text(n) } }
    expect(() => PrivateKey.ofPrimes(a, b, insecure)).toThrow(says)
    expect(() => fromPhePrivateKey(phe, insecure)).toThrow(says)
    const key = { lambda: 1n, mu: 1n, publicKey: { n, g: n + 1n }, p: a, q: b }
    expect(() => fromPaillierBigintPrivate(key, insecure)).toThrow(says)
    expect(() => fromPaillierBigintPrivate({ ...key, p: -a, q: -b }, insecure)).toThrow(KeySizeError)
  })

  it('are taken as they were where nobody tests them', () => {
    expect(new PrivateKey(561n, 1103n, insecure).publicKey.n).toBe(561n * 1103n)
  })
})

describe('paillier-bigint', () => {
  it('takes our keys, and we take its keys, with p and q and without', () => {
    for (const { publicKey, privateKey } of [...short, full]) {
      const { lambda, mu, publicKey: half, p, q } = toPaillierBigintPrivate(privateKey)
      expect(half).toEqual(toPaillierBigint(publicKey))
      const theirs = new ReferencePrivateKey(lambda, mu, new ReferencePublicKey(half.n, half.g), p, q)
      expect(theirs.decrypt(publicKey.encrypt(41n, rng).value)).toBe(41n)
      expect(fromPaillierBigintPrivate({ lambda, mu, publicKey: theirs.publicKey, p, q }, insecure).exportPrimes()).toEqual({ p, q })
      const found = fromPaillierBigintPrivate(theirs, insecure).exportPrimes()
      expect([found.p * found.q, found.p === p || found.p === q]).toEqual([publicKey.n, true])
      expect(fromPaillierBigint(theirs.publicKey, insecure).n).toBe(publicKey.n)
    }
  })

  it('keys that it generates in its simple variant work here', () => {
    for (let i = 0; i < 5; i++) {
      const theirs = generateRandomKeysSync(256, true)
      const key = fromPaillierBigintPrivate(theirs.privateKey, insecure)
      expect(key.decrypt(key.publicKey.ciphertext(theirs.publicKey.encrypt(17n)))).toBe(17n)
      expect(theirs.privateKey.decrypt(key.publicKey.encrypt(18n, rng).value)).toBe(18n)
    }
  })

  it('refuses a random g, numbers that do not belong together, and keys that are too small', () => {
    const theirs = generateRandomKeysSync(256)
    expect(() => fromPaillierBigint(theirs.publicKey, insecure)).toThrow('g: expected n + 1')
    const key = toPaillierBigintPrivate(small.privateKey)
    expect(() => fromPaillierBigint(key.publicKey)).toThrow(KeySizeError)
    for (const bad of [
      { ...key, mu: key.mu + 1n },
      { ...key, lambda: key.lambda + 2n },
      { ...key, p: key.q },
      { ...key, publicKey: toPaillierBigint(other.publicKey) }
    ]) {
      expect(() => fromPaillierBigintPrivate(bad, insecure)).toThrow(InterchangeError)
    }
  })
})
