// Consents of households, and what is deleted when one is withdrawn.
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { InvalidArgumentError, type Millis, SeededRng } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import type { Actor } from '../../src/access/roles.ts'
import { ConflictError, ConsentWithdrawnError, UnknownAccountError, UnknownHouseholdError } from '../../src/errors.ts'
import {
  actors,
  addTariff,
  behind,
  billOf,
  DAY,
  freshStore,
  HOUSEHOLD,
  MONDAY,
  NETWORK,
  type OpenStore,
  onEachBackend,
  openAgain,
  readingsOf,
  testKeys
} from '../support/store-backends.ts'

const KEEP = 'keep-readings'
const ALL = { from: MONDAY - 500 * DAY, until: MONDAY + 500 * DAY }
const day = (number: number, fields: object = {}) => readingsOf(MONDAY + number * DAY, MONDAY + (number + 1) * DAY, fields)

/** An account for a household, made past the store. */
async function customerOf(open: OpenStore, account: string, household: string): Promise<Actor> {
  await behind(open, database =>
    database.transaction(transaction =>
      transaction.run(
        "INSERT INTO accounts (account, password, roles, household) VALUES (?, 'none', 'customer', ?)",
        ...[account, household]
      )
    )
  )
  return { account, role: 'customer' }
}

async function sealedOf(open: OpenStore): Promise<Buffer[]> {
  const rows = await behind(open, database =>
    database.transaction(transaction => transaction.all('SELECT sealed FROM reading_batches ORDER BY household'))
  )
  return rows.map(row => Buffer.from(row.sealed as Uint8Array))
}

