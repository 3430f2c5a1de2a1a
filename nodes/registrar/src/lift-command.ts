// `pnpm node:registrar lift`: for the operator who has looked into a fault that was proven.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type MeterId, meterId, systemRng } from '@hushgrid/primitives'
import { checkFolderRole, claimDataFolder, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { REGISTRAR_JOURNAL, RegistrarStore, RegistrarStoreError } from './store.ts'

const EXPLANATION = `
A meter whose own signed messages prove a fault is in no roster, whatever seasons begin, until its bar is lifted. Stop the
registrar first, and start it again afterwards; the meter is in from a change slot after it has asked to join. Bars that
end by themselves can be lifted too. The log's "barred" names the meter and says why.

Example:
  pnpm node:registrar lift --data-dir /var/lib/hushgrid/registrar 5f6e…c1`

/** Runs the command; sets the exit status. */
export async function lift(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:registrar lift')
    .description('Lift the bar of a meter, so that it may join again.')
    .argument('<meter>', 'id of the meter, 64 hexadecimal digits')
    .requiredOption('--data-dir <folder>', "the registrar's folder")
    .allowExcessArguments(false)
    .addHelpText('after', EXPLANATION)
    .action((meter: string, { dataDir }: { readonly dataDir: string }) => {
      const id = meterId(meter)
      liftBar(dataDir, id)
      process.stdout.write(`meter ${id}: may join again\n`)
    })
  await runCommand(command, argv)
}

/**
 * Lifts a bar in the journal of a registrar that is not running.
 *
 * @throws RegistrarStoreError where the folder is no registrar's, so that a mistyped one does not become a new registrar's
 */
function liftBar(directory: string, meter: MeterId): void {
  checkFolderRole(directory, 'registrar')
  if (!existsSync(join(directory, REGISTRAR_JOURNAL)))
    throw new RegistrarStoreError(`${directory}: expected a registrar's folder, got one without ${REGISTRAR_JOURNAL}`)
  const giveUpFolder = claimDataFolder(directory, 'registrar')
  try {
    const store = RegistrarStore.open(directory, systemRng, true)
    try {
      store.lift(meter)
    } finally {
      store.close()
    }
  } finally {
    giveUpFolder()
  }
}
