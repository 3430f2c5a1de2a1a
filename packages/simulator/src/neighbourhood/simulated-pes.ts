// The path by concentrator and PES under virtual time: the same households, operations and reports as a neighbourhood of the
// DC-net.
import type { PesVariantName } from '@hushgrid/pes'
import { type MeterId, type Millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { ChurnResult, Happening, JournalState, Role, SlotReport, WithoutEffect } from '@hushgrid/scenarios'
import type { PesMeterNode } from '../machines/pes-meter-node.ts'
import type { TrafficCounts } from '../network/traffic.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import { recordBytes } from '../record/gauge.ts'
import { PesRecord } from '../record/pes-record.ts'
import { neighbourhoodConfig } from './config.ts'
import { PesNodeMaker, type PesOptions } from './pes-nodes.ts'
import { Simulation } from './simulation.ts'

/** Parties that are no meters. */
const PARTIES = ['supplier', 'pes', 'concentrator'] as const
type PartyName = (typeof PARTIES)[number]

/**
 * Neighbourhood of this path. The concentrator stands in the aggregator's place; there is no registrar. It begins with the first
 * slot, in which supplier, PES, concentrator and the first members start, one after the other.
 */
export class SimulatedPes extends Simulation<PesMeterNode> {
  override readonly roles: ReadonlySet<Role> = new Set(['aggregator'])
  readonly withoutEffect: WithoutEffect[] = []
  readonly violations: string[] = []
  readonly record: PesRecord
  readonly parties: ReturnType<PesNodeMaker['parties']>
  readonly #maker: PesNodeMaker
  readonly #numbers = new Map<MeterId, number>()

  constructor(variant: PesVariantName, options: PesOptions) {
    const config = neighbourhoodConfig(options)
    const { slotSeconds, firstSlot, lanes, readings, members, startWithin } = config
    super(config, slotTimes(firstSlot, slotSeconds).start)
    this.#maker = new PesNodeMaker(variant, options, config, this.network)
    this.record = new PesRecord({
      ...{ firstSlot, slotSeconds, lanes, readings, violations: this.violations },
      meterOf: id => this.#numbers.get(id),
      currentSlot: () => slotAt(this.network.now as Millis, slotSeconds),
      now: () => this.network.now,
      conversationOf: meter => this.#conversationOf(meter)
    })
    this.parties = this.#maker.parties()
    this.#observe()
    const first = Array.from({ length: members }, (_, meter) => this.#addMeter(meter))
    const within = Math.min(startWithin, slotSeconds * 250)
    const startMeters = (): void => {
      for (const node of first) this.network.after(this.#maker.wait(within), () => node.start())
    }
    const { supplier, pes, concentrator } = this.parties
    this.network.after(0, () => supplier.start(() => pes.start(() => concentrator.start(startMeters))))
  }

  /** Public keys of all who sign and are no meters. */
  get keys(): Readonly<Record<string, MeterId>> {
    return this.#maker.keys
  }

  /** Has a new meter, or one that has left or is about to, ask to be taken in. @returns whether it was not in already */
  join(meter: number): boolean {
    const node = this.meters.get(meter) ?? this.#addMeter(meter)
    if (node.up && !node.leaving) return false
    if (node.up) node.stay()
    else node.start()
    return true
  }

  leave(meter: number): boolean {
    const node = this.meter(meter)
    if (!node.up || node.leaving) return false
    node.leave()
    return true
  }

  restart(meter: number, journal: JournalState): boolean {
    const node = this.meter(meter)
    if (node.up) return false
    node.start(journal)
    return true
  }

  crashRole(role: Role): boolean {
    return role === 'aggregator' && this.crashParty('concentrator')
  }

  restartRole(role: Role): boolean {
    return role === 'aggregator' && this.restartParty('concentrator')
  }

  /** Ends a party's process now. @returns whether it ran */
  crashParty(name: PartyName): boolean {
    const { up } = this.parties[name]
    this.parties[name].crash()
    return up
  }

  /** Starts a party's process again. @returns whether it was down */
  restartParty(name: PartyName): boolean {
    const party = this.parties[name]
    if (party.up) return false
    party.start(name === 'concentrator' ? () => this.#concentratorBack(() => true) : undefined)
    return true
  }

  heal(): void {
    const { concentrator } = this.parties
    const cutOff = new Set([...this.meters.values()].filter(({ number }) => !this.network.reachable(number, concentrator.number)))
    this.network.heal()
    if (concentrator.formed) this.#concentratorBack(node => cutOff.has(node))
  }

  /** Gives the role of a peer of the network. */
  roleOf(peer: PeerNumber): PartyName | 'meter' {
    return PARTIES.find(name => this.parties[name].number === peer) ?? 'meter'
  }

  tell(happening: Happening): void {
    this.record.tell(happening)
  }

  protected finish(slot: Slot): SlotReport {
    return this.record.finish(slot)
  }

  result(): ChurnResult {
    return this.record.result(this.record.changes, this.network.traffic.total(), [...this.withoutEffect, ...this.crashesToCome()])
  }

  /** Gives what the parties of each role have sent and received. */
  traffic(): ReadonlyMap<PartyName | 'meter', { readonly sent: TrafficCounts; readonly received: TrafficCounts }> {
    const of = (numbers: readonly number[]) => ({
      sent: summed(numbers.map(number => this.network.traffic.sentBy(number))),
      received: summed(numbers.map(number => this.network.traffic.receivedBy(number)))
    })
    const meters = [...this.meters.values()].map(({ number }) => number)
    return new Map([['meter' as const, of(meters)], ...PARTIES.map(name => [name, of([this.parties[name].number])] as const)])
  }

  #concentratorBack(may: (node: PesMeterNode) => boolean): void {
    const { number } = this.parties.concentrator
    for (const node of this.meters.values())
      if (node.up && may(node) && this.network.reachable(node.number, number)) node.concentratorBack()
  }

  #observe(): void {
    const { gauge } = this.config
    const { supplier, pes, concentrator } = this.parties
    supplier.observe = output => this.record.ofSupplier(supplier.id, output, supplier.state.config.terms)
    pes.observe = output => {
      if (output.type === 'snapshot') gauge.kept('pes', output.bytes.byteLength)
      this.record.ofPes(pes.id, output)
    }
    concentrator.observe = output => {
      if (output.type === 'journal') gauge.kept('concentrator', recordBytes(output.record))
      this.record.ofConcentrator(concentrator.id, output)
    }
    for (const name of PARTIES) {
      this.parties[name].timed = run => gauge.timed(name, run)
      this.parties[name].onIdleTicks = () => this.restless(name)
    }
  }

  #addMeter(meter: number): PesMeterNode {
    const node = this.#maker.meter(meter, this.parties.concentrator)
    const { gauge } = this.config
    node.timed = run => gauge.timed('meter', run)
    node.observe = output => {
      if (output.type === 'journal') gauge.kept('meter', recordBytes(output.record))
      this.record.ofMeter(meter, node.id, output)
    }
    node.onIdleTicks = () => this.restless(`meter ${meter}`)
    node.onCrash = () => this.record.crashed(meter, this.crashSlot)
    this.#numbers.set(node.id, meter)
    this.meters.set(meter, node)
    return node
  }

  #conversationOf(meter: number): TrafficCounts {
    const { number } = this.meter(meter)
    return summed([this.network.traffic.sentBy(number, 'enrol'), this.network.traffic.receivedBy(number, 'enrol')])
  }
}

function summed(counts: readonly TrafficCounts[]): TrafficCounts {
  return counts.reduce((sum, { messages, bytes }) => ({ messages: sum.messages + messages, bytes: sum.bytes + bytes }), {
    messages: 0,
    bytes: 0
  })
}
