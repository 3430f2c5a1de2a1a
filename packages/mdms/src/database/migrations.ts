// The schema, version by version; a migration that was released is never changed.
import { type Clock, sha256, toHex, utf8 } from '@hushgrid/primitives'
import { StoreDamagedError, StoreVersionError } from '../errors.ts'
import type { Database, Dialect, Transaction } from './database.ts'

/** One step of the schema. Never changed once released: a later step alters its tables. */
export interface Migration {
  readonly version: number
  readonly name: string
  /** Statements, each ended by a semicolon. */
  sql(dialect: Dialect): string
}

// Refuses a total of fewer than two contributors and a period of one slot, whatever the store's configuration: either
// would be a household's slot.
function first({ integer, bytes, table, appendOnly }: Dialect): string {
  return `
CREATE TABLE settings (name TEXT PRIMARY KEY, value ${bytes} NOT NULL)${table};
CREATE TABLE data_keys (id ${integer} PRIMARY KEY, purpose TEXT NOT NULL, wrapped_by TEXT NOT NULL, wrapped ${bytes} NOT NULL)${table};
CREATE TABLE networks (network TEXT PRIMARY KEY, slot_seconds ${integer} NOT NULL)${table};
CREATE TABLE results (network TEXT NOT NULL REFERENCES networks (network), slot ${integer} NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('total', 'lost')), mode TEXT NOT NULL CHECK (mode IN ('dcnet', 'pes')),
  contributors ${integer} NOT NULL, missing ${integer} NOT NULL, reason TEXT, received ${integer} NOT NULL,
  key_id ${integer} NOT NULL REFERENCES data_keys (id), sealed ${bytes} NOT NULL, PRIMARY KEY (network, slot),
  CHECK (CASE kind WHEN 'total' THEN contributors >= 2 AND reason IS NULL ELSE contributors = 0 AND reason IS NOT NULL END))${table};
CREATE TABLE result_conflicts (number ${integer} PRIMARY KEY, network TEXT NOT NULL REFERENCES networks (network),
  slot ${integer} NOT NULL, kind TEXT NOT NULL, mode TEXT NOT NULL, contributors ${integer} NOT NULL, seen ${integer} NOT NULL,
  evidence ${bytes} NOT NULL, key_id ${integer} NOT NULL REFERENCES data_keys (id), sealed ${bytes} NOT NULL,
  UNIQUE (network, slot, evidence))${table};
CREATE TABLE consumption (network TEXT NOT NULL REFERENCES networks (network), household TEXT NOT NULL,
  period_from ${integer} NOT NULL, period_until ${integer} NOT NULL, source TEXT NOT NULL CHECK (source IN ('paillier', 'bill')),
  received ${integer} NOT NULL, key_id ${integer} NOT NULL REFERENCES data_keys (id), sealed ${bytes} NOT NULL,
  PRIMARY KEY (household, period_from, source), CHECK (period_until - period_from >= 2))${table};
CREATE TABLE consumption_conflicts (number ${integer} PRIMARY KEY, network TEXT NOT NULL REFERENCES networks (network),
  household TEXT NOT NULL, period_from ${integer} NOT NULL, period_until ${integer} NOT NULL, source TEXT NOT NULL,
  seen ${integer} NOT NULL, evidence ${bytes} NOT NULL, UNIQUE (household, period_from, source, evidence),
  CHECK (period_until - period_from >= 2))${table};
CREATE TABLE tariffs (tariff TEXT PRIMARY KEY, text TEXT NOT NULL, valid_from ${integer} NOT NULL, valid_until ${integer},
  hash ${bytes} NOT NULL)${table};
CREATE TABLE accounts (account TEXT PRIMARY KEY, password TEXT NOT NULL, roles TEXT NOT NULL)${table};
CREATE TABLE audit (number ${integer} PRIMARY KEY, at ${integer} NOT NULL, account TEXT, role TEXT, action TEXT NOT NULL,
  outcome TEXT NOT NULL, network TEXT, range_from ${integer}, range_until ${integer}, detail TEXT, mac ${bytes} NOT NULL)${table};
${appendOnly('audit')}
CREATE TABLE audit_head (one ${integer} PRIMARY KEY CHECK (one = 1), number ${integer} NOT NULL, mac ${bytes} NOT NULL)${table};`
}

