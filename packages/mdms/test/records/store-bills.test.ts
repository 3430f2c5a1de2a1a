// Bills in the store.
import { IMPORT_LANE, InvalidArgumentError, type Millis, sha256, utf8 } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import {
  ConflictError,
  RetentionError,
  SingleHouseholdError,
  StoreDamagedError,
  TariffNotValidError,
  UnknownNetworkError,
  UnknownTariffError
} from '../../src/errors.ts'
import type { HouseholdBill } from '../../src/records/records.ts'
import {
  actors,
  addTariff,
  type Backend,
  behind,
  billOf,
  DAY,
  freshStore,
  HOUSEHOLD,
  MONDAY,
  NETWORK,
  onEachBackend,
  readingsOf,
  TARIFF
} from '../support/store-backends.ts'

const ALL = { from: MONDAY - 500 * DAY, until: MONDAY + 500 * DAY }
const WEEK = 7 * DAY

async function withTariff(backend: Backend, options: Parameters<typeof freshStore>[1] = {}) {
  const open = await freshStore(backend, options)
  const everybody = await actors(open)
  await addTariff(open, everybody.billing)
  return { ...open, ...everybody }
}

onEachBackend(backend => {
  it('gives bills back exactly: all to billing, its own to a customer', async () => {
    const { store, billing, customer } = await withTariff(backend)
    const kept = [
      billOf(MONDAY, MONDAY + WEEK, { amount: -1n }),
      billOf(MONDAY, MONDAY + WEEK, { household: 'h-0418', amount: 2n ** 255n - 1n }),
      billOf(MONDAY + WEEK, MONDAY + 2 * WEEK, { amount: -(2n ** 255n) + 1n, unit: 'Öre' })
    ] as const
    for (const bill of [kept[2], kept[1], kept[0]]) expect(await store.recordBill(bill)).toBe('new')
    expect(await store.readBills(billing, NETWORK, ALL)).toEqual(kept)
    expect(await store.readBills(billing, NETWORK, { from: MONDAY + 1, until: MONDAY + 2 * WEEK })).toEqual([kept[2]])
    expect(await store.readBills(billing, NETWORK, { from: MONDAY, until: MONDAY + WEEK - 1 })).toEqual([])
    expect(await store.readHouseholdBills(billing, 'h-0418', ALL)).toEqual([kept[1]])
    expect(await store.readHouseholdBills(customer, HOUSEHOLD, ALL)).toEqual([kept[0], kept[2]])
    await expect(store.readBills(billing, 'nowhere', ALL)).rejects.toThrow(UnknownNetworkError)
  })

  it('takes one bill for a household’s period, and of another keeps evidence without the amount', async () => {
    const open = await withTariff(backend)
    const { store, billing, auditor } = open
    const first = billOf(MONDAY, MONDAY + WEEK)
    await store.recordBill(first)
    expect(await store.recordBill({ ...first, received: 5 as Millis })).toBe('known')
    const others: Partial<HouseholdBill>[] = [
      { amount: 9_576_047n, received: 6 as Millis },
      { bill: utf8('another proof'), received: 7 as Millis },
      { unit: 'pence', received: 8 as Millis },
      { gaps: 4, received: 9 as Millis }
    ]
    for (const fields of others) {
      for (let i = 0; i < 2; i++) {
        const refused = store.recordBill({ ...first, ...fields })
        await expect(refused).rejects.toThrow(ConflictError)
        await expect(refused).rejects.not.toThrow(/95760/)
      }
    }
    expect(await store.readBills(billing, NETWORK, ALL)).toEqual([first])
    const { households } = await store.readConflicts(auditor, NETWORK)
    const noted = { network: NETWORK, household: HOUSEHOLD, period: first.period, kind: 'bill' }
    expect(households).toEqual([6, 7, 8, 9].map(seen => ({ ...noted, seen })))
    const rows = await behind(open, database =>
      database.transaction(transaction => transaction.all('SELECT * FROM household_conflicts ORDER BY number'))
    )
    expect(Object.keys(rows[0] ?? {}).sort()).toEqual(
      ['number', 'network', 'household', 'period_from', 'period_until', 'kind', 'seen', 'evidence'].sort()
    )
  })

  it('refuses a bill of a tariff that is not kept, has another text, or is not valid in all of the period', async () => {
    const { store, billing } = await withTariff(backend)
    const week = (fields: Partial<HouseholdBill>) => store.recordBill(billOf(MONDAY, MONDAY + WEEK, fields))
    await expect(week({ tariff: 'none' })).rejects.toThrow(UnknownTariffError)
    await expect(week({ tariffHash: sha256(utf8('price: 13\n')) })).rejects.toThrow(UnknownTariffError)
    const [newYear, nextYear] = [Date.UTC(2025, 0) / 900_000, Date.UTC(2026, 0) / 900_000]
    for (const [from, until] of [
      [newYear - 1, newYear + WEEK] as const,
      [nextYear - WEEK, nextYear + 1] as const,
      [nextYear, nextYear + WEEK] as const
    ]) {
      await expect(store.recordBill(billOf(from, until))).rejects.toThrow(TariffNotValidError)
    }
    expect(await store.readBills(billing, NETWORK, ALL)).toEqual([])
    expect(await store.recordBill(billOf(newYear, newYear + WEEK))).toBe('new')
    expect(await store.recordBill(billOf(nextYear - WEEK, nextYear))).toBe('new')
    // One without an end is valid from its beginning on.
    const text = 'price: 14\n'
    await store.addTariff(billing, { tariff: 'open', text, from: Date.UTC(2026, 0) as Millis })
    const later = { tariff: 'open', tariffHash: sha256(utf8(text)) }
    expect(await store.recordBill(billOf(nextYear + 9 * WEEK, nextYear + 10 * WEEK, later))).toBe('new')
  })

  it('refuses a period that is too short, or overlaps another billing period of the household', async () => {
    const { store } = await withTariff(backend)
    await expect(store.recordBill(billOf(MONDAY, MONDAY + DAY - 1))).rejects.toThrow(SingleHouseholdError)
    const weekly = await withTariff(backend, { minimumPeriodSlots: WEEK })
    await expect(weekly.store.recordBill(billOf(MONDAY, MONDAY + WEEK - 1))).rejects.toThrow(SingleHouseholdError)
    expect(await weekly.store.recordBill(billOf(MONDAY, MONDAY + WEEK))).toBe('new')

    await store.recordBill(billOf(MONDAY, MONDAY + WEEK))
    for (const [from, until] of [
      [MONDAY, MONDAY + WEEK + 1] as const,
      [MONDAY + 1, MONDAY + WEEK] as const,
      [MONDAY - WEEK, MONDAY + 1] as const
    ]) {
      await expect(store.recordBill(billOf(from, until))).rejects.toThrow(SingleHouseholdError)
      const lanes = { [IMPORT_LANE]: 1n }
      const consumption = { network: NETWORK, household: HOUSEHOLD, lanes, source: 'paillier' as const, received: 1 as Millis }
      // What was used, and what it cost, of two periods that differ by a slot would be that slot's.
      await expect(store.recordConsumption({ ...consumption, period: { from, until } })).rejects.toThrow(SingleHouseholdError)
      await store.recordConsumption({ ...consumption, household: `h ${from} ${until}`, period: { from: MONDAY, until: MONDAY + WEEK } })
      await expect(store.recordBill(billOf(from, until, { household: `h ${from} ${until}` }))).rejects.toThrow(SingleHouseholdError)
    }
    // The same period by both is one equation more about the whole of it.
    const same = { network: NETWORK, household: HOUSEHOLD, period: { from: MONDAY, until: MONDAY + WEEK } }
    const consumption = { ...same, lanes: { [IMPORT_LANE]: 1n }, source: 'paillier' as const, received: 1 as Millis }
    expect(await store.recordConsumption(consumption)).toBe('new')
    await store.registerNetwork({ network: 'other', slotSeconds: 600 })
    const elsewhere = Date.UTC(2025, 5) / 600_000
    await expect(store.recordBill(billOf(elsewhere, elsewhere + 144, { network: 'other' }))).rejects.toThrow(ConflictError)
  })

  it('refuses what was not verified, and what it cannot keep', async () => {
    const { store, billing } = await withTariff(backend)
    const week = (fields: object) => store.recordBill(billOf(MONDAY, MONDAY + WEEK, fields))
    for (const fields of [
      { verified: false },
      { verified: 'true' },
      { amount: 5 },
      { amount: 2n ** 255n },
      { amount: -(2n ** 255n) },
      { unit: '' },
      { unit: 'p\0' },
      { gaps: -1 },
      { gaps: WEEK + 1 },
      { bill: new Uint8Array() },
      { bill: new Uint8Array(2 ** 22 + 1) },
      { tariffHash: new Uint8Array(31) },
      { tariff: '' },
      { household: '\n' }
    ]) {
      await expect(week(fields)).rejects.toThrow(InvalidArgumentError)
    }
    await expect(week({ network: 'nowhere' })).rejects.toThrow(UnknownNetworkError)
    expect(await store.readBills(billing, NETWORK, ALL)).toEqual([])
  })

  it('seals what a household owes: nothing of it is in the database, nor in a length', async () => {
    const open = await withTariff(backend)
    await open.store.recordBill(billOf(MONDAY, MONDAY + WEEK, { amount: 0n, bill: utf8('a bill') }))
    await open.store.recordBill(billOf(MONDAY, MONDAY + WEEK, { household: 'h2', amount: -(10n ** 70n), bill: utf8('a bill') }))
    const rows = await behind(open, database => database.transaction(transaction => transaction.all('SELECT * FROM bills')))
    const [a, b] = rows.map(row => row.sealed as Uint8Array)
    expect(a?.byteLength).toBe(b?.byteLength)
    for (const row of rows) {
      const bytes = Buffer.concat(Object.values(row).map(value => Buffer.from(value instanceof Uint8Array ? value : String(value))))
      expect(bytes.includes(TARIFF)).toBe(true)
      for (const needle of ['0000000000', 'hundred-thousandths', 'a bill']) expect(bytes.includes(needle)).toBe(false)
    }
  })

  it.each([
    ['given to another household', "UPDATE bills SET household = 'h2'"],
    ['given another period', 'UPDATE bills SET period_until = period_until + 1'],
    ['given another tariff', "UPDATE bills SET tariff = 'second'"]
  ])('does not read a bill that was %s', async (_, sql) => {
    const open = await withTariff(backend)
    await open.store.addTariff(open.billing, { tariff: 'second', text: 'price: 1\n', from: 0 as Millis })
    await open.store.recordBill(billOf(MONDAY, MONDAY + WEEK))
    expect(await behind(open, database => database.transaction(transaction => transaction.run(sql)))).toBe(1)
    await expect(open.store.readBills(open.billing, NETWORK, ALL)).rejects.toThrow(StoreDamagedError)
  })

  it('deletes bills at the age of billing periods', async () => {
    const day = 86_400_000
    const { store, billing, auditor } = await withTariff(backend, { retention: { consumption: 3 * day } })
    for (let i = 0; i < 3; i++) await store.recordBill(billOf(MONDAY + i * DAY, MONDAY + (i + 1) * DAY))
    await expect(store.recordBill(billOf(MONDAY, MONDAY + DAY, { amount: 1n }))).rejects.toThrow(ConflictError)
    const now = (MONDAY * 900_000 + 5 * day) as Millis
    expect(await store.applyRetention(now)).toEqual({ results: 0, consumption: 0, bills: 2, readings: 0, conflicts: 1 })
    expect(await store.readBills(billing, NETWORK, ALL)).toEqual([billOf(MONDAY + 2 * DAY, MONDAY + 3 * DAY)])
    expect((await store.readConflicts(auditor, NETWORK)).households).toEqual([])
    await expect(store.recordBill(billOf(MONDAY + DAY, MONDAY + 2 * DAY))).rejects.toThrow(RetentionError)
  })

  it('lists who has a bill for a period and who has not', async () => {
    const { store, billing, auditor } = await withTariff(backend)
    const period = { from: MONDAY, until: MONDAY + WEEK }
    await store.recordBill(billOf(period.from, period.until, { household: 'zoe' }))
    await store.recordBill(billOf(period.from, period.until, { household: 'Bo' }))
    await store.recordReadings(readingsOf(period.from, period.from + DAY, { household: 'Bo' }))
    // Readings, but no bill; consumption, but no bill; a bill of another period within.
    await store.recordReadings(readingsOf(period.until - 1, period.until + DAY, { household: 'ann' }))
    await store.recordConsumption({
      ...{ network: NETWORK, household: 'cy', period, lanes: { [IMPORT_LANE]: 1n } },
      ...{ source: 'paillier', received: 1 as Millis }
    })
    await store.recordBill(billOf(period.from, period.until - DAY, { household: 'dan' }))
    // Known, but not of this period.
    await store.recordReadings(readingsOf(period.until, period.until + DAY, { household: 'eve' }))
    await store.recordBill(billOf(period.from - DAY, period.from, { household: 'fay' }))
    await store.registerNetwork({ network: 'other', slotSeconds: 900 })
    await store.recordBill(billOf(period.from, period.until, { network: 'other', household: 'gus' }))
    expect(await store.readBillingRun(billing, NETWORK, period)).toEqual({
      ...{ network: NETWORK, period },
      ...{ billed: ['Bo', 'zoe'], open: ['ann', 'cy', 'dan'], silent: ['eve', 'fay'] }
    })
    await expect(store.readBillingRun(billing, 'nowhere', period)).rejects.toThrow(UnknownNetworkError)
    await expect(store.readBillingRun(billing, NETWORK, { from: 2, until: 1 })).rejects.toThrow(InvalidArgumentError)
    const line = (await store.readAuditLog(auditor)).find(({ action }) => action === 'read billing run')
    expect(line).toMatchObject({ account: billing.account, outcome: 'done', network: NETWORK, range: period })
  })
})
