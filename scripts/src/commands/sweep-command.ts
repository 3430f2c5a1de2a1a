// `pnpm sweep`: its options and its help.
import { EVALUATION_DEFAULTS, EXHIBIT_NAMES, type ExhibitName, SWEPT, type Swept } from '@hushgrid/evaluation/options'
import { HushgridError } from '@hushgrid/primitives'
import { choiceOf, wholeNumber } from '@hushgrid/runtime'
import { Command } from 'commander'
import { type RunOptions, runPlan, withRunOptions } from './evaluate-command.ts'
import { exitStatus } from './exit-status.ts'

interface Options extends RunOptions, Readonly<Partial<Record<Swept, string>>> {
  readonly figure?: ExhibitName
  readonly contenders?: readonly string[]
  readonly churn?: readonly string[]
  readonly live?: boolean
  readonly slots?: number
  readonly warmUp?: number
  readonly repeats?: number
  readonly changes?: boolean
}

const EXAMPLES = `
The short form of pnpm evaluate for one parameter: ${SWEPT.join(', ')}. Values are one, several (10,20,50), a range by
steps (4..40:4) or a range by factors (10..640*2); so are those of the other parameters. The folder is that of an
evaluation: the same command goes on where it was ended.

Figures and tables: ${EXHIBIT_NAMES.join(', ')}.

Examples:
  pnpm sweep n 10,20,50 --figure cpu --out runs/sizes
  pnpm sweep degree 4..40:4 --figure dropout --contenders dcnet,dcnet-double --dropout 0.1 --out runs/degrees
  pnpm sweep bits 2048,3072 --figure cpu --contenders joye-libert --n 20 --dry-run`

function listOf(text: string): string[] {
  return text.split(',').map(each => each.trim())
}

/**
 * Runs the command.
 *
 * @returns its exit status: 0; 1 where a total was wrong, a rule was violated, or a run failed; 2 where the input was wrong
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const { repeats, slots, warmUp } = EVALUATION_DEFAULTS
  const program = withRunOptions(
    new Command('pnpm sweep')
      .description('Evaluate contenders against one parameter, and make one figure of it.')
      .argument('<parameter>', `one of ${SWEPT.join(', ')}`, choiceOf('parameter', SWEPT))
      .argument('<values>', 'values of the parameter')
  )
    .option('--figure <name>', 'figure or table to make', choiceOf('--figure', EXHIBIT_NAMES))
    .option('--contenders <list>', 'names, or all, house, schemes (default: all)', listOf)
    .option('--n <values>', `numbers of meters (default: ${EVALUATION_DEFAULTS.n})`)
    .option('--degree <values>', `mask neighbours of a meter, or auto (default: ${EVALUATION_DEFAULTS.degree})`)
    .option('--gamma <values>', `fraction of colluding meters, for auto (default: ${EVALUATION_DEFAULTS.gamma})`)
    .option('--dropout <values>', `fraction of the meters missing in a slot (default: ${EVALUATION_DEFAULTS.dropout})`)
    .option('--churn <list>', 'scenarios that go on throughout, by name or file, or none (default: none)', listOf)
    .option('--lanes <values>', `lanes of a reading (default: ${EVALUATION_DEFAULTS.lanes})`)
    .option('--bits <values>', `of the modulus N (default: ${EVALUATION_DEFAULTS.bits})`)
    .option('--delay-ms <values>', `mean delay of a message in virtual time (default: ${EVALUATION_DEFAULTS.delayMs})`)
    .option('--loss <values>', `fraction of messages lost in virtual time (default: ${EVALUATION_DEFAULTS.loss})`)
    .option('--live', 'on libp2p nodes of this machine instead of in virtual time')
    .option('--slots <number>', `slots that are measured in a run (default: ${slots})`, wholeNumber('--slots', 1, 100_000))
    .option('--warm-up <number>', `slots before them (default: ${warmUp})`, wholeNumber('--warm-up', 0, 1000))
    .option('--repeats <number>', `runs of each point (default: ${repeats})`, wholeNumber('--repeats', 1, 1000))
    .option('--no-changes', 'have no meter join, leave and crash after the slots')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .action(async (parameter: Swept, values: string, options: Options) => {
      status = await run(parameter, values, options, args)
    })
  return await exitStatus(program, args, () => status)
}

async function run(parameter: Swept, values: string, options: Options, args: readonly string[]): Promise<number> {
  const { figure, live, contenders, churn, slots, warmUp, repeats, changes, seed } = options
  if (figure === undefined) throw new HushgridError(`--figure: expected one of ${EXHIBIT_NAMES.join(', ')}, got none`)
  if (options[parameter] !== undefined) throw new HushgridError(`${parameter}: expected either as the parameter or as an option, got both`)
  if (options.out === undefined && !options.dryRun) throw new HushgridError('--out: expected a folder for runs and the figure, got none')
  process.stderr.write('Loading what is evaluated …\n')
  const { evaluationPlan, sweepFields } = await import('@hushgrid/evaluation')
  const others = Object.fromEntries(SWEPT.map(name => [name, options[name]]))
  const lists = { contenders: contenders && [...contenders], churn: churn && [...churn] }
  const rest = { ...lists, drive: live ? ('live' as const) : undefined, slots, warmUp, repeats, changes }
  const fields = sweepFields({ parameter, values, figure, others: { ...others, ...rest } })
  return await runPlan(evaluationPlan(fields, seed), options, ['pnpm sweep', ...args])
}
