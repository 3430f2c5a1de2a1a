// The path by concentrator and PES on this machine: supplier, PES, concentrator and the meters, each a libp2p node.
import { join } from 'node:path'
import { LossReason } from '@hushgrid/messages'
import { realNow } from '@hushgrid/network'
import { type ConcentratorNode, ConcentratorStore, type PesNode, PesStore, startConcentrator, startPes } from '@hushgrid/node-concentrator'
import { type SupplierNode, SupplierStore, startSupplier } from '@hushgrid/node-mdms'
import { generateKeyPair } from '@hushgrid/paillier'
import { type ConcentratorOutput, decodeKeyShare, type PesTerms, type PesVariantName, type SupplierOutput } from '@hushgrid/pes'
import { HushgridError, type MeterId, type Slot, slotAt, systemRng } from '@hushgrid/primitives'
import { type ObfuscatorWorkers, readSecret } from '@hushgrid/runtime'
import { laneCodes } from '@hushgrid/topology'
import { takeStalls } from '../../meters/event-loop-lag.ts'
import type { HostOperation } from '../../meters/operation.ts'
import { obfuscatorsFor, PesMeterHost } from '../../meters/pes-meter-host.ts'
import { readerOf } from '../../meters/readings.ts'
import { wireBytes } from '../../meters/wire-bytes.ts'
import { FormedNeighbourhood } from '../../neighbourhood/base.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import { MemberRoll, NO_EPOCH } from '../../neighbourhood/member-roll.ts'
import {
  type LabNeighbourhood,
  type LabSample,
  membershipAt,
  type NeighbourhoodOptions,
  watched
} from '../../neighbourhood/neighbourhood.ts'
import { RestartableRole } from '../../neighbourhood/restartable-role.ts'
import type { LabRing } from '../../neighbourhood/ring.ts'
import { PesLook } from './look.ts'
import { dealShares, type LabShares, labLimits, PES_ROUNDS } from './terms.ts'

const ANY_PORT = ['/ip4/127.0.0.1/tcp/0']

interface PesOptions {
  readonly variant: PesVariantName
  /** Length of the Paillier key. */
  readonly bits: number
}

/** One neighbourhood of this path, from its first node to its last. */
export class PesNeighbourhood extends FormedNeighbourhood implements LabNeighbourhood {
  override readonly rounds = PES_ROUNDS
  readonly #look = new PesLook()
  readonly #pes: PesOptions
  readonly #stopping = new AbortController()
  /** Shares of the key, with `direct`: this process is the dealer then. */
  #shares: LabShares | undefined
  #supplier: SupplierNode | undefined
  #pesNode: PesNode | undefined
  readonly #concentrator = new RestartableRole<ConcentratorNode>()
  #workers: ObfuscatorWorkers | undefined
  #host: PesMeterHost | undefined
  readonly #roll = new MemberRoll(this.memberships)
  /** Members without whom each slot was closed. */
  readonly #missing = new Map<Slot, readonly MeterId[]>()

  constructor(options: NeighbourhoodOptions, pes: PesOptions) {
    super(options)
    this.#pes = pes
  }

