import {
  createMeter,
  type MeterConfig,
  type MeterInput,
  type MeterJournal,
  type MeterOutput,
  type MeterRecord,
  type MeterState,
  stepMeter
} from '@hushgrid/dcnet'
import type { Driver } from '@hushgrid/machine'
import { DisputeReply, decodeEnvelope, SyncReply, SyncRequest } from '@hushgrid/messages'
import { HushgridError, type LaneVector, type MeterId, millis, type ObisCode, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import { Lifeline } from '../libp2p/lifeline.ts'
import { untilDone } from '../libp2p/retry.ts'
import { notServed } from '../service/refusal.ts'
import { messageOf, RoleService, type ServiceInit } from '../service/role-service.ts'
import { Deliveries } from './deliveries.ts'
import { Departure } from './departure.ts'
import { epochInReply, fillRosterGap, rosterRequest } from './missed-rosters.ts'
import { Resends } from './resends.ts'

/** The household behind the meter: its reading of a slot that has ended, in the given lanes, or undefined for a gap. */
export type ReadingSource = (slot: Slot, lanes: readonly ObisCode[]) => LaneVector | undefined

export interface MeterInit extends ServiceInit<MeterOutput> {
  readonly config: MeterConfig
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly journal: MeterJournal
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: MeterRecord) => void
  readonly readings: ReadingSource
  /** Told when the aggregator can be reached and listens. */
  readonly onConnected?: () => void
}

/** The registrar does not enrol this meter. */
export class EnrolmentRefusedError extends HushgridError {
  override name = 'EnrolmentRefusedError'
}

/**
 * The longest wait before a node that went away is dialled again: a unit of a slot, and so many real milliseconds for each
 * member, all of whom dial it; within these bounds.
 */
