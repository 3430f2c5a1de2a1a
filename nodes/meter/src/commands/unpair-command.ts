// `pnpm node:meter unpair`: for the person at the meter when its customer moves out.
import { checkFolderRole, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { askToUnpair } from '../billing/billing-store.ts'

const EXPLANATION = `
The meter draws another key by the end of the slot that runs, which no customer has. Whoever is paired goes on opening what
was measured until then, and fetching it from the meter for twelve months, and opens nothing after. The next customer that
is paired gets all that was measured since; without this it gets what is measured from its pairing on. A code that was
shown and not used is void. The meter may run meanwhile; one that does not does it when it is started.

Example:
  pnpm node:meter unpair --data-dir /var/lib/hushgrid/meter`

/** Runs the command; sets the exit status. */
export async function unpair(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:meter unpair')
    .description('Have this meter seal what it measures from now on under a key that its customer does not have.')
    .requiredOption('--data-dir <folder>', "the meter's folder")
    .allowExcessArguments(false)
    .addHelpText('after', EXPLANATION)
    .action(({ dataDir }: { readonly dataDir: string }) => {
      checkFolderRole(dataDir, 'meter')
      process.stdout.write(`meter ${askToUnpair(dataDir)}: unpaired by the end of the slot that runs\n`)
    })
  await runCommand(command, argv)
}
