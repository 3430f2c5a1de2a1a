// The aggregator in the virtual network: its store, what it publishes, and when it talks to the registrar.
import {
  type AggregatorConfig,
  type AggregatorInput,
  type AggregatorOutput,
  type AggregatorRecord,
  type AggregatorState,
  type AnnouncementOutcome,
  announcement,
  createAggregator,
  stepAggregator,
  type Topic
} from '@hushgrid/dcnet'
import { converseByCalls, type Step, type Tick } from '@hushgrid/machine'
import { syncRequestWith } from '@hushgrid/messages'
import type { Millis } from '@hushgrid/primitives'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { type Directory, MachineNode } from './machine-node.ts'
import { RegistrarVisits } from './registrar-visits.ts'

/**
 * Slots whose records are kept: those still open, and as many results as the machine must know after a restart; with fewer it
 * signs a loss for a slot that has a total.
 */
const KEPT_JOURNAL_SLOTS = 8
/** Least time between two requests for a missed roster, ms. */
const ASK_EVERY = 10_000

/** The aggregator in the virtual network: its machine, its store, and its conversation with the registrar. */
export class AggregatorNode extends MachineNode<AggregatorState, AggregatorInput, AggregatorOutput> {
  readonly config: AggregatorConfig
  /** Journal that survives crashes. */
  journal: AggregatorRecord[] = []
  readonly #directory: Directory
  readonly #address: string
  readonly #visits = new RegistrarVisits(this, ASK_EVERY, () => this.#converse())
  #newestSlot = -1
  #token = 0

  constructor(network: VirtualNetwork, directory: Directory, config: AggregatorConfig, address: string) {
    super(network, ['readings', 'control'])
    this.#directory = directory
    this.config = config
    this.#address = address
  }

  /** Starts the process with its store, and has it announce itself to the registrar. */
  start(): void {
    this.#visits.reset()
    this.begin(this.timed(() => createAggregator(this.config, this.journal.slice(), this.now)))
    this.announce()
  }

  /** Tells the registrar its address, and fetches the rosters that were missed; repeated until it succeeds. */
  announce(): void {
    this.#visits.start()
  }

  #converse(): void {
    const { config } = this
    const conversation = announcement({
      ...{ config, addresses: [this.#address] },
      now: () => this.now,
      book: () => this.state.book,
      take: bytes => {
        this.feed({ type: 'message', channel: 'control', from: config.registrarKey, bytes })
      },
      noted: () => undefined
    })
    converseByCalls(
      conversation,
      ({ bytes }, answered) => this.network.exchange(this.number, this.#directory.registrar, 'enrol', bytes, answered),
      outcome => this.#ended(outcome)
    )
  }

  #ended(outcome: AnnouncementOutcome): void {
    if (outcome.kind === 'announced' && outcome.chain.kind === 'whole') {
      this.#visits.succeeded()
      this.feed({ type: 'caught-up' })
    } else this.#visits.failed()
  }

  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    this.feed({ type: 'message', channel: topic, from: this.#directory.idOf(from), bytes })
  }

  serve(stream: VirtualStream, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
    if (stream !== 'sync') return undefined
    const token = this.#token++
    const reply = this.feed({ type: 'sync', from: this.#directory.idOf(from), bytes, token }).find(
      output => output.type === 'reply' && output.token === token
    )
    return reply?.type === 'reply' ? reply.bytes : undefined
  }

  protected step(state: AggregatorState, input: AggregatorInput | Tick, now: Millis): Step<AggregatorState, AggregatorOutput> {
    return stepAggregator(state, input, now)
  }

  protected carryOut(output: AggregatorOutput): void {
    switch (output.type) {
      case 'journal':
        this.#append(output.record)
        return
      case 'publish':
        this.network.gossip(output.topic, this.number, output.bytes)
        return
      case 'send': {
        const peer = this.#directory.peerOf(output.to)
        if (peer === undefined) return
        const request = syncRequestWith(output.bytes)
        this.network.exchange(this.number, peer, 'sync', request, () => {})
        return
      }
      case 'conflict':
        this.network.exchange(this.number, this.#directory.registrar, 'enrol', output.bytes, () => {})
        return
      case 'ask-time': {
        const { registrar } = this.#directory
        this.network.exchange(this.number, registrar, 'enrol', output.bytes, reply => {
          if (reply) this.feed({ type: 'message', channel: 'enrol', from: this.config.registrarKey, bytes: reply })
        })
        return
      }
      case 'clock-adjusted':
        this.offset += output.by
        return
      case 'dropped':
        if (output.reason === 'unknown-epoch') this.#visits.lookForRoster()
        return
      default:
        return
    }
  }

  #append(record: AggregatorRecord): void {
    this.journal.push(record)
    if (record.kind === 'roster' || record.slot <= this.#newestSlot) return
    this.#newestSlot = record.slot
    let rosters = this.journal.reduce((count, each) => count + (each.kind === 'roster' ? 1 : 0), 0)
    this.journal = this.journal.filter(each =>
      each.kind === 'roster' ? rosters-- <= 2 : each.slot > this.#newestSlot - KEPT_JOURNAL_SLOTS
    )
  }
}
