// Public keys of X25519, and their points on edwards25519.
import { ed25519 } from '@noble/curves/ed25519.js'
import { checkLength, toHex } from '../bytes/bytes.ts'
import { WeakKeyError } from '../errors.ts'
import { belowPrime } from './identity.ts'

/** A point of edwards25519. */
export type EdwardsPoint = InstanceType<typeof ed25519.Point>

const { Fp } = ed25519.Point

/** u-coordinates below p whose multiples by a clamped scalar are zero (RFC 7748 section 6.1), little-endian. */
const LOW_ORDER = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`
])

/**
 * Refuses an X25519 public key with which no secret can be agreed on: of low order, not reduced modulo p or with the top
 * bit set, since two encodings of one key would count as two keys.
 *
 * @throws WeakKeyError
 */
export function checkAgreementKey(publicKey: Uint8Array): void {
  checkLength(publicKey, 32, 'blinding key')
  if (!belowPrime(publicKey)) throw new WeakKeyError('blinding key: expected a reduced u-coordinate, got one >= 2^255 - 19')
  if (LOW_ORDER.has(toHex(publicKey))) throw new WeakKeyError('blinding key: expected a point of large order, got one of low order')
}

/**
 * Refuses an X25519 public key that is not the image of a point of prime order on edwards25519: beside what
 * {@link checkAgreementKey} refuses, keys on the twist and keys with a part of low order. No secret has such a public key,
 * and what is agreed on with it could not be proved. Takes a scalar multiplication, about a millisecond.
 *
 * @throws WeakKeyError
 */
export function checkBlindingKey(publicKey: Uint8Array): void {
  edwardsPointOf(publicKey)
}

/**
 * Maps an X25519 public key to edwards25519 (RFC 7748 section 4.1): y = (u − 1) / (u + 1), with x even.
 *
 * @throws WeakKeyError unless it is canonical and of prime order
 */
export function edwardsPointOf(publicKey: Uint8Array): EdwardsPoint {
  checkAgreementKey(publicKey)
  const u = Fp.fromBytes(publicKey)
  // u + 1 is not zero, since −1 is of low order.
  const point = decodePoint(Fp.toBytes(Fp.div(Fp.sub(u, Fp.ONE), Fp.add(u, Fp.ONE))))
  if (!point) throw new WeakKeyError('blinding key: expected a point of curve25519, got one of its twist')
  if (!point.isTorsionFree()) throw new WeakKeyError('blinding key: expected a point of prime order, got one with a part of low order')
  return point
}

/**
 * Gives the encoding of {@link edwardsPointOf}, 32 bytes as in RFC 8032.
 *
 * @throws WeakKeyError unless the key is canonical and of prime order
 */
export function edwardsKeyOf(publicKey: Uint8Array): Uint8Array {
  return edwardsPointOf(publicKey).toBytes()
}

/** Decodes a point as RFC 8032 section 5.1.3 has it; gives undefined where the encoding is not canonical or no point's. */
export function decodePoint(encoded: Uint8Array): EdwardsPoint | undefined {
  try {
    return ed25519.Point.fromBytes(encoded)
  } catch {
    // The length is checked, so nothing else can be wrong with it.
    return undefined
  }
}

/** Gives u = (1 + y) / (1 − y) of a point other than the neutral one, 32 bytes. */
export function montgomeryOf(point: EdwardsPoint): Uint8Array {
  const { y } = point.toAffine()
  return Fp.toBytes(Fp.div(Fp.add(Fp.ONE, y), Fp.sub(Fp.ONE, y)))
}
