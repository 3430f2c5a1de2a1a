import type { CrashPhase, JournalState, Role } from './churn.ts'
import type { WithoutEffect } from './without-effect.ts'

/** A neighbourhood of real nodes, as a scenario acts on it; meters go by their number. */
export interface LiveTarget {
  join(meter: number): Promise<void>
  leave(meter: number): Promise<void>
  /** @param slot - slot of the run that the crash is counted in */
  crash(meter: number, phase: CrashPhase, slot: number): Promise<void>
  restart(meter: number, journal: Exclude<JournalState, 'rolled-back'>): Promise<void>
  /** Cuts meters off from everybody else. */
  partition(meters: readonly number[]): Promise<void>
  heal(): Promise<void>
  /** Sets clocks ahead by so many seconds of protocol time, or back where that is negative. */
  setClocks(offsets: readonly (readonly [meter: number, seconds: number])[]): Promise<void>
  crashRole(role: Role): Promise<void>
  restartRole(role: Role): Promise<void>
  /** Reports an operation that has no effect. */
  withoutEffect(operation: WithoutEffect): void
}
