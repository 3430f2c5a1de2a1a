// The interface of a neighbourhood on this machine to a run, whichever path its readings take.
import type { HeldRoster, RegistrarOutput, SlotResult } from '@hushgrid/dcnet'
import type { ClockAnchor, LabClock } from '@hushgrid/network'
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { Network } from '@hushgrid/topology'
import type { HostOperation, HostSample } from '../meters/operation.ts'
import type { LabReadings } from '../meters/readings.ts'
import type { DoubleMaskFigures, LabEvent } from './events.ts'
import type { LabRing } from './ring.ts'
import type { LabSupplier } from './supplier.ts'
import type { LabWatcher } from './watcher.ts'

/** Takes the messages that a report keeps for a replay. */
export interface RunRecord {
  roster?(held: HeldRoster): void
  /** Takes a slot's transcript, before its result is published. */
  transcript?(transcript: Uint8Array): void
  /** Takes a signed message of the path by concentrator and PES. */
  message?(bytes: Uint8Array): void
  /** Takes the size of each result's envelope. */
  resultBytes?(bytes: number): void
}

/** Options of every neighbourhood. */
export interface NeighbourhoodOptions {
  readonly network: Network
  readonly members: number
  readonly readings: LabReadings
  /** Real length of a slot, ms, until the lab finds another. */
  readonly slotMs: number
  /** Number of processes that share the work, this one among them. */
  readonly processes: number
  /** Folder for keys and journals, readable by its owner only; the caller removes it. */
  readonly state: string
  /** Length of the Paillier key, where there is one. */
  readonly bits?: number | undefined
  /** Takes the records for a replay, where there is one. */
  readonly record?: RunRecord
  /** Supplier that takes the results of a DC-net, and the terms of its meters' sealing. */
  readonly supplier?: LabSupplier
  /** Multiaddrs for registrar and aggregator to listen on. */
  readonly listen?: { readonly registrar: string; readonly aggregator: string }
  readonly emit: (event: LabEvent) => void
  /** Takes a failure after which the run cannot go on. */
  readonly fail: (cause: unknown) => void
}

/** A result as it was published, with the real moment. */
export type TimedResult = SlotResult & { readonly at: number }

/** Resources and events that all processes have counted so far. */
export type LabSample = HostSample

/** Events on the way to a slot's result. */
export interface SlotCourse {
  releases: number
  /** Number of requests for recovery. */
  requests: number
  /** Meters whose submission was taken, where the neighbourhood hears of each. */
  readonly submitted: Set<MeterId>
  /** Meters that refused, by household, with the reason. */
  readonly refused: { readonly by: number; readonly reason: string }[]
  /** Households whose meters disputed. */
  readonly disputed: number[]
}

/** Changes and faults of members, as a registrar makes them known, and evidence, whichever role finds it. */
export type RegistrarNews =
  | Extract<RegistrarOutput, { type: 'changes' | 'fault' | 'aggregator-fault' }>
  | { readonly type: 'evidence'; readonly against: MeterId; readonly what: string }

/** Members from a slot on. */
export interface Membership {
  readonly epoch: number
  readonly firstSlot: Slot
  /** Number of entries, absent members included. */
  readonly n: number
  /** Degree of the mask graph; 0 where there is none. */
  readonly degree: number
  readonly present: readonly MeterId[]
}

/** A neighbourhood on this machine, from its first node to its last. */
export interface LabNeighbourhood {
  readonly options: NeighbourhoodOptions
  readonly firstSlot: Slot
  readonly clock: LabClock
  /** Memberships in the order in which they came into force. */
  readonly memberships: readonly Membership[]
  /** Results by slot; a consumer deletes each after use. */
  readonly results: Map<Slot, TimedResult>
  /** Households by meter id. */
  readonly households: ReadonlyMap<MeterId, number>
  readonly courses: Map<Slot, SlotCourse>
  /** Message rounds of a slot in which nothing has to be asked for. */
  readonly rounds: number
  /** Public keys of the roles, for the report. */
  readonly keys: Readonly<Record<string, MeterId | undefined>>
  /** Number of messages dropped where readings are collected, by reason. */
  readonly drops: Readonly<Record<string, number>>
  /** Takes changes and faults as they are made known. */
  onNews: (news: RegistrarNews) => void
  /** Watcher of the events within a slot; undefined unless a page shows them. */
  watcher?: LabWatcher | undefined
  /** Gives the number of submissions that were taken for a slot, where the neighbourhood hears of each. */
  submittedIn?(slot: Slot): number
  /** Gives the ring of a slot. */
  ringAt?(slot: Slot): LabRing | undefined
  /** Runs the attack "ask twice" in a slot that has not ended, where there are masks. Gives the number of meters asked. */
  askTwice?(household: number, slot: Slot): Promise<number>
  /** Gives this neighbourhood's figures beside those that all have, by their name in run.json. */
  ownFigures?(): { readonly doubleMask: DoubleMaskFigures } | undefined
  /** Starts every node; resolves when the first slot can begin. */
  form(): Promise<void>
  /** Lets the clock run. */
  begin(): void
  /** Real length of the slots to come, ms; may be set before {@link begin}. */
  slotMs: number
  /** Has slots take longer from a slot's end on, in all processes. */
  lengthen(slotMs: number): ClockAnchor | undefined
  /** Gives the real length of a slot as it was while the slot was collected, ms. */
  slotMsAt(slot: Slot): number
  /** Gives the households, and whether the collecting role, that are away in a slot because somebody took them away. */
  awayAt(slot: Slot): { readonly meters: ReadonlySet<number>; readonly collector: boolean; readonly attacked: boolean }
  resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined>
  sample(): Promise<LabSample>
  /** Does something to a meter. */
  operate(operation: HostOperation): Promise<void>
  /** Cuts some households off from everybody else, and with none named heals all. */
  partition(households: readonly number[]): Promise<void>
  stopAggregator(): Promise<void>
  restartAggregator(): Promise<void>
  stopRegistrar(): Promise<void>
  restartRegistrar(): Promise<void>
  stop(): Promise<void>
}

/** Tells a watcher of an operation before and after it is done. */
export async function watched(watcher: LabWatcher | undefined, operation: HostOperation, does: () => Promise<void>): Promise<void> {
  watcher?.operating(operation)
  try {
    await does()
  } catch (cause) {
    watcher?.operated(operation, cause)
    throw cause
  }
  watcher?.operated(operation)
}

/** Gives the membership of a slot. */
export function membershipAt({ memberships }: Pick<LabNeighbourhood, 'memberships'>, slot: Slot): Membership | undefined {
  return memberships.findLast(each => each.firstSlot <= slot)
}