onEachBackend(backend => {
  it('takes a household that has said nothing for one that consents', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    expect(await open.store.readConsents(customer, HOUSEHOLD)).toEqual([{ purpose: KEEP, given: true }])
    expect(await open.store.recordReadings(day(0))).toBe('new')
  })

  it('deletes at once what is no longer consented to, takes no more, and takes it again once it is', async () => {
    const open = await freshStore(backend)
    const { customer, auditor } = await actors(open)
    const neighbour = await customerOf(open, 'the neighbour', 'h-0418')
    await open.store.recordReadings(day(0))
    await open.store.recordReadings(day(1))
    await open.store.recordReadings(day(0, { household: 'h-0418' }))
    await expect(open.store.recordReadings(day(0, { batch: Uint8Array.of(1) }))).rejects.toThrow(ConflictError)
    await expect(open.store.recordReadings(day(0, { household: 'h-0418', batch: Uint8Array.of(1) }))).rejects.toThrow(ConflictError)
    const [first, second, kept] = await sealedOf(open)

    const [withdrawn] = await open.store.setConsent(customer, HOUSEHOLD, KEEP, false)
    expect(withdrawn).toEqual({ purpose: KEEP, given: false, since: expect.any(Number) })
    expect(await open.store.readConsents(customer, HOUSEHOLD)).toEqual([withdrawn])
    expect(await open.store.readReadings(customer, HOUSEHOLD, ALL)).toEqual([])
    expect(await sealedOf(open)).toEqual([kept])
    if (backend.name === 'SQLite') {
      const folder = dirname(open.location)
      const files = readdirSync(folder).map(name => readFileSync(join(folder, name)))
      expect(files.some(bytes => bytes.includes(kept as Buffer))).toBe(true)
      for (const gone of [first, second]) expect(files.some(bytes => bytes.includes(gone as Buffer))).toBe(false)
    }
    await expect(open.store.recordReadings(day(2))).rejects.toThrow(ConsentWithdrawnError)
    await expect(open.store.recordReadings(day(2))).rejects.toThrow(/^the customer has withdrawn consent to keep readings$/)
    // Another household is not concerned.
    expect(await open.store.recordReadings(day(2, { household: 'h-0418' }))).toBe('new')
    expect(await open.store.readReadings(neighbour, 'h-0418', ALL)).toHaveLength(2)
    const { households } = await open.store.readConflicts(auditor, NETWORK)
    expect(households.map(({ household }) => household)).toEqual(['h-0418'])

    const [given] = await open.store.setConsent(customer, HOUSEHOLD, KEEP, true)
    expect(given).toEqual({ purpose: KEEP, given: true, since: expect.any(Number) })
    expect(given?.since as number).toBeGreaterThan(withdrawn?.since as number)
    expect(await open.store.recordReadings(day(2))).toBe('new')
    expect(await open.store.readReadings(customer, HOUSEHOLD, ALL)).toEqual([day(2)])
  })

  it('keeps the time that something was said at first, and every time in the audit log', async () => {
    const open = await freshStore(backend)
    const { customer, auditor } = await actors(open)
    const said: unknown[] = []
    for (const given of [true, true, false, false]) said.push(...(await open.store.setConsent(customer, HOUSEHOLD, KEEP, given)))
    expect([said[1], said[3]]).toEqual([said[0], said[2]])
    const lines = (await open.store.readAuditLog(auditor)).filter(({ role }) => role === 'customer')
    expect(lines.map(({ action, detail, outcome }) => [action, detail, outcome])).toEqual(
      ['give consent', 'give consent', 'withdraw consent', 'withdraw consent'].map(action => [action, HOUSEHOLD, 'done'])
    )
  })

  it('withdraws between batches that are brought at the same time: none is left', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    const other = await openAgain(open.location)
    const brought = Array.from({ length: 8 }, (_, i) => (i % 2 === 0 ? open.store : other).recordReadings(day(i)))
    const settled = Promise.allSettled(brought)
    await open.store.setConsent(customer, HOUSEHOLD, KEEP, false)
    for (const outcome of await settled) if (outcome.status === 'rejected') expect(outcome.reason).toBeInstanceOf(ConsentWithdrawnError)
    expect(await sealedOf(open)).toEqual([])
  })

  it('asks nobody but the household’s own customer, of one that is there as of one that is not', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    await open.store.recordReadings(day(0, { household: 'h-0418' }))
    const { store } = open
    for (const household of ['h-0418', 'h-9999']) {
      const questions = [
        () => store.readConsents(customer, household),
        () => store.setConsent(customer, household, KEEP, false),
        () => store.deleteReadings(customer, household),
        () => store.closeAccount(customer, household),
        () => store.readHouseholdAccess(customer, household),
        () => store.readHouseholdConsumption(customer, household, ALL)
      ]
      for (const ask of questions) await expect(ask()).rejects.toThrow(UnknownHouseholdError)
    }
    expect(await sealedOf(open)).toHaveLength(1)
    expect(await store.readConsents(customer, HOUSEHOLD)).toEqual([{ purpose: KEEP, given: true }])
    await expect(store.setConsent(customer, HOUSEHOLD, 'sell-readings' as never, true)).rejects.toThrow(InvalidArgumentError)
    await expect(store.readConsents(customer, '')).rejects.toThrow(InvalidArgumentError)
  })

  it('deletes readings and goes on taking more', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    for (const number of [0, 1, 2]) await open.store.recordReadings(day(number))
    await open.store.recordReadings(day(0, { household: 'h-0418' }))
    expect(await open.store.deleteReadings(customer, HOUSEHOLD)).toBe(3)
    expect(await open.store.deleteReadings(customer, HOUSEHOLD)).toBe(0)
    expect(await sealedOf(open)).toHaveLength(1)
    expect(await open.store.recordReadings(day(3))).toBe('new')
  })

  it('keeps consents beyond retention and a change of keys', async () => {
    const open = await freshStore(backend, { keys: testKeys('first', 'second') })
    const { customer } = await actors(open)
    const said = await open.store.setConsent(customer, HOUSEHOLD, KEEP, false)
    await open.store.applyRetention((MONDAY * 900_000 + 5_000 * 86_400_000) as Millis)
    await open.store.rotateKeys()
    await open.store.close()
    const store = await openAgain(open.location, { keys: testKeys('second'), rng: new SeededRng('again') })
    expect(await store.readConsents(customer, HOUSEHOLD)).toEqual(said)
    const later = readingsOf(MONDAY + 6_000 * DAY, MONDAY + 6_001 * DAY)
    await expect(store.recordReadings(later)).rejects.toThrow(ConsentWithdrawnError)
  })
})

