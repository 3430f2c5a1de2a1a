// Where a node's log goes: to standard output, as long as somebody takes it. A node goes on without, and says how much of
// its log is missing once there is room again.
import { fstatSync, writeSync } from 'node:fs'

/** Takes what becomes of a log. */
interface LogSinkEvents {
  /** Hears of the first line that is lost. */
  failed(code: string): void
  /** Hears that a line can be written again, before it is, with the number of lines lost until then. */
  back(lost: number): void
}

/** Log whose lines may be lost. */
export class LogSink {
  readonly #write: (line: string) => void
  readonly #on: LogSinkEvents
  #lost = 0
  #hasFailed = false
  #isTorn = false

  /** @param write - throws where a line cannot be written */
  constructor(write: (line: string) => void, on: LogSinkEvents) {
    this.#write = write
    this.#on = on
  }

  /** Number of lines lost since the last that was written. */
  get lost(): number {
    return this.#lost
  }

  write(line: string): void {
    const lost = this.#lost
    if (lost > 0) {
      // The line about the lost ones goes first, through this same method; where it fails, this one would too.
      this.#lost = 0
      this.#on.back(lost)
      if (this.#lost > 0) {
        this.#lost += lost
        return
      }
    }
    this.#attempt(line)
  }

  /** Counts a line that a stream took and could not write. */
  failed({ code, message }: NodeJS.ErrnoException): void {
    this.#lost++
    if (this.#hasFailed) return
    this.#hasFailed = true
    this.#on.failed(code ?? message)
  }

  #attempt(line: string): void {
    try {
      this.#write(this.#isTorn ? `\n${line}` : line)
      this.#isTorn = false
    } catch (cause) {
      this.#isTorn ||= cause instanceof TornLineError
      this.failed(cause as NodeJS.ErrnoException)
    }
  }
}

/** Line of which a disk that is nearly full took a part. */
export class TornLineError extends Error {
  override name = 'TornLineError'
  readonly code = 'ENOSPC'
}

/** Makes the log sink of this process. */
export function standardLog(on: LogSinkEvents): LogSink {
  const { stdout } = process
  // A pipe that has failed once takes nothing any more; a file may have room again.
  if (fstatSync(stdout.fd).isFile()) return new LogSink(line => writeWhole(stdout.fd, line), on)
  let broken: NodeJS.ErrnoException | undefined
  const sink = new LogSink(line => {
    if (broken) throw broken
    stdout.write(line)
  }, on)
  stdout.on('error', cause => {
    broken ??= cause
    sink.failed(cause)
  })
  return sink
}

function writeWhole(descriptor: number, line: string): void {
  const bytes = Buffer.from(line)
  if (writeSync(descriptor, bytes) < bytes.byteLength) throw new TornLineError('expected to write a whole line')
}
