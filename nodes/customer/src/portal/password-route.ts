import { checkCsrf, clearSessionCookie, field, HttpProblem, readJson, sessionOf } from '@hushgrid/http'
import type { Hono } from 'hono'
import { changeAccount } from './account-change.ts'
import type { PortalContext } from './portal-context.ts'
import { MOST_REGISTRATION_BYTES, recordOf } from './registration-route.ts'
import { proofOf } from './session-routes.ts'
import { SupplierSessionEndedError } from './supplier-client.ts'

/**
 * Serves `PUT /api/session/password` with `{ current, proof, record }`: a customer changes its password, whose proof until now
 * it has to know. Its other sessions end. Sent again with the same proof after no answer came, it finishes what was begun.
 */
export function passwordRoute(app: Hono, portal: PortalContext): void {
  const { sessions, tell } = portal
  app.put('/api/session/password', async c => {
    const session = sessionOf(c, sessions)
    checkCsrf(c, session)
    const { account } = session.value
    const change = await readJson(
      c,
      value => ({ current: proofOf(value, 'current'), proof: proofOf(value), record: recordOf(field(value, 'record', 'string'), account) }),
      MOST_REGISTRATION_BYTES
    )
    try {
      await changeAccount(portal, session.value, change)
    } catch (cause) {
      if (cause instanceof SupplierSessionEndedError) {
        sessions.end(session.token)
        clearSessionCookie(c)
      }
      if (!(cause instanceof HttpProblem) || cause.status !== 403) throw cause
      // Asks whether the supplier has the new proof already.
      await changeAgain(cause)
    }
    sessions.endWhere(value => value.account === account && value !== session.value)
    tell('password-changed')
    return c.json({})

    async function changeAgain(refused: HttpProblem): Promise<void> {
      const { proof } = change
      if (!(await portal.supplier.isPassword(session.value, proof))) throw refused
      await changeAccount(portal, session.value, { ...change, current: proof })
    }
  })
}
