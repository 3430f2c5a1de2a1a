// The way into the store: SQLite or PostgreSQL by its address, its keys opened and its schema brought up to date.
import { type Clock, InvalidArgumentError, type Rng, systemRng } from '@hushgrid/primitives'
import { HONEST_IN_SUM } from '@hushgrid/topology'
import { AuditLog } from '../access/audit-log.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { StoreKeys } from '../keys/store-keys.ts'
import { DEFAULT_RETENTION } from '../records/retention.ts'
import type { Limits, Retained } from './context.ts'
import type { Database } from './database.ts'
import { DatabaseStore } from './database-store.ts'
import { migrate } from './migrations.ts'
import { openPostgres } from './postgres-database.ts'
import { openSqlite } from './sqlite-database.ts'
import type { Store } from './store.ts'

/** Options of opening a store. */
export interface StoreOptions {
  /** Path of a SQLite file, made where there is none; or `postgres://user:password@host:port/database`. */
  readonly location: string
  /** Keys outside the database. */
  readonly keys: KeyRing
  /** Clock of the audit log, UTC. */
  readonly clock: Clock
  /** Source of keys, nonces and salts; the system's unless said otherwise. */
  readonly rng?: Rng
  /** Makes SQLite's commits outlive a loss of power; true unless said otherwise. */
  readonly flush?: boolean
  /** Fewest meters in a total that is kept; PROTOCOL.md's h, 3, unless said otherwise. At least 2. */
  readonly minimumContributors?: number
  /** Fewest slots of a household's billing period; a day's unless said otherwise. At least 2. */
  readonly minimumPeriodSlots?: number
  /**
   * Ages in milliseconds at which totals, households' consumption and bills, and encrypted readings are deleted;
   * DEFAULT_RETENTION has those left out.
   */
  readonly retention?: Readonly<Partial<Record<Retained, number>>>
}

/**
 * Opens a store, and brings its schema to this version's.
 *
 * @throws StoreUnavailableError, StoreDamagedError, StoreVersionError; KeyRingError where the ring does not have its key;
 *   InvalidArgumentError where an option is not what it must be
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { location, keys, clock, rng = systemRng, flush = true } = options
  const limits = checkedLimits(options)
  const database = /^postgres(?:ql)?:\/\//.test(location) ? await openPostgres(location) : await openSqlite(location, flush)
  try {
    await migrate(database, clock)
    const storeKeys = await database.transaction(transaction => StoreKeys.open(transaction, keys, rng, database.name))
    const audit = new AuditLog(storeKeys, clock, database.name)
    await database.transaction(transaction => audit.head(transaction))
    return new DatabaseStore({ database, storeKeys, audit, clock, rng, limits })
  } catch (cause) {
    await closeAfter(database, cause)
    throw cause
  }
}

/** Closes a database after a failure, which stays the error; a failure to close is told beside it. */
async function closeAfter(database: Database, cause: unknown): Promise<void> {
  try {
    await database.close()
  } catch (second) {
    throw new AggregateError([cause, second], `${database.name}: could neither be opened nor closed`)
  }
}

/** @throws InvalidArgumentError */
function checkedLimits({ minimumContributors = HONEST_IN_SUM, minimumPeriodSlots, ...options }: StoreOptions): Limits {
  const retention = { ...DEFAULT_RETENTION, ...options.retention }
  const atLeastTwo = { minimumContributors, ...(minimumPeriodSlots !== undefined && { minimumPeriodSlots }) }
  for (const [name, value] of Object.entries(atLeastTwo)) {
    if (!Number.isSafeInteger(value) || value < 2) throw new InvalidArgumentError(name, 'a whole number from 2 on', String(value))
  }
  for (const [name, value] of Object.entries(retention)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new InvalidArgumentError(`retention of ${name}`, 'milliseconds, at least 1', String(value))
  }
  return { minimumContributors, minimumPeriodSlots, retention }
}
