// What every route of the supplier's desk answers, to whom, and that nothing of a household is finer than a billing period.
import type { Millis } from '@hushgrid/primitives'
import { Hono } from 'hono'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BillRechecker } from '../../src/web/bill-rechecker.ts'
import { supplierRoutes } from '../../src/web/supplier-routes.ts'
import type { WebDesk } from '../../src/web/web-desk.ts'
import { LONG } from '../support/command-tools.ts'
import type { Asked, SignedIn } from '../support/web-client.ts'
import { type Filled, FLAT, fill, hexOf, leaksIn, PERIOD, time } from '../support/web-filled.ts'
import { ACCOUNTS, denied, NETWORK, PASSWORD, type SupplierServer, startSupplierServer } from '../support/web-tools.ts'

let server: SupplierServer
let filled: Filled
const who: Record<string, SignedIn> = {}

beforeAll(async () => {
  server = await startSupplierServer({ now: () => CLOCK })
  filled = await fill(server)
  await server.store.createAccount({ account: 'ada', role: 'admin' }, { account: 'spare', roles: ['billing'] }, PASSWORD)
  for (const account of Object.keys(ACCOUNTS)) who[account] = await server.signedIn(account)
}, LONG)
afterAll(() => server.stop())

/** The node's clock, which in a lab is another than the wall's. */
const CLOCK = Date.UTC(2026, 2, 20, 12, 34, 56) as Millis
const RANGE = `from=${time(PERIOD.from)}&until=${time(PERIOD.until)}`
const OF = `/api/networks/${NETWORK}`
const READERS = ['ann', 'bill', 'otto', 'zoe']

interface Route {
  /** As the server has it. */
  readonly route: string
  readonly path: string | (() => string)
  readonly more?: () => Asked
  /** Who is answered. */
  readonly by: readonly string[]
  /** What the audit log calls what was refused. */
  readonly action?: string
}

const checked = (): Asked => ({
  method: 'POST',
  body: { household: filled.households[0], from: time(PERIOD.from), until: time(PERIOD.until) }
})
/** In an order in which all of them succeed. */
const ROUTES: readonly Route[] = [
  { route: 'GET /api/session', path: '/api/session', by: Object.keys(ACCOUNTS) },
  { route: 'GET /api/clock', path: '/api/clock', by: Object.keys(ACCOUNTS) },
  { route: 'GET /api/networks', path: '/api/networks', by: READERS, action: 'read networks' },
  { route: 'GET /api/networks/:network/latest', path: `${OF}/latest`, by: ['ann', 'zoe'], action: 'read totals' },
  { route: 'GET /api/networks/:network/totals', path: `${OF}/totals?${RANGE}`, by: ['ann', 'zoe'], action: 'read totals' },
  { route: 'GET /api/networks/:network/totals.csv', path: `${OF}/totals.csv?${RANGE}`, by: ['ann', 'zoe'], action: 'export totals' },
  { route: 'GET /api/networks/:network/peaks', path: `${OF}/peaks?${RANGE}&count=5`, by: ['ann', 'zoe'], action: 'read totals' },
  { route: 'GET /api/networks/:network/duration', path: `${OF}/duration?${RANGE}`, by: ['ann', 'zoe'], action: 'read totals' },
  { route: 'GET /api/networks/:network/profile', path: `${OF}/profile?${RANGE}`, by: ['ann', 'zoe'], action: 'read totals' },
  {
    route: 'GET /api/networks/:network/forecast',
    path: `${OF}/forecast?until=${time(PERIOD.until)}&zone=Europe/London`,
    by: ['ann', 'zoe'],
    action: 'read totals'
  },
  { route: 'GET /api/networks/:network/bills', path: `${OF}/bills?${RANGE}`, by: ['bill', 'zoe'], action: 'read bills' },
  {
    route: 'POST /api/networks/:network/bills/check',
    path: `${OF}/bills/check`,
    more: checked,
    by: ['bill', 'zoe'],
    action: 'read household bills'
  },
  {
    route: 'GET /api/networks/:network/consumption',
    path: `${OF}/consumption?from=${time(PERIOD.from - 100)}&until=${time(PERIOD.until)}`,
    by: ['bill', 'zoe'],
    action: 'read consumption'
  },
  { route: 'GET /api/tariffs', path: '/api/tariffs', by: ['bill', 'zoe'], action: 'read tariffs' },
  { route: 'GET /api/households', path: `/api/households?network=${NETWORK}`, by: ['bill', 'zoe'], action: 'read billing run' },
  {
    route: 'GET /api/households',
    path: () => `/api/households?network=${NETWORK}&household=${filled.households[0]}`,
    by: ['bill', 'zoe'],
    action: 'read consumption'
  },
  { route: 'GET /api/accounts', path: '/api/accounts', by: ['ada', 'zoe'], action: 'read accounts' },
  {
    route: 'POST /api/accounts',
    path: '/api/accounts',
    more: () => ({ method: 'POST', body: { account: `eve-${made++}`, roles: ['billing'], password: 'a long password' } }),
    by: ['ada', 'zoe'],
    action: 'create account'
  },
  {
    route: 'PUT /api/accounts/:account',
    path: '/api/accounts/spare',
    more: () => ({ method: 'PUT', body: { roles: ['auditor'] } }),
    by: ['ada', 'zoe'],
    action: 'change roles'
  },
  {
    route: 'DELETE /api/accounts/:account',
    path: '/api/accounts/spare',
    more: () => ({ method: 'DELETE', body: {} }),
    by: ['ada'],
    action: 'remove account'
  },
  { route: 'GET /api/audit', path: '/api/audit', by: ['otto', 'zoe'], action: 'verify audit log' }
]
let made = 0

