/**
 * Proof that whoever made a ciphertext knows its plaintext (Cramer, Damgård and Nielsen, "Multiparty Computation from
 * Threshold Homomorphic Encryption", EUROCRYPT 2001, section 6, for obfuscators hs^r), made non-interactive after Fiat and
 * Shamir with SHA-256. Without it a ciphertext can be raised to a power, or moved by a number, and passed off as one's own.
 *
 * The maker of c = (1 + n)^m · hs^r sends a = (1 + n)^x · hs^u, is asked e, and answers z_m = x + e·m and z_u = u + e·r over
 * the integers. They hold if (1 + n)^(z_m) · hs^(z_u) = a · c^e modulo n².
 *
 * **Statement.** Every unit modulo n² is (1 + n)^v · ρ^n for one v below n, its plaintext, and one ρ modulo n, as
 * gcd(n, φ(n)) = 1. The maker knows the plaintext of c. Nothing is claimed of ρ, and of the size of the plaintext no more
 * than said below.
 *
 * **Soundness.** Two accepted answers to one a, for e ≠ e′, give Δe · v = Δz_m modulo n: the plaintexts of both sides, as hs
 * is an n-th power and has plaintext 0. With |Δe| < 2^128 < p, q it has an inverse, so v = Δz_m / Δe modulo n is known. That
 * the group's order is hidden does not matter, since the order of 1 + n is n, which everybody knows; neither do elements of
 * small order such as −1, since all of these have plaintext 0 and no sum decrypts otherwise for them. No assumption is made
 * but that hs is an n-th power, which the maker of the key vouches for; one that is (1 + n)^k opens every ciphertext. Who
 * does not know v is accepted for one e of 2^128, in the random oracle model for each hash that is tried. The hash covers c
 * and a, and by its context who makes the proof and for when: another's proof, or one's own of another slot, has another e.
 *
 * **Size.** v need not be small. v = s / t modulo n with a small t is accepted whenever t divides e, and v up to
 * 2^(|m| + 128) always. Who wants a wrong total can have one by a wrong reading just as well.
 *
 * **Zero knowledge.** z_m and z_u are drawn at random, e too, and a worked out from them: a simulator that may choose what the
 * hash gives makes proofs without m and r. x is uniform below 2^(|m| + 256) and |e·m| < 2^(|m| + 128), so z_m is within a
 * statistical distance of 2^−128 of uniform, and z_u alike; a maker whose answer falls out of the range draws x and u anew,
 * which happens once in 2^127 proofs. That a proof stays sound beside simulated ones is shown by Bernhard, Pereira and
 * Warinschi (ASIACRYPT 2012) for proofs whose hash covers the statement: encryption with it is non-malleable under one
 * parallel decryption. For decryptions that follow on each other no tight reduction is known; here only sums are decrypted.
 *
 * **Batches.** Each equation of a batch is raised to a random weight below 2^128, drawn by the verifier after all proofs are
 * there, and their product is checked. Let δ be the difference of the plaintexts of both sides of an equation. A batch with
 * some δ ≠ 0 modulo n is accepted if Σ w·δ = 0 modulo the p or q that does not divide it, for one weight in 2^128. The
 * other part of an equation, modulo n-th powers, may fail and pass: two equations off by −1 each do in half of all batches.
 * Soundness above uses plaintexts only, so nothing is lost by that; batching would not be sound for a statement about ρ.
 */
import { concatBytes, fromHex, type Rng, sha256 } from '@hushgrid/primitives'
import { fromBytes, modulo, randomBits, toBytes } from '../arithmetic/integers.ts'
import { CiphertextError, KeySizeError, PlaintextRangeError } from '../errors.ts'
import { Ciphertext, type PublicKey } from '../keys/public-key.ts'

/** Bits of the challenge, and of a weight in a batch. */
const CHALLENGE_BITS = 128
/** Bits by which x and u are longer than what they hide: those of the challenge and 128 of statistical distance. */
const HIDING_BITS = CHALLENGE_BITS + 128

