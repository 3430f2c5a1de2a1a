/** GF(2^8) with reduction polynomial 0x11B by tables of powers and logarithms, to compare with. The generator is x + 1. */
const powers: number[] = []
const logarithms = new Map<number, number>()
for (let power = 1, exponent = 0; exponent < 255; exponent++) {
  powers.push(power)
  logarithms.set(power, exponent)
  const twice = 2 * power
  power ^= twice > 255 ? twice ^ 0x11b : twice
}

export function otherProduct(a: number, b: number): number {
  const [x, y] = [logarithms.get(a), logarithms.get(b)]
  return x === undefined || y === undefined ? 0 : (powers[(x + y) % 255] as number)
}

export function otherInverse(a: number): number {
  return powers[(255 - (logarithms.get(a) as number)) % 255] as number
}

/** A polynomial at a point. */
function otherValue(coefficients: readonly number[], at: number): number {
  return coefficients.reduceRight((sum, coefficient) => otherProduct(sum, at) ^ coefficient, 0)
}

/** Shares of the polynomials whose coefficients are the columns: one vector for each point. */
export function otherShares(coefficients: readonly Uint8Array[], points: readonly number[]): Uint8Array[] {
  return points.map(point =>
    Uint8Array.from({ length: 16 }, (_, column) =>
      otherValue(
        coefficients.map(vector => vector[column] as number),
        point
      )
    )
  )
}
