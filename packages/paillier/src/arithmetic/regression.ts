/**
 * Least-squares regression y = a + b₁x₁ + … + b_k x_k for a data owner (the supplier) who lets somebody else do the
 * summing. The analyst gets ciphertexts only and hands back ciphertexts of the sums Σx, Σy, Σxy, Σx², Σy²; the owner
 * decrypts these few numbers and solves the normal equations.
 *
 * Paillier ciphertexts can be added, and multiplied by a plain number; two of them cannot be multiplied. The products
 * xᵢxⱼ, xᵢy and y² of an observation must therefore come from whoever knows both factors: from the owner, who encrypts
 * them too ({@link encryptObservations}), or, where the features are public (outdoor temperature, hour of the day), from
 * the analyst, who multiplies the encrypted y by the plain x ({@link encryptTargets}, {@link aggregatePublicFeatures}).
 * What is saved for the owner is storing and summing many batches, not the products.
 *
 * The analyst learns the number of observations and of features and the scale, and is trusted to add correctly: nothing
 * here proves that a sum is complete. Whoever holds the private key could decrypt single observations, so give the
 * analyst's sums, not the observations, to a key holder who may not see these.
 *
 * Normal equations from additively encrypted xᵢxⱼ and xᵢy, as in Nikolaenko, Weinsberg, Ioannidis, Joye, Boneh,
 * "Privacy-Preserving Ridge Regression on Hundreds of Millions of Records", IEEE S&P 2013, without its ridge term and
 * with the owner in place of the garbled circuit that solves. The project names Habtemariam 2016 (Paillier for
 * regression on smart-meter data) as its model; that text could not be consulted, so nothing here is taken from it.
 */

import { HushgridError, InvalidArgumentError, type Rng } from '@hushgrid/primitives'
import type { PrivateKey } from '../keys/private-key.ts'
import type { Ciphertext, PublicKey } from '../keys/public-key.ts'

/** Bound of a product: a scaled feature or target lies below 2^53 in magnitude. */
const PRODUCT_LIMIT = 1n << 106n

/** Aggregates that do not determine one regression: features that depend on each other, or sums that do not belong together. */
export class RegressionError extends HushgridError {
  override name = 'RegressionError'
}

/** A target y and its square. */
interface EncryptedTarget {
  readonly target: Ciphertext
  readonly targetSquare: Ciphertext
}

/** One observation (x₁ … x_k, y) with every product that the normal equations need. */
export interface EncryptedObservation extends EncryptedTarget {
  /** Features xᵢ. */
  readonly features: readonly Ciphertext[]
  /** Products xᵢxⱼ for i ≤ j, row by row. */
  readonly featureProducts: readonly Ciphertext[]
  /** Products xᵢy. */
  readonly featureTargets: readonly Ciphertext[]
}

/** Message of the owner to the analyst. All numbers are scaled integers. */
export interface EncryptedObservations {
  /** Factor of every feature and target, before rounding. */
  readonly scale: number
  /** Number of features k, at least 1. */
  readonly featureCount: number
  readonly observations: readonly EncryptedObservation[]
}

/** Message of the owner where the features are public. */
export interface EncryptedTargets {
  readonly scale: number
  readonly targets: readonly EncryptedTarget[]
}

/** Answer of the analyst: the sum of every field of {@link EncryptedObservation}. */
export interface RegressionAggregates extends EncryptedObservation {
  readonly scale: number
  /** Number of observations. */
  readonly count: number
}

/** A fitted plane, in the units of the features and targets before scaling. */
export interface Regression {
  readonly intercept: number
  /** Coefficients in the order of the features. */
  readonly coefficients: readonly number[]
  /** Sum of squared residuals, in squared units of the target. */
  readonly residual: number
}

/**
 * Scales observations, rounds them to integers and encrypts them, for the owner. With k features an observation costs (k
 * + 1)(k + 4)/2 encryptions. Rounding moves a value by at most 1/(2·scale); everything after it is exact.
 *
 * @param features - one row of k ≥ 1 numbers per observation
 * @param targets - one per row
 * @param scale - positive integer; 1 where the numbers are integers already
 * @throws InvalidArgumentError on rows of unequal length, a number that is not finite or reaches 2^53 when scaled, or a
 *   key under which one product could overflow (insecure test keys only)
 */
export function encryptObservations(
  publicKey: PublicKey,
  features: readonly (readonly number[])[],
  targets: readonly number[],
  scale: number,
  rng: Rng
): EncryptedObservations {
  const featureCount = checkRows(features, targets.length)
  checkCount(publicKey, 1)
  checkScale(scale)
  const encrypt = (m: bigint): Ciphertext => publicKey.encrypt(m, rng)
  const observations = features.map((row, r) => {
    const x = row.map((value, i) => scaled(value, scale, `features[${r}][${i}]`))
    const y = scaled(targets[r] as number, scale, `targets[${r}]`)
    return {
      features: x.map(encrypt),
      target: encrypt(y),
      featureProducts: pairs(x).map(([a, b]) => encrypt(a * b)),
      featureTargets: x.map(value => encrypt(value * y)),
      targetSquare: encrypt(y * y)
    }
  })
  return { scale, featureCount, observations }
}

