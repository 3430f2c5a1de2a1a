// Port for measuring what the machines of a run cost. The simulator has no clock, so that whoever has one gives it from outside.
import type { RoleName } from '@hushgrid/schemes'

/** Takes what the parties of each role cost. */
export interface Gauge {
  /** Runs one step of a party's machine, or its start from a journal, with all its cryptography. Steps are never nested. */
  timed<Result>(role: RoleName, run: () => Result): Result
  /** Notes that a party has appended a record of so many bytes to its journal. */
  kept(role: RoleName, bytes: number): void
}

/** Measures nothing. */
export const UNGAUGED: Gauge = { timed: (_, run) => run(), kept: () => {} }

/** Counts the bytes of a record: those of its byte strings and texts, and eight for a number. */
export function recordBytes(record: unknown): number {
  if (record instanceof Uint8Array) return record.byteLength
  if (typeof record === 'string') return record.length
  if (typeof record === 'number' || typeof record === 'bigint') return 8
  if (typeof record === 'boolean') return 1
  if (typeof record !== 'object' || record === null) return 0
  return Object.values(record).reduce((sum: number, each) => sum + recordBytes(each), 0)
}
