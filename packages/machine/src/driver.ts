// Drives a machine: one step at a time, its outputs carried out in order, a tick when it asks for one.
import type { Clock, Millis } from '@hushgrid/primitives'
import type { Step, Tick, Waking } from './step.ts'

/** Wakes a driver when a moment of protocol time has come: a timer on a real node, an event in virtual time. */
export interface Alarm {
  /**
   * Has `wake` called once at that moment or soon after; replaces what was set before. It may be called too early, which
   * a driver notices.
   *
   * @param moment - undefined for never
   */
  set(moment: Millis | undefined, wake: () => void): void
}

/** Configuration of a driver. */
export interface DriverInit<State extends Waking, Input, Output> {
  readonly clock: Clock
  readonly alarm: Alarm
  readonly state: State
  readonly step: (state: State, input: Input | Tick, now: Millis) => Step<State, Output>
  /** Does what an output says before it returns, so that a journal is on stable storage before what follows. */
  readonly carryOut: (output: Output) => void
  /** Feeds in what has to come just before a tick. */
  readonly beforeTick?: ((now: Millis) => void) | undefined
  /** Called with a failure in a step that the alarm began, where there is no caller to catch it; thrown unless given. */
  readonly onFailure?: ((cause: unknown) => void) | undefined
}

/**
 * One life of a machine, from the state that its journal gave to the stop or crash of its process. Hands it inputs and
 * carries its outputs out; the machine alone decides, and nothing here knows the protocol.
 */
export class Driver<State extends Waking, Input, Output> {
  readonly #init: DriverInit<State, Input, Output>
  #state: State
  #stopped = false
  readonly #onAlarm = (): void => {
    this.wake()
  }

  constructor(init: DriverInit<State, Input, Output>) {
    this.#init = init
    this.#state = init.state
    this.#setAlarm()
  }

  get state(): State {
    return this.#state
  }

  /**
   * Makes one step of the machine, carries its outputs out and gives them back. An output that cannot be carried out stops
   * the machine: its state may be ahead of its journal, so nothing more may come out of it. Outputs after one that stops
   * the machine are not carried out.
   */
  feed(input: Input | Tick): readonly Output[] {
    if (this.#stopped) return []
    const { step, clock, carryOut } = this.#init
    try {
      const { state, outputs } = step(this.#state, input, clock.now())
      this.#state = state
      for (let i = 0; i < outputs.length; i++) {
        carryOut(outputs[i] as Output)
        if (this.#stopped) return outputs.slice(0, i + 1)
      }
      this.#setAlarm()
      return outputs
    } catch (cause) {
      this.stop()
      throw cause
    }
  }

  /**
   * Ticks the machine if it is time, and sets the alarm anew.
   *
   * @returns whether it was time
   */
  wake(): boolean {
    const { clock, beforeTick, onFailure } = this.#init
    const { wakeAt } = this.#state
    const now = clock.now()
    if (this.#stopped || wakeAt === undefined || now < wakeAt) {
      this.#setAlarm()
      return false
    }
    try {
      beforeTick?.(now)
      this.feed({ type: 'tick' })
    } catch (cause) {
      this.stop()
      if (!onFailure) throw cause
      onFailure(cause)
    }
    return true
  }

  /** Ends this life: no step is made any more, and nothing carried out. */
  stop(): void {
    this.#stopped = true
    this.#setAlarm()
  }

  #setAlarm(): void {
    this.#init.alarm.set(this.#stopped ? undefined : this.#state.wakeAt, this.#onAlarm)
  }
}
