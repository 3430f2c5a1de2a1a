// A scheme of the literature under virtual time: the same households, operations and reports as a neighbourhood of the DC-net.
import { BlindingKey, ed25519Verifier, type MeterId, SeededRng, type SigningKey, type Slot, slotTimes } from '@hushgrid/primitives'
import type { ChurnResult, Happening, JournalState, Role, SlotReport, WithoutEffect } from '@hushgrid/scenarios'
import {
  broadcastTo,
  CostLedger,
  checkLanes,
  type Decision,
  type Group,
  missingIn,
  type Outcome,
  type RoleName,
  type Scheme,
  type SchemeCounts,
  type SchemeOutput,
  SchemeRegistrar,
  type SendOutput
} from '@hushgrid/schemes'
import { SchemeNode } from '../machines/scheme-node.ts'
import { signatures } from '../machines/stand-in-signatures.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import { SchemeCharges } from '../record/scheme-charges.ts'
import { SchemeRecord } from '../record/scheme-record.ts'
import { type NeighbourhoodOptions, neighbourhoodConfig } from './config.ts'
import { PeerDirectory } from './directory.ts'
import { Simulation } from './simulation.ts'

/** Household with its meter and, where a scheme has one, its device. */
export interface Household {
  readonly node: SchemeNode
  readonly device: SchemeNode | undefined
  leaving: boolean
}

/**
 * Neighbourhood of a scheme. The registrar is no machine: it knows who runs and can be reached, and its announcements are the
 * only messages of its own.
 */
export class SimulatedScheme extends Simulation<SchemeNode> {
  readonly scheme: Scheme
  readonly registrar: SchemeRegistrar
  readonly parties = new Map<RoleName, SchemeNode>()
  readonly record: SchemeRecord
  readonly charges: SchemeCharges
  readonly costs = new CostLedger()
  readonly withoutEffect: WithoutEffect[] = []
  /** Events that must never happen. */
  readonly violations: string[] = []
  readonly #households = new Map<SchemeNode, Household>()
  readonly #directory = new PeerDirectory()
  readonly #nodes = new Map<MeterId, SchemeNode>()
  readonly #numbers = new Map<MeterId, number>()
  readonly #rng: SeededRng
  readonly #waits: SeededRng
  readonly #signatures: ReturnType<typeof signatures>
  readonly #registrarKey: SigningKey
  readonly #registrarPeer: PeerNumber
  #registrarUp = true

