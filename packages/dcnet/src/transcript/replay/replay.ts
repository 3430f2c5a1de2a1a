// A mode's part in an auditor's replay. The order is: open the envelopes, add up the submissions, let the mode take off the
// sum what its own envelopes say, compare hash and sum with the result. A mode sees a slot once, keeps nothing, and throws
// a TranscriptError at the first thing that does not fit.
import type { Envelope, MessageType } from '@hushgrid/messages'
import type { LaneVector, Slot, VerifyingKey } from '@hushgrid/primitives'
import type { PublishedMask } from '../../masks/share-recovery.ts'
import type { Roster } from '../../roster/roster.ts'

/** A slot whose submissions have been added up. */
export interface SlotUnderReplay {
  readonly roster: Roster
  readonly slot: Slot
  readonly aggregator: VerifyingKey
  /** Every envelope of the transcript, submissions too. */
  readonly envelopes: readonly Envelope[]
  /** Positions of the present members without a submission, ascending. */
  readonly missing: readonly number[]
  /** Published parts of the submissions' private masks, by position. */
  readonly published: ReadonlyMap<number, PublishedMask>
  /** The sum so far, from which masks are taken off. */
  readonly lanes: LaneVector
}

export interface Replay {
  /** The request for masks that a transcript may have, at most one. */
  readonly request: MessageType
  /** The other types of envelopes that a transcript may have beside submissions. */
  readonly answers: ReadonlySet<MessageType>
  /**
   * Checks the requests and what answers them, and takes the masks off the sum.
   *
   * @throws TranscriptError naming what does not fit
   */
  takeOff(slot: SlotUnderReplay): void
}
