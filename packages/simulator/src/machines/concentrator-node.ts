// The concentrator in the virtual network: its journal, and its questions to PES and supplier.
import type { Topic } from '@hushgrid/dcnet'
import type { Step, Tick } from '@hushgrid/machine'
import {
  answerMeter,
  answerReading,
  type ConcentratorConfig,
  type ConcentratorInput,
  type ConcentratorOutput,
  type ConcentratorRecord,
  type ConcentratorState,
  createConcentrator,
  Forwards,
  openPesSetup,
  type PesTerms,
  sealSetupRequest,
  stepConcentrator
} from '@hushgrid/pes'
import type { MeterId, Millis } from '@hushgrid/primitives'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { FormingNode } from './forming-node.ts'

export interface ConcentratorNodeInit {
  readonly network: VirtualNetwork
  readonly idOf: (peer: PeerNumber) => MeterId
  readonly config: Pick<ConcentratorConfig, 'identity' | 'verifier'>
  /** Policy by which it opens the setup. */
  readonly policy: Parameters<typeof openPesSetup>[1]
  readonly pes: PeerNumber
  readonly supplier: PeerNumber
}

/** The concentrator in the virtual network: its machine, its journal, and its questions to PES and supplier. */
export class ConcentratorNode extends FormingNode<ConcentratorState, ConcentratorInput, ConcentratorOutput> {
  /** Journal that survives crashes. */
  readonly journal: ConcentratorRecord[] = []
  readonly #init: ConcentratorNodeInit
  #forwards: Forwards | undefined
  #token = 0

  constructor(init: ConcentratorNodeInit) {
    super(init.network, ['readings'])
    this.#init = init
  }

  get id(): MeterId {
    return this.#init.config.identity.id
  }

  /** Terms of the setup, once it has it. @throws HushgridError before */
  get terms(): PesTerms {
    return this.state.config.terms
  }

  protected form(formed: () => void): void {
    const { config, policy, pes } = this.#init
    this.ask({ to: pes, stream: 'pes', bytes: sealSetupRequest(config.identity, policy.networkId) }, setup => {
      this.#forwards = this.#newForwards()
      this.begin(
        this.timed(() => createConcentrator({ ...config, setup, terms: openPesSetup(setup, policy) }, this.journal.slice(), this.now))
      )
      formed()
    })
  }

  #newForwards(): Forwards {
    return new Forwards({
      send: (bytes, answered) => this.network.exchange(this.number, this.#init.supplier, 'mdms', bytes, answered),
      feed: input => this.feed(input),
      refused: () => {}
    })
  }

  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    if (this.formed && topic === 'readings') this.feed({ type: 'message', channel: topic, from: this.#init.idOf(from), bytes })
  }

  serve(stream: VirtualStream, peer: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
    if (!this.formed) return undefined
    const from = this.#init.idOf(peer)
    const feed = (input: ConcentratorInput) => this.feed(input)
    if (stream === 'enrol') return answerMeter({ type: 'enrol', from, bytes, token: this.#token++ }, feed)
    return stream === 'sync' ? answerReading(from, bytes, feed) : undefined
  }

  protected step(state: ConcentratorState, input: ConcentratorInput | Tick, now: Millis): Step<ConcentratorState, ConcentratorOutput> {
    return stepConcentrator(state, input, now)
  }

  protected carryOut(output: ConcentratorOutput): void {
    if (output.type === 'journal') this.journal.push(output.record)
    else if (output.type === 'forward') this.#forwards?.add(output.bytes)
    else if (output.type === 'batch') {
      this.network.exchange(this.number, this.#init.pes, 'pes', output.bytes, bytes => this.feed({ type: 'batch-reply', bytes }))
    }
  }
}
