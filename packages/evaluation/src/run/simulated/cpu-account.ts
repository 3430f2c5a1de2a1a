// CPU time of machine steps and bytes of journals by role, as the simulator's port hands them over.
import type { RoleName } from '@hushgrid/schemes'
import type { Gauge } from '@hushgrid/simulator'

/** Records that the parties of a role have appended to their journals. */
export interface Kept {
  readonly records: number
  readonly bytes: number
}

const NOTHING: Kept = { records: 0, bytes: 0 }

/**
 * Reads the CPU time of this thread, µs. Linux brings a thread's count up to date at its scheduler's ticks, milliseconds
 * apart, and at any question for the whole process: asked in this order, the answer is right to a microsecond.
 */
function threadMicros(): number {
  process.cpuUsage()
  const { user, system } = process.threadCpuUsage()
  return user + system
}

/**
 * Accounts of a run. Counted is the CPU time of this thread in a machine's steps and in its starts from a journal: decoding,
 * all cryptography with real Ed25519 signatures, the encoding of what it sends and journals, and garbage collected meanwhile
 * on this thread. Not counted are the simulator's queue, its record of the run, the meters' readings, and threads of V8 that
 * compile or collect. A step's time has about a microsecond of reading the clock in it; nothing is subtracted.
 */
export class CpuAccount implements Gauge {
  readonly #micros = new Map<RoleName, number>()
  readonly #kept = new Map<RoleName, Kept>()

  timed<Result>(role: RoleName, run: () => Result): Result {
    const before = threadMicros()
    const result = run()
    this.#micros.set(role, (this.#micros.get(role) ?? 0) + threadMicros() - before)
    return result
  }

  kept(role: RoleName, bytes: number): void {
    const before = this.keptBy(role)
    this.#kept.set(role, { records: before.records + 1, bytes: before.bytes + bytes })
  }

  /** Gives the CPU time that a role's parties have taken so far, µs. */
  microsOf(role: RoleName): number {
    return this.#micros.get(role) ?? 0
  }

  keptBy(role: RoleName): Kept {
    return this.#kept.get(role) ?? NOTHING
  }
}
