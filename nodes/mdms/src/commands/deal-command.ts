// `pnpm node:mdms deal`: the dealer, which makes a Paillier key for the variant `direct`, splits it and forgets it.
import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { generateKeyPair, splitKey } from '@hushgrid/paillier'
import { encodeKeyShare } from '@hushgrid/pes'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { logLines, readOrCreateSecret, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { DEFAULT_BITS, keyBits } from './key-bits.ts'

interface Options {
  readonly bits: number
  readonly supplierShare: string
  readonly pesShare: string
  readonly json?: boolean
}

const EXPLANATION = `
With the variant 'direct' a meter's reading can be decrypted by PES and supplier together only, each with a share of
the key. Whoever makes the key could decrypt every reading alone, and so that must be neither of them: run this on a
machine of its own, by a third party such as the gateway administrator. The key is never written down, and it is gone
with this process; both parties trust the dealer that it keeps no copy and hands each share to its owner alone. Bring
the files over a safe way and delete them here. A file that is there is never overwritten; both are readable by their
owner only.

Examples:
  pnpm node:mdms deal --bits 2048 --supplier-share supplier.share --pes-share pes.share
  pnpm node:mdms --network street.yaml --data-dir mdms --share supplier.share
  pnpm node:concentrator --network street.yaml --data-dir concentrator --pes-share pes.share --supplier /ip4/…`

/** Runs the command; sets the exit status. */
export async function deal(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms deal')
    .description('Make a Paillier key, split it between supplier and PES, and forget it.')
    .requiredOption('--supplier-share <file>', "new file for the supplier's share")
    .requiredOption('--pes-share <file>', 'new file for the share of the PES')
    .option('--bits <2048|3072|4096>', `of the Paillier key (default: ${DEFAULT_BITS})`, keyBits)
    .option('--json', 'log as JSON lines')
    .allowExcessArguments(false)
    .addHelpText('after', EXPLANATION)
    .action(run)
  await runCommand(command, argv)
}

function run({ bits = DEFAULT_BITS, supplierShare, pesShare, json }: Options): void {
  if (resolve(supplierShare) === resolve(pesShare))
    throw new HushgridError('--pes-share: expected another file than --supplier-share, got the same')
  for (const path of [supplierShare, pesShare]) if (existsSync(path)) throw taken(path)
  const { privateKey, publicKey } = generateKeyPair(bits)
  const [supplier, pes] = splitKey(privateKey, systemRng)
  writeNew(supplierShare, encodeKeyShare({ publicKey, share: supplier }))
  try {
    writeNew(pesShare, encodeKeyShare({ publicKey, share: pes }))
  } catch (cause) {
    // Removes the first half, since half of a split key is of no use.
    rmSync(supplierShare)
    throw cause
  }
  const log = logLines('dealer', json === true, line => process.stdout.write(line))
  log.info('dealt', { bits, key: publicKey.fingerprint, supplierShare, pesShare })
}

function writeNew(path: string, share: Uint8Array): void {
  const { created } = readOrCreateSecret(path, undefined, () => share)
  if (!created) throw taken(path)
}

function taken(path: string): HushgridError {
  return new HushgridError(`${path}: expected to make this file, got one that is there already`)
}
