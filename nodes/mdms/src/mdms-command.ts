// `pnpm node:mdms`: the supplier's end of the path by concentrator and PES as a program of its own.
import { join } from 'node:path'
import { DEFAULT_RETENTION, openKeyFile, openStore, type Store, StoreUnavailableError } from '@hushgrid/mdms'
import { LabClock, nodeKey, presetNamed, type SchedulingClock, SystemClock } from '@hushgrid/network'
import { generateKeyPair } from '@hushgrid/paillier'
import { HushgridError, InvalidArgumentError, type MeterId, slotAt, systemRng } from '@hushgrid/primitives'
import {
  claimDataFolder,
  listensOnLoopbackOnly,
  logLines,
  type NodeOptions,
  nodeCommand,
  readTextFile,
  runCommand,
  runNode,
  wholeNumber
} from '@hushgrid/runtime'
import { type Network, parseNetwork } from '@hushgrid/topology'
import { deal } from './deal-command.ts'
import { openHouseholdAccounts } from './household-account.ts'
import { DEFAULT_BITS, keyBits } from './key-bits.ts'
import { MdmsEvents } from './mdms-events.ts'
import { ResultKeeper } from './result-keeper.ts'
import { startSupplier } from './supplier-node.ts'
import { SupplierStore } from './supplier-store.ts'

interface Options extends NodeOptions {
  readonly bits?: number
  readonly share?: string
  readonly store?: string
  readonly pesKey?: MeterId
  readonly concentratorKey?: MeterId
  readonly minPeriodSlots?: number
  readonly keepTotals: number
  readonly keepConsumption: number
}

const DAY = 86_400_000
const MOST_DAYS = 36_525
const MOST_SLOTS = 2 ** 31
/** Real milliseconds between two looks for what is old enough to be deleted. */
const RETENTION_EVERY = 3_600_000

const EXAMPLES = `
Two variants. Without --share this node makes a Paillier key of its own, and the PES encrypts readings under it
('reencrypt': the PES sees single readings for a moment). With --share it decrypts together with the PES only, and
nobody sees a single reading ('direct'); the shares are made by "pnpm node:mdms deal", see its --help.

Totals, lost slots and what each household used over a billing period are kept in the store, encrypted under the keys in
DATA-DIR/mdms.keys; households stand in it under pseudonyms made with DATA-DIR/household.key. Keep both files apart
from the database and its backups. What is older than the retention is deleted.

Log: "listening" with the multiaddr that the concentrator is given as --supplier, then setup (of the PES), total (kWh of
the neighbourhood), lost, consumption (of which meter a billing period's figure came; never the figure), not-kept,
deleted, evidence, dropped, trouble. Ctrl-C ends the node; started again with the same folder it goes on.

Examples:
  pnpm node:mdms --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/mdms --bits 3072
  pnpm node:mdms --network street.yaml --data-dir mdms --store postgres://mdms@192.0.2.9/hushgrid --pes-key 5f6e…c1
  pnpm node:mdms --network street.yaml --data-dir mdms --share supplier.share --listen /ip4/127.0.0.1/tcp/0 --json
  pnpm node:mdms deal --bits 3072 --supplier-share supplier.share --pes-share pes.share`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === 'deal') {
    await deal(argv.toSpliced(2, 1))
    return
  }
  const command = nodeCommand(
    'pnpm node:mdms',
    "Run the supplier's end of the path by concentrator and PES: it decrypts sums, and keeps them.",
    '/ip4/0.0.0.0/tcp/7403'
  )
    .option('--bits <2048|3072|4096>', `of the Paillier key, where one is made (default: ${DEFAULT_BITS})`, keyBits)
    .option('--share <file>', "this party's share of a key that was dealt, for the variant 'direct'")
    .option('--store <path|url>', 'a SQLite file, or postgres://user:password@host:port/database (default: DATA-DIR/mdms.db)')
    .option('--pes-key <hex|multiaddr>', 'the PES (default: the first that comes, which is for labs)', nodeKey('--pes-key'))
    .option('--concentrator-key <hex|multiaddr>', 'the only node that may bring aggregates (default: any)', nodeKey('--concentrator-key'))
    .option(
      '--min-period-slots <number>',
      'fewest slots of a billing period that is kept (default: those of a day)',
      wholeNumber('--min-period-slots', 2, MOST_SLOTS)
    )
    .option('--keep-totals <days>', 'age at which totals are deleted', wholeNumber('--keep-totals', 1, MOST_DAYS), inDays('totals'))
    .option(
      '--keep-consumption <days>',
      "age at which households' billing periods are deleted",
      wholeNumber('--keep-consumption', 1, MOST_DAYS),
      inDays('consumption')
    )
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

