// State, inputs and outputs of a PES.
import type { KeyObject } from 'node:crypto'
import type { Dropped, Tick } from '@hushgrid/machine'
import type { DropCounter } from '@hushgrid/messages'
import type { Ciphertext } from '@hushgrid/paillier'
import {
  type Epoch,
  ed25519Verifier,
  type MeterId,
  type Millis,
  type Rng,
  type SigningKey,
  type Slot,
  type VerifierOf,
  type VerifyingKey
} from '@hushgrid/primitives'
import type { PesTerms } from './setup.ts'

export interface PesConfig {
  readonly identity: SigningKey
  readonly terms: PesTerms
  readonly concentrator: MeterId
  readonly verifier?: VerifierOf | undefined
  readonly rng: Rng
  /** Key that unwraps the meters' keys. */
  readonly rsaKey: KeyObject
  /** Meters that may join; any, unless given, which is for labs. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Gives this party's partial decryption of an aggregate, encoded; with `direct`. */
  readonly partial?: ((aggregate: Ciphertext) => Uint8Array) | undefined
  /**
   * Gives an obfuscator that was made ahead, with `reencrypt`; computed at once where none is given. One that was given
   * before, as after a restore from a snapshot of memory, shows nothing: what it hides leaves as a sum under a new one.
   */
  readonly obfuscator?: (() => bigint | undefined) | undefined
}

/** A PesBatch envelope of the concentrator; answered by a `reply` output with the same token. */
export interface BatchInput {
  readonly type: 'batch'
  readonly from: MeterId
  readonly bytes: Uint8Array
  readonly token: number
}

export type PesInput = BatchInput | Tick

export type PesOutput =
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /**
   * Snapshot in the place of the one before, on stable storage before the next output. Holds meters' keys: for their
   * owner's eyes only.
   */
  | { readonly type: 'snapshot'; readonly bytes: Uint8Array }
  | { readonly type: 'slot-closed'; readonly slot: Slot; readonly contributors: number; readonly aggregated: boolean }
  /** A household's billing period has ended; `withheld` where its sum has enough readings, and others' would tell of it. */
  | {
      readonly type: 'period-closed'
      readonly meterId: MeterId
      readonly readings: number
      readonly aggregated: boolean
      readonly withheld: boolean
    }
  | Dropped

export interface Member {
  readonly id: MeterId
  readonly verify: VerifyingKey
  /** AES key of the meter. */
  readonly key: Uint8Array
}

/** A sum under the supplier's key. */
export interface Sum {
  product: bigint
  readings: number
}

/** A slot that is open for readings. */
export interface OpenSlot {
  /** Readings by the member's index, under the supplier's key; none is kept when the slot is closed. */
  readonly values: Map<number, bigint>
  /** Replies by SHA-256 of the batch: one that was lost is given again. */
  readonly replies: Map<string, Uint8Array>
}

/** Billing period that runs: the readings of slots that had enough of them for a sum. */
export interface Period {
  /** Its first slot divided by the slots of a period. */
  readonly number: number
  /** Slots that a sum was given of. */
  slots: number
  /** Sum of each household, by the member's index. */
  readonly sums: Map<number, Sum>
}

export interface PesState {
  readonly config: PesConfig
  readonly drops: DropCounter
  readonly members: Map<number, Member>
  readonly indexOf: Map<MeterId, number>
  readonly slots: Map<Slot, OpenSlot>
  /** Last slot of those that are not opened any more. */
  closedThrough: number
  /** Undefined until a slot is closed. */
  period: Period | undefined
  wakeAt: Millis | undefined
}

/** One step of the PES under way. */
export interface PesContext {
  readonly state: PesState
  readonly now: Millis
  readonly out: PesOutput[]
}

/** Epoch of every message, since this path has none. */
export const NO_EPOCH = 0 as Epoch
export const NO_BYTES = new Uint8Array(0)

export function verifierOf(state: PesState): VerifierOf {
  return state.config.verifier ?? ed25519Verifier
}
