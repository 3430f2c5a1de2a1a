// The customers’ portal: its server, and the state that its routes share.
import { type HostPort, KnownDevices, type PageServer, Sessions, SignInLimiter, startPageServer } from '@hushgrid/http'
import type { Rng } from '@hushgrid/primitives'
import type { Hono } from 'hono'
import { householdRoutes } from './household-routes.ts'
import { passwordRoute } from './password-route.ts'
import type { PortalContext, PortalEvent } from './portal-context.ts'
import { PortalRecords } from './portal-records.ts'
import { registrationRoute } from './registration-route.ts'
import { sessionRoutes } from './session-routes.ts'
import { SupplierClient } from './supplier-client.ts'

export interface PortalInit {
  /** Folder that the caller has claimed and gives up once the portal has stopped. */
  readonly dataDir: string
  /** Origin of the supplier's server. */
  readonly supplier: string
  readonly listen: HostPort
  /** Certificate and key, PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Folder of the built pages. */
  readonly pages: string
  readonly rng: Rng
  /** Clock, Unix milliseconds. */
  readonly now: () => number
  /** Longest time that the supplier may take, ms. */
  readonly supplierWithin?: number
  readonly log: PortalLog
}

/** Log of the portal, without any account, household or address. */
export interface PortalLog {
  /** @param counts - numbers of the sessions that are open and of the accounts */
  event(event: PortalEvent, counts: { readonly sessions: number; readonly accounts: number }): void
  /** Notes that the supplier does not answer, or not as it should. */
  supplierAway(problem: string): void
  /** Notes a defect. */
  warn(problem: string): void
}

/** Most questions of an address, enough for a house whose customers share one. */
const TERMS_PER_ADDRESS = 300
const ANY_ACCOUNT = { perDevice: TERMS_PER_ADDRESS, perSource: Number.POSITIVE_INFINITY, perAccount: Number.POSITIVE_INFINITY }

/**
 * Starts the customers' portal: a server for many customers that never has a key, a password or a reading.
 *
 * @throws HushgridError
 */
export async function startPortal(init: PortalInit): Promise<PageServer> {
  const { dataDir, supplier, listen, tls, pages, rng, now, supplierWithin, log } = init
  const records = new PortalRecords(dataDir, rng)
  const sessions: PortalContext['sessions'] = new Sessions({ now, rng, ownerOf: ({ account }) => account })
  const context: PortalContext = {
    records,
    sessions,
    supplier: new SupplierClient({
      supplier,
      away: problem => log.supplierAway(problem),
      ...(supplierWithin !== undefined && { within: supplierWithin })
    }),
    limiter: new SignInLimiter({ now }),
    devices: new KnownDevices(records.deviceKey()),
    termsLimiter: new SignInLimiter({ now, ...ANY_ACCOUNT, perAddress: TERMS_PER_ADDRESS }),
    changing: new Set(),
    tell: event => log.event(event, { sessions: sessions.size, accounts: records.size })
  }
  return await startPageServer({
    page: 'customer',
    pages,
    listen,
    ...(tls && { tls }),
    warn: problem => log.warn(problem),
    routes: app => portalRoutes(app, context)
  })
}

/** Adds the portal's API. */
export function portalRoutes(app: Hono, context: PortalContext): void {
  sessionRoutes(app, context)
  passwordRoute(app, context)
  registrationRoute(app, context)
  householdRoutes(app, context)
}
