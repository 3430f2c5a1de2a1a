// `pnpm node:registrar`: one registrar as a program of its own.
import type { RegistrarOutput } from '@hushgrid/dcnet'
import { LabClock, nodeKey, presetNamed, type SchedulingClock, SystemClock } from '@hushgrid/network'
import { InvalidArgumentError, type MeterId, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  NodeEvents,
  type NodeOptions,
  nodeCommand,
  readAllowedMeters,
  readNetwork,
  runCommand,
  runNode,
  wholeNumber
} from '@hushgrid/runtime'
import { type Network, resolveDegree } from '@hushgrid/topology'
import { startRegistrar } from './node.ts'
import { RegistrarStore } from './store.ts'

interface Options extends NodeOptions {
  readonly members?: number
  readonly allow?: string
  readonly aggregatorKey?: MeterId
}

const MAX_MEMBERS = 65_535

const EXAMPLES = `
Log: "listening" with the multiaddr that the other nodes are given as --registrar, then enrolled, admitted, aggregator,
roster, changes (how many joined, left, are absent or back), fault, aggregator-fault, evidence, dropped, trouble.
Ctrl-C ends the node; started again with the same folder it goes on where it was.

Examples:
  pnpm node:registrar --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/registrar
  pnpm node:registrar --network topology/networks/district-200.yaml --data-dir registrar        recovery by double mask
  pnpm node:registrar --network street.yaml --data-dir registrar --allow meters.txt --aggregator-key 5f6e…c1
  pnpm node:registrar --network street.yaml --data-dir registrar --listen /ip4/127.0.0.1/tcp/0 --members 7 --json`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = nodeCommand(
    'pnpm node:registrar',
    'Run the registrar of a network: it enrols meters, signs the rosters, and sees no reading.',
    '/ip4/0.0.0.0/tcp/7400'
  )
    .option(
      '--members <number>',
      "members to wait for before the first roster (default: the network file's)",
      wholeNumber('--members', 3, MAX_MEMBERS)
    )
    .option('--allow <file>', 'ids of the meters that may enrol, one a line (default: any meter, which is for labs)')
    .option(
      '--aggregator-key <hex|multiaddr>',
      'the aggregator, by its id or a multiaddr of it (default: the first that comes, which is for labs)',
      nodeKey('--aggregator-key')
    )
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

async function run(options: Options): Promise<void> {
  const network = readNetwork(options.network)
  const formWith = options.members ?? network.members
  check(network, formWith)
  const allowed = options.allow === undefined ? undefined : readAllowedMeters(options.allow)
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('registrar', options.json === true, line => process.stdout.write(line))
  const events = new NodeEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))

  await runNode(log, async fail => {
    const giveUpFolder = claimDataFolder(options.dataDir)
    const store = RegistrarStore.open(options.dataDir, systemRng, true)
    const registrar = await startRegistrar({
      store,
      network,
      formWith,
      aggregatorKey: options.aggregatorKey,
      allowed,
      clock,
      preset: presetNamed(preset, network.name, Math.max(formWith, network.members)),
      listen: options.listen,
      announce: options.announce,
      rng: systemRng,
      observe: output => report(events, output, formWith),
      warn: problem => events.trouble(problem),
      fail
    })
    events.starting({ network, preset, clock, labClock: options.labClock, more: { formWith } })
    const { state } = registrar.service
    if (store.journal.length > 0) {
      log.info('restored', { enrolled: state.enrolled.size, waiting: state.waiting.size, epoch: state.book.latest?.roster.epoch ?? 'none' })
      if (state.book.latest) events.roster(state.book.latest.roster)
    }
    if (!allowed) log.warn('open', { problem: 'any meter may enrol, for there is no --allow' }, 'open to meters')
    if (!options.aggregatorKey && !state.aggregator)
      log.warn('open', { problem: 'the first aggregator that comes is taken, for there is no --aggregator-key' }, 'open to aggregators')
    events.listening(store.identity.id, registrar.node.addresses)
    return {
      run: () => Promise.resolve(),
      stop: async () => {
        events.flush()
        await registrar.stop()
        giveUpFolder()
      }
    }
  })
}

function check(network: Network, formWith: number): void {
  if (formWith < network.minMembers)
    throw new InvalidArgumentError('--members', `at least the network's minMembers, ${network.minMembers}`, String(formWith))
  resolveDegree(network, formWith)
}

function report(events: NodeEvents, output: RegistrarOutput, formWith: number): void {
  events.tick()
  const { log } = events
  switch (output.type) {
    case 'enrolled':
      log.info('enrolled', { meter: output.meterId, enrolled: output.enrolled })
      return
    case 'admitted':
      log.info('admitted', { meter: output.meterId, waiting: output.waiting, formWith })
      return
    case 'aggregator':
      log.info('aggregator', { id: output.key, address: output.address })
      return
    case 'cannot-form':
      log.warn('cannot-form', { problem: output.detail })
      return
    case 'roster':
      events.roster(output.held.roster)
      return
    case 'changes':
      log.info('changes', {
        epoch: output.epoch,
        joined: output.joined.length,
        left: output.left.length,
        absent: output.absent.length,
        present: output.present.length,
        bytes: output.bytes,
        delta: output.delta
      })
      return
    case 'fault':
      log.warn(
        'fault',
        { slot: output.slot, meter: output.meterId, what: output.what, times: output.times },
        `fault ${output.slot} ${output.meterId}`
      )
      return
    case 'aggregator-fault':
      log.warn(
        'aggregator-fault',
        { slot: output.slot, detail: output.detail, members: output.members.length },
        `aggregator-fault ${output.slot}`
      )
      return
    case 'roster-refused':
      events.rosterRefused(output.error)
      return
    case 'evidence':
      events.evidence(output.against, output.what)
      return
    case 'dropped':
      events.dropped(output.reason)
      return
    default:
      return
  }
}
