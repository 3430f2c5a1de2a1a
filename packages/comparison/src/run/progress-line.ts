/** Progress on standard error: a line that is written over on a terminal, plain lines elsewhere. */
export class ProgressLine {
  readonly #terminal = process.stderr.isTTY === true
  #shown = ''

  /** Shows a line that stays. */
  line(text: string): void {
    this.close()
    process.stderr.write(`${text}\n`)
  }

  /** Shows what goes on now, until the next line. */
  show(text: string): void {
    this.close()
    this.#shown = text
    process.stderr.write(this.#terminal ? text : `${text}\n`)
  }

  /** Takes away what goes on. */
  close(): void {
    if (this.#terminal && this.#shown !== '') process.stderr.write('\r\u001B[K')
    this.#shown = ''
  }
}

/** Longest time that is told in seconds, ms, and in minutes. */
const IN_SECONDS = 90_000
const IN_MINUTES = 90 * 60_000

/** Says roughly how long something takes: `about` stands before it. */
export function roughly(ms: number): string {
  if (ms < IN_SECONDS) return `${Math.round(ms / 1000)} s`
  return ms < IN_MINUTES ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`
}
