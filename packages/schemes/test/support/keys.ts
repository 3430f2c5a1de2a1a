// Paillier keys that tests share: drawing one of 2048 bits takes a tenth of a second to some seconds.
import { generateKeyPair, LEAST_KEY_BITS, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'

/** Far too short to protect anything, and enough for two scalars of 256 bits: what is tested does not depend on it. */
export const SHORT_BITS = 640

const keys = new Map<string, PrivateKey>()

/** Gives the key of a party, always the same in a process. */
export function keyFor(party: MeterId, bits: number): PrivateKey {
  const name = `${party} ${bits}`
  const key = keys.get(name) ?? generateKeyPair(bits, { insecure: bits < LEAST_KEY_BITS }).privateKey
  keys.set(name, key)
  return key
}

/** Gives the short key of a party. */
export function shortKeyFor(party: MeterId): PrivateKey {
  return keyFor(party, SHORT_BITS)
}

/** Options with which a scheme takes short keys. */
export const SHORT_KEYS = { bits: SHORT_BITS, keyFor: shortKeyFor } as const
