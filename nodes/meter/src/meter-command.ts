// `pnpm node:meter`: one meter as a program of its own.

import { setTimeout as wait } from 'node:timers/promises'
import { DEFAULT_FLOORS, RECOVERY, type RosterFloors } from '@hushgrid/dcnet'
import {
  idInAddress,
  LabClock,
  type MeterService,
  presetNamed,
  type ReadingSource,
  type SchedulingClock,
  SystemClock
} from '@hushgrid/network'
import { HushgridError, InvalidArgumentError, type Millis, millis, type Slot, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  moment,
  type NodeOptions,
  nodeCommand,
  readTextFile,
  runCommand,
  runNode,
  wholeNumber
} from '@hushgrid/runtime'
import { type Network, parseNetwork, RECOVERY_MODES, type RecoveryMode } from '@hushgrid/topology'
import { type HouseholdReadings, recordedHousehold, type SyntheticChoice, syntheticHousehold } from './household-readings.ts'
import { MeterEvents } from './meter-events.ts'
import { startMeter } from './meter-node.ts'
import { MeterStore } from './meter-store.ts'

interface Options extends NodeOptions {
  readonly registrar: string
  readonly data?: string
  readonly household?: string
  readonly replayFrom?: Millis
  readonly synthetic?: SyntheticChoice
  readonly minMembers: number
  readonly minDegree: number
  readonly minRecovery: RecoveryMode
  readonly leaveOnStop?: boolean
}

/** How long a meter that leaves waits to be out, in slots. */
const LEAVE_SLOTS = 2
const MAX_MEMBERS = 65_535
/** Households of a synthetic neighbourhood that can be told apart. */
const MAX_INDEX = 999_999

const EXAMPLES = `
Log: "listening" with this node's id, which the registrar's list of meters needs, then enrolled, connected, admitted,
roster (or why the meter stays out), submitted, no-reading, total, lost, misreported, evidence, dropped, trouble; where
members are missing released, request-refused (and why) or disputed; rolled-back where the journal is older than what
this meter has sent. No reading is ever logged. Ctrl-C ends the node; started again with the same folder it goes on with
the next slot. With --leave-on-stop it leaves first; a second Ctrl-C ends it at once.

A recording is played at the times it was made at. --replay-from plays it from that moment on in the slot that runs at
the start; pick a moment a whole number of weeks ago to keep weekday and time of day. --lab-clock moves the time of the
whole network instead, and may let it pass faster.

Examples:
  pnpm node:meter --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… --network topology/networks/neighbourhood-50.yaml \\
    --data-dir /var/lib/hushgrid/meter --data readings.csv --household house-12 --replay-from 2013-02-04T00:00:00Z
  pnpm node:meter --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… --network street.yaml \\
    --data-dir meter-3 --synthetic demo:3 --listen /ip4/127.0.0.1/tcp/0 --json`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = nodeCommand(
    'pnpm node:meter',
    'Run one smart meter of a network: it submits its household’s reading of each slot, masked.',
    '/ip4/0.0.0.0/tcp/0'
  )
    .requiredOption('--registrar <multiaddr>', 'where the registrar is, with its peer id, as its log says', registrarAddress)
    .option('--data <file|folder>', 'real readings: wide CSV, Low Carbon London, UMass Smart*, REFIT, UK-DALE or UCI')
    .option('--household <name|index>', 'which household of --data, by name or counted from 0')
    .option('--replay-from <time>', 'play --data from this moment on, whatever the date is now', text => moment('--replay-from', text))
    .option('--synthetic <seed[:index]>', 'a made-up household instead of --data; index from 0 (default: 0)', syntheticChoice)
    .option(
      '--min-members <number>',
      'least number of members in a roster to take part in',
      wholeNumber('--min-members', 3, MAX_MEMBERS),
      DEFAULT_FLOORS.minMembers
    )
    .option(
      '--min-degree <number>',
      'least number of mask neighbours, unless all members are that',
      wholeNumber('--min-degree', 2, MAX_MEMBERS),
      DEFAULT_FLOORS.degree
    )
    .option('--min-recovery <mode>', `least recovery mode: ${RECOVERY_MODES.join(', ')}`, recoveryMode, 'none' as RecoveryMode)
    .option('--leave-on-stop', 'announce to the registrar on Ctrl-C that this meter leaves, and stop once it is out (at most two slots)')
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

