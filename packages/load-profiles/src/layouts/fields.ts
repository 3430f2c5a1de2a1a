/** Readings of one household beyond this, in W or in Wh per interval, are taken for a wrong unit or a wrong column. */
export const PLAUSIBLE = 1e7

/** Greatest common divisor of two whole numbers, not both zero. */
export function gcd(a: number, b: number): number {
  let x = Math.abs(a)
  let y = Math.abs(b)
  while (y !== 0) [x, y] = [y, x % y]
  return x
}
