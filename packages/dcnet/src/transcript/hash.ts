import { compareBytes, type Slot, sha256, u64, utf8 } from '@hushgrid/primitives'

const PREFIX = utf8('hushgrid/v2/transcript')

/**
 * `transcriptHash` of PROTOCOL.md section 9.
 *
 * @param envelopeHashes - SHA-256 of each envelope used, each once, in any order
 */
export function transcriptHash(rosterHash: Uint8Array, slot: Slot, envelopeHashes: readonly Uint8Array[]): Uint8Array {
  return sha256(PREFIX, rosterHash, u64(slot), ...[...envelopeHashes].sort(compareBytes))
}
