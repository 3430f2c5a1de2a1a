import { createCipheriv, createHmac } from 'node:crypto'
import { concatBytes, hkdfSha256, type Rng, utf8 } from '@hushgrid/primitives'

const INFO = utf8('hedged')
const FRESH_BYTES = 32

/**
 * Random numbers for one message: AES-256-CTR under HMAC-SHA-256(HKDF of the secret, 32 fresh bytes ‖ what it is about). A
 * virtual machine that is restored from a snapshot draws the same fresh bytes again; about another message it gets others
 * all the same. With a secret it needs no good source either.
 *
 * @param secret - a key that its owner has anyway; empty where there is none
 * @param about - everything that the message depends on, each of fixed length but the last
 */
export function hedgedRng(rng: Rng, secret: Uint8Array, ...about: readonly Uint8Array[]): Rng {
  const key = hkdfSha256(secret, new Uint8Array(0), INFO, 32)
  const seed = createHmac('sha256', key)
    .update(concatBytes(rng.bytes(FRESH_BYTES), ...about))
    .digest()
  const cipher = createCipheriv('aes-256-ctr', seed, new Uint8Array(16))
  return { bytes: length => new Uint8Array(cipher.update(new Uint8Array(length))) }
}
