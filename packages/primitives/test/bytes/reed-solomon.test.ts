// Shares of which some are wrong: corrected within the radius, and nothing claimed beyond it.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeShares } from '../../src/bytes/reed-solomon.ts'
import { InvalidArgumentError } from '../../src/errors.ts'
import { otherInverse, otherProduct, otherShares } from '../support/log-tables.ts'

const RUNS = { seed: 2003, numRuns: 150 }

/** One of the wrong bytes: index of a share, column, and what is added to the byte. */
type WrongByte = readonly [share: number, column: number, difference: number]

const wrongByte = (shares: number) => fc.tuple(fc.nat(shares - 1), fc.nat(15), fc.integer({ min: 1, max: 255 }))
const coefficients = (threshold: number) =>
  fc.array(fc.uint8Array({ minLength: 16, maxLength: 16 }), { minLength: threshold, maxLength: threshold })
const points = (count: number) => fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: count, maxLength: count })

/** Shares of random polynomials at random points, and wrong bytes that are drawn as said. */
function word(
  count: readonly [least: number, most: number],
  wrong: (shares: number, radius: number) => fc.Arbitrary<readonly WrongByte[]>
) {
  return fc
    .integer({ min: 1, max: count[1] })
    .chain(threshold => fc.tuple(fc.constant(threshold), fc.integer({ min: Math.max(threshold, count[0]), max: count[1] })))
    .chain(([threshold, m]) =>
      fc.record({
        threshold: fc.constant(threshold),
        points: points(m),
        coefficients: coefficients(threshold),
        wrong: wrong(m, Math.floor((m - threshold) / 2))
      })
    )
}

function spoiled(shares: readonly Uint8Array[], wrong: readonly WrongByte[]): Uint8Array[] {
  const out = shares.map(share => Uint8Array.from(share))
  for (const [share, column, difference] of wrong) {
    const bytes = out[share] as Uint8Array
    bytes[column] = (bytes[column] as number) ^ difference
  }
  return out
}

/** Whether a polynomial of degree below the threshold with the value at 0 differs from the column in `radius` points at most. */
function isNear(points: readonly number[], column: readonly number[], atZero: number, threshold: number, radius: number): boolean {
  // Through 0 and any threshold − 1 points that are right: some of the choices of points has only right ones.
  const choices = (from: number, size: number): number[][] =>
    size === 0 ? [[]] : points.flatMap((_, i) => (i < from ? [] : choices(i + 1, size - 1).map(rest => [i, ...rest])))
  return choices(0, threshold - 1).some(chosen => {
    const known = [[0, atZero], ...chosen.map(i => [points[i], column[i]])] as [number, number][]
    const differing = points.filter((point, i) => through(known, point) !== column[i])
    return differing.length <= radius
  })
}

function through(known: readonly (readonly [number, number])[], at: number): number {
  return known.reduce((sum, [x, y]) => {
    const weight = known
      .filter(([other]) => other !== x)
      .reduce((product, [other]) => otherProduct(product, otherProduct(at ^ other, otherInverse(x ^ other))), y)
    return sum ^ weight
  }, 0)
}

const ascending = (indices: Iterable<number>) => [...new Set(indices)].sort((a, b) => a - b)

