// `pnpm node:mdms`: the supplier's meter data management as a program of its own.
import { DEFAULT_RETENTION, type Store, StoreUnavailableError } from '@hushgrid/mdms'
import { networkLayer, nodeAddress, nodeKey, type SchedulingClock, shownAt, withPeerId } from '@hushgrid/network'
import { HushgridError, type Millis, systemRng } from '@hushgrid/primitives'
import {
  bandsOption,
  bandsSlotOption,
  checkFieldOptions,
  checkFolderRole,
  identityCommand,
  type LogLines,
  makeFolder,
  type PresetName,
  readBands,
  roleMain,
  runRole,
  wholeNumber
} from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import { DeliveryIntake } from '../bills/delivery-intake.ts'
import { openPseudonyms } from '../household/pseudonyms.ts'
import { startDcnetMode } from '../results/dcnet-mode.ts'
import { MdmsEvents } from '../results/mdms-events.ts'
import { startPesMode } from '../results/pes-mode.ts'
import type { MdmsOptions, PesOptions } from '../results/supplier-mode.ts'
import { openIdentity } from '../results/supplier-store.ts'
import { desk } from '../web/desk-command.ts'
import { openDeviceKey, startSupplierWeb } from '../web/supplier-web.ts'
import { portalAddresses, WEB_HELP, webAddress, webServed } from '../web/web-options.ts'
import { account } from './account-command.ts'
import { bill } from './bill-command.ts'
import { deal } from './deal-command.ts'
import { household } from './household-command.ts'
import { DEFAULT_BITS, keyBits } from './key-bits.ts'
import { show } from './show/show-command.ts'
import { signMeters } from './sign-meters-command.ts'
import { openStoreOf, STORE_HELP, storeLocation } from './store-location.ts'
import { tariff } from './tariff-command.ts'

const DAY = 86_400_000
const MOST_DAYS = 36_525
const MOST_SLOTS = 2 ** 31
/** Real milliseconds between two runs of the retention. */
const RETENTION_EVERY = 3_600_000

/** Options for the path by concentrator and PES only. */
const PES_OPTIONS: Readonly<Record<keyof PesOptions, string>> = {
  bits: '--bits',
  share: '--share',
  pesKey: '--pes-key',
  concentratorKey: '--concentrator-key',
  minPeriodSlots: '--min-period-slots'
}

/** Makes the key apart from a start: the aggregator has to know the supplier before the supplier can be told where the aggregator is. */
const id = identityCommand({
  role: 'mdms',
  description: 'Make the key of this node where there is none yet, and print what others know it by, as for --reader.',
  addressOf: key => withPeerId('', key),
  open: (directory, role) => {
    checkFolderRole(directory, role)
    makeFolder(directory)
    return openIdentity(directory)
  }
})

