// The audit log after somebody changed the database.
import { expect, it } from 'vitest'
import type { Transaction } from '../../src/database/database.ts'
import { StoreDamagedError } from '../../src/errors.ts'
import { actors, behind, freshStore, type OpenStore, onEachBackend, openAgain } from '../support/store-backends.ts'

const UNLOCK = {
  SQLite: 'DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete',
  PostgreSQL: 'DROP TRIGGER audit_append_only ON audit'
}

/** Changes the log as somebody could who has the database and takes the triggers off. */
async function tamper(open: OpenStore, action: (transaction: Transaction) => Promise<unknown>): Promise<void> {
  await behind(open, database =>
    database.transaction(async transaction => {
      await transaction.script(UNLOCK[open.backend.name])
      await action(transaction)
    })
  )
}

onEachBackend(backend => {
  async function withLines() {
    const open = await freshStore(backend)
    const { auditor, billing } = await actors(open)
    for (let i = 0; i < 4; i++) await open.store.readTariffs(billing)
    return { open, auditor, head: await open.store.verifyAuditLog(auditor) }
  }

  it('verifies, and has the head that was noted', async () => {
    const { open, auditor, head } = await withLines()
    expect(head).toMatchObject({ number: 5 })
    expect(await open.store.verifyAuditLog(auditor, head)).toMatchObject({ number: 6 })
    await open.store.close()
    const again = await openAgain(open.location)
    expect(await again.verifyAuditLog(auditor, head)).toMatchObject({ number: 7 })
  })

  it('is append-only in the database itself', async () => {
    const { open } = await withLines()
    for (const sql of ["UPDATE audit SET account = 'x'", 'DELETE FROM audit']) {
      await expect(behind(open, database => database.transaction(transaction => transaction.script(sql)))).rejects.toThrow(/append-only/)
    }
  })

  it.each([
    ['removed in the middle', 'DELETE FROM audit WHERE number = 3'],
    ['removed at the start', 'DELETE FROM audit WHERE number = 1'],
    ['changed', "UPDATE audit SET account = 'somebody else' WHERE number = 2"],
    ['made nobody’s', 'UPDATE audit SET account = NULL WHERE number = 2'],
    ['moved in time', 'UPDATE audit SET at = at + 1 WHERE number = 4'],
    [
      'exchanged with another',
      'UPDATE audit SET number = CASE number WHEN 2 THEN -3 ELSE -2 END WHERE number IN (2, 3); UPDATE audit SET number = -number WHERE number < 0'
    ]
  ])('shows that a line was %s', async (_, sql) => {
    const { open, auditor } = await withLines()
    await tamper(open, transaction => transaction.script(sql))
    await expect(open.store.verifyAuditLog(auditor)).rejects.toThrow(StoreDamagedError)
  })

  it('shows that lines at the end were removed, with the head put right as far as one can without the key', async () => {
    const { open, auditor } = await withLines()
    await tamper(open, async transaction => {
      await transaction.script('DELETE FROM audit WHERE number > 3')
      const [last] = await transaction.all('SELECT mac FROM audit WHERE number = 3')
      await transaction.run('UPDATE audit_head SET number = 3, mac = ?', last?.mac as Uint8Array)
    })
    await expect(open.store.verifyAuditLog(auditor)).rejects.toThrow(StoreDamagedError)
    await expect(openAgain(open.location)).rejects.toThrow(/audit log/)
  })

  it('shows that the whole log was removed', async () => {
    const { open, auditor, head } = await withLines()
    await tamper(open, transaction => transaction.script('DELETE FROM audit'))
    await expect(open.store.verifyAuditLog(auditor)).rejects.toThrow(StoreDamagedError)
    await tamperAgain(open, 'DELETE FROM audit_head')
    // Both gone look like a new store: only a head that was noted outside tells.
    await expect(open.store.verifyAuditLog(auditor, head)).rejects.toThrow(StoreDamagedError)
  })

  it('shows that the store was put back to an older state, to whoever noted a head', async () => {
    const { open, auditor } = await withLines()
    const older = await behind(open, database => database.transaction(transaction => transaction.all('SELECT number, mac FROM audit_head')))
    const head = await open.store.verifyAuditLog(auditor)
    await tamper(open, async transaction => {
      await transaction.run('DELETE FROM audit WHERE number > ?', older[0]?.number as number)
      await transaction.run('UPDATE audit_head SET number = ?, mac = ?', older[0]?.number as number, older[0]?.mac as Uint8Array)
    })
    await expect(open.store.verifyAuditLog(auditor, head)).rejects.toThrow(StoreDamagedError)
    await open.store.verifyAuditLog(auditor)
  })
})

async function tamperAgain(open: OpenStore, sql: string): Promise<void> {
  await behind(open, database => database.transaction(transaction => transaction.script(sql)))
}
