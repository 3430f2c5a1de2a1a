// Command `id` of a node's program: a node has to be known to another before either starts.
import { type MeterId, type Rng, systemRng } from '@hushgrid/primitives'
import { Command } from 'commander'
import { claimDataFolder } from '../files/data-folder.ts'
import type { FolderRole } from '../files/folder-role.ts'
import { runCommand } from './command.ts'
import { logLines } from './log-lines.ts'

interface Options {
  readonly dataDir: string
  readonly json?: boolean
}

/** Parts that a role brings to `id`. */
export interface IdentitySetting {
  /** Name in the command `pnpm node:ROLE id`. */
  readonly role: FolderRole
  readonly description: string
  /** Gives the id of the keys in a node's folder, which it makes where there are none, and closes all files again. */
  open(directory: string, role: FolderRole): { readonly id: MeterId }
  /** Gives a multiaddr that ends in the node's peer id. */
  addressOf(id: MeterId): string
}

/** Kind of store that has a node's identity. */
interface StoreKind {
  open(directory: string, rng: Rng, flush: boolean): { readonly identity: { readonly id: MeterId }; close(): void }
}

/** Makes the `open` of {@link IdentitySetting} for a role whose keys are in such a store; claims its folder meanwhile. */
export function storeIdentity(kind: StoreKind): IdentitySetting['open'] {
  return (directory, role) => {
    const giveUpFolder = claimDataFolder(directory, role)
    try {
      const store = kind.open(directory, systemRng, true)
      store.close()
      return store.identity
    } finally {
      giveUpFolder()
    }
  }
}

/** Makes the command `id`, which makes the keys where there are none, and prints the id by which others know the node. */
export function identityCommand({ role, description, open, addressOf }: IdentitySetting): (argv: readonly string[]) => Promise<void> {
  const name = `pnpm node:${role} id`
  const command = new Command(name)
    .description(description)
    .requiredOption('--data-dir <folder>', "the node's own folder; made where there is none")
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
    .addHelpText('after', `\nExample:\n  ${name} --data-dir /var/lib/hushgrid/${role}`)
    .action(({ dataDir, json }: Options) => {
      const { id } = open(dataDir, role)
      logLines(role, json === true, line => process.stdout.write(line)).info('id', { id, address: addressOf(id) })
    })
  return argv => runCommand(command, argv)
}
