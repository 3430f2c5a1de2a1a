// `pnpm churn`: a scenario under virtual time, or on real nodes.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { LoadedScenario } from '@hushgrid/lab'
import { HushgridError, tableLines, wrappedText } from '@hushgrid/primitives'
import { autoOr, choiceOf, wholeNumber } from '@hushgrid/runtime'
import { RECOVERY_MODES, type RecoveryMode, resolveDegree } from '@hushgrid/topology'
import { Command } from 'commander'
import { withContender } from './contender-options.ts'
import { exitStatus } from './exit-status.ts'

interface Options {
  readonly live?: boolean
  readonly list?: boolean
  readonly seed?: string
  readonly recovery?: RecoveryMode
  readonly mode?: string
  readonly variant?: string
  readonly bits?: number
  readonly slotMs?: number | 'auto'
  readonly report?: string
  readonly json?: boolean
}

/** Real length of a live slot where none is given: each meter's part of it, and the least, ms. */
const LIVE_SLOT_MS_PER_METER = 40
const LEAST_LIVE_SLOT_MS = 1500
/**
 * Real length of a live slot in which the aggregator goes away, ms: every meter has to find it again before the
 * deadline, a quarter of a slot.
 */
const RESTART_SLOT_MS = 10_000
/** Most meters that one process keeps up with. */
const ONE_PROCESS_MEMBERS = 100

const EXAMPLES = `
A scenario is a YAML file (topology/scenarios/scenario.schema.json completes it in an editor) or the name of a shipped one.
Under virtual time a run takes seconds, and the same seed gives the same run. Exit status: 0 where everything came as the
scenario expects, 1 where it did not, 2 where the input is not what it must be.

Examples:
  pnpm churn --list
  pnpm churn topology/scenarios/evening-outage.yaml
  pnpm churn poisson-day --seed 7 --report runs/poisson
  pnpm churn partition-and-heal --recovery double-mask         the same, recovered by double mask
  pnpm churn one-join --mode pes --variant direct              the same job by concentrator, PES and Paillier
  pnpm churn topology/scenarios/evening-outage.yaml --live     on real libp2p nodes`

