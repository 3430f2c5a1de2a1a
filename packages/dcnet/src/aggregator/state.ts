import type { Tick } from '@hushgrid/machine'
import type { DropCounter } from '@hushgrid/messages'
import type { LaneVector, MeterId, Millis, SigningKey, Slot, VerifierOf, VerifyingKey } from '@hushgrid/primitives'
import type { PublishedMask } from '../masks/share-recovery.ts'
import type { AggregatorRecord } from '../meter/journal.ts'
import type { CommonOutput, Incoming, SlotResult } from '../protocol/outputs.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { CredentialCache } from '../roster/check.ts'

export interface AggregatorConfig {
  readonly identity: SigningKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  readonly registrarKey: MeterId
  /** Suppliers, who may fetch the results, and nothing that a single member sent. */
  readonly readers?: ReadonlySet<MeterId> | undefined
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
  | { readonly type: 'requested'; readonly slot: Slot; readonly round: number; readonly missing: readonly MeterId[] }
  /** The shares of everybody else's private masks were asked for (double mask). */
  | { readonly type: 'shares-requested'; readonly slot: Slot; readonly missing: readonly MeterId[] }
  | { readonly type: 'share'; readonly slot: Slot; readonly by: MeterId }
  /** Of these members at least one share did not fit; the total is right all the same. */
  | { readonly type: 'wrong-shares'; readonly slot: Slot; readonly by: readonly MeterId[] }
  | { readonly type: 'release'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'disputed'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'refused'; readonly slot: Slot; readonly by: MeterId; readonly reason: string }

/** A message that counts, with what it adds. */
export interface Counted {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  readonly lanes: LaneVector
  /** With double mask. */
  readonly published?: PublishedMask
}

/** The request for masks of a slot, with double mask that of the last round, and what came of it. */
export interface SlotRequest {
  /** 0 to 5; always 0 with edge release. */
  readonly round: number
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
  /** Double mask: when the round began, and when who is silent joins M. */
  readonly sentAt: Millis
  readonly until: Millis
}

/** The ShareRequest of a slot with double mask, and what came of it. */
export interface ShareCollection {
  readonly bytes: Uint8Array
  readonly hash: Uint8Array
  readonly payloadHash: Uint8Array
  /** M. */
  readonly members: ReadonlySet<number>
  /** Positions of the present members outside M: each owes a ShareRelease. */
  readonly survivors: ReadonlySet<number>
  readonly releases: Map<number, SharesCounted>
  readonly refusals: Map<number, string>
  resent: boolean
  readonly sentAt: Millis
  /** What is there by then is tried; what comes after counts at D + 7u. */
  readonly until: Millis
  tried: boolean
}

/** A ShareRelease that counts. */
export interface SharesCounted {
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
  /** 16 bytes for each of `shareOwners`. */
  readonly shares: Uint8Array
}

export interface OpenSlot {
  readonly held: HeldRoster
  /** By position in the roster; null where two different submissions came. */
  readonly submissions: (Counted | null | undefined)[]
  count: number
  hinted: boolean
  request?: SlotRequest
  shares?: ShareCollection
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
