// A meter of the path by concentrator and PES in the virtual network: its journal, and its conversations with the concentrator.
import { type Answer, converseByCalls, type Step, type Tick } from '@hushgrid/machine'
import { syncRequestWith } from '@hushgrid/messages'
import {
  createPesMeter,
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
import { type MeterId, type Millis, slotAt, slotTimes } from '@hushgrid/primitives'
import type { JournalState } from '@hushgrid/scenarios'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import type { FormingNode } from './forming-node.ts'
import { HouseholdNode } from './household-node.ts'
import { pauseAfter } from './registrar-visits.ts'

export interface PesMeterNodeInit {
  readonly network: VirtualNetwork
  readonly concentrator: Pick<FormingNode<never, never, never>, 'number' | 'formed'>
  /** The meter's number in the scenario. */
  readonly meter: number
  readonly config: PesMeterConfig
  readonly readings: LaneReadings
  /** Draws evenly protocol milliseconds below a bound, for what happens at no certain moment. */
  readonly wait: (bound: number) => number
}

/** Records that are kept; the machine needs the last. */
const KEPT_RECORDS = 4
/** Time within which a meter has its line to a concentrator again that can be reached again, ms. */
const LINE_WITHIN = 2000
const NO_ANSWER_NEEDED = new Uint8Array(0)

/** A meter of this path. */
export class PesMeterNode extends HouseholdNode<PesMeterState, PesMeterInput, PesMeterOutput> {
  readonly id: MeterId
  /** Journal that survives crashes. */
  journal: PesMeterRecord[] = []
  readonly #init: PesMeterNodeInit
  #wanted: 'in' | 'out' = 'in'
  #underWay = false
  #failures = 0

  constructor(init: PesMeterNodeInit) {
    super(init.network, [])
    this.#init = init
    this.id = init.config.identity.id
  }

  /** Starts the process with its journal in the given state, and has it ask the concentrator to take it in. */
  start(journal: JournalState = 'intact'): void {
    if (journal === 'lost') this.journal = []
    else if (journal === 'rolled-back') this.journal = this.journal.slice(0, -1)
    this.#underWay = false
    this.#failures = 0
    const kept = journal === 'lost' ? undefined : this.journal.slice()
    this.begin(this.timed(() => createPesMeter(this.#init.config, kept, this.now)))
    this.stay()
  }

  /** Tells whether it has been told to leave. */
  get leaving(): boolean {
    return this.#wanted === 'out'
  }

  /** Asks to be let go; its process ends once that is granted and its last slot is over. */
  leave(): void {
    this.#wanted = 'out'
    this.#converse()
  }

  /** Asks to be in. */
  stay(): void {
    this.#wanted = 'in'
    this.#converse()
  }

  /** Tells the machine that the concentrator can be reached again. */
  concentratorBack(): void {
    this.later(this.#init.wait(LINE_WITHIN), () => this.feed({ type: 'concentrator-back' }))
  }

  /** Has the conversation for what is wanted, one at a time, and again after a pause where it fails. */
  #converse(): void {
    if (this.#underWay) return
    this.#underWay = true
    const wanted = this.#wanted
    const meter = { concentrator: this.#init.config.concentrator, feed: (input: PesMeterInput) => this.feed(input) }
    const conversation: PesConversation = wanted === 'in' ? pesEnrolment(meter) : pesLeave(meter)
    converseByCalls(
      conversation,
      (turn, answered) => this.#carry(turn, answered),
      ({ kind }) => {
        if (kind === 'admitted' || kind === 'left' || kind === 'refused') this.#answered(wanted, kind)
        else this.later(pauseAfter(++this.#failures), () => this.#again())
      }
    )
  }

  #carry(turn: ReturnType<PesConversation['next']>['value'], answered: (answer: Answer) => void): void {
    const { network, concentrator } = this.#init
    if (!('type' in turn)) return
    if (turn.type === 'ask') network.exchange(this.number, concentrator.number, 'enrol', turn.bytes, answered)
    else answered(concentrator.formed && network.reachable(this.number, concentrator.number) ? NO_ANSWER_NEEDED : undefined)
  }

  #again(): void {
    this.#underWay = false
    this.#converse()
  }

  #answered(wanted: 'in' | 'out', kind: 'admitted' | 'left' | 'refused'): void {
    this.#underWay = false
    this.#failures = 0
    if (wanted !== this.#wanted) this.#converse()
    // Its line to the concentrator is new.
    else if (kind === 'admitted') this.feed({ type: 'concentrator-back' })
    else if (wanted === 'out') this.#endOnceOver()
  }

  /** Ends the process of a meter that has left, once its last slot is over. */
  #endOnceOver(): void {
    const { slotSeconds } = this.#init.config
    const { over } = slotTimes(slotAt(this.now, slotSeconds), slotSeconds)
    this.later(Math.max(0, over - slotSeconds * 1000 + 1 - this.now), () => {
      if (this.leaving) this.crash()
    })
  }

  /** Takes nothing: readings are the concentrator's. */
  receive(): void {}

  serve(): undefined {}

  protected step(state: PesMeterState, input: PesMeterInput | Tick, now: Millis): Step<PesMeterState, PesMeterOutput> {
    return stepPesMeter(state, input, now)
  }

  protected override beforeTick(): void {
    const { meter, config, readings } = this.#init
    const ended = slotAt(this.now, config.slotSeconds) - 1
    if (this.crashAt?.phase === 'before-submitting' && ended >= this.crashAt.slot) {
      this.crashNow()
      return
    }
    const reading = readMeter(this.state, this.now, (slot, lanes) => readings(meter, slot, lanes))
    if (reading) this.feed(reading)
  }

  protected carryOut(output: PesMeterOutput): void {
    const { network, concentrator } = this.#init
    if (output.type === 'journal') this.journal = [...this.journal, output.record].slice(-KEPT_RECORDS)
    else if (output.type === 'publish') {
      network.gossip(output.topic, this.number, output.bytes)
      const { crashAt, state } = this
      if (crashAt?.phase === 'after-submitting' && state.finishedThrough >= crashAt.slot) this.crashNow()
    } else if (output.type === 'resend') network.exchange(this.number, concentrator.number, 'sync', syncRequestWith(output.bytes), () => {})
  }
}
