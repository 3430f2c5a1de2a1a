import type { Step, Tick } from '@hushgrid/machine'
import { decodeEnvelope, MessageType, syncReplyWith } from '@hushgrid/messages'
import {
  acceptSetup,
  answerForward,
  createSupplier,
  type SupplierConfig,
  type SupplierInput,
  type SupplierOutput,
  type SupplierState,
  stepSupplier
} from '@hushgrid/pes'
import type { MeterId, Millis } from '@hushgrid/primitives'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { FormingNode } from './forming-node.ts'

export interface SupplierNodeInit {
  readonly network: VirtualNetwork
  readonly idOf: (peer: PeerNumber) => MeterId
  readonly id: MeterId
  /** Its signed Paillier key. */
  readonly paillierKey: Uint8Array
  readonly own: Parameters<typeof acceptSetup>[1]
  /** Policy by which it opens the setup. */
  readonly policy: Parameters<typeof acceptSetup>[2]
  readonly config: Omit<SupplierConfig, 'terms'>
}

/** The supplier in the virtual network: it tells its key, takes the setup of the PES, and from then on aggregates. */
export class SupplierNode extends FormingNode<SupplierState, SupplierInput, SupplierOutput> {
  readonly #init: SupplierNodeInit
  /** Setup that survives crashes. */
  #setup: Uint8Array | undefined

  constructor(init: SupplierNodeInit) {
    super(init.network, [])
    this.#init = init
  }

  get id(): MeterId {
    return this.#init.id
  }

  protected form(formed: () => void): void {
    if (this.#setup) this.#take(this.#setup)
    formed()
  }

  /** Takes a setup, also the one it has: a PES tells it at each start. */
  #take(setup: Uint8Array): void {
    const { own, policy, config } = this.#init
    this.#setup = setup
    this.begin(this.timed(() => createSupplier({ ...config, terms: acceptSetup(setup, own, policy) })))
  }

  /** Takes nothing: readings are the concentrator's. */
  receive(): void {}

  serve(stream: VirtualStream, peer: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
    if (stream !== 'mdms') return undefined
    const { type } = decodeEnvelope(bytes)
    if (type === MessageType.PesSetupRequest) return this.#init.paillierKey
    if (type === MessageType.PesSetup) {
      this.#take(bytes)
      return syncReplyWith('')
    }
    if (!this.formed) return syncReplyWith('no PES has told its setup yet')
    return answerForward({ type: 'message', from: this.#init.idOf(peer), bytes }, input => this.feed(input))
  }

  protected step(state: SupplierState, input: SupplierInput | Tick, now: Millis): Step<SupplierState, SupplierOutput> {
    return stepSupplier(state, input, now)
  }

  /** Carries nothing out: what the supplier keeps is what its record shows. */
  protected carryOut(): void {}
}
