// A meter's connections to registrar and aggregator, and the times of its talks with the registrar; the protocol has the
// words.
import { type EnrollingMeter, type EnrolmentOutcome, enrolment, enrolNext, type MeterOutput, type MeterState } from '@hushgrid/dcnet'
import { type Answer, converse } from '@hushgrid/machine'
import { HushgridError } from '@hushgrid/primitives'
import { Lifeline } from '../libp2p/lifeline.ts'
import type { NetworkNode } from '../libp2p/node.ts'
import { realUnits, type SchedulingClock } from '../service/clock.ts'
import { failureError } from '../service/refusal.ts'
import { type StrandedInit, tellStranded } from './missed-rosters.ts'

/** The registrar does not enrol this meter. */
export class EnrolmentRefusedError extends HushgridError {
  override name = 'EnrolmentRefusedError'
}

/**
 * Bounds of the longest wait before a node that went away is dialled again, in real milliseconds. Between them it is a unit
 * of a slot, or so much for each member, since all of them dial the node.
 */
const PAUSE_PER_MEMBER = 10
const LEAST_PAUSE = 250
const MOST_PAUSE = 5_000
/** The longest wait between two attempts to be let in or out: so many units of a slot, and at least so many real milliseconds. */
const WAIT_UNITS = 4
const LEAST_WAIT = 1_000
/** Least time between questions to the registrar about a missed roster or a new credential, in real milliseconds. */
const ASK_EVERY = 60_000
/** Checks without the aggregator between questions to the registrar about it, beside those after 1, 2, 4, 8 and so on. */
const ASK_CHECKS = 24
const NO_ANSWER_NEEDED = new Uint8Array(0)

export interface EnrolmentInit extends StrandedInit {
  readonly node: NetworkNode
  readonly clock: SchedulingClock
  /** Multiaddr of the registrar, with its peer id. */
  readonly registrar: string
  readonly meter: EnrollingMeter
  readonly state: () => MeterState
  /** Signal that ends all of it. */
  readonly signal: AbortSignal
  /** Called when the aggregator can be reached and listens. */
  readonly onConnected?: (() => void) | undefined
  /** Called whenever a connection to the aggregator stands again. */
  readonly aggregatorBack: () => void
  readonly warnOf: (what: string, cause: unknown) => void
}

/** Keeps one meter in its neighbourhood. */
export class Enrolment {
  readonly #init: EnrolmentInit
  readonly #registrarLine: Lifeline
  readonly #aggregatorLine: Lifeline
  /** Multiaddr of the aggregator, once the registrar or a roster has told it. */
  #aggregator: string | undefined
  /** True where a roster may have been missed: a member's message of an unknown epoch has come. */
  #behind = false
  /** Number of checks in a row that found the aggregator out of reach. */
  #checksWithout = 0
  /** Moment of the last question to the registrar, by the process's monotonic clock. */
  #askedAt = 0
  /** The conversation with the registrar that is under way, or was last: one at a time. */
  #conversation: Promise<void> = Promise.resolve()

