// Ed25519 identities, SHA-256 and SHA-512.
import { createPrivateKey, createPublicKey, sign as cryptoSign, verify as cryptoVerify, hash, type KeyObject } from 'node:crypto'
import { checkLength, concatBytes, fromHex, toHex } from '../bytes/bytes.ts'
import { WeakKeyError } from '../errors.ts'
import type { Rng } from '../ports.ts'
import { type MeterId, meterId } from '../units.ts'

/** Field prime of curve25519, 2^255 − 19, little-endian. */
const PRIME = fromHex(`ed${'ff'.repeat(30)}7f`)

/**
 * y-coordinates of the points of order 1, 2, 4 and 8 on edwards25519, little-endian, sign bit clear. A signature
 * under such a key holds for nearly any message (RFC 8032 section 8.9 leaves them to the application).
 */
const SMALL_ORDER = new Set([
  `01${'00'.repeat(31)}`,
  `ec${'ff'.repeat(30)}7f`,
  '00'.repeat(32),
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a'
])

/** Computes SHA-256 of the concatenation. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha256', parts)
}

/** Computes SHA-512 of the concatenation. */
export function sha512(...parts: readonly Uint8Array[]): Uint8Array {
  return digest('sha512', parts)
}

function digest(algorithm: 'sha256' | 'sha512', parts: readonly Uint8Array[]): Uint8Array {
  const bytes = hash(algorithm, parts.length === 1 ? (parts[0] as Uint8Array) : concatBytes(...parts), 'buffer')
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

/** A signer: an {@link IdentityKey}, or a simulation's stand-in for one. */
export interface SigningKey {
  readonly id: MeterId
  /** Signs, in 64 bytes. */
  sign(message: Uint8Array): Uint8Array
}

/** A checker of one signer's signatures. */
export interface VerifyingKey {
  verify(message: Uint8Array, signature: Uint8Array): boolean
}

/**
 * Gives the key to check a signer's signatures with.
 *
 * @throws WeakKeyError where the id is not a key that may be trusted
 */
export type VerifierOf = (id: MeterId) => VerifyingKey

/** An Ed25519 key pair (RFC 8032). The secret half stays inside; printing or serialising one shows the id only. */
export class IdentityKey implements SigningKey {
  /** Public key in hexadecimal: a meter's id. */
  readonly id: MeterId
  readonly #secret: KeyObject
  readonly #seed: Uint8Array

  /** @param seed - the 32-byte secret of RFC 8032 section 5.1.5 */
  constructor(seed: Uint8Array) {
    this.#seed = Uint8Array.from(checkLength(seed, 32, 'identity seed'))
    this.#secret = createPrivateKey({ key: Buffer.from(seed), format: 'raw-private', asymmetricKeyType: 'ed25519' })
    this.id = meterId(createPublicKey(this.#secret).export({ format: 'raw-public' }))
  }

  static generate(rng: Rng): IdentityKey {
    return new IdentityKey(rng.bytes(32))
  }

  /** Signs, in 64 bytes. */
  sign(message: Uint8Array): Uint8Array {
    return new Uint8Array(cryptoSign(null, message, this.#secret))
  }

  /** Gives the 32-byte secret, for the key file and for libp2p. Never to be logged or sent. */
  exportSeed(): Uint8Array {
    return Uint8Array.from(this.#seed)
  }

  toJSON(): { id: MeterId } {
    return { id: this.id }
  }
}

/** An Ed25519 public key, ready for verification; keep it where one sender has many signatures to check. */
export class VerifyKey implements VerifyingKey {
  readonly #key: KeyObject

  /** @throws WeakKeyError on a non-canonical encoding or a point of small order */
  constructor(publicKey: Uint8Array) {
    checkVerifyKey(publicKey)
    this.#key = createPublicKey({ key: Buffer.from(publicKey), format: 'raw-public', asymmetricKeyType: 'ed25519' })
  }

  /**
   * Tells whether the signature holds (RFC 8032 section 5.1.7, cofactorless). OpenSSL refuses S >= L and compares R as
   * bytes, so only canonical signatures pass.
   */
  verify(message: Uint8Array, signature: Uint8Array): boolean {
    return signature.byteLength === 64 && cryptoVerify(null, message, this.#key, signature)
  }
}

/** Verifier by Ed25519, for every network. */
export const ed25519Verifier: VerifierOf = id => new VerifyKey(fromHex(id))

/**
 * Refuses Ed25519 public keys that are not canonical (RFC 8032 section 5.1.3) or of small order.
 *
 * @throws WeakKeyError
 */
export function checkVerifyKey(publicKey: Uint8Array): void {
  checkLength(publicKey, 32, 'public key')
  const y = Uint8Array.from(publicKey)
  y[31] = (y[31] as number) & 0x7f
  if (!belowPrime(y))
    throw new WeakKeyError('Ed25519 public key: expected a canonical encoding (RFC 8032 section 5.1.3), got one with y >= p')
  if (SMALL_ORDER.has(toHex(y))) throw new WeakKeyError('Ed25519 public key: expected a point of large order, got one of small order')
}

/** Tells whether a 32-byte little-endian number is below 2^255 − 19. */
export function belowPrime(bytes: Uint8Array): boolean {
  for (let i = 31; i >= 0; i--) {
    const difference = (bytes[i] as number) - (PRIME[i] as number)
    if (difference !== 0) return difference < 0
  }
  return false
}
