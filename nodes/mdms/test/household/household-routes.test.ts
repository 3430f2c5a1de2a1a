// Whose data a customer's session opens, and what it finds there.

import { decodeBatch } from '@hushgrid/billing'
import { IMPORT_LANE, type Millis, toHex } from '@hushgrid/primitives'
import type { Consents, CustomerBills, EncryptedBatches, SeenBySupplier } from '@hushgrid/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LONG } from '../support/command-tools.ts'
import { FROM, UNTIL } from '../support/delivered-house.ts'
import {
  BILLING,
  bring,
  type HouseholdServer,
  NETWORK,
  PASSWORD,
  PROOF,
  RECEIVED,
  startHouseholdServer
} from '../support/household-server.ts'

const ROUTES: readonly { readonly method: string; readonly rest: string; readonly body?: unknown }[] = [
  { method: 'GET', rest: 'batches' },
  { method: 'GET', rest: `batches?from=${FROM}&until=${UNTIL}` },
  { method: 'GET', rest: 'bills' },
  { method: 'GET', rest: 'seen' },
  { method: 'GET', rest: 'consents' },
  { method: 'PUT', rest: 'consents', body: { purpose: 'keep-readings', given: false } },
  { method: 'DELETE', rest: 'readings' },
  { method: 'DELETE', rest: 'account', body: { proof: PROOF } }
]
const DAY = { from: FROM, until: UNTIL }
const NEXT = { from: UNTIL, until: UNTIL + 24 }
const EVER = { from: 0, until: 2 ** 40 }
/** Currency of the tariff, whose unit is a thousandth of a cent. */
const CENTS = { currency: 'EUR', sign: '€', short: 'ct', digits: 2, unitDigits: 3 }

let server: HouseholdServer
beforeEach(async () => {
  server = await startHouseholdServer()
  for (const each of [server.kim, server.lee]) await bring(server.store, each, DAY)
}, LONG)
afterEach(() => server.stop())

const pathOf = (household: string, rest: string): string => `/api/households/${household}/${rest}`

describe('every route', () => {
  it('answers for another household as for one that there is not', { timeout: LONG }, async () => {
    const { kim, lee, store } = server
    const session = await server.signedIn('kim')
    const missing = `household-${'0'.repeat(32)}`
    for (const { method, rest, body } of ROUTES) {
      const ask = async (household: string, csrf?: string | false) => {
        const { status, text, headers } = await server.ask(pathOf(household, rest), session, {
          method,
          ...(body !== undefined && { body }),
          ...(csrf !== undefined && { csrf })
        })
        return { status, text, headers: [...headers].filter(([name]) => name !== 'date') }
      }
      const [others, none] = [await ask(lee.household), await ask(missing)]
      expect({ method, rest, status: others.status, text: others.text }).toEqual({
        ...{ method, rest, status: 404 },
        text: JSON.stringify({ error: 'no such household' })
      })
      expect(others).toEqual(none)
      for (const odd of [
        lee.household.toUpperCase(),
        'kim',
        '%00',
        '..%2F..%2Fapi',
        `${kim.household}%20`,
        encodeURIComponent("' OR 1=1 --")
      ])
        expect(await ask(odd)).toEqual(none)
      // Nor does it help to leave the other token out.
      expect(await ask(lee.household, false)).toEqual(none)
    }
    // Nothing of any of that has happened, and nothing was asked of the store.
    const leeActor = { account: 'lee', role: 'customer' } as const
    expect(await store.readReadings(leeActor, lee.household, EVER)).toHaveLength(1)
    expect(await store.readConsents(leeActor, lee.household)).toEqual([{ purpose: 'keep-readings', given: true }])
    const looked = await store.readHouseholdAccess(leeActor, lee.household)
    expect(looked.filter(({ account }) => account === 'kim')).toEqual([])
    expect(server.warnings).toEqual([])
  })

  it('is closed to who is not signed in, or is no customer, and to changes without the session’s token', { timeout: LONG }, async () => {
    const { kim } = server
    const [own, staff] = [await server.signedIn('kim'), await server.signedIn('bill', PASSWORD)]
    for (const { method, rest, body } of ROUTES) {
      const more = { method, ...(body !== undefined && { body }) }
      const path = pathOf(kim.household, rest)
      expect((await server.ask(path, undefined, more)).status).toBe(401)
      expect((await server.ask(path, { cookie: 'hushgrid-supplier-session=nobody', csrf: own.csrf }, more)).status).toBe(401)
      expect(await server.ask(path, staff, more)).toMatchObject({ status: 404, text: '{"error":"no such household"}' })
      if (method === 'GET') continue
      for (const csrf of [false, staff.csrf] as const) expect((await server.ask(path, own, { ...more, csrf })).status).toBe(403)
    }
    const { status, text } = await server.ask(pathOf(kim.household, 'batches'), own)
    expect([status, (JSON.parse(text) as EncryptedBatches).batches.length]).toEqual([200, 1])
  })

  it('ends with the account, which the store is asked for each time', async () => {
    const session = await server.signedIn('kim')
    await server.store.removeAccount({ account: 'ada', role: 'admin' }, 'kim')
    for (const path of [pathOf(server.kim.household, 'seen'), '/api/session']) expect((await server.ask(path, session)).status).toBe(401)
    expect(server.desk.sessions.size).toBe(0)
  })
})

