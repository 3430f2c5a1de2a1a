// Port of operations and attacks to a simulated neighbourhood: meters and roles go by their names instead of the network's
// peers, and a moment that has passed is now.
import type { HeldRoster, Topic } from '@hushgrid/dcnet'
import { decodeEnvelope, type Envelope, SyncRequest, syncRequestWith } from '@hushgrid/messages'
import type { MeterId, Slot } from '@hushgrid/primitives'
import type {
  CrashPhase,
  Fate,
  Happening,
  JournalState,
  KnownParty,
  PassingEnvelope,
  Role,
  SimulatedAggregator,
  SimulatedMeter,
  SimulatedRegistrar,
  SimulatedTarget,
  WithoutEffect
} from '@hushgrid/scenarios'
import type { RecoveryMode } from '@hushgrid/topology'
import type { MeterNode } from '../machines/meter-node.ts'
import { orNothing } from '../machines/or-nothing.ts'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import type { Message, PeerNumber } from '../network/virtual-delivery.ts'

/** Gives the envelope that a message is or carries; undefined where there is none. */
export function envelopeIn({ channel, bytes }: Pick<Message, 'channel' | 'bytes'>): Envelope | undefined {
  return orNothing(() => decodeEnvelope(channel === 'sync' ? SyncRequest.decode(bytes).envelope : bytes))
}

/** Simulated neighbourhood, as operations and attacks act on it. */
export class NeighbourhoodTarget implements SimulatedTarget {
  readonly seed: string
  readonly slotSeconds: number
  readonly recovery: RecoveryMode
  readonly networkId: Uint8Array
  readonly aggregator: SimulatedAggregator
  readonly registrar: SimulatedRegistrar
  readonly #of: SimulatedNeighbourhood
  readonly #meters = new Map<number, SimulatedMeter>()

  constructor(of: SimulatedNeighbourhood) {
    this.#of = of
    const { seed, slotSeconds, recovery } = of.config
    this.seed = seed
    this.slotSeconds = slotSeconds
    this.recovery = recovery
    this.networkId = of.networkId
    const { aggregatorNode, aggregatorKey, registrarNode, registrarKey } = of
    this.aggregator = {
      key: aggregatorKey,
      get up() {
        return aggregatorNode.up
      },
      filter: filter => void aggregatorNode.filters.add(filter)
    }
    this.registrar = {
      key: registrarKey,
      get state() {
        return registrarNode.up ? registrarNode.state : undefined
      },
      get now() {
        return registrarNode.now
      }
    }
  }

  get now(): number {
    return this.#of.network.now
  }

  slot(index: number): Slot {
    return this.#of.slot(index)
  }

  schedule(at: number, run: () => void): void {
    this.#of.schedule(at, run)
  }

  atTime(time: number, run: () => void): void {
    this.#of.network.at(Math.max(time, this.now), run)
  }

