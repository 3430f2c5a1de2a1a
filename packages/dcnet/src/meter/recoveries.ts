import { recoveryOf } from '../recovery-modes.ts'
import type { Roster } from '../roster/roster.ts'
import type { MeterRecovery } from './recovery/recovery.ts'
import type { MeterState } from './state.ts'

/** Gives what the mode of a roster keeps for this meter, and begins it at the first roster with the mode. */
export function recoveryIn({ recoveries }: MeterState, roster: Roster): MeterRecovery {
  let recovery = recoveries.get(roster.mode)
  if (!recovery) {
    recovery = recoveryOf(roster).meter()
    recoveries.set(roster.mode, recovery)
  }
  return recovery
}
