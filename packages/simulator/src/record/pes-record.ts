// Slots, changes and bills of a run by concentrator and PES, from the outputs of its machines.
import type { ConcentratorOutput, ConcentratorRecord, PesMeterOutput, PesOutput, PesTerms, SupplierOutput } from '@hushgrid/pes'
import { addLanes, equalBytes, equalLanes, type LaneVector, type MeterId, type Slot, zeroLanes } from '@hushgrid/primitives'
import type { MembershipChange } from '@hushgrid/scenarios'
import type { TrafficCounts } from '../network/traffic.ts'
import { OutcomeRecord, type RecordedRun } from './outcome-record.ts'

/** Message rounds of a slot: to the concentrator, from there to the PES and back, and to the supplier. */
const ROUNDS = 3

interface Span {
  readonly id: MeterId
  readonly from: Slot
  until: Slot | undefined
}

/** Who was a member in which slot, from the concentrator's journal. */
export class PesRoll {
  readonly #spans: Span[] = []
  readonly #ids: MeterId[] = []
  readonly #firstSlot: Slot

  constructor(firstSlot: Slot) {
    this.#firstSlot = firstSlot
  }

  /** Takes a record. @returns whether the member is new, or back after it had left */
  take({ index, meterId: id, join, slot }: ConcentratorRecord): boolean {
    this.#ids[index] = id
    const last = this.#spans.findLast(span => span.id === id)
    const isIn = last !== undefined && last.until === undefined
    if (join.byteLength > 0 && !isIn) this.#spans.push({ id, from: slot, until: undefined })
    else if (join.byteLength === 0 && isIn) last.until = slot
    return join.byteLength > 0 && !isIn
  }