  join(meter: number): void {
    if (this.#took('join', meter, this.#of.join(meter), 'it runs')) this.#tell({ type: 'join', meter })
  }

  leave(meter: number): void {
    if (this.#took('leave', meter, this.#of.leave(meter), 'it is down, or leaves already')) this.#tell({ type: 'leave', meter })
  }

  crash(meter: number): void {
    // The meter's end itself is told by the neighbourhood, as is one that was armed.
    this.#took('crash', meter, this.#of.crash(meter), 'it is down')
  }

  armCrash(meter: number, phase: CrashPhase, slot: Slot): void {
    this.#took('crash', meter, this.#of.armCrash(meter, phase, slot), 'it is down')
  }

  crashArmed(meter: number, slot: Slot): boolean {
    return this.#of.meter(meter).crashAt?.slot === slot
  }

  restart(meter: number, journal: JournalState): void {
    if (this.#took('restart', meter, this.#of.restart(meter, journal), 'it runs')) this.#tell({ type: 'restart', meter })
  }

  crashRole(role: Role): void {
    if (this.#took(`${role}-crash`, undefined, this.#of.crashRole(role), 'it is down')) this.#tell({ type: 'role-crash', role })
  }

  restartRole(role: Role): void {
    if (this.#took(`${role}-restart`, undefined, this.#of.restartRole(role), 'it runs')) this.#tell({ type: 'role-restart', role })
  }

  withoutEffect(operation: WithoutEffect): void {
    this.#of.recorder.withoutEffect.push(operation)
  }

  attacked(attack: Omit<Extract<Happening, { type: 'attack' }>, 'type'>): void {
    this.#tell({ type: 'attack', ...attack })
  }

  #tell(happening: Happening): void {
    this.#of.recorder.tell(happening)
  }

  /** Reports an operation where it had no effect; gives whether it had. */
  #took(operation: string, about: number | undefined, hadEffect: boolean, why: string): boolean {
    if (!hadEffect) this.withoutEffect({ at: Number(this.#of.at.toFixed(3)), operation, about, why })
    return hadEffect
  }

  partition(meters: readonly number[]): void {
    this.#of.partition(meters)
    this.#tell({ type: 'partition', meters })
  }

  heal(): void {
    this.#of.heal()
    this.#tell({ type: 'heal' })
  }

  setDelay(meters: readonly number[] | 'all', seconds: number): void {
    for (const peer of this.#peers(meters)) this.#of.network.setDelay(peer, seconds * 1000)
    this.#tell({ type: 'delay', meters, seconds })
  }

  setLoss(meters: readonly number[] | 'all', rate: number): void {
    for (const peer of this.#peers(meters)) this.#of.network.setLoss(peer, rate)
    this.#tell({ type: 'loss', meters, rate })
  }

  setClock(meter: number, seconds: number): void {
    this.#of.meter(meter).offset = seconds * 1000
    this.#tell({ type: 'skew', meter, seconds })
  }

  get meters(): readonly number[] {
    return [...this.#of.meters.keys()]
  }

  meter(number: number): SimulatedMeter {
    const known = this.#meters.get(number)
    if (known) return known
    const meter = simulatedMeter(this.#of.meter(number))
    this.#meters.set(number, meter)
    return meter
  }

  meterOf(id: MeterId): number | undefined {
    return this.#of.meterOf(id)
  }

  rosterOf(slot: Slot): HeldRoster | undefined {
    return this.#of.recorder.rosterOf(slot)
  }

  intercept(see: (passing: PassingEnvelope) => Fate): void {
    this.#of.network.intercept(message => {
      const envelope = message.reply ? undefined : envelopeIn(message)
      if (!envelope) return 'pass'
      return see({ from: this.#of.nameOf(message.from), to: this.#of.nameOf(message.to), at: message.at, envelope })
    })
  }

  gossip(topic: Topic, from: KnownParty, bytes: Uint8Array): void {
    this.#of.network.gossip(topic, this.#peer(from), bytes)
  }

  send(topic: Topic, from: KnownParty, to: KnownParty, bytes: Uint8Array): void {
    this.#of.network.send(topic, this.#peer(from), this.#peer(to), bytes)
  }

  handOver(meter: number, envelope: Uint8Array): void {
    const request = syncRequestWith(envelope)
    this.#of.network.exchange(this.#of.aggregator, this.#peer(meter), 'sync', request, () => {})
  }

  envelopeIn(message: Pick<Message, 'channel' | 'bytes'>): Envelope | undefined {
    return envelopeIn(message)
  }

  #peer(name: KnownParty): PeerNumber {
    return typeof name === 'number' ? this.#of.meter(name).number : this.#of[name]
  }

  /** Gives the peers of meters; those of all cover every message but those between the two roles. */
  #peers(meters: readonly number[] | 'all'): PeerNumber[] {
    return (meters === 'all' ? this.meters : meters).map(meter => this.#peer(meter))
  }
}

function simulatedMeter(node: MeterNode): SimulatedMeter {
  const { id, config } = node
  return {
    id,
    key: config.identity,
    keys: config.keys,
    get up() {
      return node.up
    },
    get journal() {
      return node.journal
    },
    filter: filter => void node.filters.add(filter)
  }
}
