// Statistics over runs, against values by hand and against the distributions that they rest on.
import { SeededRng } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { intervalRank, summary } from '../../src/statistics/interval.ts'
import { pairedDifferences } from '../../src/statistics/paired.ts'
import { clopperPearson, sharesOf } from '../../src/statistics/proportion.ts'
import { warmUpCheck, warmUpOf } from '../../src/statistics/warm-up.ts'

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1)

describe('the interval of a median', () => {
  // Ranks by hand from the binomial distribution: 1 − 2 · Σ_{i<k} C(n, i) / 2^n, as tables of the sign test have them.
  it.each([
    [5, null],
    [6, 1],
    [8, 1],
    [9, 2],
    [11, 2],
    [12, 3],
    [15, 4],
    [17, 5],
    [20, 6],
    [25, 8],
    [30, 10]
  ])('of %i values has rank %s', (count, rank) => {
    expect(intervalRank(count)).toBe(rank)
  })

  it('lies between values in order, and says what it is', () => {
    expect(summary([3, 1, 2, 6, 5, 4])).toEqual({ median: 3.5, low: 1, high: 6, count: 6, kind: 'interval' })
    expect(summary(upTo(20).reverse())).toEqual({ median: 10.5, low: 6, high: 15, count: 20, kind: 'interval' })
  })

  it('is a range below six runs', () => {
    expect(summary([5, 1, 2, 4, 3])).toEqual({ median: 3, low: 1, high: 5, count: 5, kind: 'range' })
  })

  it('claims nothing of one run, and nothing of none', () => {
    expect(summary([7])).toEqual({ median: 7, low: 7, high: 7, count: 1, kind: 'single' })
    expect(summary([])).toBeNull()
  })

  it('holds the true median as often as it says, however skewed the values', () => {
    const rng = new SeededRng('coverage')
    const uniform = (): number => (rng.below(1_000_000) + 0.5) / 1_000_000
    const trials = 4000
    let held = 0
    for (let trial = 0; trial < trials; trial++) {
      // Exponential of the exponential: the median is exp(ln 2) = 2, and the mean infinite.
      const found = summary(upTo(9).map(() => Math.exp(-Math.log(uniform()))))
      if (found && found.low <= 2 && 2 <= found.high) held++
    }
    // Nine values and rank two: 1 − 2 · (1 + 9) / 512 = 96.09 %; three standard errors of 4000 trials are 0.92 %.
    expect(Math.abs(held / trials - (1 - 20 / 512))).toBeLessThan(0.0092)
  })

  it('keeps its median between its bounds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }), { minLength: 1, maxLength: 40 }),
        values => {
          const found = summary(values)
          return found !== null && found.low <= found.median && found.median <= found.high
        }
      )
    )
  })
})

describe('paired differences', () => {
  const pairs = (values: readonly number[], references: readonly number[]) =>
    values.map((value, i) => ({ value, reference: references[i] as number }))

  it('take away what pairs have in common', () => {
    const common = [10, 90, 20, 70, 40, 50]
    const found = pairedDifferences(
      pairs(
        common.map(value => value + 3),
        common
      )
    )
    expect(found?.difference).toEqual({ median: 3, low: 3, high: 3, count: 6, kind: 'interval' })
  })

  it('are a range of few pairs, and nothing of none', () => {
    const found = pairedDifferences(pairs([2, 4], [1, 2]))
    expect(found?.difference).toMatchObject({ median: 1.5, count: 2, kind: 'range' })
    expect(found?.ratio).toMatchObject({ median: 2, low: 2, high: 2 })
    expect(pairedDifferences([])).toBeNull()
  })

  it('have no ratio to nothing', () => {
    expect(pairedDifferences(pairs([1, 2], [0, 1]))?.ratio).toBeNull()
  })
})

describe('proportions', () => {
  // By hand: with no hit the upper bound is 1 − 0.025^(1/n); with all it is the mirror image.
  it.each([1, 6, 30])('of none in %i trials reach as high as they must', trials => {
    const { low, high } = clopperPearson(0, trials)
    expect(low).toBe(0)
    expect(high).toBeCloseTo(1 - 0.025 ** (1 / trials), 10)
    expect(clopperPearson(trials, trials).low).toBeCloseTo(0.025 ** (1 / trials), 10)
  })

  it('agree with the interval solved from the binomial distribution itself', () => {
    // 2 of 10: the bounds p solve P[X >= 2] = 0.025 and P[X <= 2] = 0.025.
    const { low, high } = clopperPearson(2, 10)
    const choose = [1, 10, 45]
    const atMost = (p: number, k: number): number => choose.slice(0, k + 1).reduce((sum, c, i) => sum + c * p ** i * (1 - p) ** (10 - i), 0)
    expect(1 - atMost(low, 1)).toBeCloseTo(0.025, 8)
    expect(atMost(high, 2)).toBeCloseTo(0.025, 8)
  })

  it('go by runs, not by slots', () => {
    const found = sharesOf([
      { hits: 1, of: 10 },
      { hits: 0, of: 10 },
      { hits: 4, of: 20 },
      { hits: 0, of: 0 }
    ])
    expect(found?.share).toMatchObject({ median: 0.1, low: 0, high: 0.2, count: 3, kind: 'range' })
    expect(found).toMatchObject({ hits: 5, of: 40, anyInRun: null })
    expect(sharesOf(upTo(6).map(() => ({ hits: 0, of: 5 })))?.anyInRun?.high).toBeCloseTo(1 - 0.025 ** (1 / 6), 10)
  })
})

describe('the check of warming up', () => {
  const runs = (...costs: readonly number[]) => upTo(6).map(i => costs.map(cost => cost * i))

  it('sees costs that still fall', () => {
    expect(warmUpOf(runs(10, 8, 7, 6))).toMatchObject({ falling: true, ratio: { kind: 'interval' } })
  })

  it('does not take level or rising costs for falling ones', () => {
    expect(warmUpOf(runs(5, 5.1, 5, 5.1))?.falling).toBe(false)
    expect(warmUpOf(runs(5, 6, 7, 8))?.falling).toBe(false)
  })

  it('tells nothing from short runs, and no fall from one run', () => {
    expect(warmUpOf(runs(10, 5, 2))).toBeNull()
    expect(warmUpOf([[10, 8, 7, 6]])?.falling).toBe(false)
  })

  it('tells points that fall from points that are too short', () => {
    const points = [
      { point: 'falls', courses: runs(10, 8, 7, 6) },
      { point: 'level', courses: runs(5, 5, 5, 5) },
      { point: 'short', courses: runs(10, 5, 2) }
    ]
    const { falling, unchecked } = warmUpCheck(points)
    expect(falling.map(({ point }) => point)).toEqual(['falls'])
    expect(unchecked).toEqual(['short'])
  })
})