  idsOf(indices: readonly number[]): MeterId[] {
    return indices.flatMap(index => this.#ids[index] ?? [])
  }

  /** Gives the members of a slot; a change of them begins an epoch. */
  at(slot: Slot): { readonly epoch: number; readonly members: readonly MeterId[] } {
    const begun = this.#spans.flatMap(({ from, until }) => [from, ...(until === undefined ? [] : [until + 1])])
    const members = this.#spans.filter(({ from, until }) => from <= slot && (until === undefined || slot <= until))
    return { epoch: begun.filter(each => this.#firstSlot < each && each <= slot).length, members: members.map(({ id }) => id) }
  }
}

/** A run of this path, as its record sees it. */
export interface RecordedPes extends Omit<RecordedRun, 'groupOf'> {
  readonly violations: string[]
  /** First slot in which a change of now counts. */
  readonly currentSlot: () => Slot
  readonly now: () => number
  /** Counts a meter's conversations with the concentrator so far, both ways. */
  readonly conversationOf: (meter: number) => TrafficCounts
}

const NO_COST = { keyAgreements: { own: 0, others: 0, again: 0 }, touched: [], deltaBytes: 0, changesInDelta: 1 }

/** Records the outputs of all machines. */
export class PesRecord extends OutcomeRecord {
  readonly #of: RecordedPes
  readonly #roll: PesRoll
  readonly #changes: MembershipChange[] = []
  readonly #charged = new Map<number, TrafficCounts>()
  /** Members that are new and have not heard of it. */
  readonly #joined = new Set<MeterId>()
  readonly #submissions = new Map<MeterId, { readonly slot: Slot; readonly bytes: Uint8Array }>()
  /** Contributors of the slots that the PES has aggregated, or may yet, for the bills. */
  readonly #contributors = new Map<Slot, { readonly ids: ReadonlySet<MeterId>; aggregated: boolean }>()

  constructor(of: RecordedPes) {
    const roll = new PesRoll(of.firstSlot)
    super({ ...of, groupOf: slot => roll.at(slot) })
    this.#of = of
    this.#roll = roll
  }

  /** Gives the membership's changes in the order of their slots; those of the first members are none. */
  get changes(): readonly MembershipChange[] {
    return this.#changes.toSorted((a, b) => a.slot - b.slot)
  }

  /** Gives the members of a slot. */
  membersAt(slot: Slot): readonly MeterId[] {
    return this.#roll.at(slot).members
  }

  ofMeter(meter: number, id: MeterId, output: PesMeterOutput): void {
    if (output.type === 'journal') this.#submitted(meter, id, output.record)
    else if (output.type === 'admitted') {
      const conversation = this.#charge(meter)
      const kind = this.#joined.delete(id) ? 'join' : 'return'
      if (kind === 'return' || output.firstSlot > this.#of.firstSlot) this.#change(kind, meter, conversation)
    } else if (output.type === 'left') this.#change('leave', meter, this.#charge(meter))
    else if (output.type === 'dropped') this.dropped(id, output.reason)
    else if (output.type === 'setup-refused') this.#of.violations.push(`meter ${meter}: ${output.error.message}`)
  }

  crashed(meter: number, slot: number): void {
    this.tell({ type: 'crash', meter })
    this.#changes.push({ slot, kind: 'crash', meter, epoch: undefined, messages: 0, bytes: 0, ...NO_COST })
  }

  ofConcentrator(by: MeterId, output: ConcentratorOutput): void {
    if (output.type === 'journal') {
      if (this.#roll.take(output.record)) this.#joined.add(output.record.meterId)
    } else if (output.type === 'slot-closed') {
      if (!this.#contributors.has(output.slot))
        this.#contributors.set(output.slot, { ids: new Set(output.contributors), aggregated: false })
    } else if (output.type === 'lost') this.#gaveUp(output)
    else this.#common(by, output)
  }

  ofPes(by: MeterId, output: PesOutput): void {
    const closed = output.type === 'slot-closed' ? this.#contributors.get(output.slot) : undefined
    if (closed && output.type === 'slot-closed') closed.aggregated = output.aggregated
    else this.#common(by, output)
  }

  /** @param terms - of the setup that the supplier goes by */
  ofSupplier(by: MeterId, output: SupplierOutput, terms: PesTerms): void {
    const at = this.#of.now()
    if (output.type === 'total') {
      const { slot, contributors, lanes } = output
      this.ended({ slot, outcome: { type: 'total', contributors: this.#roll.idsOf(contributors), lanes }, rounds: ROUNDS, at })
    } else if (output.type === 'lost') {
      const reason = output.reason === 'too-few' ? 'MembersMissing' : 'Implausible'
      this.ended({ slot: output.slot, outcome: { type: 'lost', reason, members: this.#roll.idsOf(output.missing) }, rounds: ROUNDS, at })
    } else if (output.type === 'consumption') this.#billed(output, terms)
    else this.#common(by, output)
  }

  /** Notes a slot that the concentrator gives up, unless the supplier has it: after a restart it may close one again. */
  #gaveUp({ slot }: Extract<ConcentratorOutput, { type: 'lost' }>): void {
    if (this.hasEnded(slot)) return
    this.ended({ slot, outcome: { type: 'lost', reason: 'Unanswered', members: [] }, rounds: ROUNDS, at: this.#of.now() })
  }

  #common(by: MeterId, output: ConcentratorOutput | PesOutput | SupplierOutput): void {
    if (output.type === 'dropped') this.dropped(by, output.reason)
    else if (output.type === 'evidence') this.accused(output.against, output.what, output.envelopes)
  }

  #submitted(meter: number, id: MeterId, { slot, bytes }: Extract<PesMeterOutput, { type: 'journal' }>['record']): void {
    const before = this.#submissions.get(id)
    if (before?.slot === slot && !equalBytes(before.bytes, bytes))
      this.#of.violations.push(`slot ${slot - this.#of.firstSlot}: two different submissions of meter ${meter}`)
    this.#submissions.set(id, { slot, bytes })
    this.submitted(slot, id)
  }

  /** Makes sure that a household's sum is that of its readings in the slots of the period that were aggregated. */
  #billed({ meterId: id, firstSlot, slots, lanes }: Extract<SupplierOutput, { type: 'consumption' }>, terms: PesTerms): void {
    const { readings, meterOf, violations } = this.#of
    const meter = meterOf(id)
    const sum = zeroLanes(terms.lanes.length)
    for (let slot = firstSlot; slot < firstSlot + slots; slot = (slot + 1) as Slot) {
      const counted = this.#contributors.get(slot)
      if (!counted?.aggregated || !counted.ids.has(id) || meter === undefined) continue
      addLanes(sum, readings(meter, slot, terms.lanes) as LaneVector)
    }
    if (!equalLanes(sum, lanes)) violations.push(`period from slot ${firstSlot}: the sum of meter ${meter} is not that of its readings`)
    for (const slot of this.#contributors.keys()) if (slot < firstSlot) this.#contributors.delete(slot)
  }

  #change(kind: 'join' | 'return' | 'leave', meter: number, { messages, bytes }: TrafficCounts): void {
    const slot = this.#of.currentSlot()
    const { epoch } = this.#roll.at(slot)
    this.#changes.push({ slot: slot - this.#of.firstSlot, kind, meter, epoch, messages, bytes, ...NO_COST })
    this.tell({ type: 'change', change: kind, meter, epoch })
  }

  /** Gives the cost of a meter's conversations since it was last charged for them. */
  #charge(meter: number): TrafficCounts {
    const now = this.#of.conversationOf(meter)
    const before = this.#charged.get(meter) ?? { messages: 0, bytes: 0 }
    this.#charged.set(meter, now)
    return { messages: now.messages - before.messages, bytes: now.bytes - before.bytes }
  }
}
