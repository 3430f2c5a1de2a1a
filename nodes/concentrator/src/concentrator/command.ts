// `pnpm node:concentrator`: a data concentrator as a program, with a PES in the same process unless one is named.
import { join } from 'node:path'
import { idInAddress, networkLayer, nodeAddress } from '@hushgrid/network'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { checkFieldOptions, type NodeOptions, type PresetName, roleMain, runRole } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { ConcentratorEvents } from '../events.ts'
import { identityOf } from '../identity-command.ts'
import {
  type FromDealer,
  fromDealer,
  limitsOf,
  type PesOptions,
  type PesStart,
  startPesFor,
  strayPesOption,
  warnUnlisted,
  withPesOptions
} from '../pes/options.ts'
import { startConcentrator } from './node.ts'
import { ConcentratorStore } from './store.ts'

interface Options extends NodeOptions, PesOptions {
  readonly pes?: string
}

const NAME = 'pnpm node:concentrator'
/** Addresses of a PES beside the concentrator: loopback only, since no other process talks to it. */
const BESIDE = ['/ip4/127.0.0.1/tcp/0']

const EXAMPLES = `
Meters join here and send each slot's reading, encrypted for the PES or, with 'direct', for the supplier. The concentrator
collects a slot's readings, passes them to the PES, and brings the supplier the sums that come back; it can read none of
it. Without --pes the PES runs in this process, with keys of its own in DATA-DIR/pes: fit for a lab, but whoever runs
both sees, with 'reencrypt', what the PES sees. With --pes it is a program of its own ("pnpm node:pes --help"), which a
party that the households trust runs on its machine.

Log: "listening" with the multiaddr that meters are given as --concentrator, then setup (of the PES), joined, left, closed
(a slot: how many readings came), aggregated, period, lost, evidence, dropped, trouble. Ctrl-C ends the node; started
again with the same folder its members are still in, and the slot that ran then goes without what had come.

Examples:
  ${NAME} --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/concentrator \\
    --supplier /ip4/192.0.2.9/tcp/7403/p2p/12D3KooW… --allow meters.signed
  ${NAME} id --data-dir concentrator
  ${NAME} --network street.yaml --data-dir concentrator --supplier /ip4/… --pes /ip4/192.0.2.8/tcp/7404/p2p/12D3KooW… \\
    --allow meters.signed
  ${NAME} --network street.yaml --data-dir concentrator --supplier /ip4/… --pes-share pes.share \\
    --listen /ip4/127.0.0.1/tcp/0 --json`

/** Runs the command; sets the exit status. */
export const main = roleMain<Options>({
  role: 'concentrator',
  description: 'Run the data concentrator of a network: it collects encrypted readings for the PES.',
  listen: '/ip4/0.0.0.0/tcp/7402',
  options: command =>
    withPesOptions(command).option('--pes <multiaddr>', 'where the PES is, with its peer id (default: in this process)', nodeAddress),
  examples: EXAMPLES,
  others: { id: identityOf('concentrator', ConcentratorStore) },
  run
})

function prepare(options: Options, network: Network, preset: PresetName): FromDealer {
  checkFieldOptions(preset, { '--allow': options.allow })
  const stray = options.pes === undefined ? undefined : strayPesOption(options)
  if (stray !== undefined) throw new HushgridError(`${stray}: expected without --pes, the PES there has its own`)
  if (options.pes === undefined) limitsOf(network, options)
  return fromDealer(options, network)
}

/** Runs the concentrator to its end. */
async function run(options: Options): Promise<void> {
  await runRole({
    name: 'concentrator',
    options,
    layer: networkLayer,
    Events: ConcentratorEvents,
    prepare: (network, _clock, preset) => prepare(options, network, preset),
    async start({ network, prepared, setting, log, events, starting }) {
      starting()
      warnUnlisted(prepared, log)
      const store = ConcentratorStore.open(options.dataDir, systemRng, true)
      const stopping = new AbortController()
      const { signal } = stopping
      const own = { network, options, dealt: prepared, events, signal, concentrator: store.identity.id }
      const pes = await pesOf(options, { ...setting, ...own }).catch(cause => {
        store.close()
        throw cause
      })
      const concentrator = await startConcentrator({
        ...setting,
        store,
        pes: pes.address,
        supplier: options.supplier,
        pesKey: idInAddress(pes.address),
        supplierKey: options.supplierKey ?? idInAddress(options.supplier),
        dealer: network.dealerKey,
        allowed: prepared.allowed,
        observe: output => events.concentrator(output),
        signal
      })
      events.setup(concentrator.terms)
      if (store.journal.length > 0) log.info('restored', { records: store.journal.length })
      return {
        id: store.identity.id,
        addresses: concentrator.node.addresses,
        stop: async () => {
          stopping.abort()
          await concentrator.stop()
          await pes.stop()
        }
      }
    }
  })
}

/** Gives the PES that is named, or starts one beside. */
async function pesOf(
  { pes, dataDir }: Options,
  start: Omit<PesStart, 'directory'>
): Promise<{ readonly address: string; stop(): Promise<void> }> {
  if (pes !== undefined) return { address: pes, stop: () => Promise.resolve() }
  const beside = await startPesFor({ ...start, directory: join(dataDir, 'pes'), listen: BESIDE, announce: undefined })
  const [address] = beside.node.addresses
  if (address === undefined) throw new HushgridError('the PES beside: expected an address of its own, got none')
  return { address, stop: () => beside.stop() }
}
