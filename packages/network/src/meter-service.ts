import {
  createMeter,
  type MeterConfig,
  type MeterInput,
  type MeterJournal,
  type MeterOutput,
  type MeterState,
  stepMeter
} from '@hushgrid/dcnet'
import { decodeEnvelope, SyncRequest } from '@hushgrid/messages'
import { HushgridError, type LaneVector, type ObisCode, type Slot, slotAt } from '@hushgrid/primitives'
import { Driver } from './driver.ts'
import { notServed } from './refusal.ts'
import { untilDone } from './retry.ts'
import { messageOf, RoleService, type ServiceInit } from './role-service.ts'
import { epochInReply, fillRosterGap, rosterRequest } from './roster-gap.ts'

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
  /** Told when the aggregator can be reached and listens. */
  readonly onConnected?: () => void
}

/** The registrar does not enrol this meter. */
export class EnrolmentRefusedError extends HushgridError {
  override name = 'EnrolmentRefusedError'
}

/** Checks now and then that the connections stand, in real milliseconds. */
const CONNECTION_CHECK = 5_000
/** The registrar is asked about a missed roster or a new credential at most this often, in real milliseconds. */
const ASK_EVERY = 60_000
/** An aggregator that stays away is asked about after 1, 2, 4, 8 and 16 checks without it, then every so many. */
const ASK_CHECKS = 24

/** A meter on a libp2p node. */
export class MeterService extends RoleService<MeterState, MeterInput, MeterOutput> {
  protected readonly driver: Driver<MeterState, MeterInput, MeterOutput>
  readonly #init: MeterInit
  /** Multiaddr of the aggregator, once the registrar has told it. */
  #aggregator: string | undefined
  /** Resolves when the first roster that names us is taken up. */
  readonly #takenUp = Promise.withResolvers<void>()
  /** Whether something of an epoch that we do not know has come, so that a roster may have been missed. */
  #behind = false
  /** Checks in a row that found the aggregator out of reach. */
  #checksWithout = 0
  /** When the registrar was last asked, by the process's monotonic clock. */
  #askedAt = 0
  #upkeepStarted = false

  constructor(init: MeterInit) {
    super(init)
    this.#init = init
    const { clock, append, observe } = init
    this.driver = new Driver(clock, createMeter(init.config, init.journal, clock.now()), stepMeter, output => {
      this.#carryOut(output, append)
      observe?.(output)
    })
    this.driver.onFailure = init.fail
    this.driver.beforeTick = now => this.#read((slotAt(now, init.config.slotSeconds) - 1) as Slot)
  }

