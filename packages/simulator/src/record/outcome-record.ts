// Slots of a run outside the DC-net, with its evidence and its drops, as the reports that a neighbourhood of the DC-net gives.
import type { DropCounts } from '@hushgrid/messages'
import {
  addLanes,
  equalLanes,
  type LaneVector,
  type MeterId,
  type ObisCode,
  type Slot,
  signedLanes,
  slotTimes,
  zeroLanes
} from '@hushgrid/primitives'
import {
  type ChurnResult,
  type EnergySums,
  type Evidence,
  type Happening,
  type MembershipChange,
  type PeriodBills,
  type SlotReport,
  summarise,
  type WithoutEffect
} from '@hushgrid/scenarios'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'
import type { TrafficCounts } from '../network/traffic.ts'

/** A run, as its record sees it. */
export interface RecordedRun {
  readonly firstSlot: Slot
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly readings: LaneReadings
  /** Prices of a period's slots, where the run yields bills instead of totals. */
  readonly prices?: readonly bigint[] | undefined
  meterOf(id: MeterId): number | undefined
  /** Gives who was in for a slot. */
  groupOf(slot: Slot): { readonly epoch: number; readonly members: readonly MeterId[] } | undefined
}

/** End of a slot; of bills, in a period's last slot. */
export type SlotOutcome =
  | { readonly type: 'total'; readonly contributors: readonly MeterId[]; readonly lanes: LaneVector }
  | { readonly type: 'lost'; readonly reason: string; readonly members: readonly MeterId[] }
  | { readonly type: 'bills'; readonly bills: ReadonlyMap<MeterId, LaneVector>; readonly missing: readonly MeterId[] }

/** How and when a slot ended. */
interface Ended {
  readonly slot: Slot
  readonly outcome: SlotOutcome
  /** Epoch that it was in; that of its slot where there is none. */
  readonly epoch?: number | undefined
  /** Rounds to a total. */
  readonly rounds: number
  /** Moment, protocol ms. */
  readonly at: number
}

interface OpenSlot {
  readonly submitted: Set<MeterId>
  end: Ended | undefined
  /** Different outcomes of the same slot: two totals would show what is in one and not in the other. */
  others: number
}

/** Records outcomes slot by slot. */
export class OutcomeRecord {
  /** Takes what happens beside readings, at its moment. */
  tell: (happening: Happening) => void = () => {}
  readonly #of: RecordedRun
  readonly #slots = new Map<Slot, OpenSlot>()
  readonly #reports: SlotReport[] = []
  readonly #drops: { readonly meters: DropCounts; readonly others: DropCounts } = { meters: {}, others: {} }
  readonly #evidence = new Map<string, Evidence>()

  constructor(of: RecordedRun) {
    this.#of = of
  }

