import type { LaneVector, MeterId, Millis, SigningKey, Slot, VerifierOf, VerifyingKey } from '@hushgrid/primitives'
import type { DropCounter } from './drops.ts'
import type { AggregatorRecord } from './journal.ts'
import type { CommonOutput, Incoming, SlotResult, Tick } from './outputs.ts'
import type { HeldRoster, RosterBook } from './roster-book.ts'
import type { CredentialCache } from './roster-check.ts'

export interface AggregatorConfig {
  readonly identity: SigningKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  readonly registrarKey: MeterId
  /** Where nodes of one process share what they know of credentials. */
  readonly credentials?: CredentialCache | undefined
  /** Finished slots whose transcripts can still be fetched here; older ones are the store's matter. */
  readonly keptTranscripts?: number
}

export type AggregatorInput =
  | Incoming
  | Tick
  /** A SyncRequest from a peer; answered by a `reply` output with the same token. */
  | { readonly type: 'sync'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }

export type AggregatorOutput =
  | CommonOutput
  | SlotResult
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /** On stable storage before what follows it is carried out. */
  | { readonly type: 'journal'; readonly record: AggregatorRecord }
  /** Send on the sync stream to a member that is connected, in a SyncRequest. */
  | { readonly type: 'send'; readonly to: MeterId; readonly bytes: Uint8Array }
  /** Members are missing after the deadline and releases for them were asked for. */
  | { readonly type: 'requested'; readonly slot: Slot; readonly missing: readonly MeterId[] }
  | { readonly type: 'release'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'disputed'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'refused'; readonly slot: Slot; readonly by: MeterId; readonly reason: string }

/** A message that counts, with what it adds. */
export interface Counted {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly lanes: LaneVector
}

/** The one request of a slot, and what came of it. */
export interface SlotRequest {
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly payloadHash: Uint8Array
  /** M: positions of the missing members, ascending. */
  readonly members: readonly number[]
  /** Positions outside M with a neighbour in M: each owes a release. */
  readonly owing: ReadonlySet<number>
  readonly releases: Map<number, Counted>
  readonly refusals: Map<number, string>
  /** Sent again over streams to those who still owe. */
  resent: boolean
}

export interface OpenSlot {
  readonly held: HeldRoster
  readonly sum: LaneVector
  /** By position in the roster; null where two different submissions came. */
  readonly submissions: (Counted | null | undefined)[]
  count: number
  hinted: boolean
  request?: SlotRequest
  /** Positions of the members that dispute. */
  readonly disputers: Set<number>
}

export interface ClosedSlot {
  readonly result: Uint8Array
  readonly transcript: Uint8Array
}

export interface AggregatorState {
  readonly config: AggregatorConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  /** Verification keys of the rosters in force, by member; made at first use. */
  readonly keys: Map<MeterId, VerifyingKey>
  readonly open: Map<Slot, OpenSlot>
  readonly closed: Map<Slot, ClosedSlot>
  /** No slot up to here is opened any more. */
  closedThrough: number
  /** What a restart has to send once more: requests and results of slots that are not over. */
  restarted: Slot[]
  tickedAt: Millis
  wakeAt: Millis | undefined
}
