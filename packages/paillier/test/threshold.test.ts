// Decryption by two holders, and what one alone can and cannot do.
import { inspect } from 'node:util'
import { fromHex, InvalidArgumentError, SeededRng, sha256, systemRng, toHex, utf8 } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fromBytes, modulo, randomBits, toBytes } from '../src/arithmetic/integers.ts'
import { plainPower } from '../src/arithmetic/modular-exponent.ts'
import { KeyMismatchError } from '../src/errors.ts'
import { generateKeyPair } from '../src/keys/key.ts'
import { PrivateKey } from '../src/keys/private-key.ts'
import type { Ciphertext } from '../src/keys/public-key.ts'
import {
  combinePartials,
  DecryptionShare,
  PartialDecryption,
  PartialDecryptionError,
  type PartialDecryptionFields,
  splitKey,
  VerificationKey
} from '../src/threshold/threshold.ts'

const rng = new SeededRng('threshold')
const small = generateKeyPair(512, { insecure: true })
const other = generateKeyPair(512, { insecure: true })
const large = generateKeyPair(2048)
const shares = splitKey(small.privateKey, systemRng)
const largeShares = splitKey(large.privateKey, systemRng)
/** Primes so short that many splits are made in no time, with gcd(p − 1, q − 1) = 2. */
const tiny = new PrivateKey(1019n, 1187n, { insecure: true })

/** A partial decryption with some fields replaced. */
function altered(partial: PartialDecryption, change: Partial<PartialDecryptionFields>): PartialDecryption {
  return new PartialDecryption({ ...partial, ...change })
}

/** The power of a random exponent in place of the holder's. */
function simulated(partial: PartialDecryption, c: Ciphertext): PartialDecryption {
  return altered(partial, { value: plainPower(c.value, randomBits(rng, 1152), c.key.nSquared) })
}

function exponentOf(share: DecryptionShare): bigint {
  return fromBytes(share.toBytes().subarray(2 + 32 + 3 * share.verificationKey.publicKey.ciphertextBytes))
}

/** Pearson's statistic of residues in 16 equal classes. */
function chiSquare(residues: readonly bigint[], modulus: bigint): number {
  const counts = new Array<number>(16).fill(0)
  for (const residue of residues) {
    const cell = Number((residue * 16n) / modulus)
    counts[cell] = (counts[cell] as number) + 1
  }
  const expected = residues.length / 16
  return counts.reduce((total, count) => total + (count - expected) ** 2 / expected, 0)
}

describe('two holders', () => {
  it('decrypt what the key decrypts, of either sign and after sums', () => {
    const { publicKey, privateKey } = small
    const plain = fc.oneof(
      fc.bigInt({ min: -publicKey.maxPlaintext, max: publicKey.maxPlaintext }),
      fc.constantFrom(0n, 1n, -1n, publicKey.maxPlaintext, -publicKey.maxPlaintext)
    )
    fc.assert(
      fc.property(plain, plain, (m, k) => {
        const c = publicKey.add(publicKey.encrypt(m, rng), publicKey.encrypt(k, rng))
        const [a, b] = [shares[0].partial(c), shares[1].partial(c)]
        expect(combinePartials(publicKey, a, b)).toBe(privateKey.decrypt(c))
        expect(shares[0].verificationKey.combine(c, b, a)).toBe(privateKey.decrypt(c))
      }),
      { numRuns: 40 }
    )
  })

  it.each([64, 66, 130, 256])('work under a key of %i bits', bits => {
    const { publicKey, privateKey } = generateKeyPair(bits, { insecure: true })
    const [first, second] = splitKey(privateKey, systemRng)
    const c = publicKey.encrypt(-12_345n, rng)
    expect(first.verificationKey.combine(c, first.partial(c), second.partial(c))).toBe(-12_345n)
  })

  it('work under a key of 2048 bits, over the wire', () => {
    const { publicKey } = large
    const c = publicKey.encrypt(-(10n ** 30n), systemRng)
    const [a, b] = largeShares.map(share => PartialDecryption.fromBytes(publicKey, share.partial(c).toBytes(publicKey)))
    const verificationKey = VerificationKey.fromBytes(publicKey, largeShares[0].verificationKey.toBytes())
    expect(verificationKey.combine(c, a as PartialDecryption, b as PartialDecryption)).toBe(-(10n ** 30n))
  })

  it('decrypt ciphertexts without an obfuscator', () => {
    const { publicKey } = small
    for (const m of [0n, 1n, -1n]) {
      const c = publicKey.encryptWith(m, 1n)
      expect(shares[0].verificationKey.combine(c, shares[0].partial(c), shares[1].partial(c))).toBe(m)
    }
  })
})