const EXAMPLES = `
Results come in one of two ways.

With --aggregator they are those of a DC-net: this node fetches each slot's total, or why there is none, once the slot is
over; what it missed it fetches later, as far as the aggregator still has it (96 slots). The aggregator has to know this
node by its --reader, which "pnpm node:mdms id" prints. There is no Paillier key then.

Without, they come by concentrator and PES, in one of two variants. Without --share this node makes a Paillier key of its
own, and the PES encrypts readings under it ('reencrypt': the PES sees single readings for a moment). With --share it
decrypts together with the PES only, and nobody sees a single reading ('direct'); the shares are made by
"pnpm node:mdms deal", see its --help.

Totals, lost slots and what each household used over a billing period are kept in the store, encrypted under the keys in
DATA-DIR/mdms.keys; households stand in it under pseudonyms made with DATA-DIR/household.key. Keep both files apart
from the database and its backups. What is older than the retention is deleted. The password of a PostgreSQL database is
taken from PGPASSWORD in the environment. People read the store by "pnpm node:mdms show" with an account, which
"pnpm node:mdms account add" makes; both work while this node runs.

Meters bring their encrypted readings to the address that "listening" tells, and customers their bills, each on its own. A
bill is checked by the tariffs that "pnpm node:mdms tariff add" has put in the store, also while this node runs; of a dynamic
one with the bands or prices of --bands. Of what is brought only who brought it is checked beforehand: a meter signs its
readings, and a bill proves itself.

With --web the supplier's page is served as well: load and forecasts, billing runs, accounts, the audit log, each to accounts
whose roles allow it; customers' portals speak to the same address. "pnpm node:mdms desk" serves it without a node.

Log: "listening" with the multiaddr that the concentrator is given as --supplier, web (address of the page), then setup (of
the PES), total (kWh of the neighbourhood), lost, skipped (slots that the aggregator has no result of), consumption (of which
meter a billing period's figure came; never the figure), batch and bill (brought and kept; never whose, nor an amount),
refused (with the reason), not-kept, deleted, evidence, dropped, trouble. Ctrl-C ends the node; started again with the same
folder it goes on.

Examples:
  pnpm node:mdms --network topology/networks/neighbourhood-50.yaml --data-dir /var/lib/hushgrid/mdms --bits 3072 \\
    --pes-key 5f6e…c1 --concentrator-key 03ab…9d
  pnpm node:mdms --network street.yaml --data-dir mdms --aggregator /ip4/192.0.2.8/tcp/7401/p2p/12D3KooW…
  pnpm node:mdms --network street.yaml --data-dir mdms --store postgres://mdms@192.0.2.9/hushgrid --aggregator /ip4/…
  pnpm node:mdms --network street.yaml --data-dir mdms --share supplier.share --listen /ip4/127.0.0.1/tcp/0 --json
  pnpm node:mdms id --data-dir mdms
  pnpm node:mdms deal --network street.yaml --dealer-key dealer.key --supplier-share supplier.share --pes-share pes.share
  pnpm node:mdms account add ada --roles admin --data-dir mdms
  pnpm node:mdms household --meter 5f6e…c1 --data-dir mdms
  pnpm node:mdms tariff add packages/billing/tariffs/flat.yaml --data-dir mdms --as eve
  pnpm node:mdms show forecast --data-dir mdms --as eve
  pnpm node:mdms --network street.yaml --data-dir mdms --aggregator /ip4/… --web 127.0.0.1:7481`

/** Runs the command; sets the exit status. */
export const main = roleMain<MdmsOptions>({
  role: 'mdms',
  description: "Run the supplier's meter data management: it takes a neighbourhood's totals, and keeps them.",
  listen: '/ip4/0.0.0.0/tcp/7403',
  options: command =>
    command
      .option('--aggregator <multiaddr>', 'take the totals of a DC-net, from its aggregator, as its log says', nodeAddress)
      .option('--bits <2048|3072|4096>', `of the Paillier key, where one is made (default: ${DEFAULT_BITS})`, keyBits)
      .option('--share <file>', "this party's share of a key that was dealt, for the variant 'direct'")
      .option('--store <path|url>', STORE_HELP, storeLocation)
      .option('--pes-key <hex|multiaddr>', 'the PES (default, in a lab: the first that comes)', nodeKey('--pes-key'))
      .option(
        '--concentrator-key <hex|multiaddr>',
        'the only node that may bring aggregates (default, in a lab: any)',
        nodeKey('--concentrator-key')
      )
      .option(
        '--min-period-slots <number>',
        'fewest slots of a billing period that is kept (default: those of a day)',
        wholeNumber('--min-period-slots', 2, MOST_SLOTS)
      )
      .option('--keep-totals <days>', 'age at which totals are deleted', wholeNumber('--keep-totals', 1, MOST_DAYS), inDays('totals'))
      .option(
        '--keep-consumption <days>',
        "age at which households' billing periods and bills are deleted",
        wholeNumber('--keep-consumption', 1, MOST_DAYS),
        inDays('consumption')
      )
      .option(
        '--keep-readings <days>',
        "age at which meters' encrypted readings are deleted",
        wholeNumber('--keep-readings', 1, MOST_DAYS),
        inDays('readings')
      )
      .addOption(bandsOption())
      .addOption(bandsSlotOption())
      .option('--web <host:port>', WEB_HELP.web, webAddress)
      .option('--web-cert <file>', WEB_HELP.cert)
      .option('--web-key <file>', WEB_HELP.key)
      .option('--web-portal <ip,…>', WEB_HELP.portal, portalAddresses),
  examples: EXAMPLES,
  others: { account, bill, deal, desk, household, id, show, 'sign-meters': signMeters, tariff },
  run
})

