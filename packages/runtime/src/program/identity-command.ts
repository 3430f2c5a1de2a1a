// `id` of a node's program: a node has to be known to another before either starts.
import type { MeterId } from '@hushgrid/primitives'
import { Command } from 'commander'
import { runCommand } from './command.ts'
import { logLines } from './log-lines.ts'

interface Options {
  readonly dataDir: string
  readonly json?: boolean
}

/** What `id` is told by a role. */
export interface IdentitySetting {
  /** The command is `pnpm node:ROLE id`. */
  readonly role: string
  readonly description: string
  /** Opens the node's keys in its folder, made where there are none; puts everything away again. */
  open(directory: string): { readonly id: MeterId }
  /** Multiaddr that ends in a node's peer id. */
  addressOf(id: MeterId): string
}

/** The command `id`: makes the keys where there are none, says what the node is known by, and ends. */
export function identityCommand({ role, description, open, addressOf }: IdentitySetting): (argv: readonly string[]) => Promise<void> {
  const name = `pnpm node:${role} id`
  const command = new Command(name)
    .description(description)
    .requiredOption('--data-dir <folder>', "the node's own folder; made where there is none")
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
    .addHelpText('after', `\nExample:\n  ${name} --data-dir /var/lib/hushgrid/${role}`)
    .action(({ dataDir, json }: Options) => {
      const { id } = open(dataDir)
      logLines(role, json === true, line => process.stdout.write(line)).info('id', { id, address: addressOf(id) })
    })
  return argv => runCommand(command, argv)
}