describe('batches', () => {
  it('come as the meter encoded them, in order, those with a slot in the range', async () => {
    const { kim, store } = server
    await bring(store, kim, NEXT)
    const session = await server.signedIn('kim')
    const read = async (query: string): Promise<EncryptedBatches> =>
      JSON.parse((await server.ask(pathOf(kim.household, `batches${query}`), session)).text)
    const all = await read('')
    expect(all).toEqual({
      network: NETWORK,
      now: expect.stringMatching(/Z$/),
      slotSeconds: 3600,
      batches: [DAY, NEXT].map(({ from }) => ({
        firstSlot: from,
        slots: 24,
        batch: expect.any(String),
        received: '2026-03-04T00:00:00Z'
      }))
    })
    expect(Buffer.from(all.batches[0]?.batch ?? '', 'base64')).toEqual(Buffer.from(kim.house.batch()))
    expect(decodeBatch(new Uint8Array(Buffer.from(all.batches[1]?.batch ?? '', 'base64'))).firstSlot).toBe(UNTIL)
    const firsts = async (query: string) => (await read(query)).batches.map(({ firstSlot }) => firstSlot)
    expect(await firsts(`?from=${UNTIL}`)).toEqual([UNTIL])
    expect(await firsts(`?until=${UNTIL}`)).toEqual([FROM])
    expect(await firsts(`?from=${UNTIL - 1}&until=${UNTIL + 1}`)).toEqual([FROM, UNTIL])
    expect(await firsts(`?from=${UNTIL + 24}`)).toEqual([])
    for (const query of ['?from=x', '?from=-1', '?until=1e3', '?from=9999999999999', `?from=${UNTIL}&until=${UNTIL}`])
      expect((await server.ask(pathOf(kim.household, `batches${query}`), session)).status).toBe(400)
  })

  it('name the only network also where there is none yet', async () => {
    const { kim, store } = server
    await store.deleteReadings({ account: 'kim', role: 'customer' }, kim.household)
    const { text } = await server.ask(pathOf(kim.household, 'batches'), await server.signedIn('kim'))
    expect(JSON.parse(text)).toEqual({ network: NETWORK, slotSeconds: 3600, now: expect.stringMatching(/Z$/), batches: [] })
  })
})

describe('bills', () => {
  it('come checked, with prices by which the amount can be computed again', async () => {
    const { text } = await server.ask(pathOf(server.kim.household, 'bills'), await server.signedIn('kim'))
    const { bills } = JSON.parse(text) as CustomerBills
    const wattHours = Array.from({ length: 24 }, (_, i) => 100 + ((i * 37) % 211)).reduce((sum, value) => sum + value, 0)
    expect(bills).toMatchObject([
      {
        ...{
          from: '2026-03-02T00:00:00Z',
          until: '2026-03-03T00:00:00Z',
          firstSlot: FROM,
          untilSlot: UNTIL,
          received: '2026-03-04T00:00:00Z'
        },
        ...{ tariff: 'flat', gaps: 0, amount: String(12 * wattHours), unit: 'thousandths of a cent', toPay: '€0.58' },
        ...{ money: CENTS, timeZone: 'UTC' },
        prices: {
          fixed: '0',
          weights: { [IMPORT_LANE]: [{ slots: 24, price: '12' }] },
          bands: [{ lane: IMPORT_LANE, names: [], price: '12', slots: 24 }]
        }
      }
    ])
    expect(bills[0]?.tariffText).toMatch(/^flat\nImport: 12 ct\/kWh\n/)
    expect(bills[0]?.check.map(({ holds }) => holds)).toEqual([true, true, true, true])
  })
})

