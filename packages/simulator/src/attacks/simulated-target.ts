// Port of operations and attacks to a simulated neighbourhood: meters and roles go by their names instead of the network's
// peers, and a moment that has passed is now.
import type { HeldRoster, Topic } from '@hushgrid/dcnet'
import { decodeEnvelope, type Envelope, SyncRequest, syncRequestWith } from '@hushgrid/messages'
import type { MeterId, Slot } from '@hushgrid/primitives'
import type {
  Fate,
  Happening,
  KnownParty,
  PassingEnvelope,
  SimulatedAggregator,
  SimulatedMeter,
  SimulatedRegistrar,
  SimulatedTarget
} from '@hushgrid/scenarios'
import type { RecoveryMode } from '@hushgrid/topology'
import type { MeterNode } from '../machines/meter-node.ts'
import { orNothing } from '../machines/or-nothing.ts'
import { OperationsTarget } from '../neighbourhood/operations-target.ts'
import type { SimulatedNeighbourhood } from '../neighbourhood/simulated-neighbourhood.ts'
import type { Message, PeerNumber } from '../network/virtual-delivery.ts'

/** Gives the envelope that a message is or carries; undefined where there is none. */
export function envelopeIn({ channel, bytes }: Pick<Message, 'channel' | 'bytes'>): Envelope | undefined {
  return orNothing(() => decodeEnvelope(channel === 'sync' ? SyncRequest.decode(bytes).envelope : bytes))
}

/** Simulated neighbourhood, as operations and attacks act on it. */
export class NeighbourhoodTarget extends OperationsTarget implements SimulatedTarget {
  readonly recovery: RecoveryMode
  readonly networkId: Uint8Array
  readonly aggregator: SimulatedAggregator
  readonly registrar: SimulatedRegistrar
  readonly #of: SimulatedNeighbourhood
  readonly #meters = new Map<number, SimulatedMeter>()

  constructor(of: SimulatedNeighbourhood) {
    super(of)
    this.#of = of
    this.recovery = of.config.recovery
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

  attacked(attack: Omit<Extract<Happening, { type: 'attack' }>, 'type'>): void {
    this.#of.tell({ type: 'attack', ...attack })
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
