// Terms of the path by concentrator and PES on this machine: its key, and the limits of billing.
import { generateKeyPairSync } from 'node:crypto'
import { join } from 'node:path'
import { networkId } from '@hushgrid/dcnet'
import { generateKeyPair, splitKey } from '@hushgrid/paillier'
import { dailyBilling, encodeKeyShare, type PesLimits, signDealt } from '@hushgrid/pes'
import { IdentityKey, type MeterId, systemRng } from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'
import type { PesKeys } from '@hushgrid/simulator'
import { laneCodes, type Network } from '@hushgrid/topology'
import type { NeighbourhoodOptions } from '../../neighbourhood/neighbourhood.ts'

/** Default length of the Paillier key, bits. */
export const DEFAULT_BITS = 2048

/** Message rounds of a slot: to the concentrator, from there to the PES and back, and to the supplier. */
export const PES_ROUNDS = 3

/** Gives the limits of billing in the lab: a period is a day, and at least half of it is billed. */
export function labLimits(network: Network): PesLimits {
  const { slotSeconds, minMembers } = network
  return { lanes: laneCodes(network), slotSeconds, minMembers, ...dailyBilling(slotSeconds) }
}

/** Length of the RSA key of the PES, bits. */
const RSA_BITS = 3072

/** Draws the keys of a run in virtual time; they are no secret of anybody. */
export function virtualKeys(bits: number): PesKeys {
  return { paillier: generateKeyPair(bits).privateKey, rsa: generateKeyPairSync('rsa', { modulusLength: RSA_BITS }) }
}

/** Files of the shares that were dealt, and the key of who dealt them. */
export interface LabShares {
  readonly supplier: string
  readonly pes: string
  readonly dealer: MeterId
}

/** Deals the key for `direct` as a third party would: makes it, splits it, signs it, and forgets it with its own key. */
export function dealShares({ state: folder, network }: Pick<NeighbourhoodOptions, 'state' | 'network'>, bits: number): LabShares {
  const dealer = IdentityKey.generate(systemRng)
  const { privateKey, publicKey } = generateKeyPair(bits)
  const [first, second] = splitKey(privateKey, systemRng)
  const dealt = signDealt(dealer, networkId(network.name), publicKey, first)
  const paths = { supplier: join(folder, 'supplier.share'), pes: join(folder, 'pes.share') }
  readOrCreateSecret(paths.supplier, undefined, () => encodeKeyShare({ publicKey, share: first, dealt }), false)
  readOrCreateSecret(paths.pes, undefined, () => encodeKeyShare({ publicKey, share: second, dealt }), false)
  return { ...paths, dealer: dealer.id }
}