function registrarAddress(text: string): string {
  idInAddress(text)
  return text
}

function syntheticChoice(text: string): SyntheticChoice {
  const [, seed, index] = /^(.+?)(?::(\d+))?$/.exec(text) ?? []
  if (seed === undefined || Number(index ?? 0) > MAX_INDEX)
    throw new InvalidArgumentError('--synthetic', `SEED or SEED:INDEX with an index up to ${MAX_INDEX}`, JSON.stringify(text))
  return { seed, index: Number(index ?? 0) }
}

function recoveryMode(text: string): RecoveryMode {
  const mode = RECOVERY_MODES.find(known => known === text)
  if (!mode) throw new InvalidArgumentError('--min-recovery', RECOVERY_MODES.join(', '), JSON.stringify(text))
  return mode
}

async function run(options: Options): Promise<void> {
  const network = parseNetwork(readTextFile(options.network, 'a network file'), options.network)
  const floors: RosterFloors = { minMembers: options.minMembers, degree: options.minDegree, recovery: RECOVERY[options.minRecovery] }
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('meter', options.json === true, line => process.stdout.write(line))
  const events = new MeterEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))
  checkReadingOptions(options)

  await runNode(log, async fail => {
    const household = await readingsOf(options, network, clock.now())
    const giveUpFolder = claimDataFolder(options.dataDir)
    const store = MeterStore.open(options.dataDir, systemRng, true)
    const meter = await startMeter({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock,
      preset: presetNamed(preset, network.name, network.members),
      listen: options.listen,
      announce: options.announce,
      registrar: options.registrar,
      floors,
      readings: noticingGaps(household.readings, events),
      onConnected: () => events.connected(),
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
    events.listening(store.identity.id, meter.node.addresses)
    return {
      run: () => meter.service.join(),
      ...(options.leaveOnStop ? { leave: () => leaveFirst(meter.service, clock, network.slotSeconds) } : {}),
      stop: async () => {
        events.flush()
        await meter.stop()
        giveUpFolder()
      }
    }
  })
}

/** Leaves, and goes on until a roster without this meter is there; not longer than two slots. */
async function leaveFirst(service: MeterService, clock: SchedulingClock, slotSeconds: number): Promise<void> {
  const patience = clock.delayUntil(millis(clock.now() + LEAVE_SLOTS * slotSeconds * 1000)) ?? 0
  const done = new AbortController()
  try {
    await Promise.race([service.leave().then(() => service.left), wait(patience, undefined, { signal: done.signal })])
  } finally {
    done.abort()
  }
}

function checkReadingOptions({ data, household, replayFrom, synthetic }: Options): void {
  if ((data === undefined) === (synthetic === undefined))
    throw new HushgridError(`expected either --data or --synthetic, got ${data === undefined ? 'neither' : 'both'}`)
  if (data !== undefined) return
  const stray = household !== undefined ? '--household' : replayFrom !== undefined ? '--replay-from' : undefined
  if (stray) throw new HushgridError(`${stray}: expected with --data only; --synthetic SEED:INDEX picks a made-up household, at any time`)
}

async function readingsOf(options: Options, network: Network, now: Millis): Promise<HouseholdReadings> {
  const { data, household, replayFrom, synthetic } = options
  if (synthetic) return syntheticHousehold(synthetic, network)
  return await recordedHousehold({ data: data ?? '', household, replayFrom }, network, now)
}

/** Says once a slot that there is no reading; a network whose lanes nothing was measured in has none either. */
function noticingGaps(readings: ReadingSource, events: MeterEvents): ReadingSource {
  return (slot: Slot, lanes) => {
    try {
      const reading = readings(slot, lanes)
      if (!reading) events.noReading(slot, 'a gap')
      return reading
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      events.noReading(slot, cause.message)
      return undefined
    }
  }
}

/** What of the network's own description this meter will not take part in. */
function belowFloors(network: Network, options: Options): string[] {
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
