// `pnpm nodes:start`: its options, and a run from the first node to the report.
import { randomBytes } from 'node:crypto'
import type { LabPlan, LabWebOptions } from '@hushgrid/lab'
import {
  DEFAULT_BITS,
  type LabReadings,
  labNetwork,
  loadScenario,
  processesFor,
  readingsOfRecording,
  recordedReadings,
  runLab,
  scenarioPath,
  syntheticReadings
} from '@hushgrid/lab'
import { KEY_BITS } from '@hushgrid/paillier'
import { PES_VARIANTS, type PesVariantName } from '@hushgrid/pes'
import { HushgridError, InvalidArgumentError } from '@hushgrid/primitives'
import { readNetwork, wholeNumber } from '@hushgrid/runtime'
import { metersOf, planScenario, whyNotLive } from '@hushgrid/scenarios'
import {
  completeDegree,
  exposureSentence,
  exposureSummary,
  type Network,
  RECOVERY_MODES,
  type RecoveryMode,
  resolveDegree
} from '@hushgrid/topology'
import { Command } from 'commander'
import { exitStatus } from './exit-status.ts'
import { recoveryMode } from './recovery-option.ts'

const DEFAULT_MEMBERS = 50
const DEFAULT_SLOT_MS = 1000
/** What a slot of one meter takes of one core, ms, with room to spare; all nodes of a lab share the machine. */
const SLOT_MS_PER_METER = 8
/** Partial decryptions, their proofs and their checks under a longer key take most of a second. */
const LONG_KEY_SLOT_MS = 3000
/** Of the page, where it is free. */
const DEFAULT_WEB_PORT = 7480
/** Households beyond the members, whose meters may join: a tenth of them, at least so many. */
const LEAST_SPARE = 5

