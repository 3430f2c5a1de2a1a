// Key pairs, encryption, arithmetic on ciphertexts, and what is refused.
import { Console } from 'node:console'
import { DiffieHellman } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { format, inspect } from 'node:util'
import { deserialize, serialize } from 'node:v8'
import { SeededRng, sha256, toHex, u32, utf8 } from '@hushgrid/primitives'
import { describe, expect, it, vi } from 'vitest'
import { gcd, toBytes } from '../src/arithmetic/integers.ts'
import { CiphertextError, KeyMismatchError, KeySizeError, PlaintextRangeError } from '../src/errors.ts'
import { generateKeyPair } from '../src/keys/key.ts'
import { PrivateKey } from '../src/keys/private-key.ts'
import { type Ciphertext, PublicKey } from '../src/keys/public-key.ts'
import { full, other, rng, short, small } from './test-keys.ts'

describe('a generated key', () => {
  it.each([64, 66, 128, 256, 510, 512, 1024])('of %i bits has exactly these, and primes as the obfuscators want them', bits => {
    for (let i = 0; i < 5; i++) {
      const { publicKey, privateKey } = generateKeyPair(bits, { insecure: true })
      const { p, q } = privateKey.exportPrimes()
      expect(publicKey.n.toString(2)).toHaveLength(bits)
      expect(publicKey.bits).toBe(bits)
      expect([p * q, p % 4n, q % 4n, gcd(p - 1n, q - 1n), gcd(p * q, (p - 1n) * (q - 1n))]).toEqual([publicKey.n, 3n, 3n, 2n, 1n])
      expect(publicKey.hs).toBeDefined()
    }
  })

  it.each([3072, 4096])(
    'of %i bits encrypts and decrypts',
    bits => {
      const { publicKey, privateKey } = generateKeyPair(bits)
      expect(publicKey.bits).toBe(bits)
      expect(privateKey.decrypt(publicKey.encrypt(-123n, rng))).toBe(-123n)
    },
    120_000
  )

  it('has an hs that is minus a square to the power n, and no small one', () => {
    const { publicKey, privateKey } = full
    const { p, q } = privateKey.exportPrimes()
    const hs = publicKey.hs as bigint
    // An n-th power decrypts to 0, and h = −x² is no square modulo either prime but has Jacobi symbol 1.
    expect(privateKey.decrypt(publicKey.ciphertext(hs))).toBe(0n)
    for (const prime of [p, q]) {
      let [base, power] = [hs % prime, 1n]
      for (let e = (prime - 1n) / 2n; e > 0n; e >>= 1n) {
        if (e & 1n) power = (power * base) % prime
        base = (base * base) % prime
      }
      expect(power).toBe(prime - 1n)
    }
  })

  it('gets the same hs again from its primes, and another key another', () => {
    const { p, q } = small.privateKey.exportPrimes()
    expect(new PrivateKey(p, q, { insecure: true }).publicKey.hs).toBe(small.publicKey.hs)
    expect(other.publicKey.hs).not.toBe(small.publicKey.hs)
  })

  it.each([0, 512, 2047, 2049, 2560, 8192, Number.NaN])('of %d bits is refused', bits => {
    expect(() => generateKeyPair(bits)).toThrow(KeySizeError)
  })

  it.each([0, 62, 65, 127, 64.5])('of %d bits is refused even when it may be insecure', bits => {
    expect(() => generateKeyPair(bits, { insecure: true })).toThrow(KeySizeError)
  })
})

