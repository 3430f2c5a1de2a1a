// The registrar in the virtual network, which carries out what its machine asks for.
import {
  createRegistrar,
  type RegistrarConfig,
  type RegistrarInput,
  type RegistrarOutput,
  type RegistrarRecord,
  type RegistrarState,
  stepRegistrar,
  type Topic
} from '@hushgrid/dcnet'
import type { Step, Tick } from '@hushgrid/machine'
import { DisputeReply } from '@hushgrid/messages'
import type { MeterId, Millis } from '@hushgrid/primitives'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { type Directory, MachineNode } from './machine-node.ts'
import { orNothing } from './or-nothing.ts'

/** The registrar in the virtual network: its machine and its journal. */
export class RegistrarNode extends MachineNode<RegistrarState, RegistrarInput, RegistrarOutput> {
  readonly config: RegistrarConfig
  /** Journal that survives crashes. */
  readonly journal: RegistrarRecord[] = []
  readonly #directory: Directory
  #token = 0
  /** Members that the machine was told to be connected, while it runs. */
  readonly #connected = new Set<MeterId>()
  #telling = false

  constructor(network: VirtualNetwork, directory: Directory, config: RegistrarConfig) {
    super(network, ['readings', 'control'])
    this.#directory = directory
    this.config = config
    network.onLines = () => this.#linesSoon()
  }

  start(): void {
    this.#connected.clear()
    this.begin(this.timed(() => createRegistrar(this.config, this.journal, this.now)))
  }

  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    this.feed({ type: 'message', channel: topic, from: this.#directory.idOf(from), bytes })
  }

  serve(stream: VirtualStream, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
    if (stream !== 'enrol') return undefined
    const token = this.#token++
    const reply = this.feed({ type: 'enrol', from: this.#directory.idOf(from), bytes, token }).find(
      output => output.type === 'reply' && output.token === token
    )
    return reply?.type === 'reply' ? reply.bytes : undefined
  }

  protected step(state: RegistrarState, input: RegistrarInput | Tick, now: Millis): Step<RegistrarState, RegistrarOutput> {
    return stepRegistrar(state, input, now)
  }

  protected carryOut(output: RegistrarOutput): void {
    if (output.type === 'journal') this.journal.push(output.record)
    else if (output.type === 'publish') this.network.gossip(output.topic, this.number, output.bytes)
    else if (output.type === 'probe') this.#probe(output.to, output.bytes)
    else if (output.type === 'enrolled') this.#linesSoon()
    else if (output.type === 'hand') this.#hand(output.to, output.bytes)
  }

  /** Tells the machine who is connected, once the step under way is over. */
  #linesSoon(): void {
    if (this.#telling) return
    this.#telling = true
    this.network.after(0, () => {
      this.#telling = false
      if (this.up) this.#tellLines()
    })
  }

  #tellLines(): void {
    for (const meterId of [this.#directory.idOf(this.#directory.aggregator), ...this.state.enrolled.keys()]) {
      const peer = this.#directory.peerOf(meterId)
      const up = peer !== undefined && this.network.peer(peer).up && this.network.reachable(this.number, peer)
      if (up === this.#connected.has(meterId)) continue
      if (up) this.#connected.add(meterId)
      else this.#connected.delete(meterId)
      this.feed({ type: 'line', meterId, up })
    }
  }

  /** Hands a request to a member. */
  #hand(meterId: MeterId, request: Uint8Array): void {
    const peer = this.#directory.peerOf(meterId)
    if (peer === undefined) return
    this.network.exchange(this.number, peer, 'dispute', request, reply => {
      this.feed({ type: 'handed', meterId, request, reply })
    })
  }

  #probe(meterId: MeterId, bytes: Uint8Array): void {
    const peer = this.#directory.peerOf(meterId)
    if (peer === undefined) {
      this.network.after(0, () => {
        if (this.up) this.feed({ type: 'probed', meterId, bytes: undefined })
      })
      return
    }
    this.network.exchange(this.number, peer, 'dispute', bytes, reply => {
      const answer = reply && orNothing(() => DisputeReply.decode(reply))
      this.feed({ type: 'probed', meterId, bytes: answer?.envelopes[0] })
    })
  }
}
