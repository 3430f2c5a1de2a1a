// The meter in the home network: it pairs with its customer and hands out batches of readings.
import {
  type BillingRecord,
  createMeterBilling,
  type MeterBillingConfig,
  type MeterBillingInput,
  type MeterBillingOutput,
  type MeterBillingState,
  type PairingTicket,
  stepMeterBilling
} from '@hushgrid/billing'
import type { Driver } from '@hushgrid/machine'
import { HushgridError, type MeterId, type Slot, slotAt } from '@hushgrid/primitives'
import type { ReadingSource } from '../dcnet/meter.ts'
import { RoleService, type ServiceInit } from '../service/role-service.ts'

export interface HomeInit extends ServiceInit<MeterBillingOutput> {
  readonly config: MeterBillingConfig
  /** Records of the journal; undefined where it is missing or damaged. */
  readonly journal: readonly BillingRecord[] | undefined
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: BillingRecord) => void
  /** Puts records in the place of the journal; on stable storage before it returns. */
  readonly replace: (records: readonly BillingRecord[]) => void
  /** Gives what is left of the code that was shown last. */
  readonly readTicket: () => PairingTicket | undefined
  /** Keeps what is left of it; on stable storage before it returns. */
  readonly keepTicket: (ticket: PairingTicket | undefined) => void
  readonly readings: ReadingSource
}

/** A meter's side of the home network: seals readings for the customer, pairs with the customer, hands batches out. */
export class HomeService extends RoleService<MeterBillingState, MeterBillingInput, MeterBillingOutput> {
  protected readonly driver: Driver<MeterBillingState, MeterBillingInput, MeterBillingOutput>
  readonly #init: HomeInit
  #token = 0
  /** The slot to read next. */
  #next: Slot

  constructor(init: HomeInit) {
    super(init)
    this.#init = init
    const { clock, config, journal } = init
    this.#next = slotAt(clock.now(), config.terms.slotSeconds)
    this.driver = this.drive({
      state: createMeterBilling(config, journal, clock.now()),
      step: stepMeterBilling,
      carryOut: output => {
        if (output.type === 'journal') init.append(output.record)
        else if (output.type === 'replace') init.replace(output.records)
        else if (output.type === 'ticket') init.keepTicket(output.ticket)
      },
      beforeTick: now => this.#read(slotAt(now, config.terms.slotSeconds))
    })
  }

  /** Answers customers from now on. */
  async start(): Promise<void> {
    await this.node.serve('home', (from, bytes) => this.#answer(from, bytes))
  }

  #answer(from: MeterId, bytes: Uint8Array): Uint8Array {
    const token = this.#token++
    const outputs = this.guarded(() => this.driver.feed({ type: 'request', from, bytes, token, ticket: this.#ticket() }))
    const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
    if (reply?.type !== 'reply') throw new HushgridError('the meter is stopping')
    return reply.bytes
  }

  /** Reads the ticket; a damaged file pairs nobody, and stops nothing else. */
  #ticket(): PairingTicket | undefined {
    try {
      return this.#init.readTicket()
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      this.warn(`pairing: ${cause.message}`)
      return undefined
    }
  }

  /** Reads the slots that have ended since; several where a timer came late. */
  #read(running: Slot): void {
    const { lanes } = this.#init.config.terms
    // Older slots are sealed as gaps: after a sleep of days there is no time to read them all.
    const oldest = Math.max(this.#next, this.driver.state.sealedUntil, running - MOST_LATE_SLOTS)
    for (let slot = oldest; slot < running; slot++) {
      const values = this.#reading(slot as Slot, lanes)
      if (values) this.driver.feed({ type: 'reading', slot: slot as Slot, values })
    }
    this.#next = running
  }

  #reading(slot: Slot, lanes: Parameters<ReadingSource>[1]): readonly bigint[] | undefined {
    try {
      const reading = this.#init.readings(slot, lanes)
      return reading && Array.from(reading, value => BigInt.asIntN(64, value))
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      this.warn(`reading for the customer's batch: ${cause.message}`)
      return undefined
    }
  }
}

/** Most slots that are read at once. */
const MOST_LATE_SLOTS = 1024
