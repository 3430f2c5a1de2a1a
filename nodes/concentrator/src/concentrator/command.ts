// `pnpm node:concentrator`: a data concentrator as a program, with the PES beside it unless that runs elsewhere.
import { join } from 'node:path'
import { idInAddress, LabClock, type NetworkPreset, nodeAddress, presetNamed, type SchedulingClock, SystemClock } from '@hushgrid/network'
import { HushgridError, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  type NodeOptions,
  nodeCommand,
  readAllowedMeters,
  readNetwork,
  runCommand,
  runNode
} from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { ConcentratorEvents } from '../events.ts'
import { identity } from '../identity-command.ts'
import { limitsOf, type PesOptions, partialFor, startPesFor, strayPesOption, withPesOptions } from '../pes/options.ts'
import { startConcentrator } from './node.ts'
import { ConcentratorStore } from './store.ts'

interface Options extends NodeOptions, PesOptions {
  readonly pes?: string
  readonly allow?: string
}

const NAME = 'pnpm node:concentrator'
/** Only the concentrator of the same process talks to a PES beside it. */
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
    --supplier /ip4/192.0.2.9/tcp/7403/p2p/12D3KooW…
  ${NAME} id --data-dir concentrator
  ${NAME} --network street.yaml --data-dir concentrator --supplier /ip4/… --pes /ip4/192.0.2.8/tcp/7404/p2p/12D3KooW… \\
    --allow meters.txt
  ${NAME} --network street.yaml --data-dir concentrator --supplier /ip4/… --pes-share pes.share \\
    --listen /ip4/127.0.0.1/tcp/0 --json`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === 'id') {
    await identity(NAME, 'concentrator', directory => ConcentratorStore.open(directory, systemRng, true), argv.toSpliced(2, 1))
    return
  }
  const command = withPesOptions(
    nodeCommand(NAME, 'Run the data concentrator of a network: it collects encrypted readings for the PES.', '/ip4/0.0.0.0/tcp/7402')
  )
    .option('--pes <multiaddr>', 'where the PES is, with its peer id (default: in this process)', nodeAddress)
    .option('--allow <file>', 'ids of the meters that are taken in, one a line (default: any meter, which is for labs)')
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

async function run(options: Options): Promise<void> {
  const network = readNetwork(options.network)
  const stray = options.pes === undefined ? undefined : strayPesOption(options)
  if (stray !== undefined) throw new HushgridError(`${stray}: expected without --pes, the PES there has its own`)
  if (options.pes === undefined) limitsOf(network, options)
  const partial = partialFor(options)
  const allowed = options.allow === undefined ? undefined : readAllowedMeters(options.allow)
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('concentrator', options.json === true, line => process.stdout.write(line))
  const events = new ConcentratorEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))

  await runNode(log, async fail => {
    const giveUpFolder = claimDataFolder(options.dataDir)
    events.starting({ network, preset, clock, labClock: options.labClock })
    const limits = presetNamed(preset, network.name, network.members)
    const store = ConcentratorStore.open(options.dataDir, systemRng, true)
    const stopping = new AbortController()
    const part = { network, options, partial, clock, preset: limits, events, fail, signal: stopping.signal }
    const pes = await pesOf(part, store).catch(cause => {
      store.close()
      throw cause
    })
    const concentrator = await startConcentrator({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock,
      preset: limits,
      listen: options.listen,
      announce: options.announce,
      pes: pes.address,
      supplier: options.supplier,
      pesKey: idInAddress(pes.address),
      supplierKey: options.supplierKey ?? idInAddress(options.supplier),
      allowed,
      observe: output => events.concentrator(output),
      warn: problem => events.trouble(problem),
      fail,
      signal: stopping.signal
    })
    events.setup(concentrator.terms)
    if (store.journal.length > 0) log.info('restored', { records: store.journal.length })
    if (!allowed) log.warn('open', { problem: 'any meter may join, for there is no --allow' }, 'open to meters')
    events.listening(store.identity.id, concentrator.node.addresses)
    return {
      run: () => Promise.resolve(),
      stop: async () => {
        stopping.abort()
        events.flush()
        await concentrator.stop()
        await pes.stop()
        giveUpFolder()
      }
    }
  })
}

interface Part {
  readonly network: Network
  readonly options: Options
  readonly partial: ReturnType<typeof partialFor>
  readonly clock: SchedulingClock
  readonly preset: NetworkPreset
  readonly events: ConcentratorEvents
  readonly fail: (cause: unknown) => void
  readonly signal: AbortSignal
}

/** The PES that is named, or one beside. */
async function pesOf(part: Part, { identity: { id } }: ConcentratorStore): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const { options } = part
  if (options.pes !== undefined) return { address: options.pes, stop: () => Promise.resolve() }
  const pes = await startPesFor({ ...part, directory: join(options.dataDir, 'pes'), listen: BESIDE, concentrator: id })
  const [address] = pes.node.addresses
  if (address === undefined) throw new HushgridError('the PES beside: expected an address of its own, got none')
  return { address, stop: () => pes.stop() }
}
