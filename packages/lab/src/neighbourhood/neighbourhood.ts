// A whole neighbourhood on this machine: one registrar, one aggregator and the meters, each a libp2p node.
import { join } from 'node:path'
import { type AggregatorOutput, findingText, type HeldRoster, type RosterFloors } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType, SubmissionPayload } from '@hushgrid/messages'
import { LabClock, labPreset, realNow, topicName } from '@hushgrid/network'
import { type AggregatorNode, AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { type RegistrarNode, RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import { HushgridError, type MeterId, type Millis, millis, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import { resolveDegree } from '@hushgrid/topology'
import { type LabHost, localHost, workerHost } from '../meters/lab-host.ts'
import { recipeFor } from '../meters/lab-readings.ts'
import type { HostOperation, HostReport, MeterHostConfig } from '../meters/meter-host.ts'
import { askTwice } from './ask-twice.ts'
import { firstAddress } from './first-address.ts'
import { householdShares, laterHouseholds } from './household-shares.ts'
import {
  type LabNeighbourhood,
  type LabSample,
  type Membership,
  type NeighbourhoodOptions,
  type RegistrarNews,
  type SlotCourse,
  type TimedResult,
  watched
} from './lab-neighbourhood.ts'
import { type LabRing, ringOf } from './lab-ring.ts'
import { allTogether } from './lab-sample.ts'
import type { LabWatcher } from './lab-watcher.ts'
import { SlotResults, sleepUntil } from './slot-results.ts'

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
/** How much before the first slot the clock stands while the neighbourhood forms, in protocol milliseconds. */
const STAND_BEFORE = 1000

/** One neighbourhood, from its first node to its last. */
export class Neighbourhood implements LabNeighbourhood {
  readonly options: NeighbourhoodOptions
  readonly firstSlot: Slot
  readonly clock: LabClock
  /** Rosters as they came into force, with their envelopes. */
  readonly rosters: HeldRoster[] = []
  readonly memberships: Membership[] = []
  readonly results = new SlotResults()
  /** Told of each slot's transcript, before its result is published. */
  onTranscript: (transcript: Uint8Array) => void = () => {}
  onRoster: (held: HeldRoster) => void = () => {}
  /** Told the size of each result's envelope, bytes. */
  onResultBytes: (bytes: number) => void = () => {}
  /** Told of changes and faults as the registrar makes them known. */
  onNews: (news: RegistrarNews) => void = () => {}
  watcher: LabWatcher | undefined
  registrarKey: MeterId | undefined
  /** Households by meter id. */
  readonly households = new Map<MeterId, number>()
  readonly courses = new Map<Slot, SlotCourse>()
  readonly #hostOf = new Map<number, LabHost>()
  /** Where registrar and aggregator listened, so that they come back there. */
  readonly #listened = { registrar: '', aggregator: '' }
  #registrar: RegistrarNode | undefined
  #aggregator: AggregatorNode | undefined
  #registrarAddress = ''
  #ending: Promise<void> = Promise.resolve()
  #hosts: LabHost[] = []
  /** Slots of which there is more to come once they have a result. */
  readonly #attacked = new Set<Slot>()

  constructor(options: NeighbourhoodOptions) {
    this.options = options
    this.firstSlot = options.readings.firstSlot
    this.clock = new LabClock(this.#before)
  }

  get #before(): Millis {
    return millis(slotTimes(this.firstSlot, this.options.network.slotSeconds).start - STAND_BEFORE)
  }

  /** Starts every node and forms the ring; resolves when the first slot can begin. */
  async form(): Promise<void> {
    const { network, members, emit } = this.options
    const resolved = resolveDegree(network, members)
    emit({ type: 'phase', phase: 'start', done: 0, of: 2 })
    const registrar = await this.#startRegistrar()
    emit({ type: 'phase', phase: 'start', done: 1, of: 2 })
    const address = registrar.node.addresses[0]
    if (!address) throw new HushgridError('the registrar listens nowhere')
    this.#registrarAddress = address
    await this.#startAggregator(address)
    emit({ type: 'phase', phase: 'start', done: 2, of: 2 })

    const done = { enrol: 0, dial: 0, agree: 0 }
    const reports: HostReport = {
      progress: phase => {
        if (done[phase] < members) emit({ type: 'phase', phase, done: ++done[phase], of: members })
      },
      warn: text => emit({ type: 'warning', text }),
      fail: this.options.fail,
      identity: (household, id) => this.households.set(id, household),
      // The aggregator tells of refusals too, where they reach it.
      refused: (household, slot, reason) => {
        this.#course(slot).refused.push({ by: household, reason })
        this.watcher?.refused(slot, household, reason)
      },
      disputed: (household, slot) => {
        this.#course(slot).disputed.push(household)
        this.watcher?.disputed(slot, household)
      },
      gaveMasks: (household, slot) => this.watcher?.gaveMasks(slot, household),
      caught: (household, slot, what) => this.watcher?.caught(slot, household, what)
    }
    for (const phase of ['enrol', 'dial', 'agree'] as const) emit({ type: 'phase', phase, done: 0, of: members })
    const [own, ...others] = householdShares(members, this.options.processes)
    const host = (of: typeof localHost, households: readonly number[]): LabHost => {
      // Those who join later are in this process.
      const mine = of === localHost ? [...households, ...laterHouseholds(members, this.options.readings.households)] : households
      const made = of(this.#hostConfig(households, address), recipeFor(this.options.readings.recipe, mine), reports)
      for (const household of mine) this.#hostOf.set(household, made)
      return made
    }
    this.#hosts = [host(localHost, own ?? []), ...others.map(households => host(workerHost, households))]
    await Promise.all(this.#hosts.map(host => host.start()))
    const held = this.rosters[0]
    if (!held) throw new HushgridError('the registrar has signed no roster')
    emit({ type: 'phase', phase: 'roster', done: 1, of: 1 })
    const { epoch, n, degree, neighbourCount } = held.roster
    emit({ type: 'roster', epoch, members: n, degree, neighbours: neighbourCount, why: resolved.why })
  }

  /** Lets the clock run, from the last quarter of the first slot: there is nothing to wait for in the rest of it. */
  begin(): void {
    const { network, slotMs, supplier } = this.options
    const { end, unit } = slotTimes(this.firstSlot, network.slotSeconds)
    const anchor = {
      real: realNow(),
      protocol: millis(end - 4 * unit),
      rate: (network.slotSeconds * 1000) / slotMs
    }
    this.clock.start(anchor)
    for (const host of this.#hosts) host.startClock(anchor)
    if (supplier && this.#aggregator) supplier.begun(firstAddress(this.#aggregator.node), anchor)
  }

  #hostConfig(households: readonly number[], registrar: string): MeterHostConfig {
    const { network, members, state, supplier } = this.options
    const floors: RosterFloors = { minMembers: network.minMembers, degree: 2, recovery: 0 }
    return {
      network: network.name,
      slotSeconds: network.slotSeconds,
      lanes: network.lanes,
      firstSlot: this.firstSlot,
      households,
      members,
      registrar,
      before: this.#before,
      floors,
      state,
      ...(supplier && { home: supplier.home })
    }
  }

  /** Does something to a meter. */
  async operate(operation: HostOperation): Promise<void> {
    if (operation.do === 'block' || operation.do === 'skew') {
      await Promise.all(this.#hosts.map(host => host.operate(operation)))
      return
    }
    const host = this.#hostOf.get(operation.household)
    if (!host) throw new HushgridError(`household ${operation.household}: expected one that there are readings of`)
    await watched(this.watcher, operation, () => host.operate(operation))
  }

  /** Cuts some households off from everybody else, and with none named heals all. */
  async partition(households: readonly number[]): Promise<void> {
    const idOf = new Map([...this.households].map(([id, household]) => [household, id]))
    const away = households.flatMap(household => idOf.get(household) ?? [])
    const rest = [...this.households.keys()].filter(id => !away.includes(id))
    const roles = [this.registrarKey, this.#aggregator?.node ? this.aggregatorKey : undefined].filter(id => id !== undefined)
    const blocked = new Map(households.map(household => [household, away.length === 0 ? [] : [...rest, ...roles]]))
    await this.operate({ do: 'block', blocked, others: away })
    for (const role of [this.#registrar, this.#aggregator]) if (role) role.node.blocked = new Set(away)
  }

  get keys(): Readonly<Record<string, MeterId | undefined>> {
    return { registrar: this.registrarKey, aggregator: this.rosters[0]?.roster.aggregatorKey }
  }

  get aggregatorKey(): MeterId | undefined {
    return this.rosters.at(-1)?.roster.aggregatorKey
  }

  /** As if the aggregator's process had been killed. */
  async stopAggregator(): Promise<void> {
    const aggregator = this.#aggregator
    this.#aggregator = undefined
    aggregator?.service.stop()
    this.watcher?.aggregator(false)
    this.#ending = aggregator?.stop() ?? Promise.resolve()
    await this.#ending
  }

  async restartAggregator(): Promise<void> {
    // Its address and its store are free once it is gone.
    await this.#ending
    await this.#startAggregator(this.#registrarAddress)
    this.watcher?.aggregator(true)
  }

  /** As if the registrar's process had been killed. */
  async stopRegistrar(): Promise<void> {
    const registrar = this.#registrar
    this.#registrar = undefined
    registrar?.service.stop()
    this.#ending = registrar?.stop() ?? Promise.resolve()
    await this.#ending
  }

  async restartRegistrar(): Promise<void> {
    await this.#ending
    await this.#startRegistrar()
  }

  #course(slot: Slot): SlotCourse {
    let course = this.courses.get(slot)
    if (!course) {
      course = { releases: 0, refused: [], disputed: [] }
      this.courses.set(slot, course)
    }
    return course
  }

  get #preset() {
    const { network, members } = this.options
    return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
  }

  async #startRegistrar(): Promise<RegistrarNode> {
    const { network, members, state, listen, emit, fail } = this.options
    const store = RegistrarStore.open(join(state, 'registrar'), systemRng, false)
    this.registrarKey = store.identity.id
    this.#registrar = await startRegistrar({
      store,
      network,
      formWith: members,
      firstSlot: this.firstSlot,
      clock: this.clock,
      preset: this.#preset,
      listen: [this.#listened.registrar || (listen?.registrar ?? ANY_PORT)],
      rng: systemRng,
      observe: output => {
        if (output.type === 'roster') {
          this.rosters.push(output.held)
          this.memberships.push(membershipOf(output.held))
          this.onRoster(output.held)
        } else if (output.type === 'cannot-form') {
          if (this.rosters.length === 0) fail(new HushgridError(output.detail))
          else emit({ type: 'warning', text: `registrar: ${output.detail}` })
        } else if (output.type === 'evidence') {
          emit({ type: 'warning', text: `registrar: evidence against ${output.against}: ${findingText(output.what)}` })
          this.onNews(output)
        } else if (output.type === 'changes' || output.type === 'fault' || output.type === 'aggregator-fault') this.onNews(output)
      },
      warn: text => emit({ type: 'warning', text: `registrar: ${text}` }),
      fail
    })
    this.#listened.registrar = withoutPeer(this.#registrar.node.addresses[0])
    return this.#registrar
  }

  async #startAggregator(registrar: string): Promise<void> {
    const { network, state, listen, supplier, emit, fail } = this.options
    this.#aggregator = await startAggregator({
      store: AggregatorStore.open(join(state, 'aggregator'), systemRng, false),
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock: this.clock,
      preset: this.#preset,
      listen: [this.#listened.aggregator || (listen?.aggregator ?? ANY_PORT)],
      registrar,
      ...(supplier && { suppliers: [supplier.id] }),
      observe: output => this.#observe(output),
      warn: text => emit({ type: 'warning', text: `aggregator: ${text}` }),
      fail
    })
    this.#listened.aggregator = withoutPeer(this.#aggregator.node.addresses[0])
    await this.#aggregator.service.start()
  }

  #observe(output: AggregatorOutput): void {
    if (output.type === 'journal') {
      if (output.record.kind === 'result') this.onTranscript(output.record.bytes)
      else if (output.record.kind === 'received') this.#received(output.record.bytes)
    } else if (output.type === 'release') {
      this.#course(output.slot).releases++
      this.watcher?.released(output.slot, output.by)
    } else if (output.type === 'share') this.watcher?.released(output.slot, output.by)
    else if (output.type === 'requested') this.watcher?.missing(output.slot, output.missing)
    else if (output.type === 'publish') this.onResultBytes(output.bytes.byteLength)
    else if (output.type === 'evidence') {
      this.options.emit({ type: 'warning', text: `aggregator: evidence against ${output.against}: ${findingText(output.what)}` })
    } else if (output.type === 'total' || output.type === 'lost') {
      this.results.publish({ ...output, at: realNow() })
    }
  }

  #received(bytes: Uint8Array): void {
    if (!this.watcher) return
    const { type, slot, sender, payload } = decodeEnvelope(bytes)
    if (type !== MessageType.Submission) return
    const { lanes } = SubmissionPayload.decode(payload)
    this.watcher.received(slot, sender, { role: 'aggregator', form: 'masked', bytes: lanes.slice() })
  }

  ringAt(slot: Slot): LabRing | undefined {
    const held = this.rosters.findLast(each => each.roster.firstSlot <= slot)
    return held && ringOf(held.roster, this.households)
  }

  /**
   * Has the aggregator ask twice in a slot that has not ended; the slot's result is then given once the slot is over.
   *
   * @returns how many meters were shown a request
   */
  async askTwice(household: number, slot: Slot): Promise<number> {
    const [victim] = [...this.households].find(([, number]) => number === household) ?? []
    if (victim === undefined) throw new HushgridError(`household ${household}: expected one with a meter`)
    this.#attacked.add(slot)
    return await askTwice({ aggregator: () => this.#aggregator, clock: this.clock, slot, victim })
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  async resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    const { slotSeconds } = this.options.network
    const result = await this.results.of(slot, this.clock, slotSeconds, signal)
    if (this.#attacked.delete(slot)) await sleepUntil(this.clock, slotTimes(slot, slotSeconds).over, signal)
    return result
  }

  /** Submissions that were dropped at the aggregator, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return { ...this.#aggregator?.service.state.drops.counts }
  }

  /** What all processes have used so far. */
  async sample(): Promise<LabSample> {
    return allTogether(await Promise.all(this.#hosts.map(host => host.sample())), this.drops)
  }

  /** Ends every node. */
  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map(host => host.stop()))
    await Promise.all([this.#aggregator?.stop(), this.#registrar?.stop()])
  }
}

function membershipOf({ roster }: HeldRoster): Membership {
  const { epoch, firstSlot, n, degree } = roster
  const present = roster.members().flatMap(member => (member.absent ? [] : [member.meterId]))
  return { epoch, firstSlot, n, degree, present }
}

/** The address that a node listens on, out of the one it is dialled at. */
function withoutPeer(address: string | undefined): string {
  return address?.replace(/\/p2p\/[^/]+$/, '') ?? ''
}