describe('PublicKey', () => {
  it('is refused below 2048 bits unless insecure is said', () => {
    const { n } = generateKeyPair(1024, { insecure: true }).publicKey
    expect(() => new PublicKey(n)).toThrow('n: expected at least 2048 bits, got 1024')
    expect(() => new PublicKey(n, { insecure: false })).toThrow(KeySizeError)
    expect(new PublicKey(n, { insecure: true }).bits).toBe(1024)
    expect(() => new PublicKey((1n << 2047n) - 1n)).toThrow(KeySizeError)
    expect(new PublicKey((1n << 2048n) - 1n).bits).toBe(2048)
    for (const bad of [0n, -small.publicKey.n, 3n]) expect(() => new PublicKey(bad, { insecure: true })).toThrow(KeySizeError)
    expect(() => new PublicKey(small.publicKey.n + 1n, { insecure: true })).toThrow(/odd/)
  })

  it('refuses an hs that cannot be one', () => {
    const { n, nSquared } = small.publicKey
    const { p } = small.privateKey.exportPrimes()
    for (const hs of [-2n, 0n, 1n, p, n, nSquared - 1n, nSquared, nSquared + 2n]) {
      expect(() => new PublicKey(n, { insecure: true, hs })).toThrow(CiphertextError)
    }
  })

  it('has g = n + 1, and a fingerprint of n and hs', () => {
    const { n, hs, g, nSquared, fingerprint, ciphertextBytes, maxPlaintext } = full.publicKey
    expect([g, nSquared, maxPlaintext, ciphertextBytes]).toEqual([n + 1n, n * n, (n - 1n) / 2n, 512])
    const label = utf8('hushgrid/v2/paillier-key')
    expect(fingerprint).toBe(toHex(sha256(label, u32(256), toBytes(n, 256), u32(512), toBytes(hs as bigint, 512))))
    expect(new PublicKey(n).fingerprint).toBe(toHex(sha256(label, u32(256), toBytes(n, 256), u32(0))))
    expect(new PublicKey(n, { hs: 1n + (1n << 200n) * n }).fingerprint).not.toBe(fingerprint)
  })

  it('refuses plaintexts, summands and factors outside the range, without naming them', () => {
    const { publicKey: key } = small
    const c = key.encrypt(0n, rng)
    for (const m of [key.maxPlaintext + 1n, -key.maxPlaintext - 1n, key.n, 1n << 5000n]) {
      for (const work of [
        () => key.encrypt(m, rng),
        () => key.encryptWith(m, c.value),
        () => key.addPlain(c, m),
        () => key.multiply(c, m)
      ]) {
        expect(work).toThrow(PlaintextRangeError)
        expect(work).not.toThrow(m.toString().slice(0, 9))
      }
    }
  })

  it('draws nothing before it has refused', () => {
    const spent = { bytes: () => expect.unreachable() as never }
    expect(() => small.publicKey.encrypt(small.publicKey.n, spent)).toThrow(PlaintextRangeError)
  })

  it('refuses ciphertexts of another key in every operation', () => {
    const [key, c, foreign] = [small.publicKey, small.publicKey.encrypt(1n, rng), other.publicKey.encrypt(1n, rng)]
    for (const work of [
      () => key.add(c, foreign),
      () => key.add(foreign, c),
      () => key.addPlain(foreign, 1n),
      () => key.multiply(foreign, 1n),
      () => key.rerandomise(foreign, rng),
      () => key.sum([c, foreign]),
      () => small.privateKey.decrypt(foreign)
    ]) {
      expect(work).toThrow(KeyMismatchError)
    }
    expect(() => key.add(c, foreign)).toThrow(other.publicKey.fingerprint)
  })

  it('takes ciphertexts of another object of the same key', () => {
    const same = new PublicKey(small.publicKey.n, { insecure: true })
    const sum = small.publicKey.add(same.encrypt(2n, rng), small.publicKey.encrypt(3n, rng))
    expect(small.privateKey.decrypt(sum)).toBe(5n)
  })

  it('sums nothing to 0, and many as one by one', () => {
    const { publicKey: key, privateKey } = small
    expect(privateKey.decrypt(key.sum([]))).toBe(0n)
    const values = Array.from({ length: 33 }, (_, i) => BigInt(i * i - 400))
    const total = key.sum(values.map(m => key.encrypt(m, rng)))
    expect(privateKey.decrypt(total)).toBe(values.reduce((a, b) => a + b))
  })

  it('wraps round modulo n where a sum leaves the range', () => {
    const { publicKey: key, privateKey } = small
    const most = key.encrypt(key.maxPlaintext, rng)
    expect(privateKey.decrypt(key.addPlain(most, 1n))).toBe(-key.maxPlaintext)
  })

  it('makes another ciphertext each time, before and after it has its table', () => {
    for (const { publicKey: key, privateKey } of short) {
      const { p, q } = privateKey.exportPrimes()
      const fresh = new PrivateKey(p, q, { insecure: true }).publicKey
      const seen = new Set<bigint>()
      for (let i = 0; i < 60; i++) {
        if (i === 20) fresh.prepare()
        const c = fresh.encrypt(-7n, rng)
        seen.add(c.value)
        expect(privateKey.decrypt(key.ciphertext(c.value))).toBe(-7n)
      }
      expect(seen.size).toBe(60)
    }
  })

  it('draws hs^a with a of half the bits of n from the Rng it is handed, with the table as without', () => {
    const { n, hs, nSquared } = small.publicKey
    const key = new PublicKey(n, { insecure: true, hs: hs as bigint })
    const drawn = (seed: string): bigint => {
      const exponent = BigInt.asUintN(132, BigInt(`0x${toHex(new SeededRng(seed).bytes(17))}`))
      let [power, base] = [1n, hs as bigint]
      for (let e = exponent; e > 0n; e >>= 1n) {
        if (e & 1n) power = (power * base) % nSquared
        base = (base * base) % nSquared
      }
      return power
    }
    for (let i = 0; i < 60; i++) expect(key.obfuscator(new SeededRng(`seed ${i}`))).toBe(drawn(`seed ${i}`))
  })
})

