// A whole neighbourhood of the path by concentrator and PES on this machine: supplier, PES, concentrator and the meters,
// each a libp2p node.
import { join } from 'node:path'
import { LossReason } from '@hushgrid/messages'
import { LabClock, labPreset, realNow, topicName } from '@hushgrid/network'
import { type ConcentratorNode, ConcentratorStore, type PesNode, PesStore, startConcentrator, startPes } from '@hushgrid/node-concentrator'
import { type SupplierNode, SupplierStore, startSupplier } from '@hushgrid/node-mdms'
import { generateKeyPair } from '@hushgrid/paillier'
import { type ConcentratorOutput, decodeKeyShare, type PesTerms, type PesVariantName, partialOf, type SupplierOutput } from '@hushgrid/pes'
import { type Epoch, HushgridError, type MeterId, type Millis, millis, type Slot, slotAt, slotTimes, systemRng } from '@hushgrid/primitives'
import { type ObfuscatorWorkers, readSecret } from '@hushgrid/runtime'
import { readerOf, recipeFor } from '../../meters/readings.ts'
import type { HostOperation, HouseholdReading } from '../../meters/meter-host.ts'
import { obfuscatorsFor, PesMeterHost } from '../../meters/pes-meter-host.ts'
import { wireBytes } from '../../meters/wire-bytes.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import {
  type LabNeighbourhood,
  type LabSample,
  type Membership,
  membershipAt,
  type NeighbourhoodOptions,
  type RegistrarNews,
  type SlotCourse,
  type TimedResult,
  watched
} from '../../neighbourhood/neighbourhood.ts'
import type { LabRing } from '../../neighbourhood/ring.ts'
import type { LabWatcher } from '../../neighbourhood/watcher.ts'
import { PesLook } from './look.ts'
import { dealShares, labLimits } from './terms.ts'
import { SlotResults } from '../../neighbourhood/slot-results.ts'

export interface PesOptions {
  readonly variant: PesVariantName
  /** Of the Paillier key. */
  readonly bits: number
}

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
/** How much before the first slot the clock stands while the neighbourhood forms, in protocol milliseconds. */
const STAND_BEFORE = 1000

/** One neighbourhood of this path, from its first node to its last. */
export class PesNeighbourhood implements LabNeighbourhood {
  readonly options: NeighbourhoodOptions
  readonly firstSlot: Slot
  readonly clock: LabClock
  readonly memberships: Membership[] = []
  readonly results = new SlotResults()
  readonly households = new Map<MeterId, number>()
  readonly courses = new Map<Slot, SlotCourse>()
  onNews: (news: RegistrarNews) => void = () => {}
  watcher: LabWatcher | undefined
  readonly #look = new PesLook()
  readonly #pes: PesOptions
  readonly #reading: HouseholdReading
  readonly #stopping = new AbortController()
  #supplier: SupplierNode | undefined
  #pesNode: PesNode | undefined
  #concentrator: ConcentratorNode | undefined
  #concentratorAddress = ''
  #listened = ''
  #ending: Promise<void> = Promise.resolve()
  #workers: ObfuscatorWorkers | undefined
  #host: PesMeterHost | undefined
  /** Members now, by id, and those that a slot was closed without. */
  readonly #present = new Set<MeterId>()
  readonly #missing = new Map<Slot, readonly MeterId[]>()

  constructor(options: NeighbourhoodOptions, pes: PesOptions) {
    this.options = options
    this.#pes = pes
    this.firstSlot = options.readings.firstSlot
    this.clock = new LabClock(this.#before)
    const { households } = options.readings
    this.#reading = readerOf(
      recipeFor(
        options.readings.recipe,
        Array.from({ length: households }, (_, i) => i)
      )
    )
  }

