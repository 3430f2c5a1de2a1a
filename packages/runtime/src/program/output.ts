// Errors of standard output and standard error, for every program in one place. A command ends where nobody takes its
// output any more; a node goes on, since its neighbours need it more than its reader does.
import { EXIT_USAGE } from './failure.ts'

/** Output stream, as far as it can fail. */
interface OutputStream {
  readonly isTTY?: boolean
  on(event: 'error', listener: (cause: NodeJS.ErrnoException) => void): unknown
  write(text: string): unknown
}

/** Parts of a process that its output concerns. */
interface OutputProcess {
  readonly stdout: OutputStream
  readonly stderr: OutputStream
  exitCode?: number | string | null | undefined
  on(event: 'exit', listener: (status: number) => void): unknown
}

/** Codes of an output whose reader has gone: a pipe's, a socket's. */
const GONE = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED']
/** Code of a terminal that has gone; elsewhere it is a disk's. */
const GONE_TERMINAL = 'EIO'

/** Output of one process. */
export class ProgramOutput {
  readonly #process: OutputProcess
  readonly #ended = new AbortController()
  #isWatched = false
  #goesOn = false

  constructor(process: OutputProcess) {
    this.#process = process
  }

  /** Aborts when nobody takes the output any more. */
  get ended(): AbortSignal {
    return this.#ended.signal
  }

  /** Handles the streams' errors from now on; the first of them ends the program. */
  watch(): void {
    if (this.#isWatched) return
    this.#isWatched = true
    const { stdout, stderr } = this.#process
    stdout.on('error', cause => this.#fail('standard output', stdout, cause))
    stderr.on('error', cause => this.#fail('standard error', stderr, cause))
  }

  /** Makes the program go on whatever becomes of its output. */
  goOn(): void {
    this.#goesOn = true
  }

  #fail(name: string, { isTTY }: OutputStream, { code = '', message }: NodeJS.ErrnoException): void {
    if (this.#goesOn || this.#ended.signal.aborted) return
    const gone = GONE.includes(code) || (isTTY && code === GONE_TERMINAL)
    if (!gone) {
      this.#process.stderr.write(`${name}: expected to write to it, got ${code || message}\n`)
      // A command sets its own status once it is over, and knows nothing of this.
      this.#process.on('exit', status => {
        if (status === 0) this.#process.exitCode = EXIT_USAGE
      })
    }
    this.#ended.abort(name)
  }
}

const own = new ProgramOutput(process)

/**
 * Handles errors of this process's output from now on. A reader that has gone away ends a command quietly, with the status
 * that it has anyway; output that cannot be written, as on a full disk, with one sentence and status 2.
 *
 * @returns a signal that aborts then, as at Ctrl-C
 */
export function watchOutput(): AbortSignal {
  own.watch()
  return own.ended
}

/** Handles errors of this process's output by going on without it. */
export function goOnWithoutOutput(): void {
  own.watch()
  own.goOn()
}
