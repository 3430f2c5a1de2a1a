// State, inputs and outputs of a meter of this path.
import type { Dropped, Tick } from '@hushgrid/machine'
import type { DropCounter } from '@hushgrid/messages'
import type { LaneVector, MeterId, Millis, Rng, SigningKey, Slot, VerifierOf } from '@hushgrid/primitives'
import type { PesSetupError } from '../errors.ts'
import type { PesTerms, SetupPolicy } from '../pes/setup.ts'

export interface PesMeterConfig {
  readonly identity: SigningKey
  /** The meter's secret, made by it and kept in its data directory, from which its AES-256 key for a PES is derived. */
  readonly secret: Uint8Array
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly concentrator: MeterId
  /** Demands on the setup: its signers and limits. */
  readonly policy: Pick<SetupPolicy, 'pes' | 'supplier' | 'dealer' | 'variant' | 'minMembers' | 'insecure'>
  readonly verifier?: VerifierOf | undefined
  readonly rng: Rng
}

/** One record of the meter's journal: a submission, before it is published. */
export interface PesMeterRecord {
  readonly kind: 'submission'
  readonly slot: Slot
  readonly bytes: Uint8Array
}

export type PesMeterInput =
  /** The answer to a `request`. */
  | { readonly type: 'message'; readonly from: MeterId; readonly bytes: Uint8Array }
  | Tick
  | { readonly type: 'reading'; readonly slot: Slot; readonly lanes: LaneVector }
  /** Ask for the setup, then to be taken in, or to be let go. */
  | { readonly type: 'set-up' | 'join' | 'leave' }
  /** The concentrator is connected again: what it may have missed goes once more, while it may. */
  | { readonly type: 'concentrator-back' }

export type PesMeterOutput =
  | { readonly type: 'journal'; readonly record: PesMeterRecord }
  | { readonly type: 'publish'; readonly topic: 'readings'; readonly bytes: Uint8Array }
  /** A request to the concentrator on its enrol stream; the answer comes back as a message. */
  | { readonly type: 'request'; readonly bytes: Uint8Array }
  /** Bytes for the concentrator by stream: gossip may not have brought them. */
  | { readonly type: 'resend'; readonly bytes: Uint8Array }
  | { readonly type: 'set-up'; readonly terms: PesTerms }
  | { readonly type: 'setup-refused'; readonly error: PesSetupError }
  | { readonly type: 'admitted'; readonly firstSlot: Slot }
  | { readonly type: 'left' }
  | { readonly type: 'refused'; readonly reason: string }
  | Dropped

export interface PesMeterState {
  readonly config: PesMeterConfig
  readonly drops: DropCounter
  terms: PesTerms | undefined
  /** AES-256 key for the PES of the terms. */
  key: Uint8Array
  /** First slot that may be sent, once taken in. */
  firstSlot: Slot | undefined
  readonly readings: Map<Slot, LaneVector>
  /** Last slot of those that are sent, may be, or never will be. */
  finishedThrough: number
  last: { readonly slot: Slot; readonly bytes: Uint8Array } | undefined
  asked: 'join' | 'leave'
  tickedThrough: number
  wakeAt: Millis | undefined
}

/** One step of the meter under way. */
export interface PesMeterContext {
  readonly state: PesMeterState
  readonly now: Millis
  readonly out: PesMeterOutput[]
}
