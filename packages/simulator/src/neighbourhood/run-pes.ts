import type { PesVariantName } from '@hushgrid/pes'
import type { PlannedOperation, SlotReport } from '@hushgrid/scenarios'
import { applyChurn } from './churn-target.ts'
import type { PesOptions } from './pes-nodes.ts'
import type { SimulationResult } from './run-scenario.ts'
import { SimulatedPes } from './simulated-pes.ts'

interface PesSimulationOptions {
  readonly plan?: readonly PlannedOperation[] | undefined
  readonly slots: number
  /** Called with each slot's report as soon as the slot is over. */
  readonly onSlot?: ((report: SlotReport) => void) | undefined
  /** Called with the neighbourhood before it runs, to look on or to meddle. */
  readonly prepare?: ((simulated: SimulatedPes) => void) | undefined
}

export interface PesSimulationResult extends SimulationResult {
  /** What the parties of each role sent and received. */
  readonly traffic: ReturnType<SimulatedPes['traffic']>
}

/** Runs the path by concentrator and PES through a plan under virtual time. The same facts and plan give the same result. */
export function simulatePes(
  variant: PesVariantName,
  options: PesOptions,
  { plan = [], slots, onSlot, prepare }: PesSimulationOptions
): PesSimulationResult {
  const simulated = new SimulatedPes(variant, options)
  prepare?.(simulated)
  applyChurn(simulated, plan)
  simulated.runSlots(slots, onSlot)
  return { ...simulated.result(), violations: simulated.violations, traffic: simulated.traffic() }
}
