import { Drop, type DropCounter, type DropReason, MalformedMessageError, type Verdict } from '@hushgrid/messages'
import { type MeterId, WeakKeyError } from '@hushgrid/primitives'

/** A message that was not taken. */
export interface Dropped {
  readonly type: 'dropped'
  readonly reason: DropReason
  readonly from: MeterId
  readonly detail?: string
}

/** Verdict for gossip on the message that was the input. */
export interface GossipVerdict {
  readonly type: 'verdict'
  readonly verdict: Verdict
}

/** Makes the drop for a failure that a message brought about; throws any other on, as a defect of ours. */
export function asDrop(cause: unknown): Drop {
  if (cause instanceof Drop) return cause
  if (cause instanceof MalformedMessageError) return new Drop(cause.reason, cause.message)
  if (cause instanceof WeakKeyError) return new Drop('bad-field', cause.message)
  throw cause
}

/** Counts a drop against the peer that brought it, and gives the output that tells of it. */
export function countDrop(drops: DropCounter, { reason, detail }: Drop, from: MeterId, slot: number): Dropped {
  drops.add(reason, from, slot)
  return { type: 'dropped', reason, from, ...(detail === undefined ? {} : { detail }) }
}
