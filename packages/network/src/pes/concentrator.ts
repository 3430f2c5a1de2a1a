// The data concentrator on a libp2p node: it takes readings in, asks the PES, and forwards to the supplier.
import type { Driver } from '@hushgrid/machine'
import { MessageType, PesSetupRequest, SyncReply, SyncRequest, sealEnvelope, syncReplyWith } from '@hushgrid/messages'
import {
  type ConcentratorConfig,
  type ConcentratorInput,
  type ConcentratorOutput,
  type ConcentratorRecord,
  type ConcentratorState,
  createConcentrator,
  stepConcentrator
} from '@hushgrid/pes'
import { type Epoch, type SigningKey, type Slot, sha256, toHex } from '@hushgrid/primitives'
import { idInAddress } from '../libp2p/addresses.ts'
import { Lifeline } from '../libp2p/lifeline.ts'
import type { NetworkNode } from '../libp2p/node.ts'
import { RoleService, type ServiceInit } from '../service/role-service.ts'

export interface ConcentratorInit extends ServiceInit<ConcentratorOutput> {
  readonly config: ConcentratorConfig
  /** Multiaddrs of PES and supplier, with their peer ids. */
  readonly pes: string
  readonly supplier: string
  readonly journal: readonly ConcentratorRecord[]
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: ConcentratorRecord) => void
}

/** The longest wait before PES or supplier are dialled again, in real milliseconds. */
const LONGEST_PAUSE = 2_000
/** Time that PES and supplier may take to answer, in real milliseconds. */
const ANSWER_WITHIN = 60_000

/** Peer that is asked for a setup, and the one who asks. */
export interface SetupSource {
  /** Multiaddr of the PES or the supplier, with its peer id. */
  readonly address: string
  readonly stream: 'pes' | 'mdms'
  readonly identity: SigningKey
  readonly networkId: Uint8Array
}

/** Asks for the PesSetup in force, or a supplier for its PaillierKey. */
export async function requestSetup(
  node: NetworkNode,
  { address, stream, identity, networkId }: SetupSource,
  signal: AbortSignal
): Promise<Uint8Array> {
  const peer = await node.connect(address, signal)
  const request = sealEnvelope(identity, MessageType.PesSetupRequest, networkId, 0 as Epoch, 0 as Slot, PesSetupRequest.encode({}))
  return await node.request(peer, stream, request, signal)
}

/** The data concentrator on a libp2p node. */
export class ConcentratorService extends RoleService<ConcentratorState, ConcentratorInput, ConcentratorOutput> {
  protected readonly driver: Driver<ConcentratorState, ConcentratorInput, ConcentratorOutput>
  readonly #init: ConcentratorInit
  readonly #lines: readonly Lifeline[]
  /** Envelopes for the supplier, by their hash; sent one at a time, since a billing period's end brings one of every household. */
  readonly #forwards = new Map<string, Uint8Array>()
  #forwarding = false
  #token = 0

  constructor(init: ConcentratorInit) {
    super(init)
    this.#init = init
    this.driver = this.drive({
      state: createConcentrator(init.config, init.journal, init.clock.now()),
      step: stepConcentrator,
      carryOut: output => {
        if (output.type === 'journal') init.append(output.record)
        else if (output.type === 'batch') void this.#batch(output.bytes)
        else if (output.type === 'forward') this.#forward(output.bytes)
      }
    })
    this.node.gate.know('PES and supplier', [init.pes, init.supplier].map(idInAddress))
    this.node.gate.know('meters', init.config.allowed ?? [])
    this.#lines = [init.pes, init.supplier].map(address => {
      const line = new Lifeline({
        node: init.node,
        signal: this.stopping.signal,
        longestPause: () => LONGEST_PAUSE,
        connected: () => {},
        failed: cause => this.warnOf(`connecting to ${address}`, cause)
      })
      line.hold(address)
      return line
    })
  }

  /** Tells whether PES and supplier are connected. */
  get connected(): boolean {
    return this.#lines.every(line => line.isConnected)
  }

  /** Takes in meters and readings from now on. */
  async start(): Promise<void> {
    this.listen('readings')
    await this.node.serve('enrol', (from, bytes) => this.#answer({ type: 'enrol', from, bytes, token: this.#token++ }))
    await this.node.serve('sync', (from, bytes) => {
      const { envelope } = SyncRequest.decode(bytes)
      const outputs = this.guarded(() => this.driver.feed({ type: 'message', channel: 'sync', from, bytes: envelope })) ?? []
      const dropped = outputs.find(output => output.type === 'dropped')
      const refused = dropped?.type === 'dropped' && dropped.reason !== 'duplicate' ? dropped.reason : ''
      return syncReplyWith(refused)
    })
  }

  #answer(input: Extract<ConcentratorInput, { type: 'enrol' }>): Uint8Array {
    const reply = this.guarded(() => this.driver.feed(input))?.find(output => output.type === 'reply' && output.token === input.token)
    if (reply?.type !== 'reply') throw new Error('the concentrator is stopping')
    return reply.bytes
  }

  async #batch(bytes: Uint8Array): Promise<void> {
    const answer = await this.#ask(this.#init.pes, 'pes', bytes)
    this.guarded(() => this.driver.feed({ type: 'batch-reply', bytes: answer }))
  }

  #forward(bytes: Uint8Array): void {
    this.#forwards.set(toHex(sha256(bytes)), bytes)
    if (this.#forwarding) return
    this.#forwarding = true
    void this.#forwardAll().finally(() => {
      this.#forwarding = false
    })
  }

  /** Forwards until nothing is left or nobody answers; the machine says again what has to be sent. */
  async #forwardAll(): Promise<void> {
    for (const [hash, bytes] of this.#forwards) {
      const answer = await this.#ask(this.#init.supplier, 'mdms', bytes)
      if (!answer) {
        this.#forwards.clear()
        return
      }
      const { refused } = SyncReply.decode(answer)
      if (refused === '') this.guarded(() => this.driver.feed({ type: 'forwarded', hash: sha256(bytes) }))
      else this.warn(`the supplier does not take an aggregate: ${refused}`)
      this.#forwards.delete(hash)
    }
  }

  /** Sends a request. @returns the answer; undefined where nobody answers, which the machine tries again */
  async #ask(address: string, stream: 'pes' | 'mdms', bytes: Uint8Array): Promise<Uint8Array | undefined> {
    try {
      const within = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(ANSWER_WITHIN)])
      return await this.node.request(idInAddress(address), stream, bytes, within)
    } catch (cause) {
      this.warnOf(`asking ${stream === 'pes' ? 'the PES' : 'the supplier'}`, cause)
      return undefined
    }
  }
}
