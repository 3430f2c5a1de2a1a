// The customer's own system: opens batches, reads readings, makes bills.
import {
  type Bands,
  type Bill,
  batchEnd,
  decodeBatch,
  decodeBill,
  encodeBill,
  type LocalPeriod,
  type MeterKey,
  makeBill,
  type OpenedBatch,
  openBatch,
  periodSlots,
  type ReadingBatch,
  type Tariff,
  type TariffPrices
} from '@hushgrid/billing'
import { equalBytes, HushgridError, type MeterId, type Rng, type Slot, slot } from '@hushgrid/primitives'
import type { PasswordScheme } from '@hushgrid/web-api'
import { uncovered } from './billable-days.ts'
import { type CustomerRecords, RecordConflictError } from './customer-records.ts'
import type { ReadingSpan } from './reading-span.ts'
import { Vault } from './vault.ts'

/** Reports readings or bills that were asked for and are not there, or not yet. */
export class NoReadingsError extends HushgridError {
  override name = 'NoReadingsError'
}

/** A bill that was made, with the prices and gaps behind it. */
export interface MadeBill {
  readonly bill: Bill
  /** Encoding of the bill, by `encodeBill`. */
  readonly bytes: Uint8Array
  readonly prices: TariffPrices
  /** Slots of the period that the meter signed as gaps. */
  readonly gaps: number
}

/**
 * The customer's own device once the password has opened the account. It alone has K and readings, and keeps nothing but
 * {@link CustomerRecords}, where everything is sealed or meant for the supplier.
 */
export class CustomerDevice {
  readonly #records: CustomerRecords
  #vault: Vault

  private constructor(records: CustomerRecords, vault: Vault) {
    this.#records = records
    this.#vault = vault
  }

  /**
   * Opens the account.
   *
   * @throws WrongPasswordError, VaultDamagedError, AccountRecordError
   */
  static async open(records: CustomerRecords, password: string, rng: Rng): Promise<CustomerDevice> {
    return new CustomerDevice(records, await Vault.unlock(records.readAccount(), password, rng))
  }

  /**
   * Makes an account without meters.
   *
   * @throws RecordConflictError where there is one; InvalidArgumentError
   */
  static async create(
    records: CustomerRecords,
    account: string,
    password: string,
    rng: Rng,
    scheme?: PasswordScheme
  ): Promise<CustomerDevice> {
    const vault = await Vault.create(account, password, rng, scheme)
    records.createAccount(vault.record)
    return new CustomerDevice(records, vault)
  }

  get account(): string {
    return this.#vault.account
  }

  get meters(): readonly MeterId[] {
    return this.#vault.meters
  }

  /**
   * Finds the account's only meter, for a command that names none.
   *
   * @throws NoReadingsError where there is none, or more than one
   */
  onlyMeter(): MeterId {
    const [first, ...others] = this.meters
    if (first === undefined || others.length > 0)
      throw new NoReadingsError(`account ${this.account}: expected one paired meter, got ${this.meters.length}; say which`)
    return first
  }

  /**
   * Gives a meter's keys, in the order of their epochs.
   *
   * @throws MeterKeyError where there is none
   */
  keysOf(meter: MeterId): MeterKey[] {
    return this.#vault.keysOf(meter)
  }

  /** Gives the proof that servers see instead of the password. */
  signInProof(): string {
    return this.#vault.signInProof()
  }

  /**
   * Keeps a key K of a meter.
   *
   * @throws MeterKeyError where one of its epoch is known already; RecordConflictError
   */
  addKey(meter: MeterId, key: MeterKey): void {
    this.#replace(this.#vault.withKey(meter, key))
  }

  /** @throws InvalidArgumentError for a password that will not do; RecordConflictError */
  async changePassword(password: string, scheme?: PasswordScheme): Promise<void> {
    this.#replace(await this.#vault.withPassword(password, scheme))
  }

