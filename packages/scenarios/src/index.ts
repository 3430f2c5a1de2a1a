export { ATTACK_NAMES, type AttackName } from './attacks/registry.ts'
export { expectationsFor, type ScenarioExpectations } from './file/expectations.ts'
export { parseScenario, type Scenario } from './file/scenario-file.ts'
export { parseTrace } from './file/trace.ts'
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
export { checkExpectations } from './result/check-expectations.ts'
export {
  type ChangeKind,
  type ChurnResult,
  type Evidence,
  type Fault,
  type MembershipChange,
  type Party,
  type SlotReport,
  summarise,
  summaryLine
} from './result/churn-result.ts'
