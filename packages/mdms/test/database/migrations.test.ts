// Stores of earlier versions, and migrations that fail.
import { chmodSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { IMPORT_LANE } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { MIGRATIONS, type Migration, migrate } from '../../src/database/migrations.ts'
import { openPostgres } from '../../src/database/postgres-database.ts'
import { openSqlite } from '../../src/database/sqlite-database.ts'
import { ConsentWithdrawnError, StoreDamagedError, StoreUnavailableError, StoreVersionError } from '../../src/errors.ts'
import {
  actors,
  addTariff,
  behind,
  billOf,
  DAY,
  folder,
  freshStore,
  HOUSEHOLD,
  later,
  MONDAY,
  NETWORK,
  onEachBackend,
  openAgain,
  readingsOf,
  SteppedClock,
  totalOf
} from '../support/store-backends.ts'

/** Undoes what versions from 3 on added. */
const WITHOUT_THIRD = `DROP TABLE consents; DROP INDEX audit_by_detail; DROP INDEX audit_by_network; DROP INDEX accounts_of_household;
  DELETE FROM migrations WHERE version >= 3;`

const next: Migration = {
  version: MIGRATIONS.length + 1,
  name: 'a column more',
  sql: ({ integer }) => `ALTER TABLE networks ADD COLUMN members ${integer}; UPDATE networks SET members = 7;`
}

onEachBackend(backend => {
  it('applies each migration once, and keeps what is there', async () => {
    const open = await freshStore(backend)
    await behind(open, async database => {
      expect(await migrate(database, open.clock)).toEqual([])
      expect(await migrate(database, open.clock, [...MIGRATIONS, next])).toEqual([next.version])
      expect(await migrate(database, open.clock, [...MIGRATIONS, next])).toEqual([])
      const rows = await database.transaction(transaction => transaction.all('SELECT network, members FROM networks'))
      expect(rows.map(row => row.members)).toEqual([7])
    })
  })

  it('leaves nothing of a migration that fails', async () => {
    const open = await freshStore(backend)
    const broken = { ...next, sql: (dialect: Parameters<Migration['sql']>[0]) => `${next.sql(dialect)} DROP TABLE nowhere;` }
    await behind(open, async database => {
      await expect(migrate(database, open.clock, [...MIGRATIONS, broken])).rejects.toThrow(/nowhere/)
      expect(await migrate(database, open.clock, [...MIGRATIONS, next])).toEqual([next.version])
    })
  })

  it('is not opened by an older version, nor by one with another schema', async () => {
    const open = await freshStore(backend)
    await behind(open, database => migrate(database, open.clock, [...MIGRATIONS, next]))
    await expect(openAgain(open.location)).rejects.toThrow(StoreVersionError)
    await behind(open, async database => {
      const [first, ...rest] = MIGRATIONS as [Migration, ...Migration[]]
      const other = { ...first, sql: (dialect: Parameters<Migration['sql']>[0]) => `${first.sql(dialect)} ` }
      await expect(migrate(database, open.clock, [other, ...rest, next])).rejects.toThrow(StoreVersionError)
      await database.transaction(transaction => transaction.run('DELETE FROM migrations WHERE version = 1'))
      await expect(migrate(database, open.clock, [...MIGRATIONS, next])).rejects.toThrow(StoreDamagedError)
    })
  })

  it('keeps what a store of version 1 has', async () => {
    const open = await freshStore(backend)
    const { auditor, 'supplier-analyst': analyst } = await actors(open)
    await open.store.recordTotal(totalOf(MONDAY))
    await open.store.close()
    // As version 1 left it.
    await behind(open, database =>
      database.transaction(transaction =>
        transaction.script(`${WITHOUT_THIRD} DROP TABLE reading_batches; DROP TABLE bills; DROP TABLE household_conflicts;
          DELETE FROM accounts WHERE household IS NOT NULL; ALTER TABLE accounts DROP COLUMN household;
          DELETE FROM migrations WHERE version = 2;`)
      )
    )
    const store = await openAgain(open.location)
    expect(await store.readTotals(analyst, NETWORK, { from: MONDAY, until: MONDAY + 1 })).toEqual([totalOf(MONDAY)])
    expect(await store.recordReadings(readingsOf(MONDAY, MONDAY + 96))).toBe('new')
    expect(await store.readConflicts(auditor, NETWORK)).toEqual({ results: [], consumption: [], households: [] })
    await store.verifyAuditLog(auditor)
  })

  it('keeps what a store of version 2 has, with every household’s consent as it was: never asked for', async () => {
    const open = await freshStore(backend)
    const { auditor, billing, customer } = await actors(open)
    await addTariff(open, billing)
    const [from, until] = [MONDAY, MONDAY + DAY]
    await open.store.recordReadings(readingsOf(from, until))
    await open.store.recordBill(billOf(from, until))
    await open.store.close()
    // As version 2 left it.
    await behind(open, database => database.transaction(transaction => transaction.script(WITHOUT_THIRD)))
    const store = await openAgain(open.location, { clock: open.clock })
    expect(await store.readReadings(customer, HOUSEHOLD, { from, until })).toEqual([readingsOf(from, until)])
    expect(await store.readHouseholdBills(customer, HOUSEHOLD, { from, until })).toEqual([billOf(from, until)])
    expect(await store.readConsents(customer, HOUSEHOLD)).toEqual([{ purpose: 'keep-readings', given: true }])
    // What was read before is in the log, and so told of now.
    expect((await store.readHouseholdAccess(customer, HOUSEHOLD)).map(({ action }) => action)).toEqual([
      'read readings',
      'read household bills',
      'read consents',
      'read household access'
    ])
    await store.setConsent(customer, HOUSEHOLD, 'keep-readings', false)
    await expect(store.recordReadings(readingsOf(from + DAY, until + DAY))).rejects.toThrow(ConsentWithdrawnError)
    await store.verifyAuditLog(auditor)
  })

  it('may be made by two processes at once', async () => {
    const location = await backend.location()
    await Promise.all([openAgain(location), openAgain(location)])
  })

  it('rolls a transaction back that fails, and runs the next', async () => {
    const location = await backend.location()
    const database = await backend.raw(location)
    later(() => database.close())
    await migrate(database, new SteppedClock())
    const insert = "INSERT INTO networks (network, slot_seconds) VALUES ('x', 900)"
    const failing = database.transaction(async transaction => {
      await transaction.run(insert)
      throw new RangeError('on purpose')
    })
    const following = database.transaction(transaction => transaction.all('SELECT network FROM networks'))
    await expect(failing).rejects.toThrow(RangeError)
    expect(await following).toEqual([])
    await expect(database.transaction(transaction => transaction.run(insert.replace('900', 'NULL')))).rejects.toThrow(StoreUnavailableError)
    expect(await database.transaction(transaction => transaction.run(insert))).toBe(1)
  })
})

describe('a SQLite file', () => {
  it('is its owner’s only, and another program’s is left alone', async () => {
    const path = `${folder()}/mdms.db`
    await (await openAgain(path)).close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    chmodSync(path, 0o644)
    await (await openAgain(path)).close()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    const other = `${folder()}/other.db`
    const file = new DatabaseSync(other)
    file.exec('CREATE TABLE t (x)')
    file.close()
    await expect(openAgain(other)).rejects.toThrow(StoreVersionError)
  })

  it('is refused where it is no database, damaged, or cannot be written', async () => {
    const path = `${folder()}/mdms.db`
    const store = await openAgain(path)
    await store.registerNetwork({ network: 'elm-street', slotSeconds: 900 })
    for (let i = 0; i < 200; i++) await store.recordTotal(totalOf(i, { lanes: { [IMPORT_LANE]: 1n } }))
    await store.close()
    const bytes = readFileSync(path)
    bytes.fill(0xa5, 4096 * 2, 4096 * 24)
    writeFileSync(path, bytes)
    await expect(openAgain(path)).rejects.toThrow(StoreDamagedError)
    writeFileSync(path, 'not a database, only a text that is long enough to be taken for one '.repeat(40))
    await expect(openAgain(path)).rejects.toThrow(StoreDamagedError)
    await expect(openAgain(`${folder()}/no/folder/mdms.db`)).rejects.toThrow(StoreUnavailableError)
  })

  it('waits for another connection without holding it up', async () => {
    const path = `${folder()}/mdms.db`
    const [one, two] = [await openSqlite(path, false), await openSqlite(path, false)]
    for (const database of [one, two]) later(() => database.close())
    const order: string[] = []
    await Promise.all([
      one.transaction(async () => {
        await new Promise(resolve => setTimeout(resolve, 60))
        order.push('one')
      }),
      two.transaction(() => Promise.resolve(order.push('two')))
    ])
    expect(order).toEqual(['one', 'two'])
  })
})

describe('a PostgreSQL URL', () => {
  it('is not repeated with its password where nobody answers', async () => {
    const refused = openPostgres('postgres://user:hunter2@127.0.0.1:9/store')
    await expect(refused).rejects.toThrow(StoreUnavailableError)
    await expect(refused).rejects.not.toThrow(/hunter2/)
    await expect(openPostgres('postgres://%zz:1:2')).rejects.toThrow(StoreUnavailableError)
  })
})
