// Runs some of a lab's meters in this process, each a libp2p node of its own with its own keys, store and journal.
import { join } from 'node:path'
import { CredentialCache, type Evidence, findingText, keyAgreements, type MeterOutput, type RosterFloors } from '@hushgrid/dcnet'
import { AdjustableClock, type ClockAnchor, LabClock, labPreset, topicName } from '@hushgrid/network'
import { type HomeSetting, type MeterNode, MeterStore, startHome, startMeter } from '@hushgrid/node-meter'
import { type Millis, type Slot, systemRng } from '@hushgrid/primitives'
import { laneCodes, type Network } from '@hushgrid/topology'
import { takeStalls, watchLag } from './event-loop-lag.ts'
import { type MeterDeed, MeterFleet } from './fleet.ts'
import type { LabHome } from './home.ts'
import type { HostOperation, HostReport, HostSample, HouseholdReading } from './operation.ts'
import { type FillableLanes, fillableOf, laneReadings, type ReadingsRecipe, readerOf, withoutConsent } from './readings.ts'
import { wireBytes } from './wire-bytes.ts'

export interface MeterHostConfig {
  readonly network: string
  readonly slotSeconds: number
  /** Numbers of the households that this host runs. */
  readonly households: readonly number[]
  /** Number of members of the whole neighbourhood. */
  readonly members: number
  readonly firstSlot: Slot
  readonly lanes: Network['lanes']
  readonly changeSlots: number
  readonly registrar: string
  /** Time that the clock shows until it is started. */
  readonly before: Millis
  readonly floors: RosterFloors
  /** Folder for keys and journals; outside of any report. */
  readonly state: string
  /** Home side of the meters, where they have customers. */
  readonly home?: LabHome
}

/** Parts of a meter that its home side shares. */
type HomeOf = Pick<HomeSetting, 'identity' | 'clock' | 'readings'> & { readonly warn: (message: string) => void }

/** Time between a waiting meter's requests for a roster that others have, ms; each member adds to it. */
const ASK_FOR_ROSTER = 2_000
const ASK_PER_MEMBER = 10
/** Bounds of the time in which meters with customers seal readings, in parts of a slot after its end. */
const SEALED_FROM = 0.35
const SEALED_UNTIL = 0.95
/** Number of slots for which checked totals are counted. */
const COUNTED_SLOTS = 8

/** Host of some of a lab's meters. */
export class MeterHost {
  readonly #config: MeterHostConfig
  readonly #reading: HouseholdReading
  readonly #fillable: FillableLanes
  readonly #clock: LabClock
  readonly #fleet: MeterFleet<MeterNode>
  /** Agreements of lives that ended in a crash, by household. */
  readonly #agreementsBefore = new Map<number, number>()
  readonly #credentials = new CredentialCache()
  readonly #verified = new Map<number, number>()
  readonly #report: HostReport
  #submissions = 0
  #submissionBytes = 0

