// Keys that two meters agree on by X25519, one for each edge between them.
import { type BlindingKey, checkAgreementKey, hmacSha256, type MeterId, WeakKeyError } from '@hushgrid/primitives'
import { MalformedBodyError } from '../errors.ts'
import type { Work } from '../scheme.ts'

const KEY_BYTES = 32

/** Takes a public key from a body. @throws MalformedBodyError on one with which no secret can be agreed on */
export function decodeAgreementKey(body: Uint8Array, sender: MeterId): Uint8Array {
  if (body.byteLength !== KEY_BYTES) throw new MalformedBodyError(sender, `expected a key of ${KEY_BYTES} bytes, got ${body.byteLength}`)
  try {
    checkAgreementKey(body)
  } catch (cause) {
    if (cause instanceof WeakKeyError) throw new MalformedBodyError(sender, 'expected a reduced key of large order, got another')
    throw cause
  }
  return body
}

/** Derives the key of an edge that a label names: HMAC-SHA-256 of the shared secret under the label. */
export function edgeKey(pair: BlindingKey, other: Uint8Array, label: Uint8Array, work: Work): Uint8Array {
  work.count('key-agreement')
  const shared = pair.agree(other)
  const key = hmacSha256(label, shared)
  shared.fill(0)
  return key
}
