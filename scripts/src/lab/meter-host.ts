// Runs some of a lab's meters in this process, each a libp2p node of its own with its own keys, store and journal.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { CredentialCache, keyAgreements, type MeterOutput, type RosterFloors } from '@hushgrid/dcnet'
import { type ClockAnchor, LabClock, labPreset, SkewedClock, topicName } from '@hushgrid/network'
import { type MeterNode, MeterStore, startMeter } from '@hushgrid/node-meter'
import { HushgridError, type MeterId, type Millis, type ObisCode, readingLanes, type Slot, systemRng } from '@hushgrid/primitives'
import { wireBytes } from './wire-bytes.ts'

/** A household's reading of a slot in the given lanes, Wh; undefined where there is none. */
export type HouseholdReading = (household: number, slot: Slot, lanes: readonly ObisCode[]) => readonly number[] | undefined

export interface MeterHostConfig {
  readonly network: string
  readonly slotSeconds: number
  /** Numbers of the households that this host runs. */
  readonly households: readonly number[]
  /** Members of the whole neighbourhood. */
  readonly members: number
  readonly firstSlot: Slot
  readonly lanes: readonly ObisCode[]
  readonly registrar: string
  /** What the clock shows until it is started. */
  readonly before: Millis
  readonly floors: RosterFloors
  /** Folder for keys and journals; outside of any report. */
  readonly state: string
}

/** Phases that a meter goes through before the first slot. */
export type StartPhase = 'enrol' | 'dial' | 'agree'

/** What a host has used and seen so far. */
export interface HostSample {
  /** CPU time of the process, ms. */
  readonly cpuMs: number
  /** Bytes written to sockets. */
  readonly bytes: number
  /** Resident set size of the process, bytes. */
  readonly rss: number
  readonly keyAgreements: number
  /** The same by household. */
  readonly agreementsOf: Readonly<Record<number, number>>
  readonly credentialChecks: number
  readonly submissionBytes: number
  readonly submissions: number
  /** Per recent slot: how many meters have checked the signature on its total. */
  readonly verified: Readonly<Record<number, number>>
  readonly drops: Readonly<Record<string, number>>
}

/** What befalls a meter of a host while the run goes on. */
export type HostOperation =
  | { readonly do: 'join'; readonly household: number }
  | { readonly do: 'leave'; readonly household: number }
  /** `after` waits for that meter to have done so in a slot that has ended; without it the meter is stopped at once. */
  | { readonly do: 'crash'; readonly household: number; readonly after?: 'submission' | 'request' }
  | { readonly do: 'restart'; readonly household: number; readonly journal: 'intact' | 'lost' }
  /** Cuts connections: each household named keeps only what `apart` leaves it. Households not named are cut off from those. */
  | { readonly do: 'block'; readonly blocked: ReadonlyMap<number, readonly MeterId[]>; readonly others: readonly MeterId[] }
  | { readonly do: 'skew'; readonly offsets: readonly (readonly [household: number, ms: number])[] }

/** Told of what a host's meters do, for the lab's report. */
export interface HostReport {
  progress(phase: StartPhase): void
  warn(message: string): void
  fail(cause: unknown): void
  /** A meter has its keys. */
  identity(household: number, id: MeterId): void
  /** A request for recovery was refused, or a request was disputed. */
  refused(household: number, slot: Slot, reason: string): void
  disputed(household: number, slot: Slot): void
}

/** Meters that start at once in one process. */
const STARTING_AT_ONCE = 24
/** While some meters wait for a roster that others have: how often they ask for it, ms, and more for each member. */
const ASK_FOR_ROSTER = 2_000
const ASK_PER_MEMBER = 10
/** How long what was published may take to leave before its meter is stopped, ms. */
const CRASH_AFTER_PUBLISH = 20
/** Slots for which checked totals are counted. */
const COUNTED_SLOTS = 8

