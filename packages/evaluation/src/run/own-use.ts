// CPU time of the processes of an evaluation, so that what others use of the machine can be told from it.
import { readFileSync } from 'node:fs'

/** Milliseconds of a tick in /proc (proc(5): USER_HZ, 100 a second on all systems of today). */
const TICK_MS = 10
/**
 * Places of user and system time in /proc/PID/stat, counted from the name's closing bracket: those of the process, and those
 * of its children that have ended, however they did.
 */
const OWN = [11, 12] as const
const ENDED_CHILDREN = [13, 14] as const

/** Gives CPU times of a process, all threads, ms; undefined where it has ended, or the system does not tell. */
function processMs(pid: number, places: readonly number[]): number | undefined {
  try {
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? []
    return places.reduce((sum, place) => sum + Number(fields[place]), 0) * TICK_MS
  } catch {
    // Systems other than Linux have no such file.
    return undefined
  }
}

/** Account of the CPU time of this process and of those that it started. */
export class OwnUse {
  readonly #running = new Set<number>()

  /** True where the system tells the CPU time of processes. */
  readonly isKnown = processMs(process.pid, OWN) !== undefined

  started(pid: number): void {
    this.#running.add(pid)
  }

  /** Notes that a process has ended; the system has counted what it used among this process's ended children. */
  ended(pid: number): void {
    this.#running.delete(pid)
  }

  /** Gives the CPU time of all so far, ms. */
  usedMs(): number {
    const { user, system } = process.cpuUsage()
    const running = [...this.#running].reduce((sum, pid) => sum + (processMs(pid, OWN) ?? 0), 0)
    return (user + system) / 1000 + (processMs(process.pid, ENDED_CHILDREN) ?? 0) + running
  }
}
