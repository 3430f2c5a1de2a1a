// `pnpm node:meter`: one meter as a program of its own.
import { DEFAULT_FLOORS, RECOVERY, type RosterFloors } from '@hushgrid/dcnet'
import { LabClock, nodeAddress, nodeKey, presetNamed, type SchedulingClock, SystemClock } from '@hushgrid/network'
import { HushgridError, InvalidArgumentError, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  type NodeOptions,
  nodeCommand,
  readNetwork,
  runCommand,
  runNode,
  wholeNumber
} from '@hushgrid/runtime'
import { type Network, RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'
import { Option } from 'commander'
import { type HomeOptions, startHome, withHomeOptions } from '../billing/home.ts'
import { MeterEvents } from '../dcnet/events.ts'
import { leaveFirst } from '../dcnet/leave-first.ts'
import { startMeter } from '../dcnet/node.ts'
import { MeterStore } from '../dcnet/store.ts'
import { checkReadingOptions, noticingGaps, type ReadingOptions, readingsOf, withReadingOptions } from '../readings/reading-options.ts'
import { billingPair } from './billing-pair-command.ts'
import { type MeterSetting, type PesMeterOptions, runPesMeter } from './pes-meter.ts'

interface Options
  extends NodeOptions,
    ReadingOptions,
    HomeOptions,
    Partial<Omit<PesMeterOptions, keyof NodeOptions | keyof ReadingOptions>> {
  readonly mode: 'dcnet' | 'pes'
  readonly registrar?: string
  readonly minDegree?: number
  readonly minRecovery?: RecoveryMode
}

/** Options as the DC-net has them. */
interface RingOptions extends NodeOptions, ReadingOptions, HomeOptions {
  readonly registrar: string
  readonly minMembers: number
  readonly minDegree: number
  readonly minRecovery: RecoveryMode
  readonly leaveOnStop?: boolean
}

const MAX_MEMBERS = 65_535

const EXAMPLES = `
Two paths. With --mode dcnet, the default, the meter masks its readings in a ring, and --registrar says where that is.
With --mode pes it sends them encrypted to a concentrator, --concentrator, for the PES ('reencrypt': the PES sees each
for a moment) or for the supplier ('direct'), whichever the PES's setup says; give --pes-key and --supplier-key, or a
concentrator that lies about them reads everything.

Log: "listening" with this node's id, which the registrar's list of meters needs, then enrolled, connected, admitted,
roster (or why the meter stays out), submitted, no-reading, total, lost, misreported, evidence, dropped, trouble; where
members are missing released, request-refused (and why) or disputed; rolled-back where the journal is older than what
this meter has sent. With --mode pes: setup (or setup-refused), admitted, submitted, left. No reading is ever logged. Ctrl-C ends the node; started again with the same folder it goes on with
the next slot. With --leave-on-stop it leaves first; a second Ctrl-C ends it at once.

With --billing-period the meter also seals its readings for its customer, encrypted and signed, a batch each day, week or
month, keeps those of twelve months, and hands them to the customer's program (pnpm node:customer) that it is paired with;
log: billing, sealed, batches-dropped, left-out, paired, home-refused. "pnpm node:meter billing-pair" shows the code for
pairing. Lanes, length of slots, period and time zone stay what they were when that began.

A recording is played at the times it was made at. --replay-from plays it from that moment on in the slot that runs at
the start; pick a moment a whole number of weeks ago to keep weekday and time of day. --lab-clock moves the time of the
whole network instead, and may let it pass faster.

Examples:
  pnpm node:meter --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… --network topology/networks/neighbourhood-50.yaml \\
    --data-dir /var/lib/hushgrid/meter --data readings.csv --household house-12 --replay-from 2013-02-04T00:00:00Z
  pnpm node:meter --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… --network street.yaml \\
    --data-dir meter-3 --synthetic demo:3 --listen /ip4/127.0.0.1/tcp/0 --json
  pnpm node:meter --mode pes --concentrator /ip4/192.0.2.7/tcp/7402/p2p/12D3KooW… --pes-key 5f6e…c1 --supplier-key 03ab…9d \\
    --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/meter --synthetic demo:3
  pnpm node:meter --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… --network street.yaml --data-dir meter-3 \\
    --synthetic demo:3 --billing-period day --time-zone Europe/London
  pnpm node:meter billing-pair --data-dir meter-3`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === 'billing-pair') {
    await billingPair(argv.toSpliced(2, 1))
    return
  }
  const command = withReadingOptions(
    nodeCommand(
      'pnpm node:meter',
      'Run one smart meter of a network: it submits its household’s reading of each slot, masked or encrypted.',
      '/ip4/0.0.0.0/tcp/0'
    )
      .addOption(new Option('--mode <name>', 'which path the readings take').choices(['dcnet', 'pes']).default('dcnet'))
      .option('--registrar <multiaddr>', 'with dcnet: where the registrar is, with its peer id, as its log says', nodeAddress)
      .option('--concentrator <multiaddr>', 'with pes: where the concentrator is, with its peer id, as its log says', nodeAddress)
      .option('--pes-key <hex|multiaddr>', 'with pes: the PES (default: whoever the concentrator names)', nodeKey('--pes-key'))
      .option(
        '--supplier-key <hex|multiaddr>',
        'with pes: the supplier (default: whoever the concentrator names)',
        nodeKey('--supplier-key')
      )
  )
    .option(
      '--min-members <number>',
      `least number of members in a roster, or of readings in a sum, to take part in (default: ${DEFAULT_FLOORS.minMembers})`,
      wholeNumber('--min-members', 3, MAX_MEMBERS)
    )
    .option(
      '--min-degree <number>',
      `least number of mask neighbours, unless all members are that (default: ${DEFAULT_FLOORS.degree})`,
      wholeNumber('--min-degree', 2, MAX_MEMBERS)
    )
    .option('--min-recovery <mode>', `least recovery mode: ${RECOVERY_MODES.join(', ')} (default: none)`, recoveryMode)
    .option('--leave-on-stop', 'announce on Ctrl-C that this meter leaves, and stop once it is out (at most two slots)')
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(withHomeOptions(command), argv)
}

