// What follows from linear equations modulo 2^64.

const reduced = (value: bigint): bigint => BigInt.asUintN(64, value)

/** Computes the inverse of an odd number: each step of Newton's doubles the bits that are right. */
function inverseOf(odd: bigint): bigint {
  let inverse = odd
  for (let bits = 3; bits < 64; bits *= 2) inverse = reduced(inverse * (2n - odd * inverse))
  return inverse
}

/** All combinations of some rows. */
export class Span {
  /** Rows with a one in a column of their own, in which all later rows have zero. */
  readonly #rows: { readonly row: readonly bigint[]; readonly pivot: number }[] = []
  #even: (readonly bigint[])[] = []

  add(row: readonly bigint[]): void {
    const rest = this.#reduce(row)
    const pivot = rest.findIndex(value => value % 2n === 1n)
    if (pivot >= 0) {
      const inverse = inverseOf(rest[pivot] as bigint)
      this.#rows.push({ row: rest.map(value => reduced(value * inverse)), pivot })
    } else if (rest.some(value => value !== 0n)) this.#even.push(rest)
  }

  /**
   * Tells whether a row is a combination of the others.
   *
   * @throws Error where rows are left that have even coefficients only: they would tell some bits of something
   */
  contains(row: readonly bigint[]): boolean {
    this.#even = this.#even.map(each => this.#reduce(each)).filter(each => each.some(value => value !== 0n))
    if (this.#even.length > 0) throw new Error('span: expected rows with odd coefficients, got even ones')
    return this.#reduce(row).every(value => value === 0n)
  }

  #reduce(row: readonly bigint[]): bigint[] {
    let rest = row.map(reduced)
    for (const { row: own, pivot } of this.#rows) {
      const factor = rest[pivot] as bigint
      if (factor !== 0n) rest = rest.map((value, i) => reduced(value - factor * (own[i] as bigint)))
    }
    return rest
  }
}