  #replace(vault: Vault): void {
    this.#records.replaceAccount(this.#vault.record, vault.record)
    this.#vault = vault
  }

  /**
   * Keeps a batch after checking that the meter signed what it opens to.
   *
   * @returns the meter and slots of the batch, and whether it is new
   * @throws BatchRejectedError, MeterKeyError, RecordConflictError
   */
  addBatch(bytes: Uint8Array): { meter: MeterId; firstSlot: Slot; slots: number; added: boolean } {
    const batch = decodeBatch(bytes)
    this.#open(batch)
    const { meterId: meter, firstSlot, slots } = batch
    return { meter, firstSlot, slots, added: this.#records.putBatch(meter, firstSlot, bytes) }
  }

  /**
   * Opens the batches of a meter, in the order of their slots.
   *
   * @param local - period that the opened batches reach into; all batches without it
   * @throws NoReadingsError where there is none; MeterKeyError
   */
  openBatches(meter: MeterId, local?: LocalPeriod): OpenedBatch[] {
    const batches = this.#records.batches(meter).map(first => decodeBatch(this.#records.readBatch(meter, first)))
    const [sample] = batches
    if (!sample) throw new NoReadingsError(`meter ${meter}: expected batches to be fetched before, got none`)
    if (!local) return batches.map(batch => this.#open(batch))
    const { from, until } = periodSlots(local, sample.slotSeconds)
    const within = batches.filter(batch => batch.firstSlot < until && batchEnd(batch) > from)
    if (within.length === 0) throw new NoReadingsError(`meter ${meter}: expected batches of ${local.period}, got none`)
    return within.map(batch => this.#open(batch))
  }

  /** Opens a batch by the key that it names. */
  #open(batch: ReadingBatch): OpenedBatch {
    return openBatch(batch, this.#vault.keyOf(batch.meterId, batch.keyEpoch))
  }

  /**
   * Reads the readings of a meter.
   *
   * @param local - period of the slots; all slots without it
   */
  readings(meter: MeterId, local?: LocalPeriod): ReadingSpan[] {
    return this.openBatches(meter, local).map(({ header, readings }) => {
      const { slotSeconds, lanes, firstSlot } = header
      const span = local ? periodSlots(local, slotSeconds) : { from: firstSlot, until: batchEnd(header) }
      const start = Math.max(firstSlot, span.from)
      return { slotSeconds, lanes, firstSlot: slot(start), readings: readings.slice(start - firstSlot, span.until - firstSlot) }
    })
  }

  /**
   * Computes the bill of a period in the tariff's time zone and keeps it. Puts each slot in one bill only, since two
   * bills over the same slots say more about the readings than either.
   *
   * @param bands - bands or prices, for a dynamic tariff and no other
   * @throws NoReadingsError where batches are missing, with what can be billed instead; BillRejectedError; RecordConflictError where another bill has some of the slots
   */
  makeBill(meter: MeterId, period: string, tariff: Tariff, bands?: Bands): MadeBill {
    const { timeZone } = tariff
    const batches = this.openBatches(meter, { period, timeZone })
    const slotSeconds = batches[0]?.header.slotSeconds ?? 0
    const span = periodSlots({ period, timeZone }, slotSeconds)
    const places = batches.map(({ header }) => ({ from: header.firstSlot, until: batchEnd(header) }))
    const problem = uncovered(places, { period, timeZone }, slotSeconds)
    if (problem !== undefined) throw new NoReadingsError(problem)
    const prices = tariff.prices({ ...span, slotSeconds, ...(bands && { bands }) })
    const bill = makeBill({ batches, prices })
    const bytes = encodeBill(bill)
    this.#checkBilledOnce(bill, bytes)
    this.#records.putBill(billName(period, meter), bytes)
    const gaps = batches.reduce((sum, { header, readings }) => sum + gapsWithin(header.firstSlot, readings, span), 0)
    return { bill, bytes, prices, gaps }
  }

  #checkBilledOnce({ meterId: meter, from, until }: Bill, bytes: Uint8Array): void {
    for (const name of this.#records.bills()) {
      const kept = this.#records.readBill(name)
      const earlier = decodeBill(kept)
      if (earlier.meterId !== meter || earlier.until <= from || earlier.from >= until || equalBytes(kept, bytes)) continue
      throw new RecordConflictError(
        `slots ${from} to ${until - 1}: expected none that is in a bill already, got some of bill ${name}; the two together would say more about the readings than a bill may`
      )
    }
  }
}

function billName(period: string, meter: MeterId): string {
  return `${period.replace('/', '-to-')}-${meter.slice(0, 16)}`
}

function gapsWithin(first: Slot, readings: readonly unknown[], { from, until }: { from: Slot; until: Slot }): number {
  return readings.filter((values, i) => values === undefined && first + i >= from && first + i < until).length
}