describe('what the supplier sees', () => {
  it('begins differently for each batch, as the encrypted readings do', async () => {
    const { kim, store } = server
    for (const from of [FROM + 96, FROM + 120]) await bring(store, kim, { from, until: from + 24 })
    const { text } = await server.ask(pathOf(kim.household, 'seen'), await server.signedIn('kim'))
    const { batches } = JSON.parse(text) as SeenBySupplier
    expect(batches.length).toBeGreaterThan(1)
    expect(new Set(batches.map(({ encrypted }) => encrypted)).size).toBe(batches.length)
  })

  it('has its times by one clock, in a lab too', async () => {
    const lab = await startHouseholdServer({ shownAt: at => (at - 10 * 86_400_000) as Millis })
    try {
      const session = await lab.signedIn('kim')
      const paths = [pathOf(lab.kim.household, 'consents'), pathOf(lab.kim.household, 'seen')]
      await lab.ask(paths[0] ?? '', session, { method: 'PUT', body: { purpose: 'keep-readings', given: false } })
      const [consents, seen] = await Promise.all(paths.map(async path => (await lab.ask(path, session)).text))
      const times = [(JSON.parse(consents ?? '') as Consents).consents[0]?.since, (JSON.parse(seen ?? '') as SeenBySupplier).looked[0]?.at]
      for (const time of times) expect(Math.abs(Date.now() - 10 * 86_400_000 - Date.parse(time ?? ''))).toBeLessThan(3_600_000)
    } finally {
      await lab.stop()
    }
  })

  it('is exactly what the store has, and who looked', async () => {
    const { kim, lee, store } = server
    const lanes = { [IMPORT_LANE]: 4_321n }
    const period = { from: FROM - 48, until: FROM }
    const used = { network: NETWORK, lanes, period, source: 'paillier' as const, received: RECEIVED as Millis }
    await store.recordConsumption({ ...used, household: kim.household })
    await store.recordConsumption({ ...used, household: lee.household, lanes: { [IMPORT_LANE]: 9_999n } })
    await store.readBills(BILLING, NETWORK, EVER)
    await store.readHouseholdBills(BILLING, lee.household, EVER)
    const { text } = await server.ask(pathOf(kim.household, 'seen'), await server.signedIn('kim'))
    const seen = JSON.parse(text) as SeenBySupplier
    const batch = kim.house.batch()
    const [kept] = await store.readReadings({ account: 'kim', role: 'customer' }, kim.household, EVER)
    const [bill] = await store.readHouseholdBills(BILLING, kim.household, EVER)
    const times = { from: '2026-03-02T00:00:00Z', until: '2026-03-03T00:00:00Z', received: '2026-03-04T00:00:00Z' }
    expect({ ...seen, looked: [] }).toEqual({
      ...{ pseudonym: kim.household, account: 'kim', network: NETWORK, looked: [] },
      batches: [{ ...times, bytes: kept?.batch.byteLength, encrypted: toHex(decodeBatch(batch).ciphertexts.subarray(0, 24)) }],
      bills: [
        {
          ...{ ...times, tariff: 'flat', amount: String(bill?.amount), unit: 'thousandths of a cent', toPay: '€0.58', gaps: 0 },
          ...{ money: CENTS, timeZone: 'UTC' },
          bytes: bill?.bill.byteLength
        }
      ],
      consumption: [
        { ...times, from: '2026-02-28T00:00:00Z', until: '2026-03-02T00:00:00Z', wattHours: { [IMPORT_LANE]: '4321' }, source: 'paillier' }
      ]
    })
    expect(seen.looked.map(({ account, role, action, outcome }) => [account, role, action, outcome])).toEqual([
      ['ada', 'admin', 'create account', 'done'],
      ['bill', 'billing', 'read bills', 'done'],
      ...['read readings', 'read household bills', 'read household consumption', 'read household access'].map(action => {
        return ['kim', 'customer', action, 'done']
      })
    ])
    expect(seen.looked.every(({ at }) => Date.now() - Date.parse(at) < 60_000)).toBe(true)
    expect(text).not.toContain(lee.household)
    // A pseudonym may have these digits by chance.
    expect(text.replaceAll(kim.household, '')).not.toContain('9999')
  })
})
