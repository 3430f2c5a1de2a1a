// Commitments against another implementation, and what they must not give away.
import { SeededRng, toHex } from '@hushgrid/primitives'
import { G, GROUP_ORDER, H, Point, type Scalar, scalar } from '@hushgrid/primitives/group'
import { ristretto255 } from '@noble/curves/ed25519.js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Commitment, combine, combineOpenings, commit, type Opening, opens, VALUE_BITS } from '../../src/commitments/commitment.ts'

const anyScalar = fc.bigInt({ min: 0n, max: GROUP_ORDER - 1n }).map(value => value as Scalar)
const anyReading = fc.bigInt({ min: 0n, max: (1n << 47n) - 1n })
const anyOpening: fc.Arbitrary<Opening> = fc.record({ value: anyReading, opening: anyScalar })
/** Few distinct ones, zero, both signs, and up to the largest there can be. */
const anyWeight = fc.oneof(fc.constantFrom(0n, 1n, -1n, 1176n, -550n), fc.bigInt({ min: -(1n << 63n) + 1n, max: (1n << 63n) - 1n }))
const commitTo = ({ value, opening }: Opening): Commitment => commit(value, opening)

describe('commit', () => {
  it('is x·G + r·H, as another implementation computes it', () => {
    const rng = new SeededRng('commit')
    const theirH = ristretto255.Point.fromBytes(H.encode())
    for (let i = 0; i < 20; i++) {
      const [value, opening] = [BigInt(rng.below(1e6)), scalar(BigInt(`0x${toHex(rng.bytes(40))}`))]
      const theirs = ristretto255.Point.BASE.multiplyUnsafe(value).add(theirH.multiplyUnsafe(opening))
      expect(commit(value, opening).encode()).toEqual(theirs.toBytes())
    }
  })

  it('has a known answer', () => {
    expect(toHex(commit(1234n, scalar(5678n)).encode())).toBe('dc8bf8ca9e83104ecadb91ebbb3e5139855a3be62e47f88327bf7a74e7098f63')
  })

  it('opens to its value and opening only', () => {
    fc.assert(
      fc.property(anyOpening, opening => {
        const commitment = commitTo(opening)
        expect(opens(commitment, opening)).toBe(true)
        expect(opens(commitment, { ...opening, value: opening.value + 1n })).toBe(false)
        expect(opens(commitment, { ...opening, opening: scalar(opening.opening + 1n) })).toBe(false)
      }),
      { numRuns: 30 }
    )
  })

  it('takes no value that could wrap around the order', () => {
    const r = scalar(7n)
    const most = (1n << BigInt(VALUE_BITS)) - 1n
    expect(opens(commit(most, r), { value: most, opening: r })).toBe(true)
    expect(opens(commit(-most, r), { value: -most, opening: r })).toBe(true)
    expect(() => commit(most + 1n, r)).toThrow(/committed value: expected an integer between ±2\^159/)
    // The same element, so only the bound tells the two apart.
    expect(
      G.multiply(5n + GROUP_ORDER)
        .add(H.multiply(r))
        .equals(commit(5n, r).point)
    ).toBe(true)
    expect(opens(commit(5n, r), { value: 5n + GROUP_ORDER, opening: r })).toBe(false)
    expect(opens(commit(5n, r), { value: 5n - GROUP_ORDER, opening: r })).toBe(false)
  })

  it('hides: the same value under other openings looks like any other, and so does its bit pattern', () => {
    const rng = new SeededRng('hides')
    const draw = (): Scalar => scalar(BigInt(`0x${toHex(rng.bytes(64))}`))
    const same = Array.from({ length: 400 }, () => commit(500n, draw()).encode())
    expect(new Set(same.map(toHex)).size).toBe(same.length)
    // Bits 1 to 254 of an encoding are near even over random elements; six deviations of 400 draws either way.
    for (let bit = 1; bit < 250; bit++) {
      const ones = same.filter(bytes => ((bytes[bit >> 3] as number) >> (bit & 7)) & 1).length
      expect(Math.abs(ones - 200), `bit ${bit}`).toBeLessThan(60)
    }
  })

  it('decodes strictly', () => {
    const commitment = commit(3n, scalar(4n))
    expect(Commitment.decode(commitment.encode()).equals(commitment)).toBe(true)
    expect(() => Commitment.decode(Point.ZERO.encode())).toThrow(/commitment: expected an element other than the identity/)
    expect(() => Commitment.decode(new Uint8Array(32).fill(255))).toThrow(/commitment: expected a canonical encoding/)
  })
})

describe('combine', () => {
  it('commits to the same combination of the values, for weights of both signs and any size', () => {
    const items = fc.array(fc.tuple(anyOpening, anyWeight), { maxLength: 24 })
    fc.assert(
      fc.property(items, list => {
        const openings = list.map(([opening]) => opening)
        const weights = list.map(([, weight]) => weight)
        const combined = combineOpenings(openings, weights)
        expect(combined.value).toBe(list.reduce((sum, [{ value }, weight]) => sum + value * weight, 0n))
        expect(opens(combine(openings.map(commitTo), weights), combined)).toBe(true)
        expect(opens(combine(openings.map(commitTo), weights), { ...combined, value: combined.value - 1n })).toBe(false)
      }),
      { numRuns: 40 }
    )
  })

  it('adds up to huge bills, and to negative ones', () => {
    for (const weight of [(1n << 63n) - 1n, -(1n << 63n) + 1n]) {
      const openings = Array.from({ length: 40 }, (_, i) => ({ value: (1n << 47n) - 1n, opening: scalar(-BigInt(i) - 1n) }))
      const weights = openings.map(() => weight)
      const combined = combineOpenings(openings, weights)
      expect(combined.value).toBe(40n * ((1n << 47n) - 1n) * weight)
      expect(opens(combine(openings.map(commitTo), weights), combined)).toBe(true)
    }
  })

  it('gives the identity where everything cancels', () => {
    const opening = { value: 5n, opening: scalar(6n) }
    const negative = { value: -5n, opening: scalar(-6n) }
    expect(combine([commitTo(opening), commitTo(negative)], [3n, 3n]).point.isZero()).toBe(true)
    expect(combine([commitTo(opening)], [0n]).point.isZero()).toBe(true)
    expect(opens(combine([], []), combineOpenings([], []))).toBe(true)
  })

  it('sums the commitments of several meters to one of their total', () => {
    const openings = [310n, 0n, 4210n].map((value, i) => ({ value, opening: scalar(1000n + BigInt(i)) }))
    const total = combineOpenings(openings, [1n, 1n, 1n])
    expect(total.value).toBe(4520n)
    expect(opens(combine(openings.map(commitTo), [1n, 1n, 1n]), total)).toBe(true)
  })

  it('refuses weights that are too many, too few or too large', () => {
    const commitment = commit(1n, scalar(1n))
    expect(() => combine([commitment], [])).toThrow(/weights: expected one for each of 1, got 0/)
    expect(() => combineOpenings([], [1n])).toThrow(/weights: expected one for each of 0, got 1/)
    expect(() => combine([commitment], [1n << 63n])).toThrow(/weight: expected an integer between ±2\^63/)
    expect(() => combineOpenings([{ value: 1n, opening: scalar(1n) }], [-(1n << 63n)])).toThrow(/weight: expected an integer between/)
  })
})
