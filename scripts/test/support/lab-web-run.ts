// `pnpm nodes:start` with its page, as a browser speaks to it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CSRF_HEADER, type LabAction, type LabChange, type LabMeterDetail, type LabState } from '@hushgrid/web-api'
import { type Run, startAs } from './started-run.ts'

const PATIENCE = 60_000
const started = new Set<LabWebRun>()

/** Ends what a test has left running. */
export async function endRuns(): Promise<void> {
  for (const run of started) await run.stop()
  started.clear()
}

/** How long it may take to put itself away, ms. */
const STOP_WITHIN = 10_000
/** How long what it said before its end may be on its way, ms. */
const LAST_WORDS = 5_000

/** A run of a lab with its page; its events as they came. */
export class LabWebRun {
  readonly changes: LabChange[] = []
  readonly folder = mkdtempSync(join(tmpdir(), 'hushgrid-test-'))
  url = ''
  /** Whether the stream of events was ended by the server. */
  closed = false
  readonly #run: Run
  readonly #following = new AbortController()
  #reading = Promise.resolve()

  constructor(...args: string[]) {
    started.add(this)
    this.#run = startAs('--json', '--web-port', '0', '--report', join(this.folder, 'run'), ...args)
  }

  get out(): string {
    return this.#run.out()
  }

  get err(): string {
    return this.#run.err()
  }

  /** Its exit status, once all that it has printed and told is here. */
  get ended(): Promise<number | null> {
    return this.#run.ended.then(async ({ code }) => {
      await this.#reading
      return code
    })
  }

  /** Events as `--json` prints them. */
  get events(): { readonly type: string; readonly [key: string]: unknown }[] {
    const lines = this.out.split('\n')
    // The last one may not be whole yet.
    return lines.slice(0, -1).map(line => JSON.parse(line))
  }

  /** Follows the page's events from when there is one. */
  async follow(): Promise<this> {
    const event = await this.until(() => this.events.find(({ type }) => type === 'page'))
    this.url = String(event.url)
    const answer = await fetch(`${this.url}api/lab/events`, { signal: this.#following.signal })
    if (!answer.body) throw new Error('expected a stream of events')
    this.#reading = this.#read(answer.body)
    await this.until(() => this.changes[0])
    return this
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let text = ''
    try {
      for await (const part of body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)) {
        text += part
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) {
          if (block.startsWith('data: ')) this.changes.push(JSON.parse(block.slice(6)))
        }
      }
    } catch (cause) {
      if (!this.#following.signal.aborted && !(cause instanceof TypeError)) throw cause
    }
    this.closed = true
  }

  /** Waits until something is so. */
  async until<T>(found: () => T | undefined | false | null): Promise<T> {
    let deadline = Date.now() + PATIENCE
    let exited = false
    for (;;) {
      const value = found()
      if (value) return value
      if (!exited && this.#run.over()) {
        exited = true
        deadline = Math.min(deadline, Date.now() + LAST_WORDS)
      }
      if (Date.now() > deadline)
        throw new Error(`not seen; the run said:\n${this.out.slice(-2000)}\n${this.err}\n${JSON.stringify(this.log.slice(-20))}`)
      await new Promise(resolve => setTimeout(resolve, 20))
    }
  }

  /** Waits for a change that came after `from`. */
  change<K extends LabChange['type']>(
    type: K,
    from: number,
    fits: (change: Extract<LabChange, { type: K }>) => boolean = () => true
  ): Promise<Extract<LabChange, { type: K }>> {
    return this.until(() =>
      this.changes.slice(from).find((change): change is Extract<LabChange, { type: K }> => change.type === type && fits(change as never))
    )
  }

  /** Waits until slots are being added up. */
  async running(): Promise<LabState> {
    const { state } = await this.change('snapshot', 0, change => change.state.phase === 'running')
    return state
  }

  get log(): string[] {
    return this.changes.flatMap(change => (change.type === 'log' ? [change.line.text] : []))
  }

  async state(): Promise<LabState> {
    return (await (await fetch(`${this.url}api/lab`)).json()) as LabState
  }

  async detail(household: number): Promise<LabMeterDetail> {
    return (await (await fetch(`${this.url}api/lab/meters/${household}`)).json()) as LabMeterDetail
  }

  async post(action: unknown, headers: Record<string, string>): Promise<{ readonly status: number; readonly error: string | undefined }> {
    const answer = await fetch(`${this.url}api/lab/actions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(action)
    })
    return { status: answer.status, error: ((await answer.json()) as { error?: string }).error }
  }

  /** As the page's buttons do. */
  async act(action: LabAction): Promise<{ readonly status: number; readonly error: string | undefined }> {
    return await this.post(action, { [CSRF_HEADER]: (await this.state()).csrf })
  }

  interrupt(): void {
    this.#run.child.kill('SIGINT')
  }

  async stop(): Promise<void> {
    this.#following.abort()
    // Killed at once, it would leave the lab's keys behind.
    this.interrupt()
    const late = setTimeout(() => this.#run.child.kill('SIGKILL'), STOP_WITHIN)
    await this.ended
    clearTimeout(late)
    rmSync(this.folder, { recursive: true, force: true })
  }
}
