// SQLite file of one process, for state that must not be forgotten: checked at opening, unusable once it fails.
import { chmodSync, closeSync, existsSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { HushgridError } from '@hushgrid/primitives'
import { flushFolder } from './flush-folder.ts'
import { type LogState, logState } from './write-ahead-log.ts'

export interface SqliteFileInit {
  readonly path: string
  /** Number that tells our file from other programs' (SQLite's `application_id`). */
  readonly applicationId: number
  /** Version of the schema (SQLite's `user_version`). */
  readonly version: number
  /** Sentence for a file of an older version. */
  readonly older: string
  /** Statements that make the schema. */
  readonly schema: string
  /** True where commits outlive a loss of power; else they outlive the process only, which is enough for a lab. */
  readonly flush: boolean
  /** True where the file was made before, so that a missing or empty one was lost. */
  readonly known: boolean
  /** Most pages of 4,096 bytes; the disk is the limit where it is left out. */
  readonly maxPages?: number | undefined
  /** Words for the errors on what cannot go on without an intact file. */
  readonly stake: string
  /** Makes the errors that are thrown. */
  readonly error: (message: string) => HushgridError
}

/** Bytes of records, and below the commits, after which the log is copied into the file. */
const COPY_BYTES = 1024 * 1024
const COPY_COMMITS = 256
const MARK = 'CREATE TABLE own (whole INTEGER NOT NULL) STRICT; INSERT INTO own VALUES (1);'

/**
 * SQLite file in WAL mode that belongs to this process alone. It is checked at opening, and not written any more once
 * something has failed: a node stops rather than forgets.
 *
 * SQLite takes a file whose write-ahead log is missing, as after a copy without the log, for a whole one, and so would
 * forget the log's transactions. Therefore an open file says that it is not whole, and the first transaction in its log
 * says that it is. A closed file is whole by itself.
 */
export class SqliteFile {
  readonly path: string
  readonly #init: SqliteFileInit
  readonly #database: DatabaseSync
  #failure: HushgridError | undefined
  #bytes = 0
  #commits = 0

  private constructor(init: SqliteFileInit, database: DatabaseSync) {
    this.path = init.path
    this.#init = init
    this.#database = database
  }

  /**
   * Opens the file, or makes it where there is none, readable by its owner only.
   *
   * @throws an error made by `error`, where the file is lost, damaged, another program's, in use, or cannot be written
   */
  static open(init: SqliteFileInit): SqliteFile {
    const { path, known } = init
    if (known && !existsSync(path)) throw lost(init, 'none')
    const log = `${path}-wal`
    let state: LogState
    let database: DatabaseSync
    try {
      // Reads the log before SQLite opens the file, which copies the log into it and deletes it.
      state = existsSync(log) ? logState(readFileSync(log)) : 'missing'
      if (state === 'broken') throw lost(init, `one whose log is damaged (${log})`)
      closeSync(openSync(path, 'a', 0o600))
      chmodSync(path, 0o600)
      database = new DatabaseSync(path)
    } catch (cause) {
      if (cause instanceof HushgridError) throw cause
      throw init.error(`${path}: expected a file that can be written to, got ${codeOf(cause)}`)
    }
    const file = new SqliteFile(init, database)
    try {
      file.attempt('open', () => file.#begin(state))
    } catch (cause) {
      database.close()
      throw cause
    }
    return file
  }

  #begin(log: LogState): void {
    const { flush, maxPages, version, applicationId, schema, known } = this.#init
    const database = this.#database
    // No other process reads it; an exclusive lock needs no shared memory, which a full disk could take away.
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = ${flush ? 'FULL' : 'OFF'}; PRAGMA cell_size_check = ON`)
    const fresh = this.#number('SELECT count(*) FROM sqlite_schema') === 0
    if (fresh && known) throw lost(this.#init, 'an empty one')
    if (!fresh) this.#check()
    const mode = database.prepare('PRAGMA journal_mode = WAL').get()?.journal_mode
    if (mode !== 'wal') throw this.#init.error(`${this.path}: expected a file system that can have a write-ahead log, got mode ${mode}`)
    database.exec('PRAGMA wal_autocheckpoint = 0')
    if (maxPages !== undefined) database.exec(`PRAGMA max_page_count = ${maxPages}`)
    if (fresh) {
      database.exec(
        `BEGIN IMMEDIATE; ${schema}; ${MARK} PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${version}; COMMIT`
      )
    } else if (this.#number('SELECT whole FROM own') !== 1 && log === 'missing') {
      throw lost(this.#init, `one without the end of its log (${this.path}-wal)`)
    }
    this.#renew()
    if (flush) flushFolder(dirname(this.path))
  }

  #check(): void {
    const { path, error, applicationId, version, older } = this.#init
    const found = this.#number('PRAGMA application_id')
    if (found !== applicationId) throw error(`${path}: expected a file of ours, got another program's (application id ${found})`)
    const got = this.#number('PRAGMA user_version')
    if (got < version) throw error(`${path}: ${older}`)
    if (got > version) throw error(`${path}: expected version ${version} of the file, got ${got}`)
    const state = String(this.#database.prepare('PRAGMA quick_check(1)').get()?.quick_check)
    // The first of several lines only names the database.
    if (state !== 'ok') throw lost(this.#init, `a damaged one (${state.split('\n').at(-1)})`)
  }

  /**
   * Copies the log into the file, and marks the file as not whole without the log to come. A process killed anywhere in it
   * leaves a log with at least a header.
   */
  #renew(): void {
    this.#database.exec('UPDATE own SET whole = 0')
    const { busy } = this.#database.prepare('PRAGMA wal_checkpoint(FULL)').get() ?? {}
    if (busy !== 0) throw this.#init.error(`${this.path}: expected to copy its log into it, got it in use`)
    this.#database.exec('UPDATE own SET whole = 1')
    this.#bytes = 0
    this.#commits = 0
  }

  #number(sql: string): number {
    return Object.values(this.#database.prepare(sql).get() ?? {})[0] as number
  }

  prepare(sql: string): StatementSync {
    return this.attempt('read', () => this.#database.prepare(sql))
  }

  /** Bytes of the file that are in use. */
  get byteLength(): number {
    return this.attempt('read', () => {
      const pages = this.#number('PRAGMA page_count') - this.#number('PRAGMA freelist_count')
      return pages * this.#number('PRAGMA page_size')
    })
  }

  /**
   * Runs an action that reads or writes. If it fails, uncommitted records are lost, and every later attempt fails likewise.
   *
   * @param what - a verb, for the error
   */
  attempt<T>(what: 'open' | 'read' | 'write to', action: () => T): T {
    if (this.#failure) throw this.#failure
    try {
      return action()
    } catch (cause) {
      this.#failure = cause instanceof HushgridError ? cause : this.#failed(what, cause)
      this.#rollBack()
      throw this.#failure
    }
  }

  /** True once something has failed, so that nothing can be read or written any more. */
  get failed(): boolean {
    return this.#failure !== undefined
  }

  /**
   * Fails the file, for a caller that finds something in it that was not written so.
   *
   * @throws an error made by `error`
   */
  damaged(detail: string): never {
    return this.attempt('read', () => {
      throw lost(this.#init, `a damaged one (${detail})`)
    })
  }

  #failed(what: string, cause: unknown): HushgridError {
    const code = (cause as { errcode?: number }).errcode
    // The low byte is the kind of error: 11 is SQLITE_CORRUPT, 26 SQLITE_NOTADB.
    const kind = (code ?? 0) & 0xff
    if (kind === 11 || kind === 26) return lost(this.#init, `a damaged one (${(cause as Error).message})`)
    return this.#init.error(`${this.path}: expected to ${what} it, got ${(cause as Error).message} (${codeOf(cause)})`)
  }

  #rollBack(): void {
    if (!this.#database.isTransaction) return
    try {
      this.#database.exec('ROLLBACK')
    } catch {
      // The failure that led here is the one to report; nothing is written after it either way.
    }
  }

  /** Begins a transaction, unless one is open. */
  begin(): void {
    this.attempt('write to', () => {
      if (!this.#database.isTransaction) this.#database.exec('BEGIN IMMEDIATE')
    })
  }

  /**
   * Commits the transaction, if one is open; it is stable when this returns.
   *
   * @param bytes - written in it, roughly
   */
  commit(bytes: number): void {
    this.attempt('write to', () => {
      if (!this.#database.isTransaction) return
      this.#database.exec('COMMIT')
      this.#bytes += bytes
      this.#commits++
      if (this.#bytes > COPY_BYTES || this.#commits > COPY_COMMITS) this.#renew()
    })
  }

  /** Closes the file without committing. */
  close(): void {
    if (!this.#database.isOpen) return
    this.#rollBack()
    this.#database.close()
    this.#failure ??= this.#init.error(`${this.path}: expected it to be open, got it closed`)
  }
}

function lost({ path, stake, error }: SqliteFileInit, got: string): HushgridError {
  return error(`${path}: expected an intact file, got ${got}; ${stake}. Restore it, or begin a new network in an empty directory`)
}

function codeOf(cause: unknown): string {
  const { errcode, code } = cause as { errcode?: number; code?: string }
  return errcode === undefined ? (code ?? String(cause)) : `SQLite ${errcode}`
}
