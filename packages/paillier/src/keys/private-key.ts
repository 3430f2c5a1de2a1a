// Private keys: decryption by the two primes.
import { checkPrimeSync } from 'node:crypto'
import { concatBytes, hkdfSha256, utf8 } from '@hushgrid/primitives'
import { bitLength, fromBytes, gcd, inverse, modulo, toBytes } from '../arithmetic/integers.ts'
import { Modulus } from '../arithmetic/modular-exponent.ts'
import { KeyMismatchError, KeySizeError } from '../errors.ts'
import { type Ciphertext, PublicKey } from './public-key.ts'

/** One prime's half of a decryption (Paillier 1999, section 7). */
class PrimeHalf {
  readonly #prime: bigint
  readonly #squared: bigint
  readonly #powers: Modulus
  /** Shift 1 + δ·n mod p². */
  readonly #shift: bigint
  /** Factor h_p = L_p(g^(p−1) mod p²)^−1 mod p. */
  readonly #h: bigint
  readonly #n: bigint
  #roots: Modulus | undefined

  constructor(prime: bigint, n: bigint, offset: bigint) {
    this.#prime = prime
    this.#n = n
    this.#squared = prime * prime
    this.#powers = new Modulus(this.#squared)
    this.#shift = modulo(1n + offset * n, this.#squared)
    // Uses g = 1 + n, so g^(p−1) = 1 + (p − 1)·n mod p², and L_p of it is −n/p mod p.
    const h = inverse(-(n / prime), prime)
    if (h === undefined) throw new KeySizeError('p, q: expected two different primes, got ones with a common factor')
    this.#h = h
  }

