// `pnpm bill`: a bill from real readings, computed by the customer and checked by the supplier.
import { existsSync } from 'node:fs'
import {
  BATCH_PERIODS,
  type BatchPeriod,
  type BatchSpan,
  batchSpans,
  overheadsOf,
  PERIOD_HELP,
  periodSlots,
  roundAmount,
  runBill
} from '@hushgrid/billing'
import { type GapReport, type HouseholdSeries, irregularities, readingAt } from '@hushgrid/load-profiles'
import { DATA_HELP, type DataFacts, loadOptionsOf, loadReadings, readingsNotes, withDataFacts } from '@hushgrid/node-meter'
import { HushgridError, type Slot, systemRng, toHex } from '@hushgrid/primitives'
import {
  type BandsOptions,
  bandsOption,
  bandsSlotOption,
  choiceOf,
  commandsText,
  failWith,
  noCommand,
  prepareFile,
  readTariffAndBands,
  runCommand,
  writeResult
} from '@hushgrid/runtime'
import { Command } from 'commander'
import { billText, startOf } from '../bill/bill-text.ts'
import { verify } from './bill-verify-command.ts'

interface Options extends BandsOptions, DataFacts {
  readonly data: string
  readonly tariff: string
  readonly household?: string
  readonly period?: string
  readonly batch?: BatchPeriod
  readonly out?: string
  readonly json?: boolean
}

const COMMANDS = ['verify']

const EXAMPLES = `
The meter encrypts each reading, commits to it (Pedersen, ristretto255) and signs each batch; the customer decrypts,
checks, and computes the bill with its opening; the supplier checks the bill against the signed commitments and sees no
reading. Keys are drawn for the run and forgotten. Times are of one run in a fresh process; pnpm bench --only billing
measures many. A period is of the tariff's time zone; where the readings begin later or end earlier, the bill is
for the slots that they cover, and that is said.

--bands is a CSV with slot_start_utc,band for a tariff whose bands have prices, or slot_start_utc,price (minor units, such as
pence, per kWh) for one that leaves the prices to the file, as day-ahead.yaml does. Its rows have a grid of their own, as
half-hours for readings of 15 minutes; only readings that are coarser than the prices cannot be billed.

A bill reveals its amount, and the amount is exact: with one price it is the consumption of the period.

Examples:
  pnpm bill --data readings.csv --tariff packages/billing/tariffs/flat.yaml --household house-12
  pnpm bill --data "my meter.csv" --unit kWh --time-zone Europe/Berlin --tariff flat.yaml
  pnpm bill --data lcl.csv --tariff packages/billing/tariffs/london-dynamic.yaml --bands bands.csv --household MAC000002 --period 2013-02
  pnpm bill --data readings.csv --tariff packages/billing/tariffs/day-ahead.yaml --bands prices.csv --household 0
  pnpm bill --data readings.csv --tariff flat.yaml --household 0 --out february.bill
  pnpm bill verify february.bill --tariff flat.yaml`

/** Runs the command; sets the exit status. */
export async function main(argv: readonly string[]): Promise<void> {
  const [, , word = ''] = argv
  if (word === 'verify') {
    await verify(argv.toSpliced(2, 1))
    return
  }
  if (word !== '' && !word.startsWith('-')) {
    failWith(noCommand('pnpm bill', word, COMMANDS))
    return
  }
  const command = new Command('pnpm bill')
    .description('Compute a household’s bill from its readings, and check it as the supplier would.')
    .requiredOption('--data <file|folder>', DATA_HELP)
    .requiredOption('--tariff <file>', 'YAML, such as packages/billing/tariffs/flat.yaml')
    .addOption(bandsOption('CSV with the band or the price of each slot, for a dynamic tariff'))
    .addOption(bandsSlotOption())
    .option('--household <name|index>', 'which household of --data, by name or counted from 0')
    .option('--period <month|day|days>', `${PERIOD_HELP} (default: all readings)`)
    .option('--batch <day|week|month>', 'how much the meter signs at once (default: month)', choiceOf('--batch', BATCH_PERIODS))
    .option('--out <file>', 'write the bill there, for "pnpm bill verify"; never over another file')
    .option('--json', 'print JSON')
    .allowExcessArguments(false)
    .addHelpText('after', commandsText(COMMANDS) + EXAMPLES)
    .action(run)
  await runCommand(withDataFacts(command), argv)
}

