// `pnpm node:mdms desk`: the supplier's page alone, on an existing store.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { DEFAULT_RETENTION } from '@hushgrid/mdms'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { type BandsOptions, bandsOption, bandsSlotOption, readBands, runCommand, runNode, wholeNumber } from '@hushgrid/runtime'
import { Command } from 'commander'
import { openUnclaimed, STORE_HELP, type StoreLocation, storeLocation } from '../commands/store-location.ts'
import { openPseudonyms } from '../household/pseudonyms.ts'
import { openDeviceKey, startSupplierWeb } from './supplier-web.ts'
import { portalAddresses, WEB_HELP, type WebOptions, webAddress, webServed } from './web-options.ts'

interface Options extends StoreLocation, WebOptions, BandsOptions {
  readonly keepConsumption: number
  readonly json?: boolean
}

const DAY = 86_400_000
const MOST_DAYS = 36_525

const EXPLANATION = `
The page asks for an account of the store, as "pnpm node:mdms account add" makes them, and shows what its roles allow: load and
forecasts (supplier-analyst), billing runs and households' billing periods (billing), accounts (admin), the audit log (auditor).
No results come in meanwhile; "pnpm node:mdms --web" serves the same page beside a node that takes them. Both may run on one
folder. Log: "web" with the page's address. Ctrl-C ends it.

Examples:
  pnpm node:mdms desk --data-dir mdms --web 127.0.0.1:7481
  pnpm node:mdms desk --data-dir mdms --web 0.0.0.0:7481 --web-cert desk.crt --web-key desk.key`

/** Runs the command; sets the exit status. */
export async function desk(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms desk')
    .description("Serve the supplier's page on a store.")
    .requiredOption('--data-dir <folder>', 'the folder of "pnpm node:mdms", with the keys of the store')
    .requiredOption('--web <host:port>', WEB_HELP.web, webAddress)
    .option('--web-cert <file>', WEB_HELP.cert)
    .option('--web-key <file>', WEB_HELP.key)
    .option('--web-portal <ip,…>', WEB_HELP.portal, portalAddresses)
    .option('--store <path|url>', STORE_HELP, storeLocation)
    .addOption(bandsOption())
    .addOption(bandsSlotOption())
    .option(
      '--keep-consumption <days>',
      "age at which the node deletes households' bills, which customers are told",
      wholeNumber('--keep-consumption', 1, MOST_DAYS),
      DEFAULT_RETENTION.consumption / DAY
    )
    .option('--json', 'write the log as JSON lines')
    .addHelpText('after', EXPLANATION)
    .action(run)
  await runCommand(command, argv)
}

async function run(options: Options): Promise<void> {
  const served = webServed(options)
  if (!served) throw new HushgridError('--web: expected an address, got none')
  const bands = readBands(options)
  await runNode({ role: 'desk', json: options.json }, async ({ log }) => {
    const store = await openUnclaimed(options)
    try {
      const web = await startSupplierWeb({
        ...{ store, ...served, keepBills: options.keepConsumption * DAY, ...(bands && { bands }) },
        ...accountsOf(options),
        deviceKey: openDeviceKey(options.dataDir),
        now: () => Date.now() as ReturnType<Parameters<typeof startSupplierWeb>[0]['now']>,
        warn: problem => log.warn('trouble', { problem }, problem)
      })
      log.info('web', { url: web.url, store: store.name })
      return {
        stop: async () => {
          await web.stop()
          await store.close()
        }
      }
    } catch (cause) {
      await store.close()
      throw cause
    }
  })
}

/** Reads the pseudonyms' key only; the node makes it. */
function accountsOf({ dataDir }: Options): { readonly pseudonymOf?: ReturnType<typeof openPseudonyms> } {
  return existsSync(join(dataDir, 'household.key')) ? { pseudonymOf: openPseudonyms(dataDir, systemRng) } : {}
}
