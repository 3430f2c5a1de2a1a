import { InterchangeError } from '../errors.ts'
import { gcd } from './integers.ts'
import { Modulus } from './modular-exponent.ts'

/** Bases that are tried: each fails for at most half of all n. */
const BASES = 64

/**
 * The primes of n out of a multiple of λ(n) (Miller 1976; Menezes, van Oorschot and Vanstone 1996, section 8.2.2): a
 * base's last power before 1, on the way up from the odd part of the multiple, is a root of 1, and one other than ±1
 * shares a factor with n when 1 is taken from it.
 *
 * @throws InterchangeError where that finds nothing: the number is no multiple of λ(n)
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