  constructor(scheme: Scheme, options: NeighbourhoodOptions) {
    const config = neighbourhoodConfig(options)
    const { seed, slotSeconds, firstSlot, lanes, readings, members } = config
    checkLanes(scheme, lanes.length)
    const { start, unit } = slotTimes(firstSlot, slotSeconds)
    super(config, start - 8 * unit)
    this.scheme = scheme
    this.#rng = new SeededRng(`${seed} scheme keys`)
    this.#waits = new SeededRng(`${seed} scheme waits`)
    this.#signatures = signatures(config.signatures)
    this.#registrarKey = this.#signatures.generate(this.#rng)
    const idle = { life: 0, up: true, receive: () => {}, serve: () => undefined }
    this.#registrarPeer = this.network.add(idle, [])
    this.#directory.enter(this.#registrarKey.id, this.#registrarPeer)
    const meterOf = (id: MeterId): number | undefined => this.#numbers.get(id)
    const groupOf = (slot: Slot): Group | undefined => this.registrar.groupOf(slot)
    const { prices } = scheme
    this.record = new SchemeRecord({ firstSlot, slotSeconds, lanes, readings, prices, meterOf, groupOf })
    const agreements = (): number => this.costs.total(({ phase }) => phase !== 'slot').work['key-agreement']
    this.charges = new SchemeCharges({ firstSlot, meterOf, agreements })
    for (const role of Object.keys(scheme.roles) as RoleName[]) if (role !== 'meter' && role !== 'device') this.#addParty(role)
    this.registrar = new SchemeRegistrar({
      scheme,
      identity: this.#registrarKey,
      lanes: lanes.length,
      parties: Object.fromEntries([...this.parties].map(([role, { id }]) => [role, id])),
      keyOf: id => (this.#nodes.get(id) as SchemeNode).signedKey
    })
    for (const node of this.parties.values()) this.network.after(0, () => node.start())
    for (let meter = 0; meter < members; meter++) {
      const { node, device } = this.#addHousehold(meter)
      this.network.after(1 + this.wait(2 * unit), () => this.#start(node, device, 'intact'))
    }
    this.#decideFor(firstSlot)
  }

  /** Draws evenly protocol milliseconds below a bound. */
  wait(bound: number): number {
    return this.#waits.below(Math.max(1, bound))
  }

  /** @throws InvalidArgumentError where there is no such meter */
  household(meter: number): Household {
    return this.#households.get(this.meter(meter)) as Household
  }

  /** Has a new meter, or one that has left or is about to, ask to be taken in. @returns whether it was not in already */
  join(meter: number): boolean {
    const household = this.meters.has(meter) ? this.household(meter) : this.#addHousehold(meter)
    if (household.node.up && !household.leaving) return false
    household.leaving = false
    if (!household.node.up) this.#start(household.node, household.device, 'intact')
    return true
  }

  /** Has a meter leave; it runs until a group without it begins. @returns whether it ran and was not leaving already */
  leave(meter: number): boolean {
    const household = this.household(meter)
    if (!household.node.up || household.leaving) return false
    household.leaving = true
    return true
  }

  /** Starts a meter's process again. @returns whether it was down */
  restart(meter: number, journal: JournalState): boolean {
    const { node, device } = this.household(meter)
    if (node.up) return false
    this.#start(node, device, journal)
    return true
  }

  crashRole(role: Role): boolean {
    const up = role === 'registrar' ? this.#registrarUp : this.#aggregator.up
    if (role === 'registrar') this.#registrarUp = false
    else this.#aggregator.crash()
    return up
  }

  restartRole(role: Role): boolean {
    const up = role === 'registrar' ? this.#registrarUp : this.#aggregator.up
    if (role === 'registrar') this.#registrarUp = true
    else if (!up) this.#start(this.#aggregator, undefined, 'intact')
    return !up
  }

  get #aggregator(): SchemeNode {
    return this.parties.get('aggregator') as SchemeNode
  }

  heal(): void {
    this.network.heal()
    for (const node of this.meters.values()) if (node.up) this.#catchUp(node)
  }

  tell(happening: Happening): void {
    this.record.tell(happening)
  }

  protected finish(slot: Slot): SlotReport {
    return this.record.finish(slot)
  }

  result(): ChurnResult {
    return this.record.result(this.charges.result(), this.network.traffic.total(), [...this.withoutEffect, ...this.crashesToCome()])
  }

  /** Gives the role of a peer of the network. */
  roleOf(peer: PeerNumber): RoleName {
    return peer === this.#registrarPeer ? 'registrar' : (this.#nodes.get(this.#directory.idOf(peer)) as SchemeNode).config.role
  }

  /** Gives what the run cost, by role. */
  counts(): ReadonlyMap<RoleName, SchemeCounts> {
    return this.costs.byRole()
  }

  #addParty(role: RoleName): void {
    this.parties.set(role, this.#addNode(role, undefined))
  }

  #addHousehold(meter: number): Household {
    const node = this.#addNode('meter', meter)
    const device = this.scheme.roles.device ? this.#addNode('device', undefined) : undefined
    const household: Household = { node, device, leaving: false }
    this.meters.set(meter, node)
    this.#households.set(node, household)
    this.#numbers.set(node.id, meter)
    node.onCrash = () => {
      this.charges.crashed(meter, this.crashSlot)
      this.tell({ type: 'crash', meter })
    }
    this.registrar.enter({
      id: node.id,
      device: device?.id,
      wants: () => node.up && !household.leaving && this.#registrarUp && this.network.reachable(node.number, this.#registrarPeer),
      leaves: () => household.leaving
    })
    return household
  }

