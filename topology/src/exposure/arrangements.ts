/**
 * Exact counts of how colluders can stand on the ring, by the gaps between honest members.
 *
 * Seen from one honest member, going round, a ring of H honest members and C colluders is a row of H gaps that hold C
 * colluders in all; each of the binom(n − 1, C) rows is equally likely. Two honest members next to each other in that
 * order are mask neighbours unless d/2 or more colluders stand between them: such a gap is called wide. Since masks reach
 * d/2 positions to either side, the honest members fall into separate parts exactly at wide gaps, if there are two or
 * more of them.
 */
export interface Arrangement {
  /** H, at least 1. */
  readonly honest: number
  /** C, members marked absent counted in: neither keeps a mask between honest ones. */
  readonly colluding: number
  /** d/2: so many colluders in a row part the honest members on either side. */
  readonly reach: number
}

/**
 * Chance that some part holds fewer than `size` honest members, exact (integer arithmetic until the last division).
 * Where all honest members are fewer than `size`, it is 1.
 */
export function chanceOfSmallPart({ honest, colluding, reach }: Arrangement, size: number): number {
  if (honest < size) return 1
  const factorial = factorials(honest + colluding)
  const choose = (n: number, k: number): bigint =>
    k < 0 || k > n ? 0n : (factorial[n] as bigint) / ((factorial[k] as bigint) * (factorial[n - k] as bigint))
  // Rows in which some given m gaps are wide, and the others anything.
  const given: bigint[] = []
  for (let m = 0; m <= honest && m * reach <= colluding; m++) given.push(choose(colluding - m * reach + honest - 1, honest - 1))
  // Rows in which exactly some given gaps are wide: by inclusion and exclusion over the others.
  const rows = (wide: number): bigint => {
    let sum = 0n
    let subsets = 1n
    for (let m = wide; m < given.length; m++) {
      sum += subsets * (given[m] as bigint) * ((m - wide) % 2 === 0 ? 1n : -1n)
      subsets = (subsets * BigInt(honest - m)) / BigInt(m - wide + 1)
    }
    return sum
  }
  const all = choose(honest + colluding - 1, colluding)
  let good = rows(0)
  for (let wide = 1; wide < given.length; wide++) {
    const sets = spacedSets(honest, wide, size, choose)
    if (sets === 0n) break
    good += sets * rows(wide)
  }
  return ratio(all - good, all)
}

/** Sets of `wide` out of `gaps` gaps in a circle that leave at least `size` honest members between any two. */
function spacedSets(gaps: number, wide: number, size: number, choose: (n: number, k: number) => bigint): bigint {
  const free = gaps - wide * (size - 1)
  // Kaplansky's lemma.
  return free < wide ? 0n : (BigInt(gaps) * choose(free, wide)) / BigInt(free)
}

/** 0! … n! */
function factorials(n: number): bigint[] {
  const out = [1n]
  for (let i = 1; i <= n; i++) out.push((out[i - 1] as bigint) * BigInt(i))
  return out
}

/** Quotient of two integers as a number, right to 2^-52 however large they are. */
export function ratio(numerator: bigint, denominator: bigint): number {
  if (numerator === 0n) return 0
  const shift = 64 + bits(denominator) - bits(numerator)
  const quotient = shift >= 0 ? (numerator << BigInt(shift)) / denominator : numerator / (denominator << BigInt(-shift))
  return Number(quotient) * 2 ** -shift
}

function bits(value: bigint): number {
  return value.toString(16).length * 4
}
