// The aggregator on a libp2p node: it listens, publishes, and tells the registrar where it is.
import {
  type AggregatorConfig,
  type AggregatorInput,
  type AggregatorOutput,
  type AggregatorRecord,
  type AggregatorState,
  announcement,
  createAggregator,
  stepAggregator
} from '@hushgrid/dcnet'
import { converse, type Driver } from '@hushgrid/machine'
import { SyncRequest, syncRequestWith } from '@hushgrid/messages'
import { HushgridError, type MeterId } from '@hushgrid/primitives'
import { Lifeline } from '../libp2p/lifeline.ts'
import { untilDone } from '../libp2p/retry.ts'
import { type AdjustableClock, realUnits } from '../service/clock.ts'
import { failureError } from '../service/refusal.ts'
import { messageOf, RoleService, type ServiceInit } from '../service/role-service.ts'
import { heldMembers, showsMissedRoster } from './held-members.ts'
import { Latecomers } from './latecomers.ts'
import { type StrandedInit, tellStranded } from './missed-rosters.ts'
import { TimeQuestions } from './time-questions.ts'

export interface AggregatorInit extends ServiceInit<AggregatorOutput>, StrandedInit {
  /** Clock that the registrar's answers set. */
  readonly clock: AdjustableClock
  readonly config: AggregatorConfig
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  /** Records of the store from before. */
  readonly journal: readonly AggregatorRecord[]
  /** Keeps a record; requests, results and rosters are on stable storage when it returns. */
  readonly append: (record: AggregatorRecord) => void
  /** Puts everything that was kept on stable storage, before it is acknowledged. */
  readonly commit: () => void
}

/** The registrar has another aggregator, or does not take this one. */
class AggregatorRefusedError extends HushgridError {
  override name = 'AggregatorRefusedError'
}

/** Time that a message to a member may take, in real milliseconds. */
const SEND_WITHIN = 5_000
/** Real milliseconds between checks whether the registrar has to be told or asked something. */
const REGISTRAR_CHECK = 5_000
/** The longest wait before a registrar that went away is dialled again, in real milliseconds. */
const LONGEST_PAUSE = 2_000
/** Time that the first messages wait for the registrar to listen: a unit of a slot, at most so many real milliseconds. */
const SETTLE_WITHIN = 2_000
/** Least time between questions to the registrar about a missed roster, in real milliseconds. */
const ASK_EVERY = 10_000

/** The aggregator on a libp2p node. */
export class AggregatorService extends RoleService<AggregatorState, AggregatorInput, AggregatorOutput> {
  protected readonly driver: Driver<AggregatorState, AggregatorInput, AggregatorOutput>
  readonly #init: AggregatorInit
  /** Messages to members that did not arrive. */
  unsent = 0
  #token = 0
  /** True where a roster may have been missed: a member's message of an unknown epoch has come. */
  #behind = false
  /** Addresses that the registrar was told last. */
  #announced = ''
  /** Moment of the last question to the registrar, by the process's monotonic clock. */
  #askedAt = 0
  readonly #registrarLine: Lifeline
  readonly #latecomers: Latecomers
  readonly #timeQuestions: TimeQuestions
  /** Resolves when the registrar listens, or has been waited for: what a restart repeats would reach nobody before. */
  readonly #settled: Promise<void>
  readonly #serving: Promise<void>

