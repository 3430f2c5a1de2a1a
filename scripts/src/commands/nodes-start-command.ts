// `pnpm nodes:start`: its options and its help.
import type { LabWebOptions, LabWish } from '@hushgrid/lab'
import { LAB_DEFAULTS } from '@hushgrid/lab/options'
import { DATA_HELP, withDataFacts } from '@hushgrid/node-meter/options'
import { HushgridError } from '@hushgrid/primitives'
import { autoOr, choiceOf, wholeNumber } from '@hushgrid/runtime'
import { RECOVERY_MODES } from '@hushgrid/topology'
import { Command } from 'commander'
import { withContender } from './contender-options.ts'
import { exitStatus } from './exit-status.ts'

const { members: defaultMembers, slotMs: defaultSlotMs, slotMsPerMeter } = LAB_DEFAULTS
/** Port of the page, where it is free. */
const DEFAULT_WEB_PORT = 7480

/** Options as commander gives them. */
interface Options extends LabWish {
  readonly report?: string
  readonly json?: boolean
  /** False with --no-web. */
  readonly web: boolean
  readonly webPort?: number
}

const EXAMPLES = `
Examples:
  pnpm nodes:start --n 50
  pnpm nodes:start --n 50 --slots 20 --report runs/first
  pnpm nodes:start --n 50 --data readings.csv --slots 48
  pnpm nodes:start --network topology/networks/london-half-hourly.yaml --data lcl/
  pnpm nodes:start --n 50 --churn topology/scenarios/poisson-day.yaml
  pnpm nodes:start --n 50 --recovery double-mask      nobody's word for who is missing, at two messages a slot
  pnpm nodes:start --n 50 --mode pes --variant direct --bits 3072      the same job by concentrator, PES and Paillier
  pnpm nodes:start --n 10 --degree 2 --slots 5        the plain ring, for teaching
  pnpm nodes:start --n 200 --slots 10 --json > run.jsonl`

function command(action: (options: Options) => Promise<void>): Command {
  const head = new Command('pnpm nodes:start')
    .description('Start a neighbourhood of smart meters on this machine and run it, slot after slot, until Ctrl-C.')
    .option('--n <meters>', `how many meters (default: the network's number, ${defaultMembers})`, wholeNumber('--n', 3, 10_000))
    .option('--slots <number>', 'end after this many slots', wholeNumber('--slots', 1, 10_000_000))
    .option('--degree <auto|complete|K>', "mask neighbours a meter has (default: the network's, auto)")
    .option(
      `--recovery <${RECOVERY_MODES.join('|')}>`,
      "what happens when meters are missing (default: the network's, edge-release)",
      choiceOf('--recovery', RECOVERY_MODES)
    )
  const made = withContender(head)
    .option('--network <file>', 'network description, such as topology/networks/neighbourhood-50.yaml')
    .option('--data <file|folder>', `real ${DATA_HELP}`)
    .option('--seed <text>', 'seed of the synthetic readings (default: drawn, and shown)')
    .option(
      '--slot-ms <auto|ms>',
      `real length of a slot; auto begins with ${defaultSlotMs}, or ${slotMsPerMeter} a meter where that is more, and takes longer ones on a machine that is too busy for them (default: auto)`,
      autoOr(wholeNumber('--slot-ms', 100, 86_400_000))
    )
    .option(
      '--processes <number>',
      'processes that share the work (default: 1 up to 100 meters, then one per core)',
      wholeNumber('--processes', 1, 64)
    )
    .option(
      '--port <port>',
      'TCP port of the registrar, the next one for the aggregator (default: free ones)',
      wholeNumber('--port', 1, 65_534)
    )
    .option('--report <folder>', 'where the report goes (default: runs/<time>-<name>)')
    .option('--churn <scenario>', 'have a churn scenario happen: a file, or the name of a shipped one (pnpm churn --list)')
    .option('--no-web', 'without the page that shows the neighbourhood, single readings included, on this machine')
    .option(
      '--web-port <port>',
      `its port, 0 for a free one (default: ${DEFAULT_WEB_PORT}, or a free one)`,
      wholeNumber('--web-port', 0, 65_535)
    )
    .option('--json', 'events as JSON lines on standard output instead of the display')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .action(action)
  return withDataFacts(made)
}

/**
 * Runs the command.
 *
 * @returns its exit status: 0, also after Ctrl-C; 1 where the run failed or a total was wrong; 2 where the input was wrong
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const program = command(async options => {
    const web = webOf(options)
    if (!options.json) process.stdout.write('Loading the nodes …\n')
    const { planLab, runLab } = await import('@hushgrid/lab')
    const plan = await planLab(options, options.web)
    status = await runLab(plan, { report: options.report, json: options.json, web })
  })
  return await exitStatus(program, args, () => status)
}

function webOf({ web, webPort }: Options): LabWebOptions | undefined {
  if (!web && webPort !== undefined) throw new HushgridError('--web-port: expected without --no-web')
  if (!web) return undefined
  return webPort === undefined ? { port: DEFAULT_WEB_PORT, orFree: true } : { port: webPort }
}
