/**
 * The evaluation of a thesis from one file: runs that can be resumed, statistics over runs, figures and tables.
 *
 * ```ts
 * const { fields, source } = loadEvaluation('quick')
 * const plan = evaluationPlan(fields, undefined, source)
 * process.exitCode = await runEvaluation(plan, { command: 'pnpm evaluate quick', out: 'runs/quick', repeatDisturbed: 1 })
 * ```
 *
 * @packageDocumentation
 */
export { EXHIBIT_NAMES, type ExhibitName } from './exhibits/names.ts'
export { type WriteOptions, writeExhibits } from './exhibits/write-exhibits.ts'
export { parseEvaluation } from './file/evaluation-file.ts'
export { evaluationJsonSchema } from './file/evaluation-schema.ts'
export { loadEvaluation, shippedEvaluations } from './file/shipped.ts'
export { sweepFields } from './file/sweep.ts'
export { type EvaluationPlan, evaluationPlan } from './plan/plan.ts'
export type { Evaluation, EvaluationHead } from './record/evaluation.ts'
export type { RunOrder } from './record/order.ts'
export type { CostByRole, EvaluatedChange, EvaluatedCost, EvaluatedRun, EvaluatedSlot, EvaluatedStorage, RunPoint } from './record/run.ts'
export { planText, remakeEvaluation, runEvaluation } from './run/run-evaluation.ts'
export { simulatedRun } from './run/simulated-run.ts'