/**
 * Encrypts y and y² alone, for the owner where the features are public.
 *
 * @throws InvalidArgumentError as {@link encryptObservations} does
 */
export function encryptTargets(publicKey: PublicKey, targets: readonly number[], scale: number, rng: Rng): EncryptedTargets {
  checkCount(publicKey, 1)
  checkScale(scale)
  const encrypted = targets.map((value, r) => {
    const y = scaled(value, scale, `targets[${r}]`)
    return { target: publicKey.encrypt(y, rng), targetSquare: publicKey.encrypt(y * y, rng) }
  })
  return { scale, targets: encrypted }
}

/**
 * Adds ciphertexts, for the analyst, with the public key only.
 *
 * @throws InvalidArgumentError without observations, on an observation with another number of features, or where a sum
 *   of this many products could overflow the plaintext range
 * @throws KeyMismatchError on a ciphertext of another key
 */
export function aggregateObservations(publicKey: PublicKey, encrypted: EncryptedObservations): RegressionAggregates {
  const { observations, scale, featureCount } = encrypted
  checkCount(publicKey, observations.length)
  checkScale(scale)
  const products = (featureCount * (featureCount + 1)) / 2
  for (const [r, row] of observations.entries()) {
    if (row.features.length !== featureCount || row.featureTargets.length !== featureCount || row.featureProducts.length !== products) {
      throw new InvalidArgumentError(
        `observations[${r}]`,
        `${featureCount} features with their products`,
        `${row.features.length} features`
      )
    }
  }
  const sums = (pick: (row: EncryptedObservation) => readonly Ciphertext[], width: number): Ciphertext[] =>
    Array.from({ length: width }, (_, i) => publicKey.sum(observations.map(row => pick(row)[i] as Ciphertext)))
  const sumOf = (pick: (row: EncryptedObservation) => Ciphertext): Ciphertext => publicKey.sum(observations.map(pick))
  return {
    scale,
    count: observations.length,
    features: sums(row => row.features, featureCount),
    target: sumOf(row => row.target),
    featureProducts: sums(row => row.featureProducts, products),
    featureTargets: sums(row => row.featureTargets, featureCount),
    targetSquare: sumOf(row => row.targetSquare)
  }
}

/**
 * Multiplies every encrypted y by the plain features, for the analyst where the features are public. The sums of the
 * features alone are encrypted without randomness, which hides nothing and need not hide.
 *
 * @param features - the public features, scaled here as the owner scaled the targets
 * @throws InvalidArgumentError, KeyMismatchError as {@link aggregateObservations} does
 */
export function aggregatePublicFeatures(
  publicKey: PublicKey,
  features: readonly (readonly number[])[],
  encrypted: EncryptedTargets
): RegressionAggregates {
  const { scale, targets } = encrypted
  const featureCount = checkRows(features, targets.length)
  checkCount(publicKey, targets.length)
  checkScale(scale)
  const rows = features.map((row, r) => row.map((value, i) => scaled(value, scale, `features[${r}][${i}]`)))
  const columns = Array.from({ length: featureCount }, (_, i) => rows.map(row => row[i] as bigint))
  const plain = (m: bigint): Ciphertext => publicKey.encryptWith(m, 1n)
  return {
    scale,
    count: targets.length,
    features: columns.map(column => plain(column.reduce((total, x) => total + x, 0n))),
    target: publicKey.sum(targets.map(row => row.target)),
    featureProducts: pairs(columns).map(([a, b]) => plain(a.reduce((total, x, r) => total + x * (b[r] as bigint), 0n))),
    featureTargets: columns.map(column => publicKey.sum(targets.map((row, r) => publicKey.multiply(row.target, column[r] as bigint)))),
    targetSquare: publicKey.sum(targets.map(row => row.targetSquare))
  }
}

/**
 * Decrypts the sums and solves the normal equations over the rationals, for the owner. The only rounding is the last
 * division of each result, to the nearest double.
 *
 * @throws RegressionError where the features are linearly dependent or the observations too few, or where the sums are
 *   not those of any set of observations
 */
