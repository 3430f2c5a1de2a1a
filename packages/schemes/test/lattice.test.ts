import { expect, it } from 'vitest'
import { reduce, solveSmall } from '../src/lattice.ts'

it('reduces a basis to short vectors of the same lattice', () => {
  const [a, b] = reduce([1_000_003n, 0n], [123_456n, 1n])
  expect(a[0] * b[1] - a[1] * b[0]).toSatisfy((det: bigint) => det === 1_000_003n || det === -1_000_003n)
  for (const [x, y] of [a, b]) expect((x - 123_456n * y) % 1_000_003n).toBe(0n)
  // The product of both lengths is at most 2/√3 of the determinant.
  const squares = [a, b].map(([x, y]) => x * x + y * y) as [bigint, bigint]
  expect(3n * squares[0] * squares[1]).toBeLessThanOrEqual(4n * 1_000_003n ** 2n)
  expect(squares[0]).toBeLessThanOrEqual(squares[1])
})

it('leaves a reduced basis as it is, in order of length', () => {
  expect(reduce([0n, 3n], [2n, 0n])).toEqual([
    [2n, 0n],
    [0n, 3n]
  ])
})

it.each([
  [5n, 7n],
  [-312n, 298n],
  [0n, -1n],
  [0n, 0n]
])('finds %d and %d from two equations with one unknown', (x1, x2) => {
  const n = (1n << 89n) - 1n
  const [k1, k2, r] = [0x1234567890abcdefn, 0xfedcba9876543210fn, 0x55aa55aa55aa55aa55aan]
  expect(solveSmall(n, [x1 + k1 * r, x2 + k2 * r], [k1, k2])).toEqual([x1, x2])
})

it('finds nothing where a factor has no inverse', () => {
  expect(solveSmall(15n, [1n, 2n], [2n, 5n])).toBeUndefined()
})
