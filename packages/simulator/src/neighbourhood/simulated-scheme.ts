// A scheme of the literature under virtual time: the same households, operations and reports as a neighbourhood of the DC-net.
import {
  BlindingKey,
  ed25519Verifier,
  HushgridError,
  IdentityKey,
  InvalidArgumentError,
  type MeterId,
  SeededRng,
  type SigningKey,
  type Slot,
  slotTimes
} from '@hushgrid/primitives'
import { type ChurnResult, type JournalState, type Role, type SlotReport, summarise, type WithoutEffect } from '@hushgrid/scenarios'
import {
  broadcastTo,
  CostLedger,
  checkLanes,
  type Group,
  type RoleName,
  type Scheme,
  type SchemeCounts,
  type SchemeOutput,
  type SendOutput
} from '@hushgrid/schemes'
import { SchemeNode } from '../machines/scheme-node.ts'
import { type Decision, SchemeRegistrar } from '../machines/scheme-registrar.ts'
import { StandInSignatures } from '../machines/stand-in-signatures.ts'
import type { PeerNumber } from '../network/virtual-delivery.ts'
import { VirtualNetwork } from '../network/virtual-network.ts'
import { SchemeCharges } from '../record/scheme-charges.ts'
import { SchemeRecord } from '../record/scheme-record.ts'
import { type NeighbourhoodConfig, type NeighbourhoodOptions, neighbourhoodConfig } from './config.ts'

/** Household with its meter and, where a scheme has one, its device. */
export interface Household {
  readonly node: SchemeNode
  readonly device: SchemeNode | undefined
  leaving: boolean
}

/**
 * Neighbourhood of a scheme in memory. Meters have numbers from 0; the first `members` of them are in epoch 0. Slot k of a run
 * is the k-th from its first, and `at` a moment in slots, as in `SimulatedNeighbourhood`. The registrar is no machine: it
 * knows who runs and can be reached, and its announcements are the only messages of its own.
 */
export class SimulatedScheme {
  readonly config: NeighbourhoodConfig
  readonly scheme: Scheme
  readonly network: VirtualNetwork
  readonly registrar: SchemeRegistrar
  readonly households = new Map<number, Household>()
  readonly parties = new Map<RoleName, SchemeNode>()
  readonly record: SchemeRecord
  readonly charges: SchemeCharges
  readonly costs = new CostLedger()
  readonly withoutEffect: WithoutEffect[] = []
  /** Events that must never happen. */
  readonly violations: string[] = []
  readonly #nodes = new Map<MeterId, SchemeNode>()
  readonly #ids: MeterId[] = []
  readonly #numbers = new Map<MeterId, number>()
  readonly #rng: SeededRng
  readonly #waits: SeededRng
  readonly #signatures: StandInSignatures | undefined
  readonly #registrarKey: SigningKey
  readonly #registrarPeer: PeerNumber
  #registrarUp = true
  #finished = 0

  constructor(scheme: Scheme, options: NeighbourhoodOptions) {
    if (scheme.facts.yields === 'bills')
      throw new HushgridError(`simulated scheme: expected one of totals, got ${scheme.name}, which yields bills`)
    const config = neighbourhoodConfig(options)
    const { seed, slotSeconds, firstSlot, latency, loss, lanes, readings, members } = config
    checkLanes(scheme, lanes.length)
    this.scheme = scheme
    this.config = config
    this.#rng = new SeededRng(`${seed} scheme keys`)
    this.#waits = new SeededRng(`${seed} scheme waits`)
    this.#signatures = config.signatures === 'stand-in' ? new StandInSignatures() : undefined
    this.#registrarKey = this.#newIdentity()
    const { start, unit } = slotTimes(firstSlot, slotSeconds)
    this.network = new VirtualNetwork({ seed, start: start - 8 * unit, latency, loss })
    const idle = { life: 0, up: true, receive: () => {}, serve: () => undefined }
    this.#registrarPeer = this.network.add(idle, [])
    this.#ids.push(this.#registrarKey.id)
    const meterOf = (id: MeterId): number | undefined => this.#numbers.get(id)
    const groupOf = (slot: Slot): Group | undefined => this.registrar.groupOf(slot)
    this.record = new SchemeRecord({ firstSlot, slotSeconds, lanes, readings, meterOf, groupOf })
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
    const found = this.households.get(meter)
    if (!found) throw new InvalidArgumentError('meter', `one of the ${this.households.size} there are`, String(meter))
    return found
  }

