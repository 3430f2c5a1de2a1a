// One run as the lab's page shows it: events of the neighbourhood in the words of the page.
import { type MeterId, type Slot, slotTimes } from '@hushgrid/primitives'
import type { LabMeter, LabVerdict, MeterState } from '@hushgrid/web-api'
import type { HostOperation } from '../meters/operation.ts'
import type { LabEvent, SlotRow } from '../neighbourhood/events.ts'
import { type LabNeighbourhood, type LabSample, membershipAt } from '../neighbourhood/neighbourhood.ts'
import type { LabRing } from '../neighbourhood/ring.ts'
import type { LabWatcher, ReceivedValue } from '../neighbourhood/watcher.ts'
import { NO_RESULT } from '../report/schema/slots.ts'
import { phaseWords } from '../run/display.ts'
import { namedText } from '../run/named-text.ts'
import type { LabRun } from '../run/page.ts'
import { AttackAccount } from './attack-account.ts'
import type { LabFeed, RunState } from './feed.ts'
import { MeterStates } from './meter-states.ts'
import type { ReceivedValues } from './received-values.ts'
import { NO_COUNTERS, slotOf } from './run-state.ts'
import { clockOf, slotLine } from './slot-line.ts'

/** Watches one run's neighbourhood for the page. */
export class RunView implements LabWatcher {
  readonly run: LabRun
  readonly meters = new MeterStates()
  readonly #feed: LabFeed
  readonly #values: ReceivedValues
  #ring: LabRing | undefined
  #agreementsOf: LabSample['agreementsOf'] = {}
  #attack: AttackAccount | undefined
  #timer: NodeJS.Timeout | undefined
  #opened = -1
  #counters = NO_COUNTERS
  #ended = false
  /** Slots that were being collected when the collector went down, and when it came up again. */
  #outage: { readonly from: number; readonly until: number } | undefined

  constructor(run: LabRun, feed: LabFeed, values: ReceivedValues) {
    this.run = run
    this.#feed = feed
    this.#values = values
    run.neighbourhood.watcher = this
  }

