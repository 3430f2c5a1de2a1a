// Use of the machine while something is measured: by those who measure, and by all other programs.
import { readFileSync } from 'node:fs'
import { cpus, loadavg } from 'node:os'

/** A moment's counters of the machine. */
interface MachineUse {
  /** By performance's clock, ms. */
  readonly at: number
  /** CPU time that all programs have used on all cores, and other guests of the host in their place, ms. */
  readonly busyMs: number
  /** Load average over the last minute: programs that run or wait for a core. */
  readonly average: number
}

/** Use of the machine over some time. */
export interface MachineLoad {
  /** Load average over a minute at the start and at the end. */
  readonly average: { readonly start: number; readonly end: number }
  /** Cores that there are, and those in use on average: by the measured program with its processes, and by all others. */
  readonly cores: { readonly all: number; readonly own: number; readonly others: number }
}

/** Part of all cores in use from which on programs wait for one another. */
const FULL = 0.9
/** Part of all cores that others have to use to count as a disturbance. */
const NOTICEABLE = 0.25

function hundredths(value: number): number {
  return Math.round(100 * value) / 100
}

/** Gives the CPU time that all programs of this machine have used since it was started, ms. */
function busyMs(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0)
}

/** Milliseconds of a tick in /proc/stat (proc(5): USER_HZ, 100 a second on all systems of today). */
const TICK_MS = 10
/** Place of the time that other guests of the same host took, in the first line of /proc/stat. */
const STEAL = 8

/** Gives the time that this machine wanted to run and its host gave to others, ms; 0 where the system does not tell. */
function stolenMs(): number {
  if (process.platform !== 'linux') return 0
  const ticks = Number(readFileSync('/proc/stat', 'utf8').split('\n', 1)[0]?.split(/ +/)[STEAL])
  return Number.isFinite(ticks) ? ticks * TICK_MS : 0
}

/** Reads the machine's counters. */
function machineUse(): MachineUse {
  return { at: performance.now(), busyMs: busyMs() + stolenMs(), average: hundredths(loadavg()[0] ?? 0) }
}

/** Begins to watch the machine; gives the function that tells its load since, for the CPU time that the watcher used itself. */
export function watchMachine(): (ownMs: number) => MachineLoad {
  const before = machineUse()
  return ownMs => {
    const after = machineUse()
    const span = Math.max(1, after.at - before.at)
    const others = Math.max(0, after.busyMs - before.busyMs - ownMs)
    return {
      average: { start: before.average, end: after.average },
      cores: { all: cpus().length, own: hundredths(ownMs / span), others: hundredths(others / span) }
    }
  }
}

/** Says in words how others disturbed a measurement; undefined where they did not. */
export function othersText({ all, own, others }: MachineLoad['cores']): string | undefined {
  if (others < NOTICEABLE * all || own + others < FULL * all) return undefined
  return `other programs used ${others.toFixed(1)} of ${all === 1 ? '1 core' : `${all} cores`}`
}