  get keys(): Readonly<Record<string, MeterId | undefined>> {
    const concentrator = this.#concentrator.node
    const terms = concentrator?.terms
    const id = concentrator?.service.state.config.identity.id
    return { concentrator: id, pes: terms?.pes, supplier: terms?.supplier, dealer: this.#shares?.dealer }
  }

  submittedIn(slot: Slot): number {
    const missing = this.#missing.get(slot)
    return missing ? (membershipAt(this, slot)?.present.length ?? 0) - missing.length : 0
  }

  get drops(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {}
    for (const service of [this.#concentrator.node?.service, this.#pesNode?.service, this.#supplier?.service])
      for (const [reason, count] of Object.entries(service?.state.drops.counts ?? {})) counts[reason] = (counts[reason] ?? 0) + count
    return counts
  }

  async form(): Promise<void> {
    const { members, emit } = this.options
    emit({ type: 'phase', phase: 'start', done: 0, of: 3 })
    const { variant, bits } = this.#pes
    if (variant === 'direct') this.#shares = dealShares(this.options, bits)
    const supplierAddress = await this.#startSupplier()
    emit({ type: 'phase', phase: 'start', done: 1, of: 3 })
    await this.#startRoles(supplierAddress)
    emit({ type: 'phase', phase: 'start', done: 3, of: 3 })
    this.#host = this.#makeHost()
    await this.#host.start()
    this.#roll.formed(this.firstSlot)
    const trusted = variant === 'reencrypt' ? 'the PES sees each reading for a moment' : 'the key is split between the PES and the supplier'
    emit({ type: 'note', text: `${members} meters, ${variant}, Paillier of ${bits} bits: ${trusted}` })
  }

  /** Starts the supplier with its key, or its share of one. */
  async #startSupplier(): Promise<string> {
    const { network, state, emit, fail } = this.options
    const directory = join(state, 'supplier')
    const shares = this.#shares
    const key = shares ? { share: shares.supplier } : { make: () => generateKeyPair(this.#pes.bits).privateKey }
    this.#supplier = await startSupplier({
      store: SupplierStore.open(directory, key, systemRng, false),
      network: network.name,
      dealer: shares?.dealer,
      slotSeconds: network.slotSeconds,
      clock: this.clock,
      preset: this.preset,
      listen: ANY_PORT,
      observe: output => this.#ofSupplier(output),
      warn: text => emit({ type: 'warning', text: `supplier: ${text}` }),
      fail
    })
    return firstAddress(this.#supplier.node)
  }

  async #startRoles(supplier: string): Promise<void> {
    const { network, members, state, emit, fail } = this.options
    const { variant } = this.#pes
    const store = ConcentratorStore.open(join(state, 'concentrator'), systemRng, false)
    const shares = this.#shares
    this.#pesNode = await startPes({
      store: PesStore.open(join(state, 'pes'), systemRng, false),
      network: network.name,
      limits: labLimits(network),
      clock: this.clock,
      preset: this.preset,
      listen: ANY_PORT,
      supplier,
      concentrator: store.identity.id,
      share: shares && decodeKeyShare(readSecret(shares.pes, undefined)),
      dealer: shares?.dealer,
      // The PES makes obfuscators ahead in the time between slots.
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
    const concentrator = await startConcentrator({
      store,
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock: this.clock,
      preset: this.preset,
      listen: this.#concentrator.listen(listen?.aggregator),
      pes,
      supplier,
      dealer: this.#shares?.dealer,
      observe: output => this.#ofConcentrator(output),
      warn: text => emit({ type: 'warning', text: `concentrator: ${text}` }),
      fail,
      signal: this.#stopping.signal
    })
    this.#concentrator.started(concentrator)
    this.options.record?.message?.(concentrator.service.state.config.setup)
  }

  #makeHost(): PesMeterHost {
    const { network, members, state, readings, emit, fail } = this.options
    const concentrator = this.#concentrator.node
    if (!concentrator) throw new HushgridError('the meters: expected a concentrator that runs')
    const { pes, supplier } = this.#pesNode?.terms ?? {}
    const done = { enrol: 0, dial: 0 }
    for (const phase of ['dial', 'enrol'] as const) emit({ type: 'phase', phase, done: 0, of: members })
    return new PesMeterHost(
      {
        network: network.name,
        slotSeconds: network.slotSeconds,
        lanes: laneCodes(network),
        firstSlot: this.firstSlot,
        households: Array.from({ length: members }, (_, household) => household),
        members,
        concentrator: firstAddress(concentrator.node),
        policy: { pes, supplier, dealer: this.#shares?.dealer },
        state
      },
      this.clock,
      readerOf(readings.recipe),
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
    const { emit, network, record } = this.options
    if (output.type === 'member') this.#changed(output.meterId, output.what)
    else if (output.type === 'batch') {
      record?.message?.(output.bytes)
      if (this.watcher) this.#look.sent(output.bytes, this.watcher)
    } else if (output.type === 'forward') record?.message?.(output.bytes)
    else if (output.type === 'slot-closed') {
      this.#missing.set(output.slot, output.missing)
      if (output.missing.length > 0) this.watcher?.missing(output.slot, output.missing)
    } else if (output.type === 'evidence') this.#evident(output)
    else if (output.type === 'lost') {
      emit({ type: 'warning', text: `concentrator: slot ${output.slot} lost: ${output.reason}` })
      this.results.publish({
        type: 'lost',
        slot: output.slot,
        epoch: NO_EPOCH,
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
      this.results.publish({
        type: 'total',
        slot,
        epoch: NO_EPOCH,
        contributors: contributors.length,
        missing,
        lanes,
        open: laneCodes(this.options.network),
        withheld: {},
        at
      })
    } else if (output.type === 'lost') {
      const members = this.#missing.get(output.slot) ?? []
      this.results.publish({ type: 'lost', slot: output.slot, epoch: NO_EPOCH, reason: LossReason.MembersMissing, members, at })
    } else if (output.type === 'evidence') this.#evident(output)
  }

  #evident({ against, what }: Extract<ConcentratorOutput | SupplierOutput, { type: 'evidence' }>): void {
    this.onNews({ type: 'evidence', against, what })
  }

  #changed(id: MeterId, what: 'joined' | 'left'): void {
    const membership = this.#roll.change(id, what, slotAt(this.clock.now(), this.options.network.slotSeconds))
    if (!membership) return
    const ids = (of: 'joined' | 'left'): MeterId[] => (what === of ? [id] : [])
    this.onNews({
      type: 'changes',
      epoch: membership.epoch as typeof NO_EPOCH,
      joined: ids('joined'),
      left: ids('left'),
      absent: [],
      present: [],
      bytes: 0,
      delta: false
    })
  }

  begin(): void {
    this.follow(this.firstAnchor())
  }

  async operate(operation: HostOperation): Promise<void> {
    await this.carryOut(operation, () => watched(this.watcher, operation, async () => this.#host?.operate(operation)))
  }

  ringAt(slot: Slot): LabRing | undefined {
    const membership = membershipAt(this, slot)
    if (!membership) return undefined
    const meters = membership.present.map(id => ({ household: this.households.get(id) ?? -1, id, absent: false }))
    return { epoch: membership.epoch, degree: 0, meters: meters.sort((a, b) => a.household - b.household), edges: [] }
  }

  async partition(households: readonly number[]): Promise<void> {
    const { operation, away } = this.cutOff(households, Object.values(this.keys))
    await this.operate(operation)
    const concentrator = this.#concentrator.node
    if (concentrator) concentrator.node.blocked = new Set(away)
  }

  /** Ends the concentrator as if its process had been killed: it has the aggregator's place here. */
  async stopAggregator(): Promise<void> {
    this.noteCollector(false)
    const killed = this.#concentrator.kill()
    this.watcher?.aggregator(false)
    await killed
    this.tellRole('role-crash', 'aggregator')
  }

  async restartAggregator(): Promise<void> {
    await this.#concentrator.gone()
    if (!this.#pesNode || !this.#supplier) throw new HushgridError('the concentrator: expected a PES and a supplier that run')
    const store = ConcentratorStore.open(join(this.options.state, 'concentrator'), systemRng, false)
    await this.#startConcentrator(store, firstAddress(this.#pesNode.node), firstAddress(this.#supplier.node))
    this.noteCollector(true)
    this.tellRole('role-restart', 'aggregator')
    this.watcher?.aggregator(true)
  }

  /** Refuses: this path has no registrar. */
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
      drops: this.drops,
      stalls: takeStalls()
    })
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    const [pes, supplier, workers] = [this.#pesNode, this.#supplier, this.#workers]
    this.#pesNode = undefined
    this.#supplier = undefined
    this.#workers = undefined
    await Promise.all([this.#host?.stop(), this.#concentrator.stop(), pes?.stop(), supplier?.stop(), workers?.stop()])
  }
}
