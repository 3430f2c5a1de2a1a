// Turns the machines' outputs into the result of a run.
import {
  type AggregatorOutput,
  type CommonOutput,
  findingText,
  type HeldRoster,
  type MeterOutput,
  type RegistrarOutput
} from '@hushgrid/dcnet'
import type { DropCounts } from '@hushgrid/messages'
import { equalBytes, type MeterId, type ObisCode, type Slot } from '@hushgrid/primitives'
import {
  type ChangeKind,
  type ChurnResult,
  type Evidence,
  type Fault,
  type Happening,
  type MembershipChange,
  type Party,
  type SlotReport,
  summarise,
  type WithoutEffect
} from '@hushgrid/scenarios'
import type { LaneReadings } from '../neighbourhood/lane-readings.ts'
import type { VirtualNetwork } from '../network/virtual-network.ts'
import { type AgreementAccount, emptyAccount, KeyAgreementLedger } from './key-agreement-ledger.ts'
import { SlotRecord } from './slot-record.ts'

/** Neighbourhood, as its recorder sees it. */
export interface Recorded {
  readonly firstSlot: Slot
  readonly readings: LaneReadings
  /** Lanes of the network. */
  readonly lanes: readonly ObisCode[]
  readonly network: VirtualNetwork
  meterOf(id: MeterId): number | undefined
  idOf(meter: number): MeterId | undefined
  partyOf(id: MeterId): Party
  /** Counts messages and bytes of a meter's conversations with the registrar so far, both ways. */
  conversationOf(meter: number): { readonly messages: number; readonly bytes: number }
}

interface Draft {
  /** Slot of the run, from 0. */
  readonly slot: number
  readonly kind: ChangeKind
  readonly meter: number
  readonly epoch: number | undefined
  readonly messages: number
  readonly bytes: number
  readonly account: AgreementAccount
  readonly deltaBytes: number
  readonly changesInDelta: number
}

/** Number of rosters kept, for slots that are still open. */
const KEPT_ROSTERS = 8

/** Records the machines' outputs, slot by slot and change by change. */
export class Recorder {
  readonly ledger = new KeyAgreementLedger()
  /** Takes what happens beside readings, at its moment. */
  tell: (happening: Happening) => void = () => {}
  readonly faults: Fault[] = []
  /** Events that must never happen, such as two different submissions of one meter for one slot. */
  readonly violations: string[] = []
  readonly withoutEffect: WithoutEffect[] = []
  readonly #of: Recorded
  readonly #slots = new Map<Slot, SlotRecord>()
  readonly #reports: SlotReport[] = []
  readonly #changes: Draft[] = []
  readonly #evidence = new Map<string, Omit<Evidence, 'heldBy'> & { readonly heldBy: Set<Party> }>()
  readonly #drops: { meters: DropCounts; aggregator: DropCounts; registrar: DropCounts } = { meters: {}, aggregator: {}, registrar: {} }
  readonly #charged = new Map<number, { messages: number; bytes: number }>()
  #rosters: HeldRoster[] = []

  constructor(of: Recorded) {
    this.#of = of
  }

  slotIndex(slot: Slot): number {
    return slot - this.#of.firstSlot
  }

  record(slot: Slot): SlotRecord {
    let record = this.#slots.get(slot)
    if (!record) {
      record = new SlotRecord(slot)
      this.#slots.set(slot, record)
    }
    return record
  }

  fault(slot: Slot, who: Party, what: string): void {
    this.faults.push({ slot: this.slotIndex(slot), who, what })
    this.tell({ type: 'fault', slot, who, what })
  }

  /** Notes a crash in a slot of the run, since no roster tells it at once. */
  crashed(meter: number, slot: number): void {
    this.tell({ type: 'crash', meter })
    this.#draft({ slot, kind: 'crash', meter, epoch: undefined, account: emptyAccount(), deltaBytes: 0, changesInDelta: 1 })
  }

