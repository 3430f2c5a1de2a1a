// Data directory of the aggregator: its key, and a SQLite file of what it received and signed, so that it never signs two
// results for a slot.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { AggregatorRecord, AggregatorSlotRecord, RosterRecord } from '@hushgrid/dcnet'
import { type Epoch, equalBytes, HushgridError, IdentityKey, type Rng, type Slot, sha256 } from '@hushgrid/primitives'
import { makeFolder, readOrCreateSecret, SqliteFile, spentRosters } from '@hushgrid/runtime'

/** Store that is lost, damaged or cannot be written: the aggregator stops rather than forgets. */
export class AggregatorStoreError extends HushgridError {
  override name = 'AggregatorStoreError'
}

/** Bounds of the store; beyond, the transcripts of the oldest slots are given up. */
export interface StoreBounds {
  readonly slots: number
  readonly bytes: number
  /** Most pages of 4,096 bytes; the disk is the limit where it is left out. */
  readonly pages?: number
}

export const DEFAULT_BOUNDS: StoreBounds = { slots: 100_000, bytes: 1024 ** 3 }

/** Slots whose results a start gives back; an open slot that is older than the newest by this is forgotten. */
const RECENT = 96
/** `HGag`. */
const APPLICATION_ID = 0x48476167
/** Version of the file; up to 2 it held messages of protocol version 1. */
const VERSION = 3

// Column `written` has the order in which the records came; `hash` is SHA-256 of `bytes`, since SQLite itself does not see
// a flipped bit in them.
const SCHEMA = `
CREATE TABLE rosters (written INTEGER PRIMARY KEY, firstSlot INTEGER NOT NULL, hash BLOB NOT NULL, bytes BLOB NOT NULL) STRICT;
CREATE TABLE received (written INTEGER PRIMARY KEY, slot INTEGER NOT NULL, epoch INTEGER NOT NULL, hash BLOB NOT NULL,
  bytes BLOB NOT NULL, UNIQUE (slot, hash)) STRICT;
CREATE TABLE requests (slot INTEGER NOT NULL, part INTEGER NOT NULL, written INTEGER NOT NULL, epoch INTEGER NOT NULL,
  hash BLOB NOT NULL, bytes BLOB NOT NULL, PRIMARY KEY (slot, part)) STRICT;
CREATE TABLE results (slot INTEGER PRIMARY KEY, written INTEGER NOT NULL, epoch INTEGER NOT NULL, hash BLOB NOT NULL,
  bytes BLOB NOT NULL) STRICT`

interface Row {
  readonly written: number
  readonly kind: AggregatorRecord['kind']
  readonly slot: number
  readonly epoch: number
  /** Part of a request; 0 for other records. */
  readonly part: number
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

/** Data directory of an aggregator: its key, and what it received and published in each slot. */
export class AggregatorStore {
  readonly identity: IdentityKey
  /** Records that the aggregator needs after a restart, in the order they were written. */
  readonly journal: readonly AggregatorRecord[]
  /** Last slot that has a result; −1 where none has. */
  readonly closedThrough: number
  /** Called when received records could not be committed at the end of a turn of the event loop. */
  onFailure: (error: HushgridError) => void = error => {
    throw error
  }
  readonly #file: SqliteFile
  readonly #bounds: StoreBounds
  readonly #statements: ReturnType<typeof prepare>
  /** Number `written` of the next record. */
  #next: number
  /** Number of slots with a result. */
  #slots: number
  /** Bytes of records that are not committed yet. */
  #pending = 0
  #turnEnd: NodeJS.Immediate | undefined