onEachBackend(backend => {
  async function household() {
    const open = await freshStore(backend)
    const everybody = await actors(open)
    await addTariff(open, everybody.billing)
    for (const number of [0, 1]) await open.store.recordReadings(day(number))
    for (const number of [0, 1]) await open.store.recordBill(billOf(MONDAY + number * DAY, MONDAY + (number + 1) * DAY))
    const period = { from: MONDAY - DAY, until: MONDAY }
    const lanes = { '1-0:1.29.0': 5n } as never
    await open.store.recordConsumption({ network: NETWORK, household: HOUSEHOLD, period, lanes, source: 'paillier', received: 0 as Millis })
    return { open, ...everybody }
  }

  it('closes an account: it and the readings go, bills and billing periods stay', async () => {
    const { open, customer, billing, auditor } = await household()
    expect(await open.store.closeAccount(customer, HOUSEHOLD)).toEqual({
      batches: 2,
      shared: false,
      bills: 2,
      consumption: 1,
      billsEnd: (MONDAY + 2 * DAY) * 900_000
    })
    await expect(open.store.readReadings(customer, HOUSEHOLD, ALL)).rejects.toThrow(UnknownAccountError)
    expect(await sealedOf(open)).toEqual([])
    expect(await open.store.readHouseholdBills(billing, HOUSEHOLD, ALL)).toHaveLength(2)
    expect(await open.store.readBills(billing, NETWORK, ALL)).toHaveLength(2)
    expect(await open.store.readConsumption(billing, NETWORK, ALL, HOUSEHOLD)).toHaveLength(1)
    // What the meter still brings would be nobody's to read.
    await expect(open.store.recordReadings(day(2))).rejects.toThrow(ConsentWithdrawnError)
    const lines = await open.store.readAuditLog(auditor)
    expect(lines.find(({ action }) => action === 'close account')).toMatchObject({ account: customer.account, detail: HOUSEHOLD })

    const successor = await customerOf(open, 'who lives there now', HOUSEHOLD)
    expect(await open.store.readConsents(successor, HOUSEHOLD)).toMatchObject([{ purpose: KEEP, given: false }])
    await open.store.setConsent(successor, HOUSEHOLD, KEEP, true)
    expect(await open.store.recordReadings(day(2))).toBe('new')
  })

  it('leaves the readings to another account of the household, and takes them with the last', async () => {
    const { open, customer } = await household()
    const partner = await customerOf(open, 'the partner', HOUSEHOLD)
    const said = await open.store.setConsent(partner, HOUSEHOLD, KEEP, true)
    expect(await open.store.closeAccount(customer, HOUSEHOLD)).toMatchObject({ batches: 0, shared: true, bills: 2 })
    await expect(open.store.readConsents(customer, HOUSEHOLD)).rejects.toThrow(UnknownAccountError)
    expect(await open.store.readReadings(partner, HOUSEHOLD, ALL)).toHaveLength(2)
    expect(await open.store.readConsents(partner, HOUSEHOLD)).toEqual(said)
    expect(await open.store.closeAccount(partner, HOUSEHOLD)).toMatchObject({ batches: 2, shared: false })
    expect(await sealedOf(open)).toEqual([])
  })

  it('says of a household without bills that none stays', async () => {
    const open = await freshStore(backend)
    const { customer } = await actors(open)
    expect(await open.store.closeAccount(customer, HOUSEHOLD)).toEqual({ batches: 0, shared: false, bills: 0, consumption: 0 })
  })

  it('gives a household’s consumption to its customer', async () => {
    const { open, customer } = await household()
    const other = { network: NETWORK, household: 'h-0418', period: { from: MONDAY - DAY, until: MONDAY }, source: 'bill' as const }
    await open.store.recordConsumption({ ...other, lanes: { '1-0:1.29.0': 9n } as never, received: 0 as Millis })
    const read = await open.store.readHouseholdConsumption(customer, HOUSEHOLD, ALL)
    expect(read.map(({ household, lanes, source }) => [household, lanes, source])).toEqual([[HOUSEHOLD, { '1-0:1.29.0': 5n }, 'paillier']])
    expect(await open.store.readHouseholdConsumption(customer, HOUSEHOLD, { from: MONDAY, until: MONDAY + DAY })).toEqual([])
  })
})
