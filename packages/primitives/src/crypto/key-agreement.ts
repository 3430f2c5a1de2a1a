// X25519 key pairs of a meter, what is agreed on with them, and what is derived from that.
import { createHmac, createPrivateKey, createPublicKey, diffieHellman, hkdfSync, type KeyObject } from 'node:crypto'
import { checkLength, toHex } from '../bytes/bytes.ts'
import { HushgridError, WeakKeyError } from '../errors.ts'
import type { Rng } from '../ports.ts'
import { checkAgreementKey } from './curve25519.ts'
import { proveSharedSecret } from './shared-secret-proof.ts'

/** An X25519 key pair (RFC 7748). The secret half stays inside; printing or serialising one shows the public half. */
export class BlindingKey {
  /** Public half, `blindingKey` of PROTOCOL.md section 2, 32 bytes. */
  readonly publicKey: Uint8Array
  #secret: KeyObject | undefined
  readonly #bytes: Uint8Array

  constructor(secret: Uint8Array) {
    this.#bytes = Uint8Array.from(checkLength(secret, 32, 'blinding secret'))
    const key = Buffer.from(secret)
    this.#secret = createPrivateKey({ key, format: 'raw-private', asymmetricKeyType: 'x25519' })
    key.fill(0)
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
    checkAgreementKey(publicKey)
    if (!this.#secret) throw new HushgridError('X25519: expected a secret half, which has been erased')
    const other = createPublicKey({ key: Buffer.from(publicKey), format: 'raw-public', asymmetricKeyType: 'x25519' })
    const output = diffieHellman({ privateKey: this.#secret, publicKey: other })
    const shared = Uint8Array.from(output)
    output.fill(0)
    if (shared.every(byte => byte === 0)) throw new WeakKeyError('X25519: expected a shared secret, got all zeros')
    return shared
  }

  /**
   * Proves what {@link agree} gives for another's key, and shows it; see {@link proveSharedSecret}. The secret half is not
   * shown.
   *
   * @param domain - a label of the protocol and the context that the proof is for
   * @param nonce - 64 uniform bytes that nobody else knows, another for each pair and domain
   * @returns 96 bytes
   * @throws WeakKeyError unless the other's key is of prime order
   */
  proveShared(publicKey: Uint8Array, domain: Uint8Array, nonce: Uint8Array): Uint8Array {
    if (!this.#secret) throw new HushgridError('X25519: expected a secret half, which has been erased')
    return proveSharedSecret(this.#bytes, { prover: this.publicKey, other: publicKey, domain }, nonce)
  }

  /** Overwrites the secret half with zeros, as far as it is held here. Nothing can be agreed on from then on. */
  erase(): void {
    this.#bytes.fill(0)
    this.#secret = undefined
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

/** Computes HMAC-SHA-256 (RFC 2104), 32 bytes. */
export function hmacSha256(key: Uint8Array, message: Uint8Array): Uint8Array {
  const mac = createHmac('sha256', key).update(message).digest()
  return new Uint8Array(mac.buffer, mac.byteOffset, mac.byteLength)
}
