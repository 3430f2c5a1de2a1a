import { asDrop } from '@hushgrid/machine'
import { Drop } from '@hushgrid/messages'
import { CiphertextError } from '@hushgrid/paillier'

/** Makes the drop for a failure that a message brought about, bytes that are no ciphertext included; throws a defect of ours on. */
export function pesDrop(cause: unknown): Drop {
  return cause instanceof CiphertextError ? new Drop('wrong-shape', cause.message) : asDrop(cause)
}
