// Order for one run of an evaluation: its point, and what all runs have in common.
import type { RunPoint } from './run.ts'

export interface RunOrder {
  readonly point: RunPoint
  /** Seed of readings, keys, waits and missing meters: the same for all contenders of a repeat. */
  readonly seed: string
  /** Slots that are measured, after those that warm up. */
  readonly slots: number
  readonly warmUpSlots: number
  readonly slotSeconds: number
  /** OBIS codes of a reading's lanes. */
  readonly lanes: readonly string[]
  /** True to have a meter join, one leave and one crash after the steady slots, and what each cost. */
  readonly changes: boolean
  /** File of readings; synthetic homes unless given. */
  readonly data?: string | undefined
}
