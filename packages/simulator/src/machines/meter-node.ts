// A meter in the virtual network: its journal, its deliveries, and when it talks to the registrar.
import type { StreamName, Topic } from '@hushgrid/dcnet'
import {
  createMeter,
  type EnrollingMeter,
  type EnrolmentOutcome,
  enrolment,
  enrolNext,
  type HeldRoster,
  leave,
  type MeterConfig,
  type MeterInput,
  type MeterOutput,
  type MeterRecord,
  type MeterState,
  type ReachAggregator,
  stepMeter
} from '@hushgrid/dcnet'
import { type Answer, type Ask, converseByCalls, type Step, type Tick } from '@hushgrid/machine'
import { DisputeReply, SyncReply, SyncRequest, syncReplyWith, syncRequestWith } from '@hushgrid/messages'
import { equalBytes, type MeterId, type Millis, type Slot, sha256, slotAt, slotTimes } from '@hushgrid/primitives'
import type { JournalState } from '@hushgrid/scenarios'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'
import type { PeerNumber, VirtualStream } from '../network/virtual-delivery.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { HouseholdNode } from './household-node.ts'
import type { Directory } from './machine-node.ts'
import { rolledBackJournal, trimmedJournal } from './meter-journal.ts'
import { orNothing } from './or-nothing.ts'
import { LOOK_AFTER, pauseAfter, RegistrarVisits } from './registrar-visits.ts'

export interface MeterNodeInit {
  readonly network: VirtualNetwork
  readonly directory: Directory
  /** The meter's number in the scenario. */
  readonly meter: number
  readonly config: MeterConfig
  readonly readings: LaneReadings
  /** Draws evenly protocol milliseconds below a bound, for what happens at no certain moment. */
  readonly wait: (bound: number) => number
}

/** Least time between two requests for a missed roster, ms. */
const ASK_EVERY = 60_000
const EMPTY = new Uint8Array(0)
const NO_ANSWER = DisputeReply.encode({ acknowledged: EMPTY, envelopes: [] })
const SERVED = syncReplyWith('')

/** A meter in the virtual network: its machine, its journal, and its conversations with the registrar. */
export class MeterNode extends HouseholdNode<MeterState, MeterInput, MeterOutput> {
  readonly meter: number
  readonly id: MeterId
  readonly config: MeterConfig
  /** Journal that survives crashes. */
  journal: MeterRecord[] = []
  /** True where it has left and its process has ended, so that it is neither counted nor reconnected. */
  left = false
  /** Questions about the time and answers that it sent and received, which are no cost of a change. */
  readonly timeTraffic = { messages: 0, bytes: 0 }
  readonly #init: MeterNodeInit
  readonly #visits = new RegistrarVisits(this, ASK_EVERY, () => this.#converse())
  #lastRead = -1
  #leaving = false

  constructor(init: MeterNodeInit) {
    super(init.network, ['control'])
    this.#init = init
    this.meter = init.meter
    this.id = init.config.identity.id
    this.config = init.config
  }

  /** Starts the process with its journal in the given state, and has it ask the registrar to take it in. */
  start(journal: JournalState = 'intact'): void {
    if (journal === 'lost') this.journal = []
    else if (journal === 'rolled-back') this.journal = rolledBackJournal(this.journal)
    this.#visits.reset()
    this.#lastRead = -1
    this.left = false
    this.#leaving = false
    const records = this.journal.slice()
    const kept = journal === 'lost' ? ({ intact: false } as const) : ({ intact: true, records } as const)
    this.begin(this.timed(() => createMeter(this.config, kept, this.now)))
    this.ask()
  }

  /** Has a conversation with the registrar, repeated until it succeeds; only once the time is known, since requests name the slot. */
  ask(): void {
    if (this.state.clock.known) this.#visits.start()
  }

  #converse(): void {
    converseByCalls(
      enrolment(this.#enrolling),
      (turn, answered) => this.#carry(turn, answered),
      outcome => this.#ended(outcome)
    )
  }