/** A ciphertext with the proof that its maker knows the plaintext. */
export interface ProvenCiphertext {
  readonly ciphertext: Ciphertext
  /** Announcement a, from 1 to n² − 1. */
  readonly announcement: bigint
  /** Response z_m, below 2^(|m| + 256). */
  readonly plaintextResponse: bigint
  /** Response z_u, below 2^(|exponent| + 256). */
  readonly exponentResponse: bigint
}

/** A proof to be checked, with the context that it was made in. */
export interface PlaintextClaim {
  /** First part of what is hashed: a label, who makes the proof, and for when. Its end must be unambiguous. */
  readonly context: Uint8Array
  readonly proven: ProvenCiphertext
}

/** Maker and checker of proofs for plaintexts up to a width, under one key. */
export class PlaintextProofs {
  readonly key: PublicKey
  /** Length of an encoded ciphertext with its proof. */
  readonly byteLength: number
  readonly #plaintextBits: number
  /** Widths of z_m and z_u, bits. */
  readonly #responseBits: readonly [number, number]

  /**
   * @param plaintextBits - |m|: proofs are made for |m| < 2^plaintextBits
   * @throws KeySizeError on a key without `hs`, or with primes that may be shorter than a challenge
   */
  constructor(key: PublicKey, plaintextBits: number) {
    if (key.hs === undefined) throw new KeySizeError('key: expected one with hs, got one without')
    // Twice the challenge and more: generated primes are within a bit of half of n.
    if (key.bits < 2 * CHALLENGE_BITS + 4) throw new KeySizeError(`n: expected at least ${2 * CHALLENGE_BITS + 4} bits, got ${key.bits}`)
    this.key = key
    this.#plaintextBits = plaintextBits
    this.#responseBits = [plaintextBits + HIDING_BITS, key.exponentBits + HIDING_BITS]
    const [zm, zu] = this.#responseBits.map(bytesFor) as [number, number]
    this.byteLength = 2 * key.ciphertextBytes + zm + zu
  }

