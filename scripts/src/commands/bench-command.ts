// `pnpm bench`: its options, and a run from the first part to the comparison with an earlier one.
import { join } from 'node:path'
import {
  type BenchRun,
  benchRun,
  compareRuns,
  comparisonText,
  FULL,
  figuresText,
  machineText,
  measurePart,
  PARTS,
  type Part,
  type PartFigure,
  readBenchRun,
  TINY,
  worseThan,
  writeBenchRun
} from '@hushgrid/bench'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { Command } from 'commander'
import { exitStatus } from './exit-status.ts'

/** Where none is given, so that two runs compute with the same numbers. */
export const DEFAULT_SEED = 'bench'
/** Where a figure is worse by more than `--fail-above`. */
const EXIT_WORSE = 1

interface Options {
  readonly only?: readonly Part[]
  readonly tiny?: boolean
  readonly seed?: string
  readonly out?: string
  readonly from?: string
  readonly against?: string
  readonly failAbove?: number
}

const EXAMPLES = `
Each figure is a median of rounds, with their middle half, as a multiple of a floor that was measured in turn with it where
there is one. Exit status: 0; 1 where a figure is worse by more than --fail-above; 2 where the input is not what it must be.

Examples:
  pnpm bench
  pnpm bench --only computation,codec
  pnpm bench --only sockets,start --out before.json
  pnpm bench --only sockets,start --against before.json
  pnpm bench --against before.json --fail-above 1.5
  pnpm bench --from now.json --against before.json      two runs of before, nothing measured`

function partsOf(text: string): Part[] {
  const parts = text.split(',').map(name => {
    const part = PARTS.find(each => each === name)
    if (part === undefined) throw new InvalidArgumentError('--only', `parts of ${PARTS.join(', ')}`, JSON.stringify(name))
    return part
  })
  if (new Set(parts).size < parts.length) throw new InvalidArgumentError('--only', 'each part once', JSON.stringify(text))
  return parts
}

function seedOf(text: string): string {
  if (text === '') throw new InvalidArgumentError('--seed', 'a text', 'an empty one')
  return text
}

function limitOf(text: string): number {
  const limit = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || limit < 1)
    throw new InvalidArgumentError('--fail-above', 'a ratio of at least 1, for example 1.5', JSON.stringify(text))
  return limit
}

/**
 * Runs the command.
 *
 * @returns its exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const program = new Command('pnpm bench')
    .description('Measure what the protocol costs, each figure beside a floor or a goal; prints a table and writes JSON.')
    .option('--only <parts>', `some of ${PARTS.join(', ')}, joined by commas`, partsOf)
    .option('--tiny', 'smallest sizes: shows that everything still runs, the figures mean nothing')
    .option('--seed <text>', `seed of keys, messages and readings, but for the keys of live nodes (default: ${DEFAULT_SEED})`, seedOf)
    .option('--out <file>', 'where the JSON goes (default: bench-results/<time>.json)')
    .option('--against <file>', "print ratios to an earlier run's JSON")
    .option('--fail-above <ratio>', 'with --against: exit status 1 where a figure is worse by more', limitOf)
    .option('--from <file>', 'measure nothing, take the figures from this JSON')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .action(async (options: Options) => {
      status = await run(options)
    })
  return await exitStatus(program, args, () => status)
}

async function run(options: Options): Promise<number> {
  const { against, failAbove, from } = options
  if (failAbove !== undefined && against === undefined) throw new HushgridError('--fail-above: expected with --against, got it alone')
  if (from !== undefined) {
    const other = (['only', 'tiny', 'seed', 'out'] as const).find(name => options[name] !== undefined)
    if (other) throw new HushgridError(`--from: expected without --${other}, since nothing is measured`)
  }
  // Before anything is measured: a file that is no benchmark's would come up minutes later.
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

/** Whether no part was left out, as far as the run says. */
const isComplete = ({ figures }: BenchRun): boolean =>
  PARTS.every(part => figures.some(each => each.part === undefined || each.part === part))

async function measure({ only = PARTS, tiny = false, seed = DEFAULT_SEED }: Options): Promise<BenchRun> {
  const time = new Date().toISOString()
  const figures: PartFigure[] = []
  for (const part of only) {
    process.stderr.write(`measuring ${part} …\n`)
    for (const each of await measurePart(part, tiny ? TINY : FULL, seed)) figures.push({ part, ...each })
  }
  return benchRun({ time, seed, tiny, figures })
}
