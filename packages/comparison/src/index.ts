/**
 * Contenders compared on the same readings and churn: runs, results, figures, a report. A contender of another package is
 * entered in `contenders.ts`.
 *
 * ```ts
 * const plan = comparisonPlan({ n: [10], modes: ['plain', 'dcnet'], slots: 2 }, [])
 * process.exitCode = await runComparison(plan, 'comparisons/first')
 * ```
 *
 * @packageDocumentation
 */

export { COMPARED, comparedContender } from './contenders.ts'
export { type MillionResult, runMillion } from './million/million.ts'
export type { MillionOptions, MillionProgress, MillionReadings } from './million/plan.ts'
export { simulateMillion } from './million/simulate-million.ts'
export { MillionDisplay, millionText } from './million/text.ts'
export type { ComparedResults, ComparedRun, ComparedSlot } from './results/result.ts'
export { isDisturbed } from './results/verdict.ts'
export { measureRun } from './run/measure-run.ts'
export { comparisonPlan, usualSlotMs } from './run/plan.ts'
export { ProgressLine, roughly } from './run/progress-line.ts'
export { remakeComparison, runComparison } from './run/run-comparison.ts'
export { undisturbed } from './run/undisturbed.ts'
