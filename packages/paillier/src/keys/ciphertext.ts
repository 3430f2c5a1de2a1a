import { toHex } from '@hushgrid/primitives'
import { toBytes } from '../arithmetic/integers.ts'
import type { PublicKey } from './public-key.ts'

/**
 * A number encrypted under one key. Only the key makes them: {@link PublicKey.encrypt} and the operations, and
 * {@link PublicKey.ciphertext} and {@link PublicKey.decodeCiphertext}, which check that it is a unit modulo n².
 */
export class Ciphertext {
  readonly key: PublicKey
  /** In [1, n²), a unit modulo n². */
  readonly value: bigint

  /** Without any check: the caller knows that the value is a unit modulo n². */
  constructor(key: PublicKey, value: bigint) {
    this.key = key
    this.value = value
  }

  /** Big-endian, always {@link PublicKey.ciphertextBytes} long. */
  toBytes(): Uint8Array {
    return toBytes(this.value, this.key.ciphertextBytes)
  }

  toJSON(): { key: string; value: string } {
    return { key: this.key.fingerprint, value: toHex(this.toBytes()) }
  }
}
