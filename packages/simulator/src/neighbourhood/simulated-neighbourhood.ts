import { CredentialCache, networkId, SharedSecrets } from '@hushgrid/dcnet'
import {
  IdentityKey,
  InvalidArgumentError,
  type MeterId,
  SeededRng,
  type SigningKey,
  type Slot,
  slotTimes,
  type VerifierOf
} from '@hushgrid/primitives'
import type { ChurnResult, Party, SlotReport } from '@hushgrid/scenarios'
import { resolveDegree } from '@hushgrid/topology'
import { AggregatorNode } from '../machines/aggregator-node.ts'
import { CountingBlindingKey } from '../machines/counting-blinding-key.ts'
import type { Directory } from '../machines/machine-node.ts'
import type { JournalState } from '../machines/meter-journal.ts'
import { type CrashPhase, MeterNode } from '../machines/meter-node.ts'
import { RegistrarNode } from '../machines/registrar-node.ts'
import { StandInSignatures } from '../machines/stand-in-signatures.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import { VirtualNetwork } from '../network/virtual-network.ts'
import { Recorder } from '../record/recorder.ts'
import { type NeighbourhoodConfig, type NeighbourhoodOptions, neighbourhoodConfig } from './config.ts'

/** A credential holds for longer than any run, s. */
const CREDENTIAL_SECONDS = 10 * 365 * 86_400
/** The initial members come up within so many protocol milliseconds. */
const ENROLMENT = 5000

/**
 * A neighbourhood of the same state machines that run on real sockets, in memory and under virtual time. Meters are known
 * by number, from 0; the first `members` of them are in epoch 0. Slot k of a run is the k-th from its first, and `at` is a
 * moment in slots: k is when slot k's submissions begin, k + 0.5 half a slot later.
 */
export class SimulatedNeighbourhood implements Directory {
  readonly config: NeighbourhoodConfig
  readonly network: VirtualNetwork
  readonly networkId: Uint8Array
  readonly registrarNode: RegistrarNode
  readonly aggregatorNode: AggregatorNode
  readonly meters = new Map<number, MeterNode>()
  readonly recorder: Recorder
  /** Checks signatures in this simulation. */
  readonly verifier: VerifierOf | undefined
  readonly registrar: PeerNumber
  readonly aggregator: PeerNumber
  readonly registrarKey: SigningKey
  readonly aggregatorKey: SigningKey
  readonly #rng: SeededRng
  readonly #waits: SeededRng
  readonly #credentials = new CredentialCache()
  readonly #newIdentity: () => SigningKey
  readonly #byId = new Map<MeterId, PeerNumber>()
  readonly #ids: MeterId[] = []
  readonly #meterOfPeer = new Map<PeerNumber, number>()
  #finished = 0

