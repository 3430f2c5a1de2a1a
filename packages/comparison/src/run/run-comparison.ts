// A comparison as a command runs it: its progress, its files and its exit status.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkDescriptors, comparedEnvironment, descriptorsApart } from '@hushgrid/lab'
import { counted, HushgridError, wrappedText } from '@hushgrid/primitives'
import { prepareFolder, stopSignal } from '@hushgrid/runtime'
import { terminalTable } from '../report/terminal-table.ts'
import { readComparison } from '../results/read-comparison.ts'
import type { ComparedResults } from '../results/result.ts'
import { verdictOf } from '../results/verdict.ts'
import { writeComparison } from '../results/write-comparison.ts'
import { compare } from './comparison.ts'
import { type ComparisonPlan, leastTime, plannedRuns } from './plan.ts'
import { terminalProgress } from './progress.ts'

/**
 * Runs a comparison from the first neighbourhood to the report.
 *
 * @param out - folder of all files; one with the time in its name unless given
 * @returns the exit status: 0; 1 where a total was wrong, a run failed, or slots were lost that nobody asked to lose
 * @throws HushgridError where the input is wrong
 */
export async function runComparison(plan: ComparisonPlan, out: string | undefined): Promise<number> {
  const folder = out ?? join('comparisons', new Date().toISOString().slice(0, 19).replaceAll(':', ''))
  if (existsSync(join(folder, 'results.json')))
    throw new HushgridError(`--out ${folder}: expected a folder without a comparison in it, got one with results.json`)
  const most = Math.max(...plan.sizes)
  // One more meter joins.
  checkDescriptors(most, Math.max(...plan.contenders.map(contender => descriptorsApart(contender, most + 1))))
  const abandon = prepareFolder('--out', folder)
  const progress = terminalProgress()
  const stop = stopSignal()
  const runs = plannedRuns(plan).length
  progress.note(`${counted(runs, 'run')}, at least ${Math.ceil(leastTime(plan) / 60_000)} min; seed ${plan.seed}`)
  try {
    const results = await compare(plan, progress, stop.signal)
    progress.close()
    if (results.runs.length === 0) {
      process.stderr.write(
        stop.signal.aborted
          ? 'ended before a run was complete; nothing is written\n'
          : `${wrappedText(verdictOf(results).remarks.join('\n'))}\n`
      )
      return stop.signal.aborted ? 0 : 1
    }
    const environment = comparedEnvironment()
    process.stdout.write(`${terminalTable(results)}\n`)
    await writeComparison(folder, results, environment)
    process.stdout.write(`\nwritten to ${folder}; open ${join(folder, 'report.html')}\n`)
    return sayVerdict(results)
  } finally {
    progress.close()
    abandon()
    stop.dispose()
  }
}

/** Writes what is to be said of results to standard error; gives the exit status. */
function sayVerdict(results: ComparedResults): number {
  const { remarks, status } = verdictOf(results)
  for (const remark of remarks) process.stderr.write(`${wrappedText(remark)}\n`)
  return status
}

/**
 * Makes tables and figures again from the raw results in a folder.
 *
 * @returns the exit status, that of the comparison itself
 */
export async function remakeComparison(folder: string): Promise<number> {
  const { results, environment } = readComparison(folder)
  await writeComparison(folder, results, environment)
  process.stdout.write(`${terminalTable(results)}\n\nmade again in ${folder}; open ${join(folder, 'report.html')}\n`)
  return sayVerdict(results)
}
