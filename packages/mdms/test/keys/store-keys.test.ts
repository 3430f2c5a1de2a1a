// What the database shows without the keys, and rotation of the keys.
import { readFileSync } from 'node:fs'
import { EXPORT_LANE, IMPORT_LANE, type Millis, SeededRng } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { KeyRingError, StoreDamagedError } from '../../src/errors.ts'
import { keyRing } from '../../src/keys/key-ring.ts'
import { StoreKeys } from '../../src/keys/store-keys.ts'
import {
  actors,
  addTariff,
  behind,
  billOf,
  DAY,
  freshStore,
  HOUSEHOLD,
  MONDAY,
  NETWORK,
  type OpenStore,
  onEachBackend,
  openAgain,
  readingsOf,
  testKeys,
  totalOf
} from '../support/store-backends.ts'

const RANGE = { from: MONDAY, until: MONDAY + DAY }
/** As bytes: found in a file by themselves. */
const MARKED = 0x1badb002_5ca1ab1en

async function bytesOf(open: OpenStore): Promise<Buffer> {
  if (open.backend.name === 'SQLite') return readFileSync(open.location)
  const rows = await behind(open, database =>
    database.transaction(async transaction => [
      ...(await transaction.all('SELECT * FROM results')),
      ...(await transaction.all('SELECT * FROM result_conflicts')),
      ...(await transaction.all('SELECT * FROM consumption')),
      ...(await transaction.all('SELECT * FROM consumption_conflicts')),
      ...(await transaction.all('SELECT * FROM reading_batches')),
      ...(await transaction.all('SELECT * FROM bills')),
      ...(await transaction.all('SELECT * FROM household_conflicts')),
      ...(await transaction.all('SELECT * FROM audit'))
    ])
  )
  return Buffer.concat(
    rows.flatMap(row => Object.values(row).map(value => Buffer.from(value instanceof Uint8Array ? value : String(value))))
  )
}

async function fill(open: OpenStore): Promise<void> {
  const lanes = { [IMPORT_LANE]: MARKED, [EXPORT_LANE]: MARKED }
  await open.store.recordTotal(totalOf(MONDAY, { lanes }))
  await expect(open.store.recordTotal(totalOf(MONDAY, { lanes, missing: 7 }))).rejects.toThrow('differs')
  const period = { network: NETWORK, household: 'h', period: RANGE, source: 'bill' as const, received: 0 as Millis }
  await open.store.recordConsumption({ ...period, lanes })
  await expect(open.store.recordConsumption({ ...period, lanes: { [IMPORT_LANE]: MARKED } })).rejects.toThrow('differs')
}

const run = (open: OpenStore, sql: string) => behind(open, database => database.transaction(transaction => transaction.run(sql)))

