export { type MillionResult, runMillion } from './million/million.ts'
export { MILLION_READINGS, type MillionOptions, type MillionProgress, type MillionReadings } from './million/million-plan.ts'
export { MillionDisplay, millionText } from './million/million-text.ts'
export { terminalTable } from './report/terminal-table.ts'
export {
  COMPARED_MODES,
  type ComparedMode,
  type ComparedResults,
  type ComparedRun,
  type ComparedSlot,
  type RoleCost
} from './results/compare-result.ts'
export { readComparison } from './results/read-comparison.ts'
export { writeComparison } from './results/write-comparison.ts'
export { type ComparisonPlan, compare, leastTime, plannedRuns } from './run/comparison.ts'
export { terminalProgress } from './run/progress.ts'
