// `pnpm node:pes`: a PES as a program of its own, where it is not the concentrator's business.
import { LabClock, nodeKey, presetNamed, type SchedulingClock, SystemClock } from '@hushgrid/network'
import { type MeterId, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  type NodeOptions,
  nodeCommand,
  readNetwork,
  runCommand,
  runNode
} from '@hushgrid/runtime'
import { ConcentratorEvents } from '../events.ts'
import { identity } from '../identity-command.ts'
import { limitsOf, type PesOptions, partialFor, startPesFor, withPesOptions } from './options.ts'
import { PesStore } from './store.ts'

interface Options extends NodeOptions, PesOptions {
  readonly concentratorKey: MeterId
}

const NAME = 'pnpm node:pes'

const EXAMPLES = `
The PES takes readings from one concentrator, and adds them up under the supplier's Paillier key: over the meters of a
slot, and over the slots of a household's billing period. With 'reencrypt', the default, meters encrypt for the PES, and
it sees every single reading for a moment; it keeps, logs and sends none. With 'direct' (--pes-share) it sees ciphertexts
only, and no reading can be decrypted without both it and the supplier.

Log: "listening" with the multiaddr that the concentrator is given as --pes, then setup, aggregated (a slot), period (a
household's billing period; never the figure), dropped, trouble. Ctrl-C ends the node; started again with the same folder
it goes on, without the readings of the slot that ran then.

Examples:
  ${NAME} --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/pes \\
    --supplier /ip4/192.0.2.9/tcp/7403/p2p/12D3KooW… --concentrator-key 5f6e…c1
  ${NAME} id --data-dir /var/lib/hushgrid/pes                       keys are made, and what it is known by is printed
  ${NAME} --network street.yaml --data-dir pes --supplier /ip4/… --concentrator-key 5f6e…c1 --pes-share pes.share --json`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === 'id') {
    await identity(NAME, 'pes', directory => PesStore.open(directory, systemRng, true), argv.toSpliced(2, 1))
    return
  }
  const command = withPesOptions(
    nodeCommand(NAME, 'Run a PES: it adds up what meters have encrypted, and never gives a single reading away.', '/ip4/0.0.0.0/tcp/7404')
  )
    .requiredOption(
      '--concentrator-key <hex|multiaddr>',
      'the only node that may bring readings; "pnpm node:concentrator id" prints it',
      nodeKey('--concentrator-key')
    )
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

async function run(options: Options): Promise<void> {
  const network = readNetwork(options.network)
  const partial = partialFor(options)
  limitsOf(network, options)
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('pes', options.json === true, line => process.stdout.write(line))
  const events = new ConcentratorEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))

  await runNode(log, async fail => {
    const giveUpFolder = claimDataFolder(options.dataDir)
    events.starting({ network, preset, clock, labClock: options.labClock })
    const stopping = new AbortController()
    const pes = await startPesFor({
      directory: options.dataDir,
      network,
      options,
      partial,
      clock,
      preset: presetNamed(preset, network.name, network.members),
      listen: options.listen,
      announce: options.announce,
      concentrator: options.concentratorKey,
      events,
      fail,
      signal: stopping.signal
    })
    events.setup(pes.terms)
    events.listening(pes.terms.pes, pes.node.addresses)
    return {
      run: () => Promise.resolve(),
      stop: async () => {
        stopping.abort()
        events.flush()
        await pes.stop()
        giveUpFolder()
      }
    }
  })
}
