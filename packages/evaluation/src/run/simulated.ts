import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun } from '../record/run.ts'
import type { RunContext } from './context.ts'
import { simulatedRun } from './simulated-run.ts'

/** Runs an order in virtual time; the module of a run's process calls it. */
export async function run(order: RunOrder, { warn }: RunContext): Promise<EvaluatedRun> {
  return await simulatedRun(order, { warn })
}
