import {
  type AggregatorConfig,
  type AggregatorInput,
  type AggregatorOutput,
  type AggregatorState,
  createAggregator,
  stepAggregator
} from '@hushgrid/dcnet'
import { AggregatorRequest, decodeEnvelope, type Envelope, JoinReply, MessageType, sealEnvelope, verifyEnvelope } from '@hushgrid/messages'
import { type Epoch, fromHex, HushgridError, slotAt, VerifyKey } from '@hushgrid/primitives'
import { Driver } from './driver.ts'
import { notServed } from './refusal.ts'
import { untilDone } from './retry.ts'
import { messageOf, RoleService, type ServiceInit } from './role-service.ts'
import { epochInReply, fillRosterGap, rosterRequest } from './roster-gap.ts'

export interface AggregatorInit extends ServiceInit<AggregatorOutput> {
  readonly config: AggregatorConfig
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  /** The last slot that the store has a result of; −1 where it has none. */
  readonly closedThrough: number
  /** Keeps a slot's result and transcript; on stable storage before it returns. */
  readonly append: (record: Extract<AggregatorOutput, { type: 'journal' }>) => void
}

/** The registrar has another aggregator, or does not take this one. */
export class AggregatorRefusedError extends HushgridError {
  override name = 'AggregatorRefusedError'
}

/** Checks now and then that the registrar is connected, in real milliseconds. */
const CONNECTION_CHECK = 5_000
/** The registrar is asked about a missed roster at most this often, in real milliseconds. */
const ASK_EVERY = 10_000

/** The aggregator on a libp2p node. */
export class AggregatorService extends RoleService<AggregatorState, AggregatorInput, AggregatorOutput> {
  protected readonly driver: Driver<AggregatorState, AggregatorInput, AggregatorOutput>
  readonly #init: AggregatorInit
  #token = 0
  /** Whether a message of an epoch that we do not know has come, so that a roster may have been missed. */
  #behind = false
  /** Where the registrar was told that we are. */
  #announced = ''
  /** When the registrar was last asked, by the process's monotonic clock. */
  #askedAt = 0

  constructor(init: AggregatorInit) {
    super(init)
    this.#init = init
    const { clock, append, observe } = init
    this.driver = new Driver(clock, createAggregator(init.config, init.closedThrough, clock.now()), stepAggregator, output => {
      if (output.type === 'journal') append(output)
      else if (output.type === 'dropped') this.#behind ||= output.reason === 'unknown-epoch'
      else this.carryOutCommon(output)
      observe?.(output)
    })
    this.driver.onFailure = init.fail
  }

  /** Listens, and announces itself to the registrar; resolves once the registrar has taken it. */
  async start(): Promise<void> {
    this.listen('readings')
    this.listen('control')
    await this.node.serve('sync', (from, bytes) => {
      const token = this.#token++
      const outputs = this.guarded(() => this.driver.feed({ type: 'sync', from, bytes, token }))
      const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
      if (reply?.type !== 'reply') throw new Error('the aggregator is stopping')
      return reply.bytes
    })
    const { signal } = this.stopping
    await untilDone(
      signal,
      async () => {
        const registrar = await this.node.connect(this.#init.registrar, signal)
        await this.#announce(signal)
        await this.node.subscriberSeen('control', registrar, AbortSignal.any([signal, AbortSignal.timeout(10_000)]))
      },
      cause => {
        if (cause instanceof AggregatorRefusedError) throw cause
        this.warn(`announcing to the registrar: ${messageOf(cause)}`)
      }
    )
    this.upkeep(CONNECTION_CHECK, () => this.#check())
  }

  /** A registrar that went away is dialled again; it is told a new address, and asked for rosters that may have been missed. */
  async #check(): Promise<void> {
    const again = await this.redial(this.#init.registrar)
    const due = this.#behind && performance.now() - this.#askedAt > ASK_EVERY
    if (again || due || this.node.addresses.join() !== this.#announced) await this.#announce(this.stopping.signal)
  }

  async #announce(signal: AbortSignal): Promise<void> {
    this.#askedAt = performance.now()
    this.#behind = false
    const { addresses } = this.node
    const reply = await this.#ask(MessageType.AggregatorRequest, AggregatorRequest.encode({ addresses }), signal)
    const { refused, roster } = JoinReply.decode(reply.payload)
    if (refused !== '') throw new AggregatorRefusedError(`the registrar refuses this aggregator: ${refused}`)
    this.#announced = addresses.join()
    if (roster.byteLength > 0) this.#takeRoster(roster)
    await this.#fillGap(reply, signal)
  }

  /** Fetches the rosters before the one in the registrar's reply, where some were missed. */
  async #fillGap(reply: Envelope, signal: AbortSignal): Promise<void> {
    const latest = epochInReply(reply)
    if (latest === undefined) return
    const { identity, networkId, registrarKey, slotSeconds } = this.#init.config
    await fillRosterGap(
      this.driver.state.book,
      latest,
      epoch =>
        this.node.request(
          registrarKey,
          'enrol',
          rosterRequest(identity, networkId, epoch, slotAt(this.init.clock.now(), slotSeconds)),
          signal
        ),
      bytes => this.#takeRoster(bytes)
    ).catch(cause => this.stranded(cause))
  }

  #takeRoster(bytes: Uint8Array): void {
    this.guarded(() => this.driver.feed({ type: 'message', channel: 'control', from: this.#init.config.registrarKey, bytes }))
  }

  async #ask(type: MessageType, payload: Uint8Array, signal: AbortSignal) {
    const { identity, networkId, registrarKey, slotSeconds } = this.#init.config
    const slot = slotAt(this.init.clock.now(), slotSeconds)
    const request = sealEnvelope(identity, type, networkId, 0 as Epoch, slot, payload)
    const bytes = await this.node.request(registrarKey, 'enrol', request, signal)
    const reply = decodeEnvelope(bytes)
    if (reply.sender !== registrarKey || !verifyEnvelope(reply, new VerifyKey(fromHex(registrarKey)), networkId)) {
      throw new HushgridError('the registrar’s answer: expected its signature')
    }
    if (reply.type !== MessageType.JoinReply) throw notServed(bytes)
    return reply
  }
}