describe('decodeShares', () => {
  it('finds shares without an error right', () => {
    fc.assert(
      fc.property(
        word([1, 40], () => fc.constant([])),
        ({ threshold, points, coefficients }) => {
          expect(decodeShares(points, otherShares(coefficients, points), threshold)).toEqual({ atZero: coefficients[0], wrong: [] })
        }
      ),
      RUNS
    )
  })

  it('corrects whole shares up to the radius and names them', () => {
    const wholeShares = (m: number, radius: number) =>
      fc
        .tuple(
          fc.uniqueArray(fc.nat(m - 1), { minLength: radius, maxLength: radius }),
          fc.array(fc.array(fc.integer({ min: 1, max: 255 }), { minLength: 16, maxLength: 16 }), { minLength: radius, maxLength: radius })
        )
        .map(([indices, differences]) =>
          indices.flatMap((share, i) => (differences[i] as number[]).map((difference, column): WrongByte => [share, column, difference]))
        )
    fc.assert(
      fc.property(word([3, 25], wholeShares), ({ threshold, points, coefficients, wrong }) => {
        const given = spoiled(otherShares(coefficients, points), wrong)
        const before = spoiled(given, [])
        expect(decodeShares(points, given, threshold)).toEqual({ atZero: coefficients[0], wrong: ascending(wrong.map(([share]) => share)) })
        expect(given).toEqual(before)
      }),
      RUNS
    )
  })

  it('corrects each byte column for itself: more shares may be wrong than the radius in any of them', () => {
    const bytes = (m: number, radius: number) =>
      fc
        .array(
          fc.uniqueArray(fc.tuple(fc.nat(m - 1), fc.integer({ min: 1, max: 255 })), { maxLength: radius, selector: ([share]) => share }),
          {
            minLength: 16,
            maxLength: 16
          }
        )
        .map(columns => columns.flatMap((wrong, column) => wrong.map(([share, difference]): WrongByte => [share, column, difference])))
    let beyondRadius = 0
    fc.assert(
      fc.property(word([5, 25], bytes), ({ threshold, points, coefficients, wrong }) => {
        const shares = ascending(wrong.map(([share]) => share))
        if (shares.length > (points.length - threshold) / 2) beyondRadius++
        expect(decodeShares(points, spoiled(otherShares(coefficients, points), wrong), threshold)).toEqual({
          atZero: coefficients[0],
          wrong: shares
        })
      }),
      RUNS
    )
    expect(beyondRadius).toBeGreaterThan(50)
  })

  it('never claims what is not within the radius, whatever it is given', () => {
    const outcomes = { none: 0, found: 0 }
    fc.assert(
      fc.property(
        word([4, 7], m => fc.array(wrongByte(m), { minLength: 1, maxLength: 12 })),
        ({ threshold, points, coefficients, wrong }) => {
          const given = spoiled(otherShares(coefficients, points), wrong)
          const radius = Math.floor((points.length - threshold) / 2)
          const decoded = decodeShares(points, given, threshold)
          const column = (c: number) => given.map(share => share[c] as number)
          if (decoded) {
            outcomes.found++
            for (let c = 0; c < 16; c++) expect(isNear(points, column(c), decoded.atZero[c] as number, threshold, radius)).toBe(true)
            return
          }
          outcomes.none++
          // Some column really has no polynomial near: no value at 0 will do.
          const near = (c: number) =>
            Array.from({ length: 256 }, (_, value) => value).some(value => isNear(points, column(c), value, threshold, radius))
          const touched = ascending(wrong.map(([, c]) => c))
          expect(touched.every(near)).toBe(false)
        }
      ),
      { ...RUNS, numRuns: 60 }
    )
    expect(outcomes.none).toBeGreaterThan(10)
    expect(outcomes.found).toBeGreaterThan(10)
  })

  it('takes as many shares as the threshold as they are', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }).chain(t => fc.tuple(points(t), coefficients(t), wrongByte(t))),
        ([points, coefficients, wrong]) => {
          const given = spoiled(otherShares(coefficients, points), [wrong])
          const decoded = decodeShares(points, given, points.length)
          expect(decoded?.wrong).toEqual([])
          // Another polynomial: one right share less cannot be told from it.
          expect(decoded?.atZero).not.toEqual(coefficients[0])
        }
      ),
      RUNS
    )
  })

  it('says that one share more than the threshold shows an error, and corrects none', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }).chain(t => fc.tuple(points(t + 1), coefficients(t), wrongByte(t + 1))),
        ([points, coefficients, wrong]) => {
          expect(decodeShares(points, spoiled(otherShares(coefficients, points), [wrong]), points.length - 1)).toBeUndefined()
        }
      ),
      RUNS
    )
  })

  it('decodes at the greatest degree, 254 neighbours with 42 wrong', () => {
    const all = Array.from({ length: 254 }, (_, i) => i + 1)
    const polynomial = Array.from({ length: 170 }, (_, k) =>
      Uint8Array.from({ length: 16 }, (_, column) => (k * 37 + column * 101 + 5) & 0xff)
    )
    const wrong = Array.from({ length: 42 }, (_, i): WrongByte => [6 * i, 3, i + 1])
    expect(decodeShares(all, spoiled(otherShares(polynomial, all), wrong), 170)).toEqual({
      atZero: polynomial[0],
      wrong: wrong.map(([share]) => share)
    })
  })

  it('finds polynomials of lower degree, and 0, too', () => {
    const zeros = Array.from({ length: 9 }, () => new Uint8Array(16))
    const all = Array.from({ length: 9 }, (_, i) => i + 1)
    expect(decodeShares(all, spoiled(zeros, [[8, 15, 1]]), 7)).toEqual({ atZero: new Uint8Array(16), wrong: [8] })
    const constant = Array.from({ length: 9 }, () => new Uint8Array(16).fill(7))
    expect(
      decodeShares(
        all,
        spoiled(constant, [
          [0, 0, 7],
          [4, 0, 2]
        ]),
        5
      )
    ).toEqual({ atZero: constant[0], wrong: [0, 4] })
  })

  it('refuses wrong lengths, too few points and points that are repeated or out of range', () => {
    const shares = (...lengths: number[]) => lengths.map(length => new Uint8Array(length))
    const table: [string, readonly number[], Uint8Array[], number][] = [
      ['points', [1, 2], shares(16, 16), 3],
      ['points', [1, 2, 1], shares(16, 16, 16), 2],
      ['points', [0, 1, 2], shares(16, 16, 16), 2],
      ['points', [1, 256], shares(16, 16), 2],
      ['points', [1, 1.5], shares(16, 16), 2],
      ['shares', [1, 2, 3], shares(16, 16), 2],
      ['share', [1, 2], shares(16, 15), 2],
      ['share', [1, 2], shares(17, 16), 2],
      ['threshold', [1, 2], shares(16, 16), 0],
      ['threshold', [1, 2], shares(16, 16), 1.5]
    ]
    for (const [argument, points, given, threshold] of table) {
      const decode = () => decodeShares(points, given, threshold)
      expect(decode, argument).toThrow(InvalidArgumentError)
      expect(decode).toThrow(`${argument}: expected`)
    }
  })
})
