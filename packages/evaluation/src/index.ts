/**
 * The evaluation of a thesis from one file: runs that can be resumed, statistics over runs, figures and tables.
 *
 * @packageDocumentation
 */
export { EXHIBIT_NAMES, type ExhibitName } from './exhibits/names.ts'
export type { Evaluation, EvaluationHead } from './record/evaluation.ts'
export type { RunOrder } from './record/order.ts'
export type { CostByRole, EvaluatedChange, EvaluatedCost, EvaluatedRun, EvaluatedSlot, EvaluatedStorage, RunPoint } from './record/run.ts'
export { simulatedRun } from './run/simulated-run.ts'
