// Planning of a scenario: every event with its moment and its meter, all chance drawn.
import type { Scenario } from '../file/scenario-file.ts'
import type { TraceEntry } from '../file/trace.ts'
import { planCrash } from '../operations/crash.ts'
import { planJoin } from '../operations/join.ts'
import { planLeave } from '../operations/leave.ts'
import { OPERATIONS, type PlannedOperation } from '../operations/registry.ts'
import { planRestart } from '../operations/restart.ts'
import { Planner, type Step } from '../planner/planner.ts'

/** Planning of each event of a trace. */
const TRACED: Readonly<Record<TraceEntry['what'], (planner: Planner<Step>, at: number, meter: number) => void>> = {
  join: planJoin,
  leave: planLeave,
  crash: (planner, at, meter) => planCrash(planner, { at, meter, phase: 'before-submitting' }),
  restart: (planner, at, meter) => planRestart(planner, { at, meter, journal: 'intact' })
}

/**
 * Plans the operations of a scenario and its trace in order of time, with everything drawn and resolved; the same scenario
 * gives the same list. What is in the wrong state is passed over, and has a step that says so: a meter that is down is not
 * crashed again, one that has left not restarted. Newcomers get the next numbers, after the scenario's members and those that the trace names.
 */
export function planScenario(scenario: Scenario, trace: readonly TraceEntry[] = []): readonly PlannedOperation[] {
  const newcomer = trace.reduce((next, { meter, what }) => (what === 'join' ? Math.max(next, meter + 1) : next), scenario.members)
  const plan: PlannedOperation[] = []
  // Operations add only steps of their own kinds, all of which the registry lists.
  const planner = new Planner<Step>(scenario, newcomer, step => plan.push(step as PlannedOperation))
  for (const operation of scenario.operations) planner.later(operation.at, () => OPERATIONS.get(operation.do)?.plan(planner, operation))
  for (const { slot, meter, what } of trace) planner.later(slot, at => TRACED[what](planner, at, meter))
  planner.run()
  return plan
}