  get #neighbourhood(): LabNeighbourhood {
    return this.run.neighbourhood
  }

  get #slotSeconds(): number {
    return this.run.plan.network.slotSeconds
  }

  /** Role where readings are collected. */
  get #collector(): string {
    return this.run.plan.contender.shown.collector
  }

  get ring(): LabRing | undefined {
    return this.#ring
  }

  get attack(): AttackAccount | undefined {
    return this.#attack
  }

  agreementsOf(household: number): number {
    return this.#agreementsOf[household] ?? 0
  }

  /** Gives the state of a household's meter; `out` where it is neither in the ring nor joining. */
  stateOf(household: number): MeterState | 'out' {
    return this.meters.of(household, this.#ring)
  }

  event(event: LabEvent): void {
    if (event.type === 'phase') this.#feed.forming(phaseWords(this.run.plan.contender)[event.phase], event.done, event.of)
    else if (event.type === 'note' || event.type === 'warning') this.#feed.say(event.type, event.text)
  }

  /** Notes that the clock runs. */
  running(sample: LabSample, firstSlot: Slot): void {
    this.#agreementsOf = sample.agreementsOf
    this.#counters = { ...NO_COUNTERS, keyAgreements: sample.keyAgreements }
    this.#ring = this.#neighbourhood.ringAt?.(firstSlot)
    this.#opened = firstSlot - 1
    this.#feed.renew({ phase: 'running', slotMs: this.#neighbourhood.slotMs, counters: this.#counters, ...this.#shownRing() })
    this.#schedule(firstSlot)
  }

  #schedule(slot: Slot): void {
    const { readings, slots } = this.run.plan
    if (this.#ended || slot >= (readings.endSlot ?? Number.POSITIVE_INFINITY)) return
    if (slots !== undefined && slot >= readings.firstSlot + slots) return
    this.#timer = setTimeout(() => this.#begin(slot), this.#neighbourhood.clock.delayUntil(slotTimes(slot, this.#slotSeconds).end) ?? 0)
    this.#timer.unref()
  }

  /** Opens a slot at its time, or at its first reading if that comes sooner. */
  #begin(slot: Slot): void {
    if (slot <= this.#opened || this.#ended) return
    clearTimeout(this.#timer)
    this.#opened = slot
    this.#renewRing(slot)
    this.#feed.beginSlot(slot, this.#startOf(slot))
    this.#schedule((slot + 1) as Slot)
  }

  #renewRing(slot: Slot): void {
    // Working out a ring takes a moment, and most slots have the ring of the slot before.
    if (membershipAt(this.#neighbourhood, slot)?.epoch === this.#ring?.epoch) return
    const ring = this.#neighbourhood.ringAt?.(slot)
    if (!ring) return
    const before = this.#ring
    this.#ring = ring
    const { arrived, gone } = this.meters.settle(ring, before)
    this.#feed.ring(this.#shownRing())
    const present = ring.meters.filter(({ absent }) => !absent).length
    const now = `${present} members${ring.degree > 0 ? `, epoch ${ring.epoch}` : ''}`
    for (const household of arrived)
      this.#feed.say('note', `Meter ${household} is in from the slot of ${clockOf(slot, this.#slotSeconds)}: ${now}.`)
    for (const household of gone)
      this.#feed.say('note', `Meter ${household} is out from the slot of ${clockOf(slot, this.#slotSeconds)}: ${now}.`)
  }

  #shownRing(): Pick<RunState, 'epoch' | 'degree' | 'meters' | 'edges' | 'spare'> {
    const ring = this.#ring
    const { households } = this.run.plan.readings
    const meters: LabMeter[] = (ring?.meters ?? []).map(({ household, id, absent }) => ({
      ...{ household, id, state: this.#inRing(household) },
      ...(absent && { absent })
    }))
    const inRing = new Set(meters.map(({ household }) => household))
    const idOf = new Map([...this.#neighbourhood.households].map(([id, household]) => [household, id]))
    for (const household of this.meters.joining()) {
      if (inRing.has(household)) continue
      meters.push({ household, id: idOf.get(household) ?? '', state: 'joining' })
      inRing.add(household)
    }
    const spare = Array.from({ length: households }, (_, household) => household).filter(household => !inRing.has(household))
    return { epoch: ring?.epoch ?? 0, degree: ring?.degree ?? 0, meters, edges: ring?.edges ?? [], spare }
  }

  #inRing(household: number): MeterState {
    const state = this.stateOf(household)
    return state === 'out' ? 'in' : state
  }

  received(slot: Slot, by: MeterId, value: ReceivedValue): void {
    const household = this.#householdOf(by)
    if (household === undefined) return
    if (slot === this.#opened + 1) this.#begin(slot)
    this.#values.note(household, slot, value)
    if (value.role === this.#collector) this.#feed.note('submitted', slot, household)
  }

  missing(slot: Slot, meters: readonly MeterId[]): void {
    for (const id of meters) this.#note('missing', slot, id)
  }

  released(slot: Slot, by: MeterId): void {
    this.#note('releasing', slot, by)
  }

  #note(type: 'missing' | 'releasing', slot: Slot, by: MeterId): void {
    const household = this.#householdOf(by)
    if (household !== undefined) this.#feed.note(type, slot, household)
  }

  refused(slot: Slot, household: number, reason: string): void {
    this.#attackIn(slot)?.refused(household, reason)
    this.#feed.refused(slot, { household, reason })
  }

  disputed(slot: Slot, household: number): void {
    this.#attackIn(slot)?.disputed(household)
    this.#feed.refused(slot, { household, reason: 'disputes: it is named as missing and has submitted' })
  }

  caught(slot: Slot, household: number): void {
    this.#attackIn(slot)?.caught(household)
    this.#feed.refused(slot, { household, reason: 'holds two requests that must not both exist' })
  }

  /** Notes that a meter gave masks away, whether or not the aggregator takes them. */
  gaveMasks(slot: Slot, household: number): void {
    this.#attackIn(slot)?.gaveMasks(household)
    this.#feed.note('releasing', slot, household)
  }

  #attackIn(slot: Slot): AttackAccount | undefined {
    return this.#attack?.slot === slot ? this.#attack : undefined
  }

  #householdOf(id: MeterId): number | undefined {
    return this.#neighbourhood.households.get(id)
  }

  operating(operation: HostOperation): void {
    this.#operation(operation, () => this.meters.begun(operation))
  }

  operated(operation: HostOperation, problem?: unknown): void {
    this.#operation(operation, () => this.meters.done(operation, problem !== undefined))
  }

  #operation(operation: HostOperation, change: () => void): void {
    if (!('household' in operation) || this.#ended) return
    const { household } = operation
    const before = this.stateOf(household)
    change()
    const state = this.stateOf(household)
    if (state === before) return
    // A meter that joins, or has given that up, has no place in the ring yet.
    if (before === 'out' || state === 'out') this.#feed.ring(this.#shownRing())
    else this.#feed.meter(household, state)
  }

  aggregator(up: boolean): void {
    // The slot before the one that is open may wait for its result still.
    this.#outage = up
      ? this.#outage && { ...this.#outage, until: this.#opened }
      : { from: this.#opened - 1, until: Number.POSITIVE_INFINITY }
    this.#feed.aggregator(up)
    this.#feed.say(
      'note',
      up
        ? `The ${this.#collector} is up again, with what it had kept.`
        : `The ${this.#collector} is down: no slot has a total until it is back.`
    )
  }

  /** Notes that the attack begins, in a slot to come. */
  attacking(slot: Slot, household: number): void {
    this.#attack = new AttackAccount(slot, household)
    this.#asked(this.#attack)
  }

  #asked({ slot, household }: AttackAccount, verdict?: LabVerdict): void {
    this.#feed.asked({ household, slot, start: this.#startOf(slot as Slot), ...(verdict && { verdict }) })
  }

  #startOf(slot: Slot): string {
    return new Date(slotTimes(slot, this.#slotSeconds).start).toISOString()
  }

  /** Gives a line with names for keys. */
  named(text: string): string {
    return namedText(text, this.#neighbourhood)
  }

  over(row: SlotRow, sample: LabSample): void {
    this.#agreementsOf = sample.agreementsOf
    const slot = slotOf(this.#withCause(row), this.#feed.open?.slot === row.slot ? this.#feed.open : undefined)
    this.#counters = {
      slots: this.#counters.slots + 1,
      exact: this.#counters.exact + (row.exact ? 1 : 0),
      recovered: this.#counters.recovered + (row.recovered > 0 ? 1 : 0),
      lost: this.#counters.lost + (row.lost && !row.busy ? 1 : 0),
      busy: (this.#counters.busy ?? 0) + (row.busy ? 1 : 0),
      bytes: this.#counters.bytes + row.bytes,
      cpuMs: this.#counters.cpuMs + row.cpuMs,
      keyAgreements: sample.keyAgreements
    }
    this.#feed.over(slot, this.#counters)
    // The lab may have lengthened the slots to come.
    const { slotMs } = this.#neighbourhood
    if (slotMs !== this.#feed.run.slotMs) this.#feed.renew({ slotMs })
    const line = slotLine(slot, this.run.plan.contender.facts.masks)
    if (line !== undefined) this.#feed.say('note', line)
    const attack = this.#attackIn(row.slot as Slot)
    if (!attack) return
    attack.result = slot
    this.#conclude()
  }

  /** Says of a slot without a result that the collector was down in it. */
  #withCause(row: SlotRow): SlotRow {
    const { from, until } = this.#outage ?? { from: 0, until: -1 }
    const isOutage = row.reason === NO_RESULT && row.slot >= from && row.slot <= until
    return isOutage ? { ...row, reason: `the ${this.#collector} was down` } : row
  }

  /** Notes that the attack's requests have gone out, or could not. */
  attacked(sent: NonNullable<AttackAccount['sent']>): void {
    if (!this.#attack) return
    this.#attack.sent = sent
    if ('shown' in sent) {
      const text = `The aggregator has shown ${sent.shown} meters requests that must not both exist, each signed by it.`
      this.#feed.say('attack', text)
    }
    this.#conclude()
  }

  #conclude(): void {
    const attack = this.#attack
    const outcome = attack?.outcome
    if (!attack || outcome === undefined) return
    this.#attack = undefined
    this.#asked(attack, attack.verdict(clockOf(attack.slot as Slot, this.#slotSeconds)))
    this.#feed.say('attack', outcome)
  }

  /** Stops showing this run. */
  end(): void {
    this.#ended = true
    clearTimeout(this.#timer)
  }
}
