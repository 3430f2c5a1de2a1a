// A neighbourhood of the DC-net in one process, and actions on it.
import type { AggregatorOutput, MeterOutput, RegistrarOutput } from '@hushgrid/dcnet'
import { type MeterId, type SigningKey, type Slot, slotTimes, type VerifierOf } from '@hushgrid/primitives'
import type { ChurnResult, Happening, JournalState, KnownParty, Role, SlotReport, WithoutEffect } from '@hushgrid/scenarios'
import type { RoleName } from '@hushgrid/schemes'
import type { AggregatorNode } from '../machines/aggregator-node.ts'
import type { MeterNode } from '../machines/meter-node.ts'
import type { RegistrarNode } from '../machines/registrar-node.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import { recordBytes } from '../record/gauge.ts'
import { Recorder } from '../record/recorder.ts'
import { type NeighbourhoodOptions, neighbourhoodConfig } from './config.ts'
import { NeighbourhoodDirectory } from './directory.ts'
import { NodeMaker } from './nodes.ts'
import { Simulation } from './simulation.ts'

/** Part of the time of starting in which only registrar and aggregator do. */
const ROLES_FIRST = 1 / 5

/** Neighbourhood of the DC-net, of the same state machines that run on real sockets. */
export class SimulatedNeighbourhood extends Simulation<MeterNode> {
  readonly registrarNode: RegistrarNode
  readonly aggregatorNode: AggregatorNode
  readonly recorder: Recorder
  readonly #directory = new NeighbourhoodDirectory()
  readonly #maker: NodeMaker

