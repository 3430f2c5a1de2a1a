// Stores for tests, on SQLite and on PostgreSQL where there is one, with accounts in every role.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Clock, IMPORT_LANE, type Millis, SeededRng, type Slot, sha256, slot, utf8 } from '@hushgrid/primitives'
import { afterEach, describe, it } from 'vitest'
import type { Actor, Role } from '../../src/access/roles.ts'
import type { Database } from '../../src/database/database.ts'
import { openStore, type StoreOptions } from '../../src/database/open-store.ts'
import { openPostgres } from '../../src/database/postgres-database.ts'
import { openSqlite } from '../../src/database/sqlite-database.ts'
import type { Store } from '../../src/database/store.ts'
import { StoreUnavailableError } from '../../src/errors.ts'
import { type KeyRing, keyRing } from '../../src/keys/key-ring.ts'
import type { EncryptedReadings, HouseholdBill, SlotTotal } from '../../src/records/records.ts'

/** A database server or file to run the suite on. */
export interface Backend {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** Where a new, empty store can be made. */
  location(): Promise<string>
  /** The database behind a location, past the store. */
  raw(location: string): Promise<Database>
}

export const NETWORK = 'elm-street'
export const DAY = 96
/** 2025-03-24T00:00:00Z in slots of 900 s. */
export const MONDAY = Math.floor(Date.UTC(2025, 2, 24) / 900_000)
export const PASSWORD = 'correct horse battery'

const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (const action of undo.splice(0).reverse()) await action()
})

/** Runs when the test is over, the last first. */
export function later(action: () => Promise<void> | void): void {
  undo.push(action)
}

export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'hushgrid-mdms-'))
  later(() => rmSync(path, { recursive: true }))
  return path
}

const sqlite: Backend = {
  name: 'SQLite',
  location: () => Promise.resolve(join(folder(), 'mdms.db')),
  raw: location => openSqlite(location, false)
}

/** The first server that can be reached. One that the environment names has to be. */
async function findServer(): Promise<string | undefined> {
  const named = process.env.HUSHGRID_POSTGRES
  for (const url of named ? [named] : ['postgres://localhost/postgres', 'postgres:///postgres?host=/var/run/postgresql']) {
    try {
      await (await openPostgres(url)).close()
      return url
    } catch (cause) {
      if (named || !(cause instanceof StoreUnavailableError)) throw cause
    }
  }
  return undefined
}

function postgresAt(server: string): Backend {
  const script = async (sql: string) => {
    const database = await openPostgres(server)
    try {
      await database.transaction(transaction => transaction.script(sql))
    } finally {
      await database.close()
    }
  }
  return {
    name: 'PostgreSQL',
    location: async () => {
      // Also beside another run at the same server, or what one that was killed has left.
      const schema = `hushgrid_test_${randomUUID().replaceAll('-', '')}`
      await script(`CREATE SCHEMA ${schema}`)
      later(() => script(`DROP SCHEMA ${schema} CASCADE`))
      const url = new URL(server)
      url.searchParams.set('search_path', schema)
      return url.href
    },
    raw: openPostgres
  }
}

const server = await findServer()
const backends = server === undefined ? [sqlite] : [sqlite, postgresAt(server)]

/** Declares the same tests for each database. Where there is no PostgreSQL, a skipped test says so. */
export function onEachBackend(declare: (backend: Backend) => void): void {
  for (const backend of backends) describe(backend.name, () => declare(backend))
  if (server === undefined) {
    describe('PostgreSQL', () => {
      it('is not tested: no server answers at localhost or its socket, and HUSHGRID_POSTGRES names none', context => context.skip())
    })
  }
}

/** A clock that is set by hand; a second passes with each look at it. */
export class SteppedClock implements Clock {
  time = Date.UTC(2026, 0, 1)

  now(): Millis {
    this.time += 1000
    return this.time as Millis
  }
}

export function testKeys(...ids: readonly string[]): KeyRing {
  return keyRing(ids.map(id => ({ id, key: sha256(utf8(`test key ${id}`)) })))
}

