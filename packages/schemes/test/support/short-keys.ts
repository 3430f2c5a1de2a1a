// Keys far too short to protect anything, for tests of many runs: what is tested does not depend on their length.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'

/** Enough for two scalars of 256 bits in one plaintext. */
export const SHORT_BITS = 640

const keys = new Map<MeterId, PrivateKey>()

/** Gives the short key of a party, always the same in a process. */
export function shortKeyFor(party: MeterId): PrivateKey {
  const key = keys.get(party) ?? generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
  keys.set(party, key)
  return key
}

/** Options with which a scheme takes short keys. */
export const SHORT_KEYS = { bits: SHORT_BITS, keyFor: shortKeyFor } as const
