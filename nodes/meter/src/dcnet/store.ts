// Data directory of a meter in a ring: its keys, the secrets it shares with neighbours, and the journal of its submissions,
// which keeps it from submitting two readings for a slot.
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type MeterJournal, type MeterRecord, SeasonKeys } from '@hushgrid/dcnet'
import { HushgridError, IdentityKey, type Rng } from '@hushgrid/primitives'
import { makeFolder, RecordLog, RecordLogError, readOrCreateSecret } from '@hushgrid/runtime'
import { noteLoss } from './journal-loss.ts'
import { decodeMeterRecord, encodeMeterRecord, keptMeterRecords } from './record.ts'
import { SeasonKeyFiles } from './season-keys.ts'

/** Least bytes of a journal that is written anew; it must also have grown to twice what was kept the last time. */
const COMPACT_AT = 1024 * 1024

/** File of a key that version 1 of the protocol kept for ever. */
const OLD_KEY = 'blinding.key'

/** A data directory that cannot be gone on with. */
class MeterStoreError extends HushgridError {
  override name = 'MeterStoreError'
}

/**
 * Data directory of a meter: its identity, made once, its blinding key of each season with the secrets that it shares with
 * neighbours, and the journal of its acts and of messages it met.
 */
export class MeterStore {
  readonly identity: IdentityKey
  readonly journal: MeterJournal
  readonly keys: SeasonKeys
  readonly #keyFiles: SeasonKeyFiles
  readonly #log: RecordLog
  readonly #lost: string
  #lossNoted: boolean
  #compactAt = COMPACT_AT

  private constructor(identity: IdentityKey, keyFiles: SeasonKeyFiles, journal: MeterJournal, log: RecordLog, lost: string) {
    this.identity = identity
    this.#keyFiles = keyFiles
    this.keys = new SeasonKeys(keyFiles)
    this.journal = journal
    this.#log = log
    this.#lost = lost
    this.#lossNoted = !journal.intact
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param flush - makes journal records outlive a loss of power; a lab's need not
   * @throws FolderError, SecretFileError, RecordLogError; MeterStoreError where it is of version 1
   */
  static open(directory: string, rng: Rng, flush: boolean): MeterStore {
    makeFolder(directory)
    if (existsSync(join(directory, OLD_KEY)))
      throw new MeterStoreError(
        `${directory}: expected a meter's folder of protocol version 2, got one of version 1. Begin in an empty folder`
      )
    const identity = readOrCreateSecret(join(directory, 'identity.key'), 32, () => rng.bytes(32), flush)
    const keyFiles = new SeasonKeyFiles(directory, rng, flush)
    const path = join(directory, 'journal.log')
    const lost = join(directory, 'journal.lost')
    // A journal that is gone while the keys are there was lost: the meter must not rely on an empty one. The note is made
    // before the log is opened, which leaves an intact one, and holds until the next submission is in it.
    const damaged = existsSync(path) ? RecordLog.read(path).damaged : !identity.created
    if (damaged) noteLoss(lost)
    const { log, records } = RecordLog.open(path, flush)
    const journal: MeterJournal = existsSync(lost)
      ? { intact: false }
      : { intact: true, records: keptMeterRecords(records.map(decodeMeterRecord)) }
    return new MeterStore(new IdentityKey(identity.secret), keyFiles, journal, log, lost)
  }

  /**
   * Keeps a record before anything follows from it.
   *
   * @throws RecordLogError where it cannot be written, or the file has been altered meanwhile
   */
  append(record: MeterRecord): void {
    this.#log.append(encodeMeterRecord(record))
    if (this.#log.byteLength > this.#compactAt) this.#compact()
    if (!this.#lossNoted || record.kind !== 'submission') return
    rmSync(this.#lost, { force: true })
    this.#lossNoted = false
  }

  #compact(): void {
    const { records, damaged } = RecordLog.read(this.#log.path)
    // A damaged journal, written anew, would pass for an intact one at the next start.
    if (damaged) throw new RecordLogError(`${this.#log.path}: expected the journal as it was written, got a damaged one`)
    this.#log.replace(keptMeterRecords(records.map(decodeMeterRecord)).map(encodeMeterRecord))
    this.#compactAt = Math.max(COMPACT_AT, 2 * this.#log.byteLength)
  }

  close(): void {
    this.#log.close()
    this.#keyFiles.close()
  }
}
