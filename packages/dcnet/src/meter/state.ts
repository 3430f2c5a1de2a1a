import type { RecoveryMode } from '@hushgrid/topology'
import type { MeterCore } from './core.ts'
import type { MeterRecovery } from './recovery/recovery.ts'

/** A meter: what it knows, and for each mode of recovery that a roster of its has what that keeps. */
export interface MeterState extends MeterCore {
  readonly recoveries: Map<RecoveryMode, MeterRecovery>
}
