// Changing one's own password over HTTP, as a customer's portal does it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { PageServer } from '@hushgrid/http'
import { keyRing, openStore, type Role, type Store } from '@hushgrid/mdms'
import { type Millis, millis } from '@hushgrid/primitives'
import type { SessionInfo } from '@hushgrid/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startSupplierWeb } from '../../src/web/supplier-web.ts'

const NOW = '2026-11-21T12:00:00Z'
const PASSWORD = 'a password for once'
const PROOF = 'ab'.repeat(32)
const ADMIN = { account: 'root', role: 'admin' } as const

let folder: string
let store: Store
let web: PageServer
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-password-'))
  for (const name of ['supplier', 'assets']) mkdirSync(join(folder, name))
  writeFileSync(join(folder, 'supplier', 'index.html'), '<!doctype html><title>supplier</title>')
  const now = (): Millis => millis(Date.parse(NOW))
  const keys = keyRing([{ id: 'first', key: new Uint8Array(32).fill(7) }])
  store = await openStore({ location: join(folder, 'store.sqlite'), keys, clock: { now }, flush: false })
  await store.createFirstAccount('root', PASSWORD)
  const accounts: [string, Role[], string?][] = [
    ['ada', ['customer'], 'household-1'],
    ['eve', ['billing', 'auditor']]
  ]
  for (const [account, roles, household] of accounts)
    await store.createAccount(ADMIN, { account, roles, ...(household !== undefined && { household }) }, PASSWORD)
  const listen = { host: '127.0.0.1', port: 0 }
  const warn = (text: string): never => {
    throw new Error(text)
  }
  web = await startSupplierWeb({ store, listen, pages: folder, keepBills: 1, now, warn })
})
afterEach(async () => {
  await web.stop()
  await store.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Held {
  readonly cookie: string
  readonly csrf: string
}

async function send(method: string, path: string, body: unknown, { cookie, csrf }: Partial<Held> = {}): Promise<Response> {
  return await fetch(new URL(path, web.url), {
    method,
    headers: {
      'content-type': 'application/json',
      ...(cookie !== undefined && { cookie }),
      ...(csrf !== undefined && { 'x-csrf-token': csrf })
    },
    body: JSON.stringify(body)
  })
}

async function signIn(account: string, password = PASSWORD): Promise<Held> {
  const response = await send('POST', '/api/session', { account, password })
  if (response.status !== 200) throw new Error(`signing in: status ${response.status}`)
  return { cookie: response.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '', csrf: ((await response.json()) as SessionInfo).csrf }
}

const change = async (password: unknown, held?: Partial<Held>): Promise<number> =>
  (await send('PUT', '/api/session/password', { current: PASSWORD, password }, held)).status
const isSignedIn = async ({ cookie }: Held): Promise<boolean> => (await fetch(new URL('/api/session', web.url), { headers: { cookie } })).ok

describe('PUT /api/session/password', () => {
  it.each(['ada', 'eve', 'root'])('changes the own password in any role: %s', async account => {
    const [held, other] = [await signIn(account), await signIn(account)]
    const somebody = await signIn(account === 'eve' ? 'ada' : 'eve')
    expect(await change(PROOF, held)).toBe(200)
    expect(await store.signIn(account, PROOF)).toMatchObject({ account })
    expect(await store.signIn(account, PASSWORD)).toBeUndefined()
    // Whoever else had the old password is out.
    expect([await isSignedIn(held), await isSignedIn(other), await isSignedIn(somebody)]).toEqual([true, false, true])
    const lines = await store.readAuditLog({ account: 'eve', role: 'auditor' })
    expect(lines).toContainEqual(expect.objectContaining({ account, action: 'change own password', outcome: 'done', detail: account }))
  })

  it('takes a session, its csrf token, and a password that will do', async () => {
    const held = await signIn('ada')
    expect(await change(PROOF)).toBe(401)
    expect(await change(PROOF, { cookie: held.cookie })).toBe(403)
    expect(await change(PROOF, { cookie: held.cookie, csrf: (await signIn('eve')).csrf })).toBe(403)
    for (const password of ['elevenchars', 'x'.repeat(257), undefined, 7]) expect(await change(password, held)).toBe(400)
    expect(await store.signIn('ada', PASSWORD)).toMatchObject({ account: 'ada' })
  })

  it('of an account that is gone changes nothing', async () => {
    const held = await signIn('ada')
    await store.removeAccount(ADMIN, 'ada')
    expect(await change(PROOF, held)).toBe(401)
    expect(await store.signIn('ada', PROOF)).toBeUndefined()
  })
})
