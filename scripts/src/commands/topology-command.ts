import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { readNetwork } from '@hushgrid/runtime'
import {
  assessDegree,
  type DegreeCondition,
  type ExposureFigure,
  type ExposureSummary,
  exposureSummary,
  type Network,
  networkJsonSchema,
  RECOVERY_MODES,
  type RecoveryMode,
  type ResolvedDegree,
  resolveDegree,
  solveDegree
} from '@hushgrid/topology'
import { Command, CommanderError } from 'commander'

/** Where `main` writes; tests collect it. */
export interface Output {
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** A chance as people write it; a small one as a power of two, as the conditions of PROTOCOL.md section 5 are. */
export function chanceText(chance: number): string {
  if (chance === 0 || chance === 1) return String(chance)
  if (chance < 1e-4) return `2^${Math.log2(chance).toFixed(1)}`
  return chance > 0.99 ? chance.toFixed(5) : chance.toPrecision(3)
}

/** As {@link chanceText}, of a chance too small for a floating-point number. */
export function boundText(log2: number): string {
  return log2 > -1000 || log2 === Number.NEGATIVE_INFINITY ? chanceText(2 ** log2) : `2^${log2.toFixed(1)}`
}

/** A number of meters. */
export function metersText(meters: number): string {
  if (Number.isInteger(meters)) return String(meters)
  if (meters < 1e-3) return meters.toExponential(2)
  return meters < 100 ? meters.toPrecision(3) : meters.toFixed(1)
}

function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows.map(row =>
    row
      .map((cell, i) => cell.padEnd(widths[i] as number))
      .join('  ')
      .trimEnd()
  )
}

/** Figures of an exposure for a terminal, aligned. */
export function exposureLines(summary: ExposureSummary): string[] {
  const { members, degree, neighbours, colluding, recovery, figures, trials, seed } = summary
  const head = columns([
    ['members', `${members}, of which ${colluding} collude with the aggregator, at random places`],
    ['degree', `${degree}: ${neighbours} mask neighbours each`],
    ['recovery', recovery],
    ...(trials === undefined ? [] : [['simulation', `${trials} random placements, seed ${JSON.stringify(seed)}, 95 % intervals`]])
  ])
  const body: string[][] = [['', 'expected (honest meters)', 'chance of any']]
  for (const figure of figures) {
    body.push([figure.kind, '', ''], ['  formula', metersText(figure.expected), anyText(figure)])
    const { simulated } = figure
    if (!simulated) continue
    const estimate = (text: (value: number) => string, value: number, [from, to]: readonly [number, number]) =>
      `${text(value)} (${text(from)} to ${text(to)})`
    body.push([
      '  simulation',
      estimate(metersText, simulated.expected, simulated.expectedInterval),
      estimate(chanceText, simulated.any, simulated.anyInterval)
    ])
  }
  const meanings = columns(figures.map(figure => [figure.kind, figure.meaning]))
  return [...head, '', ...columns(body), '', ...meanings]
}

function anyText({ any, anyIs }: ExposureFigure): string {
  return anyIs === 'exact' ? chanceText(any) : `at most ${chanceText(any)}`
}

/** One sentence of warning, as `nodes:start --degree 2` prints it. */
export function exposureSentence(summary: ExposureSummary): string {
  const { members, degree, colluding } = summary
  const alone = summary.figures.find(figure => figure.kind === 'reading-alone') as ExposureFigure
  const open = summary.figures.find(figure => figure.kind === 'reading-unprotected')
  const lies = open ? `; an aggregator that lies about who is missing may get those of ${metersText(open.expected)}` : ''
  return `With degree ${degree} and ${colluding} of ${members} meters colluding, expect ${metersText(alone.expected)} meters to have their reading learnt (chance of any: ${anyText(alone)})${lies}.`
}

/** The conditions of PROTOCOL.md section 5 for a terminal, aligned. */
export function conditionLines(conditions: readonly DegreeCondition[]): string[] {
  const bound = ({ log2, limit }: DegreeCondition) => `chance of failure at most ${boundText(log2)}, allowed 2^${limit}`
  return columns(conditions.map(each => [`condition ${each.number}`, each.holds ? 'holds' : 'FAILS', bound(each), each.failure]))
}

function networkLines(network: Network, resolved: ResolvedDegree): string[] {
  const { degree, neighbours, why, assessment } = resolved
  return [
    ...columns([
      ['network', network.name],
      ['slots', `${network.slotSeconds} s, lanes ${network.lanes.join(', ')}`],
      ['members', `${network.members} to start with, never fewer than ${network.minMembers}`],
      ['recovery', network.recovery],
      ['degree', `${degree} (${neighbours} mask neighbours each): ${why}`]
    ]),
    ...conditionLines(assessment.conditions)
  ]
}

function integer(text: string, name: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError(name, 'a whole number', `'${text}'`)
  return Number(text)
}

function decimal(text: string, name: string): number {
  if (!/^(\d{1,15}(\.\d*)?|\.\d+)$/.test(text)) throw new InvalidArgumentError(name, 'a number', `'${text}'`)
  return Number(text)
}

/**
 * What `--recovery` was given.
 *
 * @throws InvalidArgumentError unless it is a mode's name
 */
export function recoveryMode(text: string): RecoveryMode {
  const mode = RECOVERY_MODES.find(candidate => candidate === text)
  if (!mode) throw new InvalidArgumentError('--recovery', `one of ${RECOVERY_MODES.join(', ')}`, `'${text}'`)
  return mode
}

const asInteger = (name: string) => (text: string) => integer(text, name)
const asDecimal = (name: string) => (text: string) => decimal(text, name)

interface ExposureOptions {
  n: number
  degree: number
  collusion: number
  recovery: RecoveryMode
  trials: number
  seed: string
  json?: true
}

