// `pnpm node:mdms sign-meters`: the dealer's list of the meters that concentrator and PES take.
import { existsSync } from 'node:fs'
import { networkId } from '@hushgrid/dcnet'
import { signMeterList } from '@hushgrid/pes'
import { HushgridError } from '@hushgrid/primitives'
import { logLines, prepareFile, readAllowedMeters, readNetwork, runCommand, writeResult } from '@hushgrid/runtime'
import { Command } from 'commander'
import { type DealerOptions, openDealer, withDealerOptions } from './dealer-options.ts'

interface Options extends DealerOptions {
  readonly meters: string
  readonly out: string
}

const EXPLANATION = `
Concentrator and PES take no other meters than those on the list, so that whoever runs the concentrator cannot invent
meters to single one out. Sign ids of meters that you know to stand in different homes, and hand the list to both parties
yourself. A meter that comes or goes needs a new list, and a restart of both with it.

Examples:
  pnpm node:mdms sign-meters --network street.yaml --dealer-key dealer.key --meters meters.txt --out meters.signed
  pnpm node:pes --network street.yaml --data-dir pes --allow meters.signed --supplier /ip4/… --concentrator-key 5f6e…c1`

/** Runs the command; sets the exit status. */
export async function signMeters(argv: readonly string[]): Promise<void> {
  const command = withDealerOptions(
    new Command('pnpm node:mdms sign-meters').description('Sign the list of a network’s meters, as its dealer.')
  )
    .requiredOption('--meters <file>', 'ids of the meters, one a line')
    .requiredOption('--out <file>', 'new file for the signed list')
    .addHelpText('after', EXPLANATION)
    .action(run)
  await runCommand(command, argv)
}

function run({ network: file, dealerKey, meters: path, out, json }: Options): void {
  if (existsSync(out)) throw new HushgridError(`${out}: expected to make this file, got one that is there already`)
  prepareFile('--out', out)
  const network = readNetwork(file)
  const meters = readAllowedMeters(path)
  const dealer = openDealer(dealerKey, network, file)
  writeResult(out, signMeterList(dealer, networkId(network.name), meters), { flag: 'wx' })
  const log = logLines('dealer', json === true, line => process.stdout.write(line))
  log.info('signed', { meters: meters.size, dealerKey: dealer.id, out })
  if (network.dealerKey === undefined) log.warn('unnamed', { problem: `put this line into ${file}: dealerKey: ${dealer.id}` })
}
