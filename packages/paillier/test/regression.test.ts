// Regression on encrypted numbers against regression in the clear.
import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import {
  aggregateObservations,
  aggregatePublicFeatures,
  type EncryptedObservation,
  encryptObservations,
  encryptTargets,
  RegressionError,
  solveRegression
} from '../src/arithmetic/regression.ts'
import { KeyMismatchError } from '../src/errors.ts'
import { generateKeyPair } from '../src/keys/key.ts'

const rng = new SeededRng('regression')
const { publicKey, privateKey } = generateKeyPair(512, { insecure: true })
const other = generateKeyPair(512, { insecure: true })

type Rows = readonly (readonly number[])[]

/** The whole way: owner, analyst, owner. */
function regress(features: Rows, targets: readonly number[], scale = 1) {
  return solveRegression(privateKey, aggregateObservations(publicKey, encryptObservations(publicKey, features, targets, scale, rng)))
}

/** The same with public features. */
function regressPublic(features: Rows, targets: readonly number[], scale = 1) {
  return solveRegression(privateKey, aggregatePublicFeatures(publicKey, features, encryptTargets(publicKey, targets, scale, rng)))
}

/** Least squares another way: Householder's QR decomposition of (1 | X) in doubles. */
function plainLeastSquares(features: Rows, targets: readonly number[]): { weights: number[]; residual: number } {
  const rows = features.map((row, r) => [1, ...row, targets[r] as number])
  const width = (features[0] as readonly number[]).length + 1
  const at = (r: number, c: number): number => (rows[r] as number[])[c] as number
  for (let c = 0; c < width; c++) {
    const norm = Math.hypot(...rows.slice(c).map(row => row[c] as number))
    const alpha = at(c, c) > 0 ? -norm : norm
    const v = rows.map((row, r) => (r < c ? 0 : (row[c] as number) - (r === c ? alpha : 0)))
    const square = v.reduce((total, x) => total + x * x, 0)
    for (let j = c; j <= width; j++) {
      const dot = (2 * v.reduce((total, x, r) => total + x * at(r, j), 0)) / square
      rows.forEach((row, r) => {
        row[j] = (row[j] as number) - dot * (v[r] as number)
      })
    }
  }
  const weights = new Array<number>(width).fill(0)
  for (let c = width - 1; c >= 0; c--) {
    let rest = at(c, width)
    for (let j = c + 1; j < width; j++) rest -= at(c, j) * (weights[j] as number)
    weights[c] = rest / at(c, c)
  }
  return { weights, residual: rows.slice(width).reduce((total, row) => total + (row[width] as number) ** 2, 0) }
}

describe('regression on a known set', () => {
  // Anscombe, "Graphs in Statistical Analysis", The American Statistician 27 (1973), first set: y = 3.00 + 0.500 x.
  const x = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5].map(value => [value])
  const y = [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]

  it.each([
    ['private', regress],
    ['public', regressPublic]
  ])('gives what is published of it, with %s features', (_, method) => {
    const result = method(x, y, 100)
    expect(result.intercept).toBeCloseTo(3.0000909, 7)
    expect(result.coefficients).toHaveLength(1)
    expect(result.coefficients[0]).toBeCloseTo(0.5000909, 7)
    expect(result.residual).toBeCloseTo(13.76269, 5)
  })

  it('gives a plane without residual to the last bit', () => {
    const features = [
      [1, 2],
      [2, 1],
      [-3, 7],
      [0, 0],
      [5, 5]
    ]
    const targets = features.map(([a, b]) => 7 - 3 * (a as number) + 11 * (b as number))
    for (const method of [regress, regressPublic])
      expect(method(features, targets)).toEqual({ intercept: 7, coefficients: [-3, 11], residual: 0 })
  })

  it('rounds only in the last division', () => {
    // Two points: slope 1/3. Doubles that subtract squares of 2^52 would lose it.
    const [a, b] = [2 ** 52, 2 ** 52 + 3]
    expect(regress([[a], [b]], [0, 1])).toEqual({ intercept: -(2 ** 52) / 3, coefficients: [1 / 3], residual: 0 })
    // Just above the middle of 1 and the next double: as near as 2^-106.
    expect(regress([[0], [2 ** 53 - 1]], [-1, 2 ** 53 - 1]).coefficients).toEqual([2 ** 53 / (2 ** 53 - 1)])
  })
})

