// `pnpm node:meter billing-pair`: shows a code to the person at the meter.
import { formatPairingCode } from '@hushgrid/billing'
import { systemRng } from '@hushgrid/primitives'
import { checkFolderRole, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { showPairingCode } from '../billing/billing-store.ts'

const EXPLANATION = `
The code makes one customer's program know the key that the meter encrypts readings with for its customer, which is all
that keeps them from others: read it off this terminal, and type it at
  pnpm node:customer pair --meter MULTIADDR --data-dir DIR
It is used once; showing another one makes it void. Whoever sends five wrong ones has to wait. The meter has to run with
--billing-period; it may run meanwhile. The code is written nowhere else, and in no log.

Where a customer has the meter's key already, pairing draws another one: what is measured from then on only the new
customer opens, and what was measured before only the earlier one ("pnpm node:meter unpair" draws it sooner).

Example:
  pnpm node:meter billing-pair --data-dir /var/lib/hushgrid/meter`

/** Runs the command; sets the exit status. */
export async function billingPair(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:meter billing-pair')
    .description("Show a code that pairs this meter with its customer's program, once.")
    .requiredOption('--data-dir <folder>', "the meter's folder")
    .allowExcessArguments(false)
    .addHelpText('after', EXPLANATION)
    .action(({ dataDir }: { readonly dataDir: string }) => {
      checkFolderRole(dataDir, 'meter')
      const { code, meter } = showPairingCode(dataDir, systemRng)
      process.stdout.write(`meter ${meter}\ncode  ${formatPairingCode(code)}\n`)
    })
  await runCommand(command, argv)
}
