// Arithmetic modulo N² for schemes of Paillier's kind: sums of the form 1 + XN, powers of either sign, hashes to Z_{N²}.
import { fromBytes, inverse, Modulus, modulo, randomUnit, toBytes } from '@hushgrid/paillier'
import { type MeterId, type Rng, type Slot, u64 } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'
import type { Work } from '../scheme.ts'
import { domain, shake256 } from './random.ts'

/**
 * Moduli whose powers are kept while a ring uses them: making one costs as much as several powers, and all parties of a process
 * use the same. Nothing here outlives the rings, since a modulus remembers its last exponent.
 */
const KEPT = 1024
const kept = new Map<bigint, WeakRef<Modulus>>()

function powersOf(squared: bigint): Modulus {
  const powers = kept.get(squared)?.deref() ?? new Modulus(squared)
  kept.set(squared, new WeakRef(powers))
  const [oldest] = kept.keys()
  if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
  return powers
}

/** Z_{N²} of one modulus N. */
export class SquareRing {
  readonly n: bigint
  readonly squared: bigint
  /** Bytes of a residue modulo N. */
  readonly residueBytes: number
  /** Bytes of a residue modulo N². */
  readonly elementBytes: number
  readonly #powers: Modulus

  /** @param bits - of N, as the network has them */
  constructor(n: bigint, bits: number) {
    this.n = n
    this.squared = n * n
    this.residueBytes = bits / 8
    this.elementBytes = bits / 4
    this.#powers = powersOf(this.squared)
  }

  /** Computes (1 + N)^m = 1 + mN. */
  plain(m: bigint): bigint {
    return 1n + modulo(m, this.n) * this.n
  }

  /** Computes base^exponent; of the inverse where the exponent is negative. */
  power(base: bigint, exponent: bigint, work: Work): bigint {
    const magnitude = exponent < 0n ? -exponent : exponent
    work.count('modexp', 1, 8 * this.elementBytes, magnitude.toString(2).length)
    return this.#powers.power(exponent < 0n ? this.inverse(base) : base, magnitude)
  }

  /** Computes the inverse of a unit. */
  inverse(value: bigint): bigint {
    // Newton's step takes the inverse modulo N to that modulo N².
    const root = inverse(value, this.n) as bigint
    return modulo(root * (2n - value * root), this.squared)
  }

  /** Tells whether a value has an inverse. A hash may have none where somebody made N with small factors. */
  isUnit(value: bigint): boolean {
    return inverse(value, this.n) !== undefined
  }

  /** Multiplies modulo N². */
  product(values: Iterable<bigint>): bigint {
    let product = 1n
    for (const value of values) product = (product * value) % this.squared
    return product
  }

  /** Encrypts by Paillier with r^N for a random unit r: (1 + mN)·r^N. */
  encrypt(m: bigint, rng: Rng, work: Work): bigint {
    return (this.plain(m) * this.power(randomUnit(rng, this.n), this.n, work)) % this.squared
  }

  /** Gives X of 1 + XN, centred; undefined where the value has another form. */
  logarithm(value: bigint): bigint | undefined {
    if (value % this.n !== 1n) return undefined
    const x = (value - 1n) / this.n
    return x > this.n / 2n ? x - this.n : x
  }

  /** Hashes a slot to Z_{N²} by SHAKE-256; nobody knows a relation between two such values. */
  hash(scheme: string, slot: Slot): bigint {
    return fromBytes(shake256(this.elementBytes + 16, domain(scheme), this.encodeModulus(), u64(slot))) % this.squared
  }

  /** Encodes a residue modulo N², big-endian. */
  encode(value: bigint): Uint8Array {
    return toBytes(value, this.elementBytes)
  }

  /** Encodes N itself. */
  encodeModulus(): Uint8Array {
    return toBytes(this.n, this.residueBytes)
  }

  /** Decodes a unit modulo N². @throws MalformedBodyError */
  decode(bytes: Uint8Array, sender: MeterId): bigint {
    if (bytes.byteLength !== this.elementBytes)
      throw new MalformedBodyError(sender, `expected an element of ${this.elementBytes} bytes, got ${bytes.byteLength}`)
    const value = fromBytes(bytes)
    if (value >= this.squared || !this.isUnit(value)) throw new MalformedBodyError(sender, 'expected a unit modulo N², got another number')
    return value
  }
}

/** Product of the odd primes below 1000. */
const SMALL_PRIMES = smallPrimes(1000).reduce((product, prime) => product * prime, 1n)

function smallPrimes(below: number): bigint[] {
  const primes: number[] = []
  for (let n = 3; n < below; n += 2) if (primes.every(prime => n % prime !== 0)) primes.push(n)
  return primes.map(BigInt)
}

/**
 * Decodes a modulus of so many bits. That it is the product of two large primes only its owner could show.
 *
 * @throws MalformedBodyError unless it is odd, has all bits, and no factor below 1000
 */
export function decodeModulus(bytes: Uint8Array, bits: number, sender: MeterId): SquareRing {
  if (bytes.byteLength !== bits / 8)
    throw new MalformedBodyError(sender, `expected a modulus of ${bits / 8} bytes, got ${bytes.byteLength}`)
  const n = fromBytes(bytes)
  if (n >> BigInt(bits - 1) === 0n || n % 2n === 0n) throw new MalformedBodyError(sender, `expected an odd modulus of ${bits} bits`)
  if (inverse(SMALL_PRIMES, n) === undefined)
    throw new MalformedBodyError(sender, 'expected a modulus of large primes, got one with a small factor')
  return new SquareRing(n, bits)
}
