// A Paillier key that is the same for the same seed, so that two benchmarks compute with the same numbers.
import { checkPrimeSync } from 'node:crypto'
import { type KeyPair, LEAST_KEY_BITS, PrivateKey } from '@hushgrid/paillier'
import { SeededRng, toHex } from '@hushgrid/primitives'

/** A number of so many bits, uniform. */
export const randomBits = (rng: SeededRng, bits: number): bigint =>
  BigInt.asUintN(bits, BigInt(`0x${toHex(rng.bytes(Math.ceil(bits / 8)))}`))

/** A prime of just that length that is 3 modulo 4, its two highest bits set so that two of them have a product of twice the length. */
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
 * A key pair drawn as `generateKeyPair` draws one, from a seed. To measure with, never to encrypt with: whoever knows the
 * seed has the key.
 *
 * @param bits - of n; below {@link LEAST_KEY_BITS} it only shows that something runs
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