interface DegreeOptions {
  n: number
  degree?: number
  collusion: number
  dropout: number
  recovery: RecoveryMode
  sigma: number
  json?: true
}

function runExposure(options: ExposureOptions, print: (line: string) => void): void {
  const { n, degree, collusion, recovery, trials, seed, json } = options
  const summary = exposureSummary({ members: n, degree, collusion, recovery }, trials > 0 ? { trials, seed } : undefined)
  if (json) print(JSON.stringify(summary, null, 2))
  else for (const line of exposureLines(summary)) print(line)
}

/** Prints a degree and its conditions; the exit status is 1 where there is none. */
function runDegree(options: DegreeOptions, print: (line: string) => void): number {
  const { n, degree, collusion, dropout, recovery, sigma, json } = options
  const parameters = { members: n, collusion, dropout, recovery, sigma }
  const solution = degree === undefined ? solveDegree(parameters) : undefined
  const assessment = solution?.assessment ?? assessDegree(degree as number, parameters)
  const status = solution ? Number(!solution.found) : Number(!assessment.holds)
  if (json) {
    print(JSON.stringify(solution ?? assessment, null, 2))
    return status
  }
  const why = !solution ? 'as asked' : solution.found ? WHY[solution.because] : `none up to ${solution.triedUpTo} will do; its figures`
  const title = solution && !solution.found ? 'none' : `${assessment.degree}`
  const rows = [
    ['degree', `${title} (${why})`],
    ['members', `${n}: ${assessment.colluding} colluding, ${assessment.missing} missing, recovery ${recovery}`],
    ['mask neighbours', `${assessment.neighbours} each${assessment.complete ? ', the complete graph' : ''}`]
  ]
  for (const line of [...columns(rows), ...conditionLines(assessment.conditions)]) print(line)
  return status
}

const WHY = {
  small: 'the complete graph, as always up to 30 members',
  smallest: 'the smallest even degree that meets every condition'
} as const

const EXAMPLES = `
Examples:
  pnpm topology exposure --n 50 --degree 2 --collusion 0.1
  pnpm topology degree --n 200 --collusion 0.2 --recovery double-mask
  pnpm topology check topology/networks/street-25.yaml`

/** The command line; `status` collects the exit status of a command that ran. */
function program(output: Output, status: { code: number }): Command {
  const print = (line: string) => output.out(`${line}\n`)
  const command = new Command('pnpm topology')
    .description('Who masks with whom, how safe that is, and network files.')
    .addHelpText('after', EXAMPLES)
    .exitOverride()
    .configureOutput({ writeOut: output.out, writeErr: () => {} })
  command
    .command('exposure')
    .description('how many meters colluders expose, by formula and by simulation')
    .requiredOption('--n <members>', 'members of the neighbourhood', asInteger('--n'))
    .requiredOption('--degree <degree>', 'mask neighbours of a meter, even; n - 1 or more is the complete graph', asInteger('--degree'))
    .option('--collusion <fraction>', 'fraction of the members that collude with the aggregator', asDecimal('--collusion'), 0.1)
    .option('--recovery <mode>', RECOVERY_MODES.join(', '), recoveryMode, 'edge-release')
    .option('--trials <number>', 'random placements to simulate, 0 for none', asInteger('--trials'), 10_000)
    .option('--seed <text>', 'the same seed gives the same placements', '1')
    .option('--json', 'figures as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  pnpm topology exposure --n 50 --degree 2 --collusion 0.1\n  pnpm topology exposure --n 200 --degree 16 --recovery none --trials 100000 --json\n  pnpm topology exposure --n 50 --degree 18 --collusion 0.3 --recovery double-mask'
    )
    .action((options: ExposureOptions) => runExposure(options, print))
  command
    .command('degree')
    .description('the degree that auto chooses, and the chance that each condition of PROTOCOL.md section 5 fails')
    .requiredOption('--n <members>', 'members of the neighbourhood', asInteger('--n'))
    .option('--degree <degree>', 'show this degree instead of the one auto chooses', asInteger('--degree'))
    .option('--collusion <fraction>', 'fraction of the members that collude', asDecimal('--collusion'), 0.1)
    .option('--dropout <fraction>', 'fraction of the members that are missing', asDecimal('--dropout'), 0.1)
    .option('--recovery <mode>', RECOVERY_MODES.join(', '), recoveryMode, 'edge-release')
    .option('--sigma <bits>', 'conditions 1 and 3 may fail with a chance of 2^-sigma', asDecimal('--sigma'), 40)
    .option('--json', 'figures as JSON; null as log2 is a chance of zero')
    .addHelpText(
      'after',
      '\nExit status 1 where a condition is not met.\n\nExamples:\n  pnpm topology degree --n 50\n  pnpm topology degree --n 100 --degree 20 --dropout 0.3\n  pnpm topology degree --n 50 --recovery double-mask'
    )
    .action((options: DegreeOptions) => {
      status.code = runDegree(options, print)
    })
  command
    .command('check')
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
  command
    .command('schema')
    .description('the JSON schema of network files, as in topology/networks/network.schema.json')
    .action(() => print(JSON.stringify(networkJsonSchema(), null, 2)))
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
  try {
    program(output, status).parse(args, { from: 'user' })
    return status.code
  } catch (error) {
    if (error instanceof CommanderError) {
      if (error.exitCode === 0) return 0
      const message = error.message === '(outputHelp)' ? 'expected a command: exposure, degree, check or schema' : error.message
      output.err(`${message.replace(/^error: /, 'topology: ').replace(/\n/g, ' ')}\n`)
      return 2
    }
    if (!(error instanceof HushgridError)) throw error
    output.err(`${error.message}\n`)
    return 2
  }
}
