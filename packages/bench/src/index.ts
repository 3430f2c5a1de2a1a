/**
 * What each part costs beside a floor, a goal or an earlier run.
 *
 * ```ts
 * process.exitCode = await runBench({ only: ['codec'], tiny: true, out: 'now.json', against: 'before.json' })
 * ```
 *
 * @packageDocumentation
 */

export { seededPaillierKey } from './parts/paillier/seeded-paillier-key.ts'
export { compareRuns, worseThan } from './results/against.ts'
export { BenchFileError, type BenchRun, type PartFigure, readBenchRun, writeBenchRun } from './results/file.ts'
export { figure, inTurn } from './results/measure.ts'
export { comparisonText, figuresText } from './results/text.ts'
export { type BenchWish, runBench } from './run-bench.ts'
