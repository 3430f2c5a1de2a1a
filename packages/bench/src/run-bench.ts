// Run of `pnpm bench`, from the first part to the comparison with an earlier run.
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { othersText, watchMachine } from '@hushgrid/lab'
import { HushgridError, wrappedText } from '@hushgrid/primitives'
import { aborted, prepareFile, stopSignal, timesOf, watchOutput } from '@hushgrid/runtime'
import { PARTS, type Part } from './parts/names.ts'
import { FULL, measurePart, TINY } from './parts/parts.ts'
import { compareRuns, disturbedParts, worseThan } from './results/against.ts'
import { type BenchRun, benchRun, type PartFigure, readBenchRun, writeBenchRun } from './results/file.ts'
import type { Figure } from './results/measure.ts'
import { comparisonText, figuresText, machineText } from './results/text.ts'
import { DEFAULT_SEED } from './seed.ts'

/** Exit status where a figure is worse by more than `--fail-above`. */
const EXIT_WORSE = 1
/** Time that a part which was broken off may keep the process alive, ms. */
const LINGER = 200

/** Options of a benchmark, named as on the command line; each that is left out has a default. */
export interface BenchWish {
  readonly only?: readonly Part[]
  readonly tiny?: boolean
  readonly seed?: string
  readonly out?: string
  readonly from?: string
  readonly against?: string
  readonly failAbove?: number
  /** Most times that a part is measured again because a busy machine disturbed it; true for one. */
  readonly repeatDisturbed?: number | true
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
    const other = (['only', 'tiny', 'seed', 'out', 'repeatDisturbed'] as const).find(name => options[name] !== undefined)
    if (other)
      throw new HushgridError(
        `--from: expected without --${other.replace(/[A-Z]/, letter => `-${letter.toLowerCase()}`)}, since nothing is measured`
      )
  }
  // Reads the earlier run first: a wrong file would otherwise come up minutes later.
  const before = against === undefined ? undefined : readBenchRun('--against', against)
  if (from !== undefined) return report({ now: readBenchRun('--from', from), before, options })
  const { seed = DEFAULT_SEED, tiny = false } = options
  const time = new Date().toISOString()
  const out = options.out ?? join('bench-results', `${time.slice(0, 19).replaceAll(':', '')}.json`)
  const abandon = prepareFile('--out', out)
  try {
    const loadSince = watchMachine()
    const runOf = (figures: readonly PartFigure[]): BenchRun => benchRun({ time, seed, tiny, loadAverage: loadSince(0).average, figures })
    const figures = await measure(options, figures => writeBenchRun(out, runOf(figures)))
    if (figures.length === 0) return 0
    return report({ now: runOf(figures), before, options, out })
  } finally {
    abandon()
  }
}

/** A run to be shown, and the one that it is compared with. */
interface Reported {
  readonly now: BenchRun
  readonly before: BenchRun | undefined
  readonly options: BenchWish
  /** File that holds the run's figures, where they have just been measured. */
  readonly out?: string
}

/** Prints and compares a run; gives the exit status. */
function report({ now, before, options, out }: Reported): number {
  const { against, failAbove } = options
  const write = (text: string): void => void process.stdout.write(`${text}\n`)
  write(wrappedText(`${machineText(now.machine)}${now.seed === undefined ? '' : `; seed ${JSON.stringify(now.seed)}`}\n`))
  write(figuresText(now.figures))
  if (now.loadAverage) write(`\nload average ${now.loadAverage.start} at the start, ${now.loadAverage.end} at the end`)
  const disturbed = disturbedParts(now.figures)
  if (disturbed !== undefined && out !== undefined)
    process.stderr.write(
      `${wrappedText(`warning: a busy machine disturbed ${disturbed}${options.repeatDisturbed === undefined ? '; --repeat-disturbed measures such parts again' : ''}`)}\n`
    )
  if (out !== undefined) write(`\nwritten to ${out}`)
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

/**
 * Measures the parts, one after the other, until Ctrl-C or until nobody reads the output any more.
 *
 * @param keep - takes the figures of all complete parts after each, so that a run that is ended keeps them
 */
async function measure(
  { only = PARTS, tiny = false, seed = DEFAULT_SEED, repeatDisturbed }: BenchWish,
  keep: (figures: readonly PartFigure[]) => void
): Promise<readonly PartFigure[]> {
  const figures: PartFigure[] = []
  for (const part of only) {
    process.stderr.write(`measuring ${part} …\n`)
    const once = (): Promise<Figure[] | undefined> => besideOthers(part, () => measurePart(part, tiny ? TINY : FULL, seed))
    let measured = await once()
    for (let again = 0; again < timesOf(repeatDisturbed) && measured?.some(({ disturbed }) => disturbed !== undefined); again++) {
      process.stderr.write(`${part} was disturbed by a busy machine: measuring it again …\n`)
      measured = await once()
    }
    if (!measured) {
      // Ends a part that was broken off, with its nodes and processes.
      setTimeout(() => process.exit(), LINGER).unref()
      process.stderr.write(`ended early: ${figures.length > 0 ? 'the parts before are written' : 'nothing is written'}\n`)
      break
    }
    for (const each of measured) figures.push({ part, ...each })
    keep(figures)
  }
  return figures
}

/** Parts that run whole commands, whose reports say themselves what others took of the machine. */
const OF_COMMANDS: readonly Part[] = ['start', 'town']

/** Measures a part and notes what other programs took of the machine meanwhile; undefined where it was stopped. */
async function besideOthers(part: Part, measuring: () => Figure[] | Promise<Figure[]>): Promise<Figure[] | undefined> {
  // Errors of the output come with the next turn.
  await setImmediate()
  if (watchOutput().aborted) return undefined
  const before = process.cpuUsage()
  const loadSince = watchMachine()
  const figures = await untilStopped(measuring())
  const { user, system } = process.cpuUsage(before)
  const disturbed = OF_COMMANDS.includes(part) ? undefined : othersText(loadSince((user + system) / 1000).cores)
  return disturbed === undefined ? figures : figures?.map(each => ({ ...each, disturbed }))
}

/**
 * Gives the figures of a part, or undefined where it was stopped before. A part that computes without a pause hears no
 * signal; there Ctrl-C ends the process at once, and leaves nothing behind.
 */
async function untilStopped(measuring: Figure[] | Promise<Figure[]>): Promise<Figure[] | undefined> {
  if (!(measuring instanceof Promise)) return measuring
  const stop = stopSignal()
  try {
    return await Promise.race([measuring, aborted(stop.signal).then(() => undefined)])
  } finally {
    stop.dispose()
  }
}
