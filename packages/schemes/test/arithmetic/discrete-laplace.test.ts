// The sampler's distribution against the formulas of Canonne, Kamath, Steinke 2020, with fixed seeds.
import { type Rng, SeededRng } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bernoulliExp, dilutedNoise, dilution, discreteLaplace, type Noise } from '../../src/arithmetic/discrete-laplace.ts'
import { shi } from '../../src/schemes/shi.ts'
import { SmallGroup, shown } from '../support/small-group.ts'

const HALF = 1n << 52n

/** Computes Pearson's statistic against probabilities that sum to one. */
function pearson(counts: readonly number[], probabilities: readonly number[]): number {
  const draws = counts.reduce((sum, count) => sum + count, 0)
  return counts.reduce((sum, count, i) => {
    const expected = draws * (probabilities[i] as number)
    return sum + (count - expected) ** 2 / expected
  }, 0)
}

/** What the statistic exceeds once in 30,000 times (four deviations, by Wilson and Hilferty). */
function limit(degrees: number): number {
  const spread = 2 / (9 * degrees)
  return degrees * (1 - spread + 4 * Math.sqrt(spread)) ** 3
}

/** Gives P[k] of the discrete Laplace distribution with a scale. */
const laplace = (k: number, scale: number): number => Math.tanh(1 / (2 * scale)) * Math.exp(-Math.abs(k) / scale)

/** Counts draws by value from −most to most; the two ends take what is beyond. */
function histogram(draw: () => bigint, draws: number, most: number): number[] {
  const counts: number[] = new Array(2 * most + 1).fill(0)
  for (let i = 0; i < draws; i++) {
    const place = Math.max(-most, Math.min(most, Number(draw()))) + most
    counts[place] = (counts[place] as number) + 1
  }
  return counts
}

/** Gives the probabilities of {@link histogram}'s places. */
function expectedPlaces(scale: number, most: number): number[] {
  const inner = Array.from({ length: 2 * most - 1 }, (_, i) => laplace(i - most + 1, scale))
  const tail = (1 - inner.reduce((sum, p) => sum + p, 0)) / 2
  return [tail, ...inner, tail]
}

describe('discreteLaplace', () => {
  it.each([
    [1n, 1n, 4],
    [5n, 2n, 9],
    [2n, 5n, 1],
    [12n, 1n, 30]
  ])('draws with scale %i/%i', (t, s, most) => {
    const rng = new SeededRng(`laplace ${t}/${s}`)
    const counts = histogram(() => discreteLaplace(t, s, rng), 20_000, most)
    const expected = expectedPlaces(Number(t) / Number(s), most)
    expect(pearson(counts, expected)).toBeLessThan(limit(2 * most))
    // The statistic tells this scale from one that is a fifth larger.
    expect(pearson(counts, expectedPlaces((1.2 * Number(t)) / Number(s), most))).toBeGreaterThan(limit(2 * most))
  })

  it('draws from the same bytes the same number', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 100_000n), fc.bigInt(1n, 100n), fc.string(), (t, s, seed) => {
        const [first, second] = [0, 1].map(() => discreteLaplace(t, s, new SeededRng(seed)))
        expect(first).toBe(second)
      }),
      { numRuns: 50, seed: 20270201 }
    )
  })

  it('refuses a scale that is no positive fraction', () => {
    expect(() => discreteLaplace(0n, 1n, new SeededRng('x'))).toThrow('expected a positive fraction')
    expect(() => discreteLaplace(1n, 0n, new SeededRng('x'))).toThrow('expected a positive fraction')
  })
})

describe('bernoulliExp', () => {
  it.each([
    [0n, 1n],
    [1n, 3n],
    [1n, 1n]
  ])('shows true with probability e^(−%i/%i)', (a, b) => {
    const rng = new SeededRng(`bernoulli ${a}/${b}`)
    const draws = 20_000
    let heads = 0
    for (let i = 0; i < draws; i++) if (bernoulliExp(a, b, rng)) heads++
    const p = Math.exp(-Number(a) / Number(b))
    expect(Math.abs(heads - draws * p)).toBeLessThanOrEqual(4 * Math.sqrt(draws * p * (1 - p)))
  })
})