  constructor(options: NeighbourhoodOptions) {
    const config = neighbourhoodConfig(options)
    this.config = config
    const { seed, slotSeconds, firstSlot, latency } = config
    this.#rng = new SeededRng(`${seed} keys`)
    this.#waits = new SeededRng(`${seed} waits`)
    const standIn = config.signatures === 'stand-in' ? new StandInSignatures() : undefined
    this.verifier = standIn?.verifier
    this.#newIdentity = () => standIn?.generate(this.#rng) ?? IdentityKey.generate(this.#rng)
    const { start } = slotTimes(firstSlot, slotSeconds)
    this.network = new VirtualNetwork({ seed, start: start - Math.max(slotSeconds * 500, 2 * ENROLMENT), latency })
    this.networkId = networkId(config.name)
    this.registrarKey = this.#newIdentity()
    this.aggregatorKey = this.#newIdentity()
    this.recorder = new Recorder({
      firstSlot,
      readings: config.readings,
      network: this.network,
      meterOf: id => this.meterOf(id),
      idOf: meter => this.meters.get(meter)?.id,
      partyOf: id => this.partyOf(id),
      conversationOf: meter => this.#conversationOf(meter)
    })
    this.registrarNode = new RegistrarNode(this.network, this, {
      identity: this.registrarKey,
      networkId: this.networkId,
      slotSeconds,
      verifier: this.verifier,
      aggregatorKey: this.aggregatorKey.id,
      lanes: config.lanes,
      recovery: config.recoveryCode,
      minMembers: config.minMembers,
      degreeFor: n => resolveDegree(config, n).degree,
      formWith: config.members,
      firstSlot,
      credentialSeconds: CREDENTIAL_SECONDS,
      rng: new SeededRng(`${seed} registrar`),
      credentials: this.#credentials
    })
    this.registrar = this.#enter(this.registrarKey.id, this.registrarNode.number)
    this.aggregatorNode = new AggregatorNode(
      this.network,
      this,
      {
        identity: this.aggregatorKey,
        networkId: this.networkId,
        slotSeconds,
        verifier: this.verifier,
        registrarKey: this.registrarKey.id,
        credentials: this.#credentials,
        keptTranscripts: 4
      },
      '/memory/aggregator'
    )
    this.aggregator = this.#enter(this.aggregatorKey.id, this.aggregatorNode.number)
    this.registrarNode.onIdleTicks = () => this.#restless('the registrar')
    this.aggregatorNode.onIdleTicks = () => this.#restless('the aggregator')
    this.registrarNode.observe = output => this.recorder.ofRegistrar(output)
    this.aggregatorNode.observe = output => this.recorder.ofAggregator(output)
    // Nothing is sent before whoever looks on is in place.
    this.network.after(0, () => {
      this.registrarNode.start()
      this.aggregatorNode.start()
    })
    for (let meter = 0; meter < config.members; meter++) {
      const node = this.#addMeter(meter)
      this.network.after(1000 + this.#wait(ENROLMENT - 1000), () => this.#startMeter(node))
    }
  }

  idOf(peer: PeerNumber): MeterId {
    const id = this.#ids[peer]
    if (id === undefined) throw new InvalidArgumentError('peer', `0 to ${this.#ids.length - 1}`, String(peer))
    return id
  }

  peerOf(id: MeterId): PeerNumber | undefined {
    return this.#byId.get(id)
  }

  /** A meter's number by its id; undefined for the roles and for strangers. */
  meterOf(id: MeterId): number | undefined {
    const peer = this.#byId.get(id)
    return peer === undefined ? undefined : this.#meterOfPeer.get(peer)
  }

  partyOf(id: MeterId): Party {
    if (id === this.registrarKey.id) return 'registrar'
    if (id === this.aggregatorKey.id) return 'aggregator'
    return this.meterOf(id) ?? 'nobody known'
  }

  /** @throws InvalidArgumentError where there is no such meter */
  meter(number: number): MeterNode {
    const node = this.meters.get(number)
    if (!node) throw new InvalidArgumentError('meter', `one of the ${this.meters.size} there are`, String(number))
    return node
  }

  /** Slot k of the run. */
  slot(index: number): Slot {
    return (this.config.firstSlot + index) as Slot
  }

  /** Protocol time of a moment in slots, ms. */
  timeOf(at: number): number {
    const length = this.config.slotSeconds * 1000
    return slotTimes(this.config.firstSlot, this.config.slotSeconds).end + Math.round(at * length)
  }

  /** The moment in slots that it is. */
  get at(): number {
    return (this.network.now - this.timeOf(0)) / (this.config.slotSeconds * 1000)
  }

  /** A new meter, or one that has left, asks to be taken in. */
  join(meter: number): void {
    const node = this.meters.get(meter) ?? this.#addMeter(meter)
    if (!node.up) this.#startMeter(node)
  }

  leave(meter: number): void {
    const node = this.meter(meter)
    if (node.up) node.leave()
  }

  /** Ends a meter's process now. */
  crash(meter: number): void {
    const node = this.meter(meter)
    if (node.up) node.crashNow()
  }

  /** Ends a meter's process at a moment of a slot, or of the first after it at which it comes to that. */
  armCrash(meter: number, phase: CrashPhase, slot: Slot): void {
    const node = this.meter(meter)
    if (node.up) node.crashAt = { phase, slot }
  }

  restart(meter: number, journal: JournalState): void {
    const node = this.meter(meter)
    if (!node.up) this.#startMeter(node, journal)
  }

  crashAggregator(): void {
    this.aggregatorNode.crash()
  }

  restartAggregator(): void {
    if (this.aggregatorNode.up) return
    this.aggregatorNode.start()
    this.#reconnect(node => this.network.reachable(node.number, this.aggregator) && node.aggregatorBack())
  }

  crashRegistrar(): void {
    this.registrarNode.crash()
  }

  restartRegistrar(): void {
    if (this.registrarNode.up) return
    this.registrarNode.start()
    if (this.aggregatorNode.up) this.aggregatorNode.announce()
    this.#reconnect(node => this.network.reachable(node.number, this.registrar) && node.registrarBack())
  }

  /** Cuts meters off from everybody else, but not from each other. */
  partition(meters: readonly number[]): void {
    this.network.partition(meters.map(meter => this.meter(meter).number))
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

  /** Has something happen at a moment in slots, ahead of everything else of its millisecond. */
  schedule(at: number, run: () => void): void {
    this.network.at(Math.max(this.timeOf(at), this.network.now), run, true)
  }

  /**
   * Passes the time until so many slots of the run are over.
   *
   * @param onSlot - told of each slot as soon as it is over
   */
  runSlots(slots: number, onSlot?: (report: SlotReport) => void): void {
    const { unit } = slotTimes(this.config.firstSlot, this.config.slotSeconds)
    while (this.#finished < slots) {
      // Two units after the slot is over by the clocks, so that what is on its way then has come.
      this.network.runUntil(this.timeOf(this.#finished) + 14 * unit)
      const report = this.recorder.finish(this.slot(this.#finished++))
      onSlot?.(report)
    }
  }

  result(): ChurnResult {
    const { messages, bytes } = this.network.traffic.total()
    return this.recorder.result(messages, bytes)
  }

  #enter(id: MeterId, peer: PeerNumber): PeerNumber {
    this.#byId.set(id, peer)
    this.#ids[peer] = id
    return peer
  }

  #addMeter(meter: number): MeterNode {
    const { config } = this
    const { ledger } = this.recorder
    const blinding = new CountingBlindingKey(this.#rng.bytes(32), other => ledger.agreed(meter, other))
    ledger.addMeter(meter, blinding.publicKey)
    const node = new MeterNode({
      network: this.network,
      directory: this,
      meter,
      readings: config.readings,
      wait: bound => this.#wait(bound),
      config: {
        identity: this.#newIdentity(),
        blinding,
        networkId: this.networkId,
        slotSeconds: config.slotSeconds,
        verifier: this.verifier,
        registrarKey: this.registrarKey.id,
        aggregatorKey: this.aggregatorKey.id,
        floors: config.floors,
        credentials: this.#credentials,
        secrets: new SharedSecrets(blinding),
        rules: config.rules?.(meter),
        addresses: [`/memory/${meter}`]
      }
    })
    node.observe = output => this.recorder.ofMeter(meter, output)
    node.onIdleTicks = () => this.#restless(`meter ${meter}`)
    // A clock that is ahead comes to a slot's end a little before it is one.
    node.onCrash = () => this.recorder.crashed(meter, Math.max(0, Math.floor(this.at + 1 / 16)))
    this.#enter(node.id, node.number)
    this.#meterOfPeer.set(node.number, meter)
    this.meters.set(meter, node)
    return node
  }

  #startMeter(node: MeterNode, journal: JournalState = 'intact'): void {
    node.start(journal)
    this.recorder.ledger.started(node.meter)
  }

  #restless(who: string): void {
    this.recorder.violations.push(`slot ${Math.floor(this.at)}: ${who} asks for one tick after the other, at once`)
  }

  #reconnect(reconnect: (node: MeterNode) => unknown): void {
    for (const node of this.meters.values()) if (node.up) reconnect(node)
  }

  #wait(bound: number): number {
    return this.#waits.below(bound)
  }

  #conversationOf(meter: number): { messages: number; bytes: number } {
    const { number } = this.meter(meter)
    const [sent, received] = [this.network.traffic.sentBy(number, 'enrol'), this.network.traffic.receivedBy(number, 'enrol')]
    return { messages: sent.messages + received.messages, bytes: sent.bytes + received.bytes }
  }
}
