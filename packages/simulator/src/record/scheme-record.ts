// Slots of a scheme's run, its evidence and its drops, as the reports that a simulated neighbourhood of the DC-net gives.

import type { DropCounts } from '@hushgrid/messages'
import { addLanes, equalLanes, type MeterId, type ObisCode, type Slot, signedLanes, slotTimes, zeroLanes } from '@hushgrid/primitives'
import type { ChurnResult, EnergySums, Evidence, SlotReport } from '@hushgrid/scenarios'
import type { Group, Outcome, SchemeOutput } from '@hushgrid/schemes'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'

/** Run of a scheme, as its record sees it. */
export interface SchemeRun {
  readonly firstSlot: Slot
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly readings: LaneReadings
  meterOf(id: MeterId): number | undefined
  groupOf(slot: Slot): Group | undefined
}

interface OpenSlot {
  readonly submitted: Set<MeterId>
  /** Last round in which somebody sent before the outcome. */
  rounds: number
  outcome: Outcome | undefined
  epoch: number | undefined
  at: number | undefined
  /** Different outcomes of the same slot: two totals would show what is in one and not in the other. */
  others: number
}

const NOTHING = { rounds: 0, outcome: undefined, epoch: undefined, at: undefined, others: 0 } as const

/** Records outcomes slot by slot. */
export class SchemeRecord {
  readonly #of: SchemeRun
  readonly #slots = new Map<Slot, OpenSlot>()
  readonly reports: SlotReport[] = []
  readonly #drops: { readonly meters: DropCounts; readonly others: DropCounts } = { meters: {}, others: {} }
  readonly #evidence = new Map<string, Evidence>()

  constructor(of: SchemeRun) {
    this.#of = of
  }

  #slot(slot: Slot): OpenSlot {
    const open = this.#slots.get(slot) ?? { ...NOTHING, submitted: new Set() }
    this.#slots.set(slot, open)
    return open
  }

  /** Messages that were dropped; the aggregator's column has those of all who are no meters. */
  get drops(): ChurnResult['drops'] {
    return { meters: this.#drops.meters, aggregator: this.#drops.others, registrar: {} }
  }

  get evidence(): readonly Evidence[] {
    return [...this.#evidence.values()]
  }

  /** Takes an output of a party, at a moment in protocol ms. */
  observe(by: MeterId, output: SchemeOutput, now: number): void {
    if (output.type === 'send' && output.phase === 'slot') this.#sent(by, output)
    else if (output.type === 'outcome' && output.phase === 'slot') this.#ended(output, now)
    else if (output.type === 'accused') this.#accused(output)
    else if (output.type === 'dropped') {
      const counts = this.#drops[this.#of.meterOf(by) === undefined ? 'others' : 'meters']
      counts[output.reason] = (counts[output.reason] ?? 0) + 1
    }
  }

  #sent(by: MeterId, { slot, round }: Extract<SchemeOutput, { type: 'send' }>): void {
    const open = this.#slot(slot)
    open.submitted.add(by)
    if (!open.outcome) open.rounds = Math.max(open.rounds, round)
  }

  /** Notes a slot's outcome; a restart repeats it, and the first counts. */
  #ended({ slot, outcome, epoch }: Extract<SchemeOutput, { type: 'outcome' }>, at: number): void {
    const open = this.#slot(slot)
    if (open.outcome && !sameOutcome(open.outcome, outcome)) open.others++
    if (open.outcome) return
    Object.assign(open, { outcome, epoch, at })
  }

  #accused({ member, what, envelopes }: Extract<SchemeOutput, { type: 'accused' }>): void {
    const against = this.#of.meterOf(member) ?? 'aggregator'
    const key = `${against} ${what}`
    if (!this.#evidence.has(key)) this.#evidence.set(key, { against, what, envelopes, heldBy: ['aggregator'] })
  }

  /** Gives the report of a slot that is over. */
  finish(slot: Slot): SlotReport {
    const of = this.#of
    const { submitted, rounds, outcome, epoch, at, others } = this.#slot(slot)
    this.#slots.delete(slot)
    const group = of.groupOf(slot)
    const total = outcome?.type === 'total' ? outcome : undefined
    const members = group?.members ?? []
    const numbers = (ids: readonly MeterId[]): number[] => ids.flatMap(id => of.meterOf(id) ?? []).sort((a, b) => a - b)
    const missing = total ? members.filter(id => !total.contributors.includes(id)) : outcome?.type === 'lost' ? outcome.members : []
    const truth = this.#sumOf(slot, total?.contributors ?? members)
    const isExact = total && epoch === group?.epoch && others === 0 && truth.gaps === 0 && equalLanes(total.lanes, truth.lanes)
    const times = slotTimes(slot, of.slotSeconds)
    const report: SlotReport = {
      slot: slot - of.firstSlot,
      epoch: group?.epoch,
      members: members.length,
      present: members.length,
      submitted: members.filter(id => submitted.has(id)).length,
      missing: numbers(missing),
      recovered: total !== undefined && missing.length > 0,
      refused: [],
      disputed: [],
      releases: 0,
      result: outcome?.type === 'total' || outcome?.type === 'lost' ? outcome.type : 'none',
      ...(outcome?.type === 'lost' ? { reason: outcome.reason } : {}),
      named: outcome?.type === 'lost' ? numbers(outcome.members) : [],
      exact: isExact,
      total: total ? this.#energy(total.lanes) : null,
      withheld: {},
      expected: this.#energy(truth.lanes),
      rounds: total && rounds,
      latency: at === undefined ? undefined : at - times.deadline,
      sinceEnd: at === undefined ? undefined : at - times.end,
      heard: 0
    }
    this.reports.push(report)
    return report
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

  #energy(lanes: ReturnType<typeof zeroLanes>): EnergySums {
    const signed = signedLanes(lanes)
    return Object.fromEntries(this.#of.lanes.map((lane, i) => [lane, String(signed[i])]))
  }
}

function sameOutcome(a: Outcome, b: Outcome): boolean {
  return a.type === b.type && (a.type !== 'total' || (b.type === 'total' && equalLanes(a.lanes, b.lanes)))
}
