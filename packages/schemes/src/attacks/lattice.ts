// Lattices of rank two, as attackers reduce them (Lagrange, Gauss): the closest of its points for two numbers far below √N.

type Vector = readonly [bigint, bigint]

const dot = ([a, b]: Vector, [c, d]: Vector): bigint => a * c + b * d

/** Divides to the nearest integer. */
function rounded(dividend: bigint, divisor: bigint): bigint {
  const twice = 2n * dividend + divisor
  const quotient = twice / (2n * divisor)
  return twice < 0n && quotient * 2n * divisor !== twice ? quotient - 1n : quotient
}

const less = ([a, b]: Vector, times: bigint, [c, d]: Vector): Vector => [a - times * c, b - times * d]

/** Reduces a basis: the first vector gets as short as any of the lattice, the second as short as any beside it. */
function reduced(one: Vector, other: Vector): readonly [Vector, Vector] {
  let [short, long] = dot(one, one) < dot(other, other) ? [one, other] : [other, one]
  for (;;) {
    const next = less(long, rounded(dot(short, long), dot(short, short)), short)
    if (dot(next, next) >= dot(short, short)) return [short, next]
    ;[short, long] = [next, short]
  }
}

/**
 * Finds small x and y with x·factor − y = rest modulo n. They are the only ones where both are far below √n.
 *
 * All pairs that solve it are one of them plus the lattice of (1, factor) and (0, n); the smallest is what is left of it beside
 * the lattice point next to it (Babai).
 */
export function smallSolution(factor: bigint, rest: bigint, n: bigint): Vector {
  const [a, b] = reduced([1n, factor], [0n, n])
  let pair: Vector = [0n, -rest]
  const determinant = a[0] * b[1] - a[1] * b[0]
  // Cramer's rule gives the point's coordinates in the reduced basis.
  const first = rounded(sign(determinant) * (pair[0] * b[1] - pair[1] * b[0]), magnitude(determinant))
  const second = rounded(sign(determinant) * (a[0] * pair[1] - a[1] * pair[0]), magnitude(determinant))
  pair = less(less(pair, first, a), second, b)
  return pair
}

const sign = (value: bigint): bigint => (value < 0n ? -1n : 1n)
const magnitude = (value: bigint): bigint => (value < 0n ? -value : value)
