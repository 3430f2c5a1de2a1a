/**
 * Churn scenarios: who joins, leaves, crashes or cheats when, and what must hold at the end. A scenario is a YAML file; it
 * is parsed, planned with everything drawn, and carried out on a simulated neighbourhood or on real nodes.
 *
 * An operation is one file in `operations/`, an attack one in `attacks/`; each room has a registry that lists them.
 *
 * @example
 * ```ts
 * import { parseScenario, planScenario } from '@hushgrid/scenarios'
 *
 * const text = `
 * name: two-crashes
 * about: Two meters are away for a slot.
 * seed: 7
 * members: 10
 * slots: 6
 * operations:
 *   - { at: 2, do: crash, count: 2, for: 1 }
 * `
 * for (const step of planScenario(parseScenario(text, 'two-crashes.yaml'))) console.log(step.at, step.do)
 * // 2 crash, 2 crash, 3 restart, 3 restart, a line each
 * ```
 *
 * @packageDocumentation
 */

export { ATTACK_NAMES, type AttackName } from './attacks/registry.ts'
export { expectations, expectationsFor, type ScenarioExpectations } from './file/expectations.ts'
export { parseScenario, refuseInScenario, type Scenario, type ScenarioSource } from './file/scenario-file.ts'
export { scenarioJsonSchema } from './file/schema.ts'
export { parseTrace, type TraceEntry } from './file/trace.ts'
export type { PlannedOperation } from './operations/registry.ts'
export { carryOutLive, metersOf, simulatePlan, unitsAhead, whyNotLive } from './plan/carry-out.ts'
export { planScenario } from './plan/plan.ts'
export { EventQueue } from './planner/event-queue.ts'
export type { CrashPhase, JournalState, KnownParty, Role } from './ports/churn.ts'
export type { LiveTarget } from './ports/live-target.ts'
export type {
  Fate,
  PassingEnvelope,
  SimulatedAggregator,
  SimulatedMeter,
  SimulatedRegistrar,
  SimulatedTarget
} from './ports/simulated-target.ts'
export { type WithoutEffect, withoutEffectText } from './ports/without-effect.ts'
export { checkExpectations } from './result/check-expectations.ts'
export {
  busyText,
  type ChangeKind,
  type ChurnResult,
  type EnergySums,
  type Evidence,
  type Fault,
  type MembershipChange,
  type Party,
  type PeriodBills,
  type SlotReport,
  summarise,
  summaryLine
} from './result/churn-result.ts'
export type { Happening } from './result/happening.ts'