  /** Gives slot k of the run. */
  slot(index: number): Slot {
    return (this.config.firstSlot + index) as Slot
  }

  /** Gives the protocol time of a moment in slots, ms. */
  timeOf(at: number): number {
    const { firstSlot, slotSeconds } = this.config
    return slotTimes(firstSlot, slotSeconds).end + Math.round(at * slotSeconds * 1000)
  }

  /** Current moment in slots. */
  get at(): number {
    return (this.network.now - this.timeOf(0)) / (this.config.slotSeconds * 1000)
  }

  /** Has a new meter, or one that has left or is about to, ask to be taken in. @returns whether it was not in already */
  join(meter: number): boolean {
    const household = this.households.get(meter) ?? this.#addHousehold(meter)
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

  /** Ends a meter's process now. @returns whether it ran */
  crash(meter: number): boolean {
    const { node } = this.household(meter)
    if (!node.up) return false
    node.crashNow()
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

  partition(meters: readonly number[]): void {
    this.network.partition(meters.map(meter => this.household(meter).node.number))
  }

  heal(): void {
    this.network.heal()
    for (const { node } of this.households.values()) if (node.up) this.#catchUp(node)
  }

  schedule(at: number, run: () => void): void {
    this.network.at(Math.max(this.timeOf(at), this.network.now), run, true)
  }

  /** Lets time pass until so many slots of the run are over. */
  runSlots(slots: number, onSlot?: (report: SlotReport) => void): void {
    const { unit } = slotTimes(this.config.firstSlot, this.config.slotSeconds)
    while (this.#finished < slots) {
      this.network.runUntil(this.timeOf(this.#finished) + 14 * unit)
      const report = this.record.finish(this.slot(this.#finished++))
      onSlot?.(report)
    }
  }

  result(): ChurnResult {
    const { messages, bytes } = this.network.traffic.total()
    const changes = this.charges.result()
    return {
      slots: this.record.reports,
      changes,
      faults: [],
      evidence: this.record.evidence,
      withoutEffect: this.withoutEffect,
      drops: this.record.drops,
      messages,
      bytes,
      summary: summarise(this.record.reports, changes)
    }
  }

  /** Gives the role of a peer of the network. */
  roleOf(peer: PeerNumber): RoleName {
    return peer === this.#registrarPeer ? 'registrar' : (this.#nodes.get(this.#ids[peer] as MeterId) as SchemeNode).config.role
  }

  /** Gives what the run cost, by role. */
  counts(): ReadonlyMap<RoleName, SchemeCounts> {
    return this.costs.byRole()
  }

  #newIdentity(): SigningKey {
    return this.#signatures?.generate(this.#rng) ?? IdentityKey.generate(this.#rng)
  }

  #addParty(role: RoleName): void {
    this.parties.set(role, this.#addNode(role, undefined))
  }

  #addHousehold(meter: number): Household {
    const node = this.#addNode('meter', meter)
    const device = this.scheme.roles.device ? this.#addNode('device', undefined) : undefined
    const household: Household = { node, device, leaving: false }
    this.households.set(meter, household)
    this.#numbers.set(node.id, meter)
    node.onCrash = () => this.charges.crashed(meter, Math.max(0, Math.floor(this.at + 1 / 16)))
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
    const identity = this.#newIdentity()
    const node = new SchemeNode({
      network: this.network,
      directory: {
        idOf: peer => this.#ids[peer] as MeterId,
        peerOf: id => this.#nodes.get(id)?.number,
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
        rng: new SeededRng(`${seed} scheme ${this.#ids.length}`),
        verifier: this.#signatures?.verifier ?? ed25519Verifier,
        costs: this.costs
      }
    })
    node.timed = run => this.config.gauge.timed(role, run)
    node.observe = output => this.#observe(node, output)
    node.onIdleTicks = () => this.violations.push(`slot ${Math.floor(this.at)}: ${role} asks for one tick after the other, at once`)
    this.#ids[node.number] = node.id
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
    else if (output.type === 'outcome' && output.phase === 'slot') this.registrar.ended(output.slot, output.outcome)
    else if (output.type === 'unformed') this.registrar.unformed(output.epoch, id, output.missing)
    else if (output.type === 'failed')
      this.violations.push(`slot ${Math.floor(this.at)}: round ${output.round} of ${output.phase}: ${output.what}`)
  }
}
