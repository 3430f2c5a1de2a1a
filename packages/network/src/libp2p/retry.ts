import { setTimeout as wait } from 'node:timers/promises'

/** Waits between attempts, in real milliseconds: doubled each time, up to the last. */
const FIRST_WAIT = 250
const LONGEST_WAIT = 30_000

/**
 * Tries until it works or the signal says stop. A registrar or aggregator that is away comes back; a meter waits.
 *
 * @param onFailure - told of each failure, so that it can be logged
 * @param longest - the longest wait, in real milliseconds
 */
export async function untilDone<T>(
  signal: AbortSignal,
  attempt: () => Promise<T>,
  onFailure: (cause: unknown) => void,
  longest: () => number = () => LONGEST_WAIT
): Promise<T> {
  for (let pause = FIRST_WAIT; ; pause = Math.min(2 * pause, longest(), LONGEST_WAIT)) {
    signal.throwIfAborted()
    try {
      return await attempt()
    } catch (cause) {
      signal.throwIfAborted()
      onFailure(cause)
    }
    await wait(pause, undefined, { signal })
  }
}
