// A comparison as a command runs it: its progress, its files and its exit status.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { checkDescriptors, comparedEnvironment, descriptorsApart } from '@hushgrid/lab'
import { counted, HushgridError } from '@hushgrid/primitives'
import { prepareFolder, stopSignal } from '@hushgrid/runtime'
import { terminalTable } from '../report/terminal-table.ts'
import { readComparison } from '../results/read-comparison.ts'
import { writeComparison } from '../results/write-comparison.ts'
import { compare } from './comparison.ts'
import { type ComparisonPlan, leastTime, plannedRuns } from './plan.ts'
import { terminalProgress } from './progress.ts'

/**
 * Runs a comparison from the first neighbourhood to the report.
 *
 * @param out - folder of all files; one with the time in its name unless given
 * @returns the exit status: 0; 1 where a total was wrong or a run failed
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
    const { results, failures } = await compare(plan, progress, stop.signal)
    progress.close()
    if (results.runs.length === 0) {
      process.stderr.write(stop.signal.aborted ? 'ended before a run was complete; nothing is written\n' : `${failures.join('\n')}\n`)
      return stop.signal.aborted ? 0 : 1
    }
    if (stop.signal.aborted) process.stderr.write(`ended early: ${results.runs.length} of ${counted(runs, 'run')} written\n`)
    const environment = comparedEnvironment()
    process.stdout.write(`${terminalTable(results)}\n`)
    await writeComparison(folder, results, environment)
    process.stdout.write(`\nwritten to ${folder}; open ${join(folder, 'report.html')}\n`)
    const wrong = results.runs.flatMap(each => each.slots).filter(slot => !slot.lost && !slot.exact).length
    if (wrong > 0) process.stderr.write(`${counted(wrong, 'total')} ${wrong === 1 ? 'differs' : 'differ'} from the sum of the readings\n`)
    for (const failure of failures) process.stderr.write(`failed: ${failure}\n`)
    return wrong > 0 || failures.length > 0 ? 1 : 0
  } finally {
    progress.close()
    abandon()
    stop.dispose()
  }
}

/** Makes tables and figures again from the raw results in a folder. */
export async function remakeComparison(folder: string): Promise<void> {
  const { results, environment } = readComparison(folder)
  await writeComparison(folder, results, environment)
  process.stdout.write(`${terminalTable(results)}\n\nmade again in ${folder}; open ${join(folder, 'report.html')}\n`)
}