export interface OpenStore {
  readonly backend: Backend
  readonly store: Store
  readonly location: string
  readonly clock: SteppedClock
}

/** A new store that knows {@link NETWORK}, with one account a role. */
export async function freshStore(backend: Backend, options: Partial<StoreOptions> = {}): Promise<OpenStore> {
  const location = await backend.location()
  const clock = new SteppedClock()
  const store = await openAgain(location, { clock, rng: new SeededRng(location), ...options })
  await store.registerNetwork({ network: NETWORK, slotSeconds: 900 })
  return { backend, store, location, clock }
}

export async function openAgain(location: string, options: Partial<StoreOptions> = {}): Promise<Store> {
  const store = await openStore({ location, keys: testKeys('first'), clock: new SteppedClock(), flush: false, ...options })
  later(() => store.close())
  return store
}

/** Runs something on the database behind a store, past the store. */
export async function behind<T>({ backend, location }: OpenStore, action: (database: Database) => Promise<T>): Promise<T> {
  const database = await backend.raw(location)
  try {
    return await action(database)
  } finally {
    await database.close()
  }
}

/** The household of {@link actors}' customer. */
export const HOUSEHOLD = 'h-0417'
/** The tariff of {@link addTariff}. */
export const TARIFF = 'flat'
const TARIFF_TEXT = 'price: 12\n'
const TARIFF_HASH = sha256(utf8(TARIFF_TEXT))

/** An account of each role, made past the store: hashing passwords takes long, and is tested by itself. */
export async function actors(open: OpenStore): Promise<Record<Role, Actor>> {
  const roles: readonly Role[] = ['supplier-analyst', 'billing', 'auditor', 'admin', 'customer']
  await behind(open, database =>
    database.transaction(async transaction => {
      for (const role of roles) {
        await transaction.run(
          'INSERT INTO accounts (account, password, roles, household) VALUES (?, ?, ?, ?)',
          ...[`the ${role}`, 'none', role, role === 'customer' ? HOUSEHOLD : null]
        )
      }
    })
  )
  return Object.fromEntries(roles.map(role => [role, { account: `the ${role}`, role }])) as Record<Role, Actor>
}

export function totalOf(number: number, fields: Partial<SlotTotal> = {}): SlotTotal {
  return {
    network: NETWORK,
    slot: slot(number),
    lanes: { [IMPORT_LANE]: BigInt(number % 7919) + 1000n },
    contributors: 48,
    missing: 2,
    mode: 'dcnet',
    resultHash: sha256(utf8(`transcript of ${number}`)),
    received: (number * 900_000) as Millis,
    ...fields
  }
}

/** A tariff that is valid in 2025. */
export async function addTariff({ store }: OpenStore, billing: Actor): Promise<void> {
  const [from, until] = [Date.UTC(2025, 0), Date.UTC(2026, 0)] as Millis[]
  await store.addTariff(billing, { tariff: TARIFF, text: TARIFF_TEXT, from: from as Millis, until: until as Millis })
}

export function billOf(from: number, until: number, fields: Partial<HouseholdBill> = {}): HouseholdBill {
  return {
    network: NETWORK,
    household: HOUSEHOLD,
    period: { from, until },
    tariff: TARIFF,
    tariffHash: TARIFF_HASH,
    amount: 9_576_048n,
    unit: 'hundred-thousandths of a penny',
    gaps: 3,
    bill: utf8(`a bill and its proof, ${from} to ${until}`),
    verified: true,
    received: 1 as Millis,
    ...fields
  }
}

export function readingsOf(from: number, until: number, fields: Partial<EncryptedReadings> = {}): EncryptedReadings {
  const batch = utf8(`ciphertexts of ${from} to ${until}`)
  return { network: NETWORK, household: HOUSEHOLD, period: { from, until }, batch, received: 2 as Millis, ...fields }
}

export const at = (number: number) => number as Slot
