import { Drop, type DropCounter, type DropReason, MalformedMessageError, type Verdict } from '@hushgrid/messages'
import { CiphertextError } from '@hushgrid/paillier'
import { type MeterId, type Millis, type Slot, WeakKeyError } from '@hushgrid/primitives'

/** Time has reached what `wakeAt` asked for, or may have. */
export interface Tick {
  readonly type: 'tick'
}

/** What a step gives back: the state to use from now on (the one passed in is used up) and what to do, in order. */
export interface Step<State, Output> {
  readonly state: State
  readonly outputs: Output[]
}

/** A message that was not taken. */
export interface Dropped {
  readonly type: 'dropped'
  readonly reason: DropReason
  readonly from: MeterId
  readonly detail?: string
}

/** What gossip is to do with the message that was the input. */
export interface GossipVerdict {
  readonly type: 'verdict'
  readonly verdict: Verdict
}

/** Earliest of some moments; undefined entries count as never. */
export function earliest(...moments: readonly (number | undefined)[]): Millis | undefined {
  const given = moments.filter(moment => moment !== undefined)
  return given.length === 0 ? undefined : (Math.min(...given) as Millis)
}

/** What from the network was not taken, as a drop; anything else is a defect of ours, and thrown on. */
export function asDrop(cause: unknown): Drop {
  if (cause instanceof Drop) return cause
  if (cause instanceof MalformedMessageError) return new Drop(cause.reason, cause.message)
  if (cause instanceof CiphertextError) return new Drop('wrong-shape', cause.message)
  if (cause instanceof WeakKeyError) return new Drop('bad-field', cause.message)
  throw cause
}

/** Counts a drop, and gives the output that tells of it. */
export function countDrop(drops: DropCounter, { reason, detail }: Drop, from: MeterId, slot: Slot): Dropped {
  drops.add(reason, from, slot)
  return { type: 'dropped', reason, from, ...(detail === undefined ? {} : { detail }) }
}
