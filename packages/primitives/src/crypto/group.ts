// ristretto255 (RFC 9496) by libsodium's own WebAssembly build. The only file that names the library.
//
// Compared with @noble/curves 2.4.0 and its window tables for G and H (Node 26, one of 2 shared cores; scripts' bench of
// billing measures both again), µs:
//
//                                     libsodium   noble
//   r·H, encoded                            107     249
//   commitment, encoded                     170     325
//   decode and add to a sum                  33      75
//
// Both are well kept, under permissive licences and without install scripts; libsodium also computes in constant time,
// which BigInt cannot. Neither has multi-scalar multiplication, and libsodium no table for H: a bill needs few
// multiplications. The standard build of libsodium.js lacks multiplication, so this is the sumo one.
import { hash } from 'node:crypto'
import sodium from 'libsodium-wrappers-sumo'
import { checkLength, concatBytes, equalBytes, u16, utf8 } from '../bytes/bytes.ts'
import { GroupEncodingError, InvalidArgumentError } from '../errors.ts'

await sodium.ready

/** Length of an encoded element and of an encoded scalar. */
export const ELEMENT_BYTES = 32
export const SCALAR_BYTES = 32
/** ℓ, the prime order of the group: 2^252 + 27742317777372353535851937790883648493 (RFC 9496 section 4). */
export const GROUP_ORDER = (1n << 252n) + 27742317777372353535851937790883648493n

declare const brand: unique symbol
/** An integer modulo the group's order, from 0 to ℓ − 1. */
export type Scalar = bigint & { readonly [brand]: 'Scalar' }

/** Gives the residue modulo ℓ of any integer. */
export function scalar(value: bigint): Scalar {
  const rest = value % GROUP_ORDER
  return (rest < 0n ? rest + GROUP_ORDER : rest) as Scalar
}

function fromLittleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}

/** Makes a scalar of 64 uniform bytes, little-endian: its bias is less than 2^−250 (RFC 9496 section 4.4). */
export function reduceToScalar(bytes: Uint8Array): Scalar {
  return scalar(fromLittleEndian(checkLength(bytes, 64, 'uniform bytes')))
}

/** Encodes a scalar in 32 bytes, little-endian. */
export function encodeScalar(value: Scalar): Uint8Array {
  return new Uint8Array(Buffer.from(value.toString(16).padStart(2 * SCALAR_BYTES, '0'), 'hex').reverse())
}

/**
 * Decodes a scalar of 32 bytes, little-endian.
 *
 * @param what - names it in the error
 * @throws GroupEncodingError at ℓ or above, where a second encoding of the same scalar would begin
 */
export function decodeScalar(bytes: Uint8Array, what = 'scalar'): Scalar {
  if (bytes.byteLength !== SCALAR_BYTES) throw new GroupEncodingError(`${what}: expected ${SCALAR_BYTES} bytes, got ${bytes.byteLength}`)
  const value = fromLittleEndian(bytes)
  if (value >= GROUP_ORDER)
    throw new GroupEncodingError(`${what}: expected a scalar below the group's order, got one that is not canonical`)
  return value as Scalar
}

/** An element of the group, as its only encoding: {@link G}, {@link H}, one computed from others, or one decoded and checked. */
export class Point {
  readonly #bytes: Uint8Array

  private constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** The identity: the empty sum. Never accepted from outside. */
  static readonly ZERO = new Point(new Uint8Array(ELEMENT_BYTES))

  /**
   * Decodes an element from 32 bytes (RFC 9496 section 4.3.1).
   *
   * @param what - names it in the error
   * @throws GroupEncodingError on any but a canonical encoding, and on the identity
   */
  static decode(bytes: Uint8Array, what = 'point'): Point {
    if (bytes.byteLength !== ELEMENT_BYTES)
      throw new GroupEncodingError(`${what}: expected ${ELEMENT_BYTES} bytes, got ${bytes.byteLength}`)
    if (bytes.every(byte => byte === 0))
      throw new GroupEncodingError(`${what}: expected an element other than the identity, got the identity`)
    if (!sodium.crypto_core_ristretto255_is_valid_point(bytes))
      throw new GroupEncodingError(`${what}: expected a canonical encoding of an element of ristretto255, got one that is not`)
    return new Point(Uint8Array.from(bytes))
  }

