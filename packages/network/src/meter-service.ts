import { setTimeout as wait } from 'node:timers/promises'
import {
  createMeter,
  type MeterConfig,
  type MeterInput,
  type MeterJournal,
  type MeterOutput,
  type MeterState,
  stepMeter
} from '@hushgrid/dcnet'
import { SyncRequest } from '@hushgrid/messages'
import { HushgridError, type LaneVector, type ObisCode, type Slot, slotAt } from '@hushgrid/primitives'
import { Driver } from './driver.ts'
import { untilDone } from './retry.ts'
import { messageOf, RoleService, type ServiceInit } from './role-service.ts'

/** The household behind the meter: its reading of a slot that has ended, in the given lanes, or undefined for a gap. */
export type ReadingSource = (slot: Slot, lanes: readonly ObisCode[]) => LaneVector | undefined

export interface MeterInit extends ServiceInit<MeterOutput> {
  readonly config: MeterConfig
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly journal: MeterJournal
  /** Journals a submission; on stable storage before it returns. */
  readonly append: (submission: Extract<MeterOutput, { type: 'journal' }>['submission']) => void
  readonly readings: ReadingSource
}

/** The registrar does not enrol this meter. */
export class EnrolmentRefusedError extends HushgridError {
  override name = 'EnrolmentRefusedError'
}

/** Checks now and then that the connections stand, in real milliseconds. */
const CONNECTION_CHECK = 5_000

/** While a roster is awaited: how often to look, and how often to ask the registrar, in real milliseconds. */
const ROSTER_POLL = 50
const ROSTER_ASK = 2_000

/** A meter on a libp2p node. */
export class MeterService extends RoleService<MeterState, MeterInput, MeterOutput> {
  protected readonly driver: Driver<MeterState, MeterInput, MeterOutput>
  readonly #init: MeterInit
  /** Multiaddr of the aggregator, once the registrar has told it. */
  #aggregator: string | undefined
  #checking: NodeJS.Timeout | undefined

  constructor(init: MeterInit) {
    super(init)
    this.#init = init
    const { clock, append, observe } = init
    this.driver = new Driver(clock, createMeter(init.config, init.journal, clock.now()), stepMeter, output => {
      this.#carryOut(output, append)
      observe?.(output)
    })
    this.driver.beforeTick = now => this.#read((slotAt(now, init.config.slotSeconds) - 1) as Slot)
  }

  /** Enrols and joins; resolves once the registrar has admitted the meter. */
  async enrol(): Promise<void> {
    this.listen('control')
    await untilDone(this.stopping.signal, () => this.#ask(), this.#unlessRefused('enrolling'))
  }

  /** Connects to the aggregator and waits until what is published for it reaches it. Needs an admitted meter. */
  async connectAggregator(): Promise<void> {
    const { signal } = this.stopping
    await untilDone(
      signal,
      async () => {
        if (!this.#aggregator) await this.#ask()
        if (!this.#aggregator) throw new HushgridError('no aggregator has announced itself to the registrar yet')
        const aggregator = await this.node.connect(this.#aggregator, signal)
        await this.node.subscriberSeen('readings', aggregator, AbortSignal.any([signal, AbortSignal.timeout(30_000)]))
      },
      this.#unlessRefused('connecting to the aggregator')
    )
    this.#checking ??= setInterval(() => this.#keepConnected(), CONNECTION_CHECK)
  }

  /**
   * Resolves once a roster that names this meter has been taken up. It comes by gossip; where it was published before
   * the registrar knew that we listen, it is asked for.
   */
  async awaitRoster(): Promise<void> {
    const { signal } = this.stopping
    for (let waited = 0; this.driver.state.epochs.size === 0; waited += ROSTER_POLL) {
      await wait(ROSTER_POLL, undefined, { signal })
      if (waited > 0 && waited % ROSTER_ASK === 0 && this.driver.state.epochs.size === 0) {
        await this.#ask().catch(this.#unlessRefused('asking for the roster'))
      }
    }
  }

  #unlessRefused(what: string): (cause: unknown) => void {
    return cause => {
      if (cause instanceof EnrolmentRefusedError) throw cause
      this.warn(`${what}: ${messageOf(cause)}`)
    }
  }

  /** One conversation with the registrar: credential, admission, the roster in force and where the aggregator is. */
  async #ask(): Promise<void> {
    const { registrarKey } = this.#init.config
    await this.node.connect(this.#init.registrar, this.stopping.signal)
    await this.node.converse(registrarKey, 'enrol', this.stopping.signal, async ask => {
      let outputs = this.driver.feed({ type: 'enrol' })
      for (let admitted = false; !admitted; ) {
        const request = outputs.find(output => output.type === 'request')
        if (request?.type !== 'request') throw new HushgridError('the registrar’s answer does not lead on')
        const bytes = await ask(request.bytes)
        outputs = this.guarded(() => this.driver.feed({ type: 'message', channel: 'enrol', from: registrarKey, bytes })) ?? []
        for (const output of outputs) {
          if (output.type === 'refused') throw new EnrolmentRefusedError(`the registrar refuses this meter: ${output.reason}`)
          if (output.type === 'admitted') admitted = true
        }
      }
    })
  }

  /** A registrar or aggregator that went away is dialled again, one attempt a check. */
  #keepConnected(): void {
    const { signal } = this.stopping
    const connected = new Set(this.node.libp2p.getPeers().map(String))
    for (const address of [this.#init.registrar, this.#aggregator]) {
      const peer = address?.split('/p2p/').at(-1)
      if (!address || !peer || connected.has(peer)) continue
      this.node.connect(address, AbortSignal.any([signal, AbortSignal.timeout(CONNECTION_CHECK)])).catch(cause => {
        if (!signal.aborted) this.warn(`connecting to ${address}: ${messageOf(cause)}`)
      })
    }
  }

  #read(slot: Slot): void {
    if (slot < 0) return
    const lanes = this.driver.state.book.ofSlot(slot)?.roster.lanes
    const reading = lanes && this.#init.readings(slot, lanes)
    if (reading) this.driver.feed({ type: 'reading', slot, lanes: reading })
  }

  #carryOut(output: MeterOutput, append: MeterInit['append']): void {
    switch (output.type) {
      case 'journal':
        append(output.submission)
        return
      case 'publish':
        this.publish(output.topic, output.bytes, recipients => {
          // gossipsub refuses to publish the same bytes again, so what reached nobody goes by stream.
          const { aggregator } = this.driver.state
          if (aggregator && !recipients.includes(aggregator.key)) this.#resend(output.bytes)
        })
        return
      case 'request':
        // What goes to the registrar is part of a conversation, and sent there.
        if (output.to === 'aggregator') this.#resend(output.bytes)
        return
      case 'admitted':
        this.#aggregator = output.aggregator || this.#aggregator
        return
      case 'roster':
        this.#aggregator = output.held.aggregatorAddress || this.#aggregator
        return
      default:
        return
    }
  }

  #resend(bytes: Uint8Array): void {
    const aggregator = this.driver.state.aggregator?.key
    if (!aggregator) return
    const request = SyncRequest.encode({ envelope: bytes, transcript: false, slot: 0 })
    this.node.request(aggregator, 'sync', request, this.stopping.signal).catch(cause => {
      if (!this.stopping.signal.aborted) this.warn(`resending a submission: ${messageOf(cause)}`)
    })
  }

  override stop(): void {
    clearInterval(this.#checking)
    super.stop()
  }
}
