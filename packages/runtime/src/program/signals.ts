import { constants } from 'node:os'
import type { LabClockSetting } from './node-command.ts'
import { watchOutput } from './output.ts'

/**
 * Listens for Ctrl-C, SIGTERM and SIGHUP, and for the end of the output. The first aborts the signal, so that everything
 * can be put away; a second one ends the process at once.
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
  const output = watchOutput()
  const onOutput = (): void => controller.abort(output.reason)
  for (const name of names) process.on(name, onSignal)
  if (output.aborted) onOutput()
  else output.addEventListener('abort', onOutput, { once: true })
  return {
    signal: controller.signal,
    dispose: () => {
      for (const name of names) process.off(name, onSignal)
      output.removeEventListener('abort', onOutput)
    }
  }
}

/** Gives a signal that aborts when the program that forked this one has ended; it never does in one that was not forked. */
export function parentGone(): AbortSignal {
  const controller = new AbortController()
  if (process.connected) {
    process.once('disconnect', () => controller.abort('parent'))
    // A listener would keep the process alive.
    process.channel?.unref()
  }
  return controller.signal
}

/** Message by which the program that forked a node has its lab clock go on at another rate, from a moment on. */
export interface LabClockMessage {
  readonly type: 'lab-clock'
  readonly anchor: LabClockSetting
}

/** Calls back with each change of the lab clock that the program that forked this one tells. */
export function hearLabClock(tell: (anchor: LabClockSetting) => void): void {
  if (!process.connected) return
  process.on('message', (message: Partial<LabClockMessage> | null) => {
    if (message?.type === 'lab-clock' && message.anchor) tell(message.anchor)
  })
  process.channel?.unref()
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    else signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
