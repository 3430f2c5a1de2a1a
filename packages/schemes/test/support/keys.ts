// Keys of 2048 bits that tests share: drawing one takes a tenth of a second to some seconds.
import { generateKeyPair, type PrivateKey } from '@hushgrid/paillier'
import type { MeterId } from '@hushgrid/primitives'

const keys = new Map<string, PrivateKey>()

/** Gives the key of a party, always the same in a process. */
export function keyFor(party: MeterId, bits: number): PrivateKey {
  const name = `${party} ${bits}`
  const key = keys.get(name) ?? generateKeyPair(bits).privateKey
  keys.set(name, key)
  return key
}