describe('one holder alone', () => {
  it('has a power that is not that of the plaintext, and that no other share completes', () => {
    const { publicKey } = small
    const m = 4711n
    const c = publicKey.encrypt(m, rng)
    const [a, b] = [shares[0].partial(c), shares[1].partial(c)]
    const whole = 1n + m * publicKey.n
    for (const value of [a.value, b.value]) {
      expect(value).not.toBe(whole)
      expect(value % publicKey.n).not.toBe(1n)
    }
    expect((a.value * b.value) % publicKey.nSquared).toBe(whole)
    for (let i = 0; i < 20; i++) {
      expect(() => combinePartials(publicKey, a, simulated(b, c))).toThrow(PartialDecryptionError)
    }
  })

  it.each([0, 1] as const)('has a power that is spread over the group like that of a random exponent (holder %i)', at => {
    // The group's order is nλ. c^(dᵢ) carries the plaintext m·dᵢ mod n, and the rest of it is set by dᵢ mod λ.
    const { publicKey } = tiny
    const { p, q } = tiny.exportPrimes()
    const lambda = ((p - 1n) * (q - 1n)) / 2n
    const draws = new SeededRng(`splits ${at}`)
    const c = publicKey.encrypt(3n, draws)
    const plaintexts: bigint[] = []
    const exponents: bigint[] = []
    const random: bigint[] = []
    for (let i = 0; i < 1600; i++) {
      const share = splitKey(tiny, draws)[at] as DecryptionShare
      plaintexts.push(modulo(tiny.decrypt(publicKey.ciphertext(share.partial(c).value)), publicKey.n))
      exponents.push(exponentOf(share) % lambda)
      const simulatedPower = plainPower(c.value, randomBits(draws, 170), publicKey.nSquared)
      random.push(modulo(tiny.decrypt(publicKey.ciphertext(simulatedPower)), publicKey.n))
    }
    // 99.9999 % of a chi-square distribution with 15 degrees of freedom.
    for (const residues of [plaintexts, random]) expect(chiSquare(residues, publicKey.n)).toBeLessThan(55)
    expect(chiSquare(exponents, lambda)).toBeLessThan(55)
    // The measure does tell: the exponent that is not split always gives the plaintext.
    expect(chiSquare(new Array<bigint>(1600).fill(3n), publicKey.n)).toBeGreaterThan(1000)
  })

  it('has a share of its own in every split, as long as the hiding asks for', () => {
    const exponents = Array.from({ length: 8 }, () => splitKey(small.privateKey, systemRng)).flatMap(pair => pair.map(exponentOf))
    expect(new Set(exponents).size).toBe(16)
    // A share of 1024 + 128 bits with 64 leading zeros would come once in 2^64 splits.
    for (const exponent of exponents) expect(exponent >> BigInt(1024 + 64)).toBeGreaterThan(0n)
  })

  it('keeps its exponent out of print and JSON', () => {
    const exponent = exponentOf(shares[0])
    for (const text of [inspect(shares[0], { depth: 9, showHidden: true }), JSON.stringify(shares[0])]) {
      expect(text).not.toContain(exponent.toString())
      expect(text).not.toContain(exponent.toString(16))
    }
    expect(JSON.parse(JSON.stringify(shares[0]))).toEqual({ holder: 1, split: shares[0].verificationKey.fingerprint })
  })
})

