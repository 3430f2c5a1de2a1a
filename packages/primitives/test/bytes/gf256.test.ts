// GF(2^8) against tables of logarithms and another library's secret sharing.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { combine, split } from 'shamir-secret-sharing'
import { describe, expect, it } from 'vitest'
import { concatBytes } from '../../src/bytes/bytes.ts'
import { gfCombine, gfInverse, gfMultiply, lagrangeCoefficients } from '../../src/bytes/gf256.ts'
import { InvalidArgumentError } from '../../src/errors.ts'
import { otherInverse, otherProduct, otherShares } from '../support/log-tables.ts'

const elements = Array.from({ length: 256 }, (_, a) => a)
const nonZero = elements.slice(1)
const RUNS = { seed: 0x11b, numRuns: 100 }

const vector = fc.uint8Array({ minLength: 16, maxLength: 16 })
/** t, distinct points of which there are at least t, and t vectors. */
const sharing = fc
  .integer({ min: 1, max: 20 })
  .chain(t =>
    fc.tuple(
      fc.constant(t),
      fc.uniqueArray(fc.integer({ min: 1, max: 255 }), { minLength: t, maxLength: t + 10 }),
      fc.array(vector, { minLength: t, maxLength: t })
    )
  )

describe('GF(2^8)', () => {
  const products = Uint8Array.from({ length: 1 << 16 }, (_, pair) => gfMultiply(pair >> 8, pair & 0xff))
  const product = (a: number, b: number) => products[(a << 8) | b] as number

  it('multiplies as FIPS 197 section 4.2 has it', () => {
    expect([gfMultiply(0x57, 0x83), gfMultiply(0x57, 0x13), gfMultiply(0x57, 0x02), gfMultiply(0x8e, 0x02)]).toEqual([
      0xc1, 0xfe, 0xae, 0x07
    ])
  })

  it('multiplies and inverts every element as tables of logarithms do', () => {
    expect(products).toEqual(Uint8Array.from({ length: 1 << 16 }, (_, pair) => otherProduct(pair >> 8, pair & 0xff)))
    expect(nonZero.map(gfInverse)).toEqual(nonZero.map(otherInverse))
  })

  it('is a field: every axiom for all elements', () => {
    let broken = 0
    for (const a of elements) {
      if (product(a, 1) !== a || product(a, 0) !== 0) broken++
      for (const b of elements) {
        const ab = product(a, b)
        if (ab !== product(b, a)) broken++
        for (const c of elements) {
          if (product(ab, c) !== product(a, product(b, c))) broken++
          if (product(a, b ^ c) !== (ab ^ product(a, c))) broken++
        }
      }
    }
    expect(broken).toBe(0)
    for (const a of nonZero) expect(product(a, gfInverse(a))).toBe(1)
    expect(() => gfInverse(0)).toThrow(InvalidArgumentError)
  })

  it('holds no table, and its indices are loop counters only', () => {
    const suspicious = (path: string) => {
      const code = readFileSync(path, 'utf8')
        .replaceAll(/\/\*[\s\S]*?\*\//g, '')
        .replaceAll(/\/\/.*/g, '')
      const kept = [...code.matchAll(/^(?:export )?(?:const|let|var) (.*)/gm)].map(match => match[1] as string)
      const indices = [...code.matchAll(/[\w)]\[([^\]]+)\]/g)].map(match => match[1] as string)
      return [...kept.filter(kept => !/^\w+ = \d+$/.test(kept)), ...indices.filter(index => !/^(?:4 \* )?i(?: \+ \d)?$/.test(index))]
    }
    expect(suspicious(fileURLToPath(new URL('../../src/bytes/gf256.ts', import.meta.url)))).toEqual([])
    // What does have tables is found out.
    expect(suspicious(fileURLToPath(import.meta.resolve('shamir-secret-sharing')))).toEqual(
      expect.arrayContaining([expect.stringContaining('LOG_TABLE'), 'a'])
    )
  })
})

describe('combinations of vectors', () => {
  it('are those of each byte', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(255), vector), { maxLength: 30 }), fc.nat(3), (terms, offset) => {
        const coefficients = Uint8Array.from(terms, ([coefficient]) => coefficient)
        // At any offset in a larger buffer.
        const vectors = concatBytes(new Uint8Array(offset), ...terms.map(([, bytes]) => bytes)).subarray(offset)
        const before = Uint8Array.from(vectors)
        const sum = (column: number) =>
          terms.reduce((all, [coefficient, bytes]) => all ^ otherProduct(coefficient, bytes[column] as number), 0)
        expect(gfCombine(coefficients, vectors)).toEqual(Uint8Array.from({ length: 16 }, (_, column) => sum(column)))
        expect(vectors).toEqual(before)
      }),
      RUNS
    )
  })

  it('take 16 bytes for each coefficient', () => {
    for (const length of [0, 31, 33, 48]) expect(() => gfCombine(new Uint8Array(2), new Uint8Array(length))).toThrow(InvalidArgumentError)
  })
})

