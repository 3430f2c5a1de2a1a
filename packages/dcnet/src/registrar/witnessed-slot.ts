// Messages that the registrar has heard of one slot.

import type { Envelope } from '@hushgrid/messages'
import type { MeterId, Millis } from '@hushgrid/primitives'
import type { HeldRoster } from '../roster/book.ts'
import type { Round } from '../transcript/requests.ts'

/** A member's message as heard. Its signature is checked late, since most are never needed. */
export interface Heard {
  readonly envelope: Envelope
  readonly bytes: Uint8Array
  readonly at: Millis
  /** Peer that brought it. */
  readonly from: MeterId
  /** True where it is its sender's and has the roster's shape; undefined until checked. */
  valid: boolean | undefined
}

/** A request of the aggregator that was verified. */
export interface HeardRequest {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly payloadHash: Uint8Array
  /** Positions of the members that it calls missing. */
  readonly members: ReadonlySet<number>
  /** Round of the request; 0 for a RecoveryRequest, of which a slot has one. */
  readonly round: Round
  readonly at: Millis
  /** Members that have acknowledged it on the stream by which we handed it over. */
  readonly handed: Set<MeterId>
}

/** The aggregator's result of a slot, verified. */
interface HeardResult {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  /** Positions of the present members that a total leaves out; undefined of a lost slot. */
  readonly missing: readonly number[] | undefined
  readonly payload: Uint8Array
}

/** One slot, as the registrar has heard it. */
export interface WitnessedSlot {
  /** Roster that the slot belongs to. */
  readonly held: HeldRoster
  /** Submissions by sender; several until it is known which is the sender's own. */
  readonly submissions: Map<MeterId, Heard[]>
  readonly releases: Map<MeterId, Heard[]>
  /** ShareReleases of double mask. */
  readonly shares: Map<MeterId, Heard[]>
  /** MaskWords of double mask. */
  readonly words: Map<MeterId, Heard[]>
  /** Refusals, as members gave them to us. */
  readonly refusals: Map<MeterId, Heard[]>
  readonly requests: HeardRequest[]
  /** True where requests that must not both exist were heard. */
  conflicting: boolean
  /** Verified disputes, by sender. */
  readonly disputes: Map<MeterId, Heard[]>
  result: HeardResult | undefined
  /** The PresenceRequest of this slot. */
  question: Uint8Array | undefined
  /** Members that were asked whether they are there, and those that answered. */
  readonly probed: Set<MeterId>
  readonly answered: Set<MeterId>
  /** Times that unanswered requests were handed over. */
  handedRounds: number
  /** Those, the aggregator too, that were connected from the slot's end to its deadline without a break; undefined before that. */
  connected: ReadonlySet<MeterId> | undefined
  /** Progress of the watch on presence: 1 probed at the deadline, 2 looked at doubtful submissions, 3 decided who was away. */
  stage: 0 | 1 | 2 | 3
  judged: boolean
}

/** A slot of which nothing was heard yet. */
export function unheardSlot(held: HeldRoster): WitnessedSlot {
  return {
    held,
    submissions: new Map(),
    releases: new Map(),
    shares: new Map(),
    words: new Map(),
    refusals: new Map(),
    requests: [],
    conflicting: false,
    disputes: new Map(),
    result: undefined,
    question: undefined,
    probed: new Set(),
    answered: new Set(),
    handedRounds: 0,
    connected: undefined,
    stage: 0,
    judged: false
  }
}
