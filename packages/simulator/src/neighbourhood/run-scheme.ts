import type { ChurnResult, PlannedOperation, SlotReport } from '@hushgrid/scenarios'
import type { RoleName, Scheme, SchemeCounts } from '@hushgrid/schemes'
import { applyChurn } from './churn-target.ts'
import type { NeighbourhoodOptions } from './config.ts'
import { SimulatedScheme } from './simulated-scheme.ts'

export interface SchemeSimulationOptions {
  readonly plan?: readonly PlannedOperation[] | undefined
  readonly slots: number
  /** Called with each slot's report as soon as the slot is over. */
  readonly onSlot?: ((report: SlotReport) => void) | undefined
}

export interface SchemeSimulationResult extends ChurnResult {
  /** Events that must never happen. */
  readonly violations: readonly string[]
  /** What it cost, by role. */
  readonly counts: ReadonlyMap<RoleName, SchemeCounts>
}

/** Runs a scheme through a plan under virtual time. The same facts and plan give the same result. */
export function simulateScheme(
  scheme: Scheme,
  facts: NeighbourhoodOptions,
  { plan = [], slots, onSlot }: SchemeSimulationOptions
): SchemeSimulationResult {
  const simulated = new SimulatedScheme(scheme, facts)
  applyChurn(simulated, plan)
  simulated.runSlots(slots, onSlot)
  return { ...simulated.result(), violations: simulated.violations, counts: simulated.counts() }
}
