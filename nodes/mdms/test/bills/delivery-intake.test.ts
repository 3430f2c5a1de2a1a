// What the intake makes of deliveries that no honest meter or customer sends, and of a store that is away.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decodeBill, encodeBill } from '@hushgrid/billing'
import { networkId } from '@hushgrid/dcnet'
import { openKeyFile, openStore, type Store, StoreUnavailableError } from '@hushgrid/mdms'
import {
  BillDelivery,
  DeliveryReply,
  decodeEnvelope,
  FLOOD_ALLOWANCE,
  MessageType,
  ReadingDelivery,
  sealEnvelope
} from '@hushgrid/messages'
import { SystemClock } from '@hushgrid/network'
import { type Epoch, type IdentityKey, type Millis, type Slot, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Delivered, DeliveryIntake } from '../../src/bills/delivery-intake.ts'
import { openPseudonyms } from '../../src/household/pseudonyms.ts'
import { LONG } from '../support/command-tools.ts'
import { FROM, House, SLOT_SECONDS, tariffText, UNTIL } from '../support/delivered-house.ts'

const NETWORK = 'elm-street'
const CHEAP = tariffText('cheap', '12')
const house = new House('house')
const other = new House('other house')

let folder: string
let store: Store
let now: number
let seen: Delivered[]
let warnings: string[]
let failures: unknown[]
let intake: DeliveryIntake

function intakeOf(kept: ConstructorParameters<typeof DeliveryIntake>[0]['store'] = store): DeliveryIntake {
  return new DeliveryIntake({
    store: kept,
    network: { network: NETWORK, slotSeconds: SLOT_SECONDS },
    pseudonymOf: openPseudonyms(folder, systemRng),
    now: () => now as Millis,
    observe: delivered => seen.push(delivered),
    warn: problem => warnings.push(problem),
    fail: cause => failures.push(cause)
  })
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-delivery-intake-'))
  const keys = openKeyFile(join(folder, 'mdms.keys'), systemRng)
  store = await openStore({ location: join(folder, 'mdms.db'), keys, clock: new SystemClock(), flush: false })
  await store.registerNetwork({ network: NETWORK, slotSeconds: SLOT_SECONDS })
  await store.createFirstAccount('ada', 'correct horse battery')
  await store.createAccount({ account: 'ada', role: 'admin' }, { account: 'bill', roles: ['billing'] }, 'correct horse battery')
  now = (UNTIL + 1) * SLOT_SECONDS * 1000
  seen = []
  warnings = []
  failures = []
  intake = intakeOf()
})
afterEach(async () => {
  await intake.stop()
  await store.close()
  rmSync(folder, { recursive: true })
})

const addTariff = (text: string, name: string, from = 0) =>
  store.addTariff({ account: 'bill', role: 'billing' }, { tariff: name, text, from: from as Millis })

function envelopeOf(identity: IdentityKey, type: MessageType, payload: Uint8Array, { network = NETWORK, epoch = 0, slot = 0 } = {}) {
  return decodeEnvelope(sealEnvelope(identity, type, networkId(network), epoch as Epoch, slot as Slot, payload))
}
const batchOf = (of: House, batch: Uint8Array, context = {}) =>
  envelopeOf(of.meter, MessageType.ReadingDelivery, ReadingDelivery.encode({ batch }), context)
const billOf = (of: House, bill: Uint8Array) => envelopeOf(of.customer, MessageType.BillDelivery, BillDelivery.encode({ bill }))
async function take(envelope: ReturnType<typeof decodeEnvelope>, from = envelope.sender): Promise<{ refused: string; later: boolean }> {
  const { refused, later } = DeliveryReply.decode(await intake.take(from, envelope))
  return { refused, later }
}
const TAKEN = { refused: '', later: false }

