// Every route of the supplier's server, and who may: a route that is not in the list fails the test.
import type { Role } from '@hushgrid/mdms'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BillRechecker } from '../../src/web/bill-rechecker.ts'
import { supplierRoutes } from '../../src/web/supplier-routes.ts'
import type { WebDesk } from '../../src/web/web-desk.ts'
import { LONG } from '../support/command-tools.ts'
import type { Asked, SignedIn } from '../support/web-client.ts'
import { ACCOUNTS, NETWORK, type SupplierServer, startSupplierServer } from '../support/web-tools.ts'

interface Rule {
  /** `anybody`; `session` for whoever is signed in; `household` for the customer of the path's household; else the roles. */
  readonly may: 'anybody' | 'session' | 'household' | readonly Role[]
  /** Query and body with which it gets as far as the question who asks. */
  readonly query?: string
  readonly body?: unknown
}

const ANALYST: Rule = { may: ['supplier-analyst'], query: '?from=2026-03-01T00:00:00Z&until=2026-03-02T00:00:00Z' }
const BILLING: Rule = { ...ANALYST, may: ['billing'] }
const TO_CHECK = { household: 'household-of-kim', from: '2026-03-01T00:00:00Z', until: '2026-03-02T00:00:00Z' }

const RULES: Readonly<Record<string, Rule>> = {
  'POST /api/session': { may: 'anybody', body: {} },
  'GET /api/signed-in': { may: 'anybody' },
  'GET /api/session': { may: 'session' },
  'DELETE /api/session': { may: 'session' },
  'PUT /api/session/password': { may: 'session' },
  'GET /api/clock': { may: 'session' },
  'GET /api/networks': { may: ['supplier-analyst', 'billing', 'auditor'] },
  'GET /api/networks/:network/latest': ANALYST,
  'GET /api/networks/:network/totals': ANALYST,
  'GET /api/networks/:network/totals.csv': ANALYST,
  'GET /api/networks/:network/peaks': ANALYST,
  'GET /api/networks/:network/profile': ANALYST,
  'GET /api/networks/:network/duration': ANALYST,
  'GET /api/networks/:network/forecast': ANALYST,
  'GET /api/networks/:network/bills': BILLING,
  'GET /api/networks/:network/consumption': BILLING,
  'POST /api/networks/:network/bills/check': { may: ['billing'], body: TO_CHECK },
  'GET /api/tariffs': { may: ['billing'] },
  'GET /api/households': { may: ['billing'], query: `?network=${NETWORK}` },
  'GET /api/accounts': { may: ['admin'] },
  'POST /api/accounts': { may: ['admin'], body: { account: 'eve', roles: ['billing'], password: 'a long password' } },
  'PUT /api/accounts/:account': { may: ['admin'], body: { roles: ['billing'] } },
  'DELETE /api/accounts/:account': { may: ['admin'] },
  'GET /api/audit': { may: ['auditor'] },
  'GET /api/households/:household/batches': { may: 'household' },
  'GET /api/households/:household/bills': { may: 'household' },
  'GET /api/households/:household/seen': { may: 'household' },
  'GET /api/households/:household/consents': { may: 'household' },
  'PUT /api/households/:household/consents': { may: 'household', body: { purpose: 'keep-readings', given: true } },
  'DELETE /api/households/:household/readings': { may: 'household' },
  'DELETE /api/households/:household/account': { may: 'household' }
}

let server: SupplierServer
const sessions = new Map<string, SignedIn>()
beforeAll(async () => {
  server = await startSupplierServer()
  for (const account of Object.keys(ACCOUNTS)) sessions.set(account, await server.signedIn(account))
}, LONG)
afterAll(() => server.stop())

const isChange = (route: string): boolean => !route.startsWith('GET ')

function statusOf(route: string, account?: string, more: Asked & { readonly household?: string } = {}): Promise<number> {
  const [method, path] = route.split(' ') as [string, string]
  const { query = '', body = {} } = RULES[route] as Rule
  const names: Readonly<Record<string, string>> = { network: NETWORK, household: more.household ?? 'household-of-kim', account: 'nobody' }
  const at = path.replaceAll(/:(\w+)/g, (_, name: string) => names[name] ?? '')
  const asked = { method, ...(isChange(route) && { body }), ...more }
  return server.statusOf(`${at}${query}`, account === undefined ? undefined : sessions.get(account), asked)
}

describe('every route', { timeout: LONG }, () => {
  it('of the server is in the list here, with who may', () => {
    const app = new Hono()
    supplierRoutes(app, {} as WebDesk, {} as BillRechecker)
    expect(app.routes.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(Object.keys(RULES).sort())
  })

  it.each(Object.entries(RULES))('is not for a stranger, or is meant to be: %s', async (route, { may }) => {
    const forged: SignedIn = { cookie: 'hushgrid-supplier-session=__proto__', csrf: '' }
    const path = route.split(' ')[1] as string
    if (may === 'anybody') expect([200, 400]).toContain(await statusOf(route))
    else {
      expect(await statusOf(route)).toBe(401)
      expect(await server.statusOf(path, forged, { method: route.split(' ')[0] as string, body: isChange(route) ? {} : undefined })).toBe(
        401
      )
      if (!isChange(route)) expect(await statusOf(route, undefined, { method: 'HEAD' })).toBe(401)
    }
  })

  it.each(Object.entries(RULES).filter(([route, { may }]) => isChange(route) && may !== 'anybody'))(
    'that changes something takes the csrf token of its session: %s',
    async (route, { may }) => {
      const account = may === 'household' ? 'kim' : 'zoe'
      for (const csrf of [false, '', sessions.get('ann')?.csrf ?? ''] as const) expect(await statusOf(route, account, { csrf })).toBe(403)
    }
  )

  const ofRoles = Object.entries(RULES).filter(([, { may }]) => Array.isArray(may))
  it.each(ofRoles)('of the supplier’s people is for those of the role alone: %s', async (route, { may }) => {
    for (const [account, roles] of Object.entries(ACCOUNTS)) {
      const status = await statusOf(route, account)
      const allowed = roles.some(role => may.includes(role as never))
      if (allowed) expect([account, status]).not.toEqual([account, expect.toBeOneOf([401, 403, 500])])
      else expect([account, status]).toEqual([account, 403])
    }
  })

  const ofHouseholds = Object.entries(RULES).filter(([, { may }]) => may === 'household')
  it.each(ofHouseholds)('of a household is for its own customer alone: %s', async route => {
    expect(await statusOf(route, 'kim')).not.toEqual(expect.toBeOneOf([401, 403, 404, 500]))
    for (const household of [
      'household-of-another',
      'household-of-kim%20',
      'HOUSEHOLD-OF-KIM',
      '%00',
      '__proto__',
      "'%20OR%20'1'='1",
      '%ff'
    ])
      expect([household, await statusOf(route, 'kim', { household })]).toEqual([household, 404])
    for (const account of Object.keys(ACCOUNTS).filter(each => each !== 'kim'))
      expect([account, await statusOf(route, account)]).toEqual([account, 404])
  })

  it('has failed at nothing of that', () => expect(server.warnings).toEqual([]))
})