  ofMeter(meter: number, output: MeterOutput): void {
    switch (output.type) {
      case 'journal': {
        const { record } = output
        if (record.kind === 'submission') this.#submitted(meter, record.slot, record.bytes)
        return
      }
      case 'request-refused':
        this.record(output.slot).refused.push({ by: meter, reason: output.reason })
        return
      case 'disputed':
        this.record(output.slot).disputed.push(meter)
        return
      case 'total':
      case 'lost':
        this.record(output.slot).heard++
        return
      case 'roster':
        this.ledger.takenUp(meter, output.held.roster)
        return
      case 'misreported':
        this.fault(output.slot, 'aggregator', `as meter ${meter} has it: ${findingText(output)}`)
        return
      default:
        this.#common('meters', meter, output as CommonOutput)
    }
  }

  ofAggregator(output: AggregatorOutput): void {
    if (output.type === 'requested') {
      this.record(output.slot).requested = output.missing
      this.record(output.slot).rounds.add(output.round)
    } else if (output.type === 'shares-requested') this.record(output.slot).rounds.add('shares')
    else if (output.type === 'release') this.record(output.slot).releases.add(output.by)
    else if (output.type === 'total' || output.type === 'lost') {
      const record = this.record(output.slot)
      // A restart repeats a result; the time of the first counts.
      record.result ??= output.type === 'total' ? { ...output, lanes: output.lanes.slice() as typeof output.lanes } : output
      record.resultAt ??= this.#of.network.now
    } else this.#common('aggregator', 'aggregator', output as CommonOutput)
  }

  ofRegistrar(output: RegistrarOutput): void {
    if (output.type === 'roster') {
      this.#rosters.push(output.held)
      const { firstSlot, epoch, n, degree } = output.held.roster
      this.tell({ type: 'roster', slot: firstSlot, epoch, members: n, degree })
      if (this.#rosters.length > KEPT_ROSTERS) this.#rosters = this.#rosters.slice(-KEPT_ROSTERS)
    } else if (output.type === 'changes') this.#changed(output)
    else if (output.type === 'fault') this.fault(output.slot, this.#of.partyOf(output.meterId), output.what)
    else if (output.type === 'aggregator-fault') this.fault(output.slot, 'aggregator', findingText(output))
    else this.#common('registrar', 'registrar', output as CommonOutput)
  }

  /** Finds the roster of a slot among those that the registrar signed last. */
  rosterOf(slot: Slot): HeldRoster | undefined {
    return this.#rosters.findLast(held => held.roster.firstSlot <= slot)
  }

  /** Gives the report of a slot that is over. */
  finish(slot: Slot): SlotReport {
    const held = this.rosterOf(slot)
    const report = this.record(slot).report(this.slotIndex(slot), held, this.#of)
    this.#slots.delete(slot)
    this.#reports.push(report)
    return report
  }

  result(messages: number, bytes: number): ChurnResult {
    const changes: MembershipChange[] = this.#changes.map(({ account: { own, others, again, touched }, ...change }) => ({
      ...change,
      keyAgreements: { own, others, again },
      touched: [...touched].sort((a, b) => a - b)
    }))
    return {
      slots: this.#reports,
      changes,
      faults: this.faults,
      evidence: [...this.#evidence.values()].map(({ heldBy, ...each }) => ({ ...each, heldBy: [...heldBy] })),
      withoutEffect: this.withoutEffect,
      drops: this.#drops,
      messages,
      bytes,
      summary: summarise(this.#reports, changes)
    }
  }

  #submitted(meter: number, slot: Slot, bytes: Uint8Array): void {
    const { submissions } = this.record(slot)
    const before = submissions.get(meter)
    if (before && !equalBytes(before, bytes))
      this.violations.push(`slot ${this.slotIndex(slot)}: two different submissions of meter ${meter}`)
    submissions.set(meter, bytes)
  }

  #common(role: 'meters' | 'aggregator' | 'registrar', heldBy: Party, output: CommonOutput): void {
    if (output.type === 'dropped') this.#drops[role][output.reason] = (this.#drops[role][output.reason] ?? 0) + 1
    else if (output.type === 'evidence') {
      const against = this.#of.partyOf(output.against)
      const what = findingText(output.what)
      const name = `${against} ${what}`
      const known = this.#evidence.get(name)
      if (known) known.heldBy.add(heldBy)
      else {
        this.#evidence.set(name, { against, what, envelopes: output.envelopes, heldBy: new Set([heldBy]) })
        this.tell({ type: 'evidence', against, what })
      }
    }
  }

