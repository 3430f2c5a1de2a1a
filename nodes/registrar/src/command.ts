// `pnpm node:registrar`: one registrar as a program of its own.
import { networkLayer, nodeKey } from '@hushgrid/network'
import { InvalidArgumentError, type MeterId, systemRng } from '@hushgrid/primitives'
import { type NodeOptions, readAllowedMeters, roleMain, runRole, wholeNumber } from '@hushgrid/runtime'
import { type Network, resolveDegree } from '@hushgrid/topology'
import { RegistrarEvents } from './events.ts'
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
export const main = roleMain<Options>({
  role: 'registrar',
  description: 'Run the registrar of a network: it enrols meters, signs the rosters, and sees no reading.',
  listen: '/ip4/0.0.0.0/tcp/7400',
  options: command =>
    command
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
      ),
  examples: EXAMPLES,
  run
})

/** Result of the options. */
interface Prepared {
  readonly formWith: number
  readonly allowed: ReadonlySet<MeterId> | undefined
}

function prepare({ members, allow }: Options, network: Network): Prepared {
  const formWith = members ?? network.members
  if (formWith < network.minMembers)
    throw new InvalidArgumentError('--members', `at least the network's minMembers, ${network.minMembers}`, String(formWith))
  resolveDegree(network, formWith)
  return { formWith, allowed: allow === undefined ? undefined : readAllowedMeters(allow) }
}

/** Runs the registrar to its end. */
async function run(options: Options): Promise<void> {
  await runRole({
    name: 'registrar',
    options,
    layer: networkLayer,
    Events: RegistrarEvents,
    prepare: network => prepare(options, network),
    peers: ({ formWith }, network) => Math.max(formWith, network.members),
    async start({ network, prepared, setting, log, events, starting }) {
      const { formWith, allowed } = prepared
      const store = RegistrarStore.open(options.dataDir, systemRng, true)
      const registrar = await startRegistrar({
        ...setting,
        store,
        network,
        formWith,
        aggregatorKey: options.aggregatorKey,
        allowed,
        rng: systemRng,
        observe: output => events.output(output, formWith)
      })
      starting({ formWith })
      const { state } = registrar.service
      if (store.journal.length > 0) {
        log.info('restored', {
          enrolled: state.enrolled.size,
          waiting: state.waiting.size,
          epoch: state.book.latest?.roster.epoch ?? 'none'
        })
        if (state.book.latest) events.roster(state.book.latest.roster)
      }
      if (!allowed) log.warn('open', { problem: 'any meter may enrol, for there is no --allow' }, 'open to meters')
      if (!options.aggregatorKey && !state.aggregator)
        log.warn('open', { problem: 'the first aggregator that comes is taken, for there is no --aggregator-key' }, 'open to aggregators')
      return { id: store.identity.id, addresses: registrar.node.addresses, stop: () => registrar.stop() }
    }
  })
}
