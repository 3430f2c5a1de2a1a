// SQLite as the store's database: one file, which several processes may use.
import { chmodSync, closeSync, openSync } from 'node:fs'
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { HushgridError } from '@hushgrid/primitives'
import { StoreDamagedError, StoreUnavailableError, StoreVersionError } from '../errors.ts'
import type { Database, Dialect, Row, Transaction } from './database.ts'

/** `HGmd`, which marks the file's header as this program's. */
const APPLICATION_ID = 0x48476d64
/** Milliseconds to wait for one's turn, also behind another connection's transaction, and between two looks. */
const WITHIN = 5_000
const LOOK = 5
/** SQLITE_BUSY. */
const IS_BUSY = 5

const DIALECT: Dialect = {
  name: 'sqlite',
  integer: 'INTEGER',
  bytes: 'BLOB',
  table: ' STRICT',
  appendOnly: table => `
CREATE TRIGGER ${table}_no_update BEFORE UPDATE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;
CREATE TRIGGER ${table}_no_delete BEFORE DELETE ON ${table} BEGIN SELECT RAISE(ABORT, '${table} is append-only'); END;`
}

/**
 * Opens a database in one SQLite file, readable by its owner only. The rollback journal is cut to nothing after each
 * transaction, and deleted rows are overwritten with zeros: between transactions the file is whole by itself, and
 * nothing deleted is left in it.
 *
 * @param flush - true where commits outlive a loss of power; a lab's need not
 * @param within - longest wait for a transaction's turn, ms
 * @throws StoreUnavailableError, StoreDamagedError, StoreVersionError
 */
export async function openSqlite(path: string, flush: boolean, within = WITHIN): Promise<Database> {
  let file: DatabaseSync
  try {
    if (path !== ':memory:') {
      closeSync(openSync(path, 'a', 0o600))
      chmodSync(path, 0o600)
    }
    file = new DatabaseSync(path, { timeout: 0 })
  } catch (cause) {
    throw failure(path, cause)
  }
  try {
    await patiently(performance.now() + within, () => {
      file.exec(`PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; PRAGMA cell_size_check = ON; PRAGMA trusted_schema = OFF;
        PRAGMA synchronous = ${flush ? 'FULL' : 'OFF'}`)
      check(path, file)
      file.exec(`PRAGMA journal_mode = TRUNCATE; PRAGMA application_id = ${APPLICATION_ID}`)
    })
  } catch (cause) {
    file.close()
    throw failure(path, cause)
  }
  return new SqliteDatabase(path, file, within)
}

/**
 * Runs an action, and again while another connection is in the way, until a time. SQLite's own waiting would hold up the event loop,
 * and with it a transaction of this process that is waited for.
 */
async function patiently(until: number, action: () => void): Promise<void> {
  for (;;) {
    try {
      action()
      return
    } catch (cause) {
      if (((cause as { errcode?: number }).errcode ?? 0) % 256 !== IS_BUSY || performance.now() > until) throw cause
      await setTimeout(LOOK)
    }
  }
}

function check(path: string, file: DatabaseSync): void {
  const number = (sql: string) => Object.values(file.prepare(sql).get() ?? {})[0]
  const application = number('PRAGMA application_id')
  if (application !== APPLICATION_ID && (application !== 0 || number('SELECT count(*) FROM sqlite_schema') !== 0)) {
    throw new StoreVersionError(`${path}: expected a store of ours, got another program's file (application id ${application})`)
  }
  const state = String(number('PRAGMA quick_check(1)'))
  if (state !== 'ok') throw new StoreDamagedError(`${path}: expected an intact file, got ${state.split('\n').at(-1)}`)
}

class SqliteDatabase implements Database {
  readonly name: string
  readonly dialect = DIALECT
  readonly #file: DatabaseSync
  readonly #within: number
  readonly #statements = new Map<string, StatementSync>()
  /** Promise that settles after all transactions asked for so far: there is one connection, and so one at a time. */
  #last: Promise<unknown> = Promise.resolve()

  constructor(name: string, file: DatabaseSync, within: number) {
    this.name = name
    this.#file = file
    this.#within = within
  }

  transaction<T>(action: (transaction: Transaction) => Promise<T>): Promise<T> {
    // Counts from here, or the waits of those before would add up.
    const until = performance.now() + this.#within
    return this.#next(async () => {
      try {
        await patiently(until, () => this.#file.exec('BEGIN IMMEDIATE'))
        const result = await action(this.#transaction)
        await patiently(performance.now() + this.#within, () => this.#file.exec('COMMIT'))
        return result
      } catch (cause) {
        // Rolls back only an open transaction, since a failed write may have ended it.
        if (this.#file.isOpen && this.#file.isTransaction) await this.#attempt(() => this.#file.exec('ROLLBACK'))
        throw failure(this.name, cause)
      }
    })
  }

  /** Has nothing left to overwrite, after secure_delete. */
  reclaim(): Promise<void> {
    return Promise.resolve()
  }

  close(): Promise<void> {
    return this.#next(() => {
      if (this.#file.isOpen) this.#file.close()
      return Promise.resolve()
    })
  }

  #next<T>(action: () => Promise<T>): Promise<T> {
    const mine = this.#last.then(action)
    this.#last = mine.catch(() => {
      // Keeps a failure to its own caller; the next transaction is not concerned.
    })
    return mine
  }

  readonly #transaction: Transaction = {
    all: (sql, ...parameters) => this.#attempt(() => this.#prepare(sql).all(...parameters) as Row[]),
    run: (sql, ...parameters) => this.#attempt(() => Number(this.#prepare(sql).run(...parameters).changes)),
    script: sql => this.#attempt(() => this.#file.exec(sql))
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql)
    if (!statement) {
      statement = this.#file.prepare(sql)
      this.#statements.set(sql, statement)
    }
    return statement
  }

  #attempt<T>(action: () => T): Promise<T> {
    try {
      return Promise.resolve(action())
    } catch (cause) {
      return Promise.reject(failure(this.name, cause))
    }
  }
}

function failure(path: string, cause: unknown): unknown {
  const { errcode, code, message } = cause as { errcode?: number; code?: string; message: string }
  // Leaves a defect of this program as it is.
  if (cause instanceof HushgridError || code === undefined) return cause
  // Kind of the error, in the low byte: 11 is SQLITE_CORRUPT, 26 SQLITE_NOTADB.
  const kind = (errcode ?? 0) & 0xff
  if (kind === 11 || kind === 26) return new StoreDamagedError(`${path}: expected an intact file, got SQLite's "${message}"`)
  return new StoreUnavailableError(`${path}: expected to read or write it, got ${message} (${errcode ? `SQLite ${errcode}` : code})`)
}