/** A household's meter: its clock and, while it runs, its node. */
interface LabMeter {
  readonly clock: SkewedClock
  node: MeterNode | undefined
  /** Stops it as soon as it has done so. */
  crashAfter: 'submission' | 'request' | undefined
  /** Agreements of its lives before this one. */
  agreementsBefore: number
}

/** Some of a lab's meters. */
export class MeterHost {
  readonly #config: MeterHostConfig
  readonly #reading: HouseholdReading
  readonly #clock: LabClock
  readonly #meters = new Map<number, LabMeter>()
  readonly #credentials = new CredentialCache()
  readonly #verified = new Map<number, number>()
  readonly #report: HostReport
  #others: readonly MeterId[] = []
  #submissions = 0
  #submissionBytes = 0
  #stopping = false

  constructor(config: MeterHostConfig, reading: HouseholdReading, report: HostReport) {
    this.#config = config
    this.#reading = reading
    this.#clock = new LabClock(config.before)
    this.#report = report
  }

  /** Starts, enrols and connects all meters; resolves when each has taken up its roster. */
  async start(): Promise<void> {
    const waiting = [...this.#config.households]
    const admitted: Promise<void>[] = []
    let taken = 0
    const next = async (): Promise<void> => {
      for (let household = waiting.shift(); household !== undefined && !this.#stopping; household = waiting.shift()) {
        const { service } = await this.#startMeter(household)
        await service.join()
        admitted.push(
          service.awaitRoster().then(() => {
            taken++
            this.#report.progress('agree')
          })
        )
      }
    }
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, next))
    // The roster comes by gossip; whoever has not got it when others have is made to ask.
    const asking = setInterval(
      () => {
        if (taken > 0) for (const { node } of this.#meters.values()) void node?.service.askForRoster()
      },
      ASK_FOR_ROSTER + ASK_PER_MEMBER * this.#config.members
    )
    await Promise.all(admitted)
    clearInterval(asking)
    const { firstSlot, lanes, households } = this.#config
    for (const household of households) this.#reading(household, firstSlot, lanes)
  }

