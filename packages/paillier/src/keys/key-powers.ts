// Powers of a key's numbers modulo n², shared by all objects of the key.
import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'
import { FixedBase } from '../arithmetic/fixed-base.ts'
import { bitLength, randomBits, randomUnit } from '../arithmetic/integers.ts'
import { Modulus } from '../arithmetic/modular-exponent.ts'

/**
 * Bits of a digit of the table for hs. Measured on one core that had other work too: time of an obfuscator, time to
 * make the table, and its size (exponent bits / window × 2^window entries of twice n's length).
 *
 * | window | 2048 bits              | 3072 bits             |
 * |--------|------------------------|-----------------------|
 * | none   | 3.8 ms                 | 10.7 ms               |
 * | 4      | 1.04 ms, 51 ms, 2 MB   | 3.0 ms, 0.12 s, 5 MB  |
 * | 5      | 0.80 ms, 84 ms, 4 MB   | 2.6 ms, 0.21 s, 8 MB  |
 * | 6      | 0.71 ms, 127 ms, 6 MB  | 2.3 ms, 0.35 s, 14 MB |
 * | 7      | 0.64 ms, 211 ms, 11 MB | 1.9 ms, 0.62 s, 24 MB |
 * | 8      | 0.57 ms, 358 ms, 19 MB | 1.7 ms, 1.0 s, 41 MB  |
 *
 * With 6 an encryption is some 40 times as fast as with paillier-bigint; each bit more would save about a seventh of
 * the time and nearly double the memory and the time before it pays.
 */
const WINDOW_BITS = 6
/** Obfuscators before the table is made: by then it would have paid for itself, so it costs at most twice the best. */
const TABLE_AFTER = 48

/** Powers modulo the n² of one key, and the values worth keeping for them. */
export class KeyPowers {
  readonly #n: bigint
  readonly #hs: bigint | undefined
  readonly #modulus: Modulus
  /** Bits of an obfuscator's exponent: half those of n. */
  readonly exponentBits: number
  #table: FixedBase | undefined
  #drawn = 0

  constructor(n: bigint, hs: bigint | undefined) {
    this.#n = n
    this.#hs = hs
    this.#modulus = new Modulus(n * n)
    this.exponentBits = Math.ceil(bitLength(n) / 2)
  }

  /** Computes base^exponent mod n², for a base in [0, n²). */
  power(base: bigint, exponent: bigint): bigint {
    return this.#modulus.power(base, exponent)
  }

  /** Computes hs^a with a of half the bits of n (Damgård, Jurik and Nielsen 2010, section 4.2), or r^n (Paillier 1999) without hs. */
  obfuscator(rng: Rng): bigint {
    if (this.#hs === undefined) return this.#modulus.power(randomUnit(rng, this.#n), this.#n)
    return this.powerOfHs(randomBits(rng, this.exponentBits))
  }

  /**
   * Computes hs^exponent mod n², for an exponent >= 0 of any length.
   *
   * @throws InvalidArgumentError where the key has no hs
   */
  powerOfHs(exponent: bigint): bigint {
    if (this.#hs === undefined) throw new InvalidArgumentError('key', 'one with hs', 'one without')
    this.#drawn++
    if (this.#drawn >= TABLE_AFTER) this.prepare()
    if (this.#table === undefined) return this.#modulus.power(this.#hs, exponent)
    this.#table.extend(bitLength(exponent))
    return this.#table.power(exponent)
  }

  /** Makes the table, once. */
  prepare(): void {
    if (this.#hs !== undefined) this.#table ??= new FixedBase(this.#hs, this.#n, this.exponentBits, WINDOW_BITS)
  }
}

/** Powers in use, so that many objects of one key (a meter each, in a lab) have one table. */
const known = new Map<string, WeakRef<KeyPowers>>()

/** Gives the powers of a key: the same object for the same n and hs, as long as anybody holds it. */
export function keyPowers(n: bigint, hs: bigint | undefined): KeyPowers {
  const name = `${n.toString(16)} ${hs?.toString(16) ?? ''}`
  const held = known.get(name)?.deref()
  if (held !== undefined) return held
  for (const [other, powers] of known) if (powers.deref() === undefined) known.delete(other)
  const powers = new KeyPowers(n, hs)
  known.set(name, new WeakRef(powers))
  return powers
}
