// `pnpm node:pes`: a PES as a program of its own, for a party other than the concentrator's.
import { networkLayer, nodeKey } from '@hushgrid/network'
import type { MeterId } from '@hushgrid/primitives'
import { checkFieldOptions, type NodeOptions, roleMain, runRole } from '@hushgrid/runtime'
import { ConcentratorEvents } from '../events.ts'
import { identityOf } from '../identity-command.ts'
import { fromDealer, limitsOf, type PesOptions, startPesFor, warnUnlisted, withPesOptions } from './options.ts'
import { PesStore } from './store.ts'

interface Options extends NodeOptions, PesOptions {
  readonly concentratorKey: MeterId
}

const NAME = 'pnpm node:pes'

const EXAMPLES = `
The PES takes readings from one concentrator, and adds them up under the supplier's Paillier key: over the meters of a
slot, and over the slots of a household's billing period. With 'reencrypt', the default, meters encrypt for the PES, and
it sees every single reading for a moment; it keeps, logs and sends none. With 'direct' (--pes-share) it sees ciphertexts
only, and no reading can be decrypted without both it and the supplier. Both the share and the list of meters (--allow)
come from the dealer, whose key is in the network file, and not by way of the concentrator.

Log: "listening" with the multiaddr that the concentrator is given as --pes, then setup, aggregated (a slot), period (a
household's billing period; never the figure), dropped, trouble. Ctrl-C ends the node; started again with the same folder
it goes on, without the readings of the slot that ran then.

Examples:
  ${NAME} --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/pes \\
    --supplier /ip4/192.0.2.9/tcp/7403/p2p/12D3KooW… --concentrator-key 5f6e…c1
  ${NAME} id --data-dir /var/lib/hushgrid/pes                       keys are made, and what it is known by is printed
  ${NAME} --network street.yaml --data-dir pes --supplier /ip4/… --concentrator-key 5f6e…c1 \\
    --pes-share pes.share --allow meters.signed --json`

/** Runs the command; sets the exit status. */
export const main = roleMain<Options>({
  role: 'pes',
  description: 'Run a PES: it adds up what meters have encrypted, and never gives a single reading away.',
  listen: '/ip4/0.0.0.0/tcp/7404',
  options: command =>
    withPesOptions(command).requiredOption(
      '--concentrator-key <hex|multiaddr>',
      'the only node that may bring readings; "pnpm node:concentrator id" prints it',
      nodeKey('--concentrator-key')
    ),
  examples: EXAMPLES,
  others: { id: identityOf('pes', PesStore) },
  run
})

/** Runs the PES to its end. */
async function run(options: Options): Promise<void> {
  await runRole({
    name: 'pes',
    options,
    layer: networkLayer,
    Events: ConcentratorEvents,
    prepare: (network, _clock, preset) => {
      checkFieldOptions(preset, { '--allow': options.allow })
      const dealt = fromDealer(options, network)
      limitsOf(network, options)
      return dealt
    },
    async start({ network, prepared: dealt, setting, log, events, starting }) {
      starting()
      warnUnlisted(dealt, log)
      const stopping = new AbortController()
      const { signal } = stopping
      const { dataDir: directory, concentratorKey: concentrator } = options
      const pes = await startPesFor({ ...setting, directory, network, options, dealt, concentrator, events, signal })
      events.setup(pes.terms)
      return {
        id: pes.terms.pes,
        addresses: pes.node.addresses,
        stop: async () => {
          stopping.abort()
          await pes.stop()
        }
      }
    }
  })
}
