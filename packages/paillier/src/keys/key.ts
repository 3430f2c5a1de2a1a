import { generatePrimeSync } from 'node:crypto'
import { bitLength, gcd } from '../arithmetic/integers.ts'
import { KeySizeError } from '../errors.ts'
import { PrivateKey } from './private-key.ts'
import type { PublicKey } from './public-key.ts'

/** Sizes of n in bits that keys are made of: 112 bits of security, 128, and more. */
export const KEY_BITS: readonly number[] = [2048, 3072, 4096]
/** Least size of an insecure key: shorter primes are so few that the draw might not end. */
const LEAST_DRAWN_BITS = 64

/** Both halves of a key. */
export interface KeyPair {
  readonly publicKey: PublicKey
  readonly privateKey: PrivateKey
}

/**
 * Makes a new key pair. OpenSSL draws the primes, p ≡ q ≡ 3 mod 4, until gcd(p − 1, q − 1) = 2 (both for the short
 * obfuscators of Damgård, Jurik and Nielsen 2010, section 4.2), n has exactly the bits asked for, gcd(n, (p − 1)(q − 1))
 * = 1, and |p − q| > 2^(bits/2 − 100) (FIPS 186-5 appendix A.1.3). Takes from a tenth of a second to some seconds.
 *
 * @param bits - 2048, 3072 or 4096; with `insecure` any even number from 64
 * @throws KeySizeError on any other size
 */
export function generateKeyPair(bits: number, options: { insecure?: boolean } = {}): KeyPair {
  const allowed = options.insecure === true ? Number.isInteger(bits) && bits % 2 === 0 && bits >= LEAST_DRAWN_BITS : KEY_BITS.includes(bits)
  if (!allowed) {
    const expected = options.insecure === true ? `an even number from ${LEAST_DRAWN_BITS}` : KEY_BITS.join(', ')
    throw new KeySizeError(`bits: expected ${expected}, got ${bits}`)
  }
  const half = bits / 2
  const prime = (): bigint => generatePrimeSync(half, { add: 4n, rem: 3n, bigint: true })
  const apart = 1n << BigInt(Math.max(0, half - 100))
  for (;;) {
    const [p, q] = [prime(), prime()]
    const difference = p > q ? p - q : q - p
    if (difference <= apart || bitLength(p * q) !== bits || gcd(p - 1n, q - 1n) !== 2n) continue
    if (gcd(p * q, (p - 1n) * (q - 1n)) !== 1n) continue
    const privateKey = new PrivateKey(p, q, options)
    return { publicKey: privateKey.publicKey, privateKey }
  }
}
