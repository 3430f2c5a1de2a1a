// What is deleted at which age, and that nothing of it is left.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { IMPORT_LANE, InvalidArgumentError, type Millis } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { RetentionError } from '../../src/errors.ts'
import { actors, at, behind, DAY, freshStore, MONDAY, NETWORK, type OpenStore, onEachBackend, totalOf } from '../support/store-backends.ts'

const DAY_MS = 86_400_000
const START = (MONDAY * 900_000) as Millis
/** Totals for two days, household periods for three. */
const retention = { totals: 2 * DAY_MS, consumption: 3 * DAY_MS }
const NOTHING = { results: 0, consumption: 0, bills: 0, readings: 0, conflicts: 0 }
const ALL = { from: MONDAY, until: MONDAY + 100 * DAY }

function day(number: number) {
  return {
    network: NETWORK,
    household: 'h',
    period: { from: MONDAY + number * DAY, until: MONDAY + (number + 1) * DAY },
    lanes: { [IMPORT_LANE]: BigInt(number) },
    source: 'bill' as const,
    received: 0 as Millis
  }
}

const after = (days: number) => (START + days * DAY_MS) as Millis

onEachBackend(backend => {
  async function withDays() {
    const open = await freshStore(backend, { retention })
    for (let i = 0; i < 4 * DAY; i += DAY / 2) await open.store.recordTotal(totalOf(MONDAY + i))
    await open.store.recordLost({ ...totalOf(MONDAY + 1), reason: 'a gap', slot: at(MONDAY + 1) })
    await expect(open.store.recordTotal(totalOf(MONDAY, { missing: 9 }))).rejects.toThrow('differs')
    for (let i = 0; i < 4; i++) await open.store.recordConsumption(day(i))
    await expect(open.store.recordConsumption({ ...day(0), lanes: { [IMPORT_LANE]: 9n } })).rejects.toThrow('differs')
    return { open, ...(await actors(open)) }
  }

  it('deletes what ended before its age, and nothing else', async () => {
    const { open, 'supplier-analyst': analyst, billing, auditor } = await withDays()
    expect(await open.store.applyRetention(after(2))).toEqual(NOTHING)
    // A total goes when its slot's end is two days old, not before.
    expect(await open.store.applyRetention((after(2) + 900_000 - 1) as Millis)).toEqual(NOTHING)
    expect(await open.store.applyRetention((after(2) + 900_000) as Millis)).toEqual({ ...NOTHING, results: 1, conflicts: 1 })
    expect(await open.store.applyRetention(after(4))).toEqual({ ...NOTHING, results: 4, consumption: 1, conflicts: 1 })
    const totals = await open.store.readTotals(analyst, NETWORK, ALL)
    expect(totals.map(({ slot }) => slot - MONDAY)).toEqual([2 * DAY, 2.5 * DAY, 3 * DAY, 3.5 * DAY])
    expect(await open.store.readLostSlots(analyst, NETWORK, ALL)).toEqual([])
    expect(await open.store.readConsumption(billing, NETWORK, ALL)).toEqual([day(1), day(2), day(3)])
    expect(await open.store.readConflicts(auditor, NETWORK)).toEqual({ results: [], consumption: [], households: [] })
    const lines = await open.store.readAuditLog(auditor)
    expect(lines.filter(({ action }) => action === 'apply retention').at(-1)?.detail).toBe(
      '4 results, 1 period, 0 bills, 0 batches, 1 conflict deleted'
    )
  })

  it('takes nothing in again that was deleted, also when the clock goes back', async () => {
    const { open } = await withDays()
    await open.store.applyRetention(after(4))
    expect(await open.store.applyRetention(after(0))).toEqual(NOTHING)
    await expect(open.store.recordTotal(totalOf(MONDAY))).rejects.toThrow(RetentionError)
    await expect(open.store.recordTotal(totalOf(MONDAY + 2 * DAY - 1))).rejects.toThrow(RetentionError)
    expect(await open.store.recordTotal(totalOf(MONDAY + 2 * DAY + 1))).toBe('new')
    // It begins in the deleted day, whose figure somebody may remember.
    const across = { ...day(0), household: 'other', period: { from: MONDAY + DAY - 1, until: MONDAY + 2 * DAY } }
    await expect(open.store.recordConsumption(across)).rejects.toThrow(RetentionError)
    expect(await open.store.recordConsumption({ ...day(1), household: 'other' })).toBe('new')
  })

  it('counts by each network’s own slots', async () => {
    const open = await freshStore(backend, { retention })
    await open.store.registerNetwork({ network: 'minutes', slotSeconds: 60 })
    const minute = Math.floor(START / 60_000)
    await open.store.recordTotal(totalOf(minute, { network: 'minutes' }))
    await open.store.recordTotal(totalOf(MONDAY))
    expect(await open.store.applyRetention((after(2) + 60_000) as Millis)).toMatchObject({ results: 1 })
    expect(await open.store.applyRetention((after(2) + 900_000) as Millis)).toMatchObject({ results: 1 })
  })

  it('leaves nothing of it in the files, the free pages and the journal', async () => {
    const { open } = await withDays()
    const sealed = await sealedOf(open)
    expect(sealed.length).toBe(8 + 1 + 4 + 1)
    if (backend.name === 'SQLite') expect(sealed.every(bytes => inFiles(open, bytes))).toBe(true)
    await open.store.applyRetention(after(200))
    expect(await sealedOf(open)).toEqual([])
    // A server's files are not ours to read: there the rows are gone, and their space has been given back.
    if (backend.name === 'SQLite') expect(sealed.filter(bytes => inFiles(open, bytes))).toEqual([])
    else {
      const dead = await behind(open, database =>
        database.transaction(transaction => transaction.all("SELECT pg_relation_size('results') + pg_relation_size('consumption') AS size"))
      )
      expect(dead).toEqual([{ size: 0 }])
    }
  })

  it('refuses an age that is none', async () => {
    await expect(freshStore(backend, { retention: { totals: 0, consumption: 1 } })).rejects.toThrow(InvalidArgumentError)
    const { store } = await freshStore(backend)
    await expect(store.applyRetention(Number.NaN as Millis)).rejects.toThrow(InvalidArgumentError)
  })
})

async function sealedOf(open: OpenStore): Promise<Buffer[]> {
  const sql = 'SELECT sealed FROM results UNION ALL SELECT sealed FROM result_conflicts UNION ALL SELECT sealed FROM consumption'
  const rows = await behind(open, database => database.transaction(transaction => transaction.all(sql)))
  return rows.map(row => Buffer.from(row.sealed as Uint8Array))
}

function inFiles({ location }: OpenStore, bytes: Buffer): boolean {
  const folder = dirname(location)
  return readdirSync(folder).some(name => readFileSync(join(folder, name)).includes(bytes))
}