  /** Decrypts to (m + δ) mod p. */
  decrypt(ciphertext: bigint): bigint {
    const shifted = ((ciphertext % this.#squared) * this.#shift) % this.#squared
    const power = this.#powers.power(shifted, this.#prime - 1n)
    return (((power - 1n) / this.#prime) * this.#h) % this.#prime
  }

  /** Computes the n-th root modulo p, of which there is one since n has no factor in common with p − 1. */
  root(value: bigint): bigint {
    this.#roots ??= new Modulus(this.#prime)
    return this.#roots.power(value % this.#prime, inverse(this.#n, this.#prime - 1n) as bigint)
  }
}

/**
 * A Paillier private key. It decrypts modulo p² and q² apart and joins both halves (Paillier 1999, section 7), each
 * power by OpenSSL under the assumptions of {@link Modulus}. Printing or serialising one shows the public half.
 */
export class PrivateKey {
  readonly publicKey: PublicKey
  readonly #p: bigint
  readonly #q: bigint
  readonly #halves: readonly [PrimeHalf, PrimeHalf]
  readonly #qInverse: bigint
  readonly #offset: bigint

  /**
   * Makes a key from its two primes, which are trusted to be prime: {@link ofPrimes} tests them. Where both are 3 modulo 4 the public key gets `hs`
   * (see {@link PublicKeyOptions}), with an x derived from the primes (HKDF-SHA-256), so that only they have to be kept.
   *
   * @throws KeySizeError where n is too short, p = q, or gcd(n, (p − 1)(q − 1)) ≠ 1
   */
  constructor(p: bigint, q: bigint, options: { insecure?: boolean } = {}) {
    if (p <= 2n || q <= 2n || p === q || gcd(p * q, (p - 1n) * (q - 1n)) !== 1n) {
      throw new KeySizeError('p, q: expected two different odd primes with gcd(pq, (p − 1)(q − 1)) = 1, got others')
    }
    const n = p * q
    // Checks the size before anything is worked out.
    const plain = new PublicKey(n, options)
    const qInverse = inverse(q, p)
    if (qInverse === undefined) throw new KeySizeError('p, q: expected two different primes, got ones with a common factor')
    this.#p = p
    this.#q = q
    this.#qInverse = qInverse
    // Shifts all plaintexts by a secret number, so that no likely one gives a result of 1, as zero does. OpenSSL refuses
    // 1, and the way round it is slow enough to be noticed from outside.
    this.#offset = derived(p, q, 'offset', n)
    this.#halves = [new PrimeHalf(p, n, this.#offset), new PrimeHalf(q, n, this.#offset)]
    this.publicKey = (p & 3n) === 3n && (q & 3n) === 3n ? new PublicKey(n, { ...options, hs: hsOf(p, q) }) : plain
  }

  /**
   * Makes a key from primes that come from elsewhere. OpenSSL tests both: a composite would pass for a prime for one drawing
   * of its bases in 2^128 at most (64 rounds of Miller and Rabin).
   *
   * @throws KeySizeError where either is not prime, or shorter than half of n less a bit, and as the constructor
   */
  static ofPrimes(p: bigint, q: bigint, options: { insecure?: boolean } = {}): PrivateKey {
    const least = Math.floor(bitLength(p * q) / 2) - 1
    for (const prime of [p, q]) {
      const bits = bitLength(prime)
      // A short prime is found by trial or by elliptic curves, however long n is.
      if (prime <= 0n || bits < least) throw new KeySizeError(`p, q: expected primes of at least ${least} bits, got one of ${bits}`)
      if (!checkPrimeSync(prime)) throw new KeySizeError('p, q: expected two primes, got other numbers')
    }
    return new PrivateKey(p, q, options)
  }

  /**
   * Decrypts to the signed plaintext, |m| <= (n − 1) / 2.
   *
   * @throws KeyMismatchError on a ciphertext of another key
   */
  decrypt(ciphertext: Ciphertext): bigint {
    const { n, maxPlaintext } = this.publicKey
    const value = this.#own(ciphertext)
    const shifted = this.#join(this.#halves[0].decrypt(value), this.#halves[1].decrypt(value))
    const m = modulo(shifted - this.#offset, n)
    return m > maxPlaintext ? m - n : m
  }

  /**
   * Finds the r below n of a ciphertext (1 + m·n)·r^n mod n². With r and m anybody can check the decryption; r must not be
   * shown where m is to stay secret.
   *
   * @throws KeyMismatchError on a ciphertext of another key
   */
  obfuscatorRoot(ciphertext: Ciphertext): bigint {
    const value = this.#own(ciphertext)
    return this.#join(this.#halves[0].root(value), this.#halves[1].root(value))
  }

  #own({ key, value }: Ciphertext): bigint {
    const { n, fingerprint } = this.publicKey
    if (key.n !== n) throw new KeyMismatchError(`ciphertext: expected one of key ${fingerprint}, got one of key ${key.fingerprint}`)
    return value
  }

  /** Joins remainders modulo p and q to one modulo n by Garner's formula. */
  #join(modP: bigint, modQ: bigint): bigint {
    return modQ + modulo((modP - modQ) * this.#qInverse, this.#p) * this.#q
  }

  /** Gives both primes, for the key file and to split the key. Never to be logged or sent. */
  exportPrimes(): { p: bigint; q: bigint } {
    return { p: this.#p, q: this.#q }
  }

  toJSON(): { publicKey: PublicKey } {
    return { publicKey: this.publicKey }
  }
}

/** Derives a number below n that nobody can tell from a random one without the primes. */
function derived(p: bigint, q: bigint, purpose: string, n: bigint): bigint {
  const length = Math.ceil(bitLength(n) / 8)
  // Takes 16 bytes more than n, so that the remainder is as good as uniform.
  const key = concatBytes(toBytes(p, length), toBytes(q, length))
  return fromBytes(hkdfSha256(key, new Uint8Array(0), utf8(`hushgrid/paillier ${purpose}`), length + 16)) % n
}

/** Computes h^n mod n² for h = −x² mod n (Damgård, Jurik and Nielsen 2010, section 4.2), modulo p² and q² apart. */
function hsOf(p: bigint, q: bigint): bigint {
  const n = p * q
  for (let attempt = 0; ; attempt++) {
    const x = derived(p, q, `h ${attempt}`, n)
    const h = n - ((x * x) % n)
    if (gcd(h, n) !== 1n || h === n - 1n || h === 1n) continue
    const [pSquared, qSquared] = [p * p, q * q]
    const inP = new Modulus(pSquared).power(h % pSquared, n)
    const inQ = new Modulus(qSquared).power(h % qSquared, n)
    const qInverse = inverse(qSquared, pSquared)
    if (qInverse === undefined) throw new KeySizeError('p, q: expected two different primes, got ones with a common factor')
    return inQ + modulo((inP - inQ) * qInverse, pSquared) * qSquared
  }
}
