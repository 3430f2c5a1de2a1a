// The interface by which a run drives and measures a contender in virtual time; `registered.ts` lists those that there are.
import type { PrivateKey } from '@hushgrid/paillier'
import type { MeterId, Slot } from '@hushgrid/primitives'
import type { JournalState, PlannedOperation, SlotReport } from '@hushgrid/scenarios'
import type { RoleName } from '@hushgrid/schemes'
import type { NeighbourhoodOptions, PeerNumber, VirtualNetwork } from '@hushgrid/simulator'
import type { RunPoint } from '../../record/run.ts'

/** A contender that can run in virtual time. */
export interface SimulatedContender {
  readonly name: string
  /** Makes a neighbourhood of it; nothing of it runs yet. */
  open(setting: SimulatedSetting): Opened
}

/** Surroundings of a run, the same for all contenders of a repeat. */
export interface SimulatedSetting {
  readonly point: RunPoint
  /** Members, seed, slots, lanes, readings, network and gauge. */
  readonly facts: NeighbourhoodOptions
  /** Gives the Paillier key of a party; drawn anew unless given. */
  readonly keyFor?: ((party: MeterId, bits: number) => PrivateKey) | undefined
}

/** A contender's neighbourhood, with what only its contender knows of it. */
export interface Opened {
  readonly neighbourhood: Simulated
  /** Events that must never happen. */
  readonly violations: readonly string[]
  /** True where totals differ from the sum on purpose. */
  readonly noisy: boolean
  /** Schedules the operations of a scenario. */
  apply(plan: readonly PlannedOperation[]): void
  /** Counts the key agreements of all meters so far; null where the contender counts none. */
  keyAgreements(): number | null
  /** Counts operations by role and kind so far, where the contender counts them. */
  work?(): ReadonlyMap<RoleName, Readonly<Record<string, number>>>
  /** Bounds on what a party keeps, by role. */
  readonly bounds: Readonly<Partial<Record<RoleName, StorageBound>>>
}

/** Bound on what a party keeps of its slots; it prunes what is beyond. What it wrote in setup it keeps. */
export interface StorageBound {
  readonly bytes?: number
  readonly slots?: number
  readonly records?: number
}

/** A neighbourhood in virtual time, as the simulator's are. `at` is a moment in slots: slot k ends at k. */
export interface Simulated {
  readonly network: VirtualNetwork
  roleOf(peer: PeerNumber): RoleName
  slot(index: number): Slot
  /** Gives the protocol time of a moment in slots, ms. */
  timeOf(at: number): number
  /** Schedules something ahead of everything else of its millisecond, after what was scheduled so before. */
  schedule(at: number, run: () => void): void
  join(meter: number): boolean
  leave(meter: number): boolean
  crash(meter: number): boolean
  restart(meter: number, journal: JournalState): boolean
  runSlots(slots: number, onSlot?: (report: SlotReport) => void): void
}
