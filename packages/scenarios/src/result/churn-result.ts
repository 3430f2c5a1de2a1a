// Result of a run under churn, of the same shape for a simulated neighbourhood and real nodes.

import type { DropCounts } from '@hushgrid/messages'
import { counted, type Withheld } from '@hushgrid/primitives'
import type { KnownParty } from '../ports/churn.ts'
import type { WithoutEffect } from '../ports/without-effect.ts'

/** Party that did or suffered something. */
export type Party = KnownParty | 'nobody known'

/** Sums of energy as decimal strings, Wh by OBIS code. */
export type EnergySums = Readonly<Record<string, string>>

/** Bills at the end of a billing period: numbers of the meters whose bill is that of their readings, is another, or is not there. */
export interface PeriodBills {
  readonly right: readonly number[]
  readonly wrong: readonly number[]
  readonly without: readonly number[]
}

/** One slot of a run. */
export interface SlotReport {
  /** Number in the run, from 0. */
  readonly slot: number
  readonly epoch: number | undefined
  /** Entries of the roster, and below the number that is not marked absent. */
  readonly members: number
  readonly present: number
  /** Number of meters that submitted. */
  readonly submitted: number
  /** Numbers of the present members outside the total, or named in the requests of a lost slot. */
  readonly missing: readonly number[]
  /** True where there is a total although members were missing. */
  readonly recovered: boolean
  /** Meters that refused the request for recovery, and the rule that forbade the release. */
  readonly refused: readonly { readonly by: number; readonly reason: string }[]
  /** Numbers of the meters that disputed. */
  readonly disputed: readonly number[]
  /** Number of mask releases that the aggregator took. */
  readonly releases: number
  /** Kind of result; `none` where nobody published one. */
  readonly result: 'total' | 'lost' | 'none'
  /** Reason of a loss (`LossReason`), and below the members that it names. */
  readonly reason?: string
  /** True where it was lost because the machine was late, on real nodes only; expectations and `lost` do not count it. */
  readonly busy?: boolean
  readonly named: readonly number[]
  /** True where the total is the sum of its contributors' readings, or all bills are right; undefined without a total and bills. */
  readonly exact: boolean | undefined
  /** Only where a run yields bills instead of totals: those of the period that ends with the slot; null before it ends. */
  readonly bills?: PeriodBills | null
  /** The published total, Wh by OBIS code; null without one. */
  readonly total: EnergySums | null
  /** Lanes that the total does not have, since too few of its members can fill them. */
  readonly withheld: Readonly<Record<string, Withheld>>
  /** The true sum over the contributors, or over all present members that had a reading where there is no total. */
  readonly expected: EnergySums
  /** Message rounds to the total: one for the submissions, and one for each request with its answers; undefined without a total. */
  readonly rounds: number | undefined
  /** Time from the deadline to the result, protocol ms; negative before the deadline. */
  readonly latency: number | undefined
  /** The same from the slot's end. */
  readonly sinceEnd: number | undefined
  /** Number of meters that took the result. */
  readonly heard: number
}

export type ChangeKind = 'join' | 'leave' | 'crash' | 'return' | 'absent'

/** Change of the membership, and its cost. */
export interface MembershipChange {
  /** Slot of the run that it happened in, from 0. */
  readonly slot: number
  readonly kind: ChangeKind
  readonly meter: number
  /** First epoch that it counts in; undefined for a crash, which no roster tells at once. */
  readonly epoch: number | undefined
  /** Messages of its conversation with the registrar, and its even share of all copies of the epoch's roster message. */
  readonly messages: number
  readonly bytes: number
  /** X25519 operations: its own, its neighbours', and repeated ones whose secret was not kept. */
  readonly keyAgreements: { readonly own: number; readonly others: number; readonly again: number }
  /** Numbers of the meters that agreed on a key because of it. */
  readonly touched: readonly number[]
  /** Size of the roster message that announced it, and below the number of changes in that message. */
  readonly deltaBytes: number
  readonly changesInDelta: number
  /** Real time from its cause to the roster that shows it, ms; only on real nodes. */
  readonly milliseconds?: number | undefined
}

/** Broken rule, and the party that broke it. */
export interface Fault {
  readonly slot: number
  readonly who: Party
  readonly what: string
}

