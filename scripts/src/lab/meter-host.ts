// Runs some of a lab's meters in this process, each a libp2p node of its own with its own keys, store and journal.
import { join } from 'node:path'
import { CredentialCache, keyAgreements, type RosterFloors } from '@hushgrid/dcnet'
import { type ClockAnchor, LabClock, labPreset, topicName } from '@hushgrid/network'
import { type MeterNode, MeterStore, startMeter } from '@hushgrid/node-meter'
import { type Millis, type ObisCode, readingLanes, type Slot, systemRng } from '@hushgrid/primitives'
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
  readonly credentialChecks: number
  readonly submissionBytes: number
  readonly submissions: number
  /** Per recent slot: how many meters have checked the signature on its total. */
  readonly verified: Readonly<Record<number, number>>
  readonly drops: Readonly<Record<string, number>>
}

/** Meters that start at once in one process. */
const STARTING_AT_ONCE = 24
/** While some meters wait for a roster that others have: how often they ask for it, ms. */
const ASK_FOR_ROSTER = 10_000
/** Slots for which checked totals are counted. */
const COUNTED_SLOTS = 8

/** Some of a lab's meters. */
export class MeterHost {
  readonly #config: MeterHostConfig
  readonly #reading: HouseholdReading
  readonly #clock: LabClock
  readonly #meters: MeterNode[] = []
  readonly #credentials = new CredentialCache()
  readonly #verified = new Map<number, number>()
  readonly #progress: (phase: StartPhase) => void
  readonly #warn: (message: string) => void
  readonly #fail: (cause: unknown) => void
  #submissions = 0
  #submissionBytes = 0
  #stopping = false

  constructor(
    config: MeterHostConfig,
    reading: HouseholdReading,
    report: { progress: (phase: StartPhase) => void; warn: (message: string) => void; fail: (cause: unknown) => void }
  ) {
    this.#config = config
    this.#reading = reading
    this.#clock = new LabClock(config.before)
    this.#progress = report.progress
    this.#warn = report.warn
    this.#fail = report.fail
  }

  /** Starts, enrols and connects all meters; resolves when each has taken up its roster. */
  async start(): Promise<void> {
    const waiting = [...this.#config.households]
    const admitted: Promise<void>[] = []
    let taken = 0
    const next = async (): Promise<void> => {
      for (let household = waiting.shift(); household !== undefined && !this.#stopping; household = waiting.shift()) {
        const meter = await this.#startMeter(household)
        await meter.service.join()
        admitted.push(
          meter.service.awaitRoster().then(() => {
            taken++
            this.#progress('agree')
          })
        )
      }
    }
    await Promise.all(Array.from({ length: STARTING_AT_ONCE }, next))
    // The roster comes by gossip; whoever has not got it when others have is made to ask.
    const asking = setInterval(() => {
      if (taken > 0) for (const { service } of this.#meters) void service.askForRoster()
    }, ASK_FOR_ROSTER)
    await Promise.all(admitted)
    clearInterval(asking)
    const { firstSlot, lanes, households } = this.#config
    for (const household of households) this.#reading(household, firstSlot, lanes)
  }

  async #startMeter(household: number): Promise<MeterNode> {
    const { network, slotSeconds, members, registrar, floors, state } = this.#config
    const topics = [topicName(network, 'readings'), topicName(network, 'control')]
    const store = MeterStore.open(join(state, `meter-${household}`), systemRng, false)
    const meter = await startMeter({
      store,
      network,
      slotSeconds,
      clock: this.#clock,
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
      onConnected: () => this.#progress('dial'),
      observe: output => {
        if (output.type === 'total') this.#count(output.slot)
        else if (output.type === 'enrolled') this.#progress('enrol')
        else if (output.type === 'journal') {
          this.#submissions++
          this.#submissionBytes += output.submission.bytes.byteLength
        } else if (output.type === 'misreported') this.#warn(`meter ${household}: slot ${output.slot}: ${output.detail}`)
        else if (output.type === 'evidence') this.#warn(`meter ${household}: evidence against ${output.against}: ${output.what}`)
        else if (output.type === 'roster-refused' && output.error.fault !== 'own-entry')
          this.#warn(`meter ${household}: ${output.error.message}`)
      },
      warn: message => this.#warn(`meter ${household}: ${message}`),
      fail: this.#fail
    })
    this.#meters.push(meter)
    return meter
  }

  #count(slot: Slot): void {
    this.#verified.set(slot, (this.#verified.get(slot) ?? 0) + 1)
    if (this.#verified.size > COUNTED_SLOTS) this.#verified.delete(Math.min(...this.#verified.keys()))
  }

  startClock(anchor: ClockAnchor): void {
    this.#clock.start(anchor)
  }

  sample(): HostSample {
    const { user, system } = process.cpuUsage()
    const drops: Record<string, number> = {}
    let agreements = 0
    let credentialChecks = 0
    for (const { service } of this.#meters) {
      agreements += keyAgreements(service.state)
      credentialChecks += service.state.book.credentialChecks
      for (const [reason, count] of Object.entries(service.state.drops.counts)) drops[reason] = (drops[reason] ?? 0) + count
    }
    return {
      cpuMs: (user + system) / 1000,
      bytes: wireBytes(),
      rss: process.memoryUsage.rss(),
      keyAgreements: agreements,
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
    await Promise.all(this.#meters.map(meter => meter.stop()))
  }
}
