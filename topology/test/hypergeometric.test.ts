// Tails of the hypergeometric distribution against exact sums.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ratio } from '../src/exposure/arrangements.ts'
import { lnFactorial, log2AllMarked, log2TailAbove, type Urn } from '../src/exposure/hypergeometric.ts'

function choose(n: number, k: number): bigint {
  if (k < 0 || k > n) return 0n
  let out = 1n
  for (let i = 1; i <= k; i++) out = (out * BigInt(n - k + i)) / BigInt(i)
  return out
}

/** The tail as a quotient of integers. */
function exactTail({ population, marked, draws }: Urn, threshold: number): [bigint, bigint] {
  let sum = 0n
  for (let k = threshold + 1; k <= draws; k++) sum += choose(marked, k) * choose(population - marked, draws - k)
  return [sum, choose(population, draws)]
}

/** log2 of a quotient that may be too small for a number. */
function log2Quotient(numerator: bigint, denominator: bigint): number {
  const shift = Math.max(0, denominator.toString(2).length - numerator.toString(2).length)
  return Math.log2(ratio(numerator << BigInt(shift), denominator)) - shift
}

describe('log2TailAbove', () => {
  it('agrees with integer arithmetic, however small the chance', () => {
    const urn = fc
      .integer({ min: 1, max: 300 })
      .chain(population =>
        fc.record({ population: fc.constant(population), marked: fc.nat({ max: population }), draws: fc.nat({ max: population }) })
      )
    fc.assert(
      fc.property(urn, fc.integer({ min: -1, max: 300 }), (of, threshold) => {
        const [numerator, denominator] = exactTail(of, Math.min(threshold, of.draws))
        const got = log2TailAbove(of, threshold)
        if (numerator === 0n) expect(got).toBe(Number.NEGATIVE_INFINITY)
        else expect(Math.abs(got - log2Quotient(numerator, denominator))).toBeLessThan(1e-9)
      }),
      { numRuns: 300 }
    )
  })

  it('is right where a floating-point number would underflow', () => {
    const of = { population: 9999, marked: 1000, draws: 800 }
    const [numerator, denominator] = exactTail(of, 600)
    const expected = log2Quotient(numerator, denominator)
    expect(expected).toBeLessThan(-1074)
    expect(Math.abs(log2TailAbove(of, 600) - expected)).toBeLessThan(1e-8)
  })

  it('is right for the largest roster', () => {
    const of = { population: 65_534, marked: 6554, draws: 76 }
    const [numerator, denominator] = exactTail(of, 36)
    expect(Math.abs(log2TailAbove(of, 36) - log2Quotient(numerator, denominator))).toBeLessThan(1e-8)
  })

  it('knows what is certain and what is impossible', () => {
    const of = { population: 20, marked: 12, draws: 10 }
    expect(log2TailAbove(of, 1)).toBe(0)
    expect(log2TailAbove(of, -3)).toBe(0)
    expect(log2TailAbove(of, 10)).toBe(Number.NEGATIVE_INFINITY)
    expect(log2AllMarked({ population: 5, marked: 5, draws: 5 })).toBe(0)
    expect(log2AllMarked({ population: 4, marked: 2, draws: 2 })).toBeCloseTo(-Math.log2(6), 12)
  })

  it('refuses an urn that cannot be', () => {
    expect(() => log2TailAbove({ population: 5, marked: 6, draws: 1 }, 0)).toThrow('marked: expected a whole number from 0 to 5, got 6')
    expect(() => log2TailAbove({ population: 5, marked: 1, draws: -1 }, 0)).toThrow('draws')
  })
})

describe('lnFactorial', () => {
  it('agrees with a running sum across the switch to the series', () => {
    let sum = 0
    for (let k = 1; k <= 200; k++) {
      sum += Math.log(k)
      expect(Math.abs(lnFactorial(k) - sum)).toBeLessThan(1e-11)
    }
  })
})
