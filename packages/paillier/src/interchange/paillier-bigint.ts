// Keys in the form of the package paillier-bigint (its classes PublicKey and PrivateKey): plain objects of BigInts.

import { primesOf } from '../arithmetic/factor.ts'
import { inverse, lcm } from '../arithmetic/integers.ts'
import { InterchangeError } from '../errors.ts'
import { PrivateKey } from '../keys/private-key.ts'
import { PublicKey } from '../keys/public-key.ts'

/** `PublicKey` of paillier-bigint. */
export interface PaillierBigintPublicKey {
  readonly n: bigint
  readonly g: bigint
}

/** `PrivateKey` of paillier-bigint, with its primes, which it takes as the last two arguments of its constructor. */
export interface PaillierBigintPrivateKey {
  readonly lambda: bigint
  readonly mu: bigint
  readonly publicKey: PaillierBigintPublicKey
  readonly p?: bigint
  readonly q?: bigint
}

/** Gives the arguments of `new PublicKey(n, g)` of paillier-bigint. */
export function toPaillierBigint(key: PublicKey): PaillierBigintPublicKey {
  return { n: key.n, g: key.g }
}

/**
 * Reads a public key of paillier-bigint, without `hs`, which it does not know.
 *
 * @throws InterchangeError where g is not n + 1 (its keys have a random g unless asked for the simple variant)
 * @throws KeySizeError on a modulus that is too short
 */
export function fromPaillierBigint(key: PaillierBigintPublicKey, options: { insecure?: boolean } = {}): PublicKey {
  if (key.g !== key.n + 1n) throw new InterchangeError('g: expected n + 1 (the simple variant of paillier-bigint), got another generator')
  return new PublicKey(key.n, options)
}

/** Gives the arguments of `new PrivateKey(lambda, mu, publicKey, p, q)` of paillier-bigint. Secret: never to be logged or sent. */
export function toPaillierBigintPrivate(key: PrivateKey): Required<PaillierBigintPrivateKey> {
  const { p, q } = key.exportPrimes()
  const lambda = lcm(p - 1n, q - 1n)
  const mu = inverse(lambda, p * q)
  // Relies on the primes, which were checked when the key was made.
  if (mu === undefined) throw new InterchangeError('lambda: expected a unit modulo n, got one that is not')
  return { lambda, mu, publicKey: toPaillierBigint(key.publicKey), p, q }
}

/**
 * Reads a private key of paillier-bigint, by its primes where it has them, else by lambda, from which they follow.
 *
 * @throws InterchangeError where g is not n + 1, or lambda, mu, p, q and n do not belong together
 * @throws KeySizeError on a modulus or a prime that is too short, and on primes that are none
 */
export function fromPaillierBigintPrivate(key: PaillierBigintPrivateKey, options: { insecure?: boolean } = {}): PrivateKey {
  const { n } = fromPaillierBigint(key.publicKey, options)
  if ((key.lambda * key.mu) % n !== 1n) throw new InterchangeError('mu: expected the inverse of lambda modulo n, got another number')
  const { p, q } = key.p !== undefined && key.q !== undefined ? { p: key.p, q: key.q } : primesOf(n, key.lambda)
  if (p * q !== n) throw new InterchangeError('p, q: expected the primes of n, got others')
  return PrivateKey.ofPrimes(p, q, options)
}
