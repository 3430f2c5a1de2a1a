// `id` of concentrator and PES: each has to know the other before either starts.
import { withPeerId } from '@hushgrid/network'
import type { IdentityKey } from '@hushgrid/primitives'
import { claimDataFolder, logLines, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'

interface Options {
  readonly dataDir: string
  readonly json?: boolean
}

/** A store that has a node's identity. */
interface OpenStore {
  readonly identity: IdentityKey
  close(): void
}

/**
 * Runs `id`: makes the keys where there are none, says what the node is known by, and ends.
 *
 * @param name - of the node's own command
 */
export async function identity(name: string, role: string, open: (directory: string) => OpenStore, argv: readonly string[]): Promise<void> {
  const command = new Command(`${name} id`)
    .description('Make the keys of this node where there are none yet, and print what others know it by.')
    .requiredOption('--data-dir <folder>', "the node's own folder; made where there is none")
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
    .addHelpText('after', `\nExample:\n  ${name} id --data-dir /var/lib/hushgrid/${role}`)
    .action(({ dataDir, json }: Options) => {
      const giveUpFolder = claimDataFolder(dataDir)
      try {
        const store = open(dataDir)
        const { id } = store.identity
        store.close()
        logLines(role, json === true, line => process.stdout.write(line)).info('id', { id, address: withPeerId('', id) })
      } finally {
        giveUpFolder()
      }
    })
  await runCommand(command, argv)
}