async function run(options: Options): Promise<void> {
  const { data, out, period, household, batch = 'month' } = options
  if (out !== undefined && existsSync(out)) throw new HushgridError(`--out ${out}: expected a file that is not there yet`)
  if (out !== undefined) prepareFile('--out', out)
  const loaded = await loadReadings(data, loadOptionsOf(options))
  const series = chosen(loaded, household, data)
  const gaps = loaded.gaps.find(each => each.household === series.household) as GapReport
  // What was left out or is doubtful on the way in stands in the bill, before its amount.
  const remarks = [...readingsNotes(loaded), ...irregularities(gaps)]
  const { slotSeconds } = series
  const { tariff, bands } = readTariffAndBands(options.tariff, options)
  const { span, note } = coveredSpan(
    series,
    period === undefined ? undefined : periodSlots({ period, timeZone: tariff.timeZone }, slotSeconds),
    period
  )
  const billed = { ...series, at: (slot: Slot) => readingAt(series, slot)?.map(BigInt) }
  const calendar = { period: batch, timeZone: tariff.timeZone, slotSeconds }
  const prices = tariff.prices({ ...span, slotSeconds, ...(bands && { bands }) })
  const path = runBill(billed, batchSpans(span, calendar), prices, { rng: systemRng, now: () => performance.now() })
  if (out !== undefined) writeResult(out, path.billBytes, { mode: 0o600, flag: 'wx' })
  const overheads = overheadsOf(billed, systemRng)
  if (options.json) {
    const { bill, times, sizes, readings } = path
    const { minor } = roundAmount(bill.amount, prices)
    const document = {
      household: series.household,
      meter: path.meter.id,
      from: bill.from,
      until: bill.until,
      slotSeconds,
      ...(bands && { bandsSlotSeconds: bands.slotSeconds ?? slotSeconds }),
      readings,
      gaps: path.gaps,
      tariff: tariff.name,
      tariffHash: toHex(prices.tariffHash),
      currency: prices.currency,
      amount: String(bill.amount),
      digits: prices.digits,
      minor: String(minor),
      milliseconds: times,
      batches: sizes,
      billBytes: path.billBytes.byteLength,
      overheads,
      ...(note !== undefined && { note }),
      readingsFrom: {
        title: loaded.title,
        files: loaded.files,
        skipped: loaded.skipped,
        notes: loaded.notes,
        irregular: irregularities(gaps)
      }
    }
    process.stdout.write(`${JSON.stringify(document, undefined, 2)}\n`)
  } else {
    const notes = [...remarks, ...(note === undefined ? [] : [note])]
    process.stdout.write(`${billText(series, path, { tariff, bands, prices, notes, out, overheads })}\n`)
  }
}

function chosen(loaded: Awaited<ReturnType<typeof loadReadings>>, household: string | undefined, data: string): HouseholdSeries {
  const { households } = loaded
  const names = households.map(series => series.household)
  const first = `such as ${names.slice(0, 2).join(' and ')}`
  if (household === undefined) {
    if (households.length > 1)
      throw new HushgridError(`--household: expected one of the ${households.length} households of ${data}, ${first}`)
    return households[0] as HouseholdSeries
  }
  const found =
    households.find(series => series.household === household) ?? (/^\d+$/.test(household) ? households[Number(household)] : undefined)
  if (!found) throw new HushgridError(`--household ${household}: expected one of the ${households.length} households of ${data}, ${first}`)
  return found
}

/** Finds the part of a period that has readings. */
function coveredSpan(
  series: HouseholdSeries,
  asked: BatchSpan | undefined,
  period: string | undefined
): { span: BatchSpan; note: string | undefined } {
  const recorded = { from: series.firstSlot, until: (series.firstSlot + series.slots) as Slot }
  if (!asked) return { span: recorded, note: undefined }
  const span = { from: Math.max(asked.from, recorded.from) as Slot, until: Math.min(asked.until, recorded.until) as Slot }
  const covered = `${startOf(recorded.from, series.slotSeconds)} to ${startOf(recorded.until, series.slotSeconds)}`
  if (span.until <= span.from) throw new HushgridError(`--period ${period}: expected a period with readings, which are from ${covered}`)
  const whole = span.from === asked.from && span.until === asked.until
  return { span, note: whole ? undefined : `the readings are from ${covered}: the bill is for the slots of the period that they cover` }
}
