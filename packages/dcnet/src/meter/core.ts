// A meter's state, without what its modes of recovery keep of their slots.

import type { DropCounter, Envelope } from '@hushgrid/messages'
import type { Epoch, LaneVector, MeterId, Millis, ObisCode, Slot, VerifyingKey } from '@hushgrid/primitives'
import type { EpochMasks } from '../masks/edge-keys.ts'
import type { PrivateMasks } from '../masks/private-mask.ts'
import type { SeasonKeys } from '../masks/season-keys.ts'
import type { ProtocolClock } from '../protocol/protocol-clock.ts'
import type { Attendance } from '../roster/attendance.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { Credential } from '../roster/credential.ts'
import type { MeterConfig, MeterOutput } from './contract.ts'
import type { MeterRules } from './rules.ts'
import type { SlotRuns } from './slot-runs.ts'

/** Slots for which results and own messages are remembered. */
const KEPT_SLOTS = 4

export interface MeterEpoch {
  readonly held: HeldRoster
  /** Own position in the roster. */
  readonly index: number
  readonly masks: EpochMasks
  /** Private masks, with double mask. */
  readonly privateMasks: PrivateMasks | undefined
  /** Positions of the mask neighbours, ascending, absent ones included. */
  readonly neighbours: readonly number[]
  /** Checks the signatures of its aggregator. */
  readonly aggregator: VerifyingKey
}

/** An envelope on its way to one neighbour, until that acknowledges it. */
interface Delivery {
  readonly slot: Slot
  readonly to: MeterId
  readonly address: string
  readonly bytes: Uint8Array
  readonly until: Millis
  nextAt: Millis
}

/** A household's reading that waits to be submitted. */
export interface PendingReading {
  readonly lanes: LaneVector
  /** Its lanes: those of the roster that was held for the slot when it was read; undefined where there was none. */
  readonly codes: readonly ObisCode[] | undefined
}

/** A meter's state, as far as its modes of recovery may see it. */
export interface MeterCore {
  readonly config: MeterConfig
  readonly rules: MeterRules
  readonly clock: ProtocolClock
  readonly registrarVerify: VerifyingKey
  aggregator: { readonly key: MeterId; readonly verify: VerifyingKey } | undefined
  readonly book: RosterBook
  readonly keys: SeasonKeys
  readonly attendance: Attendance
  readonly epochs: Map<Epoch, MeterEpoch>
  /** The first roster of the next season, while its keys are agreed on; `at`: moment of the next slice. */
  preparing: { readonly held: HeldRoster; at: Millis } | undefined
  readonly drops: DropCounter
  readonly readings: Map<Slot, PendingReading>
  /** Slots for which a submission may have been sent. */
  readonly sent: SlotRuns
  /** Highest slot so named, by epoch, in a request that came before its deadline by the own clock: none up to it is submitted. */
  readonly heldBack: Map<Epoch, Slot>
  /** Last slot of those that are submitted, may be, or never will be: none of them is submitted any more. */
  finishedThrough: number
  /** Last slot of which the journal cannot tell what was sent: up to it nothing is released, and being named is disputed. */
  unknownThrough: number
  /** Own submissions of the last slots, for resending the same bytes. */
  readonly submitted: Map<Slot, Uint8Array>
  /** Acknowledgements that came, by sender and envelope: what has one is not delivered again. */
  readonly acknowledged: Set<string>
  /** Deliveries by receiver and envelope. */
  readonly deliveries: Map<string, Delivery>
  /** The last slot whose Missing hint was answered. */
  hintedThrough: number
  /** EdgeOpening envelopes by season and neighbour: an edge is opened once. */
  readonly openings: Map<string, Uint8Array>
  /** Slots of which a result was taken. */
  readonly resulted: SlotRuns
  /** Result envelopes of the last slots. */
  readonly results: Map<Slot, { readonly envelope: Envelope; readonly bytes: Uint8Array }>
  /** Credentials by season. */
  readonly credentials: Map<number, Credential>
  /** The season under way, as far as is known. */
  season: number
  /** Season that a credential was asked for last. */
  enrolling: number
  /** Moment at which the next season's key is to be enrolled. */
  keyDueAt: Millis | undefined
  /** The last request to the registrar, since its answers to both look alike. */
  asked: 'join' | 'leave'
  /** Last slot with a tick at its end or later. */
  tickedThrough: number
  /** Moment of the next tick that the machine wants. */
  wakeAt: Millis | undefined
}

/** One step of a meter, handed to every function of the step. */
export interface MeterContext<State extends MeterCore = MeterCore> {
  readonly state: State
  readonly now: Millis
  readonly out: MeterOutput[]
}

/** Keeps the last few slots of a map. */
export function forgetOldest(map: Map<Slot, unknown>, keep: number = KEPT_SLOTS): void {
  while (map.size > keep) map.delete(Math.min(...map.keys()) as Slot)
}