  constructor(config: MeterHostConfig, recipe: ReadingsRecipe, report: HostReport) {
    watchLag()
    this.#config = config
    this.#reading = readerOf(recipe)
    this.#fillable = fillableOf(recipe)
    this.#clock = new LabClock(config.before)
    this.#report = report
    this.#fleet = new MeterFleet({
      clock: this.#clock,
      deeds: ['submission', 'request'],
      start: (household, own, did) => this.#startMeter(household, own, did),
      crashing: (household, node) => this.#agreementsBefore.set(household, this.#agreementsOf(household, node)),
      journalOf: household => join(this.#folder(household), 'journal.log')
    })
  }

  /** Starts, enrols and connects all meters; resolves when each has taken up its roster. */
  async start(): Promise<void> {
    const { firstSlot, households } = this.#config
    const lanes = laneCodes(this.#config)
    const admitted: Promise<void>[] = []
    let taken = 0
    await this.#fleet.start(households, (_household, { service }) => {
      admitted.push(
        service.awaitRoster().then(() => {
          taken++
          this.#report.progress?.('agree')
        })
      )
    })
    // The roster comes by gossip; meters that lack it when others have it are made to ask.
    const asking = setInterval(
      () => {
        if (taken > 0) for (const [, node] of this.#fleet.running()) void node.service.askForRoster()
      },
      ASK_FOR_ROSTER + ASK_PER_MEMBER * this.#config.members
    )
    await Promise.all(admitted)
    clearInterval(asking)
    for (const household of households) this.#reading(household, firstSlot, lanes)
  }

  async #startMeter(household: number, clock: AdjustableClock, did: (deed: MeterDeed) => void): Promise<MeterNode> {
    const { network, slotSeconds, members, registrar, floors, home } = this.#config
    const topics = [topicName(network, 'readings'), topicName(network, 'control')]
    const store = MeterStore.open(this.#folder(household), systemRng, false)
    this.#report.identity(household, store.identity.id)
    const readings = laneReadings(this.#reading, household)
    const warn = (message: string): void => this.#report.warn(`meter ${household}: ${message}`)
    const meter = await startMeter({
      changeSlots: this.#config.changeSlots,
      networkLanes: this.#config.lanes,
      lanes: withoutConsent(this.#fillable(household, laneCodes(this.#config))),
      store,
      network,
      slotSeconds,
      clock,
      preset: labPreset(topics, members),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      registrar,
      floors,
      credentials: this.#credentials,
      readings,
      onConnected: () => this.#report.progress?.('dial'),
      observe: output => this.#observe(household, output, did),
      warn,
      fail: this.#report.fail
    })
    return home ? await this.#withHome(home, household, meter, { identity: store.identity, clock, readings, warn }) : meter
  }

  /** Makes a meter seal readings for its customer too. */
  async #withHome(
    { period, timeZone, supplier }: LabHome,
    household: number,
    meter: MeterNode,
    { identity, clock, readings, warn }: HomeOf
  ): Promise<MeterNode> {
    const { network: name, slotSeconds, members } = this.#config
    const lanes = laneCodes(this.#config)
    // All meters seal a day in one process. Each does so at a time of its own after the slot's deadline, so that none holds
    // up another's submission.
    const later = new AdjustableClock(clock)
    const share = SEALED_FROM + (SEALED_UNTIL - SEALED_FROM) * ((household % members) / members)
    later.offset = -Math.round(share * slotSeconds * 1000)
    const stopHome = await startHome(
      { billingPeriod: period, timeZone, billingSupplier: supplier },
      {
        node: meter.node,
        identity,
        dataDir: this.#folder(household),
        network: { name, slotSeconds, lanes },
        clock: later,
        readings,
        flush: false,
        // A supplier that is not there yet, or no more, is no news: the delivery is tried again.
        log: { info: () => {}, warn: (event, fields) => event !== 'trouble' && warn(`${event} ${JSON.stringify(fields)}`) },
        fail: this.#report.fail
      }
    )
    return {
      ...meter,
      stop: async () => {
        await stopHome()
        await meter.stop()
      }
    }
  }

  #folder(household: number): string {
    return join(this.#config.state, `meter-${household}`)
  }

  #observe(household: number, output: MeterOutput, did: (deed: MeterDeed) => void): void {
    const warn = (text: string): void => this.#report.warn(`meter ${household}: ${text}`)
    switch (output.type) {
      case 'total':
        this.#count(output.slot)
        return
      case 'enrolled':
        this.#report.progress?.('enrol')
        return
      case 'journal':
        if (output.record.kind === 'submission') {
          this.#submissions++
          this.#submissionBytes += output.record.bytes.byteLength
        } else if (output.record.kind === 'request') did('request')
        return
      case 'publish':
        if (output.topic === 'readings') did('submission')
        return
      case 'misreported':
        warn(`slot ${output.slot}: ${findingText(output)}`)
        return
      case 'evidence':
        warn(`evidence against ${output.against}: ${findingText(output.what)}`)
        this.#caught(household, output.what)
        return
      case 'roster-refused':
        if (output.error.fault !== 'own-entry') warn(output.error.message)
        return
      case 'clock-adjusted':
        if (output.wasOff) warn(`the clock was wrong, and was moved by ${output.by / 1000} s`)
        return
      case 'beyond-max':
        warn(`slot ${output.slot}: its reading is beyond what lane ${output.lane} may show, and counts as a gap`)
        return
      case 'lane-unread':
        warn(`slot ${output.slot}: its reading was taken before lane ${output.lane} was back, and counts as a gap`)
        return
      case 'request-refused':
        this.#report.refused(household, output.slot, output.reason)
        return
      case 'disputed':
        this.#report.disputed(household, output.slot)
        return
      case 'released':
        this.#report.gaveMasks?.(household, output.slot)
        return
      default:
        return
    }
  }

  #caught(household: number, evidence: Evidence): void {
    if (evidence.kind === 'two-requests' || evidence.kind === 'conflicting-requests')
      this.#report.caught?.(household, evidence.slot, findingText(evidence))
  }

  #count(slot: Slot): void {
    this.#verified.set(slot, (this.#verified.get(slot) ?? 0) + 1)
    if (this.#verified.size > COUNTED_SLOTS) this.#verified.delete(Math.min(...this.#verified.keys()))
  }

  startClock(anchor: ClockAnchor): void {
    this.#clock.follow(anchor)
  }

  /** Carries out a scenario's operation; resolves when it has begun. */
  operate(operation: HostOperation): Promise<void> {
    return this.#fleet.operate(operation)
  }

  #agreementsOf(household: number, node: MeterNode): number {
    return (this.#agreementsBefore.get(household) ?? 0) + keyAgreements(node.service.state)
  }

  sample(): HostSample {
    const { user, system } = process.cpuUsage()
    const drops: Record<string, number> = {}
    const agreementsOf: Record<number, number> = Object.fromEntries(this.#agreementsBefore)
    let credentialChecks = 0
    for (const [household, node] of this.#fleet.running()) {
      agreementsOf[household] = this.#agreementsOf(household, node)
      credentialChecks += node.service.state.book.credentialChecks
      for (const [reason, count] of Object.entries(node.service.state.drops.counts)) drops[reason] = (drops[reason] ?? 0) + count
    }
    return {
      cpuMs: (user + system) / 1000,
      bytes: wireBytes(),
      rss: process.memoryUsage.rss(),
      keyAgreements: Object.values(agreementsOf).reduce((sum, count) => sum + count, 0),
      agreementsOf,
      credentialChecks,
      submissionBytes: this.#submissionBytes,
      submissions: this.#submissions,
      verified: Object.fromEntries(this.#verified),
      drops,
      stalls: takeStalls()
    }
  }

  stop(): Promise<void> {
    return this.#fleet.stop()
  }
}
