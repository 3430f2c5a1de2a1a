// The one sentence of a command that could not do its work, and its exit status.

/** Exit status for a wrong option, an unreadable or malformed file, an address in use, output that cannot be written. */
export const EXIT_USAGE = 2

/** Writes a message to standard error. The process ends with status 2 once nothing keeps it alive. */
export function failWith(message: string): void {
  process.stderr.write(`${message.replace(/\s*\n\s*/g, ' ').trim()}\n`)
  process.exitCode = EXIT_USAGE
}
