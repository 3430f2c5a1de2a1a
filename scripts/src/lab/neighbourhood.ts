// A whole neighbourhood on this machine: one registrar, one aggregator and the meters, each a libp2p node.
import { join } from 'node:path'
import type { AggregatorOutput, HeldRoster, RosterFloors, SlotResult } from '@hushgrid/dcnet'
import { LabClock, labPreset, realNow, topicName } from '@hushgrid/network'
import { type AggregatorNode, AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { type RegistrarNode, RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import { HushgridError, type MeterId, type Millis, millis, type Slot, slotTimes, systemRng } from '@hushgrid/primitives'
import { type Network, resolveDegree } from '@hushgrid/topology'
import type { LabEvent } from './lab-events.ts'
import { type LabHost, localHost, workerHost } from './lab-host.ts'
import { type LabReadings, recipeFor } from './lab-readings.ts'
import type { HostSample, MeterHostConfig } from './meter-host.ts'

export interface NeighbourhoodOptions {
  readonly network: Network
  readonly members: number
  readonly readings: LabReadings
  /** Real length of a slot, ms. */
  readonly slotMs: number
  /** Processes that share the work, this one among them. */
  readonly processes: number
  /** Folder for keys and journals, readable by its owner only; the caller removes it. */
  readonly state: string
  /** Multiaddrs for registrar and aggregator to listen on. */
  readonly listen?: { readonly registrar: string; readonly aggregator: string }
  readonly emit: (event: LabEvent) => void
  /** Told of a failure after which the run cannot go on. */
  readonly fail: (cause: unknown) => void
}

/** A result as the aggregator published it, with the real moment. */
export type TimedResult = SlotResult & { readonly at: number }

/** What all processes have used and seen so far. */
export type LabSample = HostSample

const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
/** How much before the first slot the clock stands while the neighbourhood forms, in protocol milliseconds. */
const STAND_BEFORE = 1000

/** One neighbourhood, from its first node to its last. */
export class Neighbourhood {
  readonly options: NeighbourhoodOptions
  readonly firstSlot: Slot
  readonly clock: LabClock
  /** Rosters as they came into force, with their envelopes. */
  readonly rosters: HeldRoster[] = []
  readonly results = new Map<Slot, TimedResult>()
  /** Told of each slot's transcript, before its result is published. */
  onTranscript: (transcript: Uint8Array) => void = () => {}
  onRoster: (held: HeldRoster) => void = () => {}
  /** Told the size of each result's envelope, bytes. */
  onResultBytes: (bytes: number) => void = () => {}
  registrarKey: MeterId | undefined
  #registrar: RegistrarNode | undefined
  #aggregator: AggregatorNode | undefined
  #hosts: LabHost[] = []
  #resultWaiters: (() => void)[] = []

  constructor(options: NeighbourhoodOptions) {
    this.options = options
    this.firstSlot = options.readings.firstSlot
    this.clock = new LabClock(this.#before)
  }

  get #before(): Millis {
    return millis(slotTimes(this.firstSlot, this.options.network.slotSeconds).start - STAND_BEFORE)
  }

  /** Starts every node and forms the ring; resolves when the first slot can begin. */
  async form(): Promise<void> {
    const { network, members, emit } = this.options
    const resolved = resolveDegree(network, members)
    emit({ type: 'phase', phase: 'start', done: 0, of: 2 })
    const registrar = await this.#startRegistrar()
    emit({ type: 'phase', phase: 'start', done: 1, of: 2 })
    const address = registrar.node.addresses[0]
    if (!address) throw new HushgridError('the registrar listens nowhere')
    await this.#startAggregator(address)
    emit({ type: 'phase', phase: 'start', done: 2, of: 2 })

    const done = { enrol: 0, dial: 0, agree: 0 }
    const reports = {
      progress: (phase: keyof typeof done) => emit({ type: 'phase', phase, done: ++done[phase], of: members }),
      warn: (text: string) => emit({ type: 'warning', text }),
      fail: this.options.fail
    }
    for (const phase of ['enrol', 'dial', 'agree'] as const) emit({ type: 'phase', phase, done: 0, of: members })
    const [own, ...others] = shares(members, this.options.processes)
    const host = (of: typeof localHost, households: readonly number[]): LabHost =>
      of(this.#hostConfig(households, address), recipeFor(this.options.readings.recipe, households), reports)
    this.#hosts = [host(localHost, own ?? []), ...others.map(households => host(workerHost, households))]
    await Promise.all(this.#hosts.map(host => host.start()))
    const held = this.rosters[0]
    if (!held) throw new HushgridError('the registrar has signed no roster')
    emit({ type: 'phase', phase: 'roster', done: 1, of: 1 })
    const { epoch, n, degree, neighbourCount } = held.roster
    emit({ type: 'roster', epoch, members: n, degree, neighbours: neighbourCount, why: resolved.why })
  }

  /** Lets the clock run, from the last quarter of the first slot: there is nothing to wait for in the rest of it. */
  begin(): void {
    const { network, slotMs } = this.options
    const { end, unit } = slotTimes(this.firstSlot, network.slotSeconds)
    const anchor = {
      real: realNow(),
      protocol: millis(end - 4 * unit),
      rate: (network.slotSeconds * 1000) / slotMs
    }
    this.clock.start(anchor)
    for (const host of this.#hosts) host.startClock(anchor)
  }

  #hostConfig(households: readonly number[], registrar: string): MeterHostConfig {
    const { network, members, state } = this.options
    const floors: RosterFloors = { minMembers: network.minMembers, degree: 2, recovery: 0 }
    return {
      network: network.name,
      slotSeconds: network.slotSeconds,
      lanes: network.lanes,
      firstSlot: this.firstSlot,
      households,
      members,
      registrar,
      before: this.#before,
      floors,
      state
    }
  }

  get #preset() {
    const { network, members } = this.options
    return labPreset([topicName(network.name, 'readings'), topicName(network.name, 'control')], members)
  }

  async #startRegistrar(): Promise<RegistrarNode> {
    const { network, members, state, listen, emit, fail } = this.options
    const store = RegistrarStore.open(join(state, 'registrar'), systemRng, false)
    this.registrarKey = store.identity.id
    this.#registrar = await startRegistrar({
      store,
      network,
      formWith: members,
      firstSlot: this.firstSlot,
      clock: this.clock,
      preset: this.#preset,
      listen: [listen?.registrar ?? ANY_PORT],
      rng: systemRng,
      observe: output => {
        if (output.type === 'roster') {
          this.rosters.push(output.held)
          this.onRoster(output.held)
        } else if (output.type === 'cannot-form') fail(new HushgridError(output.detail))
        else if (output.type === 'evidence')
          emit({ type: 'warning', text: `registrar: evidence against ${output.against}: ${output.what}` })
      },
      warn: text => emit({ type: 'warning', text: `registrar: ${text}` }),
      fail
    })
    return this.#registrar
  }

  async #startAggregator(registrar: string): Promise<void> {
    const { network, state, listen, emit, fail } = this.options
    this.#aggregator = await startAggregator({
      store: AggregatorStore.open(join(state, 'aggregator'), systemRng, false),
      network: network.name,
      slotSeconds: network.slotSeconds,
      clock: this.clock,
      preset: this.#preset,
      listen: [listen?.aggregator ?? ANY_PORT],
      registrar,
      observe: output => this.#observe(output),
      warn: text => emit({ type: 'warning', text: `aggregator: ${text}` }),
      fail
    })
    await this.#aggregator.service.start()
  }

  #observe(output: AggregatorOutput): void {
    if (output.type === 'journal') this.onTranscript(output.transcript)
    else if (output.type === 'publish') this.onResultBytes(output.bytes.byteLength)
    else if (output.type === 'evidence') {
      this.options.emit({ type: 'warning', text: `aggregator: evidence against ${output.against}: ${output.what}` })
    } else if (output.type === 'total' || output.type === 'lost') {
      this.results.set(output.slot, { ...output, at: realNow() })
      for (const waiter of this.#resultWaiters.splice(0)) waiter()
    }
  }

  /** Resolves with a slot's result, or with undefined once the slot is over without one. */
  async resultOf(slot: Slot, signal: AbortSignal): Promise<TimedResult | undefined> {
    const { over } = slotTimes(slot, this.options.network.slotSeconds)
    while (!signal.aborted) {
      const result = this.results.get(slot)
      const left = this.clock.delayUntil(over)
      if (result || left === 0) return result
      await new Promise<void>(resolve => {
        const wake = (): void => {
          clearTimeout(timer)
          signal.removeEventListener('abort', wake)
          resolve()
        }
        const timer = setTimeout(wake, left ?? 1000)
        signal.addEventListener('abort', wake)
        this.#resultWaiters.push(wake)
      })
    }
    return undefined
  }

  /** Submissions that were dropped at the aggregator, by reason. */
  get drops(): Readonly<Record<string, number>> {
    return { ...this.#aggregator?.service.state.drops.counts }
  }

  /** What all processes have used so far. */
  async sample(): Promise<LabSample> {
    const samples = await Promise.all(this.#hosts.map(host => host.sample()))
    const sum = (of: (sample: HostSample) => number): number => samples.reduce((total, sample) => total + of(sample), 0)
    return {
      cpuMs: sum(sample => sample.cpuMs),
      bytes: sum(sample => sample.bytes),
      rss: sum(sample => sample.rss),
      keyAgreements: sum(sample => sample.keyAgreements),
      credentialChecks: sum(sample => sample.credentialChecks),
      submissionBytes: sum(sample => sample.submissionBytes),
      submissions: sum(sample => sample.submissions),
      verified: merged(samples.map(sample => sample.verified)),
      drops: merged([...samples.map(sample => sample.drops), this.drops])
    }
  }

  /** Ends every node. */
  async stop(): Promise<void> {
    await Promise.all(this.#hosts.map(host => host.stop()))
    await Promise.all([this.#aggregator?.stop(), this.#registrar?.stop()])
  }
}

/** Part of all work that is the registrar's and the aggregator's, whose end of every connection is in this process. */
const HUB_SHARE = 0.4

/** Numbers of the households that each process runs, this one's first: as many as even out the work. */
function shares(members: number, processes: number): number[][] {
  const others = Math.min(processes, members) - 1
  const own = others === 0 ? members : Math.round((members * Math.max(0, 1 / (others + 1) - HUB_SHARE)) / (1 - HUB_SHARE))
  const out: number[][] = Array.from({ length: others + 1 }, () => [])
  for (let i = 0; i < members; i++) out[i < own ? 0 : 1 + ((i - own) % others)]?.push(i)
  return out
}

function merged(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const out: Record<string, number> = {}
  for (const each of counts) for (const [key, count] of Object.entries(each)) out[key] = (out[key] ?? 0) + count
  return out
}