  constructor(init: AggregatorInit) {
    super(init)
    this.#init = init
    this.driver = this.drive({
      state: createAggregator(init.config, init.journal, init.clock.now()),
      step: stepAggregator,
      carryOut: output => {
        if (output.type === 'journal') init.append(output.record)
        else if (output.type === 'publish') this.#publish(output.bytes)
        else if (output.type === 'send') this.#send(output.to, output.bytes)
        else if (output.type === 'conflict') void this.#report(output.bytes)
        else if (output.type === 'ask-time') this.#timeQuestions.ask(output.bytes)
        else if (output.type === 'clock-adjusted') init.clock.offset += output.by
        else if (output.type === 'roster') this.#knowMembers()
      }
    })
    const { registrarKey, readers } = init.config
    this.node.gate.know('registrar', [registrarKey])
    this.node.gate.know('readers', readers ?? [])
    this.#knowMembers()
    const { signal } = this.stopping
    this.#timeQuestions = new TimeQuestions({
      ...{ node: init.node, registrar: init.registrar, signal },
      answered: bytes => {
        this.guarded(() => this.driver.feed({ type: 'message', channel: 'enrol', from: init.config.registrarKey, bytes }))
      },
      failed: cause => this.warnOf('asking the registrar for the time', cause)
    })
    this.#latecomers = new Latecomers(init.config.slotSeconds)
    this.#settled = this.#settle()
    this.#registrarLine = new Lifeline({
      node: init.node,
      signal,
      longestPause: () => LONGEST_PAUSE,
      connected: () => {
        this.#announce(signal).catch(cause => this.warnOf('announcing to the registrar', cause))
      },
      failed: cause => this.warnOf(`connecting to the registrar at ${init.registrar}`, cause)
    })
    init.node.onConnect(peer => this.#catchUp(peer), signal)
    this.#serving = this.#serve()
    // A failure is told to whoever calls `start`.
    this.#serving.catch(() => undefined)
  }

  #knowMembers(): void {
    this.node.gate.know('members', heldMembers(this.driver.state.book.held))
  }

  protected override heard(from: MeterId, envelope: () => Uint8Array, outputs: readonly AggregatorOutput[]): void {
    this.#behind ||= showsMissedRoster(this.driver.state.book, { from, envelope, outputs })
  }

  /** Listens at once, without waiting for the registrar: members send as soon as they find the aggregator back. */
  async #serve(): Promise<void> {
    this.listen('readings')
    this.listen('control')
    await this.node.serve('sync', (from, bytes) => {
      const token = this.#token++
      const outputs = this.guarded(() => this.driver.feed({ type: 'sync', from, bytes, token }))
      if (outputs) this.heard(from, () => SyncRequest.decode(bytes).envelope, outputs)
      const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
      if (reply?.type !== 'reply') throw new Error('the aggregator is stopping')
      const stable = this.guarded(() => {
        this.#init.commit()
        return true
      })
      // Acknowledges nothing that could not be kept.
      if (!stable) throw new Error('the aggregator is stopping')
      return reply.bytes
    })
  }

  /** Announces itself to the registrar; resolves once the registrar has taken it. */
  async start(): Promise<void> {
    await this.#serving
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
    this.#registrarLine.hold(this.#init.registrar)
    this.upkeep(REGISTRAR_CHECK, () => this.#check())
  }

  async #settle(): Promise<void> {
    const { clock, config, node } = this.#init
    const unit = realUnits(clock, config.slotSeconds, 1) ?? SETTLE_WITHIN
    const within = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(Math.min(SETTLE_WITHIN, Math.ceil(unit)))])
    // Waits no longer for a registrar that is away.
    await node.subscriberSeen('control', config.registrarKey, within).catch(() => undefined)
  }

  /** Brings the registrar what shows a lie between two members; the next slot shows it again where that fails. */
  async #report(bytes: Uint8Array): Promise<void> {
    const { signal } = this.stopping
    try {
      await this.node.request(this.#init.config.registrarKey, 'enrol', bytes, AbortSignal.any([signal, AbortSignal.timeout(SEND_WITHIN)]))
    } catch (cause) {
      if (!signal.aborted) this.warnOf('reporting a conflict to the registrar', cause)
    }
  }

  /** Publishes to all members, and sends over a stream to those not known to gossip as listening yet. */
  #publish(bytes: Uint8Array): void {
    const said = this.#latecomers.note(bytes)
    void this.#settled.then(() => {
      if (this.stopping.signal.aborted) return
      this.publish('control', bytes, recipients => {
        const roster = said && this.driver.state.book.ofEpoch(said.epoch)?.roster
        if (!roster) return
        const reached = new Set(recipients)
        for (let index = 0; index < roster.n; index++) {
          const member = roster.meterId(index)
          if (!reached.has(member)) this.#send(member, bytes)
        }
      })
    })
  }

  /** Sends a member that has just connected what it may have missed. */
  #catchUp(peer: MeterId): void {
    const { book } = this.driver.state
    for (const { epoch, bytes } of this.#latecomers.at(this.#init.clock.now())) {
      if (book.ofEpoch(epoch)?.roster.indexOf(peer) !== undefined) this.#send(peer, bytes)
    }
  }

  /** Sends to a member, if it is connected; one that is not comes back, or is missing. */
  #send(to: MeterId, bytes: Uint8Array): void {
    if (!this.node.isConnectedTo(to)) return
    const request = syncRequestWith(bytes)
    this.node.request(to, 'sync', request, AbortSignal.any([this.stopping.signal, AbortSignal.timeout(SEND_WITHIN)])).catch(() => {
      this.unsent++
    })
  }

  /** Tells the registrar a new address, and asks it for rosters that may have been missed. */
  async #check(): Promise<void> {
    if (!this.#registrarLine.isConnected) return
    const due = this.#behind && performance.now() - this.#askedAt > ASK_EVERY
    if (due || this.node.addresses.join() !== this.#announced) await this.#announce(this.stopping.signal)
  }

  async #announce(signal: AbortSignal): Promise<void> {
    this.#askedAt = performance.now()
    this.#behind = false
    const { addresses } = this.node
    const { config, clock } = this.#init
    const conversation = announcement({
      ...{ config, addresses },
      now: () => clock.now(),
      book: () => this.driver.state.book,
      take: bytes => {
        this.guarded(() => this.driver.feed({ type: 'message', channel: 'control', from: config.registrarKey, bytes }))
      },
      noted: () => {
        this.#announced = addresses.join()
      }
    })
    const outcome = await converse(conversation, turn => this.node.request(config.registrarKey, 'enrol', turn.bytes, signal))
    if (outcome.kind === 'announced') {
      tellStranded(outcome.chain, this.#init)
      if (outcome.chain.kind === 'whole') this.guarded(() => this.driver.feed({ type: 'caught-up' }))
    } else if (outcome.kind === 'not-signed') throw new HushgridError('the registrar’s answer: expected its signature')
    else throw failureError(outcome, AggregatorRefusedError)
  }
}
