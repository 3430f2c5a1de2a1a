// Integers of any size: bytes, inverses, random ones. None of it takes constant time.
import { InvalidArgumentError, type Rng } from '@hushgrid/primitives'

/** Counts the bits of a non-negative integer without leading zeros; 0 of zero. */
export function bitLength(value: bigint): number {
  const hex = value.toString(16)
  return 4 * hex.length - (Math.clz32(Number.parseInt(hex.charAt(0), 16)) - 28)
}

/** Gives the remainder in [0, modulus). */
export function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/**
 * Encodes big-endian, filled up with zeros to that many bytes.
 *
 * @throws InvalidArgumentError where it does not fit
 */
export function toBytes(value: bigint, length: number): Uint8Array {
  const hex = value.toString(16)
  if (value < 0n || hex.length > 2 * length) throw new InvalidArgumentError('integer', `one of ${length} bytes`, 'another')
  return new Uint8Array(Buffer.from(hex.padStart(2 * length, '0'), 'hex'))
}

/** Decodes an integer from big-endian bytes. */
export function fromBytes(bytes: Uint8Array): bigint {
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  return hex === '' ? 0n : BigInt(`0x${hex}`)
}

/** Computes the greatest common divisor of two non-negative integers (Euclid). */
export function gcd(a: bigint, b: bigint): bigint {
  let [x, y] = [a, b]
  while (y !== 0n) [x, y] = [y, x % y]
  return x
}

/** Computes the least common multiple of two positive integers. */
export function lcm(a: bigint, b: bigint): bigint {
  return (a / gcd(a, b)) * b
}

/** Computes the inverse modulo a modulus, in [1, modulus), or undefined where there is none (extended Euclid). */
export function inverse(value: bigint, modulus: bigint): bigint | undefined {
  let [x, y] = [modulo(value, modulus), modulus]
  let [u, v] = [1n, 0n]
  while (y !== 0n) {
    const quotient = x / y
    ;[x, y] = [y, x - quotient * y]
    ;[u, v] = [v, u - quotient * v]
  }
  return x === 1n ? modulo(u, modulus) : undefined
}

/** Draws a uniform integer of at most so many bits. */
export function randomBits(rng: Rng, bits: number): bigint {
  return BigInt.asUintN(bits, fromBytes(rng.bytes(Math.ceil(bits / 8))))
}

/** Draws a uniform integer from [0, bound), again until it is below. */
export function randomBelow(rng: Rng, bound: bigint): bigint {
  if (bound <= 0n) throw new InvalidArgumentError('bound', 'a positive integer', 'one that is not')
  const bits = bitLength(bound - 1n)
  for (;;) {
    const drawn = randomBits(rng, bits)
    if (drawn < bound) return drawn
  }
}

/** Draws a uniform unit modulo n. */
export function randomUnit(rng: Rng, n: bigint): bigint {
  for (;;) {
    const drawn = randomBelow(rng, n)
    if (gcd(drawn, n) === 1n) return drawn
  }
}