  #addNode(role: RoleName, meter: number | undefined): SchemeNode {
    const { slotSeconds, readings, lanes, seed } = this.config
    const identity = this.#signatures.generate(this.#rng)
    const node = new SchemeNode({
      network: this.network,
      directory: {
        idOf: peer => this.#directory.idOf(peer),
        peerOf: id => this.#directory.peerOf(id),
        receiversOf: message => this.#receiversOf(message, identity.id)
      },
      newAgreement: () => BlindingKey.generate(this.#rng),
      reading: meter === undefined ? undefined : slot => readings(meter, slot, lanes),
      config: {
        scheme: this.scheme,
        role,
        identity,
        agreement: BlindingKey.generate(this.#rng),
        registrar: this.#registrarKey.id,
        slotSeconds,
        rng: new SeededRng(`${seed} scheme ${this.#nodes.size + 1}`),
        verifier: this.#signatures.verifier ?? ed25519Verifier,
        costs: this.costs
      }
    })
    node.timed = run => this.config.gauge.timed(role, run)
    node.observe = output => this.#observe(node, output)
    node.onIdleTicks = () => this.restless(role)
    this.#directory.enter(node.id, node.number)
    this.#nodes.set(node.id, node)
    return node
  }

  #start(node: SchemeNode, device: SchemeNode | undefined, journal: JournalState): void {
    node.start(journal)
    if (device && !device.up) device.start()
    if (journal !== 'intact') this.registrar.formAnew(node.id)
    this.#catchUp(node)
  }

  /** Sends the last announcement to a node that may have missed it, while it would still be taken. */
  #catchUp(node: SchemeNode): void {
    const { last } = this.registrar
    if (!last || !this.#registrarUp) return
    const { end, unit } = slotTimes(last.firstSlot, this.config.slotSeconds)
    if (this.network.now < end - unit) this.network.send('control', this.#registrarPeer, node.number, last.bytes)
  }

  #receiversOf({ phase, slot }: SendOutput, sender: MeterId): MeterId[] {
    const group = phase === 'slot' ? this.registrar.groupOf(slot) : this.registrar.last?.group
    return group ? broadcastTo(group, sender) : []
  }

  /** Has the registrar decide on a slot's group three units before it begins, and so on. */
  #decideFor(slot: Slot): void {
    const { slotSeconds } = this.config
    const { start, unit } = slotTimes(slot, slotSeconds)
    this.network.at(start - 3 * unit, () => {
      const decision = this.#registrarUp ? this.config.gauge.timed('registrar', () => this.registrar.decide(slot)) : undefined
      if (decision) this.#announce(decision)
      this.#decideFor((slot + 1) as Slot)
    })
  }

  #announce(decision: Decision): void {
    const { group, bytes, firstSlot } = decision
    const { start, unit } = slotTimes(firstSlot, this.config.slotSeconds)
    const receivers = [...group.members, ...group.deviceOf.values(), ...Object.values(group.parties), ...group.left]
    this.charges.announced(decision, receivers.length)
    for (const id of receivers) {
      const node = this.#nodes.get(id)
      if (node) this.network.send('control', this.#registrarPeer, node.number, bytes)
    }
    for (const { kind, id } of decision.changes) {
      const meter = this.#numbers.get(id)
      if (kind !== 'leave' || meter === undefined) continue
      const household = this.household(meter)
      this.network.at(start + 12 * unit, () => household.leaving && household.node.crash())
    }
  }

  #observe({ id, config }: SchemeNode, output: SchemeOutput): void {
    if (output.type === 'journal') this.config.gauge.kept(config.role, output.record.byteLength)
    this.record.observe(id, output, this.network.now)
    if (output.type === 'send' && output.phase !== 'slot')
      this.charges.sent(output, id, output.to === 'meters' ? this.#receiversOf(output, id).length : 1)
    else if (output.type === 'outcome' && output.phase === 'slot') this.#ended(output.slot, output.outcome)
    else if (output.type === 'unformed') this.registrar.unformed(output.epoch, id, output.missing)
    else if (output.type === 'failed')
      this.violations.push(`slot ${Math.floor(this.at)}: round ${output.round} of ${output.phase}: ${output.what}`)
  }

  #ended(slot: Slot, outcome: Outcome): void {
    const group = this.registrar.groupOf(slot)
    if (group) this.registrar.ended(slot, missingIn(group, outcome))
  }
}