describe('Ciphertext', () => {
  it('reads back what it writes, always of the same length', () => {
    for (const { publicKey: key } of [...short, full]) {
      for (const c of [key.encrypt(5n, rng), key.sum([]), key.ciphertext(key.nSquared - 1n)]) {
        const bytes = c.toBytes()
        expect(bytes).toHaveLength(key.ciphertextBytes)
        expect(key.decodeCiphertext(bytes).value).toBe(c.value)
      }
    }
  })

  it('is refused in any other length', () => {
    const { publicKey: key } = small
    const bytes = key.encrypt(5n, rng).toBytes()
    for (const wrong of [bytes.subarray(1), Uint8Array.of(0, ...bytes), new Uint8Array(0)]) {
      expect(() => key.decodeCiphertext(wrong)).toThrow(CiphertextError)
    }
  })

  it('is refused where it is 0, n² or more, or shares a factor with n', () => {
    const { publicKey: key, privateKey } = small
    const { p, q } = privateKey.exportPrimes()
    for (const value of [0n, p, q, key.n, p * p, 2n * key.n, key.nSquared - q, key.nSquared, key.nSquared + 1n]) {
      expect(() => key.ciphertext(value)).toThrow(CiphertextError)
      if (value < 1n << BigInt(8 * key.ciphertextBytes)) {
        expect(() => key.decodeCiphertext(toBytes(value, key.ciphertextBytes))).toThrow(CiphertextError)
      }
    }
    expect(() => key.ciphertext(-1n)).toThrow(CiphertextError)
  })
})

