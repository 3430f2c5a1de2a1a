// `pnpm node:mdms household`: binds a customer's account to a household, which the store knows by a pseudonym only.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { nodeKey } from '@hushgrid/network'
import { HushgridError, type MeterId, systemRng } from '@hushgrid/primitives'
import { runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { HOUSEHOLD_KEY, openPseudonyms } from '../household/pseudonyms.ts'
import { printJson } from './tables.ts'

interface Options {
  readonly meter: MeterId
  readonly dataDir: string
  readonly json?: boolean
}

const EXPLANATION = `
The pseudonym follows from the meter's id and the key in DATA-DIR/household.key, which "pnpm node:mdms" makes at its first
start; nobody without that key can tell which meter a pseudonym is of. It is the same whether the store has anything of the
household or not. A customer's account is bound to it.

Examples:
  pnpm node:mdms household --meter 5f6e…c1 --data-dir mdms
  pnpm node:mdms account add flat-7 --roles customer --household household-6f0c… --data-dir mdms --as ada`

/** Runs the command; sets the exit status. */
export async function household(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms household')
    .description("Print the pseudonym that a meter's household has in the store.")
    .requiredOption('--meter <hex|multiaddr>', 'id of the meter, as its log says', nodeKey('--meter'))
    .requiredOption('--data-dir <folder>', 'the folder of "pnpm node:mdms"')
    .option('--json', 'as one JSON value')
    .allowExcessArguments(false)
    .addHelpText('after', EXPLANATION)
    .action(({ meter, dataDir, json }: Options) => {
      const path = join(dataDir, HOUSEHOLD_KEY)
      // Refuses a missing key: one made in a wrong folder would give a pseudonym that is nobody's.
      if (!existsSync(path)) throw new HushgridError(`${path}: expected the key of a supplier that has run before, got no such file`)
      const pseudonym = openPseudonyms(dataDir, systemRng)(meter)
      if (json === true) printJson({ meter, household: pseudonym })
      else process.stdout.write(`${pseudonym}\n`)
    })
  await runCommand(command, argv)
}
