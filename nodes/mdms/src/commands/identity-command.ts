// `pnpm node:mdms id`: the aggregator has to know the supplier before the supplier can be told where the aggregator is.
import { mkdirSync } from 'node:fs'
import { withPeerId } from '@hushgrid/network'
import { HushgridError } from '@hushgrid/primitives'
import { logLines, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { openIdentity } from '../results/supplier-store.ts'

interface Options {
  readonly dataDir: string
  readonly json?: boolean
}

const EXAMPLE = `
Example:
  pnpm node:mdms id --data-dir /var/lib/hushgrid/mdms`

/** Runs the command; sets the exit status. */
export async function identity(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms id')
    .description('Make the key of this node where there is none yet, and print what others know it by, as for --supplier-key.')
    .requiredOption('--data-dir <folder>', "the node's own folder; made where there is none")
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLE)
    .action(({ dataDir, json }: Options) => {
      try {
        mkdirSync(dataDir, { recursive: true, mode: 0o700 })
      } catch (cause) {
        throw new HushgridError(`${dataDir}: expected a folder that can be written to (${(cause as NodeJS.ErrnoException).code})`)
      }
      const { id } = openIdentity(dataDir)
      logLines('mdms', json === true, line => process.stdout.write(line)).info('id', { id, address: withPeerId('', id) })
    })
  await runCommand(command, argv)
}
