import { setTimeout as wait } from 'node:timers/promises'
import type { SchedulingClock } from '@hushgrid/network'
import { millis } from '@hushgrid/primitives'

/** Longest wait of a meter that leaves, in slots. */
const LEAVE_SLOTS = 2

/** Waits until a meter has left, at most two slots. */
export async function leaveFirst(leave: () => Promise<unknown>, clock: SchedulingClock, slotSeconds: number): Promise<void> {
  const patience = clock.delayUntil(millis(clock.now() + LEAVE_SLOTS * slotSeconds * 1000)) ?? 0
  const done = new AbortController()
  try {
    await Promise.race([leave(), wait(patience, undefined, { signal: done.signal })])
  } finally {
    done.abort()
  }
}
