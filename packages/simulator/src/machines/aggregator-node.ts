// The aggregator's process under virtual time.
import {
  type AggregatorConfig,
  type AggregatorInput,
  type AggregatorOutput,
  type AggregatorRecord,
  type AggregatorState,
  createAggregator,
  type StreamName,
  stepAggregator,
  type Topic
} from '@hushgrid/dcnet'
import type { Step, Tick } from '@hushgrid/machine'
import { AggregatorRequest, decodeEnvelope, JoinReply, MessageType, SyncRequest, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, type Millis, slotAt } from '@hushgrid/primitives'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { type Directory, MachineNode } from './machine-node.ts'
import { epochInReply, fillGap, pauseAfter, rosterRequest } from './registrar-conversation.ts'

/** Records of so many slots are kept: none of an earlier one is open. */
const KEPT_JOURNAL_SLOTS = 4
/** A missed roster is asked for after so long, and not more often than that, ms. */
const LOOK_AFTER = 5000
const ASK_EVERY = 10_000

/** The aggregator in the virtual network: its machine, its store, and its conversation with the registrar. */
export class AggregatorNode extends MachineNode<AggregatorState, AggregatorInput, AggregatorOutput> {
  readonly config: AggregatorConfig
  /** Survives crashes. */
  journal: AggregatorRecord[] = []
  readonly #directory: Directory
  readonly #address: string
  #newestSlot = -1
  #token = 0
  #asking = false
  #failures = 0
  #askedAt = Number.NEGATIVE_INFINITY

  constructor(network: VirtualNetwork, directory: Directory, config: AggregatorConfig, address: string) {
    super(network, ['readings', 'control'])
    this.#directory = directory
    this.config = config
    this.#address = address
  }

  /** Starts the process with its store, and has it announce itself to the registrar. */
  start(): void {
    this.#asking = false
    this.#failures = 0
    this.begin(createAggregator(this.config, this.journal.slice(), this.now))
    this.announce()
  }

  /** Tells the registrar where it is, and fetches the rosters that were missed; repeated until it succeeds. */
  announce(): void {
    if (this.#asking) return
    this.#asking = true
    this.#askedAt = this.network.now
    const { identity, networkId, slotSeconds } = this.config
    const slot = slotAt(this.now, slotSeconds)
    const payload = AggregatorRequest.encode({ addresses: [this.#address] })
    this.#ask(sealEnvelope(identity, MessageType.AggregatorRequest, networkId, 0 as Epoch, slot, payload), bytes => {
      const reply = bytes && decodeEnvelope(bytes)
      if (reply?.type !== MessageType.JoinReply || JoinReply.decode(reply.payload).refused !== '') {
        this.#failed()
        return
      }
      const { roster } = JoinReply.decode(reply.payload)
      if (roster.byteLength > 0) this.#takeRoster(roster)
      fillGap(
        {
          book: () => this.state.book,
          ask: (request, done) => this.#ask(request, done),
          take: bytes => this.#takeRoster(bytes),
          request: epoch => rosterRequest(identity, networkId, epoch, slotAt(this.now, slotSeconds))
        },
        epochInReply(reply),
        whole => {
          if (!whole) {
            this.#failed()
            return
          }
          this.#asking = false
          this.#failures = 0
        }
      )
    })
  }

  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    this.feed({ type: 'message', channel: topic, from: this.#directory.idOf(from), bytes })
  }

  serve(stream: StreamName, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
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
        const request = SyncRequest.encode({ envelope: output.bytes, transcript: false, slot: 0 })
        this.network.exchange(this.number, peer, 'sync', request, () => {})
        return
      }
      case 'dropped':
        if (output.reason === 'unknown-epoch') this.#lookForRoster()
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

  #takeRoster(bytes: Uint8Array): void {
    this.feed({ type: 'message', channel: 'control', from: this.#directory.idOf(this.#directory.registrar), bytes })
  }

  #ask(bytes: Uint8Array, done: (reply: Uint8Array | undefined) => void): void {
    this.network.exchange(this.number, this.#directory.registrar, 'enrol', bytes, done)
  }

  #later(delay: number, run: () => void): void {
    const { life } = this
    this.network.after(delay, () => {
      if (life === this.life && this.up) run()
    })
  }

  #failed(): void {
    this.#failures++
    this.#later(pauseAfter(this.#failures), () => {
      this.#asking = false
      this.announce()
    })
  }

  #lookForRoster(): void {
    if (this.#asking || this.network.now - this.#askedAt < ASK_EVERY) return
    this.#askedAt = this.network.now
    this.#later(LOOK_AFTER, () => this.announce())
  }
}