  /** Makes the key's table now, as long as proofs need it, where many are made or checked: see {@link PublicKey.prepare}. */
  prepare(): void {
    this.key.prepare()
    this.key.powerOfHs((1n << BigInt(this.#responseBits[1])) - 1n)
  }

  /**
   * Encrypts a plaintext and proves that it is known.
   *
   * @param rng - one that never gives the same bytes for two plaintexts or contexts: from two proofs with one x, m follows
   * @throws PlaintextRangeError where |m| >= 2^plaintextBits
   */
  prove(m: bigint, context: Uint8Array, rng: Rng): ProvenCiphertext {
    if ((m < 0n ? -m : m) >> BigInt(this.#plaintextBits) !== 0n)
      throw new PlaintextRangeError(`plaintext: expected at most ${this.#plaintextBits} bits, got more`)
    const { key } = this
    const r = randomBits(rng, key.exponentBits)
    const ciphertext = key.encryptWith(m, key.powerOfHs(r))
    for (;;) {
      const [x, u] = this.#responseBits.map(bits => randomBits(rng, bits)) as [bigint, bigint]
      const announcement = this.#opened(x, u)
      const e = this.#challenge(context, ciphertext, announcement)
      const proven = { ciphertext, announcement, plaintextResponse: x + e * m, exponentResponse: u + e * r }
      if (this.#inRange(proven)) return proven
    }
  }

  /** Tells whether a proof holds. */
  verify({ context, proven }: PlaintextClaim): boolean {
    return this.#inRange(proven) && this.#answered(proven) === this.#asked(context, proven)
  }

  /**
   * Tells of each proof whether it holds, in the order of the claims. All are checked at once, and each by itself where that
   * fails.
   *
   * @param rng - one whose next bytes the makers could not know
   */
  verifyAll(claims: readonly PlaintextClaim[], rng: Rng): boolean[] {
    if (claims.length < 2) return claims.map(claim => this.verify(claim))
    const { nSquared } = this.key
    const asked = claims.map(({ context, proven }) => (this.#inRange(proven) ? this.#asked(context, proven) : undefined))
    let [zm, zu, product, batched] = [0n, 0n, 1n, 0]
    for (const [i, { proven }] of claims.entries()) {
      const right = asked[i]
      if (right === undefined) continue
      const weight = randomBits(rng, CHALLENGE_BITS)
      zm += weight * proven.plaintextResponse
      zu += weight * proven.exponentResponse
      product = (product * this.key.power(right, weight)) % nSquared
      batched++
    }
    const all = batched > 0 && this.#opened(zm, zu) === product
    return claims.map(({ proven }, i) => asked[i] !== undefined && (all || this.#answered(proven) === asked[i]))
  }

  /** Encodes c ‖ a ‖ z_m ‖ z_u, big-endian, always {@link byteLength} long. */
  encode({ ciphertext, announcement, plaintextResponse, exponentResponse }: ProvenCiphertext): Uint8Array {
    const [zm, zu] = this.#responseBits.map(bytesFor) as [number, number]
    return concatBytes(
      ciphertext.toBytes(),
      toBytes(announcement, this.key.ciphertextBytes),
      toBytes(plaintextResponse, zm),
      toBytes(exponentResponse, zu)
    )
  }

  /**
   * Decodes without checking the proof. That c is a unit follows from a proof that holds, as the left side is one.
   *
   * @throws CiphertextError on another length, and on numbers out of their ranges
   */
  decode(bytes: Uint8Array): ProvenCiphertext {
    if (bytes.byteLength !== this.byteLength)
      throw new CiphertextError(`ciphertext with its proof: expected ${this.byteLength} bytes, got ${bytes.byteLength}`)
    const width = this.key.ciphertextBytes
    const zm = 2 * width + bytesFor(this.#responseBits[0])
    const proven = {
      ciphertext: new Ciphertext(this.key, fromBytes(bytes.subarray(0, width))),
      announcement: fromBytes(bytes.subarray(width, 2 * width)),
      plaintextResponse: fromBytes(bytes.subarray(2 * width, zm)),
      exponentResponse: fromBytes(bytes.subarray(zm))
    }
    if (!this.#inRange(proven)) throw new CiphertextError('ciphertext with its proof: expected numbers in their ranges, got one outside')
    return proven
  }

  #inRange({ ciphertext, announcement, plaintextResponse, exponentResponse }: ProvenCiphertext): boolean {
    const { nSquared } = this.key
    const [zm, zu] = this.#responseBits
    return (
      [ciphertext.value, announcement].every(value => value > 0n && value < nSquared) &&
      plaintextResponse >> BigInt(zm) === 0n &&
      exponentResponse >> BigInt(zu) === 0n
    )
  }

  /** Computes (1 + n)^x · hs^u modulo n². */
  #opened(x: bigint, u: bigint): bigint {
    const { n, nSquared } = this.key
    return ((1n + modulo(x, n) * n) * this.key.powerOfHs(u)) % nSquared
  }

  /** Computes the left side of the equation. */
  #answered({ plaintextResponse, exponentResponse }: ProvenCiphertext): bigint {
    return this.#opened(plaintextResponse, exponentResponse)
  }

  /** Computes the right side of the equation, a · c^e. */
  #asked(context: Uint8Array, { ciphertext, announcement }: ProvenCiphertext): bigint {
    const e = this.#challenge(context, ciphertext, announcement)
    return (announcement * this.key.power(ciphertext.value, e)) % this.key.nSquared
  }

  #challenge(context: Uint8Array, ciphertext: Ciphertext, announcement: bigint): bigint {
    const { fingerprint, ciphertextBytes } = this.key
    const hash = sha256(context, fromHex(fingerprint), ciphertext.toBytes(), toBytes(announcement, ciphertextBytes))
    return fromBytes(hash.subarray(0, CHALLENGE_BITS / 8).toReversed())
  }
}

function bytesFor(bits: number): number {
  return Math.ceil(bits / 8)
}
