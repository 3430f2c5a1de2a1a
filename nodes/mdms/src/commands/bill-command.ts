// `pnpm node:mdms bill`: bills that come as a file.
import { BillChecker, MAX_BILL_BYTES } from '@hushgrid/billing'
import { HushgridError, type Millis, systemRng } from '@hushgrid/primitives'
import { type BandsOptions, bandsOption, bandsSlotOption, readBands, readBinaryFile, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { openPseudonyms } from '../household/pseudonyms.ts'
import { networkNamed, withOpenStore, withStore } from './store-command.ts'
import type { StoreLocation } from './store-location.ts'
import { instant } from './tables.ts'

interface Options extends StoreLocation, BandsOptions {
  readonly network?: string
}

const EXPLANATION = `
A bill is checked as one that a customer brings to the node: the tariff is found by its prices, and must be in the store
("pnpm node:mdms tariff add"); the meter's signatures, the period and the amount must hold. Then it is put in the store. The
same bill again is taken, another one for the same period is not. What the bill comes to is not shown here: "pnpm node:mdms
show bills" does, to those who may see it. All of this works while "pnpm node:mdms" runs on the same folder.

Examples:
  pnpm node:mdms bill take february.bill --data-dir mdms
  pnpm node:mdms bill take february.bill --data-dir mdms --bands london-2013-02-tariff.csv`

/** Runs the command; sets the exit status. */
export async function bill(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms bill').description('Bills that come as a file.').addHelpText('after', EXPLANATION)
  withStore(command.command('take <file>').description('check a bill, and put it in the store'), 1)
    .addOption(bandsOption())
    .addOption(bandsSlotOption())
    .option('--network <name>', 'of which network it is, where the store has several')
    .addHelpText('after', EXPLANATION)
    .action(take)
  await runCommand(command, argv)
}

async function take(file: string, options: Options): Promise<void> {
  const bytes = readBinaryFile(file, 'a bill', MAX_BILL_BYTES)
  const bands = readBands(options)
  const said = await withOpenStore(options, async store => {
    const { networks, tariffs } = await store.readTerms()
    const { network, slotSeconds } = networkNamed(store, networks, options.network)
    const { meter, checked } = new BillChecker({ slotSeconds, tariffs, ...(bands && { bands }) }).check({ bill: bytes })
    const received = Date.now() as Millis
    const { from, until } = checked.period
    const length = slotSeconds * 1000
    if (until * length > received)
      throw new HushgridError(`bill, period: expected one that is over, got one up to ${instant(until * length)}`)
    const household = openPseudonyms(options.dataDir, systemRng)(meter)
    const recorded = await store.recordBill({ ...checked, network, household, received })
    const kept = recorded === 'new' ? 'checked and kept' : 'checked, and kept before'
    return `bill of ${household}, ${instant(from * length)} to ${instant(until * length)}, tariff ${checked.tariff}: ${kept}\n`
  })
  process.stdout.write(said)
}
