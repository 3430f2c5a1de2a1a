// The meters of a DC-net on this machine, spread over several processes.
import type { ClockAnchor } from '@hushgrid/network'
import { HushgridError, type MeterId, type Millis, type Slot } from '@hushgrid/primitives'
import { type LabHost, localHost, workerHost } from '../../meters/host.ts'
import type { MeterHostConfig } from '../../meters/meter-host.ts'
import type { HostOperation, HostReport, HostSample } from '../../meters/operation.ts'
import { recipeFor } from '../../meters/readings.ts'
import { type NeighbourhoodOptions, type SlotCourse, watched } from '../../neighbourhood/neighbourhood.ts'
import type { LabWatcher } from '../../neighbourhood/watcher.ts'
import { householdShares, laterHouseholds } from './household-shares.ts'

/** Registrar that meters enrol with, and the neighbourhood's record of them. */
interface RingSide {
  /** Multiaddr of the registrar. */
  readonly registrar: string
  /** Time that the clock shows until it is started. */
  readonly before: Millis
  /** Households by meter id, filled as meters get their keys. */
  readonly households: Map<MeterId, number>
  readonly course: (slot: Slot) => SlotCourse
  readonly watcher: () => LabWatcher | undefined
}

/** Meters of all processes. */
export class RingMeters {
  readonly #options: NeighbourhoodOptions
  readonly #side: RingSide
  readonly #hosts: readonly LabHost[]
  readonly #hostOf = new Map<number, LabHost>()

  constructor(options: NeighbourhoodOptions, side: RingSide) {
    this.#options = options
    this.#side = side
    const { members, processes } = options
    const reports = this.#reports()
    const [own, ...others] = householdShares(members, processes)
    this.#hosts = [this.#host(localHost, own ?? [], reports), ...others.map(each => this.#host(workerHost, each, reports))]
  }

  #host(of: typeof localHost, households: readonly number[], reports: HostReport): LabHost {
    const { members, readings } = this.#options
    // Meters that join later are in this process.
    const mine = of === localHost ? [...households, ...laterHouseholds(members, readings.households)] : households
    const made = of(this.#config(households), recipeFor(readings.recipe, mine), reports)
    for (const household of mine) this.#hostOf.set(household, made)
    return made
  }

  #config(households: readonly number[]): MeterHostConfig {
    const { network, members, state, supplier, readings } = this.#options
    return {
      network: network.name,
      slotSeconds: network.slotSeconds,
      lanes: network.lanes,
      changeSlots: network.changeSlots,
      firstSlot: readings.firstSlot,
      households,
      members,
      registrar: this.#side.registrar,
      before: this.#side.before,
      // Meters take the lab's network as it is.
      floors: { minMembers: network.minMembers, degree: 2, recovery: 0, support: 1 },
      state,
      ...(supplier?.home && { home: supplier.home })
    }
  }

  #reports(): HostReport {
    const { members, emit, fail } = this.#options
    const { households, course, watcher } = this.#side
    const done = { enrol: 0, dial: 0, agree: 0 }
    for (const phase of ['enrol', 'dial', 'agree'] as const) emit({ type: 'phase', phase, done: 0, of: members })
    return {
      progress: phase => {
        if (done[phase] < members) emit({ type: 'phase', phase, done: ++done[phase], of: members })
      },
      warn: text => emit({ type: 'warning', text }),
      fail,
      identity: (household, id) => households.set(id, household),
      // The aggregator tells of refusals too, where they reach it.
      refused: (household, slot, reason) => {
        course(slot).refused.push({ by: household, reason })
        watcher()?.refused(slot, household, reason)
      },
      disputed: (household, slot) => {
        course(slot).disputed.push(household)
        watcher()?.disputed(slot, household)
      },
      gaveMasks: (household, slot) => watcher()?.gaveMasks(slot, household),
      caught: (household, slot, what) => watcher()?.caught(slot, household, what)
    }
  }

  /** Starts all meters; resolves when they are ready for the first slot. */
  async start(): Promise<void> {
    await Promise.all(this.#hosts.map(host => host.start()))
  }

  startClock(anchor: ClockAnchor): void {
    for (const host of this.#hosts) host.startClock(anchor)
  }

  /** Does something to a meter, or to all. */
  async operate(operation: HostOperation): Promise<void> {
    if (operation.do === 'block' || operation.do === 'skew') {
      await Promise.all(this.#hosts.map(host => host.operate(operation)))
      return
    }
    const host = this.#hostOf.get(operation.household)
    if (!host) throw new HushgridError(`household ${operation.household}: expected one that there are readings of`)
    await watched(this.#side.watcher(), operation, () => host.operate(operation))
  }

  async sample(): Promise<readonly HostSample[]> {
    return await Promise.all(this.#hosts.map(host => host.sample()))
  }

  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map(host => host.stop()))
  }
}
