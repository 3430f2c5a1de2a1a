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
export { parseEvaluation } from './file/evaluation-file.ts'
export { evaluationJsonSchema } from './file/evaluation-schema.ts'
export { loadEvaluation, shippedEvaluations } from './file/shipped.ts'
export { sweepFields } from './file/sweep.ts'
export { archiveEvaluation } from './keep/archive.ts'
export { type EvaluationPlan, evaluationPlan } from './plan/plan.ts'
export type { EvaluatedRun } from './record/run.ts'
export { planText, remakeEvaluation, runEvaluation } from './run/run-evaluation.ts'