  async #startMeter(household: number): Promise<MeterNode> {
    const { network, slotSeconds, members, registrar, floors } = this.#config
    const topics = [topicName(network, 'readings'), topicName(network, 'control')]
    const store = MeterStore.open(this.#folder(household), systemRng, false)
    const before = this.#meters.get(household)
    const meter: LabMeter = before ?? {
      clock: new SkewedClock(this.#clock),
      node: undefined,
      crashAfter: undefined,
      agreementsBefore: 0
    }
    this.#meters.set(household, meter)
    this.#report.identity(household, store.identity.id)
    const node = await startMeter({
      store,
      network,
      slotSeconds,
      clock: meter.clock,
      preset: labPreset(topics, members),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      registrar,
      floors,
      credentials: this.#credentials,
      readings: (slot, lanes) => {
        const reading = this.#reading(household, slot, lanes)
        // A synthetic day is made at its first reading; that is better done now than when the next slot has ended.
        setImmediate(() => this.#reading(household, (slot + 1) as Slot, lanes))
        return reading && readingLanes(reading)
      },
      onConnected: () => this.#report.progress('dial'),
      observe: output => this.#observe(household, meter, output),
      warn: message => this.#report.warn(`meter ${household}: ${message}`),
      fail: this.#report.fail
    })
    node.node.blocked = new Set(this.#others)
    meter.node = node
    return node
  }

  #folder(household: number): string {
    return join(this.#config.state, `meter-${household}`)
  }

  #observe(household: number, meter: LabMeter, output: MeterOutput): void {
    const warn = (text: string): void => this.#report.warn(`meter ${household}: ${text}`)
    switch (output.type) {
      case 'total':
        this.#count(output.slot)
        return
      case 'enrolled':
        this.#report.progress('enrol')
        return
      case 'journal':
        if (output.record.kind === 'submission') {
          this.#submissions++
          this.#submissionBytes += output.record.bytes.byteLength
        } else if (output.record.kind === 'request' && meter.crashAfter === 'request') void this.#crash(household)
        return
      case 'publish':
        if (output.topic === 'readings' && meter.crashAfter === 'submission') {
          meter.crashAfter = undefined
          // The bytes are with libp2p; what it has begun to send it sends.
          setTimeout(() => void this.#crash(household), CRASH_AFTER_PUBLISH)
        }
        return
      case 'misreported':
        warn(`slot ${output.slot}: ${output.detail}`)
        return
      case 'evidence':
        warn(`evidence against ${output.against}: ${output.what}`)
        return
      case 'roster-refused':
        if (output.error.fault !== 'own-entry') warn(output.error.message)
        return
      case 'request-refused':
        this.#report.refused(household, output.slot, output.reason)
        return
      case 'disputed':
        this.#report.disputed(household, output.slot)
        return
      default:
        return
    }
  }

  #count(slot: Slot): void {
    this.#verified.set(slot, (this.#verified.get(slot) ?? 0) + 1)
    if (this.#verified.size > COUNTED_SLOTS) this.#verified.delete(Math.min(...this.#verified.keys()))
  }

  startClock(anchor: ClockAnchor): void {
    this.#clock.start(anchor)
  }

  /** Does what a scenario says; resolves when it has begun. */
  async operate(operation: HostOperation): Promise<void> {
    switch (operation.do) {
      case 'join': {
        // One that has left still runs, and has its keys and its journal open.
        const { service } = this.#meters.get(operation.household)?.node ?? (await this.#startMeter(operation.household))
        await service.join()
        return
      }
      case 'leave':
        await this.#running(operation.household).service.leave()
        return
      case 'crash': {
        const meter = this.#meters.get(operation.household)
        if (meter && operation.after) meter.crashAfter = operation.after
        else await this.#crash(operation.household)
        return
      }
      case 'restart': {
        if (operation.journal === 'lost') rmSync(join(this.#folder(operation.household), 'journal.log'), { force: true })
        const { service } = await this.#startMeter(operation.household)
        await service.join()
        return
      }
      case 'block':
        this.#others = operation.others
        for (const [household, { node }] of this.#meters) {
          if (node) node.node.blocked = new Set(operation.blocked.get(household) ?? operation.others)
        }
        return
      case 'skew':
        for (const [household, ms] of operation.offsets) {
          const meter = this.#meters.get(household)
          if (meter) meter.clock.offset = ms
        }
        return
    }
  }

  #running(household: number): MeterNode {
    const node = this.#meters.get(household)?.node
    if (!node) throw new HushgridError(`meter ${household}: expected one that runs`)
    return node
  }

  /** As if its process had been killed: from now on nothing comes out of it. */
  async #crash(household: number): Promise<void> {
    const meter = this.#meters.get(household)
    const node = meter?.node
    if (!meter || !node) return
    meter.node = undefined
    meter.crashAfter = undefined
    meter.agreementsBefore += keyAgreements(node.service.state)
    node.service.stop()
    await node.stop()
  }

  sample(): HostSample {
    const { user, system } = process.cpuUsage()
    const drops: Record<string, number> = {}
    const agreementsOf: Record<number, number> = {}
    let agreements = 0
    let credentialChecks = 0
    for (const [household, { node, agreementsBefore }] of this.#meters) {
      const own = agreementsBefore + (node ? keyAgreements(node.service.state) : 0)
      agreementsOf[household] = own
      agreements += own
      if (!node) continue
      credentialChecks += node.service.state.book.credentialChecks
      for (const [reason, count] of Object.entries(node.service.state.drops.counts)) drops[reason] = (drops[reason] ?? 0) + count
    }
    return {
      cpuMs: (user + system) / 1000,
      bytes: wireBytes(),
      rss: process.memoryUsage.rss(),
      keyAgreements: agreements,
      agreementsOf,
      credentialChecks,
      submissionBytes: this.#submissionBytes,
      submissions: this.#submissions,
      verified: Object.fromEntries(this.#verified),
      drops
    }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    // All at once: a node that is told to stop while its peers go away has less to put away.
    await Promise.all([...this.#meters.values()].map(meter => meter.node?.stop()))
  }
}