function inDays(of: keyof typeof DEFAULT_RETENTION): number {
  return DEFAULT_RETENTION[of] / DAY
}

async function run(options: Options): Promise<void> {
  const network = parseNetwork(readTextFile(options.network, 'a network file'), options.network)
  if (options.share !== undefined && options.bits !== undefined)
    throw new HushgridError('--bits: expected without --share, whose key has its length')
  const clock: SchedulingClock = options.labClock ? LabClock.running(options.labClock) : new SystemClock()
  const preset = options.preset ?? (listensOnLoopbackOnly(options.listen) ? 'lab' : 'field')
  const log = logLines('mdms', options.json === true, line => process.stdout.write(line))
  const events = new MdmsEvents(log, network.slotSeconds, () => slotAt(clock.now(), network.slotSeconds))

  await runNode(log, async fail => {
    const giveUpFolder = claimDataFolder(options.dataDir)
    const supplierStore = openSupplierStore(options)
    const store = await openResults(options, network)
    const keeper = new ResultKeeper({
      store,
      network: network.name,
      accountOf: openHouseholdAccounts(options.dataDir, systemRng),
      now: () => clock.now(),
      refused: problem => log.warn('not-kept', { problem }, problem),
      warn: problem => events.trouble(problem),
      fail
    })
    const supplier = await startSupplier({
      store: supplierStore,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock,
      preset: presetNamed(preset, network.name, network.members),
      listen: options.listen,
      announce: options.announce,
      pesKey: options.pesKey,
      concentrator: options.concentratorKey,
      onSetup: terms => events.setup(terms),
      observe: (output, terms) => {
        events.output(output, terms)
        keeper.take(output, terms)
      },
      settled: () => keeper.settled(),
      warn: problem => events.trouble(problem),
      fail
    })
    const { variant, publicKey } = supplierStore.decryption
    events.starting({ network, preset, clock, labClock: options.labClock, more: { variant, bits: publicKey.bits, store: store.name } })
    if (!options.pesKey && !supplierStore.setup)
      log.warn('open', { problem: 'the first PES that comes is taken, for there is no --pes-key' }, 'open to a PES')
    events.listening(supplierStore.identity.id, supplier.node.addresses)
    const tidy = async (): Promise<void> => {
      try {
        const deleted = await store.applyRetention(clock.now())
        if (Object.values(deleted).some(rows => rows > 0)) log.info('deleted', { ...deleted })
      } catch (cause) {
        if (!(cause instanceof StoreUnavailableError)) throw cause
        events.trouble(cause.message)
      }
    }
    const retention = setInterval(() => void tidy().catch(fail), RETENTION_EVERY)
    return {
      run: tidy,
      stop: async () => {
        clearInterval(retention)
        events.flush()
        await supplier.stop()
        await keeper.stop()
        await store.close()
        giveUpFolder()
      }
    }
  })
}

function openSupplierStore({ dataDir, share, bits }: Options): SupplierStore {
  if (share !== undefined) return SupplierStore.open(dataDir, { share }, systemRng, true)
  const store = SupplierStore.open(dataDir, { make: () => generateKeyPair(bits ?? DEFAULT_BITS).privateKey }, systemRng, true)
  const made = store.decryption.publicKey.bits
  if (bits !== undefined && made !== bits) {
    store.close()
    throw new InvalidArgumentError('--bits', `the length of the key that is in ${join(dataDir, 'paillier.key')}, ${made}`, String(bits))
  }
  return store
}

async function openResults(options: Options, network: Network): Promise<Store> {
  const { dataDir, minPeriodSlots, keepTotals, keepConsumption } = options
  const store = await openStore({
    location: options.store ?? join(dataDir, 'mdms.db'),
    keys: openKeyFile(join(dataDir, 'mdms.keys'), systemRng),
    // When somebody read something is told in true time, also in a lab.
    clock: new SystemClock(),
    minimumContributors: network.minMembers,
    ...(minPeriodSlots === undefined ? {} : { minimumPeriodSlots: minPeriodSlots }),
    retention: { totals: keepTotals * DAY, consumption: keepConsumption * DAY }
  })
  await store.registerNetwork({ network: network.name, slotSeconds: network.slotSeconds })
  return store
}
