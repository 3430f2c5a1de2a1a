// Views of the store's records as they are: totals, billing periods, the audit log.
import type { AuditLine, HouseholdConsumption, SlotTotal } from '@hushgrid/mdms'
import { counted, publishedSums, withheldInWords, withheldLanes, withheldReasons } from '@hushgrid/primitives'
import type { SlotRange } from '@hushgrid/statistics'
import { type Cell, instant, laneColumn, moment } from '../tables.ts'
import type { Question, View, Viewer } from '../view.ts'
import { resultsOf } from './lost-slots.ts'

/** Gives the OBIS codes of all records, in order. */
function codesOf(records: readonly { readonly lanes: SlotTotal['lanes'] }[]): string[] {
  return [...new Set(records.flatMap(({ lanes }) => Object.keys(lanes)))].sort()
}

function shown(lanes: SlotTotal['lanes'], codes: readonly string[]): Cell[] {
  return codes.map(code => (typeof lanes[code] === 'bigint' ? laneColumn(code).show(lanes[code]) : undefined))
}

/** Says which lanes of a total are withheld and why; empty where none is. */
function withheldNote(lanes: SlotTotal['lanes']): string {
  const why = withheldReasons(withheldLanes(lanes))
  return why && `withheld: ${why}`
}

/** Shows totals and lost slots, in order of time. */
export async function totalsView(question: Question): Promise<View> {
  const { store, actor, network, range, csv } = question
  const { network: name, slotSeconds } = network
  const length = slotSeconds * 1000
  if (csv) return { before: [], table: undefined, after: [], csv: await store.exportTotals(actor, name, range), json: undefined }
  const { totals, lost } = await resultsOf(question)
  const codes = codesOf(totals)
  const rows = [
    ...totals.map(({ slot, lanes, contributors, missing, mode }) => ({
      slot,
      cells: [...shown(lanes, codes), contributors, missing, mode, withheldNote(lanes)]
    })),
    ...lost.map(({ slot, mode, reason }) => ({
      slot,
      cells: [...codes.map(() => undefined), undefined, undefined, mode, `lost: ${reason}`]
    }))
  ].sort((a, b) => a.slot - b.slot)
  return {
    before: [
      `Network ${name}: ${counted(totals.length, 'total')}, ${counted(lost.length, 'lost slot')}. Slots of ${slotSeconds} s, their start in UTC.`
    ],
    table: {
      columns: ['slot start', ...codes.map(code => laneColumn(code).heading), 'meters', 'missing', 'mode', ''],
      rows: rows.map(({ slot, cells }) => [moment(slot * length), ...cells])
    },
    after: [],
    csv: '',
    json: {
      network: name,
      slotSeconds,
      totals: totals.map(({ slot, lanes, contributors, missing, mode, resultHash }) => ({
        slot,
        start: instant(slot * length),
        wattHours: publishedSums(lanes),
        withheld: withheldInWords(withheldLanes(lanes)),
        contributors,
        missing,
        mode,
        resultHash
      })),
      lost: lost.map(({ slot, mode, reason, resultHash }) => ({ slot, start: instant(slot * length), mode, reason, resultHash }))
    }
  }
}

/** Shows households' billing periods that lie in the range. */
export async function consumptionView({ store, actor, network, range }: Question): Promise<View> {
  const { network: name, slotSeconds } = network
  const periods = await store.readConsumption(actor, name, range)
  const codes = codesOf(periods)
  const bounds = ({ period }: HouseholdConsumption, show: (time: number) => string): [string, string] => [
    show(period.from * slotSeconds * 1000),
    show(period.until * slotSeconds * 1000)
  ]
  return {
    before: [`Network ${name}: ${counted(periods.length, 'billing period')} of households, by pseudonym. Times in UTC.`],
    table: {
      columns: ['household', 'from', 'until', ...codes.map(code => laneColumn(code).heading), 'source'],
      rows: periods.map(each => [each.household, ...bounds(each, moment), ...shown(each.lanes, codes), each.source])
    },
    after: [],
    csv: {
      columns: ['household', 'from_utc', 'until_utc', ...codes.map(code => `${code} Wh`), 'source'],
      rows: periods.map(each => [each.household, ...bounds(each, instant), ...codes.map(code => each.lanes[code]), each.source])
    },
    json: {
      network: name,
      periods: periods.map(each => {
        const [from, until] = bounds(each, instant)
        return { household: each.household, from, until, wattHours: each.lanes, source: each.source }
      })
    }
  }
}

function slotsInWords({ from, until }: SlotRange): string {
  // Reads a start of 0 as a command without a time: nobody counts slots from 1970 on.
  return from === 0 ? `slots before ${until}` : `slots ${from} to ${until - 1}`
}

/** Lines that the store gives at once. */
const PAGE = 1_000

/** Shows the audit log, checked as a whole before. */
export async function auditView({ store, actor, times }: Viewer): Promise<View> {
  const head = await store.verifyAuditLog(actor)
  const lines: AuditLine[] = []
  for (let page: AuditLine[] | undefined; page === undefined || page.length === PAGE; ) {
    page = await store.readAuditLog(actor, (page?.at(-1)?.number ?? 0) + 1)
    lines.push(...page.filter(({ at }) => at >= times.from && at < times.until))
  }
  const noted = Buffer.from(head.mac).toString('hex')
  const about = ({ network, range, detail }: AuditLine): string =>
    [network, range && slotsInWords(range), detail].filter(text => text !== undefined).join(', ')
  const columns = ['number', 'at_utc', 'account', 'role', 'action', 'outcome', 'network', 'from_slot', 'until_slot', 'detail']
  return {
    before: [`${counted(lines.length, 'line')} of the audit log. Times in UTC.`],
    table: {
      columns: ['line', 'at', 'account', 'role', 'action', 'outcome', 'about'],
      rows: lines.map(line => [line.number, moment(line.at), line.account, line.role, line.action, line.outcome, about(line)])
    },
    after: [`The whole log is as it was written up to line ${head.number}, whose check value is ${noted}.`],
    csv: {
      columns,
      rows: lines.map(({ number, at, account, role, action, outcome, network, range, detail }) => [
        ...[number, instant(at), account, role, action, outcome, network, range?.from, range?.until, detail]
      ])
    },
    json: { head: { number: head.number, mac: noted }, lines: lines.map(({ at, ...line }) => ({ ...line, at: instant(at) })) }
  }
}
