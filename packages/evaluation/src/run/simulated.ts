import type { RunOrder } from '../record/order.ts'
import type { EvaluatedRun } from '../record/run.ts'
import { simulatedRun } from './simulated-run.ts'

/** Runs an order in virtual time; the module of a run's process calls it. */
export async function run(order: RunOrder): Promise<EvaluatedRun> {
  return await simulatedRun(order)
}
