// A supplier's server with the routes of customers, on a store with two households.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Sessions, SignInLimiter, startPageServer } from '@hushgrid/http'
import { type Actor, openKeyFile, openStore, type Store } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { type Millis, systemRng } from '@hushgrid/primitives'
import { CSRF_HEADER } from '@hushgrid/web-api'
import { expect } from 'vitest'
import { householdRoutes } from '../../src/household/household-routes.ts'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'
import { sessionRoutes } from '../../src/web/session-routes.ts'
import type { DeskSession, WebDesk } from '../../src/web/web-desk.ts'
import { House, SLOT_SECONDS, takeBill, tariffText } from './delivered-house.ts'

export const NETWORK = 'elm-street'
export const FLAT = tariffText('flat', '12')
export const PASSWORD = 'correct horse battery'
/** As the customer's page makes it. */
export const PROOF = '5e'.repeat(32)
export const RECEIVED = Date.UTC(2026, 2, 4)
export const KEEP_BILLS = 100 * 86_400_000
export const BILLING: Actor = { account: 'bill', role: 'billing' }

/** One who is signed in. */
export interface SignedIn {
  readonly cookie: string
  readonly csrf: string
}

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface Neighbour {
  readonly account: string
  readonly house: House
  readonly household: string
}

/** All that a test needs; {@link HouseholdServer.stop} takes it down. */
export interface HouseholdServer {
  readonly store: Store
  readonly desk: WebDesk
  readonly folder: string
  readonly kim: Neighbour
  readonly lee: Neighbour
  /** What the server said of defects. */
  readonly warnings: string[]
  ask(
    path: string,
    who?: SignedIn,
    more?: { readonly method?: string; readonly body?: unknown; readonly csrf?: string | false }
  ): Promise<Answer>
  signIn(account: string, password?: string): Promise<Answer>
  /** Signs in, which has to succeed. */
  signedIn(account: string, password?: string): Promise<SignedIn>
  stop(): Promise<void>
}

export async function startHouseholdServer(more: Partial<Pick<WebDesk, 'bands'>> = {}): Promise<HouseholdServer> {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-household-server-'))
  const store = await openStore({
    location: join(folder, 'mdms.db'),
    keys: openKeyFile(join(folder, 'mdms.keys'), systemRng),
    clock: new SystemClock(),
    flush: false
  })
  await store.registerNetwork({ network: NETWORK, slotSeconds: SLOT_SECONDS })
  const pseudonymOf = openPseudonyms(folder, systemRng)
  const neighbour = (account: string): Neighbour => {
    const house = new House(account)
    return { account, house, household: pseudonymOf(house.meter.id) }
  }
  const [kim, lee] = [neighbour('kim'), neighbour('lee')]
  await store.createFirstAccount('ada', PASSWORD)
  const admin: Actor = { account: 'ada', role: 'admin' }
  for (const { account, household } of [kim, lee]) await store.createAccount(admin, { account, roles: ['customer'], household }, PROOF)
  await store.createAccount(admin, { account: BILLING.account, roles: ['billing', 'auditor'] }, PASSWORD)
  await store.addTariff(BILLING, { tariff: 'flat', text: FLAT, from: 0 as Millis })

  const warnings: string[] = []
  const now = Date.now
  const desk: WebDesk = {
    store,
    sessions: new Sessions<DeskSession>({ now, rng: systemRng }),
    limiter: new SignInLimiter({ now, perAccount: 3 }),
    now: () => now() as Millis,
    keepBills: KEEP_BILLS,
    ...more
  }
  const server = await startPageServer({
    page: 'supplier',
    pages: pagesIn(join(folder, 'pages')),
    listen: { host: '127.0.0.1', port: 0 },
    routes: app => {
      sessionRoutes(app, desk)
      householdRoutes(app, desk)
    },
    warn: text => warnings.push(text)
  })

  const ask: HouseholdServer['ask'] = async (path, who, { method = 'GET', body, csrf } = {}) => {
    const headers: Record<string, string> = {
      ...(who && { cookie: who.cookie }),
      ...(method !== 'GET' && { 'content-type': 'application/json' }),
      ...(method !== 'GET' && who && csrf !== false && { [CSRF_HEADER]: csrf ?? who.csrf })
    }
    const answer = await fetch(new URL(path, server.url), { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })
    return { status: answer.status, text: await answer.text(), headers: answer.headers }
  }
  const signIn: HouseholdServer['signIn'] = (account, password = PROOF) =>
    ask('/api/session', undefined, { method: 'POST', body: { account, password } })
  return {
    ...{ store, desk, folder, kim, lee, warnings, ask, signIn },
    signedIn: async (account, password) => {
      const { status, text, headers } = await signIn(account, password)
      expect(status).toBe(200)
      return { cookie: headers.getSetCookie()[0]?.split(';', 1)[0] ?? '', csrf: JSON.parse(text).csrf }
    },
    stop: async () => {
      await server.stop()
      await store.close()
      rmSync(folder, { recursive: true })
    }
  }
}

/** A day's batch and bill of a household come in. */
export async function bring(store: Store, { house, household }: Neighbour, period: { from: number; until: number }): Promise<void> {
  const received = RECEIVED as Millis
  await store.recordReadings({ network: NETWORK, household, period, batch: house.batch(0n, period), received })
  await takeBill(store, { network: NETWORK, household, received, bill: house.bill(FLAT, 0n, period) })
}

/** A page that says nothing: only the API is asked. */
function pagesIn(folder: string): string {
  for (const name of ['supplier', 'assets']) mkdirSync(join(folder, name), { recursive: true })
  writeFileSync(join(folder, 'supplier', 'index.html'), '<!doctype html><title>supplier</title>')
  return folder
}
