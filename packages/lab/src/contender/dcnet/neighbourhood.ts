// A DC-net on this machine: one registrar, one aggregator and the meters, each a libp2p node.
import { join } from 'node:path'
import type { AggregatorOutput, HeldRoster, RegistrarOutput } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType, SubmissionPayload } from '@hushgrid/messages'
import { AdjustableClock, type ClockAnchor, realNow } from '@hushgrid/network'
import { type AggregatorNode, AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { type RegistrarNode, RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import { HushgridError, type MeterId, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import { resolveDegree } from '@hushgrid/topology'
import type { HostOperation } from '../../meters/operation.ts'
import { FormedNeighbourhood } from '../../neighbourhood/base.ts'
import type { LabEvent } from '../../neighbourhood/events.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import type { LabNeighbourhood, LabSample, NeighbourhoodOptions, TimedResult } from '../../neighbourhood/neighbourhood.ts'
import { RestartableRole } from '../../neighbourhood/restartable-role.ts'
import { type LabRing, ringOf } from '../../neighbourhood/ring.ts'
import { allTogether } from '../../neighbourhood/sample.ts'
import { sleepUntil } from '../../neighbourhood/slot-results.ts'
import { askTwice } from './ask-twice.ts'
import type { DoubleMaskAccount } from './double-mask-figures.ts'
import { membershipOf } from './membership.ts'
import { conflictText, evidenceNews, registrarText } from './registrar-text.ts'
import { RingMeters } from './ring-meters.ts'

/** One neighbourhood, from its first node to its last. */
export class RingNeighbourhood extends FormedNeighbourhood implements LabNeighbourhood {
  /** Rosters as they came into force, with their envelopes. */
  readonly #rosters: HeldRoster[] = []
  readonly #registrar = new RestartableRole<RegistrarNode>()
  readonly #aggregator = new RestartableRole<AggregatorNode>()
  /** Account of the run, where it has double mask. */
  readonly #doubleMask: DoubleMaskAccount | undefined
  #registrarKey: MeterId | undefined
  #registrarAddress = ''
  #meters: RingMeters | undefined
  /** Slots in which an attack goes on after the result. */
  readonly #attacked = new Set<Slot>()
  readonly #stopping = new AbortController()

  constructor(options: NeighbourhoodOptions, doubleMask?: DoubleMaskAccount) {
    super(options)
    this.#doubleMask = doubleMask
  }

  /** Starts every node and forms the ring; resolves when the first slot can begin. */
  async form(): Promise<void> {
    const { network, members, emit } = this.options
    const resolved = resolveDegree(network, members)
    emit({ type: 'phase', phase: 'start', done: 0, of: 2 })
    await this.#startRegistrar()
    emit({ type: 'phase', phase: 'start', done: 1, of: 2 })
    await this.#startAggregator()
    emit({ type: 'phase', phase: 'start', done: 2, of: 2 })
    this.#meters = new RingMeters(this.options, {
      registrar: this.#registrarAddress,
      before: this.before,
      households: this.households,
      course: slot => this.course(slot),
      watcher: () => this.watcher
    })
    await this.#meters.start()
    const [held] = this.#rosters
    if (!held) throw new HushgridError('the registrar has signed no roster')
    emit({ type: 'phase', phase: 'roster', done: 1, of: 1 })
    const { neighbourCount } = held.roster
    emit({ ...rosterEvent(held), neighbours: neighbourCount, why: resolved.why })
  }

  begin(): void {
    const { supplier } = this.options
    const anchor = this.firstAnchor()
    this.follow(anchor)
    const aggregator = this.#aggregator.node
    if (supplier && aggregator) supplier.begun(firstAddress(aggregator.node), anchor)
  }

  override lengthen(slotMs: number): ClockAnchor | undefined {
    const anchor = super.lengthen(slotMs)
    if (anchor) this.options.supplier?.paced?.(anchor)
    return anchor
  }

  protected override follow(anchor: ClockAnchor): void {
    super.follow(anchor)
    this.#meters?.startClock(anchor)
  }

  async operate(operation: HostOperation): Promise<void> {
    if (!this.#meters) throw new HushgridError('the neighbourhood: expected one that has formed')
    const meters = this.#meters
    await this.carryOut(operation, () => meters.operate(operation))
  }

  async partition(households: readonly number[]): Promise<void> {
    const aggregator = this.#aggregator.node && this.#rosters.at(-1)?.roster.aggregatorKey
    const { operation, away } = this.cutOff(households, [this.#registrarKey, aggregator])
    await this.operate(operation)
    for (const { node } of [this.#registrar, this.#aggregator]) if (node) node.node.blocked = new Set(away)
  }

  get keys(): Readonly<Record<string, MeterId | undefined>> {
    return { registrar: this.#registrarKey, aggregator: this.#rosters[0]?.roster.aggregatorKey }
  }

  async stopAggregator(): Promise<void> {
    this.noteCollector(false)
    const killed = this.#aggregator.kill()
    this.watcher?.aggregator(false)
    await killed
    this.tellRole('role-crash', 'aggregator')
  }

  async restartAggregator(): Promise<void> {
    await this.#aggregator.gone()
    await this.#startAggregator()
    this.noteCollector(true)
    this.tellRole('role-restart', 'aggregator')
    this.watcher?.aggregator(true)
  }

  async stopRegistrar(): Promise<void> {
    await this.#registrar.kill()
    this.tellRole('role-crash', 'registrar')
  }

  async restartRegistrar(): Promise<void> {
    await this.#registrar.gone()
    await this.#startRegistrar()
    this.tellRole('role-restart', 'registrar')
  }

  async #startRegistrar(): Promise<void> {
    const { network, members, state, listen, emit, fail } = this.options
    const store = RegistrarStore.open(join(state, 'registrar'), systemRng, false)
    this.#registrarKey = store.identity.id
    const registrar = await startRegistrar({
      store,
      network,
      formWith: members,
      lab: true,
      firstSlot: this.firstSlot,
      clock: this.clock,
      preset: this.preset,
      listen: this.#registrar.listen(listen?.registrar),
      rng: systemRng,
      observe: output => this.#ofRegistrar(output),
      warn: text => emit({ type: 'warning', text: `registrar: ${text}` }),
      fail
    })
    this.#registrar.started(registrar)
    this.#registrarAddress = firstAddress(registrar.node)
  }

  #ofRegistrar(output: RegistrarOutput): void {
    const { emit, fail, record } = this.options
    const text = registrarText(output, this.households)
    if (text !== undefined) emit({ type: 'note', text })
    if (output.type === 'roster') {
      this.#rosters.push(output.held)
      this.memberships.push(membershipOf(output.held))
      record?.roster?.(output.held)
      // The first is told with the reason for its degree, once everybody has it.
      if (this.#rosters.length > 1) emit(rosterEvent(output.held))
    } else if (output.type === 'cannot-form') {
      if (this.#rosters.length === 0) fail(new HushgridError(output.detail))
      else emit({ type: 'warning', text: `registrar: ${output.detail}` })
    } else if (output.type === 'evidence') this.onNews(evidenceNews(output))
    else if (output.type === 'changes' || output.type === 'fault' || output.type === 'aggregator-fault') this.onNews(output)
  }

  async #startAggregator(): Promise<void> {
    const { network, state, listen, supplier, emit, fail } = this.options
    const aggregator = await startAggregator({
      store: AggregatorStore.open(join(state, 'aggregator'), systemRng, false),
      network: network.name,
      slotSeconds: network.slotSeconds,
      changeSlots: network.changeSlots,
      networkLanes: network.lanes,
      clock: new AdjustableClock(this.clock),
      preset: this.preset,
      listen: this.#aggregator.listen(listen?.aggregator),
      registrar: this.#registrarAddress,
      ...(supplier && { readers: [supplier.id] }),
      observe: output => this.#ofAggregator(output),
      warn: text => emit({ type: 'warning', text: `aggregator: ${text}` }),
      fail
    })
    this.#aggregator.started(aggregator)
    await aggregator.service.start()
  }

  #ofAggregator(output: AggregatorOutput): void {
    const { emit, record } = this.options
    if (output.type === 'journal') {
      if (output.record.kind === 'result') {
        record?.transcript?.(output.record.bytes)
        this.#doubleMask?.note(output.record.bytes)
      } else if (output.record.kind === 'received') this.#received(output.record.bytes)
    } else if (output.type === 'release') {
      this.course(output.slot).releases++
      this.watcher?.released(output.slot, output.by)
    } else if (output.type === 'share') this.watcher?.released(output.slot, output.by)
    else if (output.type === 'requested') {
      this.course(output.slot).requests++
      this.watcher?.missing(output.slot, output.missing)
    } else if (output.type === 'shares-requested') this.course(output.slot).requests++
    else if (output.type === 'publish') record?.resultBytes?.(output.bytes.byteLength)
    else if (output.type === 'evidence') this.onNews(evidenceNews(output))
    else if (output.type === 'conflict') emit({ type: 'note', text: conflictText(output, this.households) })
    else if (output.type === 'total' || output.type === 'lost') {
      this.results.publish({ ...output, at: realNow() })
    }
  }

  #received(envelope: Uint8Array): void {
    const { type, slot, sender, payload } = decodeEnvelope(envelope)
    if (type !== MessageType.Submission) return
    this.course(slot).submitted.add(sender)
    if (!this.watcher) return
    const bytes = SubmissionPayload.decode(payload).lanes.slice()
    const lanes = this.#heldAt(slot)?.roster.lanes.map(({ obis }) => obis) ?? []
    this.watcher.received(slot, sender, { role: 'aggregator', form: 'masked', bytes, lanes })
  }

  #heldAt(slot: Slot): HeldRoster | undefined {
    return this.#rosters.findLast(held => held.roster.firstSlot <= slot)
  }

  submittedIn(slot: Slot): number {
    return this.courses.get(slot)?.submitted.size ?? 0
  }

  ringAt(slot: Slot): LabRing | undefined {
    const held = this.#heldAt(slot)
    return held && ringOf(held.roster, this.households)
  }

  ownFigures() {
    const doubleMask = this.#doubleMask?.figures(slot => this.#heldAt(slot)?.roster)
    return doubleMask && { doubleMask }
  }

  /**
   * Makes the aggregator ask twice in a slot that has not ended; that slot's result then comes once the slot is over.
   *
   * @returns the number of meters that were shown a request
   */
  async askTwice(household: number, slot: Slot): Promise<number> {
    const [victim] = [...this.households].find(([, number]) => number === household) ?? []
    if (victim === undefined) throw new HushgridError(`household ${household}: expected one with a meter`)
    this.#attacked.add(slot)
    this.noteAttack(slot)
    const shown = await askTwice({
      aggregator: () => this.#aggregator.node,
      clock: this.clock,
      slot,
      victim,
      signal: this.#stopping.signal
    })
    this.options.emit({ type: 'attack', by: 'aggregator', what: 'ask-twice', meter: household, slot })
    return shown
  }

  override async resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    const result = await super.resultOf(slot, signal)
    if (this.#attacked.delete(slot)) await sleepUntil(this.clock, slotTimes(slot, this.options.network.slotSeconds).over, signal)
    return result
  }

  /** Number of submissions dropped at the aggregator, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return { ...this.#aggregator.node?.service.state.drops.counts }
  }

  /** Gives the resources that all processes have used so far. */
  async sample(): Promise<LabSample> {
    return allTogether((await this.#meters?.sample()) ?? [], this.drops)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#meters?.stop()
    await Promise.all([this.#aggregator.stop(), this.#registrar.stop()])
  }
}

function rosterEvent({ roster }: HeldRoster): Extract<LabEvent, { type: 'roster' }> {
  const { firstSlot, epoch, n, degree } = roster
  return { type: 'roster', slot: firstSlot, epoch, members: n, degree }
}
