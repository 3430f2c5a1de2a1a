// Clocks that services go by: Unix time, a monotonic one, a lab’s faster time, and one that is set.
import { type Clock, type Millis, millis, type Slot, slotTimes } from '@hushgrid/primitives'

/** A clock that can also say how long to wait, in the machine's own milliseconds. */
export interface SchedulingClock extends Clock {
  /** Gives the real milliseconds until a moment of protocol time; undefined while the clock stands still. */
  delayUntil(moment: Millis): number | undefined
  /** Called when the clock starts to run or is set anew; returns what unsubscribes. */
  onChange(listener: () => void): () => void
}

/** Gives so many units of a slot in real milliseconds; undefined while the clock stands still. */
export function realUnits(clock: SchedulingClock, slotSeconds: number, count: number): number | undefined {
  return clock.delayUntil(millis(clock.now() + count * slotTimes(0 as Slot, slotSeconds).unit))
}

/** Unix time. */
export class SystemClock implements SchedulingClock {
  now(): Millis {
    return millis(Date.now())
  }

  delayUntil(moment: Millis): number {
    return Math.max(0, moment - Date.now())
  }

  onChange(): () => void {
    return () => {}
  }
}

/** Unix time as it was at the process's start, and monotonic from there: nobody sets it meanwhile. */
export class MonotonicClock implements SchedulingClock {
  now(): Millis {
    return millis(Math.floor(realNow()))
  }

  delayUntil(moment: Millis): number {
    return Math.max(0, moment - realNow())
  }

  onChange(): () => void {
    return () => {}
  }
}

/** Anchor of a lab clock: at the real moment `real` (Unix milliseconds) it shows `protocol`. */
export interface ClockAnchor {
  readonly real: number
  readonly protocol: Millis
  /** Protocol milliseconds per real millisecond. */
  readonly rate: number
}

/**
 * A clock that passes faster, from a moment of one's choice. It stands still until it is started; its rate may change at a
 * moment to come, and what it shows never jumps then, nor runs backwards.
 */
export class LabClock implements SchedulingClock {
  /** Anchors in their order, each in force from its moment on; none while the clock stands still. */
  #anchors: readonly ClockAnchor[] = []
  /** Least that the clock shows: what it had shown when its rate last changed. */
  #least = 0
  readonly #before: Millis
  readonly #listeners = new Set<() => void>()

  /** @param before - what the clock shows until it is started */
  constructor(before: Millis) {
    this.#before = before
  }

  /** Makes a clock that runs already; before the anchor's real moment it shows earlier times. */
  static running(anchor: ClockAnchor): LabClock {
    const clock = new LabClock(anchor.protocol)
    clock.start(anchor)
    return clock
  }

  start(anchor: ClockAnchor): void {
    this.#least = 0
    this.#set([anchor])
  }

  /**
   * Starts the clock, or has one that runs go on at another rate from the anchor's moment on. Where that has passed already,
   * the clock shows the same time until the new rate has caught up with it.
   */
  follow(anchor: ClockAnchor): void {
    if (this.#anchors.length === 0) {
      this.start(anchor)
      return
    }
    this.#least = this.now()
    this.#set([...this.#anchors, anchor])
  }

  /** Gives the anchor by which this clock goes at another rate from a moment on; undefined while it stands still. */
  anchorFrom(moment: Millis, rate: number): ClockAnchor | undefined {
    const real = this.realAt(moment)
    return real === undefined ? undefined : { real, protocol: moment, rate }
  }

  #set(anchors: readonly ClockAnchor[]): void {
    this.#anchors = anchors
    for (const listener of [...this.#listeners]) listener()
  }

  now(): Millis {
    return millis(Math.max(this.#least, this.shownAt(realNow())))
  }

  delayUntil(moment: Millis): number | undefined {
    const real = this.realAt(moment)
    return real === undefined ? undefined : Math.max(0, real - realNow())
  }

  /** Gives what the clock shows at a real moment, Unix milliseconds. */
  shownAt(real: number): Millis {
    const anchor = this.#anchors.findLast(each => each.real <= real) ?? this.#anchors[0]
    return anchor ? millis(Math.max(0, Math.floor(anchor.protocol + (real - anchor.real) * anchor.rate))) : this.#before
  }

  /** Gives the real moment, Unix milliseconds, at which the clock shows `moment`; undefined while it stands still. */
  realAt(moment: Millis): number | undefined {
    const anchor = this.#anchors.findLast(each => each.protocol <= moment) ?? this.#anchors[0]
    return anchor && anchor.real + (moment - anchor.protocol) / anchor.rate
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }
}

/** Gives what a clock shows at a real moment, so that records of true time stand beside those of a lab's. */
export function shownAt(clock: SchedulingClock, real: number): Millis {
  return clock instanceof LabClock ? clock.shownAt(real) : millis(real)
}

/** A clock that is set: by the registrar's time, or wrong by a lab. */
export class AdjustableClock implements SchedulingClock {
  readonly #clock: SchedulingClock
  readonly #listeners = new Set<() => void>()
  #offset = 0

  constructor(clock: SchedulingClock) {
    this.#clock = clock
  }

  /** Protocol milliseconds that this clock is ahead of the one that it goes by; negative where it is behind. */
  get offset(): number {
    return this.#offset
  }

  set offset(ms: number) {
    this.#offset = ms
    for (const listener of [...this.#listeners]) listener()
  }

  now(): Millis {
    return millis(Math.max(0, Math.floor(this.#clock.now() + this.#offset)))
  }

  delayUntil(moment: Millis): number | undefined {
    return this.#clock.delayUntil(millis(Math.max(0, moment - this.#offset)))
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener)
    const unsubscribe = this.#clock.onChange(listener)
    return () => {
      this.#listeners.delete(listener)
      unsubscribe()
    }
  }
}

/** Gives real Unix milliseconds with the resolution that lab clocks are anchored with. */
export function realNow(): number {
  return performance.timeOrigin + performance.now()
}
