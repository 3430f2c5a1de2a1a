// `pnpm node:registrar`: one registrar as a program of its own.
import { networkLayer, nodeKey, nodeKeys, withPeerId } from '@hushgrid/network'
import { HushgridError, InvalidArgumentError, type MeterId, systemRng } from '@hushgrid/primitives'
import {
  checkFieldOptions,
  identityCommand,
  type NodeOptions,
  type PresetName,
  readAllowedMeters,
  roleMain,
  runRole,
  storeIdentity,
  wholeNumber
} from '@hushgrid/runtime'
import { type Network, resolveDegree } from '@hushgrid/topology'
import { RegistrarEvents } from './events.ts'
import { lift } from './lift-command.ts'
import { startRegistrar } from './node.ts'
import { RegistrarStore } from './store.ts'

interface Options extends NodeOptions {
  readonly members?: number
  readonly allow?: string
  readonly open?: boolean
  readonly reader?: readonly MeterId[]
  readonly aggregatorKey?: MeterId
}

const MAX_MEMBERS = 65_535

const EXAMPLES = `
Log: "listening" with the multiaddr that the other nodes are given as --registrar, then enrolled, admitted, aggregator,
roster, changes (how many joined, left, are absent or back), season, fault, barred, cut, damped, aggregator-fault, evidence,
dropped, trouble.
Ctrl-C ends the node; started again with the same folder it goes on where it was.

With the preset field it takes connections from members, the aggregator and readers only, and from those that may enrol,
within quotas; "dropped" counts the others. SECURITY.md says what --open means.

Examples:
  pnpm node:registrar --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/registrar \\
    --allow meters.txt --aggregator-key 5f6e…c1
  pnpm node:registrar id --data-dir /var/lib/hushgrid/registrar     keys are made, and what it is known by is printed
  pnpm node:registrar lift --data-dir /var/lib/hushgrid/registrar 5f6e…c1     a meter that is barred may join again
  pnpm node:registrar --network street.yaml --data-dir registrar --open --aggregator-key 5f6e…c1     any meter
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
      .option('--allow <file>', 'ids of the meters that may enrol, one a line (default, in a lab: any meter)')
      .option('--open', 'let any meter enrol outside a lab too, within quotas, in the place of --allow')
      .option('--reader <hex|multiaddr...>', 'others that may hear what members say, such as auditors', nodeKeys('--reader'))
      .option(
        '--aggregator-key <hex|multiaddr>',
        'the aggregator, by its id or a multiaddr of it (default, in a lab: the first that comes)',
        nodeKey('--aggregator-key')
      ),
  examples: EXAMPLES,
  others: {
    id: identityCommand({
      role: 'registrar',
      description: 'Make the keys of this node where there are none yet, and print what others know it by.',
      addressOf: id => withPeerId('', id),
      open: storeIdentity(RegistrarStore)
    }),
    lift
  },
  run
})

/** Result of the options. */
interface Prepared {
  readonly formWith: number
  readonly allowed: ReadonlySet<MeterId> | undefined
  /** True in a lab: members may come and go as often as they like. */
  readonly lab: boolean
}

function prepare({ members, allow, open, aggregatorKey }: Options, network: Network, preset: PresetName): Prepared {
  if (open && allow !== undefined) throw new HushgridError('--open: expected without --allow, which says who may enrol')
  if (!open && allow === undefined && preset === 'field')
    throw new HushgridError(
      '--allow: expected a list of the meters that may enrol with the preset field, or --open to take any; got neither'
    )
  checkFieldOptions(preset, { '--aggregator-key': aggregatorKey })
  const formWith = members ?? network.members
  if (formWith < network.minMembers)
    throw new InvalidArgumentError('--members', `at least the network's minMembers, ${network.minMembers}`, String(formWith))
  resolveDegree(network, formWith)
  return { formWith, allowed: allow === undefined ? undefined : readAllowedMeters(allow), lab: preset === 'lab' }
}

/** Runs the registrar to its end. */
async function run(options: Options): Promise<void> {
  await runRole({
    name: 'registrar',
    options,
    layer: networkLayer,
    Events: RegistrarEvents,
    prepare: (network, _clock, preset) => prepare(options, network, preset),
    peers: ({ formWith, allowed }, network) => Math.max(formWith, network.members, allowed?.size ?? 0),
    async start({ network, prepared, setting, log, events, starting }) {
      const { formWith, allowed, lab } = prepared
      const store = RegistrarStore.open(options.dataDir, systemRng, true)
      const registrar = await startRegistrar({
        ...setting,
        store,
        network,
        formWith,
        lab,
        aggregatorKey: options.aggregatorKey,
        allowed,
        readers: new Set(options.reader),
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