function recoveryMode(text: string): RecoveryMode {
  const mode = RECOVERY_MODES.find(known => known === text)
  if (!mode) throw new InvalidArgumentError('--min-recovery', RECOVERY_MODES.join(', '), JSON.stringify(text))
  return mode
}

async function run(options: Options): Promise<void> {
  const { mode, registrar, concentrator, minMembers = DEFAULT_FLOORS.minMembers } = options
  checkMode(options)
  const network = readNetwork(options.network)
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('meter', options.json === true, line => process.stdout.write(line))
  checkReadingOptions(options)
  const setting: MeterSetting = { network, clock, preset, limits: presetNamed(preset, network.name, network.members), log }
  if (mode === 'pes' && concentrator !== undefined) await runPesMeter({ ...options, concentrator, minMembers }, setting)
  else if (mode === 'dcnet' && registrar !== undefined) {
    const { minDegree = DEFAULT_FLOORS.degree, minRecovery = 'none' } = options
    await runRingMeter({ ...options, registrar, minMembers, minDegree, minRecovery }, setting)
  } else throw new HushgridError(`--mode ${mode}: expected --${mode === 'pes' ? 'concentrator' : 'registrar'} with it, got none`)
}

/** @throws HushgridError where an option belongs to the other path */
function checkMode({ mode, registrar, concentrator, pesKey, supplierKey, minDegree, minRecovery }: Options): void {
  const others =
    mode === 'pes'
      ? { '--registrar': registrar, '--min-degree': minDegree, '--min-recovery': minRecovery }
      : { '--concentrator': concentrator, '--pes-key': pesKey, '--supplier-key': supplierKey }
  for (const [option, value] of Object.entries(others))
    if (value !== undefined) throw new HushgridError(`${option}: expected with --mode ${mode === 'pes' ? 'dcnet' : 'pes'} only`)
}

async function runRingMeter(options: RingOptions, { network, clock, preset, limits, log }: MeterSetting): Promise<void> {
  const floors: RosterFloors = { minMembers: options.minMembers, degree: options.minDegree, recovery: RECOVERY[options.minRecovery] }
  const events = new MeterEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))
  await runNode(log, async fail => {
    const household = await readingsOf(options, network, clock.now())
    const giveUpFolder = claimDataFolder(options.dataDir)
    const store = MeterStore.open(options.dataDir, systemRng, true)
    const meter = await startMeter({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock,
      preset: limits,
      listen: options.listen,
      announce: options.announce,
      registrar: options.registrar,
      floors,
      readings: noticingGaps(household.readings, events),
      onConnected: () => events.connected('aggregator'),
      observe: output => events.output(output),
      warn: problem => events.trouble(problem),
      stranded: fail,
      fail
    })
    events.starting({ network, preset, clock, labClock: options.labClock })
    for (const held of meter.service.state.book.held) events.roster(held.roster, { restored: true })
    log.info('readings', household.about)
    if (household.problem) log.warn('readings', { problem: household.problem })
    for (const problem of belowFloors(network, options)) log.warn('floor', { problem }, problem)
    if (!store.journal.intact)
      log.warn('journal-lost', {
        problem: 'the journal of submissions is missing or damaged: nothing is submitted for the slot that runs now'
      })
    const stopHome = await startHome(options, {
      node: meter.node,
      identity: store.identity,
      dataDir: options.dataDir,
      network,
      clock,
      readings: household.readings,
      log,
      fail
    })
    events.listening(store.identity.id, meter.node.addresses)
    return {
      run: () => meter.service.join(),
      ...(options.leaveOnStop
        ? { leave: () => leaveFirst(() => meter.service.leave().then(() => meter.service.left), clock, network.slotSeconds) }
        : {}),
      stop: async () => {
        events.flush()
        stopHome()
        await meter.stop()
        giveUpFolder()
      }
    }
  })
}

/** What of the network's own description this meter will not take part in. */
function belowFloors(network: Network, options: RingOptions): string[] {
  const { minMembers, minDegree, minRecovery } = options
  const problems: string[] = []
  if (network.minMembers < minMembers)
    problems.push(`the network's minMembers ${network.minMembers} is below --min-members ${minMembers}: this meter will stay out`)
  if (typeof network.degree === 'number' && network.degree < minDegree)
    problems.push(
      `the network's degree ${network.degree} is below --min-degree ${minDegree}: this meter will stay out unless all are neighbours`
    )
  if (RECOVERY[network.recovery] < RECOVERY[minRecovery])
    problems.push(`the network's recovery '${network.recovery}' is below --min-recovery ${minRecovery}: this meter will stay out`)
  return problems
}