describe('sharing', () => {
  it('interpolates at any point through any t of the shares', () => {
    fc.assert(
      fc.property(sharing, fc.nat(255), ([t, points, coefficients], at) => {
        const shares = otherShares(coefficients, points)
        for (const from of [0, points.length - t]) {
          const weights = lagrangeCoefficients(points.slice(from, from + t), at)
          expect(gfCombine(weights, concatBytes(...shares.slice(from, from + t)))).toEqual(otherShares(coefficients, [at])[0])
        }
      }),
      RUNS
    )
    expect(() => lagrangeCoefficients([1, 2, 1], 0)).toThrow(InvalidArgumentError)
  })

  it('makes of t values a seed and shares that an audited implementation combines to the same seed', async () => {
    await fc.assert(
      fc.asyncProperty(sharing, async ([t, , values]) => {
        fc.pre(t > 1)
        // As in PROTOCOL.md section 7: F through t values at 1 … t.
        const given = Array.from({ length: t }, (_, i) => i + 1)
        const at = (x: number) => gfCombine(lagrangeCoefficients(given, x), concatBytes(...values))
        // Its shares end with their point.
        const share = (value: Uint8Array, x: number) => concatBytes(value, Uint8Array.of(x))
        expect(await combine(values.map((value, i) => share(value, i + 1)))).toEqual(at(0))
        const beyond = given.map(x => share(at(x + t), x + t))
        expect(await combine(beyond)).toEqual(at(0))
      }),
      RUNS
    )
  })

  it('combines the shares of that implementation to its secret', async () => {
    await fc.assert(
      fc.asyncProperty(vector, fc.integer({ min: 2, max: 20 }), fc.nat(10), async (secret, t, more) => {
        const shares = (await split(secret, t + more, t)).slice(-t)
        const points = shares.map(share => share[16] as number)
        expect(gfCombine(lagrangeCoefficients(points, 0), concatBytes(...shares.map(share => share.subarray(0, 16))))).toEqual(secret)
      }),
      RUNS
    )
  })
})

describe('what t − 1 shares and all corrections tell of the seed (PROTOCOL.md section 7), in GF(2^4)', () => {
  const [SIZE, D, T] = [16, 4, 3]
  const times = (a: number, b: number): number => {
    let product = 0
    for (let bit = 0; bit < 4; bit++) if ((b >> bit) & 1) product ^= a << bit
    for (let bit = 6; bit >= 4; bit--) if ((product >> bit) & 1) product ^= 0b10011 << (bit - 4)
    return product
  }
  const over = (a: number, b: number) => Array.from({ length: SIZE }, (_, c) => c).find(c => times(c, b) === a) as number
  const weights = (at: number) =>
    [1, 2, 3].map(i => [1, 2, 3].filter(j => j !== i).reduce((product, j) => times(product, over(at ^ j, i ^ j)), 1))
  const table = Array.from({ length: SIZE }, (_, a) => Array.from({ length: SIZE }, (_, b) => times(a, b)))
  const [atZero, atFour] = [weights(0), weights(4)]
  const value = (at: readonly number[], r: readonly number[]) =>
    at.reduce((sum, weight, i) => sum ^ (table[weight]?.[r[i] as number] as number), 0)

  /** How often each seed goes with what somebody sees who knows the r of `holders` and the correction, for everything there is to see. */
  function seedCounts(holders: readonly number[]): number[][] {
    const counts = new Map<number, number[]>()
    for (let all = 0; all < SIZE ** D; all++) {
      const r = Array.from({ length: D }, (_, i) => (all >> (4 * i)) & 15)
      const correction = value(atFour, r) ^ (r[3] as number)
      const seen = holders.reduce((key, x) => SIZE * key + (r[x - 1] as number), correction)
      const seeds = counts.get(seen) ?? new Array<number>(SIZE).fill(0)
      const seed = value(atZero, r)
      seeds[seed] = (seeds[seed] as number) + 1
      counts.set(seen, seeds)
    }
    return [...counts.values()]
  }

  it.each([[[1, 2]], [[1, 3]], [[1, 4]], [[2, 3]], [[2, 4]], [[3, 4]]])('nothing, for holders %j', holders => {
    const counts = seedCounts(holders)
    expect(counts).toHaveLength(SIZE ** T)
    expect(new Set(counts.flat())).toEqual(new Set([1]))
  })

  it.each([[[1, 2, 3]], [[1, 2, 4]], [[1, 3, 4]], [[2, 3, 4]]])('everything, with one holder more: %j', holders => {
    expect(new Set(seedCounts(holders).map(seeds => seeds.filter(count => count > 0).length))).toEqual(new Set([1]))
  })
})