onEachBackend(backend => {
  it('shows no energy and no key in the database', async () => {
    const open = await freshStore(backend)
    await fill(open)
    const bytes = await bytesOf(open)
    expect(bytes.includes(NETWORK)).toBe(true)
    const hex = MARKED.toString(16)
    const little = Buffer.from(hex, 'hex').reverse()
    for (const needle of [
      Buffer.from(hex, 'hex'),
      little,
      Buffer.from(hex),
      Buffer.from(String(MARKED)),
      Buffer.from(totalOf(MONDAY).resultHash)
    ]) {
      expect(bytes.includes(needle)).toBe(false)
    }
    expect(bytes.includes(Buffer.from(testKeys('first').current().key))).toBe(false)
  })

  it('encrypts values of any size to the same length', async () => {
    const open = await freshStore(backend)
    await open.store.recordTotal(totalOf(MONDAY, { lanes: { [IMPORT_LANE]: 0n } }))
    await open.store.recordTotal(totalOf(MONDAY + 1, { lanes: { [IMPORT_LANE]: -(2n ** 126n) } }))
    const rows = await behind(open, database => database.transaction(transaction => transaction.all('SELECT sealed FROM results')))
    const [a, b] = rows.map(row => row.sealed as Uint8Array)
    expect(a?.byteLength).toBe(b?.byteLength)
  })

  it.each([
    ['moved to another slot', 'UPDATE results SET slot = slot + 1'],
    ['given another mode', "UPDATE results SET mode = 'pes'"],
    ['given other contributors', 'UPDATE results SET contributors = 50'],
    ['given other missing members', 'UPDATE results SET missing = 0'],
    ['moved in time', 'UPDATE results SET received = 0']
  ])('does not read a total that was %s', async (_, sql) => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    await open.store.recordTotal(totalOf(MONDAY))
    expect(await open.store.readTotals(analyst, NETWORK, RANGE)).toHaveLength(1)
    expect(await run(open, sql)).toBe(1)
    await expect(open.store.readTotals(analyst, NETWORK, RANGE)).rejects.toThrow(StoreDamagedError)
  })

  it('does not read what belongs to another row, table or store', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst, billing } = await actors(open)
    await fill(open)
    await open.store.recordTotal(totalOf(MONDAY + 1))
    const other = `(SELECT sealed FROM results WHERE slot = ${MONDAY})`
    await run(open, `UPDATE results SET sealed = ${other} WHERE slot = ${MONDAY + 1}`)
    await run(open, `UPDATE consumption SET sealed = ${other}`)
    await expect(open.store.readTotals(analyst, NETWORK, RANGE)).rejects.toThrow(StoreDamagedError)
    await expect(open.store.readConsumption(billing, NETWORK, RANGE)).rejects.toThrow(StoreDamagedError)
  })

  it('does not open with another key of the same name, nor without the key', async () => {
    const open = await freshStore(backend)
    await open.store.close()
    await expect(openAgain(open.location, { keys: testKeys('second') })).rejects.toThrow(KeyRingError)
    const wrong = keyRing([{ id: 'first', key: new Uint8Array(32) }])
    await expect(openAgain(open.location, { keys: wrong })).rejects.toThrow(StoreDamagedError)
    await run(open, "UPDATE data_keys SET purpose = 'audit' WHERE purpose = 'rows'")
    await run(open, 'DELETE FROM data_keys WHERE id = 1')
    await expect(openAgain(open.location)).rejects.toThrow(StoreDamagedError)
  })

  it('rotates: all is read under the new keys, in batches, and the earlier ones are gone', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst, billing, auditor, customer } = await actors(open)
    await fill(open)
    for (let i = 1; i < 12; i++) await open.store.recordTotal(totalOf(MONDAY + i))
    await addTariff(open, billing)
    await open.store.recordBill(billOf(MONDAY, MONDAY + DAY))
    await open.store.recordReadings(readingsOf(MONDAY, MONDAY + DAY))
    const all = async (store = open.store) => ({
      bills: await store.readBills(billing, NETWORK, RANGE),
      readings: await store.readReadings(customer, HOUSEHOLD, RANGE),
      totals: await store.readTotals(analyst, NETWORK, RANGE),
      consumption: await store.readConsumption(billing, NETWORK, RANGE),
      conflicts: await store.readConflicts(auditor, NETWORK)
    })
    const before = await all()
    const sealed = async () =>
      (
        await behind(open, database =>
          database.transaction(transaction => transaction.all('SELECT sealed, key_id FROM results ORDER BY slot'))
        )
      ).map(row => Buffer.from(row.sealed as Uint8Array).toString('hex'))
    const old = await sealed()
    await open.store.close()

    const rotating = await openAgain(open.location, { keys: testKeys('first', 'second'), rng: new SeededRng('rotation') })
    // 12 results, a conflict, a period, a bill, a batch.
    expect(await rotating.rotateKeys(5)).toEqual({ rewrapped: 2, resealed: 16, dropped: 1 })
    expect(await all(rotating)).toEqual(before)
    await rotating.recordTotal(totalOf(MONDAY + 20))
    expect((await sealed()).filter(row => old.includes(row))).toEqual([])
    await rotating.close()

    const keys = await behind(open, database => database.transaction(transaction => transaction.all('SELECT wrapped_by FROM data_keys')))
    expect(keys.map(row => row.wrapped_by)).toEqual(['second', 'second'])
    const later = await openAgain(open.location, { keys: testKeys('second') })
    expect((await all(later)).totals).toHaveLength(13)
    await later.verifyAuditLog(auditor)
    await expect(openAgain(open.location, { keys: testKeys('first') })).rejects.toThrow(KeyRingError)
  })

  it('goes on with a rotation that was stopped, while another process writes', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    const other = await openAgain(open.location)
    for (let i = 0; i < 6; i++) await open.store.recordTotal(totalOf(MONDAY + i))
    // As a process leaves it that is killed after the new key was made.
    await behind(open, async database => {
      await database.transaction(async transaction =>
        (await StoreKeys.open(transaction, testKeys('first'), new SeededRng('k'), 'x')).renew(transaction)
      )
    })
    const rotation = open.store.rotateKeys(1)
    for (let i = 6; i < 12; i++) await other.recordTotal(totalOf(MONDAY + i))
    expect((await rotation).dropped).toBeGreaterThanOrEqual(2)
    for (const store of [open.store, other]) expect(await store.readTotals(analyst, NETWORK, RANGE)).toHaveLength(12)
  })
})
