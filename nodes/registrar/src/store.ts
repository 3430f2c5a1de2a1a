// Data directory of a registrar: its identity, and the journal of all that it has decided.
import type { RegistrarRecord } from '@hushgrid/dcnet'
import { HushgridError, type IdentityKey, type MeterId, type Rng } from '@hushgrid/primitives'
import { openJournal, RecordLog } from '@hushgrid/runtime'
import { keptRegistrarRecords } from './kept-records.ts'
import { decodeRegistrarRecord, encodeRegistrarRecord, OldRecordError } from './record.ts'

/** Least bytes of a journal that is written anew; it must also have grown to twice what was kept the last time. */
const COMPACT_AT = 64 * 1024 * 1024

/** Journal of a registrar in its data folder. */
export const REGISTRAR_JOURNAL = 'registrar.log'

/** Damaged journal of a registrar. Without it a second roster could be signed for an epoch, so the node does not start. */
export class RegistrarStoreError extends HushgridError {
  override name = 'RegistrarStoreError'
}

/** Data directory of a registrar: its key, and a journal of enrolments, signed rosters, leaves and faults. */
export class RegistrarStore {
  readonly identity: IdentityKey
  readonly journal: readonly RegistrarRecord[]
  readonly #log: RecordLog
  #compactAt: number

  private constructor(identity: IdentityKey, journal: readonly RegistrarRecord[], log: RecordLog) {
    this.identity = identity
    this.journal = journal
    this.#log = log
    this.#compactAt = Math.max(COMPACT_AT, 2 * log.byteLength)
  }

  /** @throws RegistrarStoreError, also where it is of version 1; SecretFileError, RecordLogError */
  static open(directory: string, rng: Rng, flush: boolean): RegistrarStore {
    const { identity, log, records } = openJournal({ directory, file: REGISTRAR_JOURNAL, rng, flush, notIntact })
    try {
      const journal = keptRegistrarRecords(records.map(decodeRegistrarRecord))
      if (journal.length < records.length) log.replace(journal.map(encodeRegistrarRecord))
      return new RegistrarStore(identity, journal, log)
    } catch (cause) {
      log.close()
      if (!(cause instanceof OldRecordError)) throw cause
      throw new RegistrarStoreError(
        `${directory}: expected a registrar's folder of protocol version 2, got one of version 1. Begin in an empty folder`
      )
    }
  }

  /**
   * Keeps a record before anything follows from it.
   *
   * @throws RecordLogError where it cannot be written; RegistrarStoreError where the file has been altered meanwhile
   */
  append(record: RegistrarRecord): void {
    this.#log.append(encodeRegistrarRecord(record))
    if (this.#log.byteLength <= this.#compactAt) return
    const { records, damaged } = RecordLog.read(this.#log.path)
    // A damaged journal, written anew, would pass for an intact one at the next start.
    if (damaged) throw notIntact(this.#log.path, 'a damaged one')
    this.#log.replace(keptRegistrarRecords(records.map(decodeRegistrarRecord)).map(encodeRegistrarRecord))
    this.#compactAt = Math.max(COMPACT_AT, 2 * this.#log.byteLength)
  }

  /**
   * Lifts a member's bar, of a registrar that is not running.
   *
   * @throws RegistrarStoreError where the meter is not barred
   */
  lift(meterId: MeterId): void {
    const last = this.journal.findLast(record => (record.kind === 'barred' || record.kind === 'lifted') && record.meterId === meterId)
    if (last?.kind !== 'barred') throw new RegistrarStoreError(`meter ${meterId}: expected one that is barred, got one that is not`)
    this.append({ kind: 'lifted', meterId })
  }

  close(): void {
    this.#log.close()
  }
}

function notIntact(path: string, got: string): RegistrarStoreError {
  return new RegistrarStoreError(
    `${path}: expected the registrar's intact journal, got ${got}; without it a second roster could be signed for an epoch. Restore it, or begin a new network in an empty directory`
  )
}
