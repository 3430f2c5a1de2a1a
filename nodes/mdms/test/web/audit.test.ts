// The audit log over the supplier's server: pages of it, what fits a filter, and a log that was changed.
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { NotAllowedError } from '@hushgrid/mdms'
import type { Audit } from '@hushgrid/web-api'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { LONG } from '../support/command-tools.ts'
import { NETWORK, type SignedIn, type SupplierServer, startSupplierServer } from '../support/web-tools.ts'

let server: SupplierServer
let otto: SignedIn
beforeEach(async () => {
  server = await startSupplierServer()
  otto = await server.signedIn('otto')
}, LONG)
afterEach(() => server.stop())

async function audit(query = ''): Promise<Audit> {
  const { status, text } = await server.ask(`/api/audit${query}`, otto)
  expect(status).toBe(200)
  return JSON.parse(text)
}

it('gives the whole log page by page, the last line first, each once', { timeout: LONG }, async () => {
  for (let i = 0; i < 1_150; i++) await server.store.readTariffs({ account: 'bill', role: 'billing' })
  const first = await audit()
  const { verified } = first
  if (!verified?.holds) throw new Error('expected a log as it was written')
  expect([verified.mac.length, first.lines.length]).toEqual([64, 100])
  const numbers: number[] = []
  let page = first
  for (;;) {
    numbers.push(...page.lines.map(({ number }) => number))
    if (page.before === undefined) break
    page = await audit(`?before=${page.before}`)
    expect(page.verified).toBeUndefined()
  }
  expect(numbers).toEqual(Array.from({ length: verified.number }, (_, i) => verified.number - i))
  expect(verified.number).toBeGreaterThan(1_150)
})

it('gives the lines that fit, however far back', { timeout: LONG }, async () => {
  const { store } = server
  const bill = { account: 'bill', role: 'billing' } as const
  await store.readConsumption(bill, NETWORK, { from: 3, until: 9 }, 'household-seven')
  await expect(store.readAccounts(bill)).rejects.toThrow(NotAllowedError)
  for (let i = 0; i < 1_150; i++) await store.readTariffs(bill)
  const { lines } = await audit('?about=household-SEVEN')
  expect(lines).toMatchObject([
    { account: 'bill', role: 'billing', action: 'read consumption', outcome: 'done', network: NETWORK, range: { from: 3, until: 9 } }
  ])
  expect((await audit('?outcome=denied')).lines).toMatchObject([{ account: 'bill', action: 'read accounts', outcome: 'denied' }])
  expect((await audit('?account=otto&action=sign')).lines).toMatchObject([{ account: 'otto', action: 'sign in' }])
  const fewer = await audit('?account=bill&action=tariffs')
  expect([fewer.lines.length, new Set(fewer.lines.map(({ action }) => action))]).toEqual([100, new Set(['read tariffs'])])
  expect(fewer.before).toBe(fewer.lines.at(-1)?.number)
  expect((await audit('?about=nothing-of-that-kind')).lines).toEqual([])
})

it('says that the log was changed, and not where it is', { timeout: LONG }, async () => {
  for (let i = 0; i < 5; i++) await server.store.readTariffs({ account: 'bill', role: 'billing' })
  const database = new DatabaseSync(join(server.folder, 'mdms.db'))
  database.exec("DROP TRIGGER audit_no_update; UPDATE audit SET account = 'otto' WHERE number = 9")
  database.close()
  const { verified, lines } = await audit()
  expect(verified).toEqual({ holds: false, problem: 'expected line 9 of the audit log as it was written, got it changed or removed' })
  expect(lines).toEqual([])
  expect(server.warnings).toEqual([])
})