describe('dilutedNoise', () => {
  const noise = (beta: bigint): Noise => ({ sensitivity: 10n, epsilon: [1n, 2n], beta53: () => beta })
  const zeros = (beta: bigint, draws = 10_000): number => {
    const rng = new SeededRng('diluted')
    return Array.from({ length: draws }, () => dilutedNoise(noise(beta), 5, rng)).filter(value => value === 0n).length
  }

  it('adds noise as often as β says', () => {
    const p = 0.5 + 0.5 * laplace(0, 20)
    expect(zeros(0n)).toBe(10_000)
    expect(Math.abs(zeros(HALF) - 10_000 * p)).toBeLessThan(4 * Math.sqrt(10_000 * p * (1 - p)))
    expect(zeros(2n * HALF)).toBeLessThan(400)
  })

  it('takes the upper 53 of 64 bits, little-endian, for its coin', () => {
    const bytesOf = (first: bigint): Rng => {
      const rest = new SeededRng('rest')
      let called = false
      const bytes = (length: number): Uint8Array => {
        if (called) return rest.bytes(length)
        called = true
        return new Uint8Array(new BigUint64Array([first]).buffer)
      }
      return { bytes }
    }
    const wide: Noise = { sensitivity: 1_000_000n, epsilon: [1n, 1n], beta53: () => 3n }
    expect(dilutedNoise(wide, 5, bytesOf((3n << 11n) - 1n))).not.toBe(0n)
    expect(dilutedNoise(wide, 5, bytesOf(3n << 11n))).toBe(0n)
  })
})

describe('dilution', () => {
  it('is ln(1/δ)/(γn), at most one', () => {
    const beta53 = dilution(Math.exp(-5), 0.5)
    expect(Number(beta53(100)) / 2 ** 53).toBeCloseTo(0.1, 10)
    expect(beta53(2)).toBe(1n << 53n)
  })

  it('refuses what is no probability or fraction', () => {
    for (const delta of [0, 1, Number.NaN]) expect(() => dilution(delta, 0.5)).toThrow('delta')
    for (const honest of [0, 1.5, Number.NaN]) expect(() => dilution(0.1, honest)).toThrow('honest')
  })
})

describe('shi with noise', () => {
  const noise: Noise = { sensitivity: 50n, epsilon: [1n, 1n], beta53: () => 2n * HALF }

  it('finds totals that noise takes below zero, and says that they are noisy', () => {
    const scheme = shi({ maxReading: 1000n, noise })
    expect(scheme.facts.noisy).toBe(true)
    expect(shi().facts.noisy).toBe(false)
    const totals = Array.from({ length: 12 }, (_, i) => {
      const three = new SmallGroup(scheme, { meters: 3, seed: `noise ${i}` })
      return shown(three.slot([[0], [0], [0]]).outcome, three.group) as [bigint]
    })
    const values = totals.map(([value]) => value)
    expect(values.some(value => value < 0n)).toBe(true)
    expect(values.some(value => value > 0n)).toBe(true)
    expect(new Set(values).size).toBeGreaterThan(8)
  })

  it('gives no number beyond −nM and 2nM', () => {
    const at = (value: number): unknown => {
      const two = new SmallGroup(shi({ maxReading: 100n, noise: { ...noise, beta53: () => 0n } }), { meters: 2 })
      return shown(two.slot([[value], [0]]).outcome, two.group)
    }
    expect(at(-200)).toEqual([-200n])
    expect(at(400)).toEqual([400n])
    expect(at(-201)).toEqual(['implausible'])
    expect(at(401)).toEqual(['implausible'])
  })
})