  #slot(slot: Slot): OpenSlot {
    const open = this.#slots.get(slot) ?? { submitted: new Set(), end: undefined, others: 0 }
    this.#slots.set(slot, open)
    return open
  }

  submitted(slot: Slot, by: MeterId): void {
    this.#slot(slot).submitted.add(by)
  }

  /** Notes a slot's outcome; a restart repeats it, and the first counts. */
  ended(end: Ended): void {
    const open = this.#slot(end.slot)
    if (open.end && !sameOutcome(open.end.outcome, end.outcome)) open.others++
    open.end ??= end
  }

  /** Tells whether a slot has an outcome, or is reported without one. */
  protected hasEnded(slot: Slot): boolean {
    return this.#slots.get(slot)?.end !== undefined || slot - this.#of.firstSlot < this.#reports.length
  }

  dropped(by: MeterId, reason: keyof DropCounts): void {
    const counts = this.#drops[this.#of.meterOf(by) === undefined ? 'others' : 'meters']
    counts[reason] = (counts[reason] ?? 0) + 1
  }

  accused(member: MeterId, what: string, envelopes: readonly Uint8Array[]): void {
    const against = this.#of.meterOf(member) ?? 'aggregator'
    const key = `${against} ${what}`
    if (this.#evidence.has(key)) return
    this.#evidence.set(key, { against, what, envelopes, heldBy: ['aggregator'] })
    this.tell({ type: 'evidence', against, what })
  }

  /** Gives the report of a slot that is over. */
  finish(slot: Slot): SlotReport {
    const of = this.#of
    const open = this.#slot(slot)
    this.#slots.delete(slot)
    const { submitted, end } = open
    const group = of.groupOf(slot)
    const members = group?.members ?? []
    const outcome = end?.outcome ?? this.#withoutOutcome(slot)
    const total = outcome?.type === 'total' ? outcome : undefined
    const bills = outcome?.type === 'bills' ? this.#billed(slot, outcome) : undefined
    const missing = total ? members.filter(id => !total.contributors.includes(id)) : missingIn(outcome)
    const truth = this.#sumOf(slot, total?.contributors ?? members)
    const isExact = truth.gaps === 0 && total !== undefined && equalLanes(total.lanes, truth.lanes)
    const times = slotTimes(slot, of.slotSeconds)
    const report: SlotReport = {
      slot: slot - of.firstSlot,
      epoch: group?.epoch,
      members: members.length,
      present: members.length,
      submitted: members.filter(id => submitted.has(id)).length,
      missing: this.#numbers(missing),
      recovered: total !== undefined && missing.length > 0,
      refused: [],
      disputed: [],
      releases: 0,
      result: outcome?.type === 'total' || outcome?.type === 'lost' ? outcome.type : 'none',
      ...(outcome?.type === 'lost' ? { reason: outcome.reason } : {}),
      named: outcome?.type === 'lost' ? this.#numbers(outcome.members) : [],
      exact: bills ? bills.wrong.length === 0 : total && isExact && open.others === 0 && (end?.epoch ?? group?.epoch) === group?.epoch,
      total: total ? this.#energy(total.lanes) : null,
      withheld: {},
      ...(of.prices && { bills: bills ?? null }),
      expected: this.#energy(truth.lanes),
      rounds: total && end?.rounds,
      latency: end && end.at - times.deadline,
      sinceEnd: end && end.at - times.end,
      heard: 0
    }
    this.#reports.push(report)
    return report
  }

  result(changes: readonly MembershipChange[], { messages, bytes }: TrafficCounts, withoutEffect: readonly WithoutEffect[]): ChurnResult {
    return {
      slots: this.#reports,
      changes,
      faults: [],
      evidence: [...this.#evidence.values()],
      withoutEffect,
      // The aggregator's column has the drops of all who are no meters.
      drops: { meters: this.#drops.meters, aggregator: this.#drops.others, registrar: {} },
      messages,
      bytes,
      summary: summarise(this.#reports, changes)
    }
  }

  #numbers(ids: readonly MeterId[]): number[] {
    return ids.flatMap(id => this.#of.meterOf(id) ?? []).sort((a, b) => a - b)
  }

  /** Gives a loss where a period ended without its bills; slots before the last end without outcome. */
  #withoutOutcome(slot: Slot): SlotOutcome | undefined {
    const { prices } = this.#of
    return prices && slot % prices.length === prices.length - 1 ? { type: 'lost', reason: 'unanswered', members: [] } : undefined
  }

  /** Compares bills with the readings of their period. */
  #billed(slot: Slot, { bills, missing }: Extract<SlotOutcome, { type: 'bills' }>): PeriodBills {
    const given = [...bills].map(([id, lanes]) => ({ id, right: equalLanes(lanes, this.#billOf(id, slot)) }))
    const of = (right: boolean): number[] => this.#numbers(given.filter(each => each.right === right).map(({ id }) => id))
    return { right: of(true), wrong: of(false), without: this.#numbers(missing) }
  }

  /** Adds up a meter's priced readings of the period that a slot ends. */
  #billOf(id: MeterId, last: Slot): LaneVector {
    const { prices = [], lanes, readings, meterOf } = this.#of
    const bill = zeroLanes(lanes.length)
    const meter = meterOf(id)
    for (const [place, price] of prices.entries()) {
      const reading = meter === undefined ? undefined : readings(meter, (last - prices.length + 1 + place) as Slot, lanes)
      if (reading) addLanes(bill, reading.map(lane => BigInt.asUintN(64, lane * price)) as LaneVector)
    }
    return bill
  }

  #sumOf(slot: Slot, ids: readonly MeterId[]) {
    const { lanes, readings, meterOf } = this.#of
    const sum = zeroLanes(lanes.length)
    let gaps = 0
    for (const id of ids) {
      const meter = meterOf(id)
      const reading = meter === undefined ? undefined : readings(meter, slot, lanes)
      if (reading) addLanes(sum, reading)
      else gaps++
    }
    return { lanes: sum, gaps }
  }

  #energy(lanes: LaneVector): EnergySums {
    const signed = signedLanes(lanes)
    return Object.fromEntries(this.#of.lanes.map((lane, i) => [lane, String(signed[i])]))
  }
}

function missingIn(outcome: SlotOutcome | undefined): readonly MeterId[] {
  if (outcome?.type === 'lost') return outcome.members
  return outcome?.type === 'bills' ? outcome.missing : []
}

function sameOutcome(a: SlotOutcome, b: SlotOutcome): boolean {
  return a.type === b.type && (a.type !== 'total' || (b.type === 'total' && equalLanes(a.lanes, b.lanes)))
}
