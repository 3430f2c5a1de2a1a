// Paillier key from a seed, so that two benchmarks compute with the same numbers.
import { checkPrimeSync } from 'node:crypto'
import { type KeyPair, LEAST_KEY_BITS, PrivateKey } from '@hushgrid/paillier'
import { SeededRng, toHex } from '@hushgrid/primitives'

/** Draws a uniform number of so many bits. */
export const randomBits = (rng: SeededRng, bits: number): bigint =>
  BigInt.asUintN(bits, BigInt(`0x${toHex(rng.bytes(Math.ceil(bits / 8)))}`))

/** Draws a prime of that length, 3 modulo 4; its two highest bits are set, so that two such have a product of twice the length. */
function seededPrime(rng: SeededRng, bits: number): bigint {
  const fixed = (3n << BigInt(bits - 2)) | 3n
  for (;;) {
    const candidate = randomBits(rng, bits) | fixed
    if (checkPrimeSync(candidate)) return candidate
  }
}

function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/**
 * Draws a key pair from a seed as `generateKeyPair` does. To measure with, never to encrypt with: whoever knows the seed
 * has the key.
 *
 * @param bits - length of n; below {@link LEAST_KEY_BITS} it only shows that something runs
 */
export function seededPaillierKey(bits: number, seed: string): KeyPair {
  const rng = new SeededRng(`${seed} paillier ${bits}`)
  for (;;) {
    const [p, q] = [seededPrime(rng, bits / 2), seededPrime(rng, bits / 2)]
    if (gcd(p - 1n, q - 1n) !== 2n || gcd(p * q, (p - 1n) * (q - 1n)) !== 1n) continue
    const privateKey = new PrivateKey(p, q, { insecure: bits < LEAST_KEY_BITS })
    return { publicKey: privateKey.publicKey, privateKey }
  }
}