export function solveRegression(privateKey: PrivateKey, aggregates: RegressionAggregates): Regression {
  const decrypt = (c: Ciphertext): bigint => privateKey.decrypt(c)
  const k = aggregates.features.length
  const features = aggregates.features.map(decrypt)
  const products = aggregates.featureProducts.map(decrypt)
  const right = [decrypt(aggregates.target), ...aggregates.featureTargets.map(decrypt)]
  if (products.length !== (k * (k + 1)) / 2 || right.length !== k + 1 || k === 0) {
    throw new InvalidArgumentError('aggregates', `the sums of ${k} features and their products`, `${products.length} products`)
  }
  checkScale(aggregates.scale)
  const matrix = [[BigInt(aggregates.count), ...features, right[0] as bigint]]
  const product = (i: number, j: number): bigint => products[i * k - (i * (i - 1)) / 2 + (j - i)] as bigint
  for (let i = 0; i < k; i++) {
    const row = Array.from({ length: k }, (_, j) => product(Math.min(i, j), Math.max(i, j)))
    matrix.push([features[i] as bigint, ...row, right[i + 1] as bigint])
  }
  const { numerators, denominator } = solve(matrix)
  const explained = numerators.reduce((total, value, i) => total + value * (right[i] as bigint), 0n)
  const residual = denominator * decrypt(aggregates.targetSquare) - explained
  if (residual < 0n) throw new RegressionError('sum of squared residuals: expected none below 0, got one: the sums do not belong together')
  const scale = BigInt(aggregates.scale)
  return {
    intercept: divide(numerators[0] as bigint, denominator * scale),
    coefficients: numerators.slice(1).map(value => divide(value, denominator)),
    residual: divide(residual, denominator * scale * scale)
  }
}

/**
 * Solves (A | b) by fraction-free Gauss–Jordan elimination: Bareiss, "Sylvester's identity and multistep
 * integer-preserving Gaussian elimination", Mathematics of Computation 22 (1968). Each pivot is a leading principal
 * minor of A; A is a Gram matrix, so all are positive unless its columns are linearly dependent, and rows need not be
 * exchanged.
 */
function solve(matrix: bigint[][]): { numerators: bigint[]; denominator: bigint } {
  let previous = 1n
  for (let step = 0; step < matrix.length; step++) {
    const pivotRow = matrix[step] as bigint[]
    const pivot = pivotRow[step] as bigint
    if (pivot === 0n) throw new RegressionError('features: expected linearly independent ones and enough observations, got dependent ones')
    if (pivot < 0n) throw new RegressionError('sums of squares: expected those of one set of observations, got a negative minor')
    for (const row of matrix) {
      if (row === pivotRow) continue
      const factor = row[step] as bigint
      for (let j = 0; j < row.length; j++) row[j] = (pivot * (row[j] as bigint) - factor * (pivotRow[j] as bigint)) / previous
    }
    previous = pivot
  }
  return { numerators: matrix.map(row => row[matrix.length] as bigint), denominator: previous }
}

/** Gives the double nearest to numerator/denominator, denominator > 0. */
function divide(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator
  // Takes at least 64 bits of quotient, and a last bit that remembers a remainder, so that Number rounds as the fraction would.
  const shift = Math.max(0, denominator.toString(2).length - magnitude.toString(2).length + 64)
  const dividend = magnitude << BigInt(shift)
  const quotient = Number(((dividend / denominator) << 1n) | (dividend % denominator === 0n ? 0n : 1n))
  const value = quotient * 2 ** -(shift + 1)
  return numerator < 0n ? -value : value
}

/** Gives all [items[i], items[j]] with i ≤ j, row by row. */
function pairs<T>(items: readonly T[]): [T, T][] {
  return items.flatMap((a, i) => items.slice(i).map((b): [T, T] => [a, b]))
}

function checkScale(scale: number): void {
  if (!Number.isSafeInteger(scale) || scale < 1) throw new InvalidArgumentError('scale', 'a positive integer', String(scale))
}

/** Checks the rows; returns the number of features. */
function checkRows(features: readonly (readonly number[])[], targets: number): number {
  if (features.length !== targets) throw new InvalidArgumentError('features', `${targets} rows, as many as targets`, `${features.length}`)
  const width = features[0]?.length ?? 0
  if (width === 0) throw new InvalidArgumentError('features', 'at least one row of at least one feature', 'none')
  const other = features.findIndex(row => row.length !== width)
  if (other !== -1) throw new InvalidArgumentError(`features[${other}]`, `${width} features`, `${features[other]?.length}`)
  return width
}

/** Makes sure that a sum of `count` products stays inside (−n/2, n/2). */
function checkCount(publicKey: PublicKey, count: number): void {
  if (count < 1) throw new InvalidArgumentError('observations', 'at least one', String(count))
  const most = (publicKey.n - 1n) / 2n / PRODUCT_LIMIT
  if (BigInt(count) > most)
    throw new InvalidArgumentError('observations', `at most ${most} under a key of ${publicKey.bits} bits`, String(count))
}

/** Scales a number; errors leave the value out, since it may be a household's. */
function scaled(value: number, scale: number, name: string): bigint {
  const integer = Math.round(value * scale)
  if (!Number.isSafeInteger(integer)) throw new InvalidArgumentError(name, 'a number below 2^53 in magnitude when scaled', 'another')
  return BigInt(integer)
}
