/**
 * Proofs that a secret is the one that two X25519 keys share: equality of discrete logarithms (Chaum and Pedersen, "Wallet
 * databases with observers", 1992) on edwards25519, made non-interactive by a hash of all that is shown (Fiat and Shamir
 * 1986). Whoever takes such a proof knows the pair's secret, and nothing else of the prover's.
 */
import { ed25519 } from '@noble/curves/ed25519.js'
import { checkLength, concatBytes } from '../bytes/bytes.ts'
import { InvalidArgumentError } from '../errors.ts'
import { decodePoint, type EdwardsPoint, edwardsPointOf, montgomeryOf } from './curve25519.ts'
import { sha512 } from './identity.ts'

/** Length of a proof: point Z, challenge e and response z, 32 bytes each. */
const SHARED_SECRET_PROOF_BYTES = 96

const { BASE, Fn } = ed25519.Point

/** The two keys of a pair, and what a proof is bound to. */
export interface ProvenPair {
  /** X25519 public key of the prover, 32 bytes. */
  readonly prover: Uint8Array
  /** X25519 public key of the other, 32 bytes. */
  readonly other: Uint8Array
  /** First bytes that the challenge is taken over: a label of the protocol, and the context that the proof is for. */
  readonly domain: Uint8Array
}

/**
 * Proves what two keys share, which shows it: `Z = a·Q` for the prover's secret a and the other's point Q, with challenge
 * `e = SHA-512(domain ‖ P ‖ Q ‖ Z ‖ k·B ‖ k·Q) mod ℓ` and response `z = k + e·a mod ℓ`.
 *
 * No constant time is to be had of JavaScript's integers, whose operations take as long as their values need, and the
 * secret stays in memory until it is collected. Multiplications by the secret are masked as the library does it, but an
 * attacker who can time this very call on the prover's machine, many times over, may learn of it. A prover makes one proof
 * for a pair, with a nonce of its own.
 *
 * @param secret - the prover's X25519 secret, 32 bytes, clamped here
 * @param nonce - 64 uniform bytes that nobody else knows; two proofs of different pairs or domains with one nonce show the secret
 * @returns 96 bytes: Z, e, z
 * @throws WeakKeyError unless the other's key is of prime order
 */
export function proveSharedSecret(secret: Uint8Array, { prover, other, domain }: ProvenPair, nonce: Uint8Array): Uint8Array {
  const [own, theirs] = [edwardsPointOf(prover), edwardsPointOf(other)]
  const k = reduced(checkLength(nonce, 64, 'nonce'))
  if (Fn.is0(k)) throw new InvalidArgumentError('nonce', 'one that is not zero modulo the group order', 'one that is')
  // u says nothing of the sign of x, so the secret belongs to P or to −P.
  const scalar = clamped(secret)
  const a = BASE.multiply(scalar).equals(own) ? scalar : Fn.neg(scalar)
  const shared = theirs.multiply(a)
  const e = challenge(domain, [own, theirs, shared, BASE.multiply(k), theirs.multiply(k)])
  const z = Fn.add(k, Fn.mul(e, a))
  return concatBytes(shared.toBytes(), Fn.toBytes(e), Fn.toBytes(z))
}

/**
 * Checks a proof.
 *
 * @returns the X25519 shared secret of the pair, 32 bytes; undefined where the proof does not hold, or is not in its only
 * encoding: e and z below ℓ, Z canonical and of prime order
 * @throws WeakKeyError unless both keys are of prime order
 */
export function provenSharedSecret({ prover, other, domain }: ProvenPair, proof: Uint8Array): Uint8Array | undefined {
  const [own, theirs] = [edwardsPointOf(prover), edwardsPointOf(other)]
  if (proof.byteLength !== SHARED_SECRET_PROOF_BYTES) return undefined
  const shared = decodePoint(proof.subarray(0, 32))
  const [e, z] = [littleEndian(proof.subarray(32, 64)), littleEndian(proof.subarray(64))]
  if (!shared || shared.is0() || !shared.isTorsionFree() || e >= Fn.ORDER || z >= Fn.ORDER) return undefined
  const byBase = BASE.multiplyUnsafe(z).subtract(own.multiplyUnsafe(e))
  const byOther = theirs.multiplyUnsafe(z).subtract(shared.multiplyUnsafe(e))
  if (challenge(domain, [own, theirs, shared, byBase, byOther]) !== e) return undefined
  return montgomeryOf(shared)
}

function challenge(domain: Uint8Array, points: readonly EdwardsPoint[]): bigint {
  return reduced(sha512(domain, ...points.map(point => point.toBytes())))
}

/** Clamps an X25519 secret (RFC 7748 section 5) and reduces it modulo ℓ. Never zero: no multiple of 8ℓ is in the range. */
function clamped(secret: Uint8Array): bigint {
  const bytes = Uint8Array.from(checkLength(secret, 32, 'blinding secret'))
  bytes[0] = (bytes[0] as number) & 0xf8
  bytes[31] = ((bytes[31] as number) & 0x7f) | 0x40
  const scalar = reduced(bytes)
  bytes.fill(0)
  return scalar
}

/** Reads a little-endian number modulo ℓ. */
function reduced(bytes: Uint8Array): bigint {
  return Fn.create(littleEndian(bytes))
}

function littleEndian(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
}
