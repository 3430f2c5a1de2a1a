// Port through which operations and attacks act under virtual time; the simulator implements it.
import type { AggregatorOutput, Channel, HeldRoster, MeterOutput, MeterRecord, RegistrarState, SeasonKeys, Topic } from '@hushgrid/dcnet'
import type { Envelope } from '@hushgrid/messages'
import type { MeterId, Millis, SigningKey, Slot } from '@hushgrid/primitives'
import type { RecoveryMode } from '@hushgrid/topology'
import type { Happening } from '../result/happening.ts'
import type { CrashPhase, JournalState, KnownParty, Role } from './churn.ts'
import type { WithoutEffect } from './without-effect.ts'

/** Copy of a message on its way, and the envelope that it is or carries. */
export interface PassingEnvelope {
  readonly from: KnownParty
  readonly to: KnownParty
  /** Moment of sending, protocol ms. */
  readonly at: number
  readonly envelope: Envelope
}

/** Fate of a copy; a delay is in protocol milliseconds. */
export type Fate = 'pass' | 'drop' | { readonly delay: number }

/** Replaces a machine's outputs before any of them is carried out. */
type OutputFilter<Output> = (outputs: readonly Output[]) => readonly Output[]

/** A process that may be up or down. */
interface SimulatedProcess {
  readonly up: boolean
}

/** Meter with all that its owner, possibly the adversary, can get at. */
export interface SimulatedMeter extends SimulatedProcess {
  readonly id: MeterId
  readonly key: SigningKey
  readonly keys: SeasonKeys
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
  /** Protocol time by its own clock, ms. */
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
  /** Gives slot k of the run. */
  slot(index: number): Slot
  /** Schedules something at a moment in slots, ahead of everything else of its millisecond; at once where that has passed. */
  schedule(at: number, run: () => void): void
  /** Schedules something at a time, in its turn; at once where that has passed. */
  atTime(time: number, run: () => void): void

  join(meter: number): void
  leave(meter: number): void
  crash(meter: number): void
  /** Arms the end of a meter's process at a phase of a slot, or of the first later slot that has this phase. */
  armCrash(meter: number, phase: CrashPhase, slot: Slot): void
  /** Tells whether a crash that was armed for a slot is still to come. */
  crashArmed(meter: number, slot: Slot): boolean
  restart(meter: number, journal: JournalState): void
  crashRole(role: Role): void
  restartRole(role: Role): void
  /** Reports an operation that has no effect. */
  withoutEffect(operation: WithoutEffect): void
  /** Reports an attack that begins. */
  attacked(attack: Omit<Extract<Happening, { type: 'attack' }>, 'type'>): void
  /** Cuts meters off from everybody else, but not from each other. */
  partition(meters: readonly number[]): void
  heal(): void
  /** Delays everything to and from meters by so many seconds; 0 ends it. */
  setDelay(meters: readonly number[] | 'all', seconds: number): void
  /** Loses a share of what is sent to and from meters; 0 ends it. */
  setLoss(meters: readonly number[] | 'all', rate: number): void
  /** Sets a meter's clock ahead, or back where that is negative. */
  setClock(meter: number, seconds: number): void

  readonly aggregator: SimulatedAggregator
  readonly registrar: SimulatedRegistrar
  /** Numbers of all meters that ever were, in the order in which they came. */
  readonly meters: readonly number[]
  /** @throws InvalidArgumentError where there is no such meter */
  meter(number: number): SimulatedMeter
  /** Gives a meter's number by its id; undefined for the roles and for strangers. */
  meterOf(id: MeterId): number | undefined
  /** Finds the roster of a slot among those that the registrar signed last. */
  rosterOf(slot: Slot): HeldRoster | undefined
  /** Decides the fate of every envelope on its way from now on, except answers on streams. */
  intercept(see: (passing: PassingEnvelope) => Fate): void
  /** Publishes in the name of a peer. */
  gossip(topic: Topic, from: KnownParty, bytes: Uint8Array): void
  /** Sends one copy of a published message to one peer alone. */
  send(topic: Topic, from: KnownParty, to: KnownParty, bytes: Uint8Array): void
  /** Hands an envelope of the aggregator to one meter, on a stream. */
  handOver(meter: number, envelope: Uint8Array): void
  /** Gives the envelope that a message is or carries; undefined where there is none. */
  envelopeIn(message: { readonly channel: Channel; readonly bytes: Uint8Array }): Envelope | undefined
}
