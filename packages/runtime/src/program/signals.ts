import { constants } from 'node:os'

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP. The first aborts the signal, so that everything can be put away; a second one
 * ends the process at once.
 *
 * @returns the signal, and a function that takes the handlers away again
 */
export function stopSignal(): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController()
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = (name: NodeJS.Signals): void => {
    // 128 + the signal's number, as shells have it.
    if (controller.signal.aborted) process.exit(128 + constants.signals[name])
    controller.abort(name)
  }
  for (const name of names) process.on(name, onSignal)
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, onSignal)
    }
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
