// State, inputs and outputs of a concentrator.
import { countDrop, type Dropped, type GossipVerdict, type Incoming, type Tick } from '@hushgrid/machine'
import type { Drop, DropCounter } from '@hushgrid/messages'
import {
  type Epoch,
  type MeterId,
  type Millis,
  type SigningKey,
  type Slot,
  slotAt,
  type VerifierOf,
  type VerifyingKey
} from '@hushgrid/primitives'
import { pesDrop } from '../drop.ts'
import type { PesTerms } from '../pes/setup.ts'

export interface ConcentratorConfig {
  readonly identity: SigningKey
  readonly terms: PesTerms
  /** The PesSetup envelope that the terms are from, for meters that ask. */
  readonly setup: Uint8Array
  readonly verifier?: VerifierOf | undefined
  /** Meters that may join; any, unless given. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Readings that go to the PES in one message, before a slot is closed. */
  readonly batch?: number | undefined
}

export type ConcentratorInput =
  | Incoming<'readings' | 'sync'>
  /** A request on the enrol stream; answered by a `reply` output with the same token. */
  | { readonly type: 'enrol'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }
  /** The PES's answer to the batch in flight; undefined where it could not be reached. */
  | { readonly type: 'batch-reply'; readonly bytes: Uint8Array | undefined }
  /** The supplier has taken what was forwarded. */
  | { readonly type: 'forwarded'; readonly hash: Uint8Array }
  | Tick

export type ConcentratorOutput =
  | GossipVerdict
  | Dropped
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /** A batch for the PES; one at a time, each answered by a `batch-reply`. */
  | { readonly type: 'batch'; readonly bytes: Uint8Array }
  /** An envelope for the supplier; goes again after a unit until a `forwarded` comes. */
  | { readonly type: 'forward'; readonly bytes: Uint8Array }
  | { readonly type: 'journal'; readonly record: ConcentratorRecord }
  | { readonly type: 'member'; readonly meterId: MeterId; readonly index: number; readonly what: 'joined' | 'left' }
  /** A slot takes no more readings. */
  | { readonly type: 'slot-closed'; readonly slot: Slot; readonly contributors: readonly MeterId[]; readonly missing: readonly MeterId[] }
  | { readonly type: 'evidence'; readonly against: MeterId; readonly what: string; readonly envelopes: readonly Uint8Array[] }
  /** The PES could not be reached before the slot was over, or refused it. */
  | { readonly type: 'lost'; readonly slot: Slot; readonly reason: string }

/** One record of the concentrator's journal: a meter's place, from a join on, or its leave. */
export interface ConcentratorRecord {
  readonly index: number
  readonly meterId: MeterId
  /** The PesJoin envelope; empty where it has left. */
  readonly join: Uint8Array
  /** First slot of a join, last slot of a leave. */
  readonly slot: Slot
}

export interface Member {
  readonly index: number
  readonly verify: VerifyingKey
  join: Uint8Array
  from: Slot
  /** Last slot, once it has left. */
  until: Slot | undefined
  /** Slots in a row without a reading; with two it is not waited for. */
  misses: number
  /** True where the PES has its join. */
  told: boolean
}

export interface Taken {
  readonly index: number
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

export interface OpenSlot {
  readonly readings: Map<MeterId, Taken>
  /** Readings that are not passed on yet. */
  waiting: Taken[]
  closed: boolean
}

/** A batch on its way. */
export interface Flight {
  readonly slot: Slot
  readonly bytes: Uint8Array
  readonly last: boolean
}

export interface ConcentratorState {
  readonly config: ConcentratorConfig
  readonly drops: DropCounter
  readonly members: Map<MeterId, Member>
  readonly slots: Map<Slot, OpenSlot>
  closedThrough: number
  readonly queue: Flight[]
  inFlight: boolean
  /** Moment at which the batch at the queue's head goes again. */
  retryAt: Millis | undefined
  /** Envelopes for the supplier, by their hash. */
  readonly outgoing: Map<string, Uint8Array>
  forwardAt: Millis | undefined
  wakeAt: Millis | undefined
}

/** One step of the concentrator under way. */
export interface ConcentratorContext {
  readonly state: ConcentratorState
  readonly now: Millis
  readonly out: ConcentratorOutput[]
}

/** Epoch of every message, since this path has none. */
export const NO_EPOCH = 0 as Epoch
export const NO_BYTES = new Uint8Array(0)

/** Tells whether a member could send a reading of a slot. */
export function mayRead({ from, until }: Member, slot: Slot): boolean {
  return from <= slot && (until === undefined || slot <= until)
}

/** Counts a message that was not taken. */
export function dropped({ state, now, out }: ConcentratorContext, cause: unknown, from: MeterId): Drop {
  const drop = pesDrop(cause)
  out.push(countDrop(state.drops, drop, from, slotAt(now, state.config.terms.slotSeconds)))
  return drop
}
