export { expectationsFor, type ScenarioExpectations } from './file/expectations.ts'
export { parseScenario, type Scenario } from './file/scenario-file.ts'
export { ATTACKS } from './file/schema.ts'
export { parseTrace } from './file/trace.ts'
export { planScenario } from './plan/plan.ts'
export type { AttackName, PlannedOperation } from './plan/planned-operation.ts'
export { EventQueue } from './planner/event-queue.ts'
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
export { checkExpectations } from './result/expectations.ts'
