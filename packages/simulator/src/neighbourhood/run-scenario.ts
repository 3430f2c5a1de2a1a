import { type ChurnResult, type PlannedOperation, type SlotReport, simulatePlan } from '@hushgrid/scenarios'
import { NeighbourhoodTarget } from '../attacks/simulated-target.ts'
import type { NeighbourhoodOptions } from './config.ts'
import { SimulatedNeighbourhood } from './simulated-neighbourhood.ts'

interface SimulationOptions {
  readonly slots: number
  /** Called with each slot's report as soon as the slot is over. */
  readonly onSlot?: ((report: SlotReport) => void) | undefined
  /** Called with the neighbourhood before it runs, to look on or to meddle. */
  readonly prepare?: ((neighbourhood: SimulatedNeighbourhood) => void) | undefined
}

export interface SimulationResult extends ChurnResult {
  /** Events that must never happen, such as two different submissions of one meter for one slot. */
  readonly violations: readonly string[]
}

/** Runs a neighbourhood through a plan under virtual time. The same facts and plan give the same result. */
export function simulate(facts: NeighbourhoodOptions, plan: readonly PlannedOperation[], options: SimulationOptions): SimulationResult {
  const neighbourhood = new SimulatedNeighbourhood(facts)
  options.prepare?.(neighbourhood)
  applyPlan(neighbourhood, plan)
  neighbourhood.runSlots(options.slots, options.onSlot)
  return { ...neighbourhood.result(), violations: neighbourhood.violations }
}

/** Schedules the operations of a plan. */
export function applyPlan(neighbourhood: SimulatedNeighbourhood, plan: readonly PlannedOperation[]): void {
  simulatePlan(new NeighbourhoodTarget(neighbourhood), plan)
}
