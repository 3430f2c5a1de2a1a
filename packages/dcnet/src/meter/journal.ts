// Records of a meter's journal, written before anything follows from them and read after a restart.
import type { Slot } from '@hushgrid/primitives'
import type { RosterRecord } from '../roster/snapshot.ts'

/** A meter's act in a slot, or a message it met, written before anything follows from it (PROTOCOL.md sections 6 and 7). */
export interface MeterSlotRecord {
  /**
   * - `submission`: the Submission envelope, before it is published.
   * - `absent`: a request named us and we have not submitted: we never will for this slot. No bytes.
   * - `named`: the highest slot that a request named us for before its deadline: no slot up to it is submitted, until the
   *   registrar's time shows that the request came early. The bytes are the epoch, u64; the slot is -1 where that is so.
   * - `attendance`: a total with more contributors than any of seven days before; u64 contributors.
   * - `gone`: the id of a member that has left, or was proven at fault, in that slot.
   * - `request`: a RecoveryRequest envelope that was accepted; with double mask a MaskRequest or ShareRequest.
   * - `dispute`: a Dispute envelope, the first of another member that was seen or our own.
   * - `word`: the own MaskWord envelope, before it is published.
   * - `release`: the MaskRelease or ShareRelease envelope, before it is published.
   */
  readonly kind: 'submission' | 'absent' | 'named' | 'attendance' | 'gone' | 'request' | 'dispute' | 'word' | 'release'
  readonly slot: Slot
  readonly bytes: Uint8Array
}

/** One record of a meter's journal. */
export type MeterRecord = RosterRecord | MeterSlotRecord

/**
 * A meter's journal as read after a restart: the records of at least the last four slots and the rosters of the last two
 * epochs, in the order they were written. `intact: false` is a journal that is missing or damaged: every slot up to the one
 * that ends next then counts as possibly submitted.
 */
export type MeterJournal = { readonly intact: true; readonly records: readonly MeterRecord[] } | { readonly intact: false }
