// An aggregator's state, without what its modes of recovery keep of their slots.

import type { DropCounter } from '@hushgrid/messages'
import type { LaneVector, MeterId, Millis, Slot, VerifyingKey } from '@hushgrid/primitives'
import type { PublishedMask } from '../masks/share-recovery.ts'
import type { ProtocolClock } from '../protocol/protocol-clock.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { AggregatorConfig, AggregatorOutput } from './contract.ts'

/** A message that counts, with what it adds. */
export interface Counted {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly lanes: LaneVector
  /** Published part of its private mask, with double mask. */
  readonly published?: PublishedMask
}

/** A slot that has not ended, and what has come in for it. */
export interface CollectedSlot {
  readonly held: HeldRoster
  /** Submissions by position in the roster; null where two different ones came. */
  readonly submissions: (Counted | null | undefined)[]
  count: number
  hinted: boolean
}

/** A slot that has ended. */
interface ClosedSlot {
  readonly result: Uint8Array
  readonly transcript: Uint8Array
}

/** An aggregator's state, as far as its modes of recovery may see it. */
export interface AggregatorCore {
  readonly config: AggregatorConfig
  /** Clock, by which it goes from the start: it has no reading to keep, and answers would come too late for a slot under way. */
  readonly clock: ProtocolClock
  readonly book: RosterBook
  readonly drops: DropCounter
  /** Verification keys of the rosters in force, by member; made at first use. */
  readonly keys: Map<MeterId, VerifyingKey>
  readonly open: Map<Slot, CollectedSlot>
  readonly closed: Map<Slot, ClosedSlot>
  /** Last slot of those that are not opened any more. */
  closedThrough: number
  /** Last slot of which nothing is said: a journal that is lost may have published its result. */
  readonly silentThrough: number
  /** Moment from which slots that were missed end as lost, so that the rosters that they belong to have come. */
  endMissedAt: Millis | undefined
  /** Slots not over, whose request or result is sent once more after a restart. */
  restarted: Slot[]
  tickedAt: Millis
  wakeAt: Millis | undefined
}

/** One step of an aggregator, handed to every function of the step. */
export interface AggregatorContext<State extends AggregatorCore = AggregatorCore> {
  readonly state: State
  readonly now: Millis
  readonly out: AggregatorOutput[]
}

/** A slot in one step. */
export interface SlotContext extends AggregatorContext {
  readonly slot: Slot
  readonly open: CollectedSlot
}
