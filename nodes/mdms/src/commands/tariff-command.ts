// `pnpm node:mdms tariff`: the tariffs that bills are checked by.
import { describeUnit, PARSED_TARIFFS, type PublishedTariff, parseTariff, TariffFileError } from '@hushgrid/billing'
import { InvalidArgumentError, type Millis, toHex } from '@hushgrid/primitives'
import { moment, readTextFile, runCommand } from '@hushgrid/runtime'
import { Command } from 'commander'
import { PASSWORDS_EXPLAINED, signIn, withOpenStore, withStore } from './store-command.ts'
import type { StoreLocation } from './store-location.ts'
import { instant, printJson, printTable } from './tables.ts'

interface Options extends StoreLocation {
  readonly as: string
  readonly from?: number
  readonly until?: number
  readonly json?: boolean
}

const EXPLANATION = `
A tariff is a YAML file; packages/billing/tariffs has examples, and a schema. It is kept as it is, under the name that it says,
and never changed: another price is another tariff, with another name. A bill is taken whose period lies between --from and
--until; without them the tariff is valid at all times. Role: billing.

${PASSWORDS_EXPLAINED}

Examples:
  pnpm node:mdms tariff add packages/billing/tariffs/flat.yaml --data-dir mdms --as eve
  pnpm node:mdms tariff add winter.yaml --data-dir mdms --as eve --from 2026-10-01T00:00:00Z --until 2027-04-01T00:00:00Z
  pnpm node:mdms tariff list --data-dir mdms --as eve`

const AS = '--as <account>'

/** Runs the command; sets the exit status. */
export async function tariff(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms tariff').description('Tariffs of the store.').addHelpText('after', EXPLANATION)
  withStore(command.command('add <file>').description('put a tariff in the store'), 1)
    .requiredOption(AS, 'the account that does it')
    .option('--from <time>', 'valid from this moment on', text => moment('--from', text))
    .option('--until <time>', 'valid up to this moment', text => moment('--until', text))
    .action(add)
  withStore(command.command('list').description('all tariffs and when they are valid'))
    .requiredOption(AS, 'the account that looks')
    .option('--json', 'as one JSON value')
    .action(list)
  for (const sub of command.commands) sub.addHelpText('after', EXPLANATION)
  await runCommand(command, argv)
}

async function add(file: string, options: Options): Promise<void> {
  const { from = 0, until } = options
  if (until !== undefined && from >= until) throw new InvalidArgumentError('--until', 'a time after --from', instant(until))
  const text = readTextFile(file, 'a tariff')
  // Refuses an unreadable tariff, which would never check a bill.
  const { name } = parseTariff(text, file)
  const recorded = await withOpenStore(options, async (store, passwords) => {
    const actor = await signIn(store, passwords, options.as, 'billing')
    return await store.addTariff(actor, {
      tariff: name,
      text,
      from: from as Millis,
      ...(until !== undefined && { until: until as Millis })
    })
  })
  process.stdout.write(`tariff ${name}: ${recorded === 'new' ? 'added' : 'already there'}\n`)
}

async function list(options: Options): Promise<void> {
  const tariffs = await withOpenStore(options, async (store, passwords) => {
    return await store.readTariffs(await signIn(store, passwords, options.as, 'billing'))
  })
  if (options.json) {
    printJson(
      tariffs.map(({ tariff: name, from, until, hash, text }) => {
        return { tariff: name, from: instant(from), until: until === undefined ? null : instant(until), hash: toHex(hash), text }
      })
    )
    return
  }
  printTable(
    ['tariff', 'valid from', 'until', 'unit', 'SHA-256 of the file'],
    tariffs.map(each => [
      each.tariff,
      each.from === 0 ? 'always' : instant(each.from),
      each.until === undefined ? '' : instant(each.until),
      unitOf(each),
      toHex(each.hash).slice(0, 16)
    ])
  )
}

/** Gives the tariff's unit; empty where this version cannot read the text. */
function unitOf(published: PublishedTariff): string {
  const tariff = PARSED_TARIFFS.of(published)
  return tariff instanceof TariffFileError ? '' : describeUnit(tariff)
}
