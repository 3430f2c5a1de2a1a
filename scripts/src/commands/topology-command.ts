// `pnpm topology`: exposure and degree of a neighbourhood, and checks of network files.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { choiceOf, configureHelp, EXIT_USAGE, readNetwork, usageSentence } from '@hushgrid/runtime'
import {
  assessDegree,
  type CliffSummary,
  cliffLines,
  cliffSummary,
  DEFAULT_FRACTION,
  DEFAULT_MIN_MEMBERS,
  degreeLines,
  exposureLines,
  exposureSummary,
  hasPrivateMasks,
  networkJsonSchema,
  networkLines,
  RECOVERY_MODES,
  type RecoveryMode,
  resolveDegree,
  solveDegree
} from '@hushgrid/topology'
import { Command } from 'commander'

/** Streams that `main` writes to; tests collect them. */
export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

function integer(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(name, 'a whole number', `'${text}'`)
  return Number(text)
}

function decimal(text: string, name: string): number {
  if (!/^(\d{1,15}(\.\d*)?|\.\d+)$/.test(text)) throw new InvalidArgumentError(name, 'a number', `'${text}'`)
  return Number(text)
}

const asInteger = (name: string) => (text: string) => integer(text, name)
const asDecimal = (name: string) => (text: string) => decimal(text, name)

/** Options that both commands have. */
interface SharedOptions {
  n: number
  collusion: number
  dropout: number
  absent: number
  cuts: number
  minMembers: number
  recovery: RecoveryMode
  trials: number
  seed: string
  json?: true
}

interface ExposureOptions extends SharedOptions {
  degree: number
}

interface DegreeOptions extends SharedOptions {
  degree?: number
  sigma: number
}

/** Simulates double mask's cliff at the planned share of missing members, and at half as much again and twice as much. */
function cliffOf(options: SharedOptions, degree: number): CliffSummary | undefined {
  const { n: members, dropout, absent, cuts, minMembers, recovery, trials, seed } = options
  if (!hasPrivateMasks(recovery) || trials === 0) return undefined
  const shares = [...new Set([1, 1.5, 2].map(factor => Number((factor * dropout).toPrecision(12))))].filter(share => share < 1)
  return cliffSummary({ members, degree, minMembers, absent, cuts, shares }, trials, seed)
}

function runExposure(options: ExposureOptions, print: (line: string) => void): void {
  const { n, degree, collusion, absent, cuts, recovery, trials, seed, json } = options
  const summary = exposureSummary({ members: n, degree, collusion, absent, cuts, recovery }, trials > 0 ? { trials, seed } : undefined)
  printAll({ json, figures: summary, lines: exposureLines(summary), cliff: cliffOf(options, degree) }, print)
}

/** Prints a degree and its conditions; the exit status is 1 where there is none. */
function runDegree(options: DegreeOptions, print: (line: string) => void): number {
  const { n, degree, collusion, dropout, absent, cuts, recovery, sigma, json } = options
  const parameters = { members: n, collusion, dropout, absent, cuts, recovery, sigma }
  const solution = degree === undefined ? solveDegree(parameters) : undefined
  const assessment = solution?.assessment ?? assessDegree(degree as number, parameters)
  const lines = degreeLines(assessment, solution)
  printAll({ json, figures: solution ?? assessment, lines, cliff: cliffOf(options, assessment.degree) }, print)
  return solution ? Number(!solution.found) : Number(!assessment.holds)
}

interface Printed {
  readonly json: true | undefined
  readonly figures: object
  readonly lines: readonly string[]
  readonly cliff: CliffSummary | undefined
}

/** Prints figures as JSON or as lines, with the cliff below where there is one. */
function printAll({ json, figures, lines, cliff }: Printed, print: Print): void {
  if (json) print(JSON.stringify(cliff ? { ...figures, cliff } : figures, null, 2))
  else for (const line of cliff ? [...lines, '', ...cliffLines(cliff)] : lines) print(line)
}

const EXAMPLES = `
Examples:
  pnpm topology exposure --n 50 --degree 2 --collusion 0.1
  pnpm topology degree --n 200 --collusion 0.2 --recovery double-mask
  pnpm topology check topology/networks/street-25.yaml`

type Print = (line: string) => void

