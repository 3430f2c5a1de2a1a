// `pnpm node:aggregator`: one aggregator as a program of its own.
import type { AggregatorOutput } from '@hushgrid/dcnet'
import { LabClock, nodeAddress, nodeKey, presetNamed, type SchedulingClock, SystemClock } from '@hushgrid/network'
import { type MeterId, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  NodeEvents,
  type NodeOptions,
  nodeCommand,
  readNetwork,
  runCommand,
  runNode
} from '@hushgrid/runtime'
import { startAggregator } from './node.ts'
import { AggregatorStore } from './store.ts'

interface Options extends NodeOptions {
  readonly registrar: string
  readonly supplierKey?: MeterId
}

const EXAMPLES = `
Log: "listening" with this node's id, which the registrar is given as --aggregator-key, then announced, roster, total
(kWh of the neighbourhood), lost (and why), evidence, dropped, trouble; where members are missing requested, refused
and disputed (by whom). Ctrl-C ends the node; started again with the same folder it goes on with the slot that it was
in, also at another address.

With --supplier-key the supplier's "pnpm node:mdms --aggregator" fetches each slot's result from here: the total or the
reason that there is none, and how many members it had. What single members sent it is never given.

Examples:
  pnpm node:aggregator --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… \\
    --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/aggregator
  pnpm node:aggregator --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… \\
    --network street.yaml --data-dir aggregator --listen /ip4/127.0.0.1/tcp/0 --json
  pnpm node:aggregator --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… --network street.yaml --data-dir aggregator \\
    --supplier-key 5f6e…c1`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const command = nodeCommand(
    'pnpm node:aggregator',
    'Run the aggregator of a network: it collects masked readings, and publishes the total of each slot.',
    '/ip4/0.0.0.0/tcp/7401'
  )
    .requiredOption('--registrar <multiaddr>', 'where the registrar is, with its peer id, as its log says', nodeAddress)
    .option(
      '--supplier-key <hex|multiaddr>',
      'the supplier that may fetch the results, as "pnpm node:mdms id" says (default: none may)',
      nodeKey('--supplier-key')
    )
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

async function run(options: Options): Promise<void> {
  const network = readNetwork(options.network)
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('aggregator', options.json === true, line => process.stdout.write(line))
  const events = new NodeEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))

  await runNode(log, async fail => {
    const giveUpFolder = claimDataFolder(options.dataDir)
    const store = AggregatorStore.open(options.dataDir, systemRng, true)
    const aggregator = await startAggregator({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock,
      preset: presetNamed(preset, network.name, network.members),
      listen: options.listen,
      announce: options.announce,
      registrar: options.registrar,
      ...(options.supplierKey !== undefined && { suppliers: [options.supplierKey] }),
      observe: output => report(events, output),
      warn: problem => events.trouble(problem),
      stranded: fail,
      fail
    })
    events.starting({ network, preset, clock, labClock: options.labClock })
    for (const held of aggregator.service.state.book.held) events.roster(held.roster, { restored: true })
    if (store.closedThrough >= 0) log.info('restored', { closedThrough: store.closedThrough })
    events.listening(store.identity.id, aggregator.node.addresses)
    return {
      run: async () => {
        await aggregator.service.start()
        log.info('announced', { registrar: options.registrar })
      },
      stop: async () => {
        events.flush()
        await aggregator.stop()
        giveUpFolder()
      }
    }
  })
}

function report(events: NodeEvents, output: AggregatorOutput): void {
  events.tick()
  switch (output.type) {
    case 'roster':
      events.roster(output.held.roster)
      return
    case 'roster-refused':
      events.rosterRefused(output.error)
      return
    case 'total':
      events.total(output)
      return
    case 'lost':
      events.lost(output)
      return
    case 'evidence':
      events.evidence(output.against, output.what)
      return
    case 'requested':
      events.requested(output.slot, output.missing)
      return
    case 'disputed':
      events.disputed(output.slot, output.by)
      return
    case 'refused':
      events.refused(output.slot, output.by, output.reason)
      return
    case 'dropped':
      events.dropped(output.reason)
      return
    default:
      return
  }
}
