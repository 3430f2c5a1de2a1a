// A supplier's server with the routes of customers, on a store with two households.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { KnownDevices, Sessions, SignInLimiter, startPageServer } from '@hushgrid/http'
import { type Actor, openKeyFile, openStore, type Store } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { type Millis, systemRng } from '@hushgrid/primitives'
import { householdRoutes } from '../../src/household/household-routes.ts'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'
import { sessionRoutes } from '../../src/web/session/session-routes.ts'
import type { DeskSession, WebDesk } from '../../src/web/web-desk.ts'
import { House, SLOT_SECONDS, takeBill, tariffText } from './delivered-house.ts'
import { pagesIn, type WebClient, webClient } from './web-client.ts'

export const NETWORK = 'elm-street'
const FLAT = tariffText('flat', '12')
export const PASSWORD = 'correct horse battery'
/** As the customer's page makes it. */
export const PROOF = '5e'.repeat(32)
export const RECEIVED = Date.UTC(2026, 2, 4)
export const KEEP_BILLS = 100 * 86_400_000
export const BILLING: Actor = { account: 'bill', role: 'billing' }

export interface Neighbour {
  readonly account: string
  readonly house: House
  readonly household: string
}

/** All that a test needs; {@link HouseholdServer.stop} takes it down. */
export interface HouseholdServer extends WebClient {
  readonly store: Store
  readonly desk: WebDesk
  readonly folder: string
  readonly kim: Neighbour
  readonly lee: Neighbour
  /** What the server said of defects. */
  readonly warnings: string[]
  stop(): Promise<void>
}

export async function startHouseholdServer(more: Partial<Pick<WebDesk, 'bands' | 'shownAt'>> = {}): Promise<HouseholdServer> {
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
    limiter: new SignInLimiter({ now, perDevice: 3 }),
    devices: new KnownDevices(systemRng.bytes(32)),
    now: () => now() as Millis,
    shownAt: at => at as Millis,
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

  return {
    ...{ store, desk, folder, kim, lee, warnings, ...webClient(server.url, PROOF) },
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