  /**
   * Enrols, connects to the aggregator and joins, in this order: a meter is taken in once it can submit. Resolves when
   * the registrar has admitted it; tries again for as long as that takes.
   */
  async join(): Promise<void> {
    this.listen('control')
    await untilDone(this.stopping.signal, () => this.#ask(), this.#unlessRefused('joining'))
    if (!this.#upkeepStarted) this.upkeep(CONNECTION_CHECK, () => this.#check())
    this.#upkeepStarted = true
  }

  /** Resolves once a roster that names this meter has been taken up. It comes by gossip. */
  async awaitRoster(): Promise<void> {
    await this.#takenUp.promise
  }

  /** Asks again to be taken in; the answer brings the roster in force. For whoever missed it on the control topic. */
  async askForRoster(): Promise<void> {
    if (this.driver.state.epochs.size === 0) await this.#ask().catch(this.#unlessRefused('asking for the roster'))
  }

  #unlessRefused(what: string): (cause: unknown) => void {
    return cause => {
      if (cause instanceof EnrolmentRefusedError) throw cause
      if (!this.stopping.signal.aborted) this.warn(`${what}: ${messageOf(cause)}`)
    }
  }

  /** One conversation with the registrar: credential and where the aggregator is, admission and the roster in force. */
  async #ask(): Promise<void> {
    const { registrarKey } = this.#init.config
    const { signal } = this.stopping
    this.#askedAt = performance.now()
    await this.node.connect(this.#init.registrar, signal)
    await this.node.converse(registrarKey, 'enrol', signal, async (ask, within) => {
      const exchange = async (type: 'enrol' | 'join', wanted: 'enrolled' | 'admitted'): Promise<Uint8Array> => {
        const request = this.driver.feed({ type }).find(output => output.type === 'request')
        if (request?.type !== 'request') throw new HushgridError('the meter is stopping')
        const bytes = await ask(request.bytes)
        const outputs = this.guarded(() => this.driver.feed({ type: 'message', channel: 'enrol', from: registrarKey, bytes })) ?? []
        const refused = outputs.find(output => output.type === 'refused')
        if (refused?.type === 'refused') throw new EnrolmentRefusedError(`the registrar refuses this meter: ${refused.reason}`)
        if (!outputs.some(output => output.type === wanted)) throw notServed(bytes)
        return bytes
      }
      await exchange('enrol', 'enrolled')
      if (!this.#aggregator) throw new HushgridError('no aggregator has announced itself to the registrar yet')
      const aggregator = await this.node.connect(this.#aggregator, within)
      await this.node.subscriberSeen('readings', aggregator, within)
      this.#init.onConnected?.()
      await this.#fillGap(await exchange('join', 'admitted'), ask)
    })
  }

  /** Fetches the rosters before the one in the registrar's reply, where some were missed. */
  async #fillGap(joined: Uint8Array, ask: (bytes: Uint8Array) => Promise<Uint8Array>): Promise<void> {
    const latest = epochInReply(decodeEnvelope(joined))
    if (latest === undefined) return
    const { config, clock } = this.#init
    const { identity, networkId, slotSeconds, registrarKey } = config
    await fillRosterGap(
      this.driver.state.book,
      latest,
      epoch => ask(rosterRequest(identity, networkId, epoch, slotAt(clock.now(), slotSeconds))),
      bytes => this.guarded(() => this.driver.feed({ type: 'message', channel: 'enrol', from: registrarKey, bytes }))
    ).catch(cause => this.stranded(cause))
  }

  /**
   * A look at the connections: who went away is dialled again, and the registrar is asked where an aggregator is that
   * stays away, for rosters that may have been missed, and for a new credential in good time.
   */
  async #check(): Promise<void> {
    const { registrar } = this.#init
    const aggregatorThere = await this.#reached('the aggregator', this.#aggregator)
    this.#checksWithout = aggregatorThere === 'no' ? this.#checksWithout + 1 : 0
    const registrarThere = await this.#reached('the registrar', registrar)
    if (registrarThere === 'no') return
    const without = this.#checksWithout
    const moved = without > 0 && (Number.isInteger(Math.log2(without)) || without % ASK_CHECKS === 0)
    const due = (this.#behind || this.#renewalDue()) && performance.now() - this.#askedAt > ASK_EVERY
    if (registrarThere !== 'again' && !moved && !due) return
    this.#behind = false
    await this.#ask()
  }

  async #reached(who: string, address: string | undefined): Promise<'yes' | 'again' | 'no'> {
    if (!address) return 'no'
    try {
      return (await this.redial(address)) ? 'again' : 'yes'
    } catch (cause) {
      if (!this.stopping.signal.aborted) this.warn(`connecting to ${who} at ${address}: ${messageOf(cause)}`)
      return 'no'
    }
  }

  /** In its last half a credential is renewed, so that it holds at the start of any roster to come. */
  #renewalDue(): boolean {
    const { credential } = this.driver.state
    return credential !== undefined && this.#init.clock.now() / 1000 > (credential.notBefore + credential.notAfter) / 2
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
      case 'enrolled':
        this.#aggregator = output.aggregator || this.#aggregator
        return
      case 'roster':
        // What the registrar says when asked is later than its roster.
        this.#aggregator ||= output.held.aggregatorAddress
        if (!output.held.stayOut) this.#takenUp.resolve()
        return
      case 'dropped':
        if (output.reason === 'unknown-epoch') this.#behind = true
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
}
