import { createDiffieHellman, type DiffieHellman } from 'node:crypto'
import { bitLength, fromBytes, toBytes } from './integers.ts'

/** OpenSSL's bounds on a Diffie–Hellman modulus, in bits (OPENSSL_DH_MAX_MODULUS_BITS and its least). */
const LEAST_MODULUS_BITS = 512
const MOST_MODULUS_BITS = 10_000
/** Bits up to which exponents are faster with BigInt: a call of OpenSSL costs about 20 of its multiplications. */
const SHORT_EXPONENT_BITS = 12

/** Computes base^exponent mod modulus by squaring and multiplying BigInts; for any modulus > 1 and exponent >= 0. */
export function plainPower(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n % modulus
  let square = base % modulus
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) result = (result * square) % modulus
    square = (square * square) % modulus
  }
  return result
}

/**
 * Powers modulo one odd number, by OpenSSL's BN_mod_exp.
 *
 * Node has no call for it, but the shared secret of Diffie–Hellman, y^x mod p, is one, and OpenSSL takes any odd p of
 * 512 to 10 000 bits for it. It refuses y outside [2, p − 2], x = 0, and a result of 0, 1 or p − 1 (SP 800-56A section
 * 5.7.1.1); those are worked out here. Keep the object: making it checks p for primality, which costs as much as several
 * powers.
 *
 * Assumes nothing about secrecy beyond what OpenSSL does today: it marks x as secret and takes the constant-time
 * path (BN_mod_exp_mont_consttime), but nobody documents that for this use, and the conversions to and from BigInt,
 * and what is refused and done again, do take time that depends on the values. Whoever can measure single
 * operations of a key's owner from close by (same core, same enclave) is not kept out.
 */
export class Modulus {
  readonly value: bigint
  readonly #length: number
  #handle: DiffieHellman | undefined
  #exponent: bigint | undefined

  /** @param value - odd, > 1; below 512 bits everything is done with BigInts */
  constructor(value: bigint) {
    this.value = value
    this.#length = Math.ceil(bitLength(value) / 8)
  }

  /** Computes base^exponent for a base in [0, modulus) and exponent >= 0. */
  power(base: bigint, exponent: bigint): bigint {
    if (base === 0n || base === 1n || exponent === 0n) return exponent === 0n ? 1n : base
    if (base === this.value - 1n) return (exponent & 1n) === 0n ? 1n : base
    const bits = bitLength(this.value)
    if (bits < LEAST_MODULUS_BITS || bits > MOST_MODULUS_BITS || exponent >> BigInt(SHORT_EXPONENT_BITS) === 0n) {
      return plainPower(base, exponent, this.value)
    }
    this.#handle ??= createDiffieHellman(toBytes(this.value, this.#length), 2)
    if (this.#exponent !== exponent) {
      this.#handle.setPrivateKey(toBytes(exponent, Math.ceil(bitLength(exponent) / 8)))
      this.#exponent = exponent
    }
    try {
      return fromBytes(this.#handle.computeSecret(toBytes(base, this.#length)))
    } catch (cause) {
      // Takes over a result of 0, 1 or modulus − 1; any other failure is not one of arithmetic.
      if ((cause as { code?: unknown }).code !== 'ERR_CRYPTO_OPERATION_FAILED') throw cause
      return plainPower(base, exponent, this.value)
    }
  }
}