describe('regression on random data', () => {
  it.each([
    [1, 1],
    [2, 10],
    [3, 1],
    [5, 100]
  ])('agrees with plain least squares: %i features, scale %i', (k, scale) => {
    const data = new SeededRng(`data ${k} ${scale}`)
    const number = (deviation: number) => Math.round(data.normal(0, deviation) * scale) / scale
    for (let set = 0; set < 5; set++) {
      const truth = Array.from({ length: k + 1 }, () => data.normal(0, 20))
      const features = Array.from({ length: k + 2 + 3 * set }, () => Array.from({ length: k }, () => number(100)))
      const targets = features.map(row => {
        const y = row.reduce((total, x, i) => total + x * (truth[i + 1] as number), truth[0] as number)
        return Math.round((y + data.normal(0, 50)) * scale) / scale
      })
      const { weights, residual } = plainLeastSquares(features, targets)
      for (const method of [regress, regressPublic]) {
        const result = method(features, targets, scale)
        expect(result.coefficients).toHaveLength(k)
        for (const [i, value] of [result.intercept, ...result.coefficients].entries()) expect(value).toBeCloseTo(weights[i] as number, 8)
        expect(result.residual / residual).toBeCloseTo(1, 8)
      }
    }
  })
})

describe('the analyst', () => {
  const features = [
    [1, 4],
    [2, -1],
    [5, 3]
  ]
  const targets = [3, -8, 2]
  const encrypted = encryptObservations(publicKey, features, targets, 1, rng)

  it('computes the sums and their products, and needs the public key only', () => {
    const sums = aggregateObservations(publicKey, encrypted)
    const plain = {
      features: sums.features.map(c => privateKey.decrypt(c)),
      target: privateKey.decrypt(sums.target),
      featureProducts: sums.featureProducts.map(c => privateKey.decrypt(c)),
      featureTargets: sums.featureTargets.map(c => privateKey.decrypt(c)),
      targetSquare: privateKey.decrypt(sums.targetSquare)
    }
    expect(plain).toEqual({
      features: [8n, 6n],
      target: -3n,
      featureProducts: [30n, 17n, 26n],
      featureTargets: [-3n, 26n],
      targetSquare: 77n
    })
    expect(sums.count).toBe(3)
    expect(sums.scale).toBe(1)
  })

  it('sees a new ciphertext for every number, equal ones too', () => {
    const { observations } = encryptObservations(publicKey, [[7], [7]], [7, 7], 1, rng)
    const values = observations.flatMap(row => [
      ...[...row.features, ...row.featureProducts, ...row.featureTargets].map(c => c.value),
      row.target.value,
      row.targetSquare.value
    ])
    expect(values).toHaveLength(10)
    expect(new Set(values).size).toBe(10)
  })

  it('joins batches by adding their observations', () => {
    const more = encryptObservations(publicKey, [[9, 9]], [1], 1, rng)
    const joined = { ...encrypted, observations: [...encrypted.observations, ...more.observations] }
    const together = regress([...features, [9, 9]], [...targets, 1])
    expect(solveRegression(privateKey, aggregateObservations(publicKey, joined))).toEqual(together)
  })

  it('refuses ciphertexts of another key, and observations of another shape', () => {
    const foreign = encryptObservations(other.publicKey, features, targets, 1, rng)
    expect(() => aggregateObservations(publicKey, foreign)).toThrow(KeyMismatchError)
    expect(() => aggregatePublicFeatures(publicKey, features, encryptTargets(other.publicKey, targets, 1, rng))).toThrow(KeyMismatchError)
    expect(() => solveRegression(other.privateKey, aggregateObservations(publicKey, encrypted))).toThrow(KeyMismatchError)
    const thin = encryptObservations(publicKey, [[1]], [1], 1, rng)
    const mixed = { ...encrypted, observations: [...encrypted.observations, ...thin.observations] }
    expect(() => aggregateObservations(publicKey, mixed)).toThrow(/observations\[3\]: expected 2 features/)
    const [row] = encrypted.observations as [EncryptedObservation]
    for (const field of ['features', 'featureProducts', 'featureTargets'] as const) {
      const short = { ...encrypted, observations: [{ ...row, [field]: row[field].slice(1) }] }
      expect(() => aggregateObservations(publicKey, short)).toThrow(/observations\[0\]/)
    }
    expect(() => aggregateObservations(publicKey, { ...encrypted, observations: [] })).toThrow(/at least one/)
    expect(() => aggregatePublicFeatures(publicKey, features.slice(1), encryptTargets(publicKey, targets, 1, rng))).toThrow(/3 rows/)
  })
})

