// PostgreSQL as the store's database.
import { HushgridError } from '@hushgrid/primitives'
import postgres from 'postgres'
import { StoreDamagedError, StoreUnavailableError, StoreVersionError } from '../errors.ts'
import type { Database, Dialect, Row, Transaction } from './database.ts'

/** `HGmd`, the advisory lock that a transaction holds, so that those of all processes run one after another. */
const LOCK = 0x48476d64
/** PostgreSQL's type number of bigint. */
const INT8 = 20
/** Seconds to connect in. */
const CONNECT = 10
/** Longest wait for a transaction's turn, ms: also of a server that is silent, or behind another process's transaction. */
const WITHIN = 30_000
/** Least version: the store's statements need INSERT … ON CONFLICT (9.5) and triggers with EXECUTE FUNCTION (11). */
const LEAST_VERSION = 11

const DIALECT: Dialect = {
  name: 'postgres',
  integer: 'BIGINT',
  bytes: 'BYTEA',
  table: '',
  appendOnly: table => `
CREATE FUNCTION ${table}_append_only() RETURNS trigger LANGUAGE plpgsql AS $body$
  BEGIN RAISE EXCEPTION '${table} is append-only'; END $body$;
CREATE TRIGGER ${table}_append_only BEFORE UPDATE OR DELETE ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_append_only();`
}

/**
 * A database on a PostgreSQL server.
 *
 * @param url - `postgres://user:password@host:port/database`; parameters after `?` are settings of the connection, such
 * as `search_path`, except `sslmode`, and `host`, which may name the folder of a local socket as in libpq
 * @param within - longest wait for a transaction's turn, ms
 * @throws StoreUnavailableError where it cannot be reached, StoreVersionError where the server is too old
 */
export async function openPostgres(url: string, within = WITHIN): Promise<Database> {
  const { name, address, host } = parse(url)
  let sql: Sql
  try {
    sql = postgres(address, {
      ...(host !== null && { host }),
      max: 4,
      connect_timeout: CONNECT,
      onnotice: () => {
        // Notices are about objects that exist already.
      },
      types: { bigint: { to: INT8, from: [INT8], parse: exactInteger, serialize: String } }
    })
    const [row] = await sql.unsafe('SHOW server_version_num')
    const version = Math.floor(Number(row?.server_version_num) / 10_000)
    if (version < LEAST_VERSION) {
      await sql.end()
      throw new StoreVersionError(`${name}: expected PostgreSQL ${LEAST_VERSION} or newer, got ${version}`)
    }
  } catch (cause) {
    throw failure(name, cause)
  }
  return new PostgresDatabase(name, sql, within)
}

type Sql = postgres.Sql<{ bigint: number }>

class PostgresDatabase implements Database {
  readonly name: string
  readonly dialect = DIALECT
  readonly #sql: Sql
  readonly #within: number

  constructor(name: string, sql: Sql, within: number) {
    this.name = name
    this.#sql = sql
    this.#within = within
  }

  async transaction<T>(action: (transaction: Transaction) => Promise<T>): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const gaveUp = new StoreUnavailableError(`${this.name}: expected a transaction's turn within ${this.#within / 1000} s, got none`)
    let isLate = false
    const timer = setTimeout(() => {
      isLate = true
      reject(gaveUp)
    }, this.#within)
    try {
      const running = this.#sql.begin(async sql => {
        await sql.unsafe(`SELECT pg_advisory_xact_lock(${LOCK})`)
        clearTimeout(timer)
        // Rolls back, since the caller has been told that nothing was done.
        if (isLate) throw gaveUp
        return [await action(within(sql))] as const
      })
      const result = await Promise.race([running, late])
      return (result as readonly [T])[0]
    } catch (cause) {
      throw failure(this.name, cause)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Frees dead rows now rather than at the server's leisure; overwrites neither them nor the write-ahead log. */
  async reclaim(tables: readonly string[]): Promise<void> {
    try {
      for (const table of tables) await this.#sql.unsafe(`VACUUM ${table}`)
    } catch (cause) {
      throw failure(this.name, cause)
    }
  }

  async close(): Promise<void> {
    await this.#sql.end({ timeout: 5 })
  }
}

function within(sql: postgres.TransactionSql<{ bigint: number }>): Transaction {
  const query = (text: string, parameters: readonly (string | number | Uint8Array | null)[]) =>
    sql.unsafe(numbered(text), [...parameters], { prepare: true })
  return {
    all: async (text, ...parameters) => (await query(text, parameters)).map(row => plainBytes(row)),
    run: async (text, ...parameters) => (await query(text, parameters)).count,
    script: async text => {
      await sql.unsafe(text)
    }
  }
}

/** Numbers each `?` for PostgreSQL; no statement has one that is not a parameter. */
function numbered(text: string): string {
  let number = 0
  return text.replaceAll('?', () => `$${++number}`)
}

/** Copies byte strings: those of the driver are Buffers, whose slice shares memory. */
function plainBytes(row: Record<string, unknown>): Row {
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, value instanceof Uint8Array ? new Uint8Array(value) : value])
  ) as Row
}

function exactInteger(text: string): number {
  const value = Number(text)
  if (!Number.isSafeInteger(value)) throw new StoreDamagedError(`store: expected an integer within ±2^53, got ${text}`)
  return value
}

/** Splits an address; the name is the URL without user, password and parameters. */
function parse(url: string): { name: string; address: string; host: string | null } {
  const parsed = URL.parse(url)
  if (!parsed) throw new StoreUnavailableError('store: expected postgres://user:password@host:port/database, got something else')
  const host = parsed.searchParams.get('host')
  parsed.searchParams.delete('host')
  return { name: `postgres://${parsed.host}${parsed.pathname}${host === null ? '' : ` in ${host}`}`, address: parsed.href, host }
}

function failure(name: string, cause: unknown): unknown {
  if (cause instanceof HushgridError) return cause
  const { code, message } = cause as { code?: string; message?: string }
  // Leaves a defect of this program as it is.
  if (code === undefined) return cause
  // Class XX of PostgreSQL's error codes: internal error, data corrupted, index corrupted.
  if (/^XX/.test(code)) return new StoreDamagedError(`${name}: expected an intact database, got "${message}" (${code})`)
  return new StoreUnavailableError(`${name}: expected to read or write it, got "${message}" (${code})`)
}
