/**
 * Decryption by two holders together, by neither alone.
 *
 * A dealer who knows the key splits the exponent d (d ≡ 0 mod λ, d ≡ 1 mod n, so c^d = (1 + n)^m mod n²) into d₁ + d₂
 * and forgets it. A holder raises a ciphertext to its share; the product of the two powers gives the plaintext. After
 * Fouque, Poupard, Stern, "Sharing Decryption in the Context of Voting or Lotteries", Financial Cryptography 2000, and
 * the threshold variant in Damgård, Jurik, "A Generalisation, a Simplification and Some Applications of Paillier's
 * Probabilistic Public-Key System", PKC 2001. Unlike in both, shares are additive over the integers, since both holders
 * are always needed, and safe primes are not needed (see {@link VerificationKey}).
 *
 * Hiding. d₁ is uniform below R = 2^(2·bits + {@link HIDING_BITS}), rounded up to whole bytes; d₂ = D − d₁ for the first
 * D ≡ d mod nλ that is at least R. As D − R < nλ < 2^(2·bits), the distribution of either share is within 2^−128 of
 * uniform below R whatever the key, so a share alone says nothing of d. One holder's power says no more than the
 * plaintext: c^(d₂) = (1 + n)^m · c^(−d₁), which the other can work out from m.
 *
 * Limits. A holder cannot tell a total's ciphertext from a single meter's: each must check by itself what it is asked to
 * decrypt. The dealer is trusted to make the shares well and to erase d.
 */

import { createHash } from 'node:crypto'
import { checkLength, concatBytes, fromHex, InvalidArgumentError, type Rng, sha256, toHex, u8, utf8 } from '@hushgrid/primitives'
import { fromBytes, gcd, inverse, randomBits, randomUnit, toBytes } from '../arithmetic/integers.ts'
import { Modulus } from '../arithmetic/modular-exponent.ts'
import type { PrivateKey } from '../keys/private-key.ts'
import type { Ciphertext, PublicKey } from '../keys/public-key.ts'
import {
  CHALLENGE_BITS,
  checkKey,
  checkUnit,
  ciphertextHash,
  combinePartials,
  HASH_BYTES,
  HIDING_BITS,
  type Holder,
  PartialDecryption,
  PartialDecryptionError,
  rangeBits,
  readHeader,
  shareBits,
  VERSION
} from './partial-decryption.ts'

export {
  combinePartials,
  type Holder,
  PartialDecryption,
  PartialDecryptionError,
  type PartialDecryptionFields
} from './partial-decryption.ts'

/**
 * The dealer's publication of one split: a random square v mod n² and v₁ = v^(d₁), v₂ = v^(d₂). With it anybody checks
 * that a partial decryption u of c is c^(dᵢ), up to sign, without learning dᵢ: u² has the logarithm to the base c² that
 * vᵢ has to the base v. Equality of logarithms after Chaum and Pedersen 1992, over the integers as the group's order is
 * secret and non-interactive after Fiat and Shamir with SHA-256, as both papers above have it.
 *
 * Soundness without safe primes. Two accepting answers z, z′ to challenges e, e′ give, with Δ = e − e′, v^(z − z′ + dᵢΔ)
 * = 1. A cheater who made that exponent other than 0 holds a multiple of the order of a random square, which factors n.
 * Else η^Δ = 1 for η = (u/c^(dᵢ))². An η ≠ 1 has an order that divides Δ, so it is prime to n (|Δ| < 2^256 < p, q from
 * 2048 bits on) and odd, as p ≡ q ≡ 3 mod 4 leaves no square of even order. With gcd(p − 1, q − 1) = 2 each prime factor
 * of it divides one of p − 1 and q − 1 only, so some η^k with k | Δ is 1 modulo p² and not modulo q², or the other way
 * round, and again n is factored (Δ is short enough to be factored first). Both papers want safe primes in order that v
 * generate all squares and Δ be prime to the group's order; for keys of the form above, which {@link splitKey} demands,
 * the hardness of factoring does instead, in the random oracle model. This argument is ours, neither paper's. Other
 * primes would need the low-order assumption besides.
 *
 * A proof binds one holder towards everybody else. Both together know d₁ + d₂, hence the key, and could forge.
 */
export class VerificationKey {
  readonly publicKey: PublicKey
  /** Base v. */
  readonly base: bigint
  /** Powers v₁ and v₂. */
  readonly powers: readonly [bigint, bigint]
  /** Name of this split: SHA-256 of the key's fingerprint, v, v₁ and v₂, in hexadecimal. */
  readonly fingerprint: string
  readonly #modulus: Modulus

