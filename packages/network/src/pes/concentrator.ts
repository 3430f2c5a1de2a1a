// The data concentrator on a libp2p node: it takes readings in, asks the PES, and forwards to the supplier.
import type { Driver } from '@hushgrid/machine'
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
  sealSetupRequest,
  stepConcentrator
} from '@hushgrid/pes'
import type { SigningKey } from '@hushgrid/primitives'
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
  return await node.request(peer, stream, sealSetupRequest(identity, networkId), signal)
}

/** The data concentrator on a libp2p node. */
export class ConcentratorService extends RoleService<ConcentratorState, ConcentratorInput, ConcentratorOutput> {
  protected readonly driver: Driver<ConcentratorState, ConcentratorInput, ConcentratorOutput>
  readonly #init: ConcentratorInit
  readonly #lines: readonly Lifeline[]
  readonly #forwards: Forwards
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
        else if (output.type === 'forward') this.#forwards.add(output.bytes)
      }
    })
    this.#forwards = new Forwards({
      send: (bytes, answered) => void this.#ask(init.supplier, 'mdms', bytes).then(answered),
      feed: input => this.#feed(input),
      refused: why => this.warn(`the supplier does not take an aggregate: ${why}`)
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
    await this.node.serve('enrol', (from, bytes) => {
      const answer = answerMeter({ type: 'enrol', from, bytes, token: this.#token++ }, input => this.#feed(input))
      if (!answer) throw new Error('the concentrator is stopping')
      return answer
    })
    await this.node.serve('sync', (from, bytes) => answerReading(from, bytes, input => this.#feed(input)))
  }

  #feed(input: ConcentratorInput): readonly ConcentratorOutput[] {
    return this.guarded(() => this.driver.feed(input)) ?? []
  }

  async #batch(bytes: Uint8Array): Promise<void> {
    const answer = await this.#ask(this.#init.pes, 'pes', bytes)
    this.#feed({ type: 'batch-reply', bytes: answer })
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
