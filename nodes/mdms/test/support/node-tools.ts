// The supplier's node as a process of its own; none outlives the test.
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const PROGRAM = fileURLToPath(new URL('../../src/main.ts', import.meta.url))
const PATIENCE = 30_000

type Entry = Readonly<Record<string, unknown>> & { readonly event: string }

const running = new Set<ChildProcess>()
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** A node that runs, and its log so far. */
export class RunningNode {
  readonly entries: Entry[] = []
  output = ''
  readonly #child: ChildProcess
  readonly #waiting = new Set<() => void>()

  constructor(args: readonly string[]) {
    this.#child = spawn(process.execPath, [PROGRAM, ...args, '--json'], { stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(this.#child)
    this.#child.once('close', () => {
      running.delete(this.#child)
      this.#wake()
    })
    let line = ''
    this.#child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
      const lines = (line + text).split('\n')
      line = lines.pop() ?? ''
      for (const each of lines) if (each.startsWith('{')) this.entries.push(JSON.parse(each) as Entry)
      this.#wake()
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.output += text
    })
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake()
  }

  all(event: string): Entry[] {
    return this.entries.filter(entry => entry.event === event)
  }

  /** The first event of a name that fits, now or as soon as it comes. */
  async event(name: string, fits: (entry: Entry) => boolean = () => true): Promise<Entry> {
    const { promise, resolve, reject } = Promise.withResolvers<Entry>()
    const look = (): void => {
      const found = this.all(name).find(fits)
      if (found) resolve(found)
      else if (!running.has(this.#child)) reject(new Error(`ended before ${name}\n${this.output}`))
    }
    const timer = setTimeout(() => reject(new Error(`no ${name} within ${PATIENCE} ms\n${this.output}`)), PATIENCE)
    this.#waiting.add(look)
    look()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(look)
    }
  }

  /** All events of a name, as soon as there are so many: an answer of the node may be here before what it has logged. */
  async events(name: string, count: number): Promise<Entry[]> {
    await this.event(name, () => this.all(name).length >= count)
    return this.all(name)
  }

  /** Tells it to stop; gives its exit status. By then its whole log is here. */
  async stop(): Promise<number | null> {
    if (!running.has(this.#child)) return this.#child.exitCode
    const closed = once(this.#child, 'close') as Promise<[number | null]>
    this.#child.kill('SIGTERM')
    const [status] = await closed
    return status
  }
}