/** Adds the options that both commands have. */
function withShared(command: Command): Command {
  return command
    .option(
      '--collusion <fraction>',
      'fraction of the members that collude with the aggregator',
      asDecimal('--collusion'),
      DEFAULT_FRACTION
    )
    .option('--dropout <fraction>', 'fraction of the members that are missing in a slot', asDecimal('--dropout'), DEFAULT_FRACTION)
    .option('--absent <number>', 'members marked absent beside them', asInteger('--absent'), 0)
    .option('--cuts <number>', 'pairs of mask neighbours that are cut', asInteger('--cuts'), 0)
    .option('--min-members <number>', 'fewest members in a part', asInteger('--min-members'), DEFAULT_MIN_MEMBERS)
    .option('--recovery <mode>', RECOVERY_MODES.join(', '), choiceOf('--recovery', RECOVERY_MODES), 'edge-release')
    .option('--trials <number>', 'random placements to simulate, 0 for none', asInteger('--trials'), 10_000)
    .option('--seed <text>', 'the same seed gives the same placements', '1')
}

function exposureCommand(print: Print): Command {
  const command = new Command('exposure')
    .description('how many meters colluders expose, and how double mask bears missing members, by formula and by simulation')
    .requiredOption('--n <members>', 'members of the neighbourhood', asInteger('--n'))
    .requiredOption('--degree <degree>', 'mask neighbours of a meter, even; n - 1 or more is the complete graph', asInteger('--degree'))
  return withShared(command)
    .option('--json', 'figures as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  pnpm topology exposure --n 50 --degree 2 --collusion 0.1\n  pnpm topology exposure --n 200 --degree 16 --recovery none --trials 100000 --json\n  pnpm topology exposure --n 50 --degree 18 --collusion 0.3 --recovery double-mask --absent 2 --cuts 5'
    )
    .action((options: ExposureOptions) => runExposure(options, print))
}

/** @param exit - takes the exit status */
function degreeCommand(print: Print, exit: (code: number) => void): Command {
  const command = new Command('degree')
    .description(
      'the degree that auto chooses, the chance that each condition of PROTOCOL.md section 5 fails, and how double mask bears missing members'
    )
    .requiredOption('--n <members>', 'members of the neighbourhood', asInteger('--n'))
    .option('--degree <degree>', 'show this degree instead of the one auto chooses', asInteger('--degree'))
  return withShared(command)
    .option('--sigma <bits>', 'conditions 1 and 3 may fail with a chance of 2^-sigma', asDecimal('--sigma'), 40)
    .option('--json', 'figures as JSON; null as log2 is a chance of zero')
    .addHelpText(
      'after',
      '\nExit status 1 where a condition is not met.\n\nExamples:\n  pnpm topology degree --n 50\n  pnpm topology degree --n 100 --degree 20 --dropout 0.3\n  pnpm topology degree --n 50 --recovery double-mask'
    )
    .action((options: DegreeOptions) => exit(runDegree(options, print)))
}

function checkCommand(print: Print): Command {
  return new Command('check')
    .description('read network files, and say what degree they come to')
    .argument('<file...>')
    .addHelpText('after', '\nExample:\n  pnpm topology check topology/networks/*.yaml')
    .action((files: string[]) => {
      for (const [i, file] of files.entries()) {
        const network = readNetwork(file)
        if (i > 0) print('')
        for (const line of networkLines(network, resolveDegree(network, network.members))) print(line)
      }
    })
}

function schemaCommand(print: Print): Command {
  return new Command('schema')
    .description('the JSON schema of network files, as in topology/networks/network.schema.json')
    .action(() => print(JSON.stringify(networkJsonSchema(), null, 2)))
}

/** Builds the command line; `status` collects the exit status of a command that ran. */
function program(output: Output, status: { code: number }): Command {
  const print = (line: string) => output.out(`${line}\n`)
  const exit = (code: number): void => {
    status.code = code
  }
  const command = new Command('pnpm topology')
    .description('Who masks with whom, how safe that is, and network files.')
    .addHelpText('after', EXAMPLES)
  for (const each of [exposureCommand(print), degreeCommand(print, exit), checkCommand(print), schemaCommand(print)])
    command.addCommand(each)
  configureHelp(command, output.out)
  return command
}

/**
 * Runs one command.
 *
 * @param args - without node and the script's name
 * @returns exit status: 0, 1 where a degree does not meet its conditions, 2 on bad input
 */
export function main(args: readonly string[], output: Output): number {
  const status = { code: 0 }
  const command = program(output, status)
  try {
    command.parse(args, { from: 'user' })
    return status.code
  } catch (error) {
    const sentence = usageSentence(error, command)
    if (sentence === undefined) return 0
    output.err(`${sentence}\n`)
    return EXIT_USAGE
  }
}
