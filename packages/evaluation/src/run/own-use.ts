// CPU time of the processes of an evaluation, so that what others use of the machine can be told from it.
import { readFileSync } from 'node:fs'

/** Milliseconds of a tick in /proc (proc(5): USER_HZ, 100 a second on all systems of today). */
const TICK_MS = 10
/** Places of user and system time in /proc/PID/stat, counted from the name's closing bracket. */
const [USER, SYSTEM] = [11, 12] as const

/** Gives the CPU time of a process, all threads, ms; undefined where it has ended, or the system does not tell. */
function processMs(pid: number): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return (Number(fields[USER]) + Number(fields[SYSTEM])) * TICK_MS
  } catch {
    // Systems other than Linux have no such file.
    return undefined
  }
}

/** Account of the CPU time of this process and of those that it started. */
export class OwnUse {
  readonly #running = new Set<number>()
  #endedMs = 0

  /** True where the system tells the CPU time of processes. */
  readonly isKnown = processMs(process.pid) !== undefined

  started(pid: number): void {
    this.#running.add(pid)
  }

  /** Notes that a process has ended that used so much. */
  ended(pid: number, cpuMs: number): void {
    if (this.#running.delete(pid)) this.#endedMs += cpuMs
  }

  /** Gives the CPU time of all so far, ms. */
  usedMs(): number {
    const { user, system } = process.cpuUsage()
    const running = [...this.#running].reduce((sum, pid) => sum + (processMs(pid) ?? 0), 0)
    return (user + system) / 1000 + this.#endedMs + running
  }
}
