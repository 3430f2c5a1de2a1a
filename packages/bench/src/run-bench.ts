// Run of `pnpm bench`, from the first part to the comparison with an earlier run.
import { join } from 'node:path'
import { HushgridError } from '@hushgrid/primitives'
import { FULL, measurePart, PARTS, type Part, TINY } from './parts/parts.ts'
import { compareRuns, worseThan } from './results/against.ts'
import { type BenchRun, benchRun, type PartFigure, readBenchRun, writeBenchRun } from './results/file.ts'
import { comparisonText, figuresText, machineText } from './results/text.ts'

/** Seed unless one is given, so that two runs compute with the same numbers. */
export const DEFAULT_SEED = 'bench'
/** Exit status where a figure is worse by more than `--fail-above`. */
const EXIT_WORSE = 1

/** Options of a benchmark, named as on the command line; each that is left out has a default. */
export interface BenchWish {
  readonly only?: readonly Part[]
  readonly tiny?: boolean
  readonly seed?: string
  readonly out?: string
  readonly from?: string
  readonly against?: string
  readonly failAbove?: number
}

/**
 * Measures a run, or reads an earlier one; prints, writes and compares it.
 *
 * @returns the exit status: 0; 1 where a figure is worse by more than `failAbove`
 * @throws HushgridError where the options do not go together, or a file is no benchmark's
 */
export async function runBench(options: BenchWish): Promise<number> {
  const { against, failAbove, from } = options
  if (failAbove !== undefined && against === undefined) throw new HushgridError('--fail-above: expected with --against, got it alone')
  if (from !== undefined) {
    const other = (['only', 'tiny', 'seed', 'out'] as const).find(name => options[name] !== undefined)
    if (other) throw new HushgridError(`--from: expected without --${other}, since nothing is measured`)
  }
  // Reads the earlier run first: a wrong file would otherwise come up minutes later.
  const before = against === undefined ? undefined : readBenchRun('--against', against)
  const now = from === undefined ? await measure(options) : readBenchRun('--from', from)
  const write = (text: string): void => void process.stdout.write(`${text}\n`)
  write(`${machineText(now.machine)}${now.seed === undefined ? '' : `; seed ${JSON.stringify(now.seed)}`}\n`)
  write(figuresText(now.figures))
  if (from === undefined) {
    const out = options.out ?? join('bench-results', `${now.time.slice(0, 19).replaceAll(':', '')}.json`)
    writeBenchRun(out, now)
    write(`\nwritten to ${out}`)
  }
  if (!before) return 0
  const comparison = compareRuns(now, before, isComplete(now))
  write(`\n${comparisonText(comparison, `${against}, ${before.time}`)}`)
  if (failAbove === undefined) return 0
  const worse = worseThan(comparison, failAbove)
  const names = worse.map(({ name }) => name).join('; ')
  write(`\nworse by more than ${failAbove} ×: ${worse.length === 0 ? 'none' : names}`)
  return worse.length === 0 ? 0 : EXIT_WORSE
}

/** Tells whether no part was left out, as far as the run says. */
const isComplete = ({ figures }: BenchRun): boolean =>
  PARTS.every(part => figures.some(each => each.part === undefined || each.part === part))

async function measure({ only = PARTS, tiny = false, seed = DEFAULT_SEED }: BenchWish): Promise<BenchRun> {
  const time = new Date().toISOString()
  const figures: PartFigure[] = []
  for (const part of only) {
    process.stderr.write(`measuring ${part} …\n`)
    for (const each of await measurePart(part, tiny ? TINY : FULL, seed)) figures.push({ part, ...each })
  }
  return benchRun({ time, seed, tiny, figures })
}
