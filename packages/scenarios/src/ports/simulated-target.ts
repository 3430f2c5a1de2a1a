// What operations and attacks act on under virtual time; the simulator implements it.
import type { AggregatorOutput, Channel, HeldRoster, MeterOutput, MeterRecord, RegistrarState, SharedSecrets, Topic } from '@hushgrid/dcnet'
import type { Envelope } from '@hushgrid/messages'
import type { MeterId, Millis, SigningKey, Slot } from '@hushgrid/primitives'
import type { RecoveryMode } from '@hushgrid/topology'
import type { CrashPhase, JournalState, KnownParty, Role } from './churn.ts'

/** One copy of a message on its way, and the envelope that it is or brings. */
export interface PassingEnvelope {
  readonly from: KnownParty
  readonly to: KnownParty
  /** When it was sent, in protocol milliseconds. */
  readonly at: number
  readonly envelope: Envelope
}

/** What becomes of a copy; a delay is in protocol milliseconds. */
export type Fate = 'pass' | 'drop' | { readonly delay: number }

/** Takes the place of what a machine puts out, before any of it is carried out. */
type OutputFilter<Output> = (outputs: readonly Output[]) => readonly Output[]

/** A process that may be up or down. */
interface SimulatedProcess {
  readonly up: boolean
}

/** A meter with all that its owner, who may be the adversary, can get at. */
export interface SimulatedMeter extends SimulatedProcess {
  readonly id: MeterId
  readonly key: SigningKey
  readonly secrets: SharedSecrets
  readonly journal: readonly MeterRecord[]
  filter(filter: OutputFilter<MeterOutput>): void
}

/** The aggregator with its signing key. */
export interface SimulatedAggregator extends SimulatedProcess {
  readonly key: SigningKey
  filter(filter: OutputFilter<AggregatorOutput>): void
}

/** The registrar with its signing key; it has no state while it is down. */
export interface SimulatedRegistrar {
  readonly key: SigningKey
  readonly state: RegistrarState | undefined
  /** Protocol time by its own clock. */
  readonly now: Millis
}

/**
 * A neighbourhood under virtual time. Meters go by their number, moments by slots from 0 (`at`) or by protocol
 * milliseconds (`time`).
 */
export interface SimulatedTarget {
  readonly seed: string
  readonly slotSeconds: number
  readonly recovery: RecoveryMode
  readonly networkId: Uint8Array
  readonly now: number
  /** Slot k of the run. */
  slot(index: number): Slot
  /** Has something happen at a moment in slots, ahead of everything else of its millisecond; at once where it has passed. */
  schedule(at: number, run: () => void): void
  /** Has something happen at a time, in its turn; at once where it has passed. */
  atTime(time: number, run: () => void): void

  join(meter: number): void
  leave(meter: number): void
  crash(meter: number): void
  /** Ends a meter's process at a moment of a slot, or of the first after it at which it comes to that. */
  armCrash(meter: number, phase: CrashPhase, slot: Slot): void
  /** Whether a crash that was armed for a slot has not come. */
  crashArmed(meter: number, slot: Slot): boolean
  restart(meter: number, journal: JournalState): void
  crashRole(role: Role): void
  restartRole(role: Role): void
  /** Cuts meters off from everybody else, but not from each other. */
  partition(meters: readonly number[]): void
  heal(): void
  /** Has everything to and from meters take so many seconds longer; 0 ends it. */
  setDelay(meters: readonly number[] | 'all', seconds: number): void
  /** Loses a share of what is sent to and from meters; 0 ends it. */
  setLoss(meters: readonly number[] | 'all', rate: number): void
  /** Sets a meter's clock ahead, or back where that is negative. */
  setClock(meter: number, seconds: number): void

  readonly aggregator: SimulatedAggregator
  readonly registrar: SimulatedRegistrar
  /** The numbers of all meters that ever were, in the order in which they came. */
  readonly meters: readonly number[]
  /** @throws InvalidArgumentError where there is no such meter */
  meter(number: number): SimulatedMeter
  /** A meter's number by its id; undefined for the roles and for strangers. */
  meterOf(id: MeterId): number | undefined
  /** The roster of a slot, of those that the registrar signed last. */
  rosterOf(slot: Slot): HeldRoster | undefined
  /** Shows every envelope on its way, but answers on streams, from now on. */
  intercept(see: (passing: PassingEnvelope) => Fate): void
  /** Publishes in the name of a peer. */
  gossip(topic: Topic, from: KnownParty, bytes: Uint8Array): void
  /** Sends one copy of a published message to one peer alone. */
  send(topic: Topic, from: KnownParty, to: KnownParty, bytes: Uint8Array): void
  /** The aggregator hands an envelope to one meter, on a stream. */
  handOver(meter: number, envelope: Uint8Array): void
  /** The envelope that a message is or brings; undefined where it is none. */
  envelopeIn(message: { readonly channel: Channel; readonly bytes: Uint8Array }): Envelope | undefined
}
