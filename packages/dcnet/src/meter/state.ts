import type { RecoveryMode } from '@hushgrid/topology'
import type { MeterCore } from './core.ts'
import type { MeterRecovery } from './recovery/recovery.ts'

/** A meter's state, with what each mode of recovery of its rosters keeps. */
export interface MeterState extends MeterCore {
  readonly recoveries: Map<RecoveryMode, MeterRecovery>
}
