import { InterchangeError } from '../errors.ts'
import { gcd } from './integers.ts'
import { Modulus } from './modular-exponent.ts'

/** Number of bases that are tried: each fails for at most half of all n. */
const BASES = 64

/**
 * Finds the primes of n by a multiple of λ(n) (Miller 1976; Menezes, van Oorschot and Vanstone 1996, section 8.2.2). A
 * base is squared, from its power by the odd part of the multiple on, up to 1. The last power before 1 is a root of 1;
 * less 1, a root other than ±1 shares a factor with n.
 *
 * @throws InterchangeError where it finds nothing: the number is no multiple of λ(n)
 */
export function primesOf(n: bigint, multiple: bigint): { p: bigint; q: bigint } {
  if (multiple <= 0n || n <= 1n || (n & 1n) === 0n) throw new InterchangeError('lambda: expected a multiple of λ(n), got one that is not')
  let odd = multiple
  let twos = 0
  while ((odd & 1n) === 0n) {
    odd >>= 1n
    twos++
  }
  const modulus = new Modulus(n)
  for (let base = 2n; base < 2n + BigInt(BASES) && base < n; base++) {
    let root = modulus.power(base, odd)
    for (let i = 0; i <= twos && root !== 1n && root !== n - 1n; i++) {
      const square = (root * root) % n
      if (square === 1n) {
        const p = gcd(root - 1n, n)
        return { p, q: n / p }
      }
      root = square
    }
  }
  throw new InterchangeError('lambda: expected a multiple of λ(n), got one that is not')
}
