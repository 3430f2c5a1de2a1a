// What came of a neighbourhood under churn: the same shape for a simulated run and one on real nodes.
import type { DropCounts } from '@hushgrid/messages'
import type { KnownParty } from '../ports/churn.ts'

/** Who did or suffered something. */
export type Party = KnownParty | 'nobody known'

/** One slot of a run. */
export interface SlotReport {
  /** From 0, in the run. */
  readonly slot: number
  readonly epoch: number | undefined
  /** Entries of the roster, and how many of them are not marked absent. */
  readonly members: number
  readonly present: number
  /** Meters that submitted. */
  readonly submitted: number
  /** Present members that are not in the total, or for a lost slot were asked for, by number. */
  readonly missing: readonly number[]
  /** There is a total although members were missing. */
  readonly recovered: boolean
  /** Meters that answered the request for recovery by a refusal, and the rule that forbade the release. */
  readonly refused: readonly { readonly by: number; readonly reason: string }[]
  /** Meters that disputed. */
  readonly disputed: readonly number[]
  /** Mask releases that the aggregator took. */
  readonly releases: number
  /** `none` where nobody published a result. */
  readonly result: 'total' | 'lost' | 'none'
  /** Why a slot was lost (`LossReason`), and whom the loss names. */
  readonly reason?: string
  readonly named: readonly number[]
  /** Whether the total is the sum of its contributors' readings; undefined without a total. */
  readonly exact: boolean | undefined
  /** When the result was there, in protocol milliseconds after the deadline; negative before it. */
  readonly latency: number | undefined
  /** Meters that took the result. */
  readonly heard: number
}

export type ChangeKind = 'join' | 'leave' | 'crash' | 'return' | 'absent'

/** One change of the membership, and what it cost. */
export interface MembershipChange {
  /** Slot of the run in which it came about, from 0. */
  readonly slot: number
  readonly kind: ChangeKind
  readonly meter: number
  /** The epoch from which it counts; undefined for a crash, which no roster tells at once. */
  readonly epoch: number | undefined
  /** Of its conversation with the registrar and of the roster message, all copies, shared evenly by the changes of an epoch. */
  readonly messages: number
  readonly bytes: number
  /** X25519 operations: its own, its neighbours', and such as had been made before and were not kept. */
  readonly keyAgreements: { readonly own: number; readonly others: number; readonly again: number }
  /** Meters that agreed on a key because of it, by number. */
  readonly touched: readonly number[]
  /** Size of the roster message that announced it, and of how many changes that tells. */
  readonly deltaBytes: number
  readonly changesInDelta: number
  /** Real milliseconds from what began it to the roster that shows it, of a run on real nodes. */
  readonly milliseconds?: number | undefined
}

/** A rule that was broken, and by whom. */
export interface Fault {
  readonly slot: number
  readonly who: Party
  readonly what: string
}

/** Two signed messages that must not both exist. */
export interface Evidence {
  readonly against: Party
  readonly what: string
  readonly envelopes: readonly Uint8Array[]
  /** Who holds it. */
  readonly heldBy: readonly Party[]
}

interface ChurnSummary {
  readonly slots: number
  readonly joins: number
  readonly leaves: number
  readonly crashes: number
  readonly returns: number
  /** Totals that equal the sum of their contributors' readings, totals that do not, and slots without a total. */
  readonly exact: number
  readonly wrong: number
  readonly lost: number
  readonly recovered: number
  /** Of a join, on average: the newcomer's key agreements, its neighbours', and the bytes of all copies. */
  readonly joinOwnAgreements: number
  readonly joinOtherAgreements: number
  readonly joinBytes: number
}

export interface ChurnResult {
  readonly slots: readonly SlotReport[]
  readonly changes: readonly MembershipChange[]
  readonly faults: readonly Fault[]
  readonly evidence: readonly Evidence[]
  /** Messages that were dropped, by role and reason. */
  readonly drops: { readonly meters: DropCounts; readonly aggregator: DropCounts; readonly registrar: DropCounts }
  /** Messages and bytes sent over the whole run, a published message once for each receiver. */
  readonly messages: number
  readonly bytes: number
  readonly summary: ChurnSummary
}

/** The counts of a run, from its parts. */
export function summarise(slots: readonly SlotReport[], changes: readonly MembershipChange[]): ChurnSummary {
  const of = (kind: ChangeKind): MembershipChange[] => changes.filter(change => change.kind === kind)
  const joins = of('join')
  const mean = (value: (change: MembershipChange) => number): number =>
    joins.length === 0 ? 0 : joins.reduce((sum, change) => sum + value(change), 0) / joins.length
  return {
    slots: slots.length,
    joins: joins.length,
    leaves: of('leave').length,
    crashes: of('crash').length,
    returns: of('return').length,
    exact: slots.filter(slot => slot.exact === true).length,
    wrong: slots.filter(slot => slot.exact === false).length,
    lost: slots.filter(slot => slot.result !== 'total').length,
    recovered: slots.filter(slot => slot.recovered).length,
    joinOwnAgreements: mean(change => change.keyAgreements.own),
    joinOtherAgreements: mean(change => change.keyAgreements.others),
    joinBytes: mean(change => change.bytes)
  }
}

/** A line to quote: "96 slots, 11 joins, 7 leaves, 9 crashes: 96 totals exact, 0 lost; a join cost 14 + 14 key agreements and 3.1 kB". */
export function summaryLine(summary: ChurnSummary): string {
  const count = (amount: number, one: string, more = `${one}s`): string => `${amount} ${amount === 1 ? one : more}`
  const churn = [count(summary.slots, 'slot'), count(summary.joins, 'join'), count(summary.leaves, 'leave', 'leaves')]
  churn.push(count(summary.crashes, 'crash', 'crashes'))
  const wrong = summary.wrong > 0 ? `, ${summary.wrong} wrong` : ''
  const totals = `${count(summary.exact, 'total')} exact${wrong}, ${summary.lost} lost`
  const rounded = (value: number): string => String(Number(value.toFixed(1)))
  const cost =
    summary.joins === 0
      ? ''
      : `; a join cost ${rounded(summary.joinOwnAgreements)} + ${rounded(summary.joinOtherAgreements)} key agreements and ${rounded(summary.joinBytes / 1000)} kB to all members together`
  return `${churn.join(', ')}: ${totals}${cost}`
}
