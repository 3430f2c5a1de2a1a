import type { Epoch, MeterId, Slot } from '@hushgrid/primitives'
import type { EnrolledMeter } from '../registrar/machine.ts'

/** A roster that was taken up, as a journal keeps it: trusted when it is read again, since the journal is our own. */
export interface RosterRecord {
  readonly kind: 'roster'
  /** First slot for which it was used. */
  readonly from: Slot
  /** A snapshot as `RosterBook` gives it. */
  readonly bytes: Uint8Array
}

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

/** What the aggregator has taken in or is about to send for a slot. */
export interface AggregatorSlotRecord {
  /**
   * - `received`: a Submission, MaskRelease, ShareRelease, Dispute or Refusal envelope that was taken.
   * - `request`: the RecoveryRequest envelope, before it is published, never two different ones for a slot; with double
   *   mask the MaskRequest of each round, in order, and the ShareRequest.
   * - `result`: a SlotTranscript with the SlotTotal or SlotLost, before that is published.
   */
  readonly kind: 'received' | 'request' | 'result'
  readonly slot: Slot
  readonly epoch: Epoch
  /** Which of a slot's requests it is, where there are several: the round of a MaskRequest, then the ShareRequest. */
  readonly part?: number
  readonly bytes: Uint8Array
}

/** One record of the aggregator's store. */
export type AggregatorRecord = RosterRecord | AggregatorSlotRecord

/** What a member did that lost a slot, as the registrar saw it. */
export type FaultKind =
  /** It disputed, and no submission of it was witnessed in time. */
  | 'false-dispute'
  /** It owed a release, was there and stayed silent. */
  | 'silent'
  /** Two different submissions for one slot. */
  | 'two-submissions'
  /** Double mask: no t of the shares of its private mask fit what it published, by the registrar's own reckoning. */
  | 'unfitting-shares'

/** What the registrar's journal holds, in order. */
export type RegistrarRecord =
  | { readonly kind: 'enrolled'; readonly meter: EnrolledMeter }
  | { readonly kind: 'aggregator'; readonly key: MeterId; readonly address: string }
  /** The whole Roster envelope, also where a delta was published; never two for one epoch. */
  | { readonly kind: 'roster'; readonly bytes: Uint8Array }
  /** A member has announced that it leaves: out from the next roster. */
  | { readonly kind: 'leaving'; readonly meterId: MeterId }
  /** A member's fault; with two it is marked absent until the next season. */
  | { readonly kind: 'fault'; readonly meterId: MeterId; readonly slot: Slot; readonly what: FaultKind }
