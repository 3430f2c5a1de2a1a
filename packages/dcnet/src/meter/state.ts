import type { RecoveryMode } from '@hushgrid/topology'
import type { MeterCore } from './core.ts'
import type { MeterRecovery } from './recovery/recovery.ts'

/** A meter: what it knows, and what each mode of recovery that its rosters have keeps for it. */
export interface MeterState extends MeterCore {
  readonly recoveries: Map<RecoveryMode, MeterRecovery>
}
