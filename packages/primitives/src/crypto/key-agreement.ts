import { createPrivateKey, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto'
import { checkLength, toHex } from '../bytes/bytes.ts'
import { WeakKeyError } from '../errors.ts'
import type { Rng } from '../ports.ts'
import { belowPrime } from './identity.ts'

/** u-coordinates below p whose multiples by a clamped scalar are zero (RFC 7748 section 6.1), little-endian. */
const LOW_ORDER = new Set([
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  'e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800',
  '5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157',
  `ec${'ff'.repeat(30)}7f`
])

/**
 * Refuses an X25519 public key of low order, not reduced modulo p or with the top bit set: two encodings of one key
 * would count as two keys.
 *
 * @throws WeakKeyError
 */
export function checkBlindingKey(publicKey: Uint8Array): void {
  checkLength(publicKey, 32, 'blinding key')
  if (!belowPrime(publicKey)) throw new WeakKeyError('blinding key: expected a reduced u-coordinate, got one >= 2^255 - 19')
  if (LOW_ORDER.has(toHex(publicKey))) throw new WeakKeyError('blinding key: expected a point of large order, got one of low order')
}

/** An X25519 key pair (RFC 7748). The secret half stays inside; printing or serialising one shows the public half. */
export class BlindingKey {
  /** Public half, `blindingKey` of PROTOCOL.md section 2, 32 bytes. */
  readonly publicKey: Uint8Array
  readonly #secret: KeyObject
  readonly #bytes: Uint8Array

  constructor(secret: Uint8Array) {
    this.#bytes = Uint8Array.from(checkLength(secret, 32, 'blinding secret'))
    this.#secret = createPrivateKey({ key: Buffer.from(secret), format: 'raw-private', asymmetricKeyType: 'x25519' })
    this.publicKey = new Uint8Array(createPublicKey(this.#secret).export({ format: 'raw-public' }))
  }

  static generate(rng: Rng): BlindingKey {
    return new BlindingKey(rng.bytes(32))
  }

  /**
   * Computes X25519(own secret, other's public key), 32 bytes.
   *
   * @throws WeakKeyError where the output is all zero
   */
  agree(publicKey: Uint8Array): Uint8Array {
    checkBlindingKey(publicKey)
    const other = createPublicKey({ key: Buffer.from(publicKey), format: 'raw-public', asymmetricKeyType: 'x25519' })
    const shared = new Uint8Array(diffieHellman({ privateKey: this.#secret, publicKey: other }))
    if (shared.every(byte => byte === 0)) throw new WeakKeyError('X25519: expected a shared secret, got all zeros')
    return shared
  }

  /** Gives the 32-byte secret, for the key file. Never to be logged or sent. */
  exportSecret(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  toJSON(): { publicKey: string } {
    return { publicKey: toHex(this.publicKey) }
  }
}

/** Computes HKDF-SHA-256 (RFC 5869). */
export function hkdfSha256(ikm: Uint8Array, salt: Uint8Array, info: Uint8Array, length: number): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', ikm, salt, info, length))
}
