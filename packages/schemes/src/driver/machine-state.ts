// State, inputs and outputs of a party's machine, and what of it outlives a crash.
import type { Dropped, Tick } from '@hushgrid/machine'
import type { DropCounter } from '@hushgrid/messages'
import type { BlindingKey, Epoch, LaneVector, MeterId, Millis, Rng, SigningKey, Slot, VerifierOf, VerifyingKey } from '@hushgrid/primitives'
import type { BoundRounds, Outcome, Phase, RoleName, Scheme } from '../scheme.ts'
import type { Announcement } from './announcement.ts'
import type { CostLedger } from './counts.ts'
import type { SigningContext } from './envelope.ts'
import type { Sealer } from './sealing.ts'

export interface SchemeConfig {
  readonly scheme: Scheme
  readonly role: RoleName
  readonly identity: SigningKey
  /** Opens sealed messages. It lives and ends with the journal: a party that has lost that comes back with another. */
  readonly agreement: BlindingKey
  /** Id that announcements are signed with. */
  readonly registrar: MeterId
  readonly slotSeconds: number
  readonly rng: Rng
  readonly verifier?: VerifierOf | undefined
  /** Books to keep; several machines may share one. */
  readonly costs?: CostLedger | undefined
  /** Largest envelope that is read; 512 KiB unless given. */
  readonly maxBytes?: number | undefined
}

export type SchemeInput =
  | Tick
  /** An announcement of a group as it came in; `from` brought it. */
  | { readonly type: 'group'; readonly from: MeterId; readonly bytes: Uint8Array }
  /** A meter's reading of a slot, at its end or up to a unit before. */
  | { readonly type: 'reading'; readonly slot: Slot; readonly lanes: LaneVector }
  /** An envelope as it came in; `from` brought it, which need not be its sender. */
  | { readonly type: 'message'; readonly from: MeterId; readonly bytes: Uint8Array }

export interface SendOutput {
  readonly type: 'send'
  /** One party, or all other members and the aggregator. */
  readonly to: MeterId | 'meters'
  readonly bytes: Uint8Array
  readonly phase: Phase
  readonly slot: Slot
  /** From 1. */
  readonly round: number
}

export interface OutcomeOutput {
  readonly type: 'outcome'
  /** `slot`, or the phase in which a group could not be formed. */
  readonly phase: Phase
  readonly epoch: Epoch
  readonly slot: Slot
  readonly outcome: Outcome
}

export type SchemeOutput =
  | Dropped
  | SendOutput
  | OutcomeOutput
  /** This party has done its rounds of a group's setup or change, and nobody was missing in them. */
  | { readonly type: 'formed'; readonly epoch: Epoch }
  /** It takes part in no slot of the group. */
  | { readonly type: 'unformed'; readonly epoch: Epoch; readonly missing: readonly MeterId[] }
  | { readonly type: 'accused'; readonly member: MeterId; readonly what: string; readonly envelopes: readonly Uint8Array[] }
  /** A round broke off, and with it the phase for this party: what came is well-formed and cannot be computed with. */
  | { readonly type: 'failed'; readonly phase: Phase; readonly slot: Slot; readonly round: number; readonly what: string }
  | { readonly type: 'journal'; readonly record: Uint8Array }

/** A group that was announced to this party. */
export interface HeldGroup {
  readonly announcement: Announcement
  readonly bytes: Uint8Array
  readonly context: SigningContext
  /** Undefined where this party has no part in it. */
  readonly rounds: BoundRounds | undefined
  readonly sealer: Sealer
  readonly parties: ReadonlySet<MeterId>
  /** A group of which somebody was missing in a round here is not used: secrets that two should share may be with one. */
  formation: 'forming' | 'formed' | 'unformed'
  /** Who was missing. */
  readonly missing: Set<MeterId>
}

/** A message that was taken. */
export interface Taken {
  readonly receiver: MeterId | 'meters'
  readonly bytes: Uint8Array
  /** Undefined where it cannot be opened. */
  readonly body: Uint8Array | undefined
  accused: boolean
}

/** A phase of a slot under way at this party. */
export interface PhaseRun {
  readonly held: HeldGroup
  readonly phase: Phase
  readonly slot: Slot
  /** Index of the round that comes next, from 0. */
  next: number
  /** What has come, by round from 1 and sender. */
  readonly boxes: Map<number, Map<MeterId, Taken>>
  reading: LaneVector | undefined
  closed: boolean
}

/**
 * What a scheme keeps: its own states, and which rounds have run. They have no encoding, so a process that ends loses them
 * unless its owner keeps this object; a party without them is one that has lost its journal.
 */
export interface SchemeMemory {
  readonly rounds: Map<Epoch, BoundRounds>
  /** Index of the last round that has run, by phase. */
  readonly ran: Map<string, number>
}

/** What of a party outlives a crash. */
export interface KeptScheme {
  readonly journal: readonly Uint8Array[]
  readonly memory: SchemeMemory
}

/** A message of a group that is not held yet; nothing of it is checked. */
export interface Early {
  readonly from: MeterId
  readonly bytes: Uint8Array
  readonly slot: Slot
}

export interface SchemeState {
  readonly config: SchemeConfig
  readonly memory: SchemeMemory
  readonly drops: DropCounter
  readonly verifying: Map<MeterId, VerifyingKey>
  /** Groups, the newest last. */
  held: HeldGroup[]
  readonly runs: Map<string, PhaseRun>
  readonly readings: Map<Slot, LaneVector>
  early: Early[]
  /** What was sent before a restart in phases that may be under way. */
  resend: SchemeOutput[]
  wakeAt: Millis | undefined
}

/** One step under way. */
export interface SchemeContext {
  readonly state: SchemeState
  readonly now: Millis
  readonly out: SchemeOutput[]
}