describe('PrivateKey', () => {
  const { privateKey, publicKey } = full
  const { p, q } = privateKey.exportPrimes()

  it('refuses primes that make no key', () => {
    const small2 = small.privateKey.exportPrimes()
    const insecure = { insecure: true }
    expect(() => new PrivateKey(small2.p, small2.q)).toThrow(KeySizeError)
    for (const [a, b] of [
      [small2.p, small2.p],
      [0n, small2.p],
      [2n, small2.p],
      [-small2.p, -small2.q],
      [7n, 29n]
    ] as const) {
      expect(() => new PrivateKey(a, b, insecure)).toThrow(KeySizeError)
    }
  })

  it('of primes that are not 3 modulo 4 has no hs, and works', () => {
    // The two primes after 10^20 that are 1 modulo 4.
    const key = new PrivateKey(100000000000000000129n, 100000000000000000193n, { insecure: true })
    expect(key.publicKey.hs).toBeUndefined()
    expect(key.decrypt(key.publicKey.encrypt(-9n, rng))).toBe(-9n)
  })

  it('decrypts 0 and the multiples of a prime without a power that OpenSSL refuses, which would show in its time', () => {
    const key = short[2]?.privateKey as PrivateKey
    const primes = key.exportPrimes()
    const powers = vi.spyOn(DiffieHellman.prototype, 'computeSecret')
    for (const m of [0n, primes.p, -primes.q, 1n]) {
      const c = key.publicKey.encrypt(m, rng)
      powers.mockClear()
      expect(key.decrypt(c)).toBe(m)
      expect(powers.mock.results.map(({ type }) => type)).toEqual(['return', 'return'])
    }
    powers.mockRestore()
  })

  it('finds the root of an obfuscator, with which anybody can check the plaintext', () => {
    for (const { privateKey: key } of [...short, full]) {
      const { n, nSquared } = key.publicKey
      const r = n - 12_345n
      const power = key.publicKey.power(r, n)
      expect(key.obfuscatorRoot(key.publicKey.encryptWith(-77n, power))).toBe(r)
      const c = key.publicKey.sum([key.publicKey.encrypt(40n, rng), key.publicKey.encrypt(2n, rng)])
      const root = key.obfuscatorRoot(c)
      expect(root < n).toBe(true)
      expect(((1n + 42n * n) * key.publicKey.power(root, n)) % nSquared).toBe(c.value)
    }
    expect(() => privateKey.obfuscatorRoot(small.publicKey.encrypt(1n, rng))).toThrow(KeyMismatchError)
  })

  // Ends, since the beginning of (p − 1)(q − 1) is that of n.
  const secrets = [p, q, (p - 1n) * (q - 1n)].flatMap(value => [value.toString().slice(-30), value.toString(16).slice(-30)])
  class Open {
    readonly exposed = [p, q]
    toString(): string {
      return `${p.toString(16)}`
    }
    toJSON(): string {
      return `${this}`
    }
  }
  const printed = (value: unknown): string => {
    const stream = new PassThrough()
    const console = new Console(stream, stream)
    console.log(value)
    console.dir(value, { showHidden: true, depth: Infinity })
    return (stream.read() as Buffer).toString('latin1')
  }
  const ways: Record<string, (value: object) => string> = {
    'console.log': printed,
    'console.log of what holds it': value => printed({ held: value }),
    'util.inspect with everything shown': value => inspect(value, { showHidden: true, depth: Infinity, getters: true }),
    'util.format': value => format('%s %o %O %j', value, value, value, JSON.stringify(value)),
    'JSON.stringify': value => JSON.stringify({ value }),
    String: value => `${value}`,
    structuredClone: value => inspect(structuredClone(value), { showHidden: true, depth: Infinity }),
    'v8.serialize': value => inspect(deserialize(serialize(value)), { showHidden: true, depth: Infinity })
  }

  it.each(Object.entries(ways))('shows no secret by %s', (_way, show) => {
    expect(secrets.filter(secret => show(privateKey).includes(secret))).toEqual([])
    expect(secrets.filter(secret => show(new Open()).includes(secret))).not.toEqual([])
  })

  it('shows its public half', () => {
    expect(JSON.parse(JSON.stringify(privateKey))).toEqual({
      publicKey: { n: publicKey.n.toString(16), hs: publicKey.hs?.toString(16) }
    })
    expect(inspect(privateKey)).toContain(publicKey.n.toString())
  })

  it('repeats no prime in an error', () => {
    try {
      new PrivateKey(p, p)
      expect.unreachable()
    } catch (cause) {
      expect(cause).toBeInstanceOf(KeySizeError)
      expect(secrets.filter(secret => inspect(cause, { showHidden: true }).includes(secret))).toEqual([])
    }
  })
})

it('a ciphertext as JSON names its key', () => {
  const c: Ciphertext = small.publicKey.encrypt(1n, rng)
  expect(JSON.parse(JSON.stringify(c))).toEqual({ key: small.publicKey.fingerprint, value: toHex(c.toBytes()) })
})
