import type { Step, Tick } from '@hushgrid/machine'
import { SyncReply } from '@hushgrid/messages'
import {
  answerAsPes,
  createPes,
  type FormingPes,
  formSetup,
  type PesConfig,
  type PesInput,
  type PesOutput,
  type PesState,
  sealSetupRequest,
  stepPes
} from '@hushgrid/pes'
import { HushgridError, type MeterId, type Millis } from '@hushgrid/primitives'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { FormingNode } from './forming-node.ts'

export interface PesNodeInit {
  readonly network: VirtualNetwork
  readonly idOf: (peer: PeerNumber) => MeterId
  readonly forming: FormingPes
  readonly config: Omit<PesConfig, 'terms' | 'identity' | 'verifier'>
  readonly supplier: PeerNumber
}

/** The PES in the virtual network: its machine, its snapshot, and the setup that it signs with the supplier's key. */
export class PesNode extends FormingNode<PesState, PesInput, PesOutput> {
  /** Snapshot that survives crashes. */
  snapshot: Uint8Array | undefined
  readonly #init: PesNodeInit
  #setup: Uint8Array | undefined
  #token = 0

  constructor(init: PesNodeInit) {
    super(init.network, [])
    this.#init = init
  }

  get id(): MeterId {
    return this.#init.forming.identity.id
  }

  protected form(formed: () => void): void {
    const { forming, config, supplier } = this.#init
    const { identity, networkId, verifier } = forming
    this.ask({ to: supplier, stream: 'mdms', bytes: sealSetupRequest(identity, networkId) }, paillierKey => {
      const { setup, terms } = this.timed(() => formSetup(paillierKey, forming))
      this.ask({ to: supplier, stream: 'mdms', bytes: setup }, answer => {
        const { refused } = SyncReply.decode(answer)
        if (refused !== '') throw new HushgridError(`setup of the PES: expected a supplier that takes it, got one that says: ${refused}`)
        this.#setup = setup
        this.begin(this.timed(() => createPes({ ...config, identity, verifier, terms }, this.snapshot, this.now)))
        formed()
      })
    })
  }

  /** Takes nothing: readings are the concentrator's. */
  receive(): void {}

  serve(stream: VirtualStream, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
    if (stream !== 'pes' || !this.formed || !this.#setup) return undefined
    const input = { type: 'batch', from: this.#init.idOf(from), bytes, token: this.#token++ } as const
    return answerAsPes(this.#setup, input, batch => this.feed(batch))
  }

  protected step(state: PesState, input: PesInput | Tick, now: Millis): Step<PesState, PesOutput> {
    return stepPes(state, input, now)
  }

  protected carryOut(output: PesOutput): void {
    if (output.type === 'snapshot') this.snapshot = output.bytes
  }
}
