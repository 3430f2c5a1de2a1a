// A database that others keep, that goes away, and that comes back.
import { renameSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, it } from 'vitest'
import type { Database } from '../../src/database/database.ts'
import { openPostgres } from '../../src/database/postgres-database.ts'
import { openSqlite } from '../../src/database/sqlite-database.ts'
import { StoreUnavailableError } from '../../src/errors.ts'
import { behind, freshStore, later, onEachBackend, totalOf } from '../support/store-backends.ts'

/** Longest wait for a turn, ms; short, since it is waited for. */
const WITHIN = 1_000
const ask = (database: Database): Promise<string> => database.transaction(() => Promise.resolve('done'))

onEachBackend(backend => {
  it('is not waited for without end while another process keeps it, nor are many waits added up', async () => {
    const open = await freshStore(backend)
    const { location } = open
    const impatient = backend.name === 'SQLite' ? await openSqlite(location, false, WITHIN) : await openPostgres(location, WITHIN)
    later(() => impatient.close())
    await behind(open, async other => {
      await other.transaction(async () => {
        const begun = performance.now()
        const all = Array.from({ length: 30 }, () => ask(impatient))
        const outcomes = Promise.allSettled(all)
        await expect(all[0]).rejects.toThrow(StoreUnavailableError)
        const first = performance.now() - begun
        for (const outcome of await outcomes)
          expect(outcome).toMatchObject({ status: 'rejected', reason: expect.any(StoreUnavailableError) })
        // One after the other they would take thirty times as long.
        expect((performance.now() - begun) / first).toBeLessThan(10)
      })
    })
    expect(await ask(impatient)).toBe('done')
  })

  it('whose turn comes too late for a transaction has nothing of it', async () => {
    const open = await freshStore(backend)
    const { location } = open
    const impatient = backend.name === 'SQLite' ? await openSqlite(location, false, WITHIN) : await openPostgres(location, WITHIN)
    later(() => impatient.close())
    let runs = 0
    await behind(open, async other => {
      await other.transaction(async () => {
        const asked = impatient.transaction(() => Promise.resolve(runs++))
        await expect(asked).rejects.toThrow(StoreUnavailableError)
      })
    })
    await ask(impatient)
    expect(runs).toBe(0)
  })

  it.runIf(backend.name === 'SQLite')('whose file is moved or removed takes nothing into the void', async () => {
    const { store, location } = await freshStore(backend)
    renameSync(location, `${location}.moved`)
    await expect(store.recordTotal(totalOf(100))).rejects.toThrow(StoreUnavailableError)
    renameSync(`${location}.moved`, location)
    expect(await store.recordTotal(totalOf(100))).toBe('new')
    const file = new DatabaseSync(location)
    expect(Object.values(file.prepare('SELECT count(*) FROM results').get() ?? {})).toEqual([1])
    file.close()
  })
})