describe('a batch', () => {
  it('is refused with a signature that is not the sender’s, or one for another network, epoch or slot', async () => {
    const good = batchOf(house, house.batch())
    const wrong = [
      { ...good, signature: good.signature.with(3, (good.signature[3] as number) ^ 1) },
      { ...good, sender: other.meter.id },
      batchOf(house, house.batch(), { network: 'oak-street' })
    ]
    for (const envelope of wrong)
      expect((await take(envelope)).refused).toMatch(/^envelope: expected its sender's signature for network elm-street/)
    for (const context of [{ epoch: 1 }, { slot: 1 }])
      expect((await take(batchOf(house, house.batch(), context))).refused).toMatch(/^envelope: expected epoch 0 and slot 0/)
    expect(await take({ ...good, sender: '00'.repeat(32) as typeof good.sender })).toMatchObject({
      later: false,
      refused: expect.stringMatching(/./)
    })
    expect(seen.every(({ type }) => type === 'refused')).toBe(true)
    expect(await take(good)).toEqual(TAKEN)
  })

  it('may come by another peer than the meter', async () => {
    expect(await take(batchOf(house, house.batch()), other.customer.id)).toEqual(TAKEN)
  })

  it('is refused where its slots are of another length, or still to come', async () => {
    const halves = house.batch(0n, { from: 2 * FROM, until: 2 * UNTIL, slotSeconds: 1800 })
    expect((await take(batchOf(house, halves))).refused).toBe('batch: expected slots of 3600 s, got slots of 1800 s')
    now = (UNTIL - 3) * SLOT_SECONDS * 1000
    expect((await take(batchOf(house, house.batch()))).refused).toBe(
      `slots: expected those that are over, up to ${UNTIL - 4}, got up to ${UNTIL - 1}`
    )
    now = (UNTIL - 2) * SLOT_SECONDS * 1000
    expect(await take(batchOf(house, house.batch()))).toEqual(TAKEN)
  })

  it('is put off while the store is away', async () => {
    const away = () => Promise.reject(new StoreUnavailableError('the store: expected an answer, got none'))
    intake = intakeOf({ readTerms: away, recordReadings: away, recordBill: away })
    for (const envelope of [batchOf(house, house.batch()), billOf(house, house.bill(CHEAP))])
      expect(await take(envelope)).toEqual({ refused: 'the store cannot be reached now', later: true })
    expect([warnings.length, seen, failures]).toEqual([2, [], []])
  })

  it('that meets a defect ends the node, and is not said to be taken', async () => {
    const defect = new TypeError('a defect')
    intake = intakeOf({ ...store, recordReadings: () => Promise.reject(defect), readTerms: store.readTerms, recordBill: store.recordBill })
    expect(await take(batchOf(house, house.batch()))).toMatchObject({ later: true })
    expect(failures).toEqual([defect])
  })

  it('is not read from a peer of whom too much was refused in the slot', async () => {
    const bad = batchOf(house, house.batch(), { network: 'oak-street' })
    for (let i = 0; i < FLOOD_ALLOWANCE; i++) expect((await take(bad)).later).toBe(false)
    const good = batchOf(house, house.batch())
    expect(await take(good)).toEqual({ refused: 'too much of what you brought in this slot was refused', later: true })
    expect(seen.at(-1)).toEqual({ type: 'dropped', reason: 'flood' })
    expect(await take(good, other.meter.id)).toEqual(TAKEN)
    now += SLOT_SECONDS * 1000
    expect(await take(good)).toEqual(TAKEN)
  })
})

describe('a bill', () => {
  it('names what failed: its period, its tariff’s validity, its bytes, or that there is another', { timeout: LONG }, async () => {
    await addTariff(CHEAP, 'cheap', FROM * SLOT_SECONDS * 1000)
    await addTariff('price: 12\n', 'unreadable')
    const yesterday = house.bill(CHEAP, 0n, { from: FROM - 24, until: FROM })
    expect((await take(billOf(house, yesterday))).refused).toMatch(/^tariff cheap: expected a period within its validity/)
    const short = house.bill(CHEAP, 0n, { from: FROM, until: FROM + 5 })
    expect((await take(billOf(house, short))).refused).toBe('period of this household: expected 24 slots or more, got 5')
    const bill = house.bill(CHEAP)
    const endless = encodeBill({ ...decodeBill(bill), until: (FROM + 401 * 24) as Slot })
    expect((await take(billOf(house, endless))).refused).toBe('bill, period: expected 1 to 9600 slots, got 9624')
    expect((await take(billOf(house, bill.subarray(1)))).refused).toMatch(/^bill, encoding: /)
    now = (UNTIL - 12) * SLOT_SECONDS * 1000
    expect((await take(billOf(house, bill))).refused).toMatch(/^slots: expected those that are over/)
    now = UNTIL * SLOT_SECONDS * 1000
    expect(await take(billOf(house, bill))).toEqual(TAKEN)
    await addTariff(tariffText('dear', '13'), 'dear')
    expect((await take(billOf(house, house.bill(tariffText('dear', '13'))))).refused).toMatch(
      /^bill of this household for slots .*expected one bill, got a second one that differs; the first stays$/
    )
    expect(JSON.stringify(seen)).not.toContain('household-')
    expect(seen.at(-2)).toEqual({ type: 'bill', firstSlot: FROM, slots: 24, recorded: 'new' })
    expect(failures).toEqual([])
  })

  it('waits for none other of the same peer, and no more wait than there is room for', { timeout: LONG }, async () => {
    await addTariff(CHEAP, 'cheap')
    const [first, second] = [take(billOf(house, house.bill(CHEAP))), take(billOf(house, house.bill(CHEAP)))]
    expect(await second).toEqual({ refused: 'another bill that you brought is being checked', later: true })
    expect(await first).toEqual(TAKEN)
    const bill = billOf(other, other.bill(CHEAP))
    const many = await Promise.all(Array.from({ length: 34 }, (_, i) => take(bill, i.toString(16).padStart(64, '0') as typeof bill.sender)))
    expect(many.filter(({ later }) => later)).toEqual(Array(2).fill({ refused: 'many bills are waiting to be checked', later: true }))
    expect(many.filter(({ refused }) => refused === '')).toHaveLength(32)
  })

  it('is put off where the node stops meanwhile', { timeout: LONG }, async () => {
    await addTariff(CHEAP, 'cheap')
    const waiting = [house, other].map(each => take(billOf(each, each.bill(CHEAP))))
    await intake.stop()
    for (const { later, refused } of await Promise.all(waiting))
      expect([later, refused]).toEqual(refused === '' ? [false, ''] : [true, 'the node is stopping'])
    expect(await take(billOf(house, house.bill(CHEAP)))).toEqual({ refused: 'the node is stopping', later: true })
    expect(failures).toEqual([])
  })
})
