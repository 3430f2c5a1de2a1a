/**
 * Decoding of shares of which some are wrong: each of their 16 byte columns is a word of a Reed–Solomon code over
 * GF(2^8) in evaluation view, decoded as in Gao, A new algorithm for decoding Reed–Solomon codes (2003), Algorithm 1.
 * Its time depends on the shares, so only somebody who may know them may run it.
 */

import { InvalidArgumentError } from '../errors.ts'
import { GF_VECTOR_BYTES, gfCombine, gfInverse, gfMultiply } from './gf256.ts'

/** Result of {@link decodeShares}. */
export interface DecodedShares {
  /** Polynomial at 0, 16 bytes. */
  readonly atZero: Uint8Array
  /** Indices, ascending, of the points whose share is off the polynomial in at least one column. */
  readonly wrong: readonly number[]
}

/** Coefficients in GF(2^8), from that of x^0 on; the last is not 0. The polynomial 0 has none. */
type Polynomial = readonly number[]

/**
 * Finds the polynomials of degree below `threshold`, one for each byte column, from their values at public points. Up to
 * floor((points − threshold) / 2) values of each column may be wrong, not necessarily the same ones in every column.
 *
 * @param points - distinct, 1 to 255
 * @param shares - 16 bytes for each point
 * @returns undefined where no polynomial is that near to some column; a result always is
 * @throws InvalidArgumentError for points that are out of range, repeated or fewer than `threshold`, and for shares that are
 *   too many, too few or not of 16 bytes
 */
export function decodeShares(points: readonly number[], shares: readonly Uint8Array[], threshold: number): DecodedShares | undefined {
  checkArguments(points, shares, threshold)
  const product = points.reduce<Polynomial>((all, point) => multiplied(all, [point, 1]), [1])
  const basis = points.map(point => basisPolynomial(product, point))
  const values = new Uint8Array(GF_VECTOR_BYTES * points.length)
  shares.forEach((share, i) => {
    values.set(share, GF_VECTOR_BYTES * i)
  })
  // Interpolates the polynomial of degree below points.length through all the shares, 16 columns at once.
  const coefficient = (k: number) =>
    gfCombine(
      Uint8Array.from(basis, polynomial => polynomial[k] ?? 0),
      values
    )
  const above = Array.from({ length: points.length - threshold }, (_, i) => coefficient(threshold + i))
  const atZero = coefficient(0)
  const wrong = new Set<number>()
  const spoiled = Array.from(atZero.keys()).filter(column => above.some(vector => vector[column] !== 0))
  if (spoiled.length > 0) {
    const below = Array.from({ length: threshold }, (_, k) => coefficient(k))
    for (const column of spoiled) {
      const through = trimmed([...below, ...above].map(vector => vector[column] as number))
      const decoded = nearest(product, through, threshold)
      if (!decoded) return undefined
      atZero[column] = decoded[0] ?? 0
      shares.forEach((share, i) => {
        if (valueAt(decoded, points[i] as number) !== share[column]) wrong.add(i)
      })
    }
  }
  return { atZero, wrong: [...wrong].sort((a, b) => a - b) }
}

function checkArguments(points: readonly number[], shares: readonly Uint8Array[], threshold: number): void {
  if (points.some(point => !Number.isInteger(point) || point < 1 || point > 0xff))
    throw new InvalidArgumentError('points', 'integers from 1 to 255', 'another number')
  if (new Set(points).size !== points.length) throw new InvalidArgumentError('points', 'each point once', 'a repeated point')
  if (!Number.isInteger(threshold) || threshold < 1)
    throw new InvalidArgumentError('threshold', 'a whole number of at least 1', String(threshold))
  if (points.length < threshold) throw new InvalidArgumentError('points', `at least ${threshold}`, String(points.length))
  if (shares.length !== points.length) throw new InvalidArgumentError('shares', `${points.length}, one a point`, String(shares.length))
  const odd = shares.find(share => share.byteLength !== GF_VECTOR_BYTES)
  if (odd) throw new InvalidArgumentError('share', `${GF_VECTOR_BYTES} bytes`, `${odd.byteLength} bytes`)
}

/**
 * Takes steps 2 and 3 of Gao's algorithm.
 *
 * @param product - of (x − point) over all points, of degree m
 * @param through - the polynomial of degree below m through all values
 * @returns the polynomial of degree below `threshold` that differs from `through` in at most (m − threshold) / 2 points
 */
function nearest(product: Polynomial, through: Polynomial, threshold: number): Polynomial | undefined {
  const m = product.length - 1
  let [before, rest]: [Polynomial, Polynomial] = [product, through]
  let [factorBefore, factor]: [Polynomial, Polynomial] = [[], [1]]
  // Runs Euclid's algorithm until 2 · degree(rest) < m + threshold. All along, rest − factor · through is a multiple of product.
  while (2 * (rest.length - 1) >= m + threshold) {
    const { quotient, remainder } = divided(before, rest)
    ;[before, rest] = [rest, remainder]
    ;[factorBefore, factor] = [factor, added(factorBefore, multiplied(quotient, factor))]
  }
  // Divides by factor, which locates the errors, of degree at most (m − threshold) / 2: where it is not 0, the quotient
  // agrees with `through`.
  const { quotient, remainder } = divided(rest, factor)
  return remainder.length === 0 && quotient.length <= threshold ? quotient : undefined
}

/** Gives the polynomial that is 1 at the point and 0 at the others (Lagrange). */
function basisPolynomial(product: Polynomial, point: number): Polynomial {
  const { quotient } = divided(product, [point, 1])
  return multiplied(quotient, [gfInverse(valueAt(quotient, point))])
}

function valueAt(polynomial: Polynomial, at: number): number {
  return polynomial.reduceRight((sum, coefficient) => gfMultiply(sum, at) ^ coefficient, 0)
}

function trimmed(coefficients: readonly number[]): Polynomial {
  return coefficients.slice(0, coefficients.findLastIndex(coefficient => coefficient !== 0) + 1)
}

function added(a: Polynomial, b: Polynomial): Polynomial {
  return trimmed(Array.from({ length: Math.max(a.length, b.length) }, (_, k) => (a[k] ?? 0) ^ (b[k] ?? 0)))
}

function multiplied(a: Polynomial, b: Polynomial): Polynomial {
  const product = new Array<number>(Math.max(a.length + b.length - 1, 0)).fill(0)
  a.forEach((left, i) => {
    b.forEach((right, j) => {
      product[i + j] = (product[i + j] as number) ^ gfMultiply(left, right)
    })
  })
  return trimmed(product)
}

/** Divides by a polynomial other than 0. */
function divided(dividend: Polynomial, divisor: Polynomial): { quotient: Polynomial; remainder: Polynomial } {
  const remainder = [...dividend]
  const shifts = Math.max(dividend.length - divisor.length + 1, 0)
  const quotient = new Array<number>(shifts).fill(0)
  const leading = gfInverse(divisor.at(-1) as number)
  for (let shift = shifts - 1; shift >= 0; shift--) {
    const factor = gfMultiply(remainder[shift + divisor.length - 1] as number, leading)
    quotient[shift] = factor
    divisor.forEach((coefficient, k) => {
      remainder[shift + k] = (remainder[shift + k] as number) ^ gfMultiply(factor, coefficient)
    })
  }
  return { quotient: trimmed(quotient), remainder: trimmed(remainder) }
}
