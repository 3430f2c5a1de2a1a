// `pnpm node:aggregator`: one aggregator as a program of its own.
import { askingNetworkLayer, nodeAddress, nodeKeys } from '@hushgrid/network'
import { type MeterId, systemRng } from '@hushgrid/primitives'
import { type NodeOptions, roleMain, runRole } from '@hushgrid/runtime'
import { AggregatorEvents } from './events.ts'
import { startAggregator } from './node.ts'
import { AggregatorStore } from './store.ts'

interface Options extends NodeOptions {
  readonly registrar: string
  readonly reader?: readonly MeterId[]
}

const EXAMPLES = `
Log: "listening" with this node's id, which the registrar is given as --aggregator-key, then announced, roster, total
(kWh of the neighbourhood), lost (and why), clock (where it was wrong), evidence, dropped, trouble; where members are
missing requested, refused and disputed (by whom). Ctrl-C ends the node; started again with the same folder it goes on
with the slot that it was in, also at another address.

With --reader the supplier's "pnpm node:mdms --aggregator" fetches each slot's result from here: the total or the
reason that there is none, and how many members it had. What single members sent it is never given.

With the preset field it takes connections from members, the registrar and readers only; "dropped" counts the others.

Examples:
  pnpm node:aggregator --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… \\
    --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/aggregator
  pnpm node:aggregator --registrar /ip4/127.0.0.1/tcp/7400/p2p/12D3KooW… \\
    --network street.yaml --data-dir aggregator --listen /ip4/127.0.0.1/tcp/0 --json
  pnpm node:aggregator --registrar /ip4/192.0.2.7/tcp/7400/p2p/12D3KooW… --network street.yaml --data-dir aggregator \\
    --reader 5f6e…c1`

/** Runs the command; sets the exit status. */
export const main = roleMain<Options>({
  role: 'aggregator',
  description: 'Run the aggregator of a network: it collects masked readings, and publishes the total of each slot.',
  listen: '/ip4/0.0.0.0/tcp/7401',
  options: command =>
    command
      .requiredOption('--registrar <multiaddr>', 'where the registrar is, with its peer id, as its log says', nodeAddress)
      .option(
        '--reader <hex|multiaddr...>',
        'those that may fetch the results, such as the supplier, as "pnpm node:mdms id" says (default: none may)',
        nodeKeys('--reader')
      ),
  examples: EXAMPLES,
  run
})

/** Runs the aggregator to its end. */
async function run(options: Options): Promise<void> {
  await runRole({
    name: 'aggregator',
    options,
    layer: askingNetworkLayer,
    Events: AggregatorEvents,
    prepare: () => undefined,
    async start({ network, setting, log, events, starting }) {
      const store = AggregatorStore.open(options.dataDir, systemRng, true)
      const aggregator = await startAggregator({
        ...setting,
        store,
        changeSlots: network.changeSlots,
        networkLanes: network.lanes,
        registrar: options.registrar,
        readers: options.reader,
        observe: output => events.output(output),
        stranded: setting.fail
      })
      starting()
      for (const held of aggregator.service.state.book.held) events.roster(held.roster, { restored: true })
      if (store.closedThrough >= 0) log.info('restored', { closedThrough: store.closedThrough })
      return {
        id: store.identity.id,
        addresses: aggregator.node.addresses,
        run: async () => {
          await aggregator.service.start()
          log.info('announced', { registrar: options.registrar })
        },
        stop: () => aggregator.stop()
      }
    }
  })
}
