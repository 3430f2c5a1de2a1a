// Runs meters of the path by concentrator and PES in this process, each a libp2p node of its own.
import { join } from 'node:path'
import { type AdjustableClock, type LabClock, labPreset, topicName } from '@hushgrid/network'
import { type PesMeterNode, PesMeterStore, startPesMeter } from '@hushgrid/node-meter'
import type { PesMeterConfig, PesTerms } from '@hushgrid/pes'
import { type MeterId, type ObisCode, type Slot, systemRng } from '@hushgrid/primitives'
import { ObfuscatorWorkers } from '@hushgrid/runtime'
import { MeterFleet } from './fleet.ts'
import type { HostOperation, HouseholdReading } from './operation.ts'
import { laneReadings } from './readings.ts'

export interface PesMeterHostConfig {
  readonly network: string
  readonly slotSeconds: number
  readonly lanes: readonly ObisCode[]
  readonly firstSlot: Slot
  /** Numbers of the households that run from the start. */
  readonly households: readonly number[]
  /** Number of members of the whole neighbourhood. */
  readonly members: number
  /** Multiaddr of the concentrator, with its peer id. */
  readonly concentrator: string
  readonly policy: PesMeterConfig['policy']
  /** Folder for keys and journals; outside of any report. */
  readonly state: string
}

/** Takes events of the meters, for the lab's report. */
export interface PesHostReport {
  progress?(phase: 'enrol' | 'dial'): void
  identity(household: number, id: MeterId): void
  warn(message: string): void
  fail(cause: unknown): void
}

/** Host of some meters of this path. */
export class PesMeterHost {
  /** Number of readings sent, and the bytes of their envelopes. */
  readonly sent = { submissions: 0, bytes: 0 }
  readonly #config: PesMeterHostConfig
  readonly #reading: HouseholdReading
  readonly #report: PesHostReport
  readonly #fleet: MeterFleet<PesMeterNode>

  constructor(config: PesMeterHostConfig, clock: LabClock, reading: HouseholdReading, report: PesHostReport) {
    this.#config = config
    this.#reading = reading
    this.#report = report
    this.#fleet = new MeterFleet({
      clock,
      deeds: ['submission'],
      start: (household, own, did) => this.#start(household, own, () => did('submission')),
      journalOf: household => join(this.#folder(household), 'pes-journal.log')
    })
  }

  /** Starts and connects all meters; resolves when each has been taken in. */
  async start(): Promise<void> {
    const { households, firstSlot, lanes } = this.#config
    await this.#fleet.start(households, household => {
      this.#report.progress?.('enrol')
      this.#reading(household, firstSlot, lanes)
    })
  }

  operate(operation: HostOperation): Promise<void> {
    return this.#fleet.operate(operation)
  }

  async stop(): Promise<void> {
    await this.#fleet.stop()
  }

  async #start(household: number, clock: AdjustableClock, published: () => void): Promise<PesMeterNode> {
    const { network, slotSeconds, members, concentrator, policy } = this.#config
    const store = PesMeterStore.open(this.#folder(household), systemRng, false)
    this.#report.identity(household, store.identity.id)
    return await startPesMeter({
      store,
      network,
      slotSeconds,
      clock,
      preset: labPreset([topicName(network, 'readings'), topicName(network, 'control')], members),
      listen: ['/ip4/127.0.0.1/tcp/0'],
      concentrator,
      policy,
      readings: laneReadings(this.#reading, household),
      onConnected: () => this.#report.progress?.('dial'),
      observe: output => {
        // The meters here share the key's table; made within a slot it would hold all of them up.
        if (output.type === 'set-up') output.terms.direct?.proofs.prepare()
        else if (output.type === 'journal') {
          this.sent.submissions++
          this.sent.bytes += output.record.bytes.byteLength
        } else if (output.type === 'publish') published()
      },
      warn: text => this.#report.warn(`meter ${household}: ${text}`),
      fail: this.#report.fail
    })
  }

  #folder(household: number): string {
    return join(this.#config.state, `meter-${household}`)
  }
}

/** Starts a thread that makes obfuscators ahead, for some slots of all members. */
export function obfuscatorsFor(terms: PesTerms, members: number, warn: (message: string) => void): ObfuscatorWorkers {
  return new ObfuscatorWorkers(terms.publicKey, {
    capacity: 4 * members,
    low: 2 * members,
    onError: cause => warn(`obfuscators: ${String(cause)}`)
  })
}
