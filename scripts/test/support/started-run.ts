// `pnpm nodes:start` in a process group of its own, so that what it leaves behind is seen.
import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect } from 'vitest'

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const running = new Set<ChildProcess>()

/** Kills what still runs, with all that it has started. */
export function killRuns(): void {
  for (const { pid } of running) if (pid) killGroup(pid)
  running.clear()
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL')
  } catch (cause) {
    // It has ended by itself, and that is not known here yet.
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause
  }
}

/** A run that goes on or is over, and what it has printed so far. */
export interface Run {
  readonly child: ChildProcess
  /** It has ended, and all that it wrote is here. */
  readonly over: () => boolean
  readonly out: () => string
  readonly err: () => string
  readonly ended: Promise<{ code: number | null; signal: string | null }>
}

/** Without the page. */
export function start(...args: string[]): Run {
  return startAs('--no-web', ...args)
}

/** With the page, unless the options say otherwise. */
export function startAs(...args: string[]): Run {
  const child = spawn(process.execPath, ['scripts/src/nodes-start.ts', ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true
  })
  running.add(child)
  let out = ''
  let err = ''
  let over = false
  child.stdout?.setEncoding('utf8').on('data', text => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', text => {
    err += text
  })
  const ended = new Promise<{ code: number | null; signal: string | null }>(resolve => {
    child.once('close', (code, signal) => {
      running.delete(child)
      over = true
      resolve({ code, signal })
    })
  })
  return { child, over: () => over, out: () => out, err: () => err, ended }
}

/** Waits for something on standard output. */
export async function until(run: Run, found: (out: string) => boolean): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!found(run.out())) {
    if (Date.now() > deadline || run.over()) throw new Error(`not seen; standard output was:\n${run.out()}\n${run.err()}`)
    await new Promise(resolve => setTimeout(resolve, 20))
  }
}

/** Processes that are left of a run: all it starts stay in the group that it leads. */
export function leftOf(run: Run): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .filter(name => {
      try {
        const [state, , group] = readFileSync(`/proc/${name}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
        // One that has ended stays in the list until somebody asks for its status.
        return group === String(run.child.pid) && state !== 'Z' && state !== 'X'
      } catch (cause) {
        // It has ended since it was listed.
        if (['ENOENT', 'ESRCH'].includes((cause as NodeJS.ErrnoException).code ?? '')) return false
        throw cause
      }
    })
}

/** What the run had started ends with it, though not in the same instant. */
export async function noneLeft(run: Run): Promise<void> {
  await expect.poll(() => leftOf(run), { timeout: 10_000, interval: 20 }).toEqual([])
}
