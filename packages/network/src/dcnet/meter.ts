// The meter on a libp2p node: its serving and publishing, its readings, its joining and leaving.
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
import { DisputeReply, decodeEnvelope, SyncReply, SyncRequest, syncReplyWith } from '@hushgrid/messages'
import { HushgridError, type LaneVector, type MeterId, type ObisCode, type Slot, slotAt } from '@hushgrid/primitives'
import { untilDone } from '../libp2p/retry.ts'
import type { AdjustableClock } from '../service/clock.ts'
import { RoleService, type ServiceInit } from '../service/role-service.ts'
import { Deliveries } from './deliveries.ts'
import { Departure } from './departure.ts'
import { Enrolment, EnrolmentRefusedError } from './enrolment.ts'
import { heldMembers, showsMissedRoster } from './held-members.ts'
import type { StrandedInit } from './missed-rosters.ts'
import { Resends } from './resends.ts'
import { TimeQuestions } from './time-questions.ts'

/** Gives the household's reading of a slot that has ended, in the given lanes; undefined for a gap. */
export type ReadingSource = (slot: Slot, lanes: readonly ObisCode[]) => LaneVector | undefined

export interface MeterInit extends ServiceInit<MeterOutput>, StrandedInit {
  /** Clock that the registrar's answers set. */
  readonly clock: AdjustableClock
  readonly config: MeterConfig
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly journal: MeterJournal
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: MeterRecord) => void
  readonly readings: ReadingSource
  /** Called when the aggregator can be reached and listens. */
  readonly onConnected?: () => void
}

/** Real milliseconds between checks that the connections stand. */
const CONNECTION_CHECK = 5_000
/** Time that the neighbours' words may take, in real milliseconds. */
const WORDS_WITHIN = 3_000
const NO_BYTES = new Uint8Array(0)

/** A meter on a libp2p node. */
export class MeterService extends RoleService<MeterState, MeterInput, MeterOutput> {
  protected readonly driver: Driver<MeterState, MeterInput, MeterOutput>
  readonly #init: MeterInit
  readonly #enrolment: Enrolment
  readonly #deliveries: Deliveries
  readonly #resends: Resends
  readonly #timeQuestions: TimeQuestions
  /** Resolves when the time is known: requests to the registrar name the slot. */
  readonly #timeKnown = Promise.withResolvers<void>()
  /** Resolves when the first roster that names us is taken up. */
  readonly #takenUp = Promise.withResolvers<void>()
  #serving = false
  #upkeepStarted = false
  /** Set once this meter has been told to leave, so that it does not ask to be in. */
  #departure: Departure | undefined