  get #enrolling(): EnrollingMeter {
    return {
      config: this.config,
      now: () => this.now,
      book: () => this.state.book,
      feed: input => this.feed(input),
      leaving: () => this.#leaving
    }
  }

  #carry(turn: Ask | ReachAggregator, answered: (answer: Answer) => void): void {
    const { registrar, aggregator } = this.#init.directory
    if (turn.type === 'ask') {
      this.network.exchange(this.number, registrar, 'enrol', turn.bytes, answered)
      return
    }
    const reached = this.network.peer(aggregator).up && this.network.reachable(this.number, aggregator)
    answered(reached ? EMPTY : undefined)
  }

  #ended(outcome: EnrolmentOutcome): void {
    switch (outcome.kind) {
      case 'stopped':
        return
      case 'refused':
        this.#visits.over()
        return
      case 'kept-out':
        this.#visits.over()
        if (outcome.chain.kind !== 'whole') this.#stranded()
        return
      case 'leaving':
      case 'given-up':
        this.#visits.over()
        // Told to stay in the meantime.
        if (!this.#leaving) this.ask()
        return
      case 'admitted':
        if (outcome.chain.kind === 'whole') this.#admitted()
        else this.#stranded()
        return
      default:
        this.#visits.failed()
    }
  }

  #admitted(): void {
    this.#visits.succeeded()
    this.feed({ type: 'aggregator-back' })
  }

  /** Enrols the key of the next season; the machine asks for it again where that fails. */
  #enrolNext(): void {
    converseByCalls(
      enrolNext(this.#enrolling),
      (turn, answered) => this.#carry(turn, answered),
      () => {}
    )
  }

  /** Tells whether it has been told to leave. */
  get leaving(): boolean {
    return this.#leaving
  }

  /** Announces that it leaves, until the registrar has noted it. */
  leave(): void {
    this.#leaving = true
    this.#tellLeaving(0)
  }

  /** Asks to be in after all. */
  stay(): void {
    this.#leaving = false
    this.ask()
  }

  #tellLeaving(failures: number): void {
    converseByCalls(
      leave(this.#enrolling),
      (turn, answered) => this.#carry(turn, answered),
      ({ kind }) => {
        if (kind !== 'unanswered' && kind !== 'not-served') return
        this.later(pauseAfter(failures + 1), () => {
          if (this.#leaving) this.#tellLeaving(failures + 1)
        })
      }
    )
  }

  /** Tells the machine that the aggregator can be reached again. */
  aggregatorBack(): void {
    this.later(this.#init.wait(2000), () => this.feed({ type: 'aggregator-back' }))
  }

  /** Asks the registrar, which can be reached again, for missed rosters. */
  registrarBack(): void {
    this.later(this.#init.wait(LOOK_AFTER), () => this.ask())
  }

  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    this.#take(topic, from, bytes)
  }

  serve(stream: VirtualStream, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined {
    if (stream !== 'dispute' && stream !== 'sync') return undefined
    if (stream === 'dispute') {
      const { life } = this
      const answer = this.#take('dispute', from, bytes).find(output => output.type === 'answer')
      if (life !== this.life) return undefined
      return answer?.type === 'answer' ? answer.bytes : NO_ANSWER
    }
    const request = orNothing(() => SyncRequest.decode(bytes))
    if (!request) return undefined
    this.#take('sync', from, request.envelope)
    return SERVED
  }

  protected step(state: MeterState, input: MeterInput | Tick, now: Millis): Step<MeterState, MeterOutput> {
    return stepMeter(state, input, now)
  }

  protected override beforeTick(): void {
    if (!this.state.clock.known) return
    const { now, crashAt } = this
    const slot = (slotAt(now, this.config.slotSeconds) - 1) as Slot
    if (crashAt?.phase === 'before-submitting' && slot >= crashAt.slot) {
      this.crashNow()
      return
    }
    const held = this.state.book.ofSlot(slot)
    if (slot <= this.#lastRead || !held) return
    this.#lastRead = slot
    const lanes = this.#init.readings(
      this.meter,
      slot,
      held.roster.lanes.map(({ obis }) => obis)
    )
    if (lanes) this.feed({ type: 'reading', slot, lanes })
  }

  protected carryOut(output: MeterOutput): void {
    const { directory } = this.#init
    switch (output.type) {
      case 'journal':
        this.#append(output.record)
        return
      case 'publish':
        this.network.gossip(output.topic, this.number, output.bytes)
        if (this.crashAt?.phase === 'after-submitting' && output.topic === 'readings') this.#crashAfter(this.crashAt.slot)
        return
      case 'request':
        // Requests to the registrar are turns of a conversation, which sends them.
        if (output.to === 'aggregator') this.#resend(output.bytes)
        return
      case 'key-due':
        this.#enrolNext()
        return
      case 'fetch-words':
        this.#fetchWords(output.slot, output.requestHash)
        return
      case 'deliver':
        this.#deliver(output.to, output.bytes)
        return
      case 'ask-time':
        this.#countTime(output.bytes)
        this.network.exchange(this.number, directory.registrar, 'enrol', output.bytes, reply => {
          if (!reply) return
          this.#countTime(reply)
          this.#take('enrol', directory.registrar, reply)
        })
        return
      case 'clock-adjusted':
        this.offset += output.by
        if (output.first) this.ask()
        return
      case 'roster':
        if (this.#leaving && output.held.stayOut?.fault === 'own-entry') this.#endAfter((output.held.from - 1) as Slot)
        if (!this.#leaving && this.#isAbsentIn(output.held)) this.later(this.#init.wait(LOOK_AFTER), () => this.ask())
        return
      case 'dropped':
        if (output.reason === 'unknown-epoch' && output.from !== directory.idOf(this.number)) this.#visits.lookForRoster()
        return
      default:
        return
    }
  }

  /** Tells whether a roster marks it as absent although it runs, so that it has to ask to be present again. */
  #isAbsentIn({ roster }: HeldRoster): boolean {
    const index = roster.indexOf(this.id)
    return index !== undefined && roster.isAbsent(index)
  }

  #countTime({ byteLength }: Uint8Array): void {
    this.timeTraffic.messages++
    this.timeTraffic.bytes += byteLength
  }

  #crashAfter(slot: Slot): void {
    if (this.state.finishedThrough >= slot) this.crashNow()
  }

  #append(record: MeterRecord): void {
    this.journal.push(record)
    if (this.journal.length > 64) this.journal = trimmedJournal(this.journal)
    const { crashAt } = this
    if (crashAt?.phase === 'while-releasing' && record.kind === 'request' && record.slot >= crashAt.slot) this.crashNow()
  }

  #take(channel: Topic | StreamName, from: PeerNumber, bytes: Uint8Array): readonly MeterOutput[] {
    return this.feed({ type: 'message', channel, from: this.#init.directory.idOf(from), bytes })
  }

  /** Restarts without its rosters, some of which were missed for good, to take up the latest as a newcomer does. */
  #stranded(): void {
    this.journal = this.journal.filter(record => record.kind !== 'roster')
    this.later(LOOK_AFTER, () => {
      this.crash()
      this.start()
    })
  }

  /** Ends the process of a meter that has left, once its last slot is over. */
  #endAfter(last: Slot): void {
    const { over } = slotTimes(last, this.config.slotSeconds)
    this.later(Math.max(0, over + 1 - this.now), () => {
      if (!this.#leaving) return
      this.left = true
      this.crash()
    })
  }

  #deliver(to: MeterId, bytes: Uint8Array): void {
    const peer = this.#init.directory.peerOf(to)
    if (peer === undefined) return
    this.network.exchange(this.number, peer, 'dispute', bytes, reply => {
      const answer = reply && orNothing(() => DisputeReply.decode(reply))
      const hash = sha256(bytes)
      if (answer && equalBytes(answer.acknowledged, hash)) this.feed({ type: 'acknowledged', by: to, hash })
    })
  }

  /** Asks the aggregator for the words of the neighbours on a request. */
  #fetchWords(slot: Slot, requestHash: Uint8Array): void {
    const { aggregator } = this.#init.directory
    const request = SyncRequest.encode({ envelope: EMPTY, transcript: false, slot, words: requestHash })
    this.network.exchange(this.number, aggregator, 'sync', request, reply => {
      const answer = reply && orNothing(() => SyncReply.decode(reply))
      for (const word of answer?.words ?? []) this.#take('sync', aggregator, word)
    })
  }

  #resend(envelope: Uint8Array): void {
    const { aggregator } = this.#init.directory
    const request = syncRequestWith(envelope)
    this.network.exchange(this.number, aggregator, 'sync', request, reply => {
      const answer = reply && orNothing(() => SyncReply.decode(reply))
      if (answer?.refused !== '') return
      this.feed({ type: 'acknowledged', by: this.#init.directory.idOf(aggregator), hash: sha256(envelope) })
    })
  }
}
