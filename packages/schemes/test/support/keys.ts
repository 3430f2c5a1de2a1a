// Paillier keys for tests, made once a process.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'

/** Bits of keys that nobody has to rely on: long enough for packed lanes and seeds, made in milliseconds. */
export const SHORT_BITS = 512

const made = new Map<MeterId, PrivateKey>()

/** Gives the short key of a party. */
export function shortKeyFor(party: MeterId): PrivateKey {
  const key = made.get(party) ?? generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
  made.set(party, key)
  return key
}

/** Options with which a scheme takes short keys. */
export const SHORT_KEYS = { bits: SHORT_BITS, keyFor: shortKeyFor } as const
