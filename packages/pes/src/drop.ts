import { asDrop } from '@hushgrid/machine'
import { Drop } from '@hushgrid/messages'
import { CiphertextError } from '@hushgrid/paillier'

/** The drop for a failure that a message brought about, ciphertexts that are none included; a defect of ours is thrown on. */
export function pesDrop(cause: unknown): Drop {
  return cause instanceof CiphertextError ? new Drop('wrong-shape', cause.message) : asDrop(cause)
}