  /** @throws PartialDecryptionError where v₁v₂ is not 1 modulo n, as v^d is: not the numbers of one split of this key */
  constructor(publicKey: PublicKey, base: bigint, powers: readonly [bigint, bigint]) {
    for (const value of [base, ...powers]) checkUnit(publicKey, value, 'verification key')
    if ((powers[0] * powers[1]) % publicKey.n !== 1n) {
      throw new PartialDecryptionError('verification key: expected v1 v2 = 1 modulo n, got another product')
    }
    this.publicKey = publicKey
    this.base = base
    this.powers = [powers[0], powers[1]]
    this.#modulus = new Modulus(publicKey.nSquared)
    this.fingerprint = toHex(sha256(utf8('hushgrid/paillier-verification-key 1'), fromHex(publicKey.fingerprint), this.toBytes()))
  }

  /** Encodes v ‖ v₁ ‖ v₂, each as long as a ciphertext, big-endian. Public. */
  toBytes(): Uint8Array {
    const width = this.publicKey.ciphertextBytes
    return concatBytes(...[this.base, ...this.powers].map(value => toBytes(value, width)))
  }

  /** @throws InvalidArgumentError, PartialDecryptionError on bytes that are not a verification key of this public key */
  static fromBytes(publicKey: PublicKey, bytes: Uint8Array): VerificationKey {
    const width = publicKey.ciphertextBytes
    checkLength(bytes, 3 * width, 'verification key')
    const [base, first, second] = [0, 1, 2].map(i => fromBytes(bytes.subarray(i * width, (i + 1) * width)))
    return new VerificationKey(publicKey, base as bigint, [first as bigint, second as bigint])
  }

  /**
   * Makes sure that a partial decryption is of this ciphertext, by the holder it names.
   *
   * @throws KeyMismatchError, PartialDecryptionError
   */
  verify(c: Ciphertext, partial: PartialDecryption): void {
    checkKey(this.publicKey, c.key.fingerprint)
    checkKey(this.publicKey, partial.keyFingerprint)
    if (partial.splitFingerprint !== this.fingerprint)
      throw new PartialDecryptionError('partial decryption: expected one of this split of the key, got one of another split')
    if (partial.ciphertextHash !== ciphertextHash(c))
      throw new PartialDecryptionError('partial decryption: expected one of this ciphertext, got one of another ciphertext')
    const { nSquared } = this.publicKey
    const { challenge, response } = partial.proof
    const e = fromBytes(challenge)
    // Computes the holder's commitments, a = v^z vᵢ^e and b = (c²)^z (u²)^e, which hold if z = w − e dᵢ.
    const [first, second] = [this.base, (c.value * c.value) % nSquared].map(x => this.#modulus.power(x, response)) as [bigint, bigint]
    const [third, fourth] = [this.powers[partial.holder - 1] as bigint, (partial.value * partial.value) % nSquared].map(x =>
      this.#modulus.power(x, e)
    ) as [bigint, bigint]
    const [a, b] = [(first * third) % nSquared, (second * fourth) % nSquared]
    if (!Buffer.from(challenge).equals(proofChallenge(this, c, partial, [a, b]))) {
      throw new PartialDecryptionError(`proof of holder ${partial.holder}: expected one that holds, got one that does not`)
    }
  }

  /**
   * Gives the plaintext, from two partial decryptions whose proofs hold.
   *
   * @throws KeyMismatchError, PartialDecryptionError
   */
  combine(c: Ciphertext, a: PartialDecryption, b: PartialDecryption): bigint {
    this.verify(c, a)
    this.verify(c, b)
    return combinePartials(this.publicKey, a, b)
  }
}

/** One holder's half of a split key. The exponent stays inside; printing or serialising as JSON shows public parts only. */
export class DecryptionShare {
  readonly holder: Holder
  readonly verificationKey: VerificationKey
  readonly #exponent: bigint
  /** Modulus of its own, as a Modulus remembers the last exponent. */
  readonly #modulus: Modulus

  /** @throws PartialDecryptionError where the exponent is not the one that v₁ or v₂ was made with */
  constructor(verificationKey: VerificationKey, holder: Holder, exponent: bigint) {
    const { publicKey, base, powers } = verificationKey
    if (holder !== 1 && holder !== 2) throw new InvalidArgumentError('holder', '1 or 2', String(holder))
    this.#modulus = new Modulus(publicKey.nSquared)
    // Refuses a negative exponent, too, which shifts to −1.
    const fits = exponent >> BigInt(shareBits(publicKey)) === 0n
    if (!fits || this.#modulus.power(base, exponent) !== powers[holder - 1]) {
      throw new PartialDecryptionError(`decryption share: expected the exponent of holder ${holder}, got another`)
    }
    this.holder = holder
    this.verificationKey = verificationKey
    this.#exponent = exponent
  }

