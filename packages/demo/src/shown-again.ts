// Text that Enter shows again, since rows of slots scroll it away.
import { readFileSync } from 'node:fs'

/** Terminal of a person, as far as it is needed here. */
interface Terminal {
  readonly isTTY?: boolean
  on(event: 'data', take: () => void): unknown
  off(event: 'data', take: () => void): unknown
  resume(): unknown
  pause(): unknown
  unref?(): unknown
}

interface Setting {
  readonly input: Terminal
  readonly output: { readonly isTTY?: boolean }
  /** True where this process may read from its terminal; one in the background that does is stopped. */
  readonly foreground: () => boolean
}

const OWN: Setting = { input: process.stdin, output: process.stdout, foreground: isForeground }

/**
 * Shows a text anew whenever a person presses Enter, with or without a `?` before it. Waits for nothing where there is no
 * terminal.
 *
 * @returns a function that stops it; undefined where there is no terminal to wait at
 */
export function showAgain(show: () => void, { input, output, foreground }: Setting = OWN): (() => void) | undefined {
  if (input.isTTY !== true || output.isTTY !== true || !foreground()) return undefined
  input.on('data', show)
  input.resume()
  // The demonstration ends when it ends, whether or not somebody may still type.
  input.unref?.()
  return () => {
    input.off('data', show)
    input.pause()
  }
}

/** Tells whether this process has the terminal, by its group; systems without /proc are taken to have it. */
function isForeground(): boolean {
  try {
    // The name before the last bracket may hold anything.
    const [, , group, , , terminal] = readFileSync('/proc/self/stat', 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return group === terminal
  } catch {
    return true
  }
}
