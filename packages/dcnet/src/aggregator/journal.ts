// Records of the aggregator's store, written before anything follows from them and read after a restart.
import type { Epoch, Slot } from '@hushgrid/primitives'
import type { RosterRecord } from '../roster/snapshot.ts'

/** A message of a slot that the aggregator has taken in or is about to send. */
export interface AggregatorSlotRecord {
  /**
   * - `received`: a Submission, MaskWord, MaskRelease, ShareRelease, Dispute or Refusal envelope that was taken.
   * - `request`: the RecoveryRequest envelope, before it is published, never two different ones for a slot; with double
   *   mask the MaskRequest of each round, in order, and the ShareRequest.
   * - `result`: a SlotTranscript with the SlotTotal or SlotLost, before that is published.
   */
  readonly kind: 'received' | 'request' | 'result'
  readonly slot: Slot
  readonly epoch: Epoch
  /** Place among a slot's requests, where there are several: the round of a MaskRequest, then the ShareRequest. */
  readonly part?: number
  readonly bytes: Uint8Array
}

/** One record of the aggregator's store. */
export type AggregatorRecord = RosterRecord | AggregatorSlotRecord
