// The meter of the path by concentrator and PES, on a libp2p node.
import { type Answer, converse, type Driver } from '@hushgrid/machine'
import { SyncReply, syncRequestWith } from '@hushgrid/messages'
import {
  createPesMeter,
  type EnrollingPesMeter,
  type PesConversation,
  type PesMeterConfig,
  type PesMeterInput,
  type PesMeterOutput,
  type PesMeterRecord,
  type PesMeterState,
  pesEnrolment,
  pesLeave,
  readMeter,
  stepPesMeter
} from '@hushgrid/pes'
import { HushgridError, type MeterId, type Millis } from '@hushgrid/primitives'
import type { ReadingSource } from '../dcnet/meter.ts'
import { idInAddress } from '../libp2p/addresses.ts'
import { Lifeline } from '../libp2p/lifeline.ts'
import { untilDone } from '../libp2p/retry.ts'
import { failureError } from '../service/refusal.ts'
import { RoleService, type ServiceInit } from '../service/role-service.ts'

export interface PesMeterInit extends ServiceInit<PesMeterOutput> {
  readonly config: PesMeterConfig
  /** Multiaddr of the concentrator, with its peer id. */
  readonly concentrator: string
  /** Records of the journal; undefined where it is missing or damaged. */
  readonly journal: readonly PesMeterRecord[] | undefined
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: PesMeterRecord) => void
  readonly readings: ReadingSource
  /** Called when the concentrator can be reached and listens. */
  readonly onConnected?: () => void
}

/** The concentrator does not take this meter in. */
class AdmissionRefusedError extends HushgridError {
  override name = 'AdmissionRefusedError'
}

/** The longest wait before the concentrator is dialled again, in real milliseconds. */
const LONGEST_PAUSE = 5_000
/** Time that sending again may take, in real milliseconds. */
const SEND_WITHIN = 5_000
const NO_ANSWER_NEEDED = new Uint8Array(0)

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
      beforeTick: now => this.#read(now)
    })
    this.node.gate.know('concentrator', [init.config.concentrator])
    this.#line = new Lifeline({
      node: init.node,
      signal: this.stopping.signal,
      longestPause: () => LONGEST_PAUSE,
      connected: () => {
        this.guarded(() => this.driver.feed({ type: 'concentrator-back' }))
      },
      failed: cause => this.warnOf(`connecting to the concentrator at ${init.concentrator}`, cause)
    })
  }

  /** Learns the setup and joins; tries again for as long as that takes. */
  async join(): Promise<void> {
    await this.#until('joining', pesEnrolment)
    this.#line.hold(this.#init.concentrator)
  }

  /** Announces that it leaves; from the next slot on it sends nothing. */
  async leave(): Promise<void> {
    await this.#until('leaving', pesLeave)
  }

  async #until(what: string, begin: (meter: EnrollingPesMeter) => PesConversation): Promise<void> {
    await untilDone(
      this.stopping.signal,
      () => this.#converse(begin),
      cause => {
        if (cause instanceof AdmissionRefusedError) throw cause
        this.warnOf(what, cause)
      }
    )
  }

  async #converse(begin: (meter: EnrollingPesMeter) => PesConversation): Promise<void> {
    const concentrator = await this.node.connect(this.#init.concentrator, this.stopping.signal)
    const meter = { concentrator, feed: (input: PesMeterInput) => this.guarded(() => this.driver.feed(input)) ?? [] }
    await this.node.converse(concentrator, 'enrol', this.stopping.signal, async (ask, within) => {
      const outcome = await converse(begin(meter), turn =>
        turn.type === 'ask' ? ask(turn.bytes) : this.#reachConcentrator(concentrator, within)
      )
      if (outcome.kind === 'out-of-reach') throw new HushgridError('expected a concentrator that listens, got none')
      if (outcome.kind !== 'admitted' && outcome.kind !== 'left') throw failureError(outcome, AdmissionRefusedError)
    })
  }

  async #reachConcentrator(concentrator: MeterId, within: AbortSignal): Promise<Answer> {
    await this.node.subscriberSeen('readings', concentrator, within)
    this.#init.onConnected?.()
    return NO_ANSWER_NEEDED
  }

  #read(now: Millis): void {
    const reading = readMeter(this.driver.state, now, this.#init.readings)
    if (reading) this.driver.feed(reading)
  }

  #publish(bytes: Uint8Array): void {
    const concentrator = idInAddress(this.#init.concentrator)
    this.publish('readings', bytes, recipients => {
      if (!recipients.includes(concentrator)) this.#resend(bytes)
    })
  }

  #resend(envelope: Uint8Array): void {
    const request = syncRequestWith(envelope)
    const within = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(SEND_WITHIN)])
    this.node.request(idInAddress(this.#init.concentrator), 'sync', request, within).then(
      bytes => {
        const { refused } = SyncReply.decode(bytes)
        if (refused !== '') this.warn(`sending to the concentrator again: ${refused}`)
      },
      cause => this.warnOf('sending to the concentrator again', cause)
    )
  }
}
