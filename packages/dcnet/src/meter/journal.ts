// What a meter's journal holds: the records it writes before anything follows from them, and reads after a restart.
import type { Slot } from '@hushgrid/primitives'
import type { RosterRecord } from '../roster/snapshot.ts'

/** What a meter did or met in a slot, written before anything follows from it (PROTOCOL.md sections 6 and 7). */
export interface MeterSlotRecord {
  /**
   * - `submission`: the Submission envelope, before it is published.
   * - `absent`: a request named us and we have not submitted: we never will for this slot. No bytes.
   * - `request`: a RecoveryRequest envelope that was accepted; with double mask a MaskRequest or ShareRequest.
   * - `dispute`: a Dispute envelope, the first of others that was seen or our own.
   * - `release`: the MaskRelease or ShareRelease envelope, before it is published.
   */
  readonly kind: 'submission' | 'absent' | 'request' | 'dispute' | 'release'
  readonly slot: Slot
  readonly bytes: Uint8Array
}

/** One record of a meter's journal. */
export type MeterRecord = RosterRecord | MeterSlotRecord

/**
 * What a meter's journal tells after a restart: the records of at least the last four slots and the rosters of the last
 * two epochs, in the order they were written. `intact: false` is a journal that is missing or damaged: every slot up to
 * the one that ends next then counts as possibly submitted.
 */
export type MeterJournal = { readonly intact: true; readonly records: readonly MeterRecord[] } | { readonly intact: false }
