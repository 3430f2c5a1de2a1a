// Consent, deletion and the end of an account, as the customer's page asks for them, and what becomes of deliveries.
import { networkId } from '@hushgrid/dcnet'
import { DeliveryReply, decodeEnvelope, MessageType, ReadingDelivery, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, type Millis, type Slot, systemRng } from '@hushgrid/primitives'
import type { AccountDeleted, Consents, EncryptedBatches } from '@hushgrid/web-api'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Delivered, DeliveryIntake } from '../../src/bills/delivery-intake.ts'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'
import { LONG } from '../support/command-tools.ts'
import { FROM, type House, SLOT_SECONDS, UNTIL } from '../support/delivered-house.ts'
import {
  BILLING,
  bring,
  type HouseholdServer,
  KEEP_BILLS,
  NETWORK,
  PROOF,
  type SignedIn,
  startHouseholdServer
} from '../support/household-server.ts'

const DAY = { from: FROM, until: UNTIL }
const NEXT = { from: UNTIL, until: UNTIL + 24 }
const EVER = { from: 0, until: 2 ** 40 }
const REFUSED = { refused: 'the customer has withdrawn consent to keep readings', later: false }
const TAKEN = { refused: '', later: false }

let server: HouseholdServer
let deliveries: DeliveryIntake
let delivered: Delivered[]
let failures: unknown[]
beforeEach(async () => {
  server = await startHouseholdServer()
  for (const each of [server.kim, server.lee]) await bring(server.store, each, DAY)
  ;[delivered, failures] = [[], []]
  deliveries = new DeliveryIntake({
    store: server.store,
    network: { network: NETWORK, slotSeconds: SLOT_SECONDS },
    pseudonymOf: openPseudonyms(server.folder, systemRng),
    now: () => ((UNTIL + 48) * SLOT_SECONDS * 1000) as Millis,
    observe: each => delivered.push(each),
    warn: problem => failures.push(problem),
    fail: cause => failures.push(cause)
  })
}, LONG)
afterEach(async () => {
  await deliveries.stop()
  await server.stop()
})

async function deliver({ meter }: House, batch: Uint8Array): Promise<{ refused: string; later: boolean }> {
  const payload = ReadingDelivery.encode({ batch })
  const envelope = sealEnvelope(meter, MessageType.ReadingDelivery, networkId(NETWORK), 0 as Epoch, 0 as Slot, payload)
  const { refused, later } = DeliveryReply.decode(await deliveries.take(meter.id, decodeEnvelope(envelope)))
  return { refused, later }
}

const pathOf = (rest: string): string => `/api/households/${server.kim.household}/${rest}`

async function batchesOf(session: SignedIn): Promise<number> {
  return (JSON.parse((await server.ask(pathOf('batches'), session)).text) as EncryptedBatches).batches.length
}

async function say(session: SignedIn, given: boolean): Promise<Consents['consents']> {
  const { status, text } = await server.ask(pathOf('consents'), session, { method: 'PUT', body: { purpose: 'keep-readings', given } })
  expect(status).toBe(200)
  return (JSON.parse(text) as Consents).consents
}

describe('consent', () => {
  it('withdrawn: the batches are gone, and the meter is refused for good; given again, it is taken', { timeout: LONG }, async () => {
    const { kim, lee } = server
    const session = await server.signedIn('kim')
    const { consents } = JSON.parse((await server.ask(pathOf('consents'), session)).text) as Consents
    expect(consents).toEqual([{ purpose: 'keep-readings', given: true, explained: expect.stringMatching(/deleted at once/) }])
    expect(await batchesOf(session)).toBe(1)

    const [withdrawn] = await say(session, false)
    expect(withdrawn).toMatchObject({ purpose: 'keep-readings', given: false })
    expect(Date.now() - Date.parse(withdrawn?.since ?? '')).toBeLessThan(60_000)
    expect(JSON.parse((await server.ask(pathOf('consents'), session)).text)).toEqual({ consents: [withdrawn] })
    expect(await batchesOf(session)).toBe(0)
    expect(await deliver(kim.house, kim.house.batch(0n, NEXT))).toEqual(REFUSED)
    expect(await deliver(lee.house, lee.house.batch(0n, NEXT))).toEqual(TAKEN)
    expect(delivered[0]).toMatchObject({ type: 'refused', what: 'batch', reason: REFUSED.refused })

    expect(await say(session, true)).toMatchObject([{ given: true }])
    expect(await deliver(kim.house, kim.house.batch(0n, NEXT))).toEqual(TAKEN)
    expect(await batchesOf(session)).toBe(1)
    expect([failures, server.warnings]).toEqual([[], []])
  })

  it('is asked for by its purpose, and answered with yes or no', async () => {
    const session = await server.signedIn('kim')
    for (const body of [
      {},
      { purpose: 'keep-readings' },
      { purpose: 'sell-readings', given: true },
      { purpose: 'keep-readings', given: 'no' },
      7
    ])
      expect((await server.ask(pathOf('consents'), session, { method: 'PUT', body })).status).toBe(400)
    expect(await batchesOf(session)).toBe(1)
  })
})