  get #before(): Millis {
    return millis(slotTimes(this.firstSlot, this.options.network.slotSeconds).start - STAND_BEFORE)
  }

  get keys(): Readonly<Record<string, MeterId | undefined>> {
    const terms = this.#concentrator?.terms
    return { concentrator: this.#concentrator?.service.state.config.identity.id, pes: terms?.pes, supplier: terms?.supplier }
  }

  get drops(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const drops of [this.#concentrator?.service.state.drops, this.#pesNode?.service.state.drops, this.#supplier?.service?.state.drops])
      for (const [reason, count] of Object.entries(drops?.counts ?? {})) counts[reason] = (counts[reason] ?? 0) + count
    return counts
  }

  get #preset() {
    const { network, members } = this.options
    return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
  }

  async form(): Promise<void> {
    const { members, emit } = this.options
    emit({ type: 'phase', phase: 'start', done: 0, of: 3 })
    const { supplierAddress, share } = await this.#startSupplier()
    emit({ type: 'phase', phase: 'start', done: 1, of: 3 })
    await this.#startRoles(supplierAddress, share)
    emit({ type: 'phase', phase: 'start', done: 3, of: 3 })
    this.#host = this.#startHost()
    await this.#host.start()
    this.memberships.splice(0, this.memberships.length, this.#membership(0, this.firstSlot))
    const { variant, bits } = this.#pes
    emit({
      type: 'note',
      text: `${members} meters, ${variant}, Paillier of ${bits} bits${variant === 'reencrypt' ? ': the PES sees each reading for a moment' : ': the key is split between the PES and the supplier'}`
    })
  }

  #membership(epoch: number, firstSlot: Slot): Membership {
    return { epoch, firstSlot, n: this.#present.size, degree: 0, present: [...this.#present] }
  }

  /** The supplier with its key; with `direct` this script is the dealer that splits the key and forgets it. */
  async #startSupplier(): Promise<{ readonly supplierAddress: string; readonly share: string | undefined }> {
    const { network, state, emit, fail } = this.options
    const { variant, bits } = this.#pes
    const directory = join(state, 'supplier')
    const shares = variant === 'direct' ? dealShares(state, bits) : undefined
    const key = shares ? { share: shares.supplier } : { make: () => generateKeyPair(bits).privateKey }
    this.#supplier = await startSupplier({
      store: SupplierStore.open(directory, key, systemRng, false),
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock: this.clock,
      preset: this.#preset,
      listen: [ANY_PORT],
      observe: output => this.#ofSupplier(output),
      warn: text => emit({ type: 'warning', text: `supplier: ${text}` }),
      fail
    })
    return { supplierAddress: firstAddress(this.#supplier.node), share: shares?.pes }
  }

  async #startRoles(supplier: string, share: string | undefined): Promise<void> {
    const { network, members, state, emit, fail } = this.options
    const { variant } = this.#pes
    const store = ConcentratorStore.open(join(state, 'concentrator'), systemRng, false)
    const partial = share === undefined ? undefined : partialOf(decodeKeyShare(readSecret(share, undefined)))
    this.#pesNode = await startPes({
      store: PesStore.open(join(state, 'pes'), systemRng, false),
      network: network.name,
      limits: labLimits(network),
      clock: this.clock,
      preset: this.#preset,
      listen: [ANY_PORT],
      supplier,
      concentrator: store.identity.id,
      partial,
      // The PES has the time between slots to make them ahead.
      ...(variant === 'reencrypt' && {
        obfuscators: (terms: PesTerms) => {
          const workers = obfuscatorsFor(terms, members, text => emit({ type: 'warning', text }))
          this.#workers = workers
          return () => workers.pool.take()
        }
      }),
      observe: output => {
        if (output.type === 'reply' && this.watcher) this.#look.opened(this.#pesNode?.service.state, this.watcher)
      },
      warn: text => emit({ type: 'warning', text: `PES: ${text}` }),
      fail,
      signal: this.#stopping.signal
    })
    await this.#startConcentrator(store, firstAddress(this.#pesNode.node), supplier)
  }

  async #startConcentrator(store: ConcentratorStore, pes: string, supplier: string): Promise<void> {
    const { network, listen, emit, fail } = this.options
    this.#concentrator = await startConcentrator({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock: this.clock,
      preset: this.#preset,
      listen: [this.#listened || (listen?.aggregator ?? ANY_PORT)],
      pes,
      supplier,
      observe: output => this.#ofConcentrator(output),
      warn: text => emit({ type: 'warning', text: `concentrator: ${text}` }),
      fail,
      signal: this.#stopping.signal
    })
    this.#concentratorAddress = firstAddress(this.#concentrator.node)
    this.#listened = this.#concentratorAddress.replace(/\/p2p\/.*/, '')
  }

  #startHost(): PesMeterHost {
    const { network, members, state, emit, fail } = this.options
    const { pes, supplier } = this.#pesNode?.terms ?? {}
    const done = { enrol: 0, dial: 0 }
    for (const phase of ['dial', 'enrol'] as const) emit({ type: 'phase', phase, done: 0, of: members })
    return new PesMeterHost(
      {
        network: network.name,
        slotSeconds: network.slotSeconds,
        lanes: network.lanes,
        firstSlot: this.firstSlot,
        households: Array.from({ length: members }, (_, household) => household),
        members,
        concentrator: this.#concentratorAddress,
        policy: { pes, supplier },
        state
      },
      this.clock,
      this.#reading,
      {
        progress: phase => {
          if (done[phase] < members) emit({ type: 'phase', phase, done: ++done[phase], of: members })
        },
        identity: (household, id) => this.households.set(id, household),
        warn: text => emit({ type: 'warning', text }),
        fail
      }
    )
  }

  #ofConcentrator(output: ConcentratorOutput): void {
    const { emit, network } = this.options
    if (output.type === 'member') this.#changed(output.meterId, output.what)
    else if (output.type === 'batch' && this.watcher) this.#look.sent(output.bytes, this.watcher)
    else if (output.type === 'slot-closed') {
      this.#missing.set(output.slot, output.missing)
      if (output.missing.length > 0) this.watcher?.missing(output.slot, output.missing)
    } else if (output.type === 'evidence')
      emit({ type: 'warning', text: `concentrator: evidence against ${output.against}: ${output.what}` })
    else if (output.type === 'lost') {
      emit({ type: 'warning', text: `concentrator: slot ${output.slot} lost: ${output.reason}` })
      this.results.publish({
        type: 'lost',
        slot: output.slot,
        epoch: 0 as Epoch,
        reason: LossReason.Unanswered,
        members: [],
        at: realNow()
      })
    }
    for (const slot of this.#missing.keys()) if (slot < slotAt(this.clock.now(), network.slotSeconds) - 4) this.#missing.delete(slot)
  }

  #ofSupplier(output: SupplierOutput): void {
    const at = realNow()
    if (output.type === 'total') {
      const { slot, contributors, lanes } = output
      const missing = this.#missing.get(slot) ?? []
      this.results.publish({ type: 'total', slot, epoch: 0 as Epoch, contributors: contributors.length, missing, lanes, at })
    } else if (output.type === 'lost') {
      const members = this.#missing.get(output.slot) ?? []
      this.results.publish({ type: 'lost', slot: output.slot, epoch: 0 as Epoch, reason: LossReason.MembersMissing, members, at })
    }
  }

  #changed(id: MeterId, what: 'joined' | 'left'): void {
    if (what === 'joined') this.#present.add(id)
    else this.#present.delete(id)
    // While it forms there is one membership, made at its end.
    const before = this.memberships.at(-1)
    if (!before) return
    const slot = slotAt(this.clock.now(), this.options.network.slotSeconds)
    const membership = this.#membership(before.epoch + 1, slot)
    this.memberships.push(membership)
    const ids = (of: 'joined' | 'left'): MeterId[] => (what === of ? [id] : [])
    this.onNews({
      type: 'changes',
      epoch: membership.epoch as Epoch,
      joined: ids('joined'),
      left: ids('left'),
      absent: [],
      present: [],
      bytes: 0,
      delta: false
    })
  }

  begin(): void {
    const { network, slotMs } = this.options
    const { end, unit } = slotTimes(this.firstSlot, network.slotSeconds)
    this.clock.start({ real: realNow(), protocol: millis(end - 4 * unit), rate: (network.slotSeconds * 1000) / slotMs })
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    return this.results.of(slot, this.clock, this.options.network.slotSeconds, signal)
  }

  async operate(operation: HostOperation): Promise<void> {
    await watched(this.watcher, operation, async () => this.#host?.operate(operation))
  }

  ringAt(slot: Slot): LabRing | undefined {
    const membership = membershipAt(this, slot)
    if (!membership) return undefined
    const meters = membership.present.map(id => ({ household: this.households.get(id) ?? -1, id, absent: false }))
    return { epoch: membership.epoch, degree: 0, meters: meters.sort((a, b) => a.household - b.household), edges: [] }
  }

  async partition(households: readonly number[]): Promise<void> {
    const idOf = new Map([...this.households].map(([id, household]) => [household, id]))
    const away = households.flatMap(household => idOf.get(household) ?? [])
    const rest = [...this.households.keys()].filter(id => !away.includes(id))
    const roles = Object.values(this.keys).filter(id => id !== undefined)
    const blocked = new Map(households.map(household => [household, away.length === 0 ? [] : [...rest, ...roles]]))
    await this.operate({ do: 'block', blocked, others: away })
    if (this.#concentrator) this.#concentrator.node.blocked = new Set(away)
  }

  /** As if the concentrator's process had been killed: it has the aggregator's place here. */
  async stopAggregator(): Promise<void> {
    const concentrator = this.#concentrator
    this.#concentrator = undefined
    concentrator?.service.stop()
    this.watcher?.aggregator(false)
    this.#ending = concentrator?.stop() ?? Promise.resolve()
    await this.#ending
  }

  async restartAggregator(): Promise<void> {
    await this.#ending
    if (!this.#pesNode || !this.#supplier) throw new HushgridError('the concentrator: expected a PES and a supplier that run')
    const store = ConcentratorStore.open(join(this.options.state, 'concentrator'), systemRng, false)
    await this.#startConcentrator(store, firstAddress(this.#pesNode.node), firstAddress(this.#supplier.node))
    this.watcher?.aggregator(true)
  }

  /** There is no registrar on this path. */
  stopRegistrar(): Promise<void> {
    return Promise.reject(new HushgridError('registrar-crash: expected a DC-net, the path by concentrator and PES has no registrar'))
  }

  restartRegistrar(): Promise<void> {
    return this.stopRegistrar()
  }

  sample(): Promise<LabSample> {
    const { user, system } = process.cpuUsage()
    return Promise.resolve({
      cpuMs: (user + system) / 1000,
      bytes: wireBytes(),
      rss: process.memoryUsage.rss(),
      keyAgreements: 0,
      agreementsOf: {},
      credentialChecks: 0,
      submissionBytes: this.#host?.sent.bytes ?? 0,
      submissions: this.#host?.sent.submissions ?? 0,
      verified: {},
      drops: this.drops
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all([
      this.#host?.stop(),
      this.#concentrator?.stop(),
      this.#pesNode?.stop(),
      this.#supplier?.stop(),
      this.#workers?.stop()
    ])
  }
}
