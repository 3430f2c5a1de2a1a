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

export { type MillionResult, runMillion } from './million/million.ts'
export type { MillionOptions, MillionProgress, MillionReadings } from './million/plan.ts'
export { simulateMillion } from './million/simulate-million.ts'
export { MillionDisplay, millionText } from './million/text.ts'
export type { ComparedResults, ComparedRun, ComparedSlot } from './results/result.ts'
export { comparisonPlan } from './run/plan.ts'
export { remakeComparison, runComparison } from './run/run-comparison.ts'