  constructor(init: MeterInit) {
    super(init)
    this.#init = init
    this.driver = this.drive({
      state: createMeter(init.config, init.journal, init.clock.now()),
      step: stepMeter,
      carryOut: output => this.#carryOut(output),
      beforeTick: now => {
        if (this.state.clock.known) this.#read((slotAt(now, init.config.slotSeconds) - 1) as Slot)
        this.#departure?.tick(now, init.config.slotSeconds)
      }
    })
    if (this.driver.state.epochs.size > 0) this.#takenUp.resolve()
    if (this.driver.state.clock.known) this.#timeKnown.resolve()
    const { node, registrar } = init
    node.gate.know('registrar', [init.config.registrarKey])
    this.#knowMembers()
    const { signal } = this.stopping
    const acknowledged = (by: MeterId, hash: Uint8Array): void => {
      this.#feed({ type: 'acknowledged', by, hash })
    }
    // Goes over streams, which work before the aggregator's subscription has been heard of.
    const again = (): void => {
      this.#feed({ type: 'aggregator-back' })
    }
    const failed = (cause: unknown): void => this.warnOf('sending to the aggregator again', cause)
    this.#timeQuestions = new TimeQuestions({
      ...{ node, registrar, signal },
      answered: bytes => this.#feed({ type: 'message', channel: 'enrol', from: init.config.registrarKey, bytes }),
      failed: cause => this.warnOf('asking the registrar for the time', cause)
    })
    this.#deliveries = new Deliveries(node, signal, acknowledged)
    this.#resends = new Resends({ node, signal, acknowledged, again, failed })
    this.#enrolment = this.#enrolling(again)
  }

  #enrolling(aggregatorBack: () => void): Enrolment {
    const { node, clock, registrar, config, onConnected, stranded, warn } = this.#init
    const state = (): MeterState => this.driver.state
    return new Enrolment({
      ...{ node, clock, registrar, onConnected, aggregatorBack, state },
      ...(stranded && { stranded }),
      ...(warn && { warn }),
      meter: {
        config,
        now: () => clock.now(),
        book: () => state().book,
        feed: input => this.#feed(input),
        leaving: () => this.#departure !== undefined
      },
      signal: this.stopping.signal,
      warnOf: (what, cause) => this.warnOf(what, cause)
    })
  }

  protected override heard(from: MeterId, envelope: () => Uint8Array, outputs: readonly MeterOutput[]): void {
    if (showsMissedRoster(this.driver.state.book, { from, envelope, outputs })) this.#enrolment.rosterMissed()
  }

  #knowMembers(): void {
    this.node.gate.know('members', heldMembers(this.driver.state.book.held))
  }

  #feed(input: MeterInput): readonly MeterOutput[] {
    return this.guarded(() => this.driver.feed(input)) ?? []
  }

  /**
   * Enrols, connects to the aggregator and joins, in this order: a meter is taken in once it can submit. Resolves when
   * the registrar has admitted it; tries again for as long as that takes.
   */
  async join(): Promise<void> {
    this.#departure = undefined
    await this.#serve()
    await this.#timeKnown.promise
    await untilDone(
      this.stopping.signal,
      () => this.#enrolment.ask(),
      this.#unlessRefused('joining'),
      () => this.#enrolment.longestWait()
    )
    this.#enrolment.holdRegistrar()
    if (!this.#upkeepStarted) this.upkeep(CONNECTION_CHECK, () => this.#enrolment.check())
    this.#upkeepStarted = true
  }

  /** Answers neighbours that bring requests and disputes, the registrar's probes, and the aggregator that sends again. */
  async #serve(): Promise<void> {
    if (this.#serving) return
    this.#serving = true
    this.listen('control')
    await this.node.serve('dispute', (from, bytes) => {
      const outputs = this.#feed({ type: 'message', channel: 'dispute', from, bytes })
      this.heard(from, () => bytes, outputs)
      const answer = outputs.find(output => output.type === 'answer')
      return answer?.type === 'answer' ? answer.bytes : DisputeReply.encode({ acknowledged: NO_BYTES, envelopes: [] })
    })
    await this.node.serve('sync', (from, bytes) => {
      const { envelope } = SyncRequest.decode(bytes)
      this.heard(from, () => envelope, this.#feed({ type: 'message', channel: 'sync', from, bytes: envelope }))
      return syncReplyWith('')
    })
    // A meter that was a member before its restart takes part at once, whether or not the registrar can be reached.
    const { latest } = this.driver.state.book
    if (this.driver.state.epochs.size > 0 && latest) this.#enrolment.holdAggregator(latest.aggregatorAddress)
  }

  /** Announces to the registrar that this meter leaves; it goes on until a roster without it is in force. */
  async leave(): Promise<void> {
    const departure = this.#departure ?? new Departure()
    this.#departure = departure
    await untilDone(
      this.stopping.signal,
      () => this.#enrolment.ask(),
      this.#unlessRefused('leaving'),
      () => this.#enrolment.longestWait()
    )
    departure.look(this.driver.state)
  }

  /**
   * Resolves once this meter has left: a roster without it is in force, and the last slot before that has its result or is
   * over. Until then it submits and answers.
   *
   * @throws HushgridError where it has not been told to
   */
  get left(): Promise<void> {
    if (!this.#departure) throw new HushgridError('left: expected a meter that has been told to leave')
    return this.#departure.done
  }

  /** Number of deliveries to neighbours that failed; the machine asks for them again. */
  get undelivered(): number {
    return this.#deliveries.failed
  }

  /** Resolves once a roster that names this meter has come by gossip and has been taken up. */
  async awaitRoster(): Promise<void> {
    await this.#takenUp.promise
  }

  /** Asks again to be taken in, where the roster was missed on the control topic: the answer brings it. */
  async askForRoster(): Promise<void> {
    if (this.driver.state.epochs.size === 0) await this.#enrolment.ask().catch(this.#unlessRefused('asking for the roster'))
  }

  #unlessRefused(what: string): (cause: unknown) => void {
    return cause => {
      if (cause instanceof EnrolmentRefusedError) throw cause
      this.warnOf(what, cause)
    }
  }

  #read(slot: Slot): void {
    if (slot < 0) return
    const lanes = this.driver.state.book.ofSlot(slot)?.roster.lanes
    const reading =
      lanes &&
      this.#init.readings(
        slot,
        lanes.map(({ obis }) => obis)
      )
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
          // Goes by stream where gossip did not reach the aggregator: gossipsub refuses to publish the same bytes again.
          const { aggregator, config } = this.driver.state
          if (!aggregator || recipients.includes(aggregator.key)) return
          if (decodeEnvelope(output.bytes).sender === config.identity.id) this.#resend(output.bytes)
        })
        return
      case 'request':
        // A request to the registrar is a turn of a conversation, which sends it.
        if (output.to === 'aggregator') this.#resend(output.bytes)
        return
      case 'fetch-words':
        void this.#fetchWords(output.slot, output.requestHash)
        return
      case 'key-due':
        this.#enrolment.enrolNext()
        return
      case 'ask-time':
        this.#timeQuestions.ask(output.bytes)
        return
      case 'clock-adjusted':
        this.#init.clock.offset += output.by
        this.#timeKnown.resolve()
        return
      case 'roster':
        this.#knowMembers()
        if (!output.held.stayOut) this.#takenUp.resolve()
        this.#departure?.look(this.driver.state)
        this.#enrolment.note(output)
        return
      case 'total':
      case 'lost':
        this.#departure?.result(output.slot)
        return
      default:
        this.#enrolment.note(output)
    }
  }

  /** Asks the aggregator for the neighbours' words; the machine asks again for those that did not come. */
  async #fetchWords(slot: Slot, requestHash: Uint8Array): Promise<void> {
    const { aggregator } = this.driver.state
    if (!aggregator) return
    const request = SyncRequest.encode({ envelope: NO_BYTES, transcript: false, slot, words: requestHash })
    const within = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(WORDS_WITHIN)])
    try {
      const { words } = SyncReply.decode(await this.node.request(aggregator.key, 'sync', request, within))
      for (const bytes of words) this.#feed({ type: 'message', channel: 'sync', from: aggregator.key, bytes })
    } catch (cause) {
      if (!this.stopping.signal.aborted) this.warnOf("asking for the neighbours' words", cause)
    }
  }

  #resend(bytes: Uint8Array): void {
    const { aggregator } = this.driver.state
    if (aggregator) this.#resends.send(aggregator.key, bytes)
  }

  override stop(): void {
    this.#resends.stop()
    super.stop()
    this.#timeKnown.resolve()
  }
}