describe('deletion', () => {
  it('of the readings leaves account and bills, and takes deliveries on', async () => {
    const { kim } = server
    const session = await server.signedIn('kim')
    const ask = () => server.ask(pathOf('readings'), session, { method: 'DELETE' })
    expect(await ask()).toMatchObject({ status: 200, text: '{"batches":1}' })
    expect(await ask()).toMatchObject({ status: 200, text: '{"batches":0}' })
    expect(JSON.parse((await server.ask(pathOf('bills'), session)).text).bills).toHaveLength(1)
    expect(await deliver(kim.house, kim.house.batch(0n, NEXT))).toEqual(TAKEN)
  })

  it('of the account ends its sessions and its sign-in; bills stay for who bills', { timeout: LONG }, async () => {
    const { kim, lee, store } = server
    const [session, elsewhere, neighbour] = [await server.signedIn('kim'), await server.signedIn('kim'), await server.signedIn('lee')]
    const { status, text, headers } = await server.ask(pathOf('account'), session, { method: 'DELETE', body: { proof: PROOF } })
    expect(status).toBe(200)
    const billsUntil = new Date(UNTIL * SLOT_SECONDS * 1000 + KEEP_BILLS).toISOString().replace('.000', '')
    expect(JSON.parse(text) as AccountDeleted).toEqual({ batches: 1, bills: 1, billsUntil })
    expect(headers.getSetCookie()[0]).toMatch(/^hushgrid-supplier-session=;.*Max-Age=0/)

    for (const each of [session, elsewhere]) {
      expect((await server.ask('/api/session', each)).status).toBe(401)
      expect((await server.ask(pathOf('seen'), each)).status).toBe(401)
    }
    expect((await server.signIn('kim')).status).toBe(401)
    expect((await server.ask('/api/session', neighbour)).status).toBe(200)
    expect(await store.readHouseholdBills(BILLING, kim.household, EVER)).toHaveLength(1)
    expect((await store.readBills(BILLING, NETWORK, EVER)).map(({ household }) => household).sort()).toEqual(
      [kim.household, lee.household].sort()
    )
    expect(await deliver(kim.house, kim.house.batch(0n, NEXT))).toEqual(REFUSED)
    const lines = await store.readAuditLog({ account: 'bill', role: 'auditor' })
    expect(lines.some(({ account, action, outcome }) => account === 'kim' && action === 'close account' && outcome === 'done')).toBe(true)
    expect([failures, server.warnings]).toEqual([[], []])
  })

  it('of the account takes the password, which cannot be guessed at', { timeout: LONG }, async () => {
    const session = await server.signedIn('kim')
    const attempt = (body: unknown) => server.ask(pathOf('account'), session, { method: 'DELETE', body })
    for (const body of [{}, { proof: 7 }, { proof: 'x'.repeat(1_025) }]) expect((await attempt(body)).status).toBe(400)
    for (const wrong of ['', 'correct horse battery', PROOF.replace('5e', '5f')])
      expect(await attempt({ proof: wrong })).toMatchObject({
        status: 403,
        text: '{"error":"expected the password of this account, got another"}'
      })
    const late = await attempt({ proof: PROOF })
    expect(late.status).toBe(429)
    expect(Number(late.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await server.ask('/api/session', session)).status).toBe(200)
    expect(await batchesOf(session)).toBe(1)
  })
})
