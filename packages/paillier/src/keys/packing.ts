// Several numbers in one plaintext.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { KeySizeError, PackingOverflowError } from '../errors.ts'
import type { PublicKey } from './public-key.ts'

/** Parameters of a packing. */
export interface PackingOptions {
  /** Number of values in one plaintext. */
  readonly lanes: number
  /** Bits of a value: |value| < 2^valueBits. */
  readonly valueBits: number
  /** Most plaintexts that are added up. */
  readonly terms: number
}

/**
 * Several signed numbers in one plaintext, so that one ciphertext carries them and one addition adds all of them. Every
 * lane is a signed field of valueBits + 1 + ⌈log₂ terms⌉ bits: a sign, and guard bits for the sum of as many terms, so
 * that no sum reaches the next lane. The guard is for additions of packed plaintexts; multiplying by a number k uses as
 * much of it as k terms.
 */
export class Packing {
  readonly lanes: number
  readonly valueBits: number
  readonly terms: number
  /** Bits of one lane's field. */
  readonly fieldBits: number
  /** Bits of all fields together. */
  readonly bits: number
  /** Bound 2^valueBits: every value lies strictly between its negative and it. */
  readonly #bound: bigint

  /** @throws InvalidArgumentError where one of the three is not a positive integer */
  constructor(options: PackingOptions) {
    for (const name of ['lanes', 'valueBits', 'terms'] as const) {
      const value = options[name]
      if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError(name, 'a positive integer', String(value))
    }
    this.lanes = options.lanes
    this.valueBits = options.valueBits
    this.terms = options.terms
    this.fieldBits = options.valueBits + 1 + (options.terms - 1).toString(2).length - (options.terms === 1 ? 1 : 0)
    this.bits = options.lanes * this.fieldBits
    this.#bound = 1n << BigInt(options.valueBits)
  }

  /**
   * Makes sure that a key has room: |m| < 2^(bits − 1) has to be a plaintext of the key.
   *
   * @throws KeySizeError where the packing is wider than the key's n less a bit
   */
  checkKey(key: PublicKey): void {
    if (this.bits > key.bits - 1) {
      throw new KeySizeError(`packing: expected at most ${key.bits - 1} bits under a key of ${key.bits}, got ${this.bits}`)
    }
  }

  /**
   * Packs a value for each lane into one plaintext, the first in the lowest bits. Negative where the sum of all fields is.
   *
   * @throws PackingOverflowError on another number of values, and on a value beyond its field
   */
  pack(values: readonly bigint[]): bigint {
    if (values.length !== this.lanes) throw new PackingOverflowError(`values: expected ${this.lanes}, got ${values.length}`)
    let m = 0n
    for (let lane = this.lanes - 1; lane >= 0; lane--) {
      const value = values[lane] as bigint
      if (value <= -this.#bound || value >= this.#bound) {
        throw new PackingOverflowError(`lane ${lane}: expected less than 2^${this.valueBits} either side of zero, got more`)
      }
      m = (m << BigInt(this.fieldBits)) + value
    }
    return m
  }

  /**
   * Unpacks the lanes of a sum of so many packed plaintexts.
   *
   * @param terms - how many plaintexts were added up; 0 of none
   * @throws PackingOverflowError where these are more than the packing was made for, or a lane holds more than so many
   * values can sum to, so that the sum is of something else
   */
  unpack(m: bigint, terms: number): bigint[] {
    if (!Number.isSafeInteger(terms) || terms < 0 || terms > this.terms) {
      throw new PackingOverflowError(`terms: expected an integer from 0 to ${this.terms}, got ${terms}`)
    }
    const most = BigInt(terms) * (this.#bound - 1n)
    const values: bigint[] = []
    let rest = m
    for (let lane = 0; lane < this.lanes; lane++) {
      const value = BigInt.asIntN(this.fieldBits, rest)
      if (value > most || value < -most) {
        throw new PackingOverflowError(`lane ${lane}: expected what ${terms} values below 2^${this.valueBits} can come to, got more`)
      }
      values.push(value)
      rest = (rest - value) >> BigInt(this.fieldBits)
    }
    if (rest !== 0n) throw new PackingOverflowError(`sum: expected ${this.lanes} lanes of ${this.fieldBits} bits, got a longer one`)
    return values
  }
}