const PAUSE_PER_MEMBER = 10
const LEAST_PAUSE = 250
const MOST_PAUSE = 5_000
/** The longest wait before the registrar is asked again to be let in or out: so many units, at least so many real milliseconds. */
const WAIT_UNITS = 4
const LEAST_WAIT = 1_000
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
  readonly #aggregatorLine: Lifeline
  readonly #registrarLine: Lifeline
  readonly #deliveries: Deliveries
  /** Resolves when the first roster that names us is taken up. */
  readonly #takenUp = Promise.withResolvers<void>()
  /** Whether something of an epoch that we do not know has come, so that a roster may have been missed. */
  #behind = false
  /** Checks in a row that found the aggregator out of reach. */
  #checksWithout = 0
  /** When the registrar was last asked, by the process's monotonic clock. */
  #askedAt = 0
  /** The conversation with the registrar that is under way, or was last: one at a time. */
  #conversation: Promise<void> = Promise.resolve()
  #serving = false
  #upkeepStarted = false
  /** Where this meter has asked to be out, so that it does not ask to be in. */
  #departure: Departure | undefined
  readonly #resends: Resends

  constructor(init: MeterInit) {
    super(init)
    this.#init = init
    this.driver = this.drive({
      state: createMeter(init.config, init.journal, init.clock.now()),
      step: stepMeter,
      carryOut: output => this.#carryOut(output),
      beforeTick: now => {
        this.#read((slotAt(now, init.config.slotSeconds) - 1) as Slot)
        this.#departure?.tick(now, init.config.slotSeconds)
      }
    })
    if (this.driver.state.epochs.size > 0) this.#takenUp.resolve()
    const { signal } = this.stopping
    const acknowledged = (by: MeterId, hash: Uint8Array): void => {
      this.guarded(() => this.driver.feed({ type: 'acknowledged', by, hash }))
    }
    // Over streams, which need no subscription to have been heard of.
    const again = (): void => {
      this.guarded(() => this.driver.feed({ type: 'aggregator-back' }))
    }
    const failed = (cause: unknown): void => this.#warnOf('sending to the aggregator again', cause)
    this.#deliveries = new Deliveries(init.node, signal, acknowledged)
    this.#resends = new Resends({ node: init.node, signal, acknowledged, again, failed })
    this.#aggregatorLine = this.#lifeline('the aggregator', again)
    this.#registrarLine = this.#lifeline('the registrar', () => {
      this.#ask().catch(cause => this.#warnOf('asking the registrar', cause))
    })
  }

  /**
   * Enrols, connects to the aggregator and joins, in this order: a meter is taken in once it can submit. Resolves when
   * the registrar has admitted it; tries again for as long as that takes.
   */
  async join(): Promise<void> {
    this.#departure = undefined
    await this.#serve()
    await untilDone(
      this.stopping.signal,
      () => this.#ask(),
      this.#unlessRefused('joining'),
      () => this.#longestWait()
    )
    this.#registrarLine.hold(this.#init.registrar)
    if (!this.#upkeepStarted) this.upkeep(CONNECTION_CHECK, () => this.#check())
    this.#upkeepStarted = true
  }

  /** Neighbours bring requests and disputes, the registrar asks whether we are there, the aggregator sends again. */
  async #serve(): Promise<void> {
    if (this.#serving) return
    this.#serving = true
    this.listen('control')
    await this.node.serve('dispute', (from, bytes) => {
      const outputs = this.guarded(() => this.driver.feed({ type: 'message', channel: 'dispute', from, bytes }))
      const answer = outputs?.find(output => output.type === 'answer')
      return answer?.type === 'answer'
        ? answer.bytes
        : DisputeReply.encode({ acknowledged: new Uint8Array(0), envelope: new Uint8Array(0) })
    })
    await this.node.serve('sync', (from, bytes) => {
      const { envelope } = SyncRequest.decode(bytes)
      this.guarded(() => this.driver.feed({ type: 'message', channel: 'sync', from, bytes: envelope }))
      return SyncReply.encode({ refused: '' })
    })
    // A meter that was a member before its restart takes part at once, whether or not the registrar can be reached.
    const { latest } = this.driver.state.book
    if (this.driver.state.epochs.size > 0 && latest) {
      this.#aggregator = latest.aggregatorAddress
      this.#holdAggregator()
    }
  }

  /** Announces to the registrar that this meter leaves; it goes on until a roster without it is in force. */
  async leave(): Promise<void> {
    const departure = this.#departure ?? new Departure()
    this.#departure = departure
    await untilDone(
      this.stopping.signal,
      () => this.#ask(),
      this.#unlessRefused('leaving'),
      () => this.#longestWait()
    )
    departure.look(this.driver.state)
  }

  /**
   * Resolves once this meter, which has been told to leave, has left: a roster without it is in force, and the last slot
   * before that has its result or is over. Until then it submits and answers.
   *
   * @throws HushgridError where it has not been told to
   */
  get left(): Promise<void> {
    if (!this.#departure) throw new HushgridError('left: expected a meter that has been told to leave')
    return this.#departure.done
  }

  /** Deliveries to neighbours that failed; the machine asks for them again. */
  get undelivered(): number {
    return this.#deliveries.failed
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
      this.#warnOf(what, cause)
    }
  }

  #warnOf(what: string, cause: unknown): void {
    if (!this.stopping.signal.aborted) this.warn(`${what}: ${messageOf(cause)}`)
  }

  /** Real milliseconds of so many units of a slot; undefined while the clock stands. */
  #units(count: number): number | undefined {
    const { clock, config } = this.#init
    return clock.delayUntil(millis(clock.now() + count * slotTimes(0 as Slot, config.slotSeconds).unit))
  }

  /** A registrar that comes back is to be asked within the slot, also by a lab's fast clock. */
  #longestWait(): number {
    return Math.max(LEAST_WAIT, this.#units(WAIT_UNITS) ?? Number.POSITIVE_INFINITY)
  }

  #lifeline(who: string, connected: () => void): Lifeline {
    const longestPause = (): number => {
      const members = this.driver.state.book.latest?.roster.n ?? 0
      return Math.min(MOST_PAUSE, Math.max(LEAST_PAUSE, this.#units(1) ?? MOST_PAUSE, PAUSE_PER_MEMBER * members))
    }
    const line: Lifeline = new Lifeline({
      node: this.#init.node,
      signal: this.stopping.signal,
      longestPause,
      connected,
      failed: cause => this.#warnOf(`connecting to ${who} at ${line.address}`, cause)
    })
    return line
  }

  /** Keeps the aggregator connected from now on, where its address is one. */
  #holdAggregator(): void {
    try {
      if (this.#aggregator) this.#aggregatorLine.hold(this.#aggregator)
    } catch (cause) {
      this.#warnOf('the address of the aggregator', cause)
    }
  }

  /**
   * One conversation with the registrar: credential and where the aggregator is, admission and the roster in force. A
   * meter that leaves says so again instead, for it would be taken in otherwise.
   */
  async #ask(): Promise<void> {
    const before = this.#conversation
    const over = Promise.withResolvers<void>()
    this.#conversation = over.promise
    await before
    try {
      await this.#converse()
    } finally {
      over.resolve()
    }
  }

  async #converse(): Promise<void> {
    const { registrarKey } = this.#init.config
    const { signal } = this.stopping
    this.#askedAt = performance.now()
    await this.node.connect(this.#init.registrar, signal)
    await this.node.converse(registrarKey, 'enrol', signal, async (ask, within) => {
      const exchange = async (type: 'enrol' | 'join' | 'leave', wanted: MeterOutput['type']): Promise<Uint8Array> => {
        const request = this.driver.feed({ type }).find(output => output.type === 'request')
        if (request?.type !== 'request') throw new HushgridError('the meter is stopping')
        const bytes = await ask(request.bytes)
        const outputs = this.guarded(() => this.driver.feed({ type: 'message', channel: 'enrol', from: registrarKey, bytes })) ?? []
        const refused = outputs.find(output => output.type === 'refused')
        if (refused?.type === 'refused') throw new EnrolmentRefusedError(`the registrar refuses this meter: ${refused.reason}`)
        if (!outputs.some(output => output.type === wanted)) throw notServed(bytes)
        return bytes
      }
      if (this.#departure) {
        await exchange('leave', 'leaving')
        return
      }
      await exchange('enrol', 'enrolled')
      if (!this.#aggregator) throw new HushgridError('no aggregator has announced itself to the registrar yet')
      // Held first, so that its connection is noticed.
      this.#holdAggregator()
      const aggregator = await this.node.connect(this.#aggregator, within)
      await this.node.subscriberSeen('readings', aggregator, within)
      this.#init.onConnected?.()
      // It may have been told to leave in the meantime.
      if (!this.#departure) await this.#fillGap(await exchange('join', 'admitted'), ask)
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
   * The registrar is asked now and then: where an aggregator is that stays away, for rosters that may have been missed,
   * and for a new credential in good time.
   */
  async #check(): Promise<void> {
    const without = this.#aggregatorLine.isConnected ? 0 : this.#checksWithout + 1
    this.#checksWithout = without
    if (!this.#registrarLine.isConnected || this.#departure) return
    const moved = without > 0 && (Number.isInteger(Math.log2(without)) || without % ASK_CHECKS === 0)
    const due = (this.#behind || this.#renewalDue() || this.#isAbsent()) && performance.now() - this.#askedAt > ASK_EVERY
    if (!moved && !due) return
    this.#behind = false
    await this.#ask()
  }

  /** In its last half a credential is renewed, so that it holds at the start of any roster to come. */
  #renewalDue(): boolean {
    const { credential } = this.driver.state
    return credential !== undefined && this.#init.clock.now() / 1000 > (credential.notBefore + credential.notAfter) / 2
  }

  /** Whether the latest roster says that we are away. */
  #isAbsent(): boolean {
    const { roster } = this.driver.state.book.latest ?? {}
    const index = roster?.indexOf(this.#init.config.identity.id)
    return index !== undefined && roster?.isAbsent(index) === true
  }

  /** Who is marked absent and hears of it has only stood still: there is no connection that would have to come back first. */
  #askBack(): void {
    if (!this.#isAbsent() || !this.#registrarLine.isConnected || this.#departure) return
    this.#ask().catch(cause => this.#warnOf('asking to be present again', cause))
  }

  #read(slot: Slot): void {
    if (slot < 0) return
    const lanes = this.driver.state.book.ofSlot(slot)?.roster.lanes
    const reading = lanes && this.#init.readings(slot, lanes)
    if (reading) this.driver.feed({ type: 'reading', slot, lanes: reading })
  }

  #carryOut(output: MeterOutput): void {
    switch (output.type) {
      case 'journal':
        this.#init.append(output.record)
        return
      case 'deliver':
        void this.#deliveries.attempt(output)
        return
      case 'publish':
        this.publish(output.topic, output.bytes, recipients => {
          // gossipsub refuses to publish the same bytes again, so what of ours did not reach it goes by stream.
          const { aggregator, config } = this.driver.state
          if (!aggregator || recipients.includes(aggregator.key)) return
          if (decodeEnvelope(output.bytes).sender === config.identity.id) this.#resend(output.bytes)
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
        this.#departure?.look(this.driver.state)
        this.#askBack()
        return
      case 'total':
      case 'lost':
        this.#departure?.result(output.slot)
        return
      case 'dropped':
        if (output.reason === 'unknown-epoch') this.#behind = true
        return
      default:
        return
    }
  }

  #resend(bytes: Uint8Array): void {
    const { aggregator } = this.driver.state
    if (aggregator) this.#resends.send(aggregator.key, bytes)
  }

  override stop(): void {
    this.#resends.stop()
    super.stop()
  }
}
