// Public keys, and the numbers encrypted under them: each refers to the other.
import { concatBytes, type Rng, sha256, toHex, u32, utf8 } from '@hushgrid/primitives'
import { bitLength, fromBytes, gcd, inverse, modulo, toBytes } from '../arithmetic/integers.ts'
import { CiphertextError, KeyMismatchError, KeySizeError, PlaintextRangeError } from '../errors.ts'
import { type KeyPowers, keyPowers } from './key-powers.ts'

/** Bits of the shortest modulus without `insecure`: 112 bits of security (SP 800-57 part 1, table 2). */
export const LEAST_KEY_BITS = 2048
/** Bits of the shortest modulus even with `insecure`: below it random numbers collide and tests mean nothing. */
const LEAST_INSECURE_BITS = 16

/** Options of a public key. */
export interface PublicKeyOptions {
  /** True to take a modulus below 2048 bits. For tests and demonstrations only: it can be factored. */
  readonly insecure?: boolean
  /**
   * Power h^n mod n² with h = −x² mod n (Damgård, Jurik and Nielsen 2010, section 4.2), from the key's owner.
   * Authenticate it together with n, as by the fingerprint: a replaced one makes ciphertexts that hide nothing.
   */
  readonly hs?: bigint
}

/**
 * A Paillier public key (Paillier 1999, section 4) with g = n + 1, so that g^m = 1 + m·n mod n² is one
 * multiplication. Plaintexts are signed integers with |m| <= (n − 1) / 2.
 *
 * Semantically secure under the decisional composite residuosity assumption (DCR) where obfuscators are r^n. With
 * `hs` they are hs^a with a random exponent a of half the bits of n, which assumes in addition that such powers
 * cannot be told from random elements of the subgroup that h generates, with p ≡ q ≡ 3 mod 4 (Damgård, Jurik and
 * Nielsen 2010, section 4.2). Ciphertexts are malleable by design and say nothing about who made them.
 */
export class PublicKey {
  readonly n: bigint
  readonly nSquared: bigint
  /** Generator n + 1. */
  readonly g: bigint
  /** Bits of n. */
  readonly bits: number
  readonly hs?: bigint
  /**
   * Fingerprint: SHA-256("hushgrid/v2/paillier-key" ‖ u32 |n| ‖ n ‖ u32 |hs| ‖ hs) in hexadecimal, with n and hs big-endian
   * and as long as n and n²; without `hs` its length is 0.
   */
  readonly fingerprint: string
  /** Bytes of an encoded ciphertext: twice those of n. */
  readonly ciphertextBytes: number
  /** Largest plaintext, (n − 1) / 2; the smallest is its negative. */
  readonly maxPlaintext: bigint
  readonly #powers: KeyPowers

  /** @throws KeySizeError on a modulus that is too short or even, CiphertextError on an `hs` that cannot be one */
  constructor(n: bigint, options: PublicKeyOptions = {}) {
    const bits = n > 0n ? bitLength(n) : 0
    const least = options.insecure === true ? LEAST_INSECURE_BITS : LEAST_KEY_BITS
    if (bits < least) throw new KeySizeError(`n: expected at least ${least} bits, got ${bits}`)
    if ((n & 1n) === 0n) throw new KeySizeError(`n: expected an odd product of two primes, got an even number of ${bits} bits`)
    this.n = n
    this.nSquared = n * n
    this.g = n + 1n
    this.bits = bits
    this.ciphertextBytes = 2 * Math.ceil(bits / 8)
    this.maxPlaintext = (n - 1n) / 2n
    if (options.hs !== undefined) {
      const { hs } = options
      if (hs <= 1n || hs >= this.nSquared - 1n || gcd(hs % n, n) !== 1n) {
        throw new CiphertextError('hs: expected a unit modulo n² other than 1 and −1, got one that is not')
      }
      this.hs = hs
    }
    this.fingerprint = fingerprintOf(this)
    this.#powers = keyPowers(n, options.hs)
  }

  /** Makes a random n-th power modulo n², which hides a plaintext: hs^a where the key has `hs`, else r^n. Use it once. */
  obfuscator(rng: Rng): bigint {
    return this.#powers.obfuscator(rng)
  }

  /** Bits of an obfuscator's exponent where the key has `hs`. */
  get exponentBits(): number {
    return this.#powers.exponentBits
  }

  /**
   * Computes hs^exponent mod n² for a non-negative exponent: the obfuscator that it makes, which hides only while the
   * exponent is random, secret and of {@link exponentBits} at least.
   *
   * @throws InvalidArgumentError on a key without `hs`
   */
  powerOfHs(exponent: bigint): bigint {
    return this.#powers.powerOfHs(exponent)
  }

  /** Computes a power mod n² of any number in [0, n²), with an exponent >= 0. */
  power(base: bigint, exponent: bigint): bigint {
    return this.#powers.power(base, exponent)
  }

  /**
   * Makes the table for obfuscators now; without this call the 48th obfuscator does. The table takes about as long as 48
   * obfuscators without the table (0.13 s at 2048 bits, 0.35 s at 3072), and all objects of one key in the thread share
   * the table. Does nothing without `hs`.
   */
  prepare(): void {
    this.#powers.prepare()
  }

  /** @throws PlaintextRangeError where |m| > (n − 1) / 2 */
  encrypt(m: bigint, rng: Rng): Ciphertext {
    this.checkPlaintext(m)
    return this.encryptWith(m, this.obfuscator(rng))
  }

