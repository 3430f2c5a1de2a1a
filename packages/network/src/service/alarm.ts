import type { Alarm } from '@hushgrid/machine'
import type { Millis } from '@hushgrid/primitives'
import type { SchedulingClock } from './clock.ts'

/** Longest timer that the platform takes; a later moment is waited for in several steps. */
const LONGEST_TIMER = 2 ** 31 - 1

/** One timer of the platform, set by a clock and set anew whenever that clock is. */
export class ClockAlarm implements Alarm {
  readonly #clock: SchedulingClock
  #timer: NodeJS.Timeout | undefined
  #unsubscribe: (() => void) | undefined
  #due: { readonly moment: Millis; readonly wake: () => void } | undefined

  constructor(clock: SchedulingClock) {
    this.#clock = clock
  }

  set(moment: Millis | undefined, wake: () => void): void {
    if (moment === undefined) {
      this.#due = undefined
      this.#unsubscribe?.()
      this.#unsubscribe = undefined
    } else {
      this.#due = { moment, wake }
      this.#unsubscribe ??= this.#clock.onChange(() => this.#arm())
    }
    this.#arm()
  }

  #arm(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    const due = this.#due
    const delay = due && this.#clock.delayUntil(due.moment)
    if (due && delay !== undefined) this.#timer = setTimeout(due.wake, Math.min(Math.ceil(delay), LONGEST_TIMER))
  }
}