/**
 * Runs the command.
 *
 * @returns its exit status
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const head = new Command('pnpm churn')
    .description('Run a churn scenario: meters join, leave and crash, networks fail, and somebody may cheat.')
    .argument('[scenario]', 'a scenario file, or the name of a shipped one')
    .option('--live', 'on real libp2p nodes of this machine instead of under virtual time')
    .option('--list', 'list the shipped scenarios')
    .option('--seed <text>', "seed of keys, latencies, readings and of what the scenario draws (default: the scenario's)")
    .option(
      `--recovery <${RECOVERY_MODES.join('|')}>`,
      "what happens when meters are missing (default: the scenario's network's, edge-release)",
      choiceOf('--recovery', RECOVERY_MODES)
    )
  const program = withContender(head)
    .option(
      '--slot-ms <auto|ms>',
      'real length of a slot, with --live; auto takes longer ones on a busy machine (default: auto)',
      autoOr(wholeNumber('--slot-ms', 100, 86_400_000))
    )
    .option('--report <folder>', 'where the report goes (default: none; with --live runs/<time>-<name>)')
    .option('--json', 'the result as JSON on standard output')
    .addHelpText('after', EXAMPLES)
    .allowExcessArguments(false)
    .action(async (scenario: string | undefined, options: Options) => {
      status = await run(scenario, options)
    })
  return await exitStatus(program, args, () => status)
}

async function run(given: string | undefined, options: Options): Promise<number> {
  if (options.list) return await list()
  if (given === undefined) throw new HushgridError('expected a scenario file or the name of a shipped one; --list shows those')
  if (options.slotMs !== undefined && !options.live)
    throw new HushgridError('--slot-ms: expected with --live only; virtual time takes none')
  if (options.live && options.mode === 'pes')
    throw new HushgridError(`--live: expected without --mode pes, which pnpm nodes:start --mode pes --churn ${given} runs on real nodes`)
  if (!options.json) process.stdout.write('Loading the scenario and its nodes …\n')
  const { loadScenario, scenarioPath } = await import('@hushgrid/lab')
  const loaded = loadScenario(scenarioPath(given), { seed: options.seed, recovery: options.recovery })
  return options.live ? await runLive(loaded, options) : await runSimulated(loaded, options)
}

async function list(): Promise<number> {
  const { shippedScenarios } = await import('@hushgrid/lab')
  const shipped = shippedScenarios()
  for (const line of tableLines(shipped.map(({ name, about }) => [name, about]))) process.stdout.write(`${line}\n`)
  return 0
}

async function runSimulated(loaded: LoadedScenario, options: Options): Promise<number> {
  const { ChurnReport, closingText, SLOT_HEADER, slotText } = await import('@hushgrid/lab')
  const { checkExpectations } = await import('@hushgrid/scenarios')
  const { network, operations, file } = loaded
  const { contender, bits } = await contenderOfRun(loaded, options)
  const { facts, shown, simulated } = contender
  if (!simulated) throw new HushgridError(`${shown.called}: expected a way to run in virtual time, got none`)
  // Expectations are those of a recovery mode.
  const scenario = facts.recoveries ? loaded.scenario : { ...loaded.scenario, expect: {} }
  const write = (text: string): void => {
    if (!options.json) process.stdout.write(`${wrappedText(text)}\n`)
  }
  const degree = resolveDegree(network, scenario.members)
  const report = options.report === undefined ? undefined : new ChurnReport(options.report)
  write(`${scenario.name}: ${scenario.about}`)
  const masks = `degree ${degree.degree} (${degree.neighbours} mask neighbours each), recovery ${network.recovery}`
  write(`${scenario.members} members, ${facts.masks ? masks : `${shown.called}, Paillier of ${bits} bits`}, seed ${scenario.seed}`)
  write(`\n${SLOT_HEADER}`)
  const started = new Date()
  const result = simulated({
    ...{ network, seed: scenario.seed, operations, slots: scenario.slots, bits },
    onSlot: slot => {
      write(slotText(slot))
      report?.slot(slot)
    },
    prepare: neighbourhood => report?.follow(neighbourhood)
  })
  const expectations = [...checkExpectations(scenario.expect, result), ...result.violations]
  const realMs = Date.now() - started.getTime()
  write(closingText({ result, slotSeconds: network.slotSeconds }, scenario.expect, expectations, options.report))
  if (options.json)
    process.stdout.write(`${JSON.stringify({ scenario: scenario.name, seed: scenario.seed, ...plain(result), expectations })}\n`)
  else for (const sentence of expectations) process.stderr.write(`not as expected: ${sentence}\n`)
  // Comes last, since a full disk would take what is shown with it.
  report?.write({
    contender: facts,
    started,
    scenario,
    network,
    degree: facts.masks ? degree.degree : 0,
    file,
    result,
    expectations,
    realMs
  })
  return expectations.length === 0 ? 0 : 1
}

/** Gives the contender of a run in virtual time. @throws HushgridError where the scenario is about another */
async function contenderOfRun({ scenario, network, operations }: LoadedScenario, options: Options) {
  const { contenderOf } = await import('@hushgrid/lab')
  const chosen = contenderOf(options, network.recovery)
  const { facts } = chosen.contender
  const attack = operations.find(operation => operation.do === 'attack')
  if (attack && !facts.masks)
    throw new HushgridError(`--mode ${options.mode}: expected a scenario without attacks, which are on the DC-net, got ${scenario.name}`)
  return chosen
}

/** Gives a result with its evidence in hexadecimal. */
function plain<T extends { readonly evidence: readonly { readonly envelopes: readonly Uint8Array[] }[] }>(result: T): object {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
  return { ...result, evidence: result.evidence.map(each => ({ ...each, envelopes: each.envelopes.map(hex) })) }
}

async function runLive({ scenario, network, operations }: LoadedScenario, options: Options): Promise<number> {
  const { contenderFor, runLab, syntheticReadings } = await import('@hushgrid/lab')
  const { metersOf, whyNotLive } = await import('@hushgrid/scenarios')
  const reason = whyNotLive(operations)
  if (reason !== undefined) throw new HushgridError(`--live: ${reason}`)
  // Checks the degree before anything is shown or written.
  resolveDegree(network, scenario.members)
  const meters = metersOf(operations, scenario.members)
  const readings = syntheticReadings(network, meters, scenario.seed)
  const { members } = scenario
  const restarts = operations.some(operation => operation.do === 'aggregator-crash')
  return await runLab(
    {
      network,
      members,
      readings,
      seed: scenario.seed,
      contender: contenderFor({ mode: 'dcnet', recovery: network.recovery }),
      slots: scenario.slots,
      slotMs:
        typeof options.slotMs === 'number'
          ? options.slotMs
          : Math.max(restarts ? RESTART_SLOT_MS : LEAST_LIVE_SLOT_MS, LIVE_SLOT_MS_PER_METER * members),
      adapts: typeof options.slotMs !== 'number',
      processes: members <= ONE_PROCESS_MEMBERS ? 1 : availableParallelism(),
      port: undefined,
      notes: [`${scenario.name}: ${scenario.about}`, `readings: ${readings.source}`],
      churn: { scenario, operations }
    },
    { report: options.report ?? join('runs', `${stamp()}-${scenario.name}`), json: options.json }
  )
}

function stamp(): string {
  return new Date(performance.timeOrigin).toISOString().slice(0, 19).replaceAll(':', '')
}
