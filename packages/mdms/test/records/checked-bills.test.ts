import { type BillFault, type BillRejectedError, encodeBill, encodeScalar, TariffFileError } from '@hushgrid/billing'
import { type Millis, sha256, utf8 } from '@hushgrid/primitives'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Store } from '../../src/database/store.ts'
import { ConflictError, TariffNotValidError, UnknownTariffError } from '../../src/errors.ts'
import { acceptBill, BillChecker, billCheckers } from '@hushgrid/billing'
import { house, TARIFF_TEXT } from '../support/real-bills.ts'
import { actors, freshStore, HOUSEHOLD, NETWORK, onEachBackend } from '../support/store-backends.ts'

const SLOT = 3600
/** 2025-03-24T00:00:00Z, a day of hours. */
const FROM = Date.UTC(2025, 2, 24) / 3_600_000
const UNTIL = FROM + 24
const ann = house('ann', SLOT, FROM + 5)
const bob = house('bob', SLOT)
const TARIFF = { tariff: 'evening', text: TARIFF_TEXT }
const network = { network: 'hours', slotSeconds: SLOT }
/** What Ann owes, by hand, in ten-thousandths of a cent: 20.5 ct/kWh are 205 of them a Wh. */
const hours = Array.from({ length: 24 }, (_, hour) => ({ hour, readings: ann.readings(FROM + hour) }))
const OWED = hours.reduce((sum, { hour, readings: [drawn = 0n, fed = 0n] = [] }) => {
  return sum + drawn * (hour >= 17 && hour < 21 ? 410n : 205n) - fed * 70n
}, 30n * 10_000n)

let bytes: Uint8Array
beforeAll(() => {
  bytes = encodeBill(ann.bill(FROM, UNTIL))
})

function faultOf(action: () => unknown): { fault: BillFault | undefined; message: string } {
  try {
    action()
  } catch (cause) {
    return { fault: (cause as BillRejectedError).fault, message: (cause as Error).message }
  }
  return { fault: undefined, message: 'nothing was thrown' }
}

describe('a bill at the desk', () => {
  const checker = new BillChecker({ slotSeconds: SLOT, tariff: TARIFF })
  const check = (bill: Uint8Array, more: object = {}) => checker.check({ bill, meterKey: ann.meterKey, ...more })

  it('that holds is what the household owes, exactly', () => {
    expect(check(bytes, { period: { from: FROM, until: UNTIL } })).toEqual({
      ...{ period: { from: FROM, until: UNTIL }, tariff: 'evening', tariffHash: sha256(utf8(TARIFF_TEXT)) },
      ...{ amount: OWED, unit: 'ten-thousandths of a cent', gaps: 1, bill: bytes, verified: true }
    })
  })

  it('that does not hold is refused with what failed', () => {
    const bill = ann.bill(FROM, UNTIL)
    const batches = bill.batches.map(batch => ({ ...batch, signature: batch.signature.map(byte => byte ^ 1) }))
    const cheaper = ann.bill(FROM, UNTIL, TARIFF_TEXT.replace('"41"', '"40"'))
    const cases: [BillFault, Uint8Array, object?][] = [
      ['opening', encodeBill({ ...bill, amount: bill.amount - 1n })],
      ['opening', encodeBill({ ...bill, opening: bob.bill(FROM, UNTIL).opening })],
      ['signature', encodeBill({ ...bill, batches })],
      ['tariff', encodeBill(cheaper)],
      ['meter', bytes, { meterKey: bob.meterKey }],
      ['period', bytes, { period: { from: FROM, until: UNTIL + 1 } }],
      ['period', bytes, { period: { from: FROM - 1, until: UNTIL } }],
      ['encoding', encodeBill({ ...bill, batches: [] })],
      ['encoding', bytes.subarray(0, -1)],
      ['encoding', new Uint8Array()],
      ['encoding', new Uint8Array(2 ** 22 + 1)],
      // The group's order is below 2^253: no canonical scalar has these bytes.
      ['encoding', replaced(bytes, encodeScalar(bill.opening), new Uint8Array(32).fill(0xff))]
    ]
    for (const [fault, wrong, more] of cases) {
      const got = faultOf(() => check(wrong, more))
      expect(got).toEqual({ fault, message: expect.stringContaining(`bill, ${fault}: `) })
    }
    // Prices that were worked out for one period are not those of the next.
    expect(check(encodeBill(ann.bill(FROM - 24, FROM))).period).toEqual({ from: FROM - 24, until: FROM })
    expect(check(bytes).amount).toBe(OWED)
  })

  it('needs a tariff that can be read, each once', () => {
    expect(() => new BillChecker({ slotSeconds: SLOT, tariff: { tariff: 'x', text: 'price: 12\n' } })).toThrow(TariffFileError)
    const terms = { slotSeconds: SLOT, tariff: TARIFF }
    expect(() => billCheckers([terms, terms])).toThrow(/those of each tariff once/)
  })
})