describe('overflow', () => {
  it('of a sum is refused before anything is added', () => {
    // n/2 is at least 2^110: 16 to 31 products below 2^106.
    const narrow = generateKeyPair(112, { insecure: true })
    const rows = Array.from({ length: 32 }, (_, i) => i)
    const encrypted = encryptObservations(
      narrow.publicKey,
      rows.map(i => [i]),
      rows.map(i => 2 * i + 1),
      1,
      rng
    )
    expect(() => aggregateObservations(narrow.publicKey, encrypted)).toThrow(
      /observations: expected at most (1[6-9]|2\d|3[01]) under a key of 112 bits/
    )
    const targets = encryptTargets(narrow.publicKey, rows, 1, rng)
    expect(() =>
      aggregatePublicFeatures(
        narrow.publicKey,
        rows.map(i => [i]),
        targets
      )
    ).toThrow(InvalidArgumentError)
    const half = { ...encrypted, observations: encrypted.observations.slice(0, 16) }
    expect(solveRegression(narrow.privateKey, aggregateObservations(narrow.publicKey, half))).toEqual({
      intercept: 1,
      coefficients: [2],
      residual: 0
    })
  })

  it('of one product is refused: a key too short for it', () => {
    const narrow = generateKeyPair(106, { insecure: true }).publicKey
    expect(() => encryptObservations(narrow, [[1]], [1], 1, rng)).toThrow(/at most 0/)
    expect(() => encryptTargets(narrow, [1], 1, rng)).toThrow(/at most 0/)
  })

  it('does not happen with the largest values there may be', () => {
    const most = Number.MAX_SAFE_INTEGER
    const features = [[most], [-most], [most - 1]]
    const { coefficients, intercept, residual } = regress(features, [most, -most, most - 1])
    expect([coefficients, intercept, residual]).toEqual([[1], 0, 0])
  })

  it('of a value is refused without naming it', () => {
    for (const value of [2 ** 53, -(2 ** 53), Number.NaN, Number.POSITIVE_INFINITY]) {
      for (const run of [
        () => encryptObservations(publicKey, [[value]], [1], 1, rng),
        () => encryptObservations(publicKey, [[1]], [value], 1, rng),
        () => encryptTargets(publicKey, [value], 1, rng)
      ]) {
        expect(run).toThrow(/below 2\^53/)
        expect(run).not.toThrow(String(value))
      }
    }
    expect(() => encryptObservations(publicKey, [[2 ** 50]], [1], 10, rng)).toThrow(/features\[0\]\[0\]/)
  })
})

describe('what cannot be solved', () => {
  it('is dependent features, or too few observations', () => {
    const dependent = [
      [1, 2],
      [2, 4],
      [3, 6]
    ]
    for (const method of [regress, regressPublic]) {
      expect(() => method(dependent, [1, 2, 3])).toThrow(RegressionError)
      expect(() => method([[5], [5]], [1, 2])).toThrow(RegressionError)
      expect(() => method([[1]], [1])).toThrow(RegressionError)
    }
  })

  it('is sums that do not belong together', () => {
    const sums = aggregateObservations(publicKey, encryptObservations(publicKey, [[1], [2], [4]], [1, 2, 3], 1, rng))
    expect(() => solveRegression(privateKey, { ...sums, featureProducts: [publicKey.encrypt(1n, rng)] })).toThrow(/negative minor/)
    expect(() => solveRegression(privateKey, { ...sums, targetSquare: publicKey.encrypt(1n, rng) })).toThrow(/squared residuals/)
    expect(() => solveRegression(privateKey, { ...sums, featureProducts: [] })).toThrow(InvalidArgumentError)
    expect(() => solveRegression(privateKey, { ...sums, featureTargets: [] })).toThrow(InvalidArgumentError)
  })

  it('is rows of unequal length, none at all, or a scale that is not a positive integer', () => {
    const run =
      (features: Rows, targets: readonly number[], scale = 1) =>
      () =>
        encryptObservations(publicKey, features, targets, scale, rng)
    expect(run([[1], [1, 2]], [1, 2])).toThrow(/features\[1\]: expected 1 features, got 2/)
    expect(run([[1]], [1, 2])).toThrow(/2 rows/)
    expect(run([], [])).toThrow(InvalidArgumentError)
    expect(run([[]], [1])).toThrow(InvalidArgumentError)
    for (const scale of [0, -1, 0.5, Number.NaN]) expect(run([[1]], [1], scale)).toThrow(/scale/)
  })
})
