// What a household is told of who looked at its records.
import { expect, it } from 'vitest'
import type { AuditLine } from '../../src/access/audit-log.ts'
import type { Actor } from '../../src/access/roles.ts'
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
  onEachBackend,
  PASSWORD,
  readingsOf
} from '../support/store-backends.ts'

const RANGE = { from: MONDAY, until: MONDAY + DAY }

function told(lines: readonly AuditLine[]): (string | undefined)[][] {
  return lines.map(({ account, action, outcome }) => [account, action, outcome])
}

onEachBackend(backend => {
  it('tells a household who looked at what is its own, or at all households of its network, and nothing of others', async () => {
    const open = await freshStore(backend)
    const { customer, billing, auditor, admin, 'supplier-analyst': analyst } = await actors(open)
    const { store } = open
    await addTariff(open, billing)
    await store.registerNetwork({ network: 'oak-street', slotSeconds: 900 })
    await store.recordReadings(readingsOf(RANGE.from, RANGE.until))
    await store.recordBill(billOf(RANGE.from, RANGE.until))
    // Not about this household.
    await store.readTotals(analyst, NETWORK, RANGE)
    await store.readHouseholdBills(billing, 'h-0418', RANGE)
    await store.readConsumption(billing, NETWORK, RANGE, 'h-0418')
    await store.readBills(billing, 'oak-street', RANGE)
    await store.changePassword(admin, 'the billing', PASSWORD)
    // About it.
    await store.readBills(billing, NETWORK, RANGE)
    await store.readHouseholdBills(billing, HOUSEHOLD, RANGE)
    await store.readConsumption(billing, NETWORK, RANGE, HOUSEHOLD)
    await store.readConsumption(billing, NETWORK, RANGE)
    await store.readBillingRun(billing, NETWORK, RANGE)
    await store.readConflicts(auditor, NETWORK)
    await expect(store.readReadings(analyst, HOUSEHOLD, RANGE)).rejects.toThrow()
    await store.createAccount(admin, { account: 'ann', roles: ['customer'], household: HOUSEHOLD }, PASSWORD)
    await store.changePassword(admin, 'ann', PASSWORD)
    await store.readReadings(customer, HOUSEHOLD, RANGE)
    const lines = await store.readHouseholdAccess(customer, HOUSEHOLD)
    expect(told(lines)).toEqual([
      ['the billing', 'read bills', 'done'],
      ['the billing', 'read household bills', 'done'],
      ['the billing', 'read consumption', 'done'],
      ['the billing', 'read consumption', 'done'],
      ['the billing', 'read billing run', 'done'],
      ['the auditor', 'read conflicts', 'done'],
      ['the supplier-analyst', 'read readings', 'denied'],
      ['the admin', 'create account', 'done'],
      ['the admin', 'change password', 'done'],
      ['the customer', 'read readings', 'done'],
      ['the customer', 'read household access', 'done']
    ])
    const all = await store.readAuditLog(auditor)
    expect(lines.every(line => all.some(each => JSON.stringify(each) === JSON.stringify(line)))).toBe(true)
  })

  it('is in no network where the store has nothing of it', async () => {
    const open = await freshStore(backend)
    const { customer, billing } = await actors(open)
    await open.store.readBills(billing, NETWORK, RANGE)
    expect(told(await open.store.readHouseholdAccess(customer, HOUSEHOLD))).toEqual([['the customer', 'read household access', 'done']])
  })

  it('gives the last 1,000 lines, those of others before the customer’s own', { timeout: 60_000 }, async () => {
    const open = await freshStore(backend)
    const { customer, billing } = await actors(open)
    const { store } = open
    const read = async (actor: Actor, times: number) => {
      for (let i = 0; i < times; i++) await store.readHouseholdBills(actor, HOUSEHOLD, RANGE)
    }
    await read(billing, 3)
    await read(customer, 1_005)
    const lines = await store.readHouseholdAccess(customer, HOUSEHOLD)
    expect(lines).toHaveLength(1_000)
    expect(lines.map(({ number }) => number)).toEqual([1, 2, 3, ...Array.from({ length: 997 }, (_, i) => 1_009 - 996 + i)])
    expect(lines.filter(({ account }) => account === billing.account)).toHaveLength(3)
    await read(billing, 1_000)
    const others = await store.readHouseholdAccess(customer, HOUSEHOLD)
    expect(others).toHaveLength(1_000)
    expect(others.every(({ account }) => account === billing.account)).toBe(true)
    expect(others[0]?.number).toBe(1_010)
  })

  // PostgreSQL reads a table of a few lines as a whole.
  const onSqlite = backend.name === 'SQLite' ? it : undefined
  onSqlite?.('finds its lines by indexes, however long the log is', async () => {
    const open = await freshStore(backend)
    const plan = async (where: string) =>
      (
        await behind(open, database =>
          database.transaction(transaction =>
            transaction.all(`EXPLAIN QUERY PLAN SELECT * FROM audit WHERE ${where} ORDER BY number DESC LIMIT 1000`)
          )
        )
      ).map(row => row.detail)
    expect(await plan("detail = 'h' AND action IN ('read bills')")).toEqual([expect.stringContaining('USING INDEX audit_by_detail')])
    expect(await plan("network = 'n' AND detail IS NULL AND action IN ('read bills')")).toEqual([
      expect.stringMatching(/USING INDEX audit_by_/)
    ])
  })
})