function replaced(bytes: Uint8Array, part: Uint8Array, by: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(part)
  expect(at).toBeGreaterThan(0)
  const out = Uint8Array.from(bytes)
  out.set(by, at)
  return out
}

onEachBackend(backend => {
  async function desk() {
    const open = await freshStore(backend)
    await open.store.registerNetwork(network)
    const everybody = await actors(open)
    const [from, until] = [Date.UTC(2025, 0), Date.UTC(2026, 0)] as Millis[]
    await open.store.addTariff(everybody.billing, { ...TARIFF, from: from as Millis, until: until as Millis })
    return { store: open.store, ...everybody }
  }
  const offer = (store: Store, fields: object = {}) =>
    acceptBill({
      ...{ store, network, household: HOUSEHOLD, tariff: TARIFF, bill: bytes, meterKey: ann.meterKey, received: 4 as Millis },
      ...fields
    })

  it('keeps a bill that holds, once', async () => {
    const { store, billing, customer } = await desk()
    const { recorded, checked } = await offer(store)
    expect([recorded, checked.amount]).toEqual(['new', OWED])
    expect((await offer(store)).recorded).toBe('known')
    const kept = [{ ...checked, network: 'hours', household: HOUSEHOLD, received: 4 }]
    const range = { from: FROM, until: UNTIL }
    expect(await store.readBills(billing, 'hours', range)).toEqual(kept)
    expect(await store.readHouseholdBills(customer, HOUSEHOLD, range)).toEqual(kept)
  })

  it('keeps none that does not hold, nor a second one, nor one that the store does not take', async () => {
    const { store, billing, auditor } = await desk()
    const lower = encodeBill({ ...ann.bill(FROM, UNTIL), amount: OWED - 1n })
    await expect(offer(store, { bill: lower })).rejects.toThrow(/bill, opening/)
    await expect(offer(store, { meterKey: bob.meterKey })).rejects.toThrow(/bill, meter/)
    await expect(offer(store, { tariff: { ...TARIFF, text: `${TARIFF_TEXT}# 2025\n` } })).rejects.toThrow(UnknownTariffError)
    const [early, late] = [Date.UTC(2024, 11, 31) / 3_600_000, Date.UTC(2026, 0) / 3_600_000]
    for (const from of [early, late]) {
      await expect(offer(store, { bill: encodeBill(ann.bill(from, from + 24)) })).rejects.toThrow(TariffNotValidError)
    }
    expect(await store.readBills(billing, 'hours', { from: 0, until: 2 * UNTIL })).toEqual([])
    await offer(store)
    // The same household, by another meter: it holds, and contradicts the first.
    await expect(offer(store, { bill: encodeBill(bob.bill(FROM, UNTIL)), meterKey: bob.meterKey })).rejects.toThrow(ConflictError)
    expect((await store.readConflicts(auditor, 'hours')).households).toMatchObject([{ household: HOUSEHOLD, kind: 'bill' }])
    expect((await store.readConflicts(auditor, NETWORK)).households).toEqual([])
  })
})
