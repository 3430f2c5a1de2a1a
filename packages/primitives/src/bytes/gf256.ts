/**
 * GF(2^8) with reduction polynomial x^8 + x^4 + x^3 + x + 1 (0x11B), as in AES (FIPS 197 section 4). Elements of one
 * byte here are public: points and coefficients. Secrets are handled in vectors ({@link gfCombine}), without a table or
 * a branch that depends on it.
 */

import { InvalidArgumentError } from '../errors.ts'

/** Computes x · a. */
function doubled(a: number): number {
  return ((a << 1) ^ (0x11b & -(a >>> 7))) & 0xff
}

/** Computes the product of two elements, by shifting and adding. */
export function gfMultiply(a: number, b: number): number {
  let product = 0
  let shifted = a
  for (let bit = 0; bit < 8; bit++) {
    product ^= shifted & -((b >>> bit) & 1)
    shifted = doubled(shifted)
  }
  return product
}

/**
 * Computes the inverse of an element, a^254.
 *
 * @throws InvalidArgumentError for 0, which has none
 */
export function gfInverse(a: number): number {
  if (a === 0) throw new InvalidArgumentError('element of GF(2^8)', 'one that has an inverse', '0')
  let power = a
  let product = 1
  for (let bit = 1; bit < 8; bit++) {
    power = gfMultiply(power, power)
    product = gfMultiply(product, power)
  }
  return product
}

/**
 * Computes Lagrange's coefficients: `F(at) = Σ coefficients[i] · F(points[i])` for every polynomial F of degree below
 * the number of points (Shamir, How to share a secret, 1979).
 *
 * @param points - distinct elements
 * @throws InvalidArgumentError where a point occurs twice
 */
export function lagrangeCoefficients(points: readonly number[], at: number): Uint8Array {
  return Uint8Array.from(points, (point, i) => {
    let above = 1
    let below = 1
    points.forEach((other, j) => {
      if (i === j) return
      above = gfMultiply(above, at ^ other)
      below = gfMultiply(below, point ^ other)
    })
    return gfMultiply(above, gfInverse(below))
  })
}

/** Length of a vector of GF(2^8): four words. */
export const GF_VECTOR_BYTES = 16

/**
 * Computes `Σ coefficients[i] · vectors[i]`, byte by byte. The coefficients are public; the vectors may be secret: their
 * bits are only shifted, masked and added, 4 bytes of a word at a time.
 *
 * @param coefficients - one byte a vector
 * @param vectors - 16 bytes each, one after the other
 * @returns 16 bytes
 */
export function gfCombine(coefficients: Uint8Array, vectors: Uint8Array): Uint8Array {
  const count = coefficients.byteLength
  if (vectors.byteLength !== GF_VECTOR_BYTES * count)
    throw new InvalidArgumentError('vectors', `${GF_VECTOR_BYTES} bytes for each of ${count} coefficients`, `${vectors.byteLength} bytes`)
  // Copies, so that the words are aligned.
  const words = new Uint32Array(4 * count)
  new Uint8Array(words.buffer).set(vectors)
  let [a, b, c, d] = [0, 0, 0, 0]
  for (let bit = 7; bit >= 0; bit--) {
    // Applies Horner's rule over the bits of the coefficients: the sum so far times x, each byte of a word for itself.
    a = doubledWord(a)
    b = doubledWord(b)
    c = doubledWord(c)
    d = doubledWord(d)
    for (let i = 0; i < count; i++) {
      if ((((coefficients[i] as number) >>> bit) & 1) === 0) continue
      a ^= words[4 * i] as number
      b ^= words[4 * i + 1] as number
      c ^= words[4 * i + 2] as number
      d ^= words[4 * i + 3] as number
    }
  }
  words.fill(0)
  return new Uint8Array(Uint32Array.of(a, b, c, d).buffer)
}

/** Multiplies each of the four bytes of a word by x. */
function doubledWord(word: number): number {
  return ((word & 0x7f7f7f7f) << 1) ^ (((word >>> 7) & 0x01010101) * 0x1b)
}