const ask = async (account: string, path: string, more: Asked = {}) => await server.ask(path, who[account], more)
const json = async (account: string, path: string, more: Asked = {}) => {
  const { status, text } = await ask(account, path, more)
  expect({ path, status, ...(status !== 200 && { text }) }).toEqual({ path, status: 200 })
  return JSON.parse(text)
}

describe('every route', { timeout: LONG }, () => {
  it('is one of those that are looked at here', () => {
    const app = new Hono()
    supplierRoutes(app, {} as WebDesk, new BillRechecker({ store: server.store, warn: () => undefined }))
    const signing = ['GET /api/signed-in', 'POST /api/session', 'DELETE /api/session', 'PUT /api/session/password']
    // Those of customers are looked at with a customer's session, beside theirs; who may ask is in every-route.test.ts.
    const ofDesk = app.routes.filter(({ path }) => !path.startsWith('/api/households/'))
    expect(ofDesk.map(({ method, path }) => `${method} ${path}`).sort()).toEqual(
      [...new Set(ROUTES.map(({ route }) => route)), ...signing].sort()
    )
  })

  it('answers those whose role allows it, tells the others so, and the audit log, and gives no household’s slot away', async () => {
    for (const { route, path: named, more, by, action } of ROUTES) {
      const path = typeof named === 'string' ? named : named()
      const asked = more ?? ((): Asked => ({}))
      if ((asked().method ?? 'GET') !== 'GET') {
        for (const csrf of [false, 'x'] as const)
          expect({ route, status: (await ask('zoe', path, { ...asked(), csrf })).status }).toEqual({ route, status: 403 })
      }
      expect({ route, status: (await server.ask(path, undefined, asked())).status }).toEqual({ route, status: 401 })
      for (const account of Object.keys(ACCOUNTS)) {
        const before = (await denied(server.store)).length
        const { status, text } = await ask(account, path, asked())
        const refusals = (await denied(server.store)).slice(before)
        const allowed = by.includes(account) || (route.startsWith('DELETE') && account === 'zoe')
        if (!allowed) {
          expect({ route, account, status, text }).toEqual({ route, account, status: 403, text: JSON.stringify({ error: NO_ROLE }) })
          expect({ route, refusals }).toEqual({ route, refusals: [expect.stringMatching(new RegExp(`^${account} [\\w-]+ ${action}$`))] })
          continue
        }
        // What one has removed, another finds gone.
        expect({ route, account, status }).toEqual({ route, account, status: by.includes(account) ? 200 : 404 })
        expect({ route, refusals, leaks: leaksIn(text, filled) }).toEqual({ route, refusals: [], leaks: [] })
      }
    }
    expect(server.warnings).toEqual([])
  })

  it('would be found out if it gave something away', () => {
    const [household] = filled.households
    const [reading = ''] = filled.readings
    const [batch] = filled.sealed
    for (const leak of [
      { wattHours: Number(reading) },
      { kilowattHours: Number(reading) / 1000 },
      { text: `${reading.slice(0, -3)}.${reading.slice(-3)} kWh` },
      { bytes: Buffer.from(batch ?? []).toString('base64') },
      { bytes: Buffer.from(batch ?? []).toString('hex') },
      { household, slot: 3 },
      { lines: [{ household, from: time(PERIOD.from), until: time(PERIOD.from + 1) }] }
    ])
      expect({ leak, found: leaksIn(JSON.stringify(leak), filled).length > 0 }).toEqual({ leak, found: true })
    expect(leaksIn(`slot,kWh\n3,${reading}\n`, filled)).toHaveLength(1)
  })

  it('says what a wrong question lacks', async () => {
    const wrong: [number, string, string][] = [
      [404, `/api/networks/oak-street/totals?${RANGE}`, 'no such network'],
      [404, '/api/households', 'no such network'],
      [400, `${OF}/totals`, 'from: expected a time such as 2026-03-29T00:00:00Z, got none'],
      [
        400,
        `${OF}/totals?from=yesterday&until=2026-03-01T00:00:00Z`,
        'from: expected a time from 1970 on such as 2013-02-04T00:00:00Z, got "yesterday"'
      ],
      [400, `${OF}/totals?from=2026-03-01T00:00:00Z&until=2026-03-01T00:00:00Z`, 'until: expected a time after from, got one that is not'],
      [
        400,
        `${OF}/totals?from=2024-03-01T00:00:00Z&until=2026-03-01T00:00:00Z`,
        'until: expected a time at most 400 days after from, got a later one'
      ],
      [
        400,
        `${OF}/totals?from=2026-03-01T00:10:00Z&until=2026-03-01T00:20:00Z`,
        'until: expected at least one slot of 3600 s between from and it, got none'
      ],
      [
        400,
        `${OF}/bills?from=2026-01-01T00:00:00Z&until=2026-04-01T00:00:00Z`,
        'until: expected a time at most 62 days after from, got a later one'
      ],
      [400, `${OF}/peaks?${RANGE}&count=0`, 'count: expected a whole number from 1 to 1000, got something else'],
      [400, `${OF}/profile?${RANGE}&zone=Mars`, 'zone: expected a time zone such as Europe/London, got something else'],
      [400, `/api/audit?before=0`, 'before: expected the number of a line, got something else'],
      [404, '/api/nothing', 'there is nothing at this address']
    ]
    for (const [status, path, error] of wrong) {
      const answer = await ask('zoe', path)
      expect({ path, status: answer.status, said: JSON.parse(answer.text) }).toEqual({ path, status, said: { error } })
    }
    expect((await ask('zoe', `${OF}/peaks?${RANGE}&lane=x`)).status).toBe(400)
    const none = { ...(checked().body as object), household: 'household-none' }
    expect((await ask('bill', `${OF}/bills/check`, { method: 'POST', body: none })).status).toBe(404)
    expect((await ask('bill', `${OF}/bills/check`, { method: 'POST', body: { ...none, household: '\0' } })).status).toBe(400)
    // Whether there is such a network is for those who may know.
    expect((await ask('kim', `/api/networks/oak-street/totals?${RANGE}`)).status).toBe(403)
    expect(server.warnings).toEqual([])
  })
})

