import { type ChurnResult, type PlannedOperation, type SlotReport, simulatePlan } from '@hushgrid/scenarios'
import { NeighbourhoodTarget } from '../attacks/simulated-target.ts'
import type { NeighbourhoodOptions } from './config.ts'
import { SimulatedNeighbourhood } from './simulated-neighbourhood.ts'

interface SimulationOptions {
  readonly slots: number
  /** Told of each slot as soon as it is over. */
  readonly onSlot?: ((report: SlotReport) => void) | undefined
  /** Handed the neighbourhood before it runs, for whoever looks on or meddles. */
  readonly prepare?: ((neighbourhood: SimulatedNeighbourhood) => void) | undefined
}

export interface SimulationResult extends ChurnResult {
  /** Things that must never happen, as two different submissions of one meter for one slot. */
  readonly violations: readonly string[]
}

/** Runs a neighbourhood through a plan under virtual time. The same facts and plan give the same result. */
export function simulate(facts: NeighbourhoodOptions, plan: readonly PlannedOperation[], options: SimulationOptions): SimulationResult {
  const neighbourhood = new SimulatedNeighbourhood(facts)
  options.prepare?.(neighbourhood)
  applyPlan(neighbourhood, plan)
  neighbourhood.runSlots(options.slots, options.onSlot)
  return { ...neighbourhood.result(), violations: neighbourhood.recorder.violations }
}

/** Has the operations of a plan happen at their moments. */
export function applyPlan(neighbourhood: SimulatedNeighbourhood, plan: readonly PlannedOperation[]): void {
  simulatePlan(new NeighbourhoodTarget(neighbourhood), plan)
}
