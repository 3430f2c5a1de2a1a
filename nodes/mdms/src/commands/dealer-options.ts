// Options of the dealer's commands, and its key.
import { existsSync } from 'node:fs'
import { HushgridError, IdentityKey, systemRng } from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'
import type { Network } from '@hushgrid/topology'
import type { Command } from 'commander'

/** Options that the dealer's commands share. */
export interface DealerOptions {
  readonly network: string
  /** File with the dealer's Ed25519 key. */
  readonly dealerKey: string
  readonly json?: boolean
}

/** Adds the options. */
export function withDealerOptions(command: Command): Command {
  return command
    .requiredOption('--network <file>', 'the network that this is for; what is signed holds for no other')
    .requiredOption('--dealer-key <file>', "file with the dealer's own key; made where there is none")
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
}

/**
 * Opens the dealer's key, made where there is none and the network file names none.
 *
 * @throws SecretFileError; HushgridError where the network file names another
 */
export function openDealer(path: string, { dealerKey }: Network, file: string): IdentityKey {
  if (dealerKey !== undefined && !existsSync(path))
    throw new HushgridError(`--dealer-key ${path}: expected the key that ${file} names, ${dealerKey}, got no such file`)
  const dealer = new IdentityKey(readOrCreateSecret(path, 32, () => systemRng.bytes(32)).secret)
  if (dealerKey !== undefined && dealerKey !== dealer.id)
    throw new HushgridError(`--dealer-key ${path}: expected the key that ${file} names, ${dealerKey}, got ${dealer.id}`)
  return dealer
}