  /** Derives an element from 64 uniform bytes (RFC 9496 section 4.3.4); nobody knows its logarithm. */
  static fromUniform(bytes: Uint8Array): Point {
    return new Point(sodium.crypto_core_ristretto255_from_hash(checkLength(bytes, 64, 'uniform bytes')))
  }

  /** Gives the generator. */
  static generator(): Point {
    return new Point(sodium.crypto_scalarmult_ristretto255_base(encodeScalar(scalar(1n))))
  }

  static sum(points: Iterable<Point>): Point {
    let sum = Point.ZERO
    for (const point of points) sum = sum.add(point)
    return sum
  }

  isZero(): boolean {
    return this === Point.ZERO || equalBytes(this.#bytes, Point.ZERO.#bytes)
  }

  equals(other: Point): boolean {
    return equalBytes(this.#bytes, other.#bytes)
  }

  add(other: Point): Point {
    if (this.isZero()) return other
    return new Point(sodium.crypto_core_ristretto255_add(this.#bytes, other.#bytes))
  }

  /** Multiplies by an integer of either sign; constant-time in a scalar that is not a multiple of ℓ. */
  multiply(by: bigint): Point {
    const residue = scalar(by)
    if (residue === 0n || this.isZero()) return Point.ZERO
    const factor = encodeScalar(residue)
    return new Point(
      this === G ? sodium.crypto_scalarmult_ristretto255_base(factor) : sodium.crypto_scalarmult_ristretto255(factor, this.#bytes)
    )
  }

  /** Encodes the element in 32 bytes, canonical. */
  encode(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  toString(): string {
    return Buffer.from(this.#bytes).toString('hex')
  }
}

/** Lengths of the input and the output of SHA-512's compression function. */
const BLOCK_BYTES = 128
const DIGEST_BYTES = 64

/** Computes expand_message_xmd with SHA-512 to 64 bytes (RFC 9380 section 5.3.1), which take one block of output. */
function expandMessage(message: Uint8Array, domain: Uint8Array): Uint8Array {
  if (domain.byteLength > 255) throw new InvalidArgumentError('domain', 'at most 255 bytes', String(domain.byteLength))
  const suffix = concatBytes(domain, new Uint8Array([domain.byteLength]))
  const length = u16(DIGEST_BYTES).reverse()
  const digest = (...parts: readonly Uint8Array[]): Uint8Array => hash('sha512', concatBytes(...parts), 'buffer')
  const first = digest(new Uint8Array(BLOCK_BYTES), message, length, new Uint8Array(1), suffix)
  return digest(first, new Uint8Array([1]), suffix)
}

/** The suite's name (RFC 9380 appendix B and section 8.10), which every domain below ends with. */
const SUITE = 'ristretto255_XMD:SHA-512_R255MAP_RO_'

/**
 * Computes hash_to_ristretto255 (RFC 9380 appendix B): an element whose logarithm nobody knows.
 *
 * @param domain - of at most 255 bytes with the suite's name, which is appended as `-with-<suite>` (section 3.1)
 */
export function hashToGroup(message: string | Uint8Array, domain: string): Point {
  const bytes = typeof message === 'string' ? utf8(message) : message
  return Point.fromUniform(expandMessage(bytes, utf8(`${domain}-with-${SUITE}`)))
}

/** Generator that values are multiplied with. */
export const G = Point.generator()

/** String that {@link H} is hashed from. */
export const H_STRING = 'hushgrid/v1/billing/H'

/** Generator that openings are multiplied with, hashed from a stated string so that nobody knows log_G H. */
export const H = hashToGroup(H_STRING, 'hushgrid/v1/billing')
