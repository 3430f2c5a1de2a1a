// Keys far too short to protect anything, for tests that need many powers: drawn and used in milliseconds.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'

/** Bits that still hold two scalars. */
export const SHORT_BITS = 640

const keys = new Map<MeterId, PrivateKey>()

/** Gives the short key of a party, always the same in a process. */
export function shortKeyFor(party: MeterId): PrivateKey {
  const key = keys.get(party) ?? generateKeyPair(SHORT_BITS, { insecure: true }).privateKey
  keys.set(party, key)
  return key
}
