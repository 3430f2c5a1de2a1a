// Lattices of rank two, which break blindings that serve twice.
import { inverse, modulo } from '@hushgrid/paillier'

export type Vector = readonly [bigint, bigint]

const dot = (a: Vector, b: Vector): bigint => a[0] * b[0] + a[1] * b[1]
const det = (a: Vector, b: Vector): bigint => a[0] * b[1] - a[1] * b[0]
const less = (a: Vector, b: Vector, times: bigint): Vector => [a[0] - times * b[0], a[1] - times * b[1]]

/** Divides to the nearest integer. */
function nearest(value: bigint, divisor: bigint): bigint {
  const size = 2n * (divisor < 0n ? -divisor : divisor)
  const shifted = 2n * (divisor < 0n ? -value : value) + size / 2n
  return (shifted - modulo(shifted, size)) / size
}

/** Reduces a basis to the two shortest vectors of its lattice, the shortest first (Lagrange, Gauss). */
export function reduce(a: Vector, b: Vector): readonly [Vector, Vector] {
  let [short, long] = dot(a, a) <= dot(b, b) ? [a, b] : [b, a]
  for (;;) {
    const rest = less(long, short, nearest(dot(long, short), dot(short, short)))
    if (dot(rest, rest) >= dot(short, short)) return [short, rest]
    ;[short, long] = [rest, short]
  }
}

/**
 * Solves c1 = x1 + k1·r and c2 = x2 + k2·r modulo n for the smallest x1 and x2, whatever r is. They are the right ones where both
 * are well below the root of n.
 *
 * @returns undefined where k2 has no inverse
 */
export function solveSmall(n: bigint, [c1, c2]: Vector, [k1, k2]: Vector): Vector | undefined {
  const inverted = inverse(k2, n)
  if (inverted === undefined) return undefined
  // Without r: x1 − k·x2 = c1 − k·c2 modulo n, so (x1, x2) is (d, 0) less a vector of the lattice of all (k·y mod n, y).
  const k = modulo(k1 * inverted, n)
  const [a, b] = reduce([n, 0n], [k, 1n])
  const target: Vector = [modulo(c1 - k * c2, n), 0n]
  // Takes off the multiple of b that is nearest in the direction across a, then that of a (Babai).
  const above = less(target, b, nearest(det(a, target), det(a, b)))
  return less(above, a, nearest(dot(above, a), dot(a, a)))
}