/** Pair of signed messages that must not both exist. */
export interface Evidence {
  readonly against: Party
  readonly what: string
  readonly envelopes: readonly Uint8Array[]
  /** Parties that hold it. */
  readonly heldBy: readonly Party[]
}

interface ChurnSummary {
  readonly slots: number
  readonly joins: number
  readonly leaves: number
  readonly crashes: number
  readonly returns: number
  /** Number of totals that equal the sum of their contributors' readings; then of those that do not, and of slots without a total. */
  readonly exact: number
  readonly wrong: number
  readonly lost: number
  /** Number of slots lost because the machine was late, which `lost` leaves out; left out where there are none. */
  readonly busy?: number
  readonly recovered: number
  /** Averages of a join: the newcomer's key agreements, its neighbours', and the bytes of all copies. */
  readonly joinOwnAgreements: number
  readonly joinOtherAgreements: number
  readonly joinBytes: number
}

export interface ChurnResult {
  readonly slots: readonly SlotReport[]
  readonly changes: readonly MembershipChange[]
  readonly faults: readonly Fault[]
  readonly evidence: readonly Evidence[]
  /** Operations that had no effect, in the order of their moments. */
  readonly withoutEffect: readonly WithoutEffect[]
  /** Messages that were dropped, by role and reason. */
  readonly drops: { readonly meters: DropCounts; readonly aggregator: DropCounts; readonly registrar: DropCounts }
  /** Messages and bytes sent over the whole run, a published message once for each receiver. */
  readonly messages: number
  readonly bytes: number
  readonly summary: ChurnSummary
}

/** Tells whether the protocol lost a slot; with bills, whether a period was lost with it. */
export function isLost({ result, busy, bills }: Pick<SlotReport, 'result' | 'busy' | 'bills'>): boolean {
  return (bills === undefined ? result !== 'total' : result === 'lost') && !busy
}

/** Says in words how many slots were lost because the machine was late; empty where none was. */
export function busyText(busy = 0): string {
  return busy === 0 ? '' : `, ${busy} lost because the machine was busy`
}

/** Counts up a run from its slots and changes. */
export function summarise(
  slots: readonly Pick<SlotReport, 'result' | 'exact' | 'recovered' | 'busy' | 'bills'>[],
  changes: readonly MembershipChange[]
): ChurnSummary {
  const of = (kind: ChangeKind): MembershipChange[] => changes.filter(change => change.kind === kind)
  const joins = of('join')
  const mean = (value: (change: MembershipChange) => number): number =>
    joins.length === 0 ? 0 : joins.reduce((sum, change) => sum + value(change), 0) / joins.length
  const busy = slots.filter(slot => slot.busy).length
  return {
    slots: slots.length,
    joins: joins.length,
    leaves: of('leave').length,
    crashes: of('crash').length,
    returns: of('return').length,
    exact: slots.filter(slot => slot.exact === true).length,
    wrong: slots.filter(slot => slot.exact === false).length,
    lost: slots.filter(isLost).length,
    ...(busy > 0 && { busy }),
    recovered: slots.filter(slot => slot.recovered).length,
    joinOwnAgreements: mean(change => change.keyAgreements.own),
    joinOtherAgreements: mean(change => change.keyAgreements.others),
    joinBytes: mean(change => change.bytes)
  }
}

/** Writes one line: "96 slots, 11 joins, 7 leaves, 9 crashes: 96 totals exact, 0 lost; a join cost 14 + 14 key agreements and 3.1 kB". */
export function summaryLine(summary: ChurnSummary): string {
  const churn = [counted(summary.slots, 'slot'), counted(summary.joins, 'join'), counted(summary.leaves, 'leave', 'leaves')]
  churn.push(counted(summary.crashes, 'crash', 'crashes'))
  const wrong = summary.wrong > 0 ? `, ${summary.wrong} wrong` : ''
  const totals = `${counted(summary.exact, 'total')} exact${wrong}, ${summary.lost} lost${busyText(summary.busy)}`
  const rounded = (value: number): string => String(Number(value.toFixed(1)))
  const cost =
    summary.joins === 0
      ? ''
      : `; a join cost ${rounded(summary.joinOwnAgreements)} + ${rounded(summary.joinOtherAgreements)} key agreements and ${rounded(summary.joinBytes / 1000)} kB to all members together`
  return `${churn.join(', ')}: ${totals}${cost}`
}
