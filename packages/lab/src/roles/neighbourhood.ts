// A neighbourhood for the comparison, in any mode: every role in a process of its own, all meters in one.
import { join } from 'node:path'
import type { HostOperation } from '../meters/meter-host.ts'
import type { LabNeighbourhood, LabSample, Membership, NeighbourhoodOptions, RegistrarNews, SlotCourse, TimedResult } from '../neighbourhood/neighbourhood.ts'
import { dealShares, labLimits } from '../contender/pes/terms.ts'
import { SlotResults } from '../neighbourhood/slot-results.ts'
import { LabClock, realNow } from '@hushgrid/network'
import { ConcentratorStore } from '@hushgrid/node-concentrator'
import type { PesVariantName } from '@hushgrid/pes'
import { type Epoch, HushgridError, type MeterId, type Millis, millis, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import type { ComparedMode, ComparedRole, RoleCost } from '@hushgrid/comparison'
import { RoleProcess } from './process.ts'
import type { MetersSetting, RoleChoice, RoleEvent, RoleReady, RoleSample, RoleSetting } from './protocol.ts'

/** How much before the first slot the clock stands while the neighbourhood forms, in protocol milliseconds. */
const STAND_BEFORE = 1000
/** Results that a concentrator's report of missing members waits for. */
const KEPT_SLOTS = 8

/** What a mode's neighbourhood is made with. */
export interface ComparedOptions extends Omit<NeighbourhoodOptions, 'processes' | 'listen'> {
  readonly mode: ComparedMode
  /** Of the Paillier key. */
  readonly bits: number
}

type Samples = Readonly<Partial<Record<ComparedRole, RoleSample>>>

/** One neighbourhood, from its first process to its last. */
export class RoleNeighbourhood implements LabNeighbourhood {
  readonly options: NeighbourhoodOptions & ComparedOptions
  readonly firstSlot: Slot
  readonly clock: LabClock
  readonly memberships: Membership[] = []
  readonly results = new SlotResults()
  readonly households = new Map<MeterId, number>()
  readonly courses = new Map<Slot, SlotCourse>()
  readonly keys = {}
  onNews: (news: RegistrarNews) => void = () => {}
  /** The last sample of every role. */
  samples: Samples = {}
  readonly #roles = new Map<ComparedRole, RoleProcess>()
  readonly #present = new Set<MeterId>()
  readonly #missing = new Map<Slot, readonly MeterId[]>()
  #formed = false

  constructor(options: ComparedOptions) {
    this.options = { ...options, processes: 1 }
    this.firstSlot = options.readings.firstSlot
    this.clock = new LabClock(this.#before)
  }

  get #before(): Millis {
    return millis(slotTimes(this.firstSlot, this.options.network.slotSeconds).start - STAND_BEFORE)
  }

  get drops(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const role of ['aggregator', 'concentrator', 'pes', 'supplier'] as const)
      for (const [reason, count] of Object.entries(this.samples[role]?.drops ?? {})) counts[reason] = (counts[reason] ?? 0) + count
    return counts
  }

  async form(): Promise<void> {
    const { mode } = this.options
    if (mode === 'plain') await this.#formPlain()
    else if (mode === 'dcnet' || mode === 'dcnet-double') await this.#formRing()
    else await this.#formPes(mode === 'pes-direct' ? 'direct' : 'reencrypt')
    if (this.memberships.length === 0) this.memberships.push(this.#membership(0, this.firstSlot))
    this.#formed = true
  }

  async #formPlain(): Promise<void> {
    const { address } = await this.#start('aggregator', { role: 'plain-aggregator' })
    await this.#start('meter', { role: 'plain-meters', aggregator: address, ...this.#meters })
  }

  async #formRing(): Promise<void> {
    const { address } = await this.#start('registrar', { role: 'registrar' })
    await this.#start('aggregator', { role: 'aggregator', registrar: address })
    await this.#start('meter', { role: 'ring-meters', registrar: address, ...this.#meters })
  }

  async #formPes(variant: PesVariantName): Promise<void> {
    const { bits } = this.options
    const shares = variant === 'direct' ? dealShares(this.options.state, bits) : undefined
    const supplier = await this.#start('supplier', { role: 'supplier', bits, ...(shares && { share: shares.supplier }) })
    const store = ConcentratorStore.open(this.#folder('concentrator'), systemRng, false)
    const concentratorKey = store.identity.id
    store.close()
    const pes = await this.#start('pes', {
      role: 'pes',
      variant,
      limits: labLimits(this.options.network),
      supplier: supplier.address,
      concentratorKey,
      ...(shares && { share: shares.pes })
    })
    const { address } = await this.#start('concentrator', { role: 'concentrator', pes: pes.address, supplier: supplier.address })
    const [pesKey, supplierKey] = [pes.id, supplier.id]
    if (!pesKey || !supplierKey) throw new HushgridError('PES and supplier: expected their keys')
    await this.#start('meter', { role: 'pes-meters', concentrator: address, pesKey, supplierKey, ...this.#meters })
  }

  get #meters(): MetersSetting {
    const { members, readings } = this.options
    // Those who join later are in the same process.
    return { households: Array.from({ length: members }, (_, household) => household), recipe: readings.recipe }
  }

  #folder(role: string): string {
    return join(this.options.state, role)
  }

  async #start(role: ComparedRole, choice: RoleChoice): Promise<RoleReady> {
    const { network, members, fail } = this.options
    const setting: RoleSetting = { network, members, firstSlot: this.firstSlot, before: this.#before, state: this.#folder(role) }
    const { process, ready } = await RoleProcess.start(
      { ...setting, ...choice },
      {
        event: event => this.#hear(role, event),
        fail
      }
    )
    this.#roles.set(role, process)
    return ready
  }

  #hear(role: ComparedRole, event: RoleEvent): void {
    switch (event.type) {
      case 'progress':
        return
      case 'identity':
        this.households.set(event.id, event.household)
        return
      case 'result': {
        const missing = this.#missing.get(event.result.slot) ?? []
        const result = event.result.type === 'total' && event.result.missing.length === 0 ? { ...event.result, missing } : event.result
        this.results.publish({ ...result, at: event.at })
        return
      }
      case 'missing':
        this.#missing.set(event.slot, event.missing)
        if (this.#missing.size > KEPT_SLOTS) this.#missing.delete(Math.min(...this.#missing.keys()) as Slot)
        return
      case 'membership':
        this.memberships.push(event.membership)
        return
      case 'member':
        if (event.what === 'joined') this.#present.add(event.id)
        else this.#present.delete(event.id)
        // While it forms there is one membership, made at its end.
        if (this.#formed) this.memberships.push(this.#membership(this.memberships.length, this.#slotNow))
        return
      case 'news':
        this.onNews(event.news)
        return
      case 'warn':
        this.options.emit({ type: 'warning', text: `${role}: ${event.text}` })
        return
    }
  }

  get #slotNow(): Slot {
    return Math.floor(this.clock.now() / 1000 / this.options.network.slotSeconds) as Slot
  }

  #membership(epoch: number, firstSlot: Slot): Membership {
    return { epoch: epoch as Epoch, firstSlot, n: this.#present.size, degree: 0, present: [...this.#present] }
  }

  begin(): void {
    const { network, slotMs } = this.options
    const { end, unit } = slotTimes(this.firstSlot, network.slotSeconds)
    const anchor = { real: realNow(), protocol: millis(end - 4 * unit), rate: (network.slotSeconds * 1000) / slotMs }
    this.clock.start(anchor)
    for (const role of this.#roles.values()) role.startClock(anchor)
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    return this.results.of(slot, this.clock, this.options.network.slotSeconds, signal)
  }

  async operate(operation: HostOperation): Promise<void> {
    await this.#roles.get('meter')?.operate(operation)
  }

  partition(): Promise<void> {
    return onlyMeters('partition')
  }

  stopAggregator(): Promise<void> {
    return onlyMeters('aggregator-crash')
  }

  restartAggregator(): Promise<void> {
    return onlyMeters('aggregator-restart')
  }

  stopRegistrar(): Promise<void> {
    return onlyMeters('registrar-crash')
  }

  restartRegistrar(): Promise<void> {
    return onlyMeters('registrar-restart')
  }

  /** What all roles have used so far; by role it is then in `samples`. */
  async sample(): Promise<LabSample> {
    const taken = await Promise.all([...this.#roles].map(async ([role, process]) => [role, await process.sample()] as const))
    this.samples = Object.fromEntries(taken)
    const sum = (of: (sample: RoleSample) => number): number => taken.reduce((total, [, sample]) => total + of(sample), 0)
    return {
      cpuMs: sum(sample => sample.cpuMs),
      bytes: sum(sample => sample.sentBytes),
      rss: sum(sample => sample.peakRss),
      keyAgreements: sum(sample => sample.keyAgreements),
      agreementsOf: this.samples.meter?.agreementsOf ?? {},
      credentialChecks: 0,
      submissionBytes: 0,
      submissions: 0,
      verified: {},
      drops: this.drops
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#roles.values()].map(role => role.stop()))
  }
}

function onlyMeters(what: string): Promise<never> {
  return Promise.reject(new HushgridError(`'${what}': expected a change that befalls meters: join, leave, crash, restart`))
}

/** What was used between two samples. */
export function costBetween(before: RoleSample | undefined, after: RoleSample): RoleCost {
  const of = (field: keyof RoleCost): number => after[field] - (before?.[field] ?? 0)
  return {
    cpuMs: Math.round(1000 * of('cpuMs')) / 1000,
    sentBytes: of('sentBytes'),
    receivedBytes: of('receivedBytes'),
    sentMessages: of('sentMessages'),
    receivedMessages: of('receivedMessages'),
    sentPayload: of('sentPayload'),
    receivedPayload: of('receivedPayload')
  }
}