const NO_ROLE = 'this account does not have the role that it takes'

describe('the answers', { timeout: LONG }, () => {
  it('about load are those of the store', async () => {
    expect(await json('ann', '/api/networks')).toEqual([{ network: NETWORK, slotSeconds: 3600 }])
    expect(await json('ann', `${OF}/latest`)).toEqual({ start: time(PERIOD.until - 1) })
    const { totals, lost } = await json('ann', `${OF}/totals?from=${time(PERIOD.from)}&until=${time(PERIOD.until + 1)}`)
    expect(totals).toHaveLength(72)
    expect(totals[0]).toMatchObject({ start: time(PERIOD.from), contributors: 3, wattHours: { '1-0:1.29.0': expect.any(Number) } })
    expect(lost).toMatchObject([{ start: time(PERIOD.until), reason: 'members are missing' }])
    const { text, headers } = await ask('ann', `${OF}/totals.csv?${RANGE}`)
    expect([headers.get('content-type'), headers.get('content-disposition')]).toEqual([
      'text/csv; charset=utf-8',
      'attachment; filename="totals.csv"'
    ])
    expect(text.split('\n')[0]).toBe('slot_start_utc,1-0:1.29.0 Wh,contributors,missing,withheld')
    expect(text.trimEnd().split('\n')).toHaveLength(73)
    const { peaks, slots } = await json('ann', `${OF}/peaks?${RANGE}&count=5`)
    expect([peaks.length, slots]).toEqual([5, 72])
    const { points } = await json('ann', `${OF}/duration?${RANGE}&points=3`)
    expect(points[0]).toEqual({ share: 0, wattHours: peaks[0].wattHours })
    const forecast = await json('ann', `${OF}/forecast?until=${time(PERIOD.until)}`)
    expect([forecast.date, forecast.slots.length, forecast.heldBackDates.length]).toEqual(['2026-03-05', 24, 7])
    expect(forecast.chosen.heldBack.mae).toBeGreaterThan(0)
    expect(await json('ann', `${OF}/forecast?until=${time(PERIOD.from - 29 * 24)}`)).toEqual({
      why: expect.stringMatching(/^expected at least 28 whole local days/)
    })
  })

  it('name one clock, and the zones of the tariffs', async () => {
    expect(await json('otto', '/api/clock')).toEqual({ now: '2026-03-20T12:34:56Z', zones: ['UTC'] })
  })

  it('about bills say what is to be paid, who has none, and how each checks', async () => {
    const [ann, bob, cyd] = filled.households as [string, string, string]
    const { bills, run, together, prices } = await json('bill', `${OF}/bills?${RANGE}`)
    expect(bills).toMatchObject([ann, bob].sort().map(household => ({ household, tariff: 'flat', gaps: 0, toPay: { currency: 'EUR' } })))
    expect(run).toEqual({ billed: [ann, bob].sort(), open: [cyd], silent: [] })
    const minor = bills.reduce((sum: number, { toPay }: { toPay: { minor: string } }) => sum + Number(toPay.minor), 0)
    expect(together).toEqual([`€${(minor / 100).toFixed(2).replace(/\B(?=(\d{3})+\.)/g, ',')} of 2 bills`])
    expect(prices).toEqual([
      {
        ...{ tariff: 'flat', from: time(PERIOD.from), until: time(PERIOD.until), fixed: '0' },
        money: { currency: 'EUR', sign: '€', short: 'ct', digits: 2, unitDigits: 3 },
        bands: [{ lane: '1-0:1.29.0', names: [], price: '12', slots: 72 }]
      }
    ])
    const check = await json('bill', `${OF}/bills/check`, checked())
    expect(Date.parse(check.checked)).toBe(Math.floor(CLOCK / 1000) * 1000)
    expect(check).toMatchObject({ network: NETWORK, household: ann, holds: true })
    expect(check.steps.map(({ what, holds }: { what: string; holds: boolean }) => [what, holds])).toEqual([
      ['The bill can be read', true],
      ['Its tariff is one of ours', true],
      ['Each slot is in it once', true],
      ['The meter signed it', true],
      ['The amount follows from the readings', true],
      ['The store has it as it is', true],
      ['It is this household’s', true]
    ])
    expect(await json('bill', '/api/tariffs')).toEqual({
      tariffs: [{ tariff: 'flat', text: FLAT, timeZone: 'UTC', from: time(0), hash: hexOf(FLAT) }]
    })
  })

  it('about households are pseudonyms, billing periods and bills', async () => {
    const { households } = await json('bill', `/api/households?network=${NETWORK}`)
    expect(households).toEqual([...filled.households].sort())
    const account = await json('bill', `/api/households?network=${NETWORK}&household=${filled.households[0]}`)
    expect(leaksIn(JSON.stringify(account), filled)).toEqual([])
    expect(account).toMatchObject({
      periods: [{ from: time(PERIOD.from - 72), until: time(PERIOD.from), wattHours: { '1-0:1.29.0': '77000000' }, source: 'paillier' }],
      bills: [{ from: time(PERIOD.from), until: time(PERIOD.until), toPay: { text: expect.stringMatching(/^€\d/) } }]
    })
    expect(await json('bill', `/api/households?network=${NETWORK}&household=household-none`)).toMatchObject({ periods: [], bills: [] })
    const { periods } = await json('bill', `${OF}/consumption?from=${time(PERIOD.from - 100)}&until=${time(PERIOD.until)}`)
    expect(periods).toHaveLength(3)
  })
})
