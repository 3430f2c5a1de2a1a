import { setTimeout as wait } from 'node:timers/promises'
import type { LabClock } from '@hushgrid/network'
import { type Millis, type Slot, slotTimes } from '@hushgrid/primitives'
import type { TimedResult } from './neighbourhood.ts'

/** Results of slots as they come, and those who wait for one. */
export class SlotResults extends Map<Slot, TimedResult> {
  #waiters: (() => void)[] = []

  /** Takes a result in. */
  publish(result: TimedResult): void {
    this.set(result.slot, result)
    for (const waiter of this.#waiters.splice(0)) waiter()
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  async of(slot: Slot, clock: LabClock, slotSeconds: number, signal: AbortSignal): Promise<TimedResult | undefined> {
    const { over } = slotTimes(slot, slotSeconds)
    while (!signal.aborted) {
      const result = this.get(slot)
      const left = clock.delayUntil(over)
      if (result || left === 0) return result
      await new Promise<void>(resolve => {
        const wake = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, left ?? 1000)
        signal.addEventListener('abort', wake)
        this.#waiters.push(wake)
      })
    }
    return undefined
  }
}

/** Resolves at a moment of the lab's clock, or once the signal says stop. */
export async function sleepUntil(clock: LabClock, moment: Millis, signal: AbortSignal): Promise<void> {
  try {
    // The clock may have taken another rate meanwhile.
    do await wait(clock.delayUntil(moment) ?? 0, undefined, { signal })
    while ((clock.delayUntil(moment) ?? 0) > 0)
  } catch (cause) {
    if (!signal.aborted) throw cause
  }
}
