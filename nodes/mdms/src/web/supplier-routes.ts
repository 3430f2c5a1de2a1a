import type { Hono } from 'hono'
import { householdRoutes } from '../household/household-routes.ts'
import { accountRoutes } from './account-routes.ts'
import { auditRoutes } from './audit-routes.ts'
import type { BillRechecker } from './bill-rechecker.ts'
import { billingRoutes } from './billing-routes.ts'
import { loadRoutes } from './load-routes.ts'
import { passwordRoute } from './session/password-route.ts'
import { sessionRoutes } from './session/session-routes.ts'
import type { WebDesk } from './web-desk.ts'

/** Adds the API of the supplier's page and of customers' portals; packages/web-api has each route's request and answer. */
export function supplierRoutes(app: Hono, desk: WebDesk, checks: BillRechecker): void {
  sessionRoutes(app, desk)
  loadRoutes(app, desk)
  billingRoutes(app, desk, checks)
  accountRoutes(app, desk)
  auditRoutes(app, desk)
  passwordRoute(app, desk)
  householdRoutes(app, desk)
}
