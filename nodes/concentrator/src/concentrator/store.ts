// Data directory of the concentrator: its key, and a journal of joins and leaves. Without that journal a member's index could
// be given to another.
import type { ConcentratorRecord } from '@hushgrid/pes'
import { concatBytes, fromHex, HushgridError, type IdentityKey, type MeterId, meterId, type Rng, type Slot } from '@hushgrid/primitives'
import { openJournal, type RecordLog } from '@hushgrid/runtime'

/** Data directory of a concentrator that cannot be relied on. */
export class ConcentratorStoreError extends HushgridError {
  override name = 'ConcentratorStoreError'
}

/** Bytes before the PesJoin envelope: u32 index ‖ u64 slot ‖ meterId[32]. */
const HEAD = 4 + 8 + 32
/** Bytes of a journal that is written anew, once it has doubled: meters may join and leave as often as they like. */
const COMPACT_AT = 1024 * 1024

/** Data directory of a concentrator: its key, and the joins and leaves. Readings are not kept. */
export class ConcentratorStore {
  readonly identity: IdentityKey
  readonly journal: readonly ConcentratorRecord[]
  readonly #log: RecordLog
  /** Last join of each member, and its leave after that. */
  readonly #kept = new Map<MeterId, readonly ConcentratorRecord[]>()
  #compactAt = COMPACT_AT

  private constructor(identity: IdentityKey, journal: readonly ConcentratorRecord[], log: RecordLog) {
    this.identity = identity
    this.journal = journal
    this.#log = log
    for (const record of journal) this.#keep(record)
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param flush - makes records outlive a loss of power; a lab's need not
   * @throws ConcentratorStoreError, SecretFileError, RecordLogError
   */
  static open(directory: string, rng: Rng, flush: boolean): ConcentratorStore {
    const { identity, log, records } = openJournal({ directory, file: 'members.log', rng, flush, notIntact })
    try {
      return new ConcentratorStore(identity, records.map(decode), log)
    } catch (cause) {
      log.close()
      throw cause
    }
  }

  /** Keeps a record before anything follows from it. */
  append(record: ConcentratorRecord): void {
    this.#log.append(encode(record))
    this.#keep(record)
    if (this.#log.byteLength <= this.#compactAt) return
    this.#log.replace([...this.#kept.values()].flat().map(encode))
    this.#compactAt = Math.max(COMPACT_AT, 2 * this.#log.byteLength)
  }

  #keep(record: ConcentratorRecord): void {
    const [join] = this.#kept.get(record.meterId) ?? []
    this.#kept.set(record.meterId, record.join.byteLength === 0 && join ? [join, record] : [record])
  }

  close(): void {
    this.#log.close()
  }
}

function encode({ index, slot, meterId: id, join: envelope }: ConcentratorRecord): Uint8Array {
  const head = new Uint8Array(12)
  const view = new DataView(head.buffer)
  view.setUint32(0, index, true)
  view.setBigUint64(4, BigInt(slot), true)
  return concatBytes(head, fromHex(id), envelope)
}

function decode(record: Uint8Array): ConcentratorRecord {
  if (record.byteLength < HEAD)
    throw new ConcentratorStoreError(`members: expected records of at least ${HEAD} bytes, got one of ${record.byteLength}`)
  const view = new DataView(record.buffer, record.byteOffset, record.byteLength)
  return {
    index: view.getUint32(0, true),
    slot: Number(view.getBigUint64(4, true)) as Slot,
    meterId: meterId(record.subarray(12, HEAD)),
    join: Uint8Array.from(record.subarray(HEAD))
  }
}

function notIntact(path: string, got: string): ConcentratorStoreError {
  return new ConcentratorStoreError(
    `${path}: expected the concentrator's intact list of members, got ${got}; without it a member's index could be given to another. Restore it, or begin in an empty directory`
  )
}
