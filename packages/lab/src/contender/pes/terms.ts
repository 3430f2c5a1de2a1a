// Terms of the path by concentrator and PES on this machine: its key, and the limits of billing.
import { join } from 'node:path'
import { generateKeyPair, splitKey } from '@hushgrid/paillier'
import { encodeKeyShare, type PesLimits } from '@hushgrid/pes'
import { systemRng } from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'
import { laneCodes, type Network } from '@hushgrid/topology'

/** Default length of the Paillier key, bits. */
export const DEFAULT_BITS = 2048

const DAY_SECONDS = 86_400

/** Gives the limits of billing in the lab: a period is a day, and at least half of it is billed. */
export function labLimits(network: Network): PesLimits {
  const { slotSeconds, minMembers } = network
  const billingSlots = Math.ceil(DAY_SECONDS / slotSeconds)
  return { lanes: laneCodes(network), slotSeconds, minMembers, billingSlots, minReadings: Math.ceil(billingSlots / 2) }
}

/** Deals the key for `direct`: makes it, splits it and forgets it. Gives the files of the shares. */
export function dealShares(folder: string, bits: number): { readonly supplier: string; readonly pes: string } {
  const { privateKey, publicKey } = generateKeyPair(bits)
  const [first, second] = splitKey(privateKey, systemRng)
  const paths = { supplier: join(folder, 'supplier.share'), pes: join(folder, 'pes.share') }
  readOrCreateSecret(paths.supplier, undefined, () => encodeKeyShare({ publicKey, share: first }), false)
  readOrCreateSecret(paths.pes, undefined, () => encodeKeyShare({ publicKey, share: second }), false)
  return paths
}
