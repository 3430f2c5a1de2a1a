// A node as a process of its own, as a person would start it.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { HushgridError } from '@hushgrid/primitives'
import type { LabClockMessage } from '@hushgrid/runtime'

/** A line of a node's log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly level: string; readonly event: string }

/** Time for a node to put everything away before it is ended, ms. */
const STOP_WITHIN = 5_000

/** A node of the demonstration. */
export class NodeProgram {
  readonly #name: string
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  readonly #waiting = new Map<string, PromiseWithResolvers<LogLine>>()
  #line = ''
  #said = ''
  #stopping = false

  /**
   * @param main - the program, from the repository's root
   * @param fail - called where the program ends by itself
   */
  constructor(
    main: string,
    args: readonly string[],
    on: { readonly line: (line: LogLine) => void; readonly fail: (cause: unknown) => void }
  ) {
    this.#name = main
    const program = fileURLToPath(new URL(`../../../${main}`, import.meta.url))
    this.#child = spawn(process.execPath, [program, ...args, '--json'], {
      // The channel tells the node of this process's end, whatever that is.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc']
    })
    this.#child.stdout?.setEncoding('utf8').on('data', text => this.#take(text, on.line))
    this.#child.stderr?.setEncoding('utf8').on('data', text => {
      this.#said = (this.#said + text).slice(-2000)
    })
    this.#exited = new Promise(resolve => {
      this.#child.once('error', resolve)
      this.#child.once('close', resolve)
    }).then(() => {
      const ended = new HushgridError(`${main} has ended: ${this.#said.trim() || `status ${this.#child.exitCode}`}`)
      for (const { reject } of this.#waiting.values()) reject(ended)
      if (!this.#stopping) on.fail(ended)
    })
  }

  #take(text: string, told: (line: LogLine) => void): void {
    const lines = (this.#line + text).split('\n')
    this.#line = lines.pop() ?? ''
    for (const each of lines.filter(line => line.startsWith('{'))) {
      const line = JSON.parse(each) as LogLine
      this.#waiting.get(line.event)?.resolve(line)
      told(line)
    }
  }

  /** Waits for the next line of an event. */
  async event(name: string, signal: AbortSignal): Promise<LogLine> {
    const waiting = this.#waiting.get(name) ?? Promise.withResolvers<LogLine>()
    this.#waiting.set(name, waiting)
    const aborted = (): void => waiting.reject(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    try {
      return await waiting.promise
    } finally {
      signal.removeEventListener('abort', aborted)
      this.#waiting.delete(name)
    }
  }

  get name(): string {
    return this.#name
  }

  /** Has the program's lab clock go on at another rate, from the anchor on. */
  pace(anchor: LabClockMessage['anchor']): void {
    const message: LabClockMessage = { type: 'lab-clock', anchor }
    if (this.#child.connected) this.#child.send(message)
  }

  /** Tells the program to end, without waiting for it. */
  end(): void {
    this.#stopping = true
    this.#child.kill('SIGTERM')
  }

  async stop(): Promise<void> {
    this.end()
    const late = setTimeout(() => this.#child.kill('SIGKILL'), STOP_WITHIN)
    await this.#exited
    clearTimeout(late)
  }
}
