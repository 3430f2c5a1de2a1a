// `pnpm bill verify`: the supplier's check on its own.
import { decodeBill, verifyBill } from '@hushgrid/billing'
import { HushgridError, InvalidArgumentError, type MeterId, meterId, wrappedText } from '@hushgrid/primitives'
import { type BandsOptions, bandsOption, bandsSlotOption, readBinaryFile, readTariffAndBands, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { amountText, spanText } from '../bill/bill-text.ts'

interface Options extends BandsOptions {
  readonly tariff: string
  readonly meter?: MeterId
  readonly json?: boolean
}

const EXAMPLES = `
Exit status 0 where the bill holds, 1 where it does not (one sentence says what failed), 2 for wrong input. Without --meter
the bill's own word is taken for whose it is, and that is said; a supplier knows the keys of its meters.

Examples:
  pnpm bill verify february.bill --tariff packages/billing/tariffs/flat.yaml --meter 5f6e…c1
  pnpm bill verify february.bill --tariff packages/billing/tariffs/london-dynamic.yaml --bands bands.csv --json`

/** Most bytes of a bill's file: a bill is a few hundred kilobytes at most. */
const MOST_BYTES = 64_000_000

/** Runs the command; sets the exit status. */
export async function verify(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm bill verify')
    .description('Check a bill as the supplier does: signatures, coverage, tariff, and that the commitments open to the amount.')
    .argument('<file>', 'a bill')
    .requiredOption('--tariff <file>', 'the tariff that the supplier goes by, as YAML')
    .addOption(bandsOption("CSV with the band or the price of each slot, for a dynamic tariff: the supplier's own"))
    .addOption(bandsSlotOption())
    .option('--meter <hex>', "the meter's key, 64 hexadecimal digits (default: the bill's own word)", key)
    .option('--json', 'print JSON')
    .allowExcessArguments(false)
    .addHelpText('after', EXAMPLES)
    .action(run)
  await runCommand(command, argv)
}

function key(text: string): MeterId {
  if (!/^[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError('--meter', '64 hexadecimal digits', JSON.stringify(text))
  return meterId(text.toLowerCase())
}

function run(file: string, options: Options): void {
  const { tariff: tariffPath, meter, json } = options
  const bill = decodeBill(readBinaryFile(file, 'a bill', MOST_BYTES))
  const slotSeconds = bill.batches[0]?.header.slotSeconds
  if (slotSeconds === undefined) throw new HushgridError(`${file}: expected a bill with batches, got none`)
  const { tariff, bands } = readTariffAndBands(tariffPath, options)
  const prices = tariff.prices({ from: bill.from, until: bill.until, slotSeconds, ...(bands && { bands }) })
  const from = performance.now()
  let problem: string | undefined
  try {
    verifyBill(bill, prices, meter ?? bill.meterId)
  } catch (cause) {
    if (!(cause instanceof HushgridError)) throw cause
    problem = cause.message
  }
  const took = performance.now() - from
  if (json) {
    const { amount, from: first, until, meterId: id } = bill
    const document = {
      holds: problem === undefined,
      ...(problem !== undefined && { problem }),
      meter: id,
      from: first,
      until,
      slotSeconds,
      amount: String(amount),
      ms: took
    }
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
  } else if (problem === undefined) {
    const lines = [
      `holds: ${amountText(bill.amount, prices)}`,
      `meter ${bill.meterId}${meter === undefined ? ", by the bill's own word" : ''}, ${spanText(bill, slotSeconds)}, checked in ${took.toFixed(0)} ms`
    ]
    process.stdout.write(`${lines.map(wrappedText).join('\n')}\n`)
  }
  if (problem === undefined) return
  process.stderr.write(`${problem}\n`)
  process.exitCode = 1
}
