import {
  createRegistrar,
  type RegistrarConfig,
  type RegistrarInput,
  type RegistrarOutput,
  type RegistrarRecord,
  type RegistrarState,
  type StreamName,
  stepRegistrar,
  type Topic
} from '@hushgrid/dcnet'
import type { Step, Tick } from '@hushgrid/machine'
import { DisputeReply } from '@hushgrid/messages'
import type { MeterId, Millis } from '@hushgrid/primitives'
import type { PeerNumber } from '../network/virtual-delivery.ts'
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

  constructor(network: VirtualNetwork, directory: Directory, config: RegistrarConfig) {
    super(network, ['readings', 'control'])
    this.#directory = directory
    this.config = config
  }

  start(): void {
    this.begin(createRegistrar(this.config, this.journal, this.now))
  }

  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    this.feed({ type: 'message', channel: topic, from: this.#directory.idOf(from), bytes })
  }

  serve(stream: StreamName, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
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
