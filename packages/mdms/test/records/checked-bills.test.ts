// Bills that were checked, as the store takes them.
import { BillChecker, encodeBill } from '@hushgrid/billing'
import { type Millis, sha256, utf8 } from '@hushgrid/primitives'
import { beforeAll, expect, it } from 'vitest'
import type { Store } from '../../src/database/store.ts'
import { ConflictError, TariffNotValidError, UnknownTariffError } from '../../src/errors.ts'
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

onEachBackend(backend => {
  async function opened() {
    const open = await freshStore(backend)
    await open.store.registerNetwork(network)
    const everybody = await actors(open)
    const [from, until] = [Date.UTC(2025, 0), Date.UTC(2026, 0)] as Millis[]
    await open.store.addTariff(everybody.billing, { ...TARIFF, from: from as Millis, until: until as Millis })
    return { store: open.store, ...everybody }
  }
  const offer = async (store: Store, { bill = bytes, meterKey = ann.meterKey, text = TARIFF_TEXT } = {}) => {
    const tariffs = [{ tariff: 'evening', text, from: 0 as Millis, hash: sha256(utf8(text)) }]
    const { checked } = new BillChecker({ slotSeconds: SLOT, tariffs }).check({ bill, meterKey, tariff: 'evening' })
    const recorded = await store.recordBill({ ...checked, network: 'hours', household: HOUSEHOLD, received: 4 as Millis })
    return { recorded, checked }
  }

  it('keeps a bill that holds, once', async () => {
    const { store, billing, customer } = await opened()
    const { recorded, checked } = await offer(store)
    expect([recorded, checked.amount]).toEqual(['new', OWED])
    expect((await offer(store)).recorded).toBe('known')
    const kept = [{ ...checked, network: 'hours', household: HOUSEHOLD, received: 4 }]
    const range = { from: FROM, until: UNTIL }
    expect(await store.readBills(billing, 'hours', range)).toEqual(kept)
    expect(await store.readHouseholdBills(customer, HOUSEHOLD, range)).toEqual(kept)
  })

  it('keeps none that does not hold, nor a second one, nor one that the store does not take', async () => {
    const { store, billing, auditor } = await opened()
    const lower = encodeBill({ ...ann.bill(FROM, UNTIL), amount: OWED - 1n })
    await expect(offer(store, { bill: lower })).rejects.toThrow(/bill, opening/)
    await expect(offer(store, { meterKey: bob.meterKey })).rejects.toThrow(/bill, meter/)
    await expect(offer(store, { text: `${TARIFF_TEXT}# 2025\n` })).rejects.toThrow(UnknownTariffError)
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
