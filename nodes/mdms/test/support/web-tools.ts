// The supplier's server, on a store with accounts of every role, and somebody who asks it.
import { mkdtempSync, rmSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, openKeyFile, openStore, type Role, type Store } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { IMPORT_LANE, type Millis, type Slot, sha256, systemRng, utf8 } from '@hushgrid/primitives'
import { openPseudonyms, type Pseudonyms } from '../../src/household/pseudonyms.ts'
import { type SupplierWebInit, startSupplierWeb } from '../../src/web/supplier-web.ts'
import { SLOT_SECONDS } from './delivered-house.ts'
import { type Asked, pagesIn, type SignedIn, type WebClient, webClient } from './web-client.ts'

export const NETWORK = 'elm-street'
export const PASSWORD = 'correct horse battery'
/** By account; kim's is of a household. */
export const ACCOUNTS: Readonly<Record<string, readonly Role[]>> = {
  ada: ['admin'],
  ann: ['supplier-analyst'],
  bill: ['billing'],
  otto: ['auditor'],
  zoe: ['supplier-analyst', 'billing', 'auditor', 'admin'],
  kim: ['customer']
}
const KIMS_HOUSEHOLD = 'household-of-kim'
const ADMIN: Actor = { account: 'ada', role: 'admin' }

export interface SupplierServer extends WebClient {
  readonly url: string
  readonly store: Store
  readonly folder: string
  readonly pseudonymOf: Pseudonyms
  readonly warnings: string[]
  /** Moves the clock of sessions and sign-ins on; ms. */
  later(by: number): void
  statusOf(path: string, who?: SignedIn, more?: Asked): Promise<number>
  stop(): Promise<void>
}

export async function startSupplierServer(more: Partial<SupplierWebInit> = {}): Promise<SupplierServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-supplier-web-'))
  const store = await openStore({
    location: join(folder, 'mdms.db'),
    keys: openKeyFile(join(folder, 'mdms.keys'), systemRng),
    clock: new SystemClock(),
    minimumContributors: 3,
    flush: false
  })
  await store.registerNetwork({ network: NETWORK, slotSeconds: SLOT_SECONDS })
  await store.createFirstAccount('ada', PASSWORD)
  for (const [account, roles] of Object.entries(ACCOUNTS).slice(1))
    await store.createAccount(ADMIN, { account, roles, ...(account === 'kim' && { household: KIMS_HOUSEHOLD }) }, PASSWORD)
  const pseudonymOf = openPseudonyms(folder, systemRng)
  const warnings: string[] = []
  let time = Date.now()
  const server = await startSupplierWeb({
    ...{ store, pseudonymOf, keepBills: 1e9, listen: { host: '127.0.0.1', port: 0 }, pages: pagesIn(join(folder, 'pages')) },
    now: () => Date.now() as Millis,
    trueTime: () => time,
    warn: text => warnings.push(text),
    ...more
  })
  const client = webClient(server.url, PASSWORD)
  return {
    ...{ url: server.url, store, folder, pseudonymOf, warnings, ...client },
    later: by => {
      time += by
    },
    statusOf: async (...asked) => (await client.ask(...asked)).status,
    stop: async () => {
      await server.stop()
      await store.close()
      rmSync(folder, { recursive: true })
    }
  }
}

/** Totals of slots in [from, until), of three meters each. */
export async function recordTotals(store: Store, from: number, until: number, wattHoursOf: (slot: number) => bigint): Promise<void> {
  for (let slot = from; slot < until; slot++)
    await store.recordTotal({
      ...{ network: NETWORK, slot: slot as Slot, mode: 'dcnet', contributors: 3, missing: 0, received: 0 as Millis },
      lanes: { [IMPORT_LANE]: wattHoursOf(slot) },
      resultHash: sha256(utf8(`result ${slot}`))
    })
}

/** What is in the audit log by now, as the auditor reads it. */
export async function denied(store: Store): Promise<string[]> {
  const lines = await store.readAuditLog({ account: 'otto', role: 'auditor' })
  return lines.filter(({ outcome }) => outcome === 'denied').map(({ account, role, action }) => `${account} ${role} ${action}`)
}

/** Of a server whose certificate nobody vouches for. */
export function overTls(
  url: string,
  method: string,
  body?: string
): Promise<{ readonly status: number; readonly cookies: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = request(url, { method, headers, rejectUnauthorized: false }, answer => {
      answer.resume()
      resolve({ status: answer.statusCode ?? 0, cookies: answer.headers['set-cookie'] ?? [] })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}