  private constructor(identity: IdentityKey, file: SqliteFile, bounds: StoreBounds) {
    this.identity = identity
    this.#file = file
    this.#bounds = bounds
    this.#statements = prepare(file)
    const { last, recent } = this.#statements
    const { next, slots, closedThrough } = file.attempt('read', () => last.get()) as Record<string, number>
    this.#next = next as number
    this.#slots = slots as number
    this.closedThrough = closedThrough as number
    const rows = file.attempt('read', () => recent.all()) as unknown as Row[]
    this.journal = rows.map(row => this.#record(row))
  }

  /**
   * Opens a data directory, made where there is none.
   *
   * @param flush - makes commits outlive a loss of power; a lab's need not
   * @throws AggregatorStoreError, also where it is of protocol version 1; SecretFileError
   */
  static open(directory: string, rng: Rng, flush: boolean, bounds = DEFAULT_BOUNDS): AggregatorStore {
    makeFolder(directory)
    const key = join(directory, 'identity.key')
    // The file is made before the key: a process killed in between has lost nothing, and the next start can tell.
    const file = SqliteFile.open({
      path: join(directory, 'aggregator.db'),
      applicationId: APPLICATION_ID,
      version: VERSION,
      older: "expected an aggregator's folder of protocol version 2, got one of version 1. Begin in an empty folder",
      schema: SCHEMA,
      flush,
      known: existsSync(key),
      maxPages: bounds.pages,
      stake: 'without it a second request or result could be signed for a slot',
      error: message => new AggregatorStoreError(message)
    })
    try {
      const { secret } = readOrCreateSecret(key, 32, () => rng.bytes(32), flush)
      return new AggregatorStore(new IdentityKey(secret), file, bounds)
    } catch (cause) {
      file.close()
      throw cause
    }
  }

  /**
   * Keeps a record; the same bytes again change nothing. A roster, request or result is stable when this returns, with all
   * records before. A received message is stable after {@link commit} or the end of the turn of the event loop.
   *
   * @throws AggregatorStoreError where it cannot be written, or a different request or result of the slot was
   */
  append(record: AggregatorRecord): void {
    this.#file.begin()
    this.#file.attempt('write to', () => this.#write(record))
    this.#pending += record.bytes.byteLength
    if (record.kind === 'received') this.#turnEnd ??= setImmediate(() => this.#endTurn())
    else this.commit()
  }

  /** Makes all appended records stable; to be called before any of them is acknowledged. */
  commit(): void {
    this.#file.commit(this.#pending)
    this.#pending = 0
  }

  /** Gives the SlotTranscript of a slot, while it is kept. */
  result(slot: Slot): Uint8Array | undefined {
    const row = this.#file.attempt('read', () => this.#statements.result.get(slot)) as unknown as Row | undefined
    return row && this.#record(row).bytes
  }

  /** Commits, and closes the store. */
  close(): void {
    clearImmediate(this.#turnEnd)
    this.#turnEnd = undefined
    try {
      // An earlier failure has been reported; closing does not fail for it again.
      if (this.#pending > 0 && !this.#file.failed) this.commit()
    } finally {
      this.#file.close()
    }
  }

  #endTurn(): void {
    this.#turnEnd = undefined
    // The caller that appended or committed has been told.
    if (this.#file.failed) return
    try {
      this.commit()
    } catch (cause) {
      if (!(cause instanceof HushgridError)) throw cause
      this.onFailure(cause)
    }
  }

  #write(record: AggregatorRecord): void {
    const { roster, received } = this.#statements
    const { bytes } = record
    const hash = sha256(bytes)
    if (record.kind === 'roster') {
      roster.run(this.#next++, record.from, hash, bytes)
      this.#giveUpRosters()
    } else if (record.kind === 'received') {
      received.run(this.#next++, record.slot, record.epoch, hash, bytes)
    } else {
      this.#writeOnce(record, hash)
    }
  }

  /** Refuses a second result for a slot, or a second request of one part, which would be evidence against us. */
  #writeOnce({ kind, slot, epoch, part = 0, bytes }: AggregatorSlotRecord, hash: Uint8Array): void {
    const { request, result, insertRequest, insertResult, dropReceived, dropRequests } = this.#statements
    const before = (kind === 'request' ? request.get(slot, part) : result.get(slot)) as unknown as Row | undefined
    if (before && equalBytes(before.hash, hash)) return
    if (before) throw new AggregatorStoreError(`${this.#file.path}: expected one ${kind} for slot ${slot}, got a second one that differs`)
    if (kind === 'request') {
      insertRequest.run(slot, part, this.#next++, epoch, hash, bytes)
      return
    }
    insertResult.run(slot, this.#next++, epoch, hash, bytes)
    this.#slots++
    // The result's transcript has all that entered it.
    for (const statement of [dropReceived, dropRequests]) statement.run(slot, slot - RECENT)
    this.#giveUpRosters()
    this.#giveUpOldest(slot)
  }

  #giveUpRosters(): void {
    const { rosters, newestSlot, dropRoster } = this.#statements
    const kept = rosters.all() as unknown as { written: number; firstSlot: number }[]
    const { newest } = newestSlot.get() as { newest: number }
    const spent = spentRosters(
      kept.map(({ firstSlot }) => firstSlot),
      newest
    )
    for (const { written } of kept.slice(0, spent)) dropRoster.run(written)
  }

  /** @param except - slot whose result was just written */
  #giveUpOldest(except: Slot): void {
    const { dropOldest } = this.#statements
    while (this.#slots > this.#bounds.slots || this.#file.byteLength > this.#bounds.bytes) {
      const { changes } = dropOldest.run(except)
      if (changes === 0) return
      this.#slots -= Number(changes)
    }
  }

  #record({ kind, slot, epoch, part, hash, bytes }: Row): AggregatorRecord {
    if (!equalBytes(sha256(bytes), hash)) this.#file.damaged(`the ${kind} of slot ${slot} has changed`)
    if (kind === 'roster') return { kind, from: slot as Slot, bytes } satisfies RosterRecord
    return { kind, slot: slot as Slot, epoch: epoch as Epoch, ...(part > 0 && { part }), bytes }
  }
}

function prepare(file: SqliteFile) {
  const newest = `SELECT max(slot) FROM (SELECT max(slot) AS slot FROM received UNION ALL SELECT max(slot) FROM requests
    UNION ALL SELECT max(slot) FROM results UNION ALL SELECT -1)`
  const unfinished = `slot > (${newest}) - ${RECENT} AND slot NOT IN (SELECT slot FROM results)`
  return {
    last: file.prepare(`SELECT (SELECT count(*) FROM results) AS slots, ifnull((SELECT max(slot) FROM results), -1) AS closedThrough,
      1 + (SELECT max(written) FROM (SELECT max(written) AS written FROM rosters UNION ALL SELECT max(written) FROM received
        UNION ALL SELECT max(written) FROM requests UNION ALL SELECT max(written) FROM results UNION ALL SELECT 0)) AS next`),
    recent: file.prepare(`SELECT * FROM (
      SELECT written, 'roster' AS kind, firstSlot AS slot, 0 AS epoch, 0 AS part, hash, bytes FROM rosters
      UNION ALL SELECT written, 'received', slot, epoch, 0, hash, bytes FROM received WHERE ${unfinished}
      UNION ALL SELECT written, 'request', slot, epoch, part, hash, bytes FROM requests WHERE ${unfinished}
      UNION ALL SELECT * FROM (SELECT written, 'result', slot, epoch, 0, hash, bytes FROM results ORDER BY slot DESC LIMIT ${RECENT})
    ) ORDER BY written`),
    roster: file.prepare('INSERT INTO rosters (written, firstSlot, hash, bytes) VALUES (?, ?, ?, ?)'),
    rosters: file.prepare('SELECT written, firstSlot FROM rosters ORDER BY written'),
    dropRoster: file.prepare('DELETE FROM rosters WHERE written = ?'),
    newestSlot: file.prepare(`SELECT (${newest}) AS newest`),
    received: file.prepare(
      'INSERT INTO received (written, slot, epoch, hash, bytes) VALUES (?, ?, ?, ?, ?) ON CONFLICT (slot, hash) DO NOTHING'
    ),
    request: file.prepare("SELECT written, 'request' AS kind, slot, epoch, part, hash, bytes FROM requests WHERE slot = ? AND part = ?"),
    result: file.prepare("SELECT written, 'result' AS kind, slot, epoch, 0 AS part, hash, bytes FROM results WHERE slot = ?"),
    insertRequest: file.prepare('INSERT INTO requests (slot, part, written, epoch, hash, bytes) VALUES (?, ?, ?, ?, ?, ?)'),
    insertResult: file.prepare('INSERT INTO results (slot, written, epoch, hash, bytes) VALUES (?, ?, ?, ?, ?)'),
    dropReceived: file.prepare('DELETE FROM received WHERE slot = ? OR slot <= ?'),
    dropRequests: file.prepare('DELETE FROM requests WHERE slot = ? OR slot <= ?'),
    dropOldest: file.prepare('DELETE FROM results WHERE slot = (SELECT min(slot) FROM results WHERE slot <> ?)')
  }
}
