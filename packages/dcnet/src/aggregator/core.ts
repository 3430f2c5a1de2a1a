// What an aggregator knows, without what its modes of recovery keep of their slots.

import type { DropCounter } from '@hushgrid/messages'
import type { LaneVector, MeterId, Millis, Slot, VerifyingKey } from '@hushgrid/primitives'
import type { PublishedMask } from '../masks/share-recovery.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { AggregatorConfig, AggregatorOutput } from './contract.ts'

/** A message that counts, with what it adds. */
export interface Counted {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly lanes: LaneVector
  /** With double mask. */
  readonly published?: PublishedMask
}

/** A slot that has not ended, and what has come in for it. */
export interface CollectedSlot {
  readonly held: HeldRoster
  /** By position in the roster; null where two different submissions came. */
  readonly submissions: (Counted | null | undefined)[]
  count: number
  hinted: boolean
}

/** A slot that has ended. */
interface ClosedSlot {
  readonly result: Uint8Array
  readonly transcript: Uint8Array
}

/** What an aggregator knows, and what its modes of recovery may see of it. */
export interface AggregatorCore {
  readonly config: AggregatorConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  /** Verification keys of the rosters in force, by member; made at first use. */
  readonly keys: Map<MeterId, VerifyingKey>
  readonly open: Map<Slot, CollectedSlot>
  readonly closed: Map<Slot, ClosedSlot>
  /** No slot up to here is opened any more. */
  closedThrough: number
  /** Slots that are not over, whose request or result is sent once more after a restart. */
  restarted: Slot[]
  tickedAt: Millis
  wakeAt: Millis | undefined
}

/** One step of an aggregator: every function of the step gets this. */
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