describe('mixing', () => {
  const { publicKey } = small
  const c = publicKey.encrypt(5n, rng)
  const [a, b] = [shares[0].partial(c), shares[1].partial(c)]

  it('of keys is refused', () => {
    const [foreign] = splitKey(other.privateKey, systemRng)
    const theirs = foreign.partial(other.publicKey.encrypt(5n, rng))
    expect(() => foreign.partial(c)).toThrow(KeyMismatchError)
    expect(() => combinePartials(publicKey, theirs, b)).toThrow(KeyMismatchError)
    expect(() => combinePartials(publicKey, a, theirs)).toThrow(KeyMismatchError)
    expect(() => combinePartials(other.publicKey, a, b)).toThrow(KeyMismatchError)
    expect(() => shares[0].verificationKey.verify(c, theirs)).toThrow(KeyMismatchError)
    expect(() => foreign.verificationKey.verify(c, a)).toThrow(KeyMismatchError)
    expect(() => shares[0].verificationKey.verify(other.publicKey.encrypt(5n, rng), a)).toThrow(KeyMismatchError)
    expect(() => DecryptionShare.fromBytes(publicKey, foreign.toBytes())).toThrow(KeyMismatchError)
    expect(() => PartialDecryption.fromBytes(publicKey, theirs.toBytes(other.publicKey))).toThrow(KeyMismatchError)
    expect(() => a.toBytes(other.publicKey)).toThrow(KeyMismatchError)
  })

  it('of two splits of one key is refused', () => {
    const [, theirs] = splitKey(small.privateKey, systemRng)
    expect(() => combinePartials(publicKey, a, theirs.partial(c))).toThrow(/two splits/)
    expect(() => shares[0].verificationKey.verify(c, theirs.partial(c))).toThrow(/another split/)
    // Even where the name of the split is a lie.
    const lie = altered(theirs.partial(c), { splitFingerprint: a.splitFingerprint })
    expect(() => combinePartials(publicKey, a, lie)).toThrow(/complete each other/)
    expect(() => shares[0].verificationKey.verify(c, lie)).toThrow(/does not/)
  })

  it('of ciphertexts is refused, those of one plaintext too', () => {
    for (const d of [publicKey.encrypt(6n, rng), publicKey.rerandomise(c, rng)]) {
      const theirs = shares[1].partial(d)
      expect(() => combinePartials(publicKey, a, theirs)).toThrow(/two ciphertexts/)
      expect(() => shares[0].verificationKey.verify(c, theirs)).toThrow(/another ciphertext/)
      const lie = altered(theirs, { ciphertextHash: a.ciphertextHash })
      expect(() => combinePartials(publicKey, a, lie)).toThrow(/complete each other/)
      expect(() => shares[0].verificationKey.verify(c, lie)).toThrow(/does not/)
    }
  })

  it('of one holder with itself is refused', () => {
    for (const one of [a, b]) expect(() => combinePartials(publicKey, one, one)).toThrow(/two of holder/)
    const lie = altered(a, { holder: 2 })
    expect(() => combinePartials(publicKey, a, lie)).toThrow(/complete each other/)
    expect(() => shares[0].verificationKey.verify(c, lie)).toThrow(/does not/)
  })
})

