// Text of a simulated run for a person: a line for each slot and each change, and the sentence to quote.

import { counted, wrapped, wrappedText } from '@hushgrid/primitives'
import type { ScenarioExpectations } from '@hushgrid/scenarios'
import { type ChurnResult, type Fault, type MembershipChange, type SlotReport, summaryLine, withoutEffectText } from '@hushgrid/scenarios'
import { latencyText, slotMedians, unitsOf } from '../report/schema/latency.ts'

const WIDTHS = [6, 7, 11, 9, 9, 7, 12]

function columns(cells: readonly string[]): string {
  return cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 0)).join(' ')
}

export const SLOT_HEADER = columns(['slot', 'epoch', 'submitted', 'missing', 'releases', 'exact', 'deadline'])

/** Writes one slot: times in seconds of the protocol's clock, after the deadline; what was not as usual stands below. */
export function slotText(slot: SlotReport): string {
  const exact = slot.result !== 'total' ? 'LOST' : slot.exact ? 'yes' : 'NO'
  const after = slot.latency === undefined ? '–' : `${slot.latency > 0 ? '+' : ''}${(slot.latency / 1000).toFixed(0)} s`
  const cells = [
    String(slot.slot),
    slot.epoch === undefined ? '–' : String(slot.epoch),
    `${slot.submitted}/${slot.present}`,
    String(slot.missing.length),
    String(slot.releases),
    exact,
    after
  ]
  return [columns(cells), ...remarks(slot).flatMap(each => wrapped(each, { first: '  ' }))].join('\n')
}

function remarks(slot: SlotReport): string[] {
  const said: string[] = []
  if (slot.recovered) said.push(`recovered without ${listed(slot.missing)}`)
  if (slot.reason !== undefined) said.push(`${slot.reason}${slot.named.length > 0 ? ` (${listed(slot.named)})` : ''}`)
  const rules = new Map<string, number>()
  for (const { reason } of slot.refused) rules.set(reason, (rules.get(reason) ?? 0) + 1)
  for (const [rule, count] of rules) said.push(`${count} refused: ${rule}`)
  if (slot.disputed.length > 0) said.push(`disputed by ${listed(slot.disputed)}`)
  return said
}

function listed(meters: readonly number[]): string {
  const most = 6
  const sorted = [...meters].sort((a, b) => a - b)
  const shown = sorted.length <= most ? sorted.join(', ') : `${sorted.slice(0, most).join(', ')} and ${sorted.length - most} more`
  return `${sorted.length === 1 ? 'meter' : 'meters'} ${shown}`
}

/**
 * Writes faults, evidence and the line to quote.
 *
 * @param expected - expectations of the scenario
 * @param failed - a sentence for each expectation that does not hold and each rule that was broken
 */
export function closingText(
  { result, slotSeconds }: { readonly result: ChurnResult; readonly slotSeconds: number },
  expected: ScenarioExpectations,
  failed: readonly string[],
  report: string | undefined
): string {
  const counts = new Map<string, number>()
  for (const fault of result.faults) counts.set(faultText(fault), (counts.get(faultText(fault)) ?? 0) + 1)
  return [
    '',
    summaryLine(result.summary),
    ...latencyText(mediansOf(result.slots, slotSeconds)),
    ...costs(result.changes),
    ...[...counts].map(([text, count]) => (count === 1 ? text : `${text} (${counted(count, 'time')})`)),
    ...result.evidence.map(({ against, what }) => `evidence against ${party(against)}: ${what}`),
    ...result.withoutEffect.map(withoutEffectText),
    ...(failed.length === 0 ? [verdict(expected)] : []),
    ...(expected.hidden !== undefined
      ? ['whether readings stay hidden is for the leakage oracle to say, in the tests (test/scenarios.test.ts)']
      : []),
    ...(report === undefined ? [] : [`report: ${report}`])
  ]
    .map(wrappedText)
    .join('\n')
}

/** Gives the medians over the slots with a total; in virtual time nothing has a real latency. */
function mediansOf(slots: readonly SlotReport[], slotSeconds: number): ReturnType<typeof slotMedians> {
  const totals = slots.filter(({ result }) => result === 'total')
  return slotMedians(
    totals.map(({ sinceEnd = null, rounds = null }) => ({
      latencyMs: null,
      protocolMs: sinceEnd,
      units: unitsOf(sinceEnd, slotSeconds),
      rounds
    }))
  )
}

function verdict(expected: ScenarioExpectations): string {
  return Object.keys(expected).length > 0
    ? 'everything came as the scenario expects'
    : 'the scenario does not say what must hold in this mode'
}

function faultText({ who, what }: Fault): string {
  return `fault of ${party(who)}: ${what}`
}

function party(who: Fault['who']): string {
  return typeof who === 'number' ? `meter ${who}` : who
}

/** Writes the average cost of changes of each kind. */
function costs(changes: readonly MembershipChange[]): string[] {
  const kinds = [...new Set(changes.map(change => change.kind))]
  return kinds.map(kind => {
    const of = changes.filter(change => change.kind === kind)
    const mean = (value: (change: MembershipChange) => number): string =>
      String(Number((of.reduce((sum, change) => sum + value(change), 0) / of.length).toFixed(1)))
    const agreements = `${mean(change => change.keyAgreements.own)} + ${mean(change => change.keyAgreements.others)}`
    return `${of.length} × ${kind}: ${agreements} key agreements, ${mean(change => change.bytes)} B in ${mean(change => change.messages)} messages`
  })
}
