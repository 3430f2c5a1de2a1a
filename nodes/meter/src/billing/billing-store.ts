// Store of a meter for its customer: the keys that batches are sealed with, the batches, and the code for pairing.
import { existsSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import {
  type BillingKeys,
  type BillingRecord,
  decodeBillingKeys,
  decodeBillingRecord,
  decodePairingTicket,
  encodeBillingKeys,
  encodeBillingRecord,
  encodePairingTicket,
  firstBillingKeys,
  newPairingTicket,
  PAIRING_TICKET_BYTES,
  type PairingTicket
} from '@hushgrid/billing'
import { HushgridError, IdentityKey, type MeterId, type Rng, utf8 } from '@hushgrid/primitives'
import { makeFolder, RecordLog, readOrCreateSecret, readSecret, replaceSecret } from '@hushgrid/runtime'
import { noteLoss } from '../dcnet/journal-loss.ts'

const KEYS_FILE = 'billing.keys'
/** File of the one key that a meter had before keys had epochs. */
const EARLIER_KEY_FILE = 'billing.key'
const TICKET_FILE = 'billing-pairing.ticket'
const JOURNAL_FILE = 'billing-journal.log'
const LOST_FILE = 'billing-journal.lost'
const UNPAIR_FILE = 'billing-unpair'

/** Files of a meter's billing that do not go together. */
export class BillingStoreError extends HushgridError {
  override name = 'BillingStoreError'
}

/**
 * Store of a meter for its customer, in the data directory beside its identity: the keys K, the journal of readings and
 * batches, the ticket of the code that it showed last, and the wish to unpair. Readings that wait to be sealed are in the journal in the clear;
 * its files are readable by their owner only.
 */
export class BillingStore {
  /** Keys as they were at the start. */
  readonly keys: BillingKeys
  /** Records of the journal; undefined where it was missing or damaged, until it is begun anew. */
  readonly journal: readonly BillingRecord[] | undefined
  readonly #directory: string
  readonly #log: RecordLog
  #lossNoted: boolean

  private constructor(directory: string, keys: BillingKeys, log: RecordLog, journal: readonly BillingRecord[] | undefined) {
    this.#directory = directory
    this.keys = keys
    this.#log = log
    this.journal = journal
    this.#lossNoted = journal === undefined
  }

  /**
   * Opens the store, or begins it where the meter had no customer yet.
   *
   * @param flush - makes journal records outlive a loss of power; a lab's need not
   * @throws FolderError, SecretFileError, RecordLogError; BillingStoreError, BillingKeysError, BillingRecordError where it is
   *   not as this version writes it
   */
  static open(directory: string, rng: Rng, flush: boolean): BillingStore {
    makeFolder(directory)
    const path = join(directory, JOURNAL_FILE)
    const lost = join(directory, LOST_FILE)
    checkKeysFile(directory, path)
    const makeKeys = (): Uint8Array => encodeBillingKeys(firstBillingKeys(rng))
    const { secret, created } = readOrCreateSecret(join(directory, KEYS_FILE), undefined, makeKeys, flush)
    const keys = decodeBillingKeys(secret)
    // A journal that is gone while the keys are there was lost: batches under them may have left the meter. The note is made before the
    // log is opened, which leaves an intact one, and stays until the journal is begun anew.
    if (existsSync(path) ? RecordLog.read(path).damaged : !created) noteLoss(lost)
    const { log, records } = RecordLog.open(path, flush)
    try {
      return new BillingStore(directory, keys, log, existsSync(lost) ? undefined : records.map(decodeBillingRecord))
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

  /** Keeps keys in place of those before. */
  keepKeys(keys: BillingKeys): void {
    replaceSecret(join(this.#directory, KEYS_FILE), encodeBillingKeys(keys))
  }

  /** Tells whether somebody at the meter has asked to unpair it, also by another process. */
  unpairAsked(): boolean {
    return existsSync(join(this.#directory, UNPAIR_FILE))
  }

  /** Notes that it is unpaired. */
  unpaired(): void {
    rmSync(join(this.#directory, UNPAIR_FILE), { force: true })
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

/** @throws BillingStoreError where the keys are those of an earlier version, or missing beside a journal */
function checkKeysFile(directory: string, journal: string): void {
  const [keys, earlier] = [KEYS_FILE, EARLIER_KEY_FILE].map(name => join(directory, name)) as [string, string]
  if (existsSync(keys)) return
  if (existsSync(earlier))
    throw new BillingStoreError(
      `${earlier}: expected ${KEYS_FILE}, got the key of an earlier version, whose batches do not name theirs. Move it and ${JOURNAL_FILE} away, and pair the customer anew`
    )
  if (existsSync(journal) && statSync(journal).size > RecordLog.HEADER_BYTES)
    throw new BillingStoreError(`${keys}: expected the keys of the batches in ${JOURNAL_FILE}, got none. Restore it, or move that away`)
}

/**
 * Draws a code for the person at the meter, in place of an unused one. Works while the meter runs.
 *
 * @returns the code, which is kept nowhere, and the meter's id
 * @throws SecretFileError where the folder is not that of a meter
 */
export function showPairingCode(directory: string, rng: Rng): { code: Uint8Array; meter: MeterId } {
  const meter = meterOf(directory)
  const { code, ticket } = newPairingTicket(rng)
  replaceSecret(join(directory, TICKET_FILE), encodePairingTicket(ticket))
  return { code, meter }
}

/**
 * Asks a meter to unpair, and makes a code void that was shown before. Works while the meter runs, which does it at the end
 * of the slot at the latest; one that is off does it when it is started.
 *
 * @returns the meter's id
 * @throws SecretFileError where the folder is not that of a meter
 */
export function askToUnpair(directory: string): MeterId {
  const meter = meterOf(directory)
  replaceSecret(join(directory, UNPAIR_FILE), utf8('unpair\n'))
  rmSync(join(directory, TICKET_FILE), { force: true })
  return meter
}

function meterOf(directory: string): MeterId {
  return new IdentityKey(readSecret(join(directory, 'identity.key'), 32)).id
}