describe('the proof', () => {
  const { publicKey } = small
  const { n, nSquared } = publicKey
  const c = publicKey.encrypt(77n, rng)
  const key = shares[0].verificationKey
  const [a, b] = [shares[0].partial(c), shares[1].partial(c)]

  it('catches a holder that shifts the result, which combining alone does not', () => {
    const shifted = altered(b, { value: (b.value * (1n + 1000n * n)) % nSquared })
    expect(combinePartials(publicKey, a, shifted)).toBe(1077n)
    expect(() => key.verify(c, shifted)).toThrow(PartialDecryptionError)
    expect(() => key.combine(c, a, shifted)).toThrow(PartialDecryptionError)
    expect(() => key.combine(c, shifted, a)).toThrow(PartialDecryptionError)
  })

  it('catches a value of small order, as somebody who knows the primes could add one', () => {
    // An element of order p for the chosen n: (1 + n)^(q·k) has order p; and any other unit.
    const { p, q } = small.privateKey.exportPrimes()
    for (const factor of [1n + q * n, 1n + p * n, 2n]) {
      expect(() => key.verify(c, altered(b, { value: (b.value * factor) % nSquared }))).toThrow(PartialDecryptionError)
    }
  })

  it('hashes the split, the holder, the ciphertext, its power and both commitments', () => {
    // Anything left out would be a forger's to choose after the challenge.
    const width = publicKey.ciphertextBytes
    for (const partial of [a, b]) {
      const { challenge, response } = partial.proof
      const commitment = (x: bigint, y: bigint) =>
        (plainPower(x, response, nSquared) * plainPower(y, fromBytes(challenge), nSquared)) % nSquared
      const first = commitment(key.base, key.powers[partial.holder - 1] as bigint)
      const second = commitment(c.value ** 2n % nSquared, partial.value ** 2n % nSquared)
      const numbers = [c.value, partial.value, first, second].map(x => toBytes(x, width))
      const split = fromHex(key.fingerprint)
      expect(challenge).toEqual(sha256(utf8('hushgrid/paillier-partial-proof 1'), split, Uint8Array.of(partial.holder), ...numbers))
    }
    const named = [utf8('hushgrid/paillier-verification-key 1'), fromHex(publicKey.fingerprint)]
    const numbers = [key.base, ...key.powers].map(x => toBytes(x, width))
    expect(key.fingerprint).toBe(toHex(sha256(...named, ...numbers)))
  })

  it('binds every part of what it is about', () => {
    key.verify(c, b)
    const challenge = Uint8Array.from(b.proof.challenge)
    challenge[31] = (challenge[31] as number) ^ 1
    const lies: Partial<PartialDecryptionFields>[] = [
      { value: b.value + 1n },
      // Combining takes either sign, as a proof could be made for either; this proof is for the other.
      { value: nSquared - b.value },
      { proof: { ...b.proof, challenge } },
      { proof: { ...b.proof, response: b.proof.response + 1n } },
      { proof: a.proof },
      { holder: 1 }
    ]
    expect(combinePartials(publicKey, a, altered(b, { value: nSquared - b.value }))).toBe(77n)
    for (const lie of lies) expect(() => key.verify(c, altered(b, lie))).toThrow(PartialDecryptionError)
  })

  it('is bound to its verification base: one for other powers of one base does not hold', () => {
    const swapped = new VerificationKey(publicKey, key.base, [key.powers[1], key.powers[0]])
    expect(() => swapped.verify(c, altered(b, { splitFingerprint: swapped.fingerprint }))).toThrow(PartialDecryptionError)
    expect(() => new VerificationKey(publicKey, key.base, [key.powers[0], key.powers[0]])).toThrow(PartialDecryptionError)
    expect(() => new VerificationKey(publicKey, n, key.powers)).toThrow(InvalidArgumentError)
  })

  it('hides the exponent: responses are longer than challenge times exponent by the hiding bits', () => {
    // e·d has at most 256 + 1160 bits; of 20 responses below 2^(1416 + 128) one short by 64 bits would be a wonder.
    for (let i = 0; i < 20; i++) {
      const { response } = shares[0].partial(publicKey.encrypt(BigInt(i), rng)).proof
      expect(response >> BigInt(1416 + 64)).toBeGreaterThan(0n)
      expect(response >> BigInt(1416 + 129)).toBe(0n)
    }
  })

  it('is the same for the same ciphertext', () => {
    expect(shares[1].partial(c).toBytes(publicKey)).toEqual(b.toBytes(publicKey))
    expect(shares[1].partial(publicKey.rerandomise(c, rng)).proof.response).not.toBe(b.proof.response)
  })

  it('is not offered for primes it would not be sound for', () => {
    // 1009 is 1 modulo 4; 7 divides both 1051 − 1 and 1163 − 1.
    for (const [p, q] of [
      [1009n, 1187n],
      [1187n, 1009n],
      [1051n, 1163n]
    ] as const) {
      expect(() => splitKey(new PrivateKey(p, q, { insecure: true }), rng)).toThrow(/gcd\(p - 1, q - 1\) = 2/)
    }
    expect(() => splitKey(new PrivateKey(1051n, 1187n, { insecure: true }), rng)).not.toThrow()
  })
})

