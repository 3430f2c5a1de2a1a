// Carries out a plan, on simulated nodes or on real ones.
import { alternatives, HushgridError } from '@hushgrid/primitives'
import type { StepKind } from '../operations/parts/operation.ts'
import { OPERATIONS, type PlannedOperation, STEPS } from '../operations/registry.ts'
import type { Step } from '../planner/planner.ts'
import type { LiveTarget } from '../ports/live-target.ts'
import type { SimulatedTarget } from '../ports/simulated-target.ts'

function kindOf({ do: name }: PlannedOperation): StepKind<Step> {
  return STEPS.get(name) as StepKind<Step>
}

/** Schedules the operations of a plan; to be called before the run begins. */
export function simulatePlan(target: SimulatedTarget, plan: readonly PlannedOperation[]): void {
  for (const operation of plan) kindOf(operation).simulate(target, operation)
}

/**
 * Carries an operation out on real nodes, at its moment.
 *
 * @throws HushgridError where only the simulator can; see {@link whyNotLive}
 */
export async function carryOutLive(target: LiveTarget, operation: PlannedOperation): Promise<void> {
  const { live } = kindOf(operation)
  if (!live) throw new HushgridError(`'${operation.do}' is for the simulator`)
  await live(target, operation)
}

/** Gives the units, sixteenths of a slot, by which an operation on real nodes comes ahead of its moment. */
export function unitsAhead(operation: PlannedOperation): number {
  return kindOf(operation).unitsAhead?.(operation) ?? 0
}

/** Tells why a plan cannot be carried out on real nodes; undefined where it can. */
export function whyNotLive(plan: readonly PlannedOperation[]): string | undefined {
  const only = plan.find(operation => !kindOf(operation).live || kindOf(operation).simulatedOnly?.(operation))
  if (!only) return undefined
  const live = [...OPERATIONS.keys()].filter(name => STEPS.get(name)?.live)
  const [roles, meters] = [live.filter(isRoleCrash), live.filter(name => !isRoleCrash(name))]
  const may = `${meters.join(', ')} and stop ${alternatives(roles.map(name => name.replace(/-crash$/, '')))}`
  return `'${only.do}' at ${only.at} is for the simulator: on real nodes a scenario may ${may}`
}

function isRoleCrash(name: string): boolean {
  return name.endsWith('-crash')
}

/** Counts the meters of a plan, those that join included. */
export function metersOf(plan: readonly PlannedOperation[], members: number): number {
  return Math.max(members, ...plan.map(operation => ('meter' in operation ? (operation.meter ?? 0) + 1 : 0)))
}
