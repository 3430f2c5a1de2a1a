import type { Step } from '@hushgrid/dcnet'
import type { Millis } from '@hushgrid/primitives'
import type { SchedulingClock } from './clock.ts'

/** Longest timer that the platform takes; a later moment is waited for in several steps. */
const LONGEST_TIMER = 2 ** 31 - 1

/**
 * Drives a state machine by a clock: hands it inputs, has its outputs carried out in order, and ticks it when it asks
 * to be. The machine alone decides; nothing here knows the protocol.
 */
export class Driver<State extends { wakeAt: Millis | undefined }, Input, Output> {
  #state: State
  readonly #step: (state: State, input: Input | { type: 'tick' }, now: Millis) => Step<State, Output>
  readonly #carryOut: (output: Output) => void
  readonly #clock: SchedulingClock
  readonly #unsubscribe: () => void
  #timer: NodeJS.Timeout | undefined
  #stopped = false
  /** Called just before a tick, for what has to be fed in at that moment. */
  beforeTick: (now: Millis) => void = () => {}
  /** Told of a failure in a step that a timer began, where there is no caller to catch it. */
  onFailure: (cause: unknown) => void = cause => {
    throw cause
  }

  constructor(
    clock: SchedulingClock,
    state: State,
    step: (state: State, input: Input | { type: 'tick' }, now: Millis) => Step<State, Output>,
    carryOut: (output: Output) => void
  ) {
    this.#clock = clock
    this.#state = state
    this.#step = step
    this.#carryOut = carryOut
    this.#unsubscribe = clock.onChange(() => this.#arm())
    this.#arm()
  }

  get state(): State {
    return this.#state
  }

  /**
   * One step of the machine; its outputs have been carried out when this returns, and are given back. Where that fails
   * the machine is stopped: its state may be ahead of its journal, so nothing more may come out of it.
   */
  feed(input: Input | { type: 'tick' }): readonly Output[] {
    if (this.#stopped) return []
    try {
      const { state, outputs } = this.#step(this.#state, input, this.#clock.now())
      this.#state = state
      for (const output of outputs) this.#carryOut(output)
      this.#arm()
      return outputs
    } catch (cause) {
      this.stop()
      throw cause
    }
  }

  #arm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const { wakeAt } = this.#state
    const delay = this.#stopped || wakeAt === undefined ? undefined : this.#clock.delayUntil(wakeAt)
    if (delay === undefined) return
    this.#timer = setTimeout(() => this.#wake(), Math.min(Math.ceil(delay), LONGEST_TIMER))
  }

  #wake(): void {
    const now = this.#clock.now()
    const { wakeAt } = this.#state
    if (wakeAt === undefined || now < wakeAt) {
      this.#arm()
      return
    }
    try {
      this.beforeTick(now)
      this.feed({ type: 'tick' })
    } catch (cause) {
      this.stop()
      this.onFailure(cause)
    }
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
    this.#unsubscribe()
  }
}