function inDays(of: keyof typeof DEFAULT_RETENTION): number {
  return DEFAULT_RETENTION[of] / DAY
}

/** Settings that follow from the options. */
interface Prepared {
  readonly served: ReturnType<typeof webServed>
  readonly bands: ReturnType<typeof readBands>
}

function prepare(options: MdmsOptions, preset: PresetName): Prepared {
  checkOptions(options)
  if (options.aggregator === undefined)
    checkFieldOptions(preset, { '--pes-key': options.pesKey, '--concentrator-key': options.concentratorKey })
  return { served: webServed(options), bands: readBands(options) }
}

/** Runs the supplier's node to its end. */
async function run(options: MdmsOptions): Promise<void> {
  await runRole({
    name: 'mdms',
    options,
    layer: networkLayer,
    Events: MdmsEvents,
    prepare: (_network, _clock, preset) => prepare(options, preset),
    async start({ network, prepared, setting, log, events, starting }) {
      const { served, bands } = prepared
      const { clock, warn, fail } = setting
      const now = (): Millis => clock.now()
      const store = await openResults(options, network)
      const pseudonymOf = openPseudonyms(options.dataDir, systemRng)
      const deliveries = new DeliveryIntake({
        ...{ store, pseudonymOf, now, warn, fail, ...(bands && { bands }) },
        network: { network: network.name, slotSeconds: network.slotSeconds },
        observe: delivered => events.delivered(delivered)
      })
      const web =
        served &&
        (await startSupplierWeb({
          ...{ store, pseudonymOf, now, warn, ...served, ...(bands && { bands }), shownAt: at => shownAt(clock, at) },
          keepBills: options.keepConsumption * DAY,
          deviceKey: openDeviceKey(options.dataDir)
        }))
      const init = {
        options,
        network,
        clock,
        preset: setting.preset,
        turnedAway: setting.turnedAway,
        log,
        events,
        store,
        pseudonymOf,
        deliveries,
        fail
      }
      const mode = await (options.aggregator === undefined ? startPesMode(init) : startDcnetMode(init, options.aggregator))
      starting(mode.more)
      const tidy = (): Promise<void> => deleteOld(store, clock, log, events)
      const retention = setInterval(() => void tidy().catch(fail), RETENTION_EVERY)
      return {
        id: mode.id,
        addresses: mode.addresses,
        run: async () => {
          if (web) log.info('web', { url: web.url })
          await tidy()
          await mode.run()
        },
        stop: async () => {
          clearInterval(retention)
          await web?.stop()
          await mode.stop()
          await deliveries.stop()
          await store.close()
        }
      }
    }
  })
}

function checkOptions(options: MdmsOptions): void {
  if (options.aggregator !== undefined) {
    const [stray] = (Object.keys(PES_OPTIONS) as (keyof PesOptions)[]).filter(name => options[name] !== undefined)
    if (stray) throw new HushgridError(`${PES_OPTIONS[stray]}: expected without --aggregator, where there is no PES and no Paillier key`)
  }
  if (options.share !== undefined && options.bits !== undefined)
    throw new HushgridError('--bits: expected without --share, whose key has its length')
}

async function openResults(options: MdmsOptions, network: Network): Promise<Store> {
  const { minPeriodSlots, keepTotals, keepConsumption, keepReadings } = options
  const store = await openStoreOf(options, {
    minimumContributors: network.minMembers,
    ...(minPeriodSlots === undefined ? {} : { minimumPeriodSlots: minPeriodSlots }),
    retention: { totals: keepTotals * DAY, consumption: keepConsumption * DAY, readings: keepReadings * DAY }
  })
  await store.registerNetwork({ network: network.name, slotSeconds: network.slotSeconds })
  return store
}

async function deleteOld(store: Store, clock: SchedulingClock, log: LogLines, events: MdmsEvents): Promise<void> {
  try {
    const deleted = await store.applyRetention(clock.now())
    if (Object.values(deleted).some(rows => rows > 0)) log.info('deleted', { ...deleted })
  } catch (cause) {
    if (!(cause instanceof StoreUnavailableError)) throw cause
    events.trouble(cause.message)
  }
}