  constructor(init: EnrolmentInit) {
    this.#init = init
    this.#aggregatorLine = this.#lifeline('the aggregator', () => {
      // In a lab it was told on joining.
      if (!init.node.gate.isOpen) init.onConnected?.()
      init.aggregatorBack()
    })
    this.#registrarLine = this.#lifeline('the registrar', () => this.#askSoon('asking the registrar'))
  }

  #lifeline(who: string, connected: () => void): Lifeline {
    const { node, signal, warnOf } = this.#init
    const line: Lifeline = new Lifeline({
      ...{ node, signal, connected },
      longestPause: () => {
        const members = this.#init.state().book.latest?.roster.n ?? 0
        return Math.min(MOST_PAUSE, Math.max(LEAST_PAUSE, this.#units(1) ?? MOST_PAUSE, PAUSE_PER_MEMBER * members))
      },
      failed: cause => warnOf(`connecting to ${who} at ${line.address}`, cause)
    })
    return line
  }

  /** Gives so many units of a slot in real milliseconds; undefined while the clock stands. */
  #units(count: number): number | undefined {
    return realUnits(this.#init.clock, this.#init.meter.config.slotSeconds, count)
  }

  /** Gives the longest wait between two attempts, short enough that a registrar that comes back is asked within the slot. */
  longestWait(): number {
    return Math.max(LEAST_WAIT, this.#units(WAIT_UNITS) ?? Number.POSITIVE_INFINITY)
  }

  /** Keeps the registrar connected from now on. */
  holdRegistrar(): void {
    this.#registrarLine.hold(this.#init.registrar)
  }

  /** Keeps the aggregator connected from now on, at the address that a roster from before has. */
  holdAggregator(address: string): void {
    this.#aggregator = address
    this.#hold()
  }

  /** Keeps the aggregator connected. Outside a lab it takes nobody but members. */
  #hold(): void {
    if (!this.#aggregator || !(this.#init.node.gate.isOpen || this.#isMember)) return
    try {
      this.#aggregatorLine.hold(this.#aggregator)
    } catch (cause) {
      this.#init.warnOf('the address of the aggregator', cause)
    }
  }

  /** Has one conversation with the registrar, once those before it are over. */
  async ask(): Promise<void> {
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

  /** Enrols the key of the next season; the machine asks for it again where that fails. */
  enrolNext(): void {
    const { node, signal, meter, warnOf } = this.#init
    node
      .converse(meter.config.registrarKey, 'enrol', signal, async ask => void (await converse(enrolNext(meter), turn => ask(turn.bytes))))
      .catch(cause => {
        if (!signal.aborted) warnOf("enrolling the next season's key", cause)
      })
  }

  #askSoon(what: string): void {
    this.ask().catch(cause => this.#init.warnOf(what, cause))
  }

  async #converse(): Promise<void> {
    const { node, registrar, signal, meter } = this.#init
    this.#askedAt = performance.now()
    await node.connect(registrar, signal)
    await node.converse(meter.config.registrarKey, 'enrol', signal, async (ask, within) =>
      this.#end(await converse(enrolment(meter), turn => (turn.type === 'ask' ? ask(turn.bytes) : this.#reachAggregator(within))))
    )
  }

  #end(outcome: EnrolmentOutcome): void {
    switch (outcome.kind) {
      case 'admitted':
        tellStranded(outcome.chain, this.#init)
        return
      case 'kept-out':
        tellStranded(outcome.chain, this.#init)
        throw new EnrolmentRefusedError(outcome.why)
      case 'leaving':
      case 'given-up':
        return
      case 'out-of-reach':
        throw new HushgridError('expected an aggregator within reach, got none')
      default:
        throw failureError(outcome, EnrolmentRefusedError)
    }
  }

  async #reachAggregator(within: AbortSignal): Promise<Answer> {
    const { node, onConnected } = this.#init
    if (!this.#aggregator) throw new HushgridError('no aggregator has announced itself to the registrar yet')
    if (!node.gate.isOpen && !this.#isMember) {
      // It closes the connection after the handshake, which says that it is there.
      await node.find(this.#aggregator, within)
      return NO_ANSWER_NEEDED
    }
    // Holds it first, so that its connection is noticed.
    this.#hold()
    const aggregator = await node.connect(this.#aggregator, within)
    await node.subscriberSeen('readings', aggregator, within)
    onConnected?.()
    return NO_ANSWER_NEEDED
  }

  /**
   * Asks the registrar now and then: for the address of an aggregator that stays away, for rosters that may have been
   * missed, and for a new credential in good time.
   */
  async check(): Promise<void> {
    const without = this.#aggregatorLine.isConnected ? 0 : this.#checksWithout + 1
    this.#checksWithout = without
    if (!this.#registrarLine.isConnected || this.#init.meter.leaving()) return
    const moved = without > 0 && (Number.isInteger(Math.log2(without)) || without % ASK_CHECKS === 0)
    const due = (this.#behind || this.#isAbsent()) && performance.now() - this.#askedAt > ASK_EVERY
    if (!moved && !due) return
    this.#behind = false
    await this.ask()
  }

  /** Tells whether a roster that is held names the meter. */
  get #isMember(): boolean {
    return this.#init.state().book.held.some(({ roster }) => roster.indexOf(this.#init.meter.config.identity.id) !== undefined)
  }

  /** Tells whether the latest roster marks the meter as absent. */
  #isAbsent(): boolean {
    const { roster } = this.#init.state().book.latest ?? {}
    const index = roster?.indexOf(this.#init.meter.config.identity.id)
    return index !== undefined && roster?.isAbsent(index) === true
  }

  /** Takes note of outputs that say where the aggregator is. */
  note(output: MeterOutput): void {
    if (output.type === 'enrolled') this.#aggregator = output.aggregator || this.#aggregator
    else if (output.type === 'roster') {
      // The registrar's own answer is newer than the address in a roster.
      this.#aggregator ||= output.held.aggregatorAddress
      this.#hold()
      this.#askBack()
    }
  }

  /** Has the registrar asked soon for a roster that seems to have been missed. */
  rosterMissed(): void {
    this.#behind = true
  }

  /** Asks to be present again. A meter that hears of its absence has kept its connections: none comes back to remind it. */
  #askBack(): void {
    if (this.#isAbsent() && this.#registrarLine.isConnected && !this.#init.meter.leaving()) this.#askSoon('asking to be present again')
  }
}