  /**
   * Encrypts with one multiplication, by a result of {@link obfuscator} made before. Two plaintexts under one obfuscator
   * show their difference.
   *
   * @throws PlaintextRangeError where |m| > (n − 1) / 2
   */
  encryptWith(m: bigint, obfuscator: bigint): Ciphertext {
    this.checkPlaintext(m)
    return new Ciphertext(this, (this.#powerOfG(m) * obfuscator) % this.nSquared)
  }

  /** Encrypts the sum of both plaintexts, modulo n; the caller keeps it in range. */
  add(a: Ciphertext, b: Ciphertext): Ciphertext {
    return new Ciphertext(this, (this.#own(a) * this.#own(b)) % this.nSquared)
  }

  /** Adds a plain number. Whoever knows both ciphertexts knows the number; {@link rerandomise} hides it. */
  addPlain(a: Ciphertext, m: bigint): Ciphertext {
    this.checkPlaintext(m)
    return new Ciphertext(this, (this.#own(a) * this.#powerOfG(m)) % this.nSquared)
  }

  /** Multiplies the plaintext by a plain number, which may be negative. Not re-randomised: see {@link addPlain}. */
  multiply(a: Ciphertext, k: bigint): Ciphertext {
    this.checkPlaintext(k)
    const value = this.#own(a)
    if (k >= 0n) return new Ciphertext(this, this.#powers.power(value, k))
    const root = inverse(value, this.n)
    if (root === undefined) throw new CiphertextError('ciphertext: expected a unit modulo n², got one that is not')
    // Takes Newton's step from the inverse modulo n to that modulo n²: a third of the time of Euclid's algorithm there.
    const inverted = modulo(root * (2n - value * root), this.nSquared)
    return new Ciphertext(this, this.#powers.power(inverted, -k))
  }

  /** Gives the same plaintext under a new obfuscator. */
  rerandomise(a: Ciphertext, rng: Rng): Ciphertext {
    return new Ciphertext(this, (this.#own(a) * this.obfuscator(rng)) % this.nSquared)
  }

  /** Encrypts the sum of all plaintexts, modulo n; of none, the number 1, which is 0 without an obfuscator. */
  sum(ciphertexts: Iterable<Ciphertext>): Ciphertext {
    let product = 1n
    for (const ciphertext of ciphertexts) product = (product * this.#own(ciphertext)) % this.nSquared
    return new Ciphertext(this, product)
  }

  /** @throws CiphertextError where it is not in [1, n²) or shares a factor with n */
  ciphertext(value: bigint): Ciphertext {
    if (value <= 0n || value >= this.nSquared) throw new CiphertextError('ciphertext: expected a number from 1 to n² − 1, got one outside')
    if (gcd(this.n, value % this.n) !== 1n) {
      throw new CiphertextError('ciphertext: expected a unit modulo n², got one that shares a factor with n')
    }
    return new Ciphertext(this, value)
  }

  /**
   * Decodes the bytes of {@link Ciphertext.toBytes}.
   *
   * @throws CiphertextError on any other length, and where it is not a unit modulo n²
   */
  decodeCiphertext(bytes: Uint8Array): Ciphertext {
    if (bytes.byteLength !== this.ciphertextBytes) {
      throw new CiphertextError(`ciphertext: expected ${this.ciphertextBytes} bytes, got ${bytes.byteLength}`)
    }
    return this.ciphertext(fromBytes(bytes))
  }

  toJSON(): { n: string; hs?: string } {
    return { n: this.n.toString(16), ...(this.hs === undefined ? {} : { hs: this.hs.toString(16) }) }
  }

  /** Computes g^m = 1 + m·n modulo n². */
  #powerOfG(m: bigint): bigint {
    return 1n + modulo(m, this.n) * this.n
  }

  /** @throws PlaintextRangeError where |m| > (n − 1) / 2 */
  checkPlaintext(m: bigint): void {
    if (m > this.maxPlaintext || m < -this.maxPlaintext) {
      throw new PlaintextRangeError(`plaintext: expected at most (n − 1) / 2 either side of zero, n of ${this.bits} bits, got one beyond`)
    }
  }

  #own(ciphertext: Ciphertext): bigint {
    if (ciphertext.key !== this && ciphertext.key.n !== this.n) {
      throw new KeyMismatchError(`ciphertext: expected one of key ${this.fingerprint}, got one of key ${ciphertext.key.fingerprint}`)
    }
    return ciphertext.value
  }
}

function fingerprintOf({ n, hs, bits, ciphertextBytes }: Pick<PublicKey, 'n' | 'hs' | 'bits' | 'ciphertextBytes'>): string {
  const numbers = [toBytes(n, Math.ceil(bits / 8)), hs === undefined ? new Uint8Array(0) : toBytes(hs, ciphertextBytes)]
  return toHex(sha256(utf8('hushgrid/v2/paillier-key'), ...numbers.map(bytes => concatBytes(u32(bytes.byteLength), bytes))))
}

/**
 * A number encrypted under one key. Only the key makes one: by {@link PublicKey.encrypt} and the operations, or by
 * {@link PublicKey.ciphertext} and {@link PublicKey.decodeCiphertext}, which check that it is a unit modulo n².
 */
export class Ciphertext {
  readonly key: PublicKey
  /** Value in [1, n²), a unit modulo n². */
  readonly value: bigint

  /** Takes a value without any check: the caller knows that it is a unit modulo n². */
  constructor(key: PublicKey, value: bigint) {
    this.key = key
    this.value = value
  }

  /** Encodes big-endian, always {@link PublicKey.ciphertextBytes} long. */
  toBytes(): Uint8Array {
    return toBytes(this.value, this.key.ciphertextBytes)
  }

  toJSON(): { key: string; value: string } {
    return { key: this.key.fingerprint, value: toHex(this.toBytes()) }
  }
}
