import type { Driver } from '@hushgrid/machine'
import { SyncReply, SyncRequest } from '@hushgrid/messages'
import {
  createPesMeter,
  type PesMeterConfig,
  type PesMeterInput,
  type PesMeterOutput,
  type PesMeterRecord,
  type PesMeterState,
  stepPesMeter
} from '@hushgrid/pes'
import { HushgridError, type Slot, slotAt } from '@hushgrid/primitives'
import type { ReadingSource } from '../dcnet/meter.ts'
import { idInAddress } from '../libp2p/addresses.ts'
import { Lifeline } from '../libp2p/lifeline.ts'
import { untilDone } from '../libp2p/retry.ts'
import { notServed } from '../service/refusal.ts'
import { messageOf, RoleService, type ServiceInit } from '../service/role-service.ts'

export interface PesMeterInit extends ServiceInit<PesMeterOutput> {
  readonly config: PesMeterConfig
  /** Multiaddr of the concentrator, with its peer id. */
  readonly concentrator: string
  /** Undefined where it is missing or damaged. */
  readonly journal: readonly PesMeterRecord[] | undefined
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: PesMeterRecord) => void
  readonly readings: ReadingSource
  /** Told when the concentrator can be reached and listens. */
  readonly onConnected?: () => void
}

/** The concentrator does not take this meter in. */
export class AdmissionRefusedError extends HushgridError {
  override name = 'AdmissionRefusedError'
}

/** The longest wait before the concentrator is dialled again, in real milliseconds. */
const LONGEST_PAUSE = 5_000
/** How long sending again may take, in real milliseconds. */
const SEND_WITHIN = 5_000

/** A meter of the path by concentrator and PES, on a libp2p node. */
export class PesMeterService extends RoleService<PesMeterState, PesMeterInput, PesMeterOutput> {
  protected readonly driver: Driver<PesMeterState, PesMeterInput, PesMeterOutput>
  readonly #init: PesMeterInit
  readonly #line: Lifeline

  constructor(init: PesMeterInit) {
    super(init)
    this.#init = init
    this.driver = this.drive({
      state: createPesMeter(init.config, init.journal, init.clock.now()),
      step: stepPesMeter,
      carryOut: output => {
        if (output.type === 'journal') init.append(output.record)
        else if (output.type === 'publish') this.#publish(output.bytes)
        else if (output.type === 'resend') this.#resend(output.bytes)
      },
      beforeTick: now => this.#read((slotAt(now, init.config.slotSeconds) - 1) as Slot)
    })
    this.#line = new Lifeline({
      node: init.node,
      signal: this.stopping.signal,
      longestPause: () => LONGEST_PAUSE,
      connected: () => {
        this.guarded(() => this.driver.feed({ type: 'concentrator-back' }))
      },
      failed: cause => this.#warnOf(`connecting to the concentrator at ${init.concentrator}`, cause)
    })
  }

  /** Learns the setup and joins; tries again for as long as that takes. */
  async join(): Promise<void> {
    await this.#until('joining', 'join', 'admitted')
    this.#line.hold(this.#init.concentrator)
  }

  /** Announces that it leaves; from the next slot on it sends nothing. */
  async leave(): Promise<void> {
    await this.#until('leaving', 'leave', 'left')
  }

  async #until(what: string, type: 'join' | 'leave', wanted: PesMeterOutput['type']): Promise<void> {
    await untilDone(
      this.stopping.signal,
      () => this.#converse(type, wanted),
      cause => {
        if (cause instanceof AdmissionRefusedError) throw cause
        this.#warnOf(what, cause)
      }
    )
  }

  async #converse(type: 'join' | 'leave', wanted: PesMeterOutput['type']): Promise<void> {
    const { concentrator, onConnected } = this.#init
    const { signal } = this.stopping
    const peer = await this.node.connect(concentrator, signal)
    await this.node.converse(peer, 'enrol', signal, async (ask, within) => {
      const exchange = async (request: 'set-up' | 'join' | 'leave', answer: PesMeterOutput['type']): Promise<void> => {
        const output = this.driver.feed({ type: request }).find(each => each.type === 'request')
        if (output?.type !== 'request') throw new HushgridError('the meter is stopping')
        const bytes = await ask(output.bytes)
        const outputs = this.guarded(() => this.driver.feed({ type: 'message', from: peer, bytes })) ?? []
        const refused = outputs.find(each => each.type === 'refused')
        if (refused?.type === 'refused') throw new AdmissionRefusedError(`the concentrator refuses this meter: ${refused.reason}`)
        const setup = outputs.find(each => each.type === 'setup-refused')
        if (setup?.type === 'setup-refused') throw new AdmissionRefusedError(setup.error.message)
        if (!outputs.some(each => each.type === answer)) throw notServed(bytes)
      }
      if (type === 'join') {
        await exchange('set-up', 'set-up')
        await this.node.subscriberSeen('readings', peer, within)
        onConnected?.()
      }
      await exchange(type, wanted)
    })
  }

  #warnOf(what: string, cause: unknown): void {
    if (!this.stopping.signal.aborted) this.warn(`${what}: ${messageOf(cause)}`)
  }

  #read(slot: Slot): void {
    const { terms, firstSlot } = this.driver.state
    if (!terms || firstSlot === undefined || slot < firstSlot) return
    const reading = this.#init.readings(slot, terms.lanes)
    if (reading) this.driver.feed({ type: 'reading', slot, lanes: reading })
  }

  #publish(bytes: Uint8Array): void {
    const concentrator = idInAddress(this.#init.concentrator)
    this.publish('readings', bytes, recipients => {
      if (!recipients.includes(concentrator)) this.#resend(bytes)
    })
  }

  #resend(envelope: Uint8Array): void {
    const request = SyncRequest.encode({ envelope, transcript: false, slot: 0 })
    const within = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(SEND_WITHIN)])
    this.node.request(idInAddress(this.#init.concentrator), 'sync', request, within).then(
      bytes => {
        const { refused } = SyncReply.decode(bytes)
        if (refused !== '') this.warn(`sending to the concentrator again: ${refused}`)
      },
      cause => this.#warnOf('sending to the concentrator again', cause)
    )
  }
}
