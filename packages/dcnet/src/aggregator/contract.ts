// An aggregator's configuration, inputs and outputs.

import type { Tick } from '@hushgrid/machine'
import type { MeterId, Rng, SigningKey, Slot, VerifierOf } from '@hushgrid/primitives'
import type { CommonOutput, Incoming, SlotResult } from '../protocol/outputs.ts'
import type { AsksForTime, ClockOutput } from '../protocol/protocol-clock.ts'
import type { CredentialCache } from '../roster/cache.ts'
import type { NetworkLane } from '../transcript/lane-counts.ts'
import type { AggregatorRecord } from './journal.ts'

export interface AggregatorConfig {
  readonly identity: SigningKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  /** Slots of which the first slot of every season is a multiple. */
  readonly changeSlots: number
  /** Lanes of the network, those included that a roster leaves out. */
  readonly networkLanes: readonly NetworkLane[]
  /** Checks signatures; Ed25519 unless a simulation stands in for it. */
  readonly verifier?: VerifierOf | undefined
  readonly registrarKey: MeterId
  readonly asks: AsksForTime
  /** Source of nonces, and of the random times of its questions. */
  readonly rng: Rng
  /** Suppliers that may fetch the results, and nothing that a single member sent. */
  readonly readers?: ReadonlySet<MeterId> | undefined
  /** Cache of credentials that nodes of one process share. */
  readonly credentials?: CredentialCache | undefined
  /** Finished slots whose transcripts can still be fetched here; older ones are the store's matter. */
  readonly keptTranscripts?: number
}

export type AggregatorInput =
  | Incoming
  | Tick
  /** The registrar has given every roster there is: slots that were missed can be told by them. */
  | { readonly type: 'caught-up' }
  /** A SyncRequest from a peer; answered by a `reply` output with the same token. */
  | { readonly type: 'sync'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }

export type AggregatorOutput =
  | CommonOutput
  | ClockOutput
  | SlotResult
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /** A record to be on stable storage before the next output is carried out. */
  | { readonly type: 'journal'; readonly record: AggregatorRecord }
  /** Send on the sync stream to a member that is connected, in a SyncRequest. */
  | { readonly type: 'send'; readonly to: MeterId; readonly bytes: Uint8Array }
  /** Members are missing after the deadline and releases for them were asked for. */
  | { readonly type: 'requested'; readonly slot: Slot; readonly round: number; readonly missing: readonly MeterId[] }
  /** The shares of everybody else's private masks were asked for (double mask). */
  | { readonly type: 'shares-requested'; readonly slot: Slot; readonly missing: readonly MeterId[] }
  | { readonly type: 'share'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'word'; readonly slot: Slot; readonly by: MeterId }
  /**
   * A share lacks its owner's tag, so that owner or holder lies; the total is right all the same. The Conflict envelope with
   * the signed messages is for the registrar, on the enrol stream.
   */
  | { readonly type: 'conflict'; readonly slot: Slot; readonly owner: MeterId; readonly holder: MeterId; readonly bytes: Uint8Array }
  | { readonly type: 'release'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'disputed'; readonly slot: Slot; readonly by: MeterId }
  | { readonly type: 'refused'; readonly slot: Slot; readonly by: MeterId; readonly reason: string }