  /**
   * Computes c^(dᵢ) mod n² with its proof, by three exponentiations. The proof's random number is derived from the share
   * and the ciphertext, so that a bad random source cannot give the share away, and one ciphertext always gets the same
   * answer.
   *
   * @throws KeyMismatchError on a ciphertext of another key
   */
  partial(c: Ciphertext): PartialDecryption {
    const key = this.verificationKey
    const { publicKey } = key
    checkKey(publicKey, c.key.fingerprint)
    const value = this.#modulus.power(c.value, this.#exponent)
    // Draws w from a range 2^128 times as long as that of e dᵢ < 2^range, set off so that z = w − e dᵢ is not negative.
    const range = shareBits(publicKey) + CHALLENGE_BITS
    const seed = concatBytes(utf8('hushgrid/paillier-partial-nonce 1'), this.toBytes(), toBytes(c.value, publicKey.ciphertextBytes))
    const w =
      (1n << BigInt(range)) +
      fromBytes(
        createHash('shake256', { outputLength: (range + HIDING_BITS) >> 3 })
          .update(seed)
          .digest()
      )
    const a = this.#modulus.power(key.base, w)
    const b = this.#modulus.power((c.value * c.value) % publicKey.nSquared, w)
    const challenge = proofChallenge(key, c, { holder: this.holder, value }, [a, b])
    return new PartialDecryption({
      holder: this.holder,
      keyFingerprint: publicKey.fingerprint,
      splitFingerprint: key.fingerprint,
      ciphertextHash: ciphertextHash(c),
      value,
      proof: { challenge, response: w - fromBytes(challenge) * this.#exponent }
    })
  }

  /**
   * Encodes the share. Secret: for the holder's key file, never to be logged or sent. Version ‖ holder ‖ key fingerprint
   * ‖ verification key ‖ exponent.
   */
  toBytes(): Uint8Array {
    const { publicKey } = this.verificationKey
    const exponent = toBytes(this.#exponent, shareBits(publicKey) >> 3)
    return concatBytes(u8(VERSION), u8(this.holder), fromHex(publicKey.fingerprint), this.verificationKey.toBytes(), exponent)
  }

  /**
   * @throws KeyMismatchError on the share of another key
   * @throws InvalidArgumentError, PartialDecryptionError on anything else that is not a share
   */
  static fromBytes(publicKey: PublicKey, bytes: Uint8Array): DecryptionShare {
    const holder = readHeader(publicKey, bytes, 'decryption share')
    const exponentAt = 2 + HASH_BYTES + 3 * publicKey.ciphertextBytes
    checkLength(bytes, exponentAt + (shareBits(publicKey) >> 3), 'decryption share')
    const verificationKey = VerificationKey.fromBytes(publicKey, bytes.subarray(2 + HASH_BYTES, exponentAt))
    return new DecryptionShare(verificationKey, holder, fromBytes(bytes.subarray(exponentAt)))
  }

  toJSON(): { holder: Holder; split: string } {
    return { holder: this.holder, split: this.verificationKey.fingerprint }
  }
}

/**
 * Splits the private key's exponent into two shares, for the dealer, which drops the private key afterwards.
 *
 * @param rng - the system's; a predictable one gives the key away
 * @throws InvalidArgumentError on primes for which the proofs would not be sound (see {@link VerificationKey})
 */
export function splitKey(privateKey: PrivateKey, rng: Rng): [DecryptionShare, DecryptionShare] {
  const { publicKey } = privateKey
  const { p, q } = privateKey.exportPrimes()
  const { n, nSquared } = publicKey
  if (p % 4n !== 3n || q % 4n !== 3n || gcd(p - 1n, q - 1n) !== 2n) {
    throw new InvalidArgumentError('privateKey', 'primes p, q = 3 modulo 4 with gcd(p - 1, q - 1) = 2', 'others')
  }
  const lambda = ((p - 1n) * (q - 1n)) / 2n
  const lambdaInverse = inverse(lambda, n)
  // Guards the type: a PrivateKey has gcd(n, (p − 1)(q − 1)) = 1.
  if (lambdaInverse === undefined) throw new InvalidArgumentError('privateKey', 'gcd(n, (p - 1)(q - 1)) = 1', 'another key')
  const d = lambda * lambdaInverse
  const range = 1n << BigInt(rangeBits(publicKey))
  const first = randomBits(rng, rangeBits(publicKey))
  const period = n * lambda
  const total = d + ((range - d + period - 1n) / period) * period
  const second = total - first
  const root = randomUnit(rng, nSquared)
  const base = (root * root) % nSquared
  const modulus = new Modulus(nSquared)
  const verificationKey = new VerificationKey(publicKey, base, [modulus.power(base, first), modulus.power(base, second)])
  return [new DecryptionShare(verificationKey, 1, first), new DecryptionShare(verificationKey, 2, second)]
}

/** @param commitments - a and b, which the holder committed to */
function proofChallenge(
  key: VerificationKey,
  c: Ciphertext,
  { holder, value }: Pick<PartialDecryption, 'holder' | 'value'>,
  commitments: readonly [bigint, bigint]
): Uint8Array {
  const width = key.publicKey.ciphertextBytes
  const numbers = [c.value, value, ...commitments].map(number => toBytes(number, width))
  return sha256(utf8('hushgrid/paillier-partial-proof 1'), fromHex(key.fingerprint), u8(holder), ...numbers)
}
