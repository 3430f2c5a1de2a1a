// `pnpm node:mdms show`: the contents of the store, each for the roles that may see them.
import type { Network, Role } from '@hushgrid/mdms'
import { IMPORT_LANE, InvalidArgumentError, type ObisCode, obisCode, wrappedText } from '@hushgrid/primitives'
import { moment, runCommand, wholeNumber } from '@hushgrid/runtime'
import type { SlotRange } from '@hushgrid/statistics'
import { Command, Option } from 'commander'
import { networkNamed, PASSWORDS_EXPLAINED, signIn, withOpenStore, withStore } from '../store-command.ts'
import type { StoreLocation } from '../store-location.ts'
import { csvText, instant, jsonText, tableText } from '../tables.ts'
import { LATEST, type Question, slotsWithin, type View, type Viewer } from '../view.ts'
import { billsView } from './bills.ts'
import { auditView, consumptionView, totalsView } from './records.ts'
import { forecastView, peaksView, profileView } from './statistics.ts'

interface Options extends StoreLocation {
  readonly as: string
  readonly network?: string
  readonly from?: number
  readonly until?: number
  readonly json?: boolean
  readonly csv?: boolean
  readonly lane?: ObisCode
  readonly zone?: string
  readonly count?: number
}

const DEFAULT_COUNT = 10

const EXPLANATION = `
Times are UTC, as 2026-03-29T00:00:00Z, with --from in and --until out. Without them everything is shown, which for
forecast means that it is of the day after the last total. Tables are in kWh, CSV and JSON in whole Wh. A day of profile
and forecast is one of the time zone that --zone names. Bills are those whose periods lie between --from and --until; where
both are given, they are taken as a billing period, and the households that have no bill of exactly this period are named.
Amounts are exact, in the tariff's own unit, and rounded by the tariff's rule to what is to be paid.

${PASSWORDS_EXPLAINED}

Examples:
  pnpm node:mdms show totals --data-dir mdms --as eve --from 2026-03-29T00:00:00Z --csv > totals.csv
  pnpm node:mdms show peaks --count 5 --data-dir mdms --as eve --network elm-street
  pnpm node:mdms show profile --zone Europe/London --data-dir mdms --as eve
  pnpm node:mdms show forecast --zone Europe/London --data-dir mdms --as eve
  pnpm node:mdms show consumption --data-dir mdms --as bill --json
  pnpm node:mdms show bills --data-dir mdms --as bill --from 2026-03-01T00:00:00Z --until 2026-04-01T00:00:00Z
  pnpm node:mdms show audit --data-dir mdms --as otto`

interface Kind {
  readonly description: string
  /** Role that the view takes. */
  readonly role: Role
  readonly view: (viewer: Viewer, options: Options) => Promise<View>
  /** Options beyond the common ones. */
  readonly more?: readonly Option[]
}

const laneOption = new Option('--lane <obis>', `OBIS code of the lane (default: ${IMPORT_LANE}, energy imported)`).argParser(obisCode)
const zoneOption = new Option('--zone <name>', 'time zone of the days, such as Europe/London').default('UTC').argParser(timeZone)
const countOption = new Option('--count <number>', 'how many slots').default(DEFAULT_COUNT).argParser(wholeNumber('--count', 1, 2 ** 20))

const KINDS: Readonly<Record<string, Kind>> = {
  totals: { description: 'the neighbourhood, slot by slot, lost slots too', role: 'supplier-analyst', view: ofNetwork(totalsView) },
  peaks: { description: 'the highest slots', role: 'supplier-analyst', view: ofNetwork(peaksView), more: [countOption, laneOption] },
  profile: { description: 'what a day looks like', role: 'supplier-analyst', view: ofNetwork(profileView), more: [zoneOption, laneOption] },
  forecast: {
    description: "the next day's load, and how far such forecasts were off",
    role: 'supplier-analyst',
    view: ofNetwork(forecastView),
    more: [zoneOption, laneOption]
  },
  consumption: { description: 'what households used over billing periods', role: 'billing', view: ofNetwork(consumptionView) },
  bills: { description: 'verified bills of a period, and households without one', role: 'billing', view: ofNetwork(billsView) },
  audit: { description: 'who did what', role: 'auditor', view: auditView }
}

/** Runs the command; sets the exit status. */
export async function show(argv: readonly string[]): Promise<void> {
  const command = new Command('pnpm node:mdms show').description('Show what is in the store.').addHelpText('after', EXPLANATION)
  for (const [name, kind] of Object.entries(KINDS)) {
    const sub = withStore(command.command(name).description(`${kind.description} (role ${kind.role})`))
      .requiredOption('--as <account>', 'the account that looks')
      .option('--network <name>', 'of which network, where the store has several')
      .option('--from <time>', 'from this moment on', text => moment('--from', text))
      .option('--until <time>', 'up to this moment', text => moment('--until', text))
      .addOption(new Option('--json', 'one JSON value').conflicts('csv'))
      .option('--csv', 'comma-separated values')
      .addHelpText('after', EXPLANATION)
      .action((options: Options) => run(kind, options))
    for (const option of kind.more ?? []) sub.addOption(option)
  }
  await runCommand(command, argv)
}

async function run(kind: Kind, options: Options): Promise<void> {
  const { from = 0, until = LATEST, json, csv } = options
  if (from >= until) throw new InvalidArgumentError('--until', 'a time after --from', instant(until))
  const view = await withOpenStore(options, async (store, passwords) => {
    const actor = await signIn(store, passwords, options.as, kind.role)
    return await kind.view({ store, actor, times: { from, until } }, options)
  })
  process.stdout.write(json ? jsonText(view.json) : csv ? csvOf(view) : textOf(view))
}

/** Makes a view of one network. */
function ofNetwork(view: (question: Question) => Promise<View>): Kind['view'] {
  return async (viewer, options) => {
    const network = networkNamed(viewer.store, await viewer.store.readNetworks(viewer.actor), options.network)
    const { lane = IMPORT_LANE, zone = 'UTC', count = DEFAULT_COUNT, csv } = options
    return await view({ ...viewer, network, range: slotsOf(network, viewer.times), lane, zone, count, csv: csv === true })
  }
}

function textOf({ before, table, after }: View): string {
  const lines = (texts: readonly string[]): string => texts.map(text => `${wrappedText(text)}\n`).join('')
  return [lines(before), table && tableText(table.columns, table.rows), lines(after)].filter(Boolean).join('\n')
}

function csvOf({ csv }: View): string {
  return typeof csv === 'string' ? csv : csvText(csv.columns, csv.rows)
}

/** Gives the slots that begin within the times asked for. */
function slotsOf({ slotSeconds }: Network, times: Viewer['times']): SlotRange {
  const range = slotsWithin(times, slotSeconds)
  if (range) return range
  throw new InvalidArgumentError('--until', `at least one slot of ${slotSeconds} s between --from and it`, instant(times.until))
}

function timeZone(text: string): string {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: text }).resolvedOptions().timeZone
  } catch (cause) {
    if (cause instanceof RangeError) throw new InvalidArgumentError('--zone', 'a time zone such as Europe/London', JSON.stringify(text))
    throw cause
  }
}
