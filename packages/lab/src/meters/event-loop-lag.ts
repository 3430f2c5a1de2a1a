// Lateness of this process's event loop: how long timers waited that were due. A machine that is busy with something else
// shows in it, whatever the nodes do.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { realNow } from '@hushgrid/network'

/** A time in which the event loop was late. */
export interface Stall {
  /** End of it, Unix ms. */
  readonly until: number
  readonly ms: number
}

/** Time between two looks, ms: short against what the protocol leaves, and of no weight beside the work of one node. */
const LOOK_EVERY = 25
/** Least lateness that is kept, ms; timers are never exact. */
const LEAST = 1
/** Stalls that are kept between two samples, which is half a minute of a machine that is always late. */
const MOST_KEPT = 1000

let stalls: Stall[] = []
let last = 0
let timer: NodeJS.Timeout | undefined

/** Begins to watch this process; to begin twice changes nothing. */
export function watchLag(): void {
  if (timer) return
  last = realNow()
  timer = setInterval(look, LOOK_EVERY)
  timer.unref()
}

function look(): void {
  const now = realNow()
  const ms = now - last - LOOK_EVERY
  last = now
  if (ms < LEAST) return
  stalls.push({ until: now, ms })
  if (stalls.length > MOST_KEPT) stalls.shift()
}

/** Gives the stalls since the last call, one that still lasts among them. */
export function takeStalls(): readonly Stall[] {
  if (timer && realNow() - last - LOOK_EVERY >= LEAST) look()
  const taken = stalls
  stalls = []
  return taken
}

/**
 * Watches a process whose CPU time is measured, at a third of the cost: only the longest stall is known, and not its moment, so
 * that one from before a slot's end counts in the slot.
 *
 * @returns the function that gives it since the last call
 */
export function watchLongestStall(): () => readonly Stall[] {
  const delays = monitorEventLoopDelay({ resolution: LOOK_EVERY })
  delays.enable()
  let taken = realNow()
  return () => {
    const until = realNow()
    // Without a single look the loop was held up all the time.
    const ms = (delays.count === 0 ? until - taken : delays.max / 1e6) - LOOK_EVERY
    delays.reset()
    taken = until
    return ms < LEAST ? [] : [{ until, ms }]
  }
}

/** Gives the longest of some stalls that ended after a moment, ms. */
export function worstLag(of: readonly Stall[], after = 0): number {
  return of.reduce((worst, { until, ms }) => (until > after ? Math.max(worst, ms) : worst), 0)
}
