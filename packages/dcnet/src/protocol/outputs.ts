import type { Dropped, GossipVerdict, Incoming as IncomingOn } from '@hushgrid/machine'
import type { LossReason } from '@hushgrid/messages'
import type { Epoch, LaneVector, MeterId, ObisCode, Slot, Withheld } from '@hushgrid/primitives'
import type { HeldRoster } from '../roster/book.ts'
import type { RosterRefusedError } from '../roster/refused.ts'
import type { Evidence } from './findings.ts'

/** The gossipsub topics, by their last word (PROTOCOL.md section 10). */
export type Topic = 'readings' | 'control'
/** The stream protocols, by their name's middle word. */
export type StreamName = 'enrol' | 'sync' | 'dispute'
/** Channel that a message came in on. */
export type Channel = Topic | StreamName

/** A message as it came in on a channel of the DC-net. */
export type Incoming = IncomingOn<Channel>

/** Outputs of every role's machine, beside its own. */
export type CommonOutput =
  /** Publish on a topic. */
  | { readonly type: 'publish'; readonly topic: Topic; readonly bytes: Uint8Array }
  | GossipVerdict
  | Dropped
  | { readonly type: 'roster'; readonly held: HeldRoster }
  | { readonly type: 'roster-refused'; readonly error: RosterRefusedError }
  /** Two signed messages that must not both exist. */
  | { readonly type: 'evidence'; readonly against: MeterId; readonly what: Evidence; readonly envelopes: readonly Uint8Array[] }

/** A slot's end, as all members learn it. */
export type SlotResult =
  | {
      readonly type: 'total'
      readonly slot: Slot
      readonly epoch: Epoch
      readonly contributors: number
      /** Present members that are not in the total, whose masks were released. */
      readonly missing: readonly MeterId[]
      /** Sums of the lanes L(M), in the roster's order. */
      readonly lanes: LaneVector
      /** Codes of these lanes. */
      readonly open: readonly ObisCode[]
      /** The network's other lanes, by OBIS code: how many contributors can fill each, of how many, and how many are needed. */
      readonly withheld: Readonly<Record<string, Withheld>>
    }
  | {
      readonly type: 'lost'
      readonly slot: Slot
      readonly epoch: Epoch
      readonly reason: LossReason
      readonly members: readonly MeterId[]
    }
