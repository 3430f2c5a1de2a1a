// `pnpm node:mdms deal`: the dealer, which makes a Paillier key for the variant `direct`, splits it, signs it and forgets it.
import { existsSync, rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { networkId } from '@hushgrid/dcnet'
import { generateKeyPair, splitKey } from '@hushgrid/paillier'
import { encodeKeyShare, signDealt } from '@hushgrid/pes'
import { HushgridError, systemRng } from '@hushgrid/primitives'
import { logLines, prepareFile, readNetwork, readOrCreateSecret, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { type DealerOptions, openDealer, withDealerOptions } from './dealer-options.ts'
import { DEFAULT_BITS, keyBits } from './key-bits.ts'

interface Options extends DealerOptions {
  readonly bits: number
  readonly supplierShare: string
  readonly pesShare: string
}

const EXPLANATION = `
With the variant 'direct' a meter's reading can be decrypted by PES and supplier together only, each with a share of
the key. Whoever makes the key could decrypt every reading alone, and so that must be neither of them: run this on a
machine of its own, by a third party such as the gateway administrator. The key is never written down, and it is gone
with this process; both parties trust the dealer that it keeps no copy and hands each share to its owner alone. Bring
the files over a safe way and delete them here. A file that is there is never overwritten; both are readable by their
owner only.

The dealer signs what it deals with the key in --dealer-key, made where there is none. Put the line "dealerKey: …" that
the log shows into the network file of all nodes: meters, PES and supplier take no Paillier key that another has signed.
The same key signs the list of meters ("pnpm node:mdms sign-meters --help"); keep it, and keep it to yourself.

Examples:
  pnpm node:mdms deal --network street.yaml --dealer-key dealer.key --bits 2048 \\
    --supplier-share supplier.share --pes-share pes.share
  pnpm node:mdms --network street.yaml --data-dir mdms --share supplier.share
  pnpm node:concentrator --network street.yaml --data-dir concentrator --pes-share pes.share --supplier /ip4/…`

/** Runs the command; sets the exit status. */
export async function deal(argv: readonly string[]): Promise<void> {
  const command = withDealerOptions(
    new Command('pnpm node:mdms deal').description('Make a Paillier key, split it between supplier and PES, and forget it.')
  )
    .requiredOption('--supplier-share <file>', "new file for the supplier's share")
    .requiredOption('--pes-share <file>', 'new file for the share of the PES')
    .option('--bits <2048|3072|4096>', `of the Paillier key (default: ${DEFAULT_BITS})`, keyBits)
    .addHelpText('after', EXPLANATION)
    .action(run)
  await runCommand(command, argv)
}

function run({ network: file, dealerKey, bits = DEFAULT_BITS, supplierShare, pesShare, json }: Options): void {
  if (resolve(supplierShare) === resolve(pesShare))
    throw new HushgridError('--pes-share: expected another file than --supplier-share, got the same')
  for (const path of [supplierShare, pesShare]) if (existsSync(path)) throw taken(path)
  prepareFile('--supplier-share', supplierShare)
  prepareFile('--pes-share', pesShare)
  const network = readNetwork(file)
  const dealer = openDealer(dealerKey, network, file)
  const { privateKey, publicKey } = generateKeyPair(bits)
  const [supplier, pes] = splitKey(privateKey, systemRng)
  const dealt = signDealt(dealer, networkId(network.name), publicKey, supplier)
  writeNew(supplierShare, encodeKeyShare({ publicKey, share: supplier, dealt }))
  try {
    writeNew(pesShare, encodeKeyShare({ publicKey, share: pes, dealt }))
  } catch (cause) {
    // Removes the first half, since half of a split key is of no use.
    rmSync(supplierShare)
    throw cause
  }
  const log = logLines('dealer', json === true, line => process.stdout.write(line))
  log.info('dealt', { bits, key: publicKey.fingerprint, dealerKey: dealer.id, supplierShare, pesShare })
  if (network.dealerKey === undefined) log.warn('unnamed', { problem: `put this line into ${file}: dealerKey: ${dealer.id}` })
}

function writeNew(path: string, share: Uint8Array): void {
  const { created } = readOrCreateSecret(path, undefined, () => share)
  if (!created) throw taken(path)
}

function taken(path: string): HushgridError {
  return new HushgridError(`${path}: expected to make this file, got one that is there already`)
}
