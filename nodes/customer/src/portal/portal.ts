import { type HostPort, type PageServer, Sessions, SignInLimiter, startPageServer } from '@hushgrid/http'
import type { Rng } from '@hushgrid/primitives'
import { householdRoutes } from './household-routes.ts'
import type { PortalContext, PortalEvent } from './portal-context.ts'
import { PortalRecords } from './portal-records.ts'
import { registrationRoute } from './registration-route.ts'
import { sessionRoutes } from './session-routes.ts'
import { SupplierClient } from './supplier-client.ts'

export interface PortalInit {
  /** Claimed by the caller, who gives it up once the portal has stopped. */
  readonly dataDir: string
  /** Origin of the supplier's server. */
  readonly supplier: string
  readonly listen: HostPort
  /** PEM. */
  readonly tls?: { readonly cert: string; readonly key: string }
  /** Folder of the built pages. */
  readonly pages: string
  readonly rng: Rng
  /** Milliseconds. */
  readonly now: () => number
  /** How long the supplier may take, ms. */
  readonly supplierWithin?: number
  readonly log: PortalLog
}

/** Is told what happens. No account, household or address is in it. */
export interface PortalLog {
  /** @param sessions - that there are now, as accounts */
  event(event: PortalEvent, counts: { readonly sessions: number; readonly accounts: number }): void
  /** The supplier does not answer, or not as it should. */
  supplierAway(problem: string): void
  /** A defect. */
  warn(problem: string): void
}

/**
 * Fewer than the 10 of the supplier's server, so that nobody locks an account of the supplier's own people through the
 * portal.
 */
const TRIES_PER_ACCOUNT = 8
/** For a house with many customers behind one address. */
const TERMS_PER_ADDRESS = 300

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
    limiter: new SignInLimiter({ now, perAccount: TRIES_PER_ACCOUNT }),
    termsLimiter: new SignInLimiter({ now, perAccount: Number.POSITIVE_INFINITY, perAddress: TERMS_PER_ADDRESS }),
    tell: event => log.event(event, { sessions: sessions.size, accounts: records.size })
  }
  return await startPageServer({
    page: 'customer',
    pages,
    listen,
    ...(tls && { tls }),
    warn: problem => log.warn(problem),
    routes: app => {
      sessionRoutes(app, context)
      registrationRoute(app, context)
      householdRoutes(app, context)
    }
  })
}
