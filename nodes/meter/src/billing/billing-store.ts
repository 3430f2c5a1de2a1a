// Store of a meter for its customer: the key that batches are sealed with, the batches, and the code for pairing.
import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BillingRecord,
  decodeBillingRecord,
  decodePairingTicket,
  encodeBillingRecord,
  encodePairingTicket,
  newPairingTicket,
  PAIRING_TICKET_BYTES,
  type PairingTicket,
  READING_KEY_BYTES
} from '@hushgrid/billing'
import { IdentityKey, type MeterId, type Rng } from '@hushgrid/primitives'
import { RecordLog, readOrCreateSecret, readSecret, replaceSecret } from '@hushgrid/runtime'
import { noteLoss } from '../dcnet/journal-loss.ts'

const KEY_FILE = 'billing.key'
const TICKET_FILE = 'billing-pairing.ticket'
const JOURNAL_FILE = 'billing-journal.log'
const LOST_FILE = 'billing-journal.lost'

/**
 * Store of a meter for its customer, in the data directory beside its identity: the key K, the journal of readings and
 * batches, and the ticket of the code that it showed last. Readings that wait to be sealed are in the journal in the clear;
 * its files are readable by their owner only.
 */
export class BillingStore {
  /** Key K. */
  readonly key: Uint8Array
  /** Records of the journal; undefined where it was missing or damaged, until it is begun anew. */
  readonly journal: readonly BillingRecord[] | undefined
  readonly #directory: string
  readonly #log: RecordLog
  #lossNoted: boolean

  private constructor(directory: string, key: Uint8Array, log: RecordLog, journal: readonly BillingRecord[] | undefined) {
    this.#directory = directory
    this.key = key
    this.#log = log
    this.journal = journal
    this.#lossNoted = journal === undefined
  }

  /**
   * Opens the store, or begins it where the meter had no customer yet.
   *
   * @param flush - makes journal records outlive a loss of power; a lab's need not
   * @throws SecretFileError, RecordLogError, BillingRecordError
   */
  static open(directory: string, rng: Rng, flush: boolean): BillingStore {
    mkdirSync(directory, { recursive: true, mode: 0o700 })
    const { secret: key, created } = readOrCreateSecret(
      join(directory, KEY_FILE),
      READING_KEY_BYTES,
      () => rng.bytes(READING_KEY_BYTES),
      flush
    )
    const path = join(directory, JOURNAL_FILE)
    const lost = join(directory, LOST_FILE)
    // A journal that is gone while K is there was lost: batches under K may have left the meter. The note is made before the
    // log is opened, which leaves an intact one, and stays until the journal is begun anew.
    if (existsSync(path) ? RecordLog.read(path).damaged : !created) noteLoss(lost)
    const { log, records } = RecordLog.open(path, flush)
    try {
      return new BillingStore(directory, key, log, existsSync(lost) ? undefined : records.map(decodeBillingRecord))
    } catch (cause) {
      log.close()
      throw cause
    }
  }

  /** @throws RecordLogError where it cannot be written */
  append(record: BillingRecord): void {
    this.#log.append(encodeBillingRecord(record))
  }

  /**
   * Replaces the journal by these records, at once.
   *
   * @throws RecordLogError where it cannot be written
   */
  replace(records: readonly BillingRecord[]): void {
    this.#log.replace(records.map(encodeBillingRecord))
    if (!this.#lossNoted) return
    rmSync(join(this.#directory, LOST_FILE), { force: true })
    this.#lossNoted = false
  }

  /** Reads the ticket of the code that was shown last, also by another process; undefined where there is none. */
  readTicket(): PairingTicket | undefined {
    const path = join(this.#directory, TICKET_FILE)
    return existsSync(path) ? decodePairingTicket(readSecret(path, PAIRING_TICKET_BYTES)) : undefined
  }

  keepTicket(ticket: PairingTicket | undefined): void {
    const path = join(this.#directory, TICKET_FILE)
    if (ticket) replaceSecret(path, encodePairingTicket(ticket))
    else rmSync(path, { force: true })
  }

  close(): void {
    this.#log.close()
  }
}

/**
 * Draws a code for the person at the meter, in place of an unused one. Works while the meter runs.
 *
 * @returns the code, which is kept nowhere, and the meter's id
 * @throws SecretFileError where the folder is not that of a meter
 */
export function showPairingCode(directory: string, rng: Rng): { code: Uint8Array; meter: MeterId } {
  const { id: meter } = new IdentityKey(readSecret(join(directory, 'identity.key'), 32))
  const { code, ticket } = newPairingTicket(rng)
  replaceSecret(join(directory, TICKET_FILE), encodePairingTicket(ticket))
  return { code, meter }
}