describe('bytes', () => {
  const { publicKey } = small
  const c = publicKey.encrypt(9n, rng)
  const b = shares[1].partial(c)
  const width = publicKey.ciphertextBytes

  it('of shares and partial decryptions come back the same', () => {
    for (const share of shares) {
      const again = DecryptionShare.fromBytes(publicKey, share.toBytes())
      expect(again.toBytes()).toEqual(share.toBytes())
      expect(again.partial(c)).toEqual(share.partial(c))
    }
    const bytes = b.toBytes(publicKey)
    expect(bytes.byteLength).toBe(2 + 3 * 32 + width + 32 + (1160 + 256 + 128 + 8) / 8)
    expect(PartialDecryption.fromBytes(publicKey, bytes)).toEqual(b)
    expect(PartialDecryption.fromBytes(publicKey, bytes).toBytes(publicKey)).toEqual(bytes)
  })

  it('of any other length, version or holder are refused', () => {
    const cases: [Uint8Array, (bytes: Uint8Array) => unknown][] = [
      [shares[0].toBytes(), bytes => DecryptionShare.fromBytes(publicKey, bytes)],
      [b.toBytes(publicKey), bytes => PartialDecryption.fromBytes(publicKey, bytes)]
    ]
    for (const [bytes, read] of cases) {
      for (const cut of [0, 1, 33, bytes.length - 1]) expect(() => read(bytes.subarray(0, cut))).toThrow(InvalidArgumentError)
      expect(() => read(Uint8Array.from([...bytes, 0]))).toThrow(InvalidArgumentError)
      expect(() => read(Uint8Array.from([2, ...bytes.subarray(1)]))).toThrow(/version/)
      for (const holder of [0, 3]) expect(() => read(Uint8Array.from([1, holder, ...bytes.subarray(2)]))).toThrow(/holder/)
    }
    const key = shares[0].verificationKey.toBytes()
    expect(VerificationKey.fromBytes(publicKey, key).fingerprint).toBe(shares[0].verificationKey.fingerprint)
    for (const bytes of [key.subarray(1), Uint8Array.from([...key, 0])]) {
      expect(() => VerificationKey.fromBytes(publicKey, bytes)).toThrow(/verification key/)
    }
  })

  it('of a value that is not a unit are refused', () => {
    const at = 2 + 3 * 32
    for (const value of [0n, publicKey.n, publicKey.nSquared, publicKey.nSquared + 1n]) {
      const bytes = b.toBytes(publicKey)
      bytes.set(Buffer.from(value.toString(16).padStart(2 * width, '0'), 'hex').subarray(-width), at)
      expect(() => PartialDecryption.fromBytes(publicKey, bytes)).toThrow(InvalidArgumentError)
    }
  })

  it('of a share with another exponent, or another holder’s, are refused', () => {
    const bytes = shares[0].toBytes()
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] as number) ^ 1
    expect(() => DecryptionShare.fromBytes(publicKey, bytes)).toThrow(PartialDecryptionError)
    // One that is the same modulo the group's order, but longer than any share, and one below zero.
    const { p, q } = small.privateKey.exportPrimes()
    const { holder, verificationKey } = shares[0]
    for (const turns of [1n << 400n, -(1n << 400n)]) {
      const exponent = exponentOf(shares[0]) + turns * publicKey.n * (p - 1n) * (q - 1n)
      expect(() => new DecryptionShare(verificationKey, holder, exponent)).toThrow(PartialDecryptionError)
    }
    const swapped = shares[0].toBytes()
    swapped[1] = 2
    expect(() => DecryptionShare.fromBytes(publicKey, swapped)).toThrow(PartialDecryptionError)
  })
})
