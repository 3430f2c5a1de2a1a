// Nothing of the store, from schema to methods, has a household and a slot.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { MIGRATIONS } from '../../src/database/migrations.ts'
import {
  actors,
  addTariff,
  behind,
  billOf,
  freshStore,
  HOUSEHOLD,
  MONDAY,
  NETWORK,
  onEachBackend,
  readingsOf
} from '../support/store-backends.ts'

const SOURCE = join(import.meta.dirname, '../../src')
/** What a bill of a household is made of, beside the household. */
const CHECKED_BILL = '../../billing/src/check/checked-bill.ts'
/** Names that could say whose it is, and when. A period or range is of many slots; the schema and the store see to it. */
const WHO = /household|account|meter|customer/i
const WHEN = /slot(?!_?seconds)/i

/** Declarations of an interface, by the name of the method or field. */
function membersOf(file: string, name: string): Map<string, string> {
  const text = readFileSync(join(SOURCE, file), 'utf8').replaceAll(/\/\*\*[\s\S]*?\*\//g, '')
  const body = new RegExp(`^(?:export )?interface ${name}\\b[^{]*\\{\\n([\\s\\S]*?)\\n\\}`, 'm').exec(text)?.[1] ?? ''
  const members = [...body.matchAll(/^ {2}(?:readonly )?(\w+)\??[(:][\s\S]*?(?=^ {2}\w|$(?![\s\S]))/gm)]
  return new Map(members.map(([declaration, member]) => [member as string, declaration]))
}

onEachBackend(backend => {
  it('has no table with both a household and a slot', async () => {
    const open = await freshStore(backend)
    const columns = await behind(open, database =>
      database.transaction(async transaction => {
        if (backend.name === 'PostgreSQL') {
          return await transaction.all(
            'SELECT table_name AS name, column_name AS field FROM information_schema.columns WHERE table_schema = current_schema()'
          )
        }
        return await transaction.all('SELECT m.name AS name, c.name AS field FROM sqlite_schema m, pragma_table_info(m.name) c')
      })
    )
    const tables = Map.groupBy(columns, row => String(row.name))
    const named = (pattern: RegExp) =>
      [...tables].filter(([, fields]) => fields.some(({ field }) => pattern.test(String(field)))).map(([name]) => name)
    expect(named(WHEN).sort()).toEqual(['result_conflicts', 'results'])
    expect(named(WHO).sort()).toEqual([
      'accounts',
      'audit',
      'bills',
      'consents',
      'consumption',
      'consumption_conflicts',
      'household_conflicts',
      'reading_batches'
    ])
    // A new table has to be looked at here.
    expect([...tables.keys()].sort()).toEqual([
      'accounts',
      'audit',
      'audit_head',
      'bills',
      'consents',
      'consumption',
      'consumption_conflicts',
      'data_keys',
      'household_conflicts',
      'migrations',
      'networks',
      'reading_batches',
      'result_conflicts',
      'results',
      'settings',
      'tariffs'
    ])
    const energy = [...tables].filter(([, fields]) => fields.some(({ field }) => field === 'sealed')).map(([name]) => name)
    expect(energy.sort()).toEqual(['bills', 'consumption', 'reading_batches', 'result_conflicts', 'results'])
  })
})

it('has no record with both a household and a slot', () => {
  const records = [...readFileSync(join(SOURCE, 'records/records.ts'), 'utf8').matchAll(/export interface (\w+)/g)].map(
    ([, name]) => name as string
  )
  expect(records.length).toBeGreaterThan(5)
  const checked = [...membersOf(CHECKED_BILL, 'CheckedBill').keys()]
  expect(checked).toContain('amount')
  for (const record of records) {
    const own = [...membersOf('records/records.ts', record).keys()]
    const fields = record === 'HouseholdBill' ? [...own, ...checked] : own
    expect(fields.length).toBeGreaterThan(1)
    expect({ record, both: fields.some(field => WHO.test(field)) && fields.some(field => /^slot$/i.test(field)) }).toEqual({
      record,
      both: false
    })
  }
})

it('has no method that takes or gives both', async () => {
  const methods = new Map([...membersOf('database/store.ts', 'StoreKeeping'), ...membersOf('database/store.ts', 'StoreAccess')])
  const { DatabaseStore } = await import('../../src/database/database-store.ts')
  const real = Object.getOwnPropertyNames(DatabaseStore.prototype).filter(name => name !== 'constructor' && name !== 'name')
  // What is parsed out of the source is what there is.
  expect([...methods.keys()].sort()).toEqual(real.sort())
  const withHousehold = [...methods]
    .filter(([, declaration]) => /household|consumption|bill|readings|conflicts/i.test(declaration))
    .map(([name]) => name)
  expect(withHousehold.sort()).toEqual([
    'closeAccount',
    'deleteReadings',
    'readBillingRun',
    'readBills',
    'readConflicts',
    'readConsents',
    'readConsumption',
    'readHouseholdAccess',
    'readHouseholdBills',
    'readHouseholdConsumption',
    'readReadings',
    'recordBill',
    'recordConsumption',
    'recordReadings',
    'setConsent'
  ])
  // Each of them deals in whole periods, by these records; in the audit log's lines; or in no time of a reading at all.
  for (const record of ['Consent', 'ClosedAccount']) {
    expect([...membersOf('records/records.ts', record)].filter(([, declaration]) => WHEN.test(declaration))).toEqual([])
  }
  for (const record of [
    'HouseholdConsumption',
    'ConsumptionConflict',
    'EncryptedReadings',
    'HouseholdBill',
    'BillingRun',
    'HouseholdConflict'
  ]) {
    expect(membersOf('records/records.ts', record).get('period')).toContain('SlotRange')
    expect([...membersOf('records/records.ts', record).keys()]).not.toContain('slot')
  }
  expect([...membersOf(CHECKED_BILL, 'CheckedBill').keys()]).not.toContain('slot')
  const withSlot = [...methods]
    .filter(([, declaration]) => /\bslot\b|SlotTotal|LostSlot|ResultConflict|Conflicts>/.test(declaration))
    .map(([name]) => name)
  expect(withSlot.sort()).toEqual(['readConflicts', 'readLostSlots', 'readTotals', 'recordLost', 'recordTotal'])
})

it('refuses a household’s single slot in the schema itself', () => {
  const dialect = { name: 'sqlite' as const, integer: 'INTEGER', bytes: 'BLOB', table: '', appendOnly: () => '' }
  const sql = MIGRATIONS.map(migration => migration.sql(dialect)).join('')
  for (const table of ['consumption', 'consumption_conflicts', 'reading_batches', 'bills', 'household_conflicts']) {
    expect(new RegExp(`CREATE TABLE ${table} \\([^;]*CHECK \\(period_until - period_from >= 2\\)`).test(sql)).toBe(true)
  }
})

onEachBackend(backend => {
  it('gives a household’s readings to its customer only, encrypted as they came, and nothing of them otherwise', async () => {
    const open = await freshStore(backend)
    const everybody = await actors(open)
    await addTariff(open, everybody.billing)
    const [from, until] = [MONDAY, MONDAY + 96]
    const marked = Uint8Array.from({ length: 4000 }, (_, i) => (i * 197 + (i >> 3)) % 251)
    await open.store.recordReadings(readingsOf(from, until, { batch: marked }))
    await open.store.recordBill(billOf(from, until))
    const [given, ...more] = await open.store.readReadings(everybody.customer, HOUSEHOLD, { from, until })
    expect(more).toEqual([])
    expect(given?.batch).toEqual(marked)
    // Whatever else the store gives out, to whom it may, holds no part of the batch.
    const answers = await Promise.all([
      open.store.readTotals(everybody['supplier-analyst'], NETWORK, { from, until }),
      open.store.readConsumption(everybody.billing, NETWORK, { from, until }),
      open.store.readBills(everybody.billing, NETWORK, { from, until }),
      open.store.readHouseholdBills(everybody.billing, HOUSEHOLD, { from, until }),
      open.store.readBillingRun(everybody.billing, NETWORK, { from, until }),
      open.store.readConflicts(everybody.auditor, NETWORK),
      open.store.readAuditLog(everybody.auditor)
    ])
    const text = JSON.stringify(answers, (_, value) =>
      typeof value === 'bigint' ? String(value) : value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value
    )
    expect(text).toContain(HOUSEHOLD)
    expect(text).not.toContain(Buffer.from(marked.subarray(0, 16)).toString('hex'))
    // Nor does the database: the batch is sealed once more.
    const [row] = await behind(open, database => database.transaction(transaction => transaction.all('SELECT sealed FROM reading_batches')))
    const sealed = Buffer.from(row?.sealed as Uint8Array)
    expect(sealed.byteLength).toBeGreaterThan(marked.byteLength)
    for (let at = 0; at < marked.byteLength; at += 8) expect(sealed.includes(marked.subarray(at, at + 8))).toBe(false)
  })
})