  constructor(options: NeighbourhoodOptions) {
    const config = neighbourhoodConfig(options)
    const { slotSeconds, firstSlot, startWithin } = config
    super(config, slotTimes(firstSlot, slotSeconds).start - Math.max(slotSeconds * 500, 2 * startWithin))
    this.#maker = new NodeMaker(config, this.network, this.#directory)
    this.recorder = new Recorder({
      firstSlot,
      readings: config.readings,
      lanes: config.lanes,
      network: this.network,
      meterOf: id => this.meterOf(id),
      idOf: meter => this.meters.get(meter)?.id,
      partyOf: id => this.#directory.partyOf(id),
      conversationOf: meter => this.#conversationOf(meter)
    })
    this.registrarNode = this.#maker.registrar()
    this.aggregatorNode = this.#maker.aggregator()
    this.registrarNode.onIdleTicks = () => this.restless('the registrar')
    this.aggregatorNode.onIdleTicks = () => this.restless('the aggregator')
    this.registrarNode.timed = run => config.gauge.timed('registrar', run)
    this.aggregatorNode.timed = run => config.gauge.timed('aggregator', run)
    this.registrarNode.observe = output => {
      this.#keep('registrar', output)
      this.recorder.ofRegistrar(output)
    }
    this.aggregatorNode.observe = output => {
      this.#keep('aggregator', output)
      this.recorder.ofAggregator(output)
    }
    // Starting waits for the run, so that observers are in place before anything is sent.
    this.network.after(0, () => {
      this.registrarNode.start()
      this.aggregatorNode.start()
    })
    for (let meter = 0; meter < config.members; meter++) {
      const node = this.#addMeter(meter)
      const earliest = Math.floor(startWithin * ROLES_FIRST)
      this.network.after(earliest + this.#maker.wait(Math.max(1, startWithin - earliest)), () => this.#startMeter(node))
    }
  }

  get withoutEffect(): WithoutEffect[] {
    return this.recorder.withoutEffect
  }

  get violations(): string[] {
    return this.recorder.violations
  }

  get networkId(): Uint8Array {
    return this.#maker.networkId
  }

  get registrarKey(): SigningKey {
    return this.#maker.registrarKey
  }

  get aggregatorKey(): SigningKey {
    return this.#maker.aggregatorKey
  }

  /** Checks signatures in this simulation. */
  get verifier(): VerifierOf | undefined {
    return this.#maker.verifier
  }

  get registrar(): PeerNumber {
    return this.registrarNode.number
  }

  get aggregator(): PeerNumber {
    return this.aggregatorNode.number
  }

  /** Gives a meter's number by its id; undefined for the roles and for strangers. */
  meterOf(id: MeterId): number | undefined {
    return this.#directory.meterOf(id)
  }

  /** Gives the role of a peer of the network. */
  roleOf(peer: PeerNumber): RoleName {
    const name = this.nameOf(peer)
    return typeof name === 'number' ? 'meter' : name
  }

  /** Gives the name of a peer of the network in a scenario. */
  nameOf(peer: PeerNumber): KnownParty {
    return this.#directory.nameOf(peer)
  }

  /** Has a new meter, or one that has left or is about to, ask to be taken in. @returns whether it was not in already */
  join(meter: number): boolean {
    const node = this.meters.get(meter) ?? this.#addMeter(meter)
    if (node.up && !node.leaving) return false
    if (node.up) node.stay()
    else this.#startMeter(node)
    return true
  }

  /** Has a meter leave. @returns whether it ran and was not leaving already */
  leave(meter: number): boolean {
    const node = this.meter(meter)
    if (!node.up || node.leaving) return false
    node.leave()
    return true
  }

  /** Starts a meter's process again. @returns whether it was down */
  restart(meter: number, journal: JournalState): boolean {
    const node = this.meter(meter)
    if (node.up) return false
    this.#startMeter(node, journal)
    return true
  }

  /** Ends the process of a role now. @returns whether it ran */
  crashRole(role: Role): boolean {
    const node = role === 'aggregator' ? this.aggregatorNode : this.registrarNode
    const { up } = node
    node.crash()
    return up
  }

  /** Starts the process of a role that is down, and tells the nodes that can reach it. @returns whether it was down */
  restartRole(role: Role): boolean {
    const node = role === 'aggregator' ? this.aggregatorNode : this.registrarNode
    if (node.up) return false
    if (role === 'aggregator') this.#restartAggregator()
    else this.#restartRegistrar()
    return true
  }

  heal(): void {
    const cutOff = (node: MeterNode, from: PeerNumber): boolean => !this.network.reachable(node.number, from)
    const all = [...this.meters.values()]
    const withoutAggregator = new Set(all.filter(node => cutOff(node, this.aggregator)))
    const withoutRegistrar = new Set(all.filter(node => cutOff(node, this.registrar)))
    this.network.heal()
    this.#reconnect(node => {
      if (withoutAggregator.has(node) && this.aggregatorNode.up) node.aggregatorBack()
      if (withoutRegistrar.has(node) && this.registrarNode.up) node.registrarBack()
    })
  }

  tell(happening: Happening): void {
    this.recorder.tell(happening)
  }

  protected finish(slot: Slot): SlotReport {
    return this.recorder.finish(slot)
  }

  result(): ChurnResult {
    const { messages, bytes } = this.network.traffic.total()
    const result = this.recorder.result(messages, bytes)
    return { ...result, withoutEffect: [...result.withoutEffect, ...this.crashesToCome()] }
  }

  #restartAggregator(): void {
    this.aggregatorNode.start()
    this.#reconnect(node => this.network.reachable(node.number, this.aggregator) && node.aggregatorBack())
  }

  #restartRegistrar(): void {
    this.registrarNode.start()
    if (this.aggregatorNode.up) this.aggregatorNode.announce()
    this.#reconnect(node => this.network.reachable(node.number, this.registrar) && node.registrarBack())
  }

  #addMeter(meter: number): MeterNode {
    const node = this.#maker.meter(meter, this.recorder.ledger)
    node.timed = run => this.config.gauge.timed('meter', run)
    node.observe = output => {
      this.#keep('meter', output)
      this.recorder.ofMeter(meter, output)
    }
    node.onIdleTicks = () => this.restless(`meter ${meter}`)
    node.onCrash = () => this.recorder.crashed(meter, this.crashSlot)
    this.meters.set(meter, node)
    return node
  }

  #startMeter(node: MeterNode, journal: JournalState = 'intact'): void {
    node.start(journal)
    this.recorder.ledger.started(node.meter)
  }

  #keep(role: RoleName, output: MeterOutput | AggregatorOutput | RegistrarOutput): void {
    if (output.type === 'journal') this.config.gauge.kept(role, recordBytes(output.record))
  }

  #reconnect(reconnect: (node: MeterNode) => unknown): void {
    for (const node of this.meters.values()) if (node.up) reconnect(node)
  }

  #conversationOf(meter: number): { messages: number; bytes: number } {
    const { number, timeTraffic: time } = this.meter(meter)
    const [sent, received] = [this.network.traffic.sentBy(number, 'enrol'), this.network.traffic.receivedBy(number, 'enrol')]
    return { messages: sent.messages + received.messages - time.messages, bytes: sent.bytes + received.bytes - time.bytes }
  }
}
