// `pnpm evaluate`: its options and its help.
import type { EvaluationPlan } from '@hushgrid/evaluation'
import { EXHIBIT_NAMES, type ExhibitName } from '@hushgrid/evaluation/options'
import { counted, HushgridError, tableLines } from '@hushgrid/primitives'
import { choiceOf, timesOf, wholeNumber } from '@hushgrid/runtime'
import { Command } from 'commander'
import { exitStatus } from './exit-status.ts'

/** Options that `pnpm evaluate` and `pnpm sweep` share. */
export interface RunOptions {
  readonly out?: string
  readonly jobs?: number
  readonly seed?: string
  readonly dryRun?: boolean
  readonly withoutDisturbed?: boolean
  readonly repeatDisturbed?: number | true
}

interface Options extends RunOptions {
  readonly only?: readonly ExhibitName[]
  readonly from?: string
  readonly archive?: string
  readonly list?: boolean
}

const EXAMPLES = `
The file (docs/evaluation.md says how to write one) names contenders, sizes, degrees, dropout, network, repeats and what
to make of them. Runs in virtual time take a process each, side by side on all cores; live ones come after them, one by
one. Contenders have the same readings and the same missing meters in each repeat.

Each run is kept as soon as it is over. Ctrl-C ends at any moment, and the same command goes on with the runs that are
not there. A run that fails is kept with its reason, and is tried again then. The folder holds evaluation.json,
planned.json, runs, figures, tables and captions; report.html is made with all figures and tables only. The exit status
is 1 where a total was wrong, a rule was violated or a run failed.

Figures and tables: ${EXHIBIT_NAMES.join(', ')}.

Examples:
  pnpm evaluate --list
  pnpm evaluate quick --out runs/quick
  pnpm evaluate chapter --dry-run               the runs, their number, and roughly their time
  pnpm evaluate my-evaluation.yaml --out thesis --repeat-disturbed 2
  pnpm evaluate --from thesis --only cpu bytes --without-disturbed
  pnpm evaluate --from thesis --archive archive/thesis`

/** Adds the options that both commands share. */
export function withRunOptions(command: Command): Command {
  return command
    .option('--out <folder>', 'where runs and figures go; an evaluation that is there goes on')
    .option('--jobs <number>', 'runs side by side, virtual time only (default: all cores)', wholeNumber('--jobs', 1, 1024))
    .option('--seed <text>', "of readings, keys, waits and missing meters (default: the file's)")
    .option('--dry-run', 'list the runs, and roughly their time; run nothing')
    .option('--without-disturbed', 'make figures without runs that a busy machine disturbed')
    .option(
      '--repeat-disturbed [times]',
      'run again what a busy machine disturbed, up to so many times (1 unless given)',
      wholeNumber('--repeat-disturbed', 1, 100)
    )
}

/**
 * Runs the command.
 *
 * @returns its exit status: 0; 1 where a total was wrong, a rule was violated, or a run failed; 2 where the input was wrong
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const exhibit = choiceOf('--only', EXHIBIT_NAMES)
  const program = withRunOptions(
    new Command('pnpm evaluate')
      .description('Run the evaluation of a file, and make the figures and tables of a thesis of it.')
      .argument('[file]', 'an evaluation file, or the name of a shipped one')
  )
    .option('--only <names...>', "figures and tables to make (default: the file's)", (text, before: readonly ExhibitName[] = []) => [
      ...before,
      ...text.split(',').map(each => exhibit(each.trim()))
    ])
    .option('--from <folder>', 'make figures and tables again from the runs in a folder; into --out where that is given')
    .option('--archive <folder>', 'keep the runs of --from there, as one compressed file; make no figures')
    .option('--list', 'list the shipped files')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .action(async (file: string | undefined, options: Options) => {
      status = await run(file, options, args)
    })
  return await exitStatus(program, args, () => status)
}

async function run(file: string | undefined, options: Options, args: readonly string[]): Promise<number> {
  checkTogether(file, options)
  const { from, archive, out, list, only, withoutDisturbed, seed } = options
  if (!list) process.stderr.write('Loading what is evaluated …\n')
  const { archiveEvaluation, evaluationPlan, loadEvaluation, remakeEvaluation, shippedEvaluations } = await import('@hushgrid/evaluation')
  if (list) {
    for (const line of tableLines(shippedEvaluations().map(({ name, about }) => [name, about]))) process.stdout.write(`${line}\n`)
    return 0
  }
  if (from !== undefined && archive !== undefined) {
    process.stdout.write(`${counted(archiveEvaluation(from, archive), 'run')} of ${from} kept in ${archive}\n`)
    return 0
  }
  if (from !== undefined) return await remakeEvaluation(from, { only, withoutDisturbed, out })
  const { fields, source } = loadEvaluation(file as string)
  return await runPlan(evaluationPlan(fields, seed, source), options, ['pnpm evaluate', ...args])
}

/** Runs a plan, or says what it would run. */
export async function runPlan(
  plan: EvaluationPlan,
  options: RunOptions & Pick<Options, 'only'>,
  words: readonly string[]
): Promise<number> {
  const { out, jobs, only, withoutDisturbed, dryRun } = options
  const { planText, runEvaluation } = await import('@hushgrid/evaluation')
  if (dryRun) {
    process.stdout.write(`${planText(plan, jobs)}\n`)
    return 0
  }
  const command = words
    .map((word, i) => (i === 0 || /^[\w@%+=:,./*-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ')
  return await runEvaluation(plan, {
    command,
    out: out as string,
    jobs,
    repeatDisturbed: timesOf(options.repeatDisturbed),
    only,
    withoutDisturbed
  })
}

/** @throws HushgridError where options do not go together */
function checkTogether(file: string | undefined, options: Options): void {
  const { from, archive, list, out, dryRun } = options
  const running = (['jobs', 'seed', 'dryRun', 'repeatDisturbed'] as const).find(name => options[name] !== undefined)
  const option = running && `--${running.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`
  if (list) return
  if (from !== undefined) {
    if (file !== undefined) throw new HushgridError('--from: expected without an evaluation file, since it runs nothing')
    if (archive !== undefined && out !== undefined) throw new HushgridError('--out: expected without --archive, which makes no figures')
    if (option !== undefined) throw new HushgridError(`${option}: expected without --from, which runs nothing`)
    return
  }
  if (archive !== undefined) throw new HushgridError('--archive: expected with --from, the folder whose runs it keeps')
  if (file === undefined) throw new HushgridError('expected an evaluation file or the name of a shipped one; --list shows those')
  if (out === undefined && !dryRun) throw new HushgridError('--out: expected a folder for runs and figures, got none')
}
