// Common parts of all neighbourhoods on this machine, whichever path readings take: clock, members, results and courses.
import { type ClockAnchor, LabClock, labPreset, type NetworkPreset, realNow, topicName } from '@hushgrid/network'
import { type MeterId, type Millis, millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { Role } from '@hushgrid/scenarios'
import { watchLag } from '../meters/event-loop-lag.ts'
import type { HostOperation } from '../meters/operation.ts'
import { Absences } from './absences.ts'
import type { Membership, NeighbourhoodOptions, RegistrarNews, SlotCourse, TimedResult } from './neighbourhood.ts'
import { SlotResults } from './slot-results.ts'
import type { LabWatcher } from './watcher.ts'

/** Time before the first slot at which the clock stands while the neighbourhood forms, protocol ms. */
const STAND_BEFORE = 1000
/** Units of a slot, of which it has 16, that every process has to hear of another length of slots before it begins. */
const NOTICE_UNITS = 2

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
  /** Real length of the slots to come, ms. */
  slotMs: number
  readonly #absences = new Absences()
  /** Message rounds of a slot in which nothing has to be asked for. */
  readonly rounds: number = 1

  constructor(options: NeighbourhoodOptions) {
    this.options = options
    this.firstSlot = options.readings.firstSlot
    this.slotMs = options.slotMs
    watchLag()
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

  /** Gives the anchor that starts the clock now, in the last quarter of the first slot, since nothing happens before. */
  protected firstAnchor(): ClockAnchor {
    const { end, unit } = slotTimes(this.firstSlot, this.#slotSeconds)
    return { real: realNow(), protocol: millis(end - 4 * unit), rate: this.#rate }
  }

  get #slotSeconds(): number {
    return this.options.network.slotSeconds
  }

  get #rate(): number {
    return (this.#slotSeconds * 1000) / this.slotMs
  }

  /**
   * Has slots take longer, from the next slot's end on that is far enough ahead for every process to hear of it. No slot is
   * collected at two rates.
   *
   * @returns the anchor that all clocks follow; undefined before the clock runs
   */
  lengthen(slotMs: number): ClockAnchor | undefined {
    this.slotMs = slotMs
    const notice = NOTICE_UNITS * slotTimes(this.firstSlot, this.#slotSeconds).unit
    const boundary = slotTimes(slotAt(millis(this.clock.now() + notice), this.#slotSeconds), this.#slotSeconds).end
    const anchor = this.clock.anchorFrom(boundary, this.#rate)
    if (anchor) this.follow(anchor)
    return anchor
  }

  /** Hands an anchor to the clock of every process. */
  protected follow(anchor: ClockAnchor): void {
    this.clock.follow(anchor)
  }

  /** Gives the real length of a slot as it was while the slot was collected, ms. */
  slotMsAt(slot: Slot): number {
    const { end, over } = slotTimes(slot, this.#slotSeconds)
    const [from, until] = [this.clock.realAt(end), this.clock.realAt(over)]
    if (from === undefined || until === undefined) return this.slotMs
    return Math.round(((until - from) * this.#slotSeconds * 1000) / (over - end))
  }

  /** Gives what is away in a slot because somebody took it away. */
  awayAt(slot: Slot): ReturnType<Absences['at']> {
    return this.#absences.at(slot)
  }

  /** Carries an operation on meters out. It excuses whom it takes away from its beginning; one that fails has not happened. */
  protected async carryOut(operation: HostOperation, does: () => Promise<void>): Promise<void> {
    const over = this.#absences.begin(operation)
    try {
      await does()
    } finally {
      over()
    }
    this.#absences.note(operation, slotAt(this.clock.now(), this.#slotSeconds))
    this.#tellOperation(operation)
  }

  protected noteAttack(slot: Slot): void {
    this.#absences.attack(slot)
  }

  /** Notes that the collecting role goes down or comes up. */
  protected noteCollector(isUp: boolean): void {
    this.#absences.collector(isUp, slotAt(this.clock.now(), this.#slotSeconds))
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    return this.results.of(slot, this.clock, this.options.network.slotSeconds, signal)
  }

  protected course(slot: Slot): SlotCourse {
    let course = this.courses.get(slot)
    if (!course) {
      course = { releases: 0, requests: 0, submitted: new Set(), refused: [], disputed: [] }
      this.courses.set(slot, course)
    }
    return course
  }

  /** Tells of an operation on meters that is done. */
  #tellOperation(operation: HostOperation): void {
    const { emit } = this.options
    if (operation.do === 'skew') for (const [meter, ms] of operation.offsets) emit({ type: 'skew', meter, seconds: ms / 1000 })
    else if (operation.do !== 'block') emit({ type: operation.do, meter: operation.household })
    else if (operation.others.length === 0) emit({ type: 'heal' })
    else emit({ type: 'partition', meters: [...operation.blocked.keys()] })
  }

  /** Tells of a role that goes down or comes up; the concentrator has the aggregator's place. */
  protected tellRole(type: 'role-crash' | 'role-restart', role: Role): void {
    this.options.emit({ type, role })
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