/** The options as commander gives them. */
interface Options {
  readonly n?: number
  readonly slots?: number
  readonly degree?: string
  readonly recovery?: RecoveryMode
  readonly network?: string
  readonly data?: string
  readonly seed?: string
  readonly slotMs?: number
  readonly processes?: number
  readonly report?: string
  readonly port?: number
  readonly json?: boolean
  readonly churn?: string
  readonly mode?: 'dcnet' | 'pes'
  readonly variant?: PesVariantName
  readonly bits?: number
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

const MODES = ['dcnet', 'pes'] as const

function choice<T extends string>(name: string, values: readonly T[]): (text: string) => T {
  return text => {
    const found = values.find(value => value === text)
    if (found === undefined) throw new InvalidArgumentError(name, `one of ${values.join(', ')}`, `'${text}'`)
    return found
  }
}

function bitsOf(text: string): number {
  const bits = Number(text)
  if (!KEY_BITS.includes(bits)) throw new InvalidArgumentError('--bits', `one of ${KEY_BITS.join(', ')}`, `'${text}'`)
  return bits
}

function command(action: (options: Options) => Promise<void>): Command {
  return new Command('pnpm nodes:start')
    .description('Start a neighbourhood of smart meters on this machine and run it, slot after slot, until Ctrl-C.')
    .option('--n <meters>', `how many meters (default: the network's number, ${DEFAULT_MEMBERS})`, wholeNumber('--n', 3, 10_000))
    .option('--slots <number>', 'end after this many slots', wholeNumber('--slots', 1, 10_000_000))
    .option('--degree <auto|complete|K>', "mask neighbours a meter has (default: the network's, auto)")
    .option(
      `--recovery <${RECOVERY_MODES.join('|')}>`,
      "what happens when meters are missing (default: the network's, edge-release)",
      recoveryMode
    )
    .option('--mode <dcnet|pes>', 'masks that cancel, or a concentrator and Paillier encryption (default: dcnet)', choice('--mode', MODES))
    .option(
      '--variant <reencrypt|direct>',
      'with --mode pes: the PES sees each reading for a moment, or meters encrypt for the supplier (default: reencrypt)',
      choice('--variant', PES_VARIANTS)
    )
    .option('--bits <2048|3072|4096>', 'with --mode pes: of the Paillier key (default: 2048)', bitsOf)
    .option('--network <file>', 'network description, such as topology/networks/neighbourhood-50.yaml')
    .option('--data <file|folder>', 'real readings: wide CSV, Low Carbon London, UMass Smart*, REFIT, UK-DALE or UCI')
    .option('--seed <text>', 'seed of the synthetic readings (default: drawn, and shown)')
    .option(
      '--slot-ms <ms>',
      `real length of a slot (default: ${DEFAULT_SLOT_MS}, or ${SLOT_MS_PER_METER} a meter where that is more)`,
      wholeNumber('--slot-ms', 100, 86_400_000)
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
}

/**
 * Runs the command.
 *
 * @returns its exit status: 0, also after Ctrl-C; 1 where the run failed or a total was wrong; 2 where the input was
 */
export async function main(args: readonly string[]): Promise<number> {
  let status = 0
  const program = command(async options => {
    const web = webOf(options)
    const plan = await planOf(options)
    status = await runLab(plan, { report: options.report, json: options.json, web })
  })
  return await exitStatus(program, args, () => status)
}

function webOf({ web, webPort }: Options): LabWebOptions | undefined {
  if (!web && webPort !== undefined) throw new HushgridError('--web-port: expected without --no-web')
  if (!web) return undefined
  return webPort === undefined ? { port: DEFAULT_WEB_PORT, orFree: true } : { port: webPort }
}

async function planOf(options: Options): Promise<LabPlan> {
  const given = options.network === undefined ? undefined : readNetwork(options.network)
  const members = options.n ?? given?.members ?? DEFAULT_MEMBERS
  const notes: string[] = []
  let network = networkOf(options, given, members)
  if (members < network.minMembers) {
    throw new HushgridError(`--n ${members}: expected at least the network's minMembers, ${network.minMembers}`)
  }
  resolveDegree(network, members)

  const churn = churnOf(options, members, network.recovery)
  // Those who join later have readings too.
  const households = churn ? metersOf(churn.operations, members) : members
  const spare = options.web ? Math.max(LEAST_SPARE, Math.round(members / 10)) : 0
  const seed = options.seed ?? randomBytes(4).toString('hex')
  let readings: LabReadings
  if (options.data === undefined) readings = syntheticReadings(network, households + spare, seed)
  else {
    const loaded = await recordedReadings(options.data, given?.slotSeconds).catch(cause => {
      if (!(cause instanceof InvalidArgumentError) || given === undefined) throw cause
      throw new HushgridError(`--network ${options.network} does not fit --data ${options.data}: ${cause.message}`)
    })
    if (loaded.slotSeconds !== network.slotSeconds) {
      network = { ...network, slotSeconds: loaded.slotSeconds }
      notes.push(`slots of ${loaded.slotSeconds} s, as the readings have them`)
    }
    readings = readingsOfRecording(loaded, network, households, options.data, spare)
  }
  notes.push(...readings.notes)
  if (options.data === undefined) notes.push(`readings: ${readings.source}`)
  const pes = pesOf(options, churn)
  const degree = resolveDegree(network, members)
  if (!pes && degree.neighbours <= 2) {
    const summary = exposureSummary({ members, degree: degree.degree, collusion: network.collusion, recovery: network.recovery })
    notes.push(`warning: degree ${degree.degree} is for teaching. ${exposureSentence(summary)}`)
  }
  const least = pes?.variant === 'direct' && pes.bits > DEFAULT_BITS ? LONG_KEY_SLOT_MS : DEFAULT_SLOT_MS
  const slotMs = options.slotMs ?? Math.max(least, SLOT_MS_PER_METER * members)
  if (options.slotMs === undefined && slotMs > DEFAULT_SLOT_MS)
    notes.push(
      `slots of ${slotMs} ms, since ${slotMs > SLOT_MS_PER_METER * members ? 'decrypting with long keys takes a while' : `${members} meters share this machine`}; --slot-ms sets another length`
    )
  return {
    network,
    members,
    readings,
    seed,
    mode: options.mode ?? 'dcnet',
    pes,
    slots: options.slots ?? churn?.scenario.slots,
    slotMs,
    processes: options.processes ?? processesFor(pes ? 'pes' : 'dcnet', members),
    port: options.port,
    notes,
    churn
  }
}

/** What is left of the options with the path by concentrator and PES; undefined with the DC-net. */
function pesOf(options: Options, churn: LabPlan['churn']): LabPlan['pes'] {
  const { mode, variant, bits, processes, degree, recovery } = options
  if (mode !== 'pes') {
    if (variant !== undefined || bits !== undefined)
      throw new HushgridError(`${variant === undefined ? '--bits' : '--variant'}: expected with --mode pes only`)
    return undefined
  }
  if (degree !== undefined || recovery !== undefined)
    throw new HushgridError(`${degree === undefined ? '--recovery' : '--degree'}: expected without --mode pes, which has no masks`)
  if (processes !== undefined && processes > 1) throw new HushgridError(`--processes ${processes}: expected 1 with --mode pes`)
  const away = churn?.operations.find(({ do: what }) => what === 'registrar-crash')
  if (away) throw new HushgridError("--churn: expected no 'registrar-crash' with --mode pes, which has no registrar")
  return { variant: variant ?? 'reencrypt', bits: bits ?? DEFAULT_BITS }
}

/** The file's network, or the lab's, with what the options name in its place. */
function networkOf({ degree, recovery }: Options, given: Network | undefined, members: number): Network {
  const base = given ? { ...given, members } : labNetwork(members)
  return { ...base, degree: degree === undefined ? base.degree : degreeOf(degree, members), recovery: recovery ?? base.recovery }
}

/** The scenario, planned for as many meters as there are: its own number is for runs of its own. */
function churnOf(options: Options, members: number, recovery: RecoveryMode): LabPlan['churn'] {
  if (options.churn === undefined) return undefined
  const { scenario } = loadScenario(scenarioPath(options.churn), { seed: options.seed, recovery })
  const planned = { ...scenario, members, slots: options.slots ?? scenario.slots }
  const operations = planScenario(planned, [])
  const reason = whyNotLive(operations)
  if (reason !== undefined) throw new HushgridError(`--churn ${options.churn}: ${reason}`)
  // What it expects holds for its own number of members and its own network.
  const own = scenario.members === members && options.network === undefined && options.degree === undefined && options.slots === undefined
  return { scenario: own && options.mode !== 'pes' ? scenario : { ...scenario, expect: {} }, operations }
}

function degreeOf(text: string, members: number): Network['degree'] {
  if (text === 'auto' || text === 'complete') return text
  const degree = Number(text)
  const most = completeDegree(members)
  if (!/^\d+$/.test(text) || degree < 2 || degree % 2 !== 0 || degree > most) {
    throw new InvalidArgumentError(
      '--degree',
      `auto, complete or an even number from 2 to ${most}, which is complete for ${members} meters`,
      text
    )
  }
  return degree
}
