// Routes of the portal about one household; most of them pass the question on to the supplier.
import { clearSessionCookie, field, HttpProblem, readJson, type Session } from '@hushgrid/http'
import type { WrappedKeys } from '@hushgrid/web-api'
import type { Context, Hono } from 'hono'
import type { Answer, Question } from './ask-server.ts'
import { householdSession, type PortalContext } from './portal-context.ts'
import { proofOf } from './session-routes.ts'
import { type SupplierSession, SupplierSessionEndedError } from './supplier-client.ts'

const HOUSEHOLD = '/api/households/:household'
/** Parameters of a query that are passed on to the supplier. */
const SLOTS = ['from', 'until'] as const
const SLOT = /^\d{1,15}$/
/** Most bytes of a body: room for a short word with a yes or no, or for a proof. */
const MOST_BYTES = 4_096

/**
 * Adds the routes about one household, for its own customer. Answers for the wrapped keys itself and passes everything
 * else on to the supplier.
 */
export function householdRoutes(app: Hono, portal: PortalContext): void {
  app.get(`${HOUSEHOLD}/vault`, c => {
    const { value } = householdSession(c, portal)
    const record = portal.records.read(value.account)
    if (record === undefined) throw new HttpProblem(404, 'the account has no keys here: "pnpm node:customer register" brings them')
    return c.json({ record } satisfies WrappedKeys)
  })

  app.get(`${HOUSEHOLD}/batches`, async c =>
    passOn(c, await forward(c, portal, householdSession(c, portal), { rest: `batches${slots(c)}` }))
  )
  for (const rest of ['bills', 'seen', 'consents'])
    app.get(`${HOUSEHOLD}/${rest}`, async c => passOn(c, await forward(c, portal, householdSession(c, portal), { rest })))

  app.put(`${HOUSEHOLD}/consents`, async c => {
    const session = householdSession(c, portal)
    const body = await readJson(c, value => ({ purpose: purposeOf(value), given: field(value, 'given', 'boolean') }), MOST_BYTES)
    return passOn(c, await forward(c, portal, session, { rest: 'consents', method: 'PUT', body }))
  })

  app.delete(`${HOUSEHOLD}/readings`, async c =>
    passOn(c, await forward(c, portal, householdSession(c, portal), { rest: 'readings', method: 'DELETE' }))
  )

  app.delete(`${HOUSEHOLD}/account`, async c => {
    const session = householdSession(c, portal)
    const proof = await readJson(c, proofOf, MOST_BYTES)
    const answer = await forward(c, portal, session, { rest: 'account', method: 'DELETE', body: { proof } })
    const { account } = session.value
    portal.sessions.endWhere(value => value.account === account)
    clearSessionCookie(c)
    portal.records.remove(account)
    portal.tell('account-deleted')
    return passOn(c, answer)
  })
}

interface Forwarded {
  /** Rest of the path, behind the household. */
  readonly rest: string
  readonly method?: Question['method']
  readonly body?: unknown
}

async function forward(
  c: Context,
  { supplier, sessions }: PortalContext,
  { value, token }: Session<SupplierSession>,
  { rest, method = 'GET', body }: Forwarded
): Promise<Answer> {
  // Takes the household from the session, since nothing of a request may become a path.
  const path = `/api/households/${encodeURIComponent(value.household)}/${rest}`
  try {
    return await supplier.forward(value, { method, path, ...(body !== undefined && { body }) })
  } catch (cause) {
    if (cause instanceof SupplierSessionEndedError) {
      sessions.end(token)
      clearSessionCookie(c)
    }
    throw cause
  }
}

function passOn(c: Context, { body }: Answer): Response {
  return c.body(body.byteLength === 0 ? '{}' : body, 200, { 'content-type': 'application/json' })
}

/** @throws HttpProblem 400 */
function slots(c: Context): string {
  const query = SLOTS.flatMap(name => {
    const [value, ...others] = c.req.queries(name) ?? []
    if (value === undefined) return []
    if (!SLOT.test(value) || others.length > 0) throw new HttpProblem(400, `${name}: expected a slot, got something else`)
    return [`${name}=${value}`]
  })
  return query.length === 0 ? '' : `?${query.join('&')}`
}

/** Takes any short word, since only the supplier knows the purposes. */
function purposeOf(value: unknown): string {
  const purpose = field(value, 'purpose', 'string')
  if (!/^[a-z][a-z-]{0,63}$/.test(purpose)) throw new HttpProblem(400, 'purpose: expected the name of a purpose, got something else')
  return purpose
}
