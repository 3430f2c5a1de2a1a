// What neighbourhoods of every kind have in common under virtual time: the moments of a run, operations on their meters, and
// the passing of time.
import { InvalidArgumentError, type Slot, slotTimes } from '@hushgrid/primitives'
import type { ChurnResult, CrashPhase, Happening, JournalState, Role, SlotReport, WithoutEffect } from '@hushgrid/scenarios'
import type { RoleName } from '@hushgrid/schemes'
import type { HouseholdNode } from '../machines/household-node.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import { VirtualNetwork } from '../network/virtual-network.ts'
import type { NeighbourhoodConfig } from './config.ts'

/** A meter's process, whatever its machine. */
export interface MeterProcess {
  readonly number: PeerNumber
  readonly up: boolean
  /** Milliseconds that its clock is ahead. */
  offset: number
  crashAt: HouseholdNode<never, never, never>['crashAt']
  crashNow(): void
}

/**
 * Neighbourhood in memory and under virtual time. Meters have numbers from 0; the first `members` of them are in from the
 * start. Slot k of a run is the k-th from its first. `at` is a moment in slots: slot k's submissions begin at k, and half a
 * slot later it is k + 0.5.
 */
export abstract class Simulation<Meter extends MeterProcess = MeterProcess> {
  readonly config: NeighbourhoodConfig
  readonly network: VirtualNetwork
  /** All meters that ever were, by number. */
  readonly meters = new Map<number, Meter>()
  /** Roles that a scenario may crash; in the aggregator's place stands whoever collects readings. */
  readonly roles: ReadonlySet<Role> = new Set(['aggregator', 'registrar'])
  abstract readonly withoutEffect: WithoutEffect[]
  /** Events that must never happen. */
  abstract readonly violations: string[]
  #finished = 0

  /** @param start - start of its time, protocol ms */
  constructor(config: NeighbourhoodConfig, start: number) {
    this.config = config
    const { seed, latency, loss } = config
    this.network = new VirtualNetwork({ seed, start, latency, loss })
  }

  /** @throws InvalidArgumentError where there is no such meter */
  meter(number: number): Meter {
    const node = this.meters.get(number)
    if (!node) throw new InvalidArgumentError('meter', `one of the ${this.meters.size} there are`, String(number))
    return node
  }

  /** Gives slot k of the run. */
  slot(index: number): Slot {
    return (this.config.firstSlot + index) as Slot
  }

  /** Gives the protocol time of a moment in slots, ms. */
  timeOf(at: number): number {
    const { firstSlot, slotSeconds } = this.config
    return slotTimes(firstSlot, slotSeconds).end + Math.round(at * slotSeconds * 1000)
  }

  /** Current moment in slots. */
  get at(): number {
    return (this.network.now - this.timeOf(0)) / (this.config.slotSeconds * 1000)
  }

  /** Slot of the run in which a process ends now. Adds a unit: a clock that is ahead reaches a slot's end a little early. */
  protected get crashSlot(): number {
    return Math.max(0, Math.floor(this.at + 1 / 16))
  }

  /** Has a new meter, or one that has left or is about to, ask to be taken in. @returns whether it was not in already */
  abstract join(meter: number): boolean

  /** Has a meter leave. @returns whether it ran and was not leaving already */
  abstract leave(meter: number): boolean

  /** Starts a meter's process again. @returns whether it was down */
  abstract restart(meter: number, journal: JournalState): boolean

  /** Ends the process of a role now. @returns whether it ran */
  abstract crashRole(role: Role): boolean

  /** Starts the process of a role that is down, and tells the nodes that can reach it. @returns whether it was down */
  abstract restartRole(role: Role): boolean

  /** Lets everybody reach everybody again. */
  abstract heal(): void

  abstract result(): ChurnResult

  /** Tells of something that happened beside readings. */
  abstract tell(happening: Happening): void

  /** Gives the role of a peer of the network. */
  abstract roleOf(peer: PeerNumber): RoleName

  /** Gives the report of a slot that is over. */
  protected abstract finish(slot: Slot): SlotReport

  /** Ends a meter's process now. @returns whether it ran */
  crash(meter: number): boolean {
    const node = this.meter(meter)
    if (!node.up) return false
    node.crashNow()
    return true
  }

  /**
   * Arms the end of a meter's process at a phase of a slot, or of the first later slot that has this phase.
   *
   * @returns whether it runs
   */
  armCrash(meter: number, phase: CrashPhase, slot: Slot): boolean {
    const node = this.meter(meter)
    if (node.up) node.crashAt = { phase, slot }
    return node.up
  }

  /** Cuts meters off from everybody else, but not from each other. */
  partition(meters: readonly number[]): void {
    this.network.partition(meters.map(meter => this.meter(meter).number))
  }

  /** Schedules something at a moment in slots, ahead of everything else of its millisecond. */
  schedule(at: number, run: () => void): void {
    this.network.at(Math.max(this.timeOf(at), this.network.now), run, true)
  }

  /**
   * Lets time pass until so many slots of the run are over.
   *
   * @param onSlot - called with each slot's report as soon as the slot is over
   */
  runSlots(slots: number, onSlot?: (report: SlotReport) => void): void {
    const { unit } = slotTimes(this.config.firstSlot, this.config.slotSeconds)
    while (this.#finished < slots) {
      // Waits two units after the slot is over by the clocks, for messages still on their way.
      this.network.runUntil(this.timeOf(this.#finished) + 14 * unit)
      const report = this.finish(this.slot(this.#finished++))
      onSlot?.(report)
    }
  }

  /** Notes that a node would never rest. */
  protected restless(who: string): void {
    this.violations.push(`slot ${Math.floor(this.at)}: ${who} asks for one tick after the other, at once`)
  }

  /** Lists the crashes whose phase never came. */
  protected crashesToCome(): WithoutEffect[] {
    return [...this.meters].flatMap(([about, { crashAt }]) =>
      crashAt ? [{ at: crashAt.slot - this.config.firstSlot, operation: 'crash', about, why: `it was never ${crashAt.phase}` }] : []
    )
  }
}
