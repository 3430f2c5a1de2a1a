// Fast powers of one fixed number, from a table.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { bitLength, inverse } from './integers.ts'

/** An entry as x = u·(1 + s·n) mod n². */
interface Split {
  readonly u: bigint
  readonly s: bigint
}

/** An entry with the inverse that the next entry takes as well. */
interface Invertible extends Split {
  /** Inverse u^−1 mod n. */
  readonly inverted: bigint
}

const ONE: Invertible = { u: 1n, s: 0n, inverted: 1n }

/**
 * Powers of one unit modulo n², from a table of its powers (Brickell, Gordon, McCurley and Wilson 1992, section 2: one
 * entry for every digit at every place, so a power takes a multiplication a digit and no squaring).
 *
 * An entry x is kept as (u, s) with x = u·(1 + s·n) mod n², u and s below n, which every unit has: u = x mod n. As
 * (1 + s·n)(1 + t·n) = 1 + (s + t)·n mod n², the second halves are only added up, and each multiplication is by u, half
 * as long as x: about half the time. The table is the same size.
 *
 * Looks entries up by the digits of the exponent, so the time depends on it and so do cache lines: for secret exponents
 * only where nobody else runs code on the same processor.
 */
export class FixedBase {
  /** Bits of a digit. */
  readonly window: number
  #exponentBits: number
  readonly #n: bigint
  readonly #nSquared: bigint
  /** ⌊2^most / n²⌋, where most is the bits of a number to reduce. */
  readonly #reciprocal: bigint
  readonly #shiftIn: bigint
  readonly #shiftOut: bigint
  readonly #places: (readonly Split[])[] = []
  /** Base to the power of 2^(window · places): the root of the next place. */
  #root: Invertible

  /**
   * @param base - a unit modulo n²
   * @param window - bits of a digit: a table of exponentBits / window × 2^window entries of twice n's length
   */
  constructor(base: bigint, n: bigint, exponentBits: number, window: number) {
    this.window = window
    this.#exponentBits = 0
    this.#n = n
    this.#nSquared = n * n
    const bits = bitLength(this.#nSquared)
    const most = bits + bitLength(n) + 2
    this.#reciprocal = (1n << BigInt(most)) / this.#nSquared
    this.#shiftIn = BigInt(bits - 1)
    this.#shiftOut = BigInt(most - bits + 1)
    const inverted = inverse(base, n)
    if (inverted === undefined) throw new InvalidArgumentError('base', 'a unit modulo n²', 'one that shares a factor with n')
    this.#root = { u: base % n, s: ((base / n) * inverted) % n, inverted }
    this.extend(exponentBits)
  }

  /** Most bits of an exponent. */
  get exponentBits(): number {
    return this.#exponentBits
  }

  /** Adds places to the table until exponents of so many bits fit. */
  extend(exponentBits: number): void {
    while (this.#places.length * this.window < exponentBits) {
      let power = ONE
      const digits: Split[] = [power]
      for (let digit = 1; digit < 2 ** this.window; digit++) {
        power = this.#times(power, this.#root)
        digits.push({ u: power.u, s: power.s })
      }
      this.#places.push(digits)
      this.#root = this.#times(power, this.#root)
    }
    this.#exponentBits = Math.max(this.#exponentBits, exponentBits)
  }

  /** Computes base^exponent mod n², for 0 <= exponent < 2^exponentBits. */
  power(exponent: bigint): bigint {
    if (exponent < 0n || exponent >> BigInt(this.#exponentBits) !== 0n) {
      throw new InvalidArgumentError('exponent', `from 0 to 2^${this.#exponentBits} - 1`, 'one outside')
    }
    const digits = exponent.toString(2)
    let product = 1n
    let sum = 0n
    let end = digits.length
    for (const place of this.#places) {
      if (end <= 0) break
      const entry = place[Number.parseInt(digits.slice(Math.max(0, end - this.window), end), 2)] as Split
      product = this.#reduce(product * entry.u)
      sum += entry.s
      end -= this.window
    }
    return (product * (1n + (sum % this.#n) * this.#n)) % this.#nSquared
  }

  /**
   * Reduces a value below 2^(bits of n² + bits of n + 2) to one congruent modulo n² and below 3·n² (Barrett; Menezes,
   * van Oorschot and Vanstone 1996, algorithm 14.42 without its last step): two multiplications, which take three
   * quarters of the time of BigInt's division.
   */
  #reduce(value: bigint): bigint {
    return value - (((value >> this.#shiftIn) * this.#reciprocal) >> this.#shiftOut) * this.#nSquared
  }

  #times(a: Invertible, b: Invertible): Invertible {
    const product = a.u * b.u
    const carry = product / this.#n
    const u = product - carry * this.#n
    const inverted = (a.inverted * b.inverted) % this.#n
    // u + carry·n = u·(1 + carry·u^−1·n) mod n².
    return { u, s: (a.s + b.s + carry * inverted) % this.#n, inverted }
  }
}
