// Common parts of all neighbourhoods on this machine, whichever path readings take: clock, members, results and courses.
import { type ClockAnchor, LabClock, labPreset, type NetworkPreset, realNow, topicName } from '@hushgrid/network'
import { type MeterId, type Millis, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import type { HostOperation } from '../meters/operation.ts'
import type { Membership, NeighbourhoodOptions, RegistrarNews, SlotCourse, TimedResult } from './neighbourhood.ts'
import { SlotResults } from './slot-results.ts'
import type { LabWatcher } from './watcher.ts'

/** Time before the first slot at which the clock stands while the neighbourhood forms, protocol ms. */
const STAND_BEFORE = 1000

export abstract class FormedNeighbourhood {
  readonly options: NeighbourhoodOptions
  readonly firstSlot: Slot
  readonly clock: LabClock
  readonly memberships: Membership[] = []
  readonly results = new SlotResults()
  /** Households by meter id. */
  readonly households = new Map<MeterId, number>()
  readonly courses = new Map<Slot, SlotCourse>()
  /** Takes changes and faults as they are made known. */
  onNews: (news: RegistrarNews) => void = () => {}
  watcher: LabWatcher | undefined

  constructor(options: NeighbourhoodOptions) {
    this.options = options
    this.firstSlot = options.readings.firstSlot
    this.clock = new LabClock(this.before)
  }

  /** Time that the clock shows until it is started. */
  protected get before(): Millis {
    return millis(slotTimes(this.firstSlot, this.options.network.slotSeconds).start - STAND_BEFORE)
  }

  /** Limits of the network layer for a neighbourhood on one machine. */
  protected get preset(): NetworkPreset {
    const { network, members } = this.options
    return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
  }

  /** Starts the clock in the last quarter of the first slot, since nothing happens before. */
  protected startClock(): ClockAnchor {
    const { network, slotMs } = this.options
    const { end, unit } = slotTimes(this.firstSlot, network.slotSeconds)
    const anchor = { real: realNow(), protocol: millis(end - 4 * unit), rate: (network.slotSeconds * 1000) / slotMs }
    this.clock.start(anchor)
    return anchor
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    return this.results.of(slot, this.clock, this.options.network.slotSeconds, signal)
  }

  protected course(slot: Slot): SlotCourse {
    let course = this.courses.get(slot)
    if (!course) {
      course = { releases: 0, refused: [], disputed: [] }
      this.courses.set(slot, course)
    }
    return course
  }

  /**
   * Gives the operation that cuts some households off from everybody else; with none named it heals all.
   *
   * @param roles - keys of the roles other than meters
   * @returns the operation on the meters, and the keys that the roles are to block
   */
  protected cutOff(
    households: readonly number[],
    roles: readonly (MeterId | undefined)[]
  ): { readonly operation: Extract<HostOperation, { do: 'block' }>; readonly away: readonly MeterId[] } {
    const idOf = new Map([...this.households].map(([id, household]) => [household, id]))
    const away = households.flatMap(household => idOf.get(household) ?? [])
    const rest = [...this.households.keys()].filter(id => !away.includes(id))
    const others = [...rest, ...roles.filter(id => id !== undefined)]
    const blocked = new Map(households.map(household => [household, away.length === 0 ? [] : others]))
    return { operation: { do: 'block', blocked, others: away }, away }
  }
}
