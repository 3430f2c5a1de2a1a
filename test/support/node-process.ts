// Nodes as processes of their own, as a person starts them; whatever a test does, none outlives it.
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export type Role = 'registrar' | 'aggregator' | 'meter' | 'concentrator' | 'pes' | 'mdms'

/** One line of a node's log with `--json`. */
export interface NodeEvent {
  readonly time: string
  readonly level: string
  readonly role: Role
  readonly event: string
  readonly [field: string]: unknown
}

/** How a process ended, and how long that took from the signal on, in real milliseconds. */
export interface Ending {
  readonly status: number | null
  readonly signal: NodeJS.Signals | null
  readonly took: number
}

/** Long enough for a dozen nodes to start on two busy cores. */
const PATIENCE = 30_000

const running = new Set<NodeProcess>()

process.once('exit', () => {
  for (const node of running) void node.kill()
})

/** Ends, by their process ids, all nodes that are left. */
export async function killAllNodes(): Promise<void> {
  await Promise.all([...running].map(node => node.kill()))
}

/** The program of a role. */
export function programOf(role: Role): string {
  const program = role === 'pes' ? 'concentrator/src/pes-main.ts' : `${role}/src/main.ts`
  return fileURLToPath(new URL(`../../nodes/${program}`, import.meta.url))
}

/** A node that runs, and its log so far. */
export class NodeProcess {
  readonly role: Role
  /** What it was started with. */
  readonly args: readonly string[]
  readonly events: NodeEvent[] = []
  /** Everything that it wrote, to standard output and standard error. */
  output = ''
  errors = ''
  readonly #child: ChildProcess
  readonly #ended: Promise<{ status: number | null; signal: NodeJS.Signals | null }>
  readonly #waiting = new Set<() => void>()
  #over = false
  #line = ''

  /** @param fileBlocks - limit to the size of files it writes, in blocks of the shell's `ulimit -f` */
  constructor(role: Role, args: readonly string[], fileBlocks?: number) {
    this.role = role
    this.args = args
    const command = [process.execPath, programOf(role), ...args]
    const [program, rest] =
      fileBlocks === undefined
        ? [process.execPath, command.slice(1)]
        : ['/bin/sh', ['-c', `ulimit -f ${fileBlocks}; exec "$@"`, 'sh', ...command]]
    this.#child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] })
    running.add(this)
    this.#child.stdout?.setEncoding('utf8').on('data', text => this.#take(text))
    this.#child.stderr?.setEncoding('utf8').on('data', text => {
      this.output += text
      this.errors += text
    })
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject)
      this.#child.once('close', (status, signal) => {
        running.delete(this)
        this.#over = true
        resolve({ status, signal })
        for (const wake of [...this.#waiting]) wake()
      })
    })
  }

  #take(text: string): void {
    this.output += text
    const lines = (this.#line + text).split('\n')
    this.#line = lines.pop() ?? ''
    for (const line of lines) if (line.startsWith('{')) this.events.push(JSON.parse(line) as NodeEvent)
    for (const wake of [...this.#waiting]) wake()
  }

  /** Events of a kind so far. */
  all(event: string): NodeEvent[] {
    return this.events.filter(entry => entry.event === event)
  }

  /**
   * The first event that fits, now or as soon as it comes.
   *
   * @param event - its name
   * @param fits - what else it has to be
   */
  async event(event: string, fits: (entry: NodeEvent) => boolean = () => true, patience = PATIENCE): Promise<NodeEvent> {
    return await this.until(`event ${event}`, () => this.events.find(entry => entry.event === event && fits(entry)), patience)
  }

  /** Whatever `find` finds, now or after a line to come. */
  async until<T>(what: string, find: () => T | undefined, patience = PATIENCE): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const check = (): void => {
      const found = find()
      if (found !== undefined) resolve(found)
      else if (this.#over) reject(new Error(`${this.role}: ended before ${what}\n${this.#tail()}`))
    }
    const timer = setTimeout(() => reject(new Error(`${this.role}: no ${what} within ${patience} ms\n${this.#tail()}`)), patience)
    this.#waiting.add(check)
    check()
    try {
      return await promise
    } finally {
      clearTimeout(timer)
      this.#waiting.delete(check)
    }
  }

  #tail(): string {
    return this.output.split('\n').slice(-15).join('\n')
  }

  /** Resolves when it has ended by itself. */
  async ended(): Promise<Omit<Ending, 'took'>> {
    return await this.#ended
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ending> {
    const from = performance.now()
    this.#child.kill(signal)
    const ending = await this.#ended
    return { ...ending, took: performance.now() - from }
  }

  /** Ends it at once, as a crash or a loss of power would. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#ended
  }
}

/** Runs a program that is expected to end by itself. */
export async function runToEnd(role: Role, args: readonly string[]): Promise<{ status: number | null; out: string; errors: string }> {
  const node = new NodeProcess(role, args)
  const late = setTimeout(() => void node.kill(), PATIENCE)
  const { status } = await node.ended()
  clearTimeout(late)
  return { status, out: node.output.slice(0, node.output.length - node.errors.length), errors: node.errors }
}
