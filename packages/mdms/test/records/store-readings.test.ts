// Encrypted readings in the store.
import { InvalidArgumentError, type Millis, utf8 } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import {
  ConflictError,
  NotAllowedError,
  RetentionError,
  SingleHouseholdError,
  StoreDamagedError,
  UnknownHouseholdError,
  UnknownNetworkError
} from '../../src/errors.ts'
import { actors, behind, DAY, freshStore, HOUSEHOLD, MONDAY, NETWORK, onEachBackend, readingsOf } from '../support/store-backends.ts'

const DAY_MS = 86_400_000
const ALL = { from: MONDAY - 500 * DAY, until: MONDAY + 500 * DAY }

onEachBackend(backend => {
  it('gives batches back byte for byte, those that have a slot in the range, in order of time', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    const batches = [0, 1, 2].map(day => readingsOf(MONDAY + day * DAY, MONDAY + (day + 1) * DAY))
    const others = readingsOf(MONDAY, MONDAY + DAY, { household: 'h-0418', batch: Uint8Array.of(7) })
    for (const batch of [batches[2], batches[0], others, batches[1]]) {
      expect(await open.store.recordReadings(batch as typeof others)).toBe('new')
    }
    const read = (from: number, until: number) => open.store.readReadings(customer, HOUSEHOLD, { from, until })
    expect(await read(MONDAY, MONDAY + 3 * DAY)).toEqual(batches)
    expect(await read(MONDAY + DAY - 1, MONDAY + DAY + 1)).toEqual(batches.slice(0, 2))
    expect(await read(MONDAY + DAY, MONDAY + 2 * DAY)).toEqual([batches[1]])
    expect(await read(MONDAY + 3 * DAY, MONDAY + 4 * DAY)).toEqual([])
  })

  it('refuses a customer every other household exactly as if there were none, and notes it', async () => {
    const open = await freshStore(backend)
    const { customer, auditor } = await actors(open)
    await open.store.recordReadings(readingsOf(MONDAY, MONDAY + DAY, { household: 'h-0418' }))
    const refusal = async (household: string) => {
      const settled = async (answer: Promise<unknown>) => (await Promise.allSettled([answer]))[0] as PromiseRejectedResult
      const refused = [
        await settled(open.store.readReadings(customer, household, ALL)),
        await settled(open.store.readHouseholdBills(customer, household, ALL))
      ]
      return refused.map(({ status, reason }) => ({ status, error: reason as Error }))
    }
    const [existing, none] = [await refusal('h-0418'), await refusal('h-9999')]
    for (const { status, error } of existing) {
      expect(status).toBe('rejected')
      expect(error).toBeInstanceOf(UnknownHouseholdError)
    }
    // Alike but for the name that was asked for.
    const said = (refusals: typeof existing) => refusals.map(({ error }) => [error.name, Object.keys(error), error.message])
    expect(JSON.stringify(said(existing)).replaceAll('h-0418', 'h-9999')).toBe(JSON.stringify(said(none)))
    const lines = (await open.store.readAuditLog(auditor)).filter(({ account }) => account === customer.account)
    expect(lines.map(({ action, outcome, detail }) => [action, outcome, detail])).toEqual(
      ['h-0418', 'h-9999'].flatMap(household => [
        ['read readings', 'denied', household],
        ['read household bills', 'denied', household]
      ])
    )
    // Its own household is there even where nothing was delivered.
    expect(await open.store.readReadings(customer, HOUSEHOLD, ALL)).toEqual([])
  })

  it('gives them to no other role', async () => {
    const open = await freshStore(backend)
    const everybody = await actors(open)
    await open.store.recordReadings(readingsOf(MONDAY, MONDAY + DAY))
    for (const role of ['supplier-analyst', 'billing', 'auditor', 'admin'] as const) {
      await expect(open.store.readReadings(everybody[role], HOUSEHOLD, ALL)).rejects.toThrow(NotAllowedError)
      // Nor to an account that says that it acts as a customer.
      await expect(open.store.readReadings({ ...everybody[role], role: 'customer' }, HOUSEHOLD, ALL)).rejects.toThrow(NotAllowedError)
    }
  })

  it('takes a batch once, and of another with one of its slots keeps only that there was one', async () => {
    const open = await freshStore(backend)
    const { auditor, customer } = await actors(open)
    const first = readingsOf(MONDAY, MONDAY + DAY)
    await open.store.recordReadings(first)
    expect(await open.store.recordReadings({ ...first, received: 9 as Millis })).toBe('known')
    const marked = utf8('another batch under the same pads')
    const second = { ...first, batch: marked, received: 10 as Millis }
    for (let i = 0; i < 2; i++) await expect(open.store.recordReadings(second)).rejects.toThrow(ConflictError)
    const across = readingsOf(MONDAY + DAY - 1, MONDAY + 2 * DAY, { received: 11 as Millis })
    await expect(open.store.recordReadings(across)).rejects.toThrow(/expected each slot in one batch/)
    // The same bytes for another period are another batch.
    await expect(open.store.recordReadings({ ...first, period: { from: MONDAY, until: MONDAY + 2 * DAY } })).rejects.toThrow(ConflictError)
    expect(await open.store.readReadings(customer, HOUSEHOLD, ALL)).toEqual([first])
    const { households } = await open.store.readConflicts(auditor, NETWORK)
    const noted = { network: NETWORK, household: HOUSEHOLD, kind: 'readings' }
    expect(households).toEqual([
      { ...noted, period: first.period, seen: 10 },
      { ...noted, period: across.period, seen: 11 },
      { ...noted, period: { from: MONDAY, until: MONDAY + 2 * DAY }, seen: 2 }
    ])
    const rows = await behind(open, database =>
      database.transaction(transaction => transaction.all('SELECT evidence FROM household_conflicts'))
    )
    expect(rows.map(row => (row.evidence as Uint8Array).byteLength)).toEqual([32, 32, 32])
  })

  it('keeps them for a year, or as long as it is configured to, and takes none in again', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    const now = (MONDAY * 900_000 + 400 * DAY_MS) as Millis
    const day = (number: number) => readingsOf(MONDAY + number * DAY, MONDAY + (number + 1) * DAY)
    for (const number of [0, 32, 33, 34]) await open.store.recordReadings(day(number))
    await expect(open.store.recordReadings({ ...day(0), batch: Uint8Array.of(1) })).rejects.toThrow(ConflictError)
    // 366 days before day 400 is day 34: what ended by then goes.
    expect(await open.store.applyRetention(now)).toEqual({ results: 0, consumption: 0, bills: 0, readings: 3, conflicts: 1 })
    expect(await open.store.readReadings(customer, HOUSEHOLD, ALL)).toEqual([day(34)])
    await expect(open.store.recordReadings(day(33))).rejects.toThrow(RetentionError)
    const short = await freshStore(backend, { retention: { readings: DAY_MS } })
    await short.store.recordReadings(day(0))
    expect(await short.store.applyRetention((MONDAY * 900_000 + 2 * DAY_MS - 1) as Millis)).toMatchObject({ readings: 0 })
    expect(await short.store.applyRetention((MONDAY * 900_000 + 2 * DAY_MS) as Millis)).toMatchObject({ readings: 1 })
  })

  it('refuses what it cannot keep', async () => {
    const { store } = await freshStore(backend)
    const day = (fields: object) => store.recordReadings(readingsOf(MONDAY, MONDAY + DAY, fields))
    await expect(day({ network: 'nowhere' })).rejects.toThrow(UnknownNetworkError)
    await expect(store.recordReadings(readingsOf(MONDAY, MONDAY + 1))).rejects.toThrow(SingleHouseholdError)
    for (const fields of [
      { household: '' },
      { batch: new Uint8Array() },
      { batch: new Uint8Array(2 ** 20 + 1) },
      { batch: 'text' as never },
      { period: { from: 5, until: 5 } },
      { received: -1 as Millis }
    ]) {
      await expect(day(fields)).rejects.toThrow(InvalidArgumentError)
    }
    await day({})
    await store.registerNetwork({ network: 'other', slotSeconds: 600 })
    await expect(store.recordReadings(readingsOf(0, 144, { network: 'other' }))).rejects.toThrow(ConflictError)
  })

  it.each([
    ['given to another household', "UPDATE reading_batches SET household = 'h-0417' WHERE household = 'h-0418'"],
    ['moved in time', 'UPDATE reading_batches SET period_until = period_until + 1'],
    ['of another arrival', 'UPDATE reading_batches SET received = 0']
  ])('does not read a batch that was %s', async (_, sql) => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    await open.store.recordReadings(readingsOf(MONDAY, MONDAY + DAY, { household: /0418/.test(sql) ? 'h-0418' : HOUSEHOLD }))
    expect(await behind(open, database => database.transaction(transaction => transaction.run(sql)))).toBe(1)
    await expect(open.store.readReadings(customer, HOUSEHOLD, ALL)).rejects.toThrow(StoreDamagedError)
  })
})