// Refuses a period of one slot here, too, though a batch is encrypted and a bill sealed.
function second({ integer, bytes, table }: Dialect): string {
  const period = `network TEXT NOT NULL REFERENCES networks (network), household TEXT NOT NULL,
  period_from ${integer} NOT NULL, period_until ${integer} NOT NULL`
  const sealed = `received ${integer} NOT NULL, key_id ${integer} NOT NULL REFERENCES data_keys (id), sealed ${bytes} NOT NULL`
  return `
ALTER TABLE accounts ADD COLUMN household TEXT;
CREATE TABLE reading_batches (${period}, ${sealed},
  PRIMARY KEY (household, period_from), CHECK (period_until - period_from >= 2))${table};
CREATE INDEX reading_batches_of_network ON reading_batches (network, period_from);
CREATE TABLE bills (${period}, tariff TEXT NOT NULL REFERENCES tariffs (tariff), ${sealed},
  PRIMARY KEY (household, period_from), CHECK (period_until - period_from >= 2))${table};
CREATE INDEX bills_of_network ON bills (network, period_from);
CREATE TABLE household_conflicts (number ${integer} PRIMARY KEY, ${period},
  kind TEXT NOT NULL CHECK (kind IN ('bill', 'readings')), seen ${integer} NOT NULL, evidence ${bytes} NOT NULL,
  UNIQUE (household, kind, evidence), CHECK (period_until - period_from >= 2))${table};`
}

// Adds the log's indexes, which find the lines about one household among all.
function third({ integer, table }: Dialect): string {
  return `
CREATE TABLE consents (household TEXT NOT NULL, purpose TEXT NOT NULL CHECK (purpose IN ('keep-readings')),
  given ${integer} NOT NULL CHECK (given IN (0, 1)), since ${integer} NOT NULL, PRIMARY KEY (household, purpose))${table};
CREATE INDEX audit_by_detail ON audit (detail, number);
CREATE INDEX audit_by_network ON audit (network, number);
CREATE INDEX accounts_of_household ON accounts (household);`
}

// Changes no table, but older versions, which would misread a total with a withheld lane, refuse the store from now on.
function fourth(): string {
  return '-- Sealed totals may name withheld lanes.'
}

/** Every step from an empty database to the schema that this version reads. */
export const MIGRATIONS: readonly Migration[] = [
  { version: 1, name: 'results, consumption, tariffs, accounts, audit', sql: first },
  { version: 2, name: 'encrypted readings, bills, customers', sql: second },
  { version: 3, name: 'consents', sql: third },
  { version: 4, name: 'withheld lanes', sql: fourth }
]

/**
 * Brings a database to the last of the migrations: each is applied once, in a transaction of its own.
 *
 * @returns the versions that were applied now
 * @throws StoreVersionError where the database has a migration that this version does not know, or another of its number
 */
export async function migrate(database: Database, clock: Clock, migrations = MIGRATIONS): Promise<number[]> {
  const { integer, bytes, table } = database.dialect
  await database.transaction(transaction =>
    transaction.script(`CREATE TABLE IF NOT EXISTS migrations (version ${integer} PRIMARY KEY, name TEXT NOT NULL,
      hash ${bytes} NOT NULL, applied ${integer} NOT NULL)${table};`)
  )
  const applied: number[] = []
  for (const migration of migrations) {
    if (await database.transaction(transaction => apply(transaction, database, clock, migration))) applied.push(migration.version)
  }
  await database.transaction(transaction => refuseNewer(transaction, database.name, migrations))
  return applied
}

async function apply(transaction: Transaction, { name, dialect }: Database, clock: Clock, migration: Migration): Promise<boolean> {
  const { version } = migration
  const sql = migration.sql(dialect)
  const hash = sha256(utf8(sql))
  const known = await transaction.all('SELECT version, hash FROM migrations WHERE version >= ? ORDER BY version', version)
  const same = known.find(row => row.version === version)
  if (same) {
    const got = same.hash as Uint8Array
    if (toHex(got) === toHex(hash)) return false
    throw new StoreVersionError(
      `${name}: expected migration ${version} as this version has it, got one with hash ${toHex(got).slice(0, 16)}`
    )
  }
  if (known.length > 0) throw new StoreDamagedError(`${name}: expected migration ${version} before the later ones, got it removed`)
  await transaction.script(sql)
  await transaction.run(
    'INSERT INTO migrations (version, name, hash, applied) VALUES (?, ?, ?, ?)',
    version,
    migration.name,
    hash,
    clock.now()
  )
  return true
}

async function refuseNewer(transaction: Transaction, name: string, migrations: readonly Migration[]): Promise<void> {
  const last = migrations.at(-1)?.version ?? 0
  const newer = await transaction.all('SELECT version FROM migrations WHERE version > ? ORDER BY version', last)
  if (newer.length > 0) {
    throw new StoreVersionError(`${name}: expected a store of version ${last} or older, got version ${newer.at(-1)?.version}`)
  }
}
