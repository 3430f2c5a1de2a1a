// The meter in the home network: it pairs with its customer and hands out batches of readings.
import {
  type BillingKeys,
  type BillingRecord,
  createMeterBilling,
  type KeptBilling,
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
  /** Keys, and records of the journal; that is undefined where it is missing or damaged. */
  readonly kept: KeptBilling
  /** Journals a record; on stable storage before it returns. */
  readonly append: (record: BillingRecord) => void
  /** Puts records in the place of the journal; on stable storage before it returns. */
  readonly replace: (records: readonly BillingRecord[]) => void
  /** Keeps keys in place of those before; on stable storage before it returns. */
  readonly keepKeys: (keys: BillingKeys) => void
  /** Gives what is left of the code that was shown last. */
  readonly readTicket: () => PairingTicket | undefined
  /** Keeps what is left of it; on stable storage before it returns. */
  readonly keepTicket: (ticket: PairingTicket | undefined) => void
  /** Tells whether the person at the meter wants whoever has its key to open nothing from now on. */
  readonly unpairAsked: () => boolean
  /** Notes that it is done. */
  readonly unpaired: () => void
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
    const { clock, config, kept } = init
    this.#next = slotAt(clock.now(), config.terms.slotSeconds)
    this.driver = this.drive({
      state: createMeterBilling(config, kept, clock.now()),
      step: stepMeterBilling,
      carryOut: output => {
        if (output.type === 'journal') init.append(output.record)
        else if (output.type === 'replace') init.replace(output.records)
        else if (output.type === 'keys') init.keepKeys(output.keys)
        else if (output.type === 'ticket') init.keepTicket(output.ticket)
        else if (output.type === 'unpaired') init.unpaired()
      },
      beforeTick: () => this.#catchUp()
    })
  }

  /** Answers customers from now on. */
  async start(): Promise<void> {
    await this.node.serve('home', (from, bytes) => this.#answer(from, bytes))
  }

  #answer(from: MeterId, bytes: Uint8Array): Uint8Array {
    const token = this.#token++
    const outputs = this.guarded(() => {
      this.#catchUp()
      return this.driver.feed({ type: 'request', from, bytes, token, ticket: this.#ticket() })
    })
    const reply = outputs?.find(output => output.type === 'reply' && output.token === token)
    if (reply?.type !== 'reply') throw new HushgridError('the meter is stopping')
    return reply.bytes
  }

  /** Feeds in the readings of slots that are over, and the wish to unpair: both come before anything that a key may cut. */
  #catchUp(): void {
    const { clock, config, unpairAsked } = this.#init
    this.#read(slotAt(clock.now(), config.terms.slotSeconds))
    if (unpairAsked()) this.driver.feed({ type: 'unpair' })
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
