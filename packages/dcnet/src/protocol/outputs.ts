import type { DropReason, LossReason, Verdict } from '@hushgrid/messages'
import type { Epoch, LaneVector, MeterId, Millis, Slot } from '@hushgrid/primitives'
import type { HeldRoster } from '../roster/book.ts'
import type { RosterRefusedError } from '../roster/refused.ts'

/** The gossipsub topics, by their last word (PROTOCOL.md section 10). */
export type Topic = 'readings' | 'control'
/** The stream protocols, by their name's middle word. */
export type StreamName = 'enrol' | 'sync' | 'dispute'
/** How a message came in. */
export type Channel = Topic | StreamName

/** A message as it came in: `from` is the peer that brought it, which need not be its sender. */
export interface Incoming {
  readonly type: 'message'
  readonly channel: Channel
  readonly from: MeterId
  readonly bytes: Uint8Array
}

/** Time has reached what `wakeAt` asked for, or may have. */
export interface Tick {
  readonly type: 'tick'
}

/**
 * What every role's machine may put out. The driver carries outputs out in order; a `journal` output is on stable
 * storage before what follows it is carried out.
 */
export type CommonOutput =
  /** Publish on a topic. */
  | { readonly type: 'publish'; readonly topic: Topic; readonly bytes: Uint8Array }
  /** What gossip is to do with the message that was the input. */
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'dropped'; readonly reason: DropReason; readonly from: MeterId; readonly detail?: string }
  | { readonly type: 'roster'; readonly held: HeldRoster }
  | { readonly type: 'roster-refused'; readonly error: RosterRefusedError }
  /** Two signed messages that must not both exist. */
  | { readonly type: 'evidence'; readonly against: MeterId; readonly what: string; readonly envelopes: readonly Uint8Array[] }

/** A slot's end, as all members learn it. */
export type SlotResult =
  | {
      readonly type: 'total'
      readonly slot: Slot
      readonly epoch: Epoch
      readonly contributors: number
      /** Present members that are not in the total, whose masks were released. */
      readonly missing: readonly MeterId[]
      readonly lanes: LaneVector
    }
  | {
      readonly type: 'lost'
      readonly slot: Slot
      readonly epoch: Epoch
      readonly reason: LossReason
      readonly members: readonly MeterId[]
    }

/** What a step gives back: the state to use from now on (the one passed in is used up) and what to do. */
export interface Step<State, Output> {
  readonly state: State
  readonly outputs: Output[]
}

/** Earliest of some moments; undefined entries count as never. */
export function earliest(...moments: readonly (number | undefined)[]): Millis | undefined {
  let first: number | undefined
  for (const moment of moments) if (moment !== undefined && (first === undefined || moment < first)) first = moment
  return first as Millis | undefined
}