  #changed({ epoch, joined, left, absent, present, bytes }: Extract<RegistrarOutput, { type: 'changes' }>): void {
    const accounts = (ids: readonly MeterId[]): Map<number, AgreementAccount> =>
      new Map(this.#numbers(ids).map(meter => [meter, emptyAccount()]))
    const [joins, leaves, marked, returned] = [accounts(joined), accounts(left), accounts(absent), accounts(present)]
    // The first roster is not a change of the neighbourhood.
    if (epoch === 0) {
      for (const meter of joins.keys()) this.#charge(meter)
      return
    }
    const [rest] = [...returned.values(), ...marked.values()]
    const previous = this.#rosters.findLast(held => held.roster.epoch < epoch)
    const current = this.#rosters.find(held => held.roster.epoch === epoch)
    if (previous?.roster.season === current?.roster.season)
      this.ledger.open(epoch, { joined: joins, left: leaves, rest }, meter => this.#neighboursOf(meter, previous))
    const first = current?.roster.firstSlot
    const slot = first === undefined ? this.#reports.length : this.slotIndex(first)
    const changesInDelta = joined.length + left.length + absent.length + present.length
    const kinds = { join: joins, leave: leaves, absent: marked, return: returned }
    for (const [kind, each] of Object.entries(kinds) as [keyof typeof kinds, typeof joins][]) {
      for (const [meter, account] of each) {
        this.#draft({ slot, kind, meter, epoch, account, deltaBytes: bytes, changesInDelta })
        this.tell({ type: 'change', change: kind, meter, epoch })
      }
    }
  }

  #numbers(ids: readonly MeterId[]): number[] {
    return ids.flatMap(id => this.#of.meterOf(id) ?? [])
  }

  /** Gives the numbers of a meter's neighbours in a roster; none where it is no member. */
  #neighboursOf(meter: number, held: HeldRoster | undefined): number[] {
    const id = this.#of.idOf(meter)
    const index = id && held?.roster.indexOf(id)
    if (!held || index === undefined) return []
    return this.#numbers(held.roster.neighbours(index).map(position => held.roster.meterId(position)))
  }

  /** Notes a change, with its share of the cost of conversations and roster message. */
  #draft({ slot, kind, meter, epoch, ...rest }: Omit<Draft, 'messages' | 'bytes'>): void {
    const { deltaBytes, changesInDelta } = rest
    const conversation = kind === 'join' || kind === 'leave' || kind === 'return' ? this.#charge(meter) : { messages: 0, bytes: 0 }
    const copies = deltaBytes === 0 ? 0 : this.#of.network.listeners('control') - 1
    const messages = conversation.messages + copies / changesInDelta
    const bytes = conversation.bytes + (copies * deltaBytes) / changesInDelta
    this.#changes.push({ slot, kind, meter, epoch, messages, bytes, ...rest })
  }

  /** Gives the cost of a meter's conversations since it was last charged for them. */
  #charge(meter: number): { messages: number; bytes: number } {
    const { messages, bytes } = this.#of.conversationOf(meter)
    const before = this.#charged.get(meter) ?? { messages: 0, bytes: 0 }
    this.#charged.set(meter, { messages, bytes })
    return { messages: messages - before.messages, bytes: bytes - before.bytes }
  }
}
