// Consumption of billing periods in the store.
import { IMPORT_LANE, InvalidArgumentError, type Millis } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { ConflictError, SingleHouseholdError, UnknownNetworkError } from '../../src/errors.ts'
import type { HouseholdConsumption } from '../../src/records/records.ts'
import { actors, behind, DAY, freshStore, MONDAY, NETWORK, onEachBackend } from '../support/store-backends.ts'

function consumptionOf(from: number, until: number, fields: Partial<HouseholdConsumption> = {}): HouseholdConsumption {
  return {
    network: NETWORK,
    household: 'h-0417',
    period: { from, until },
    lanes: { [IMPORT_LANE]: 8123n },
    source: 'paillier',
    received: 1 as Millis,
    ...fields
  }
}

onEachBackend(backend => {
  it('gives periods back that lie within a range, of one household or of all', async () => {
    const open = await freshStore(backend)
    const { billing } = await actors(open)
    const kept = [
      consumptionOf(MONDAY, MONDAY + DAY),
      consumptionOf(MONDAY, MONDAY + DAY, { source: 'bill', lanes: { [IMPORT_LANE]: 8124n } }),
      consumptionOf(MONDAY, MONDAY + DAY, { household: 'h-0418' }),
      consumptionOf(MONDAY + DAY, MONDAY + 3 * DAY)
    ]
    for (const consumption of kept) expect(await open.store.recordConsumption(consumption)).toBe('new')
    const read = (from: number, until: number, household?: string) =>
      open.store.readConsumption(billing, NETWORK, { from, until }, household)
    // In order of time, household and source.
    expect(await read(MONDAY, MONDAY + 3 * DAY)).toEqual([kept[1], kept[0], kept[2], kept[3]])
    expect(await read(MONDAY, MONDAY + 3 * DAY, 'h-0418')).toEqual([kept[2]])
    // A period that lies across the end is not in it, nor a part of it.
    expect(await read(MONDAY, MONDAY + 3 * DAY - 1)).toHaveLength(3)
    expect(await read(MONDAY + 1, MONDAY + 3 * DAY)).toEqual([kept[3]])
    expect(await read(MONDAY + 5, MONDAY + 6)).toEqual([])
  })

  it('refuses a period of less than a day, or of less than it is configured to', async () => {
    const { store } = await freshStore(backend)
    await expect(store.recordConsumption(consumptionOf(MONDAY, MONDAY + 1))).rejects.toThrow(SingleHouseholdError)
    await expect(store.recordConsumption(consumptionOf(MONDAY, MONDAY + DAY - 1))).rejects.toThrow(SingleHouseholdError)
    expect(await store.recordConsumption(consumptionOf(MONDAY, MONDAY + DAY))).toBe('new')
    const weekly = await freshStore(backend, { minimumPeriodSlots: 7 * DAY })
    await expect(weekly.store.recordConsumption(consumptionOf(MONDAY, MONDAY + 6 * DAY))).rejects.toThrow(SingleHouseholdError)
    expect(await weekly.store.recordConsumption(consumptionOf(MONDAY, MONDAY + 7 * DAY))).toBe('new')
    await expect(freshStore(backend, { minimumPeriodSlots: 1 })).rejects.toThrow(InvalidArgumentError)
  })

  it('has a day by the length of the network’s slots, and two slots at least', async () => {
    const { store } = await freshStore(backend)
    await store.registerNetwork({ network: 'hours', slotSeconds: 3600 })
    await store.registerNetwork({ network: 'days', slotSeconds: 86_400 })
    await expect(store.recordConsumption(consumptionOf(0, 23, { network: 'hours' }))).rejects.toThrow(SingleHouseholdError)
    expect(await store.recordConsumption(consumptionOf(0, 24, { network: 'hours' }))).toBe('new')
    await expect(store.recordConsumption(consumptionOf(0, 1, { network: 'days', household: 'd' }))).rejects.toThrow(SingleHouseholdError)
    expect(await store.recordConsumption(consumptionOf(0, 2, { network: 'days', household: 'd' }))).toBe('new')
  })

  it('refuses periods that overlap, whose difference would be a shorter one', async () => {
    const { store } = await freshStore(backend)
    const [from, until] = [MONDAY + DAY, MONDAY + 3 * DAY]
    await store.recordConsumption(consumptionOf(from, until))
    const overlapping: [number, number][] = [
      [from, until + 1],
      [from, until - 1],
      [from - 1, until],
      [from + 1, until],
      [until - 1, until + DAY],
      [from - DAY, from + 1]
    ]
    for (const source of ['paillier', 'bill'] as const) {
      for (const [a, b] of overlapping) {
        await expect(store.recordConsumption(consumptionOf(a, b, { source }))).rejects.toThrow(SingleHouseholdError)
      }
    }
    // Slots of another network are other slots, but may be the same time.
    await store.registerNetwork({ network: 'other', slotSeconds: 600 })
    await expect(store.recordConsumption(consumptionOf(0, 400, { network: 'other' }))).rejects.toThrow(ConflictError)
    for (const [a, b] of [[from - DAY, from] as const, [until, until + DAY] as const]) {
      expect(await store.recordConsumption(consumptionOf(a, b))).toBe('new')
    }
  })

  it('takes the same figure again, and refuses another of the same source, with evidence', async () => {
    const open = await freshStore(backend)
    const { auditor, billing } = await actors(open)
    const first = consumptionOf(MONDAY, MONDAY + DAY)
    const second = { ...first, lanes: { [IMPORT_LANE]: 1n }, received: 6 as Millis }
    await open.store.recordConsumption(first)
    expect(await open.store.recordConsumption({ ...first, received: 5 as Millis })).toBe('known')
    for (let i = 0; i < 2; i++) await expect(open.store.recordConsumption(second)).rejects.toThrow(ConflictError)
    const { consumption } = await open.store.readConflicts(auditor, NETWORK)
    const { network, household, period, source } = first
    expect(consumption).toEqual([{ network, household, period, source, seen: 6 }])
    expect(await open.store.readConsumption(billing, NETWORK, period)).toEqual([first])
  })

  it('refuses what it cannot keep', async () => {
    const open = await freshStore(backend)
    const { store } = open
    await expect(store.recordConsumption(consumptionOf(0, DAY, { network: 'nowhere' }))).rejects.toThrow(UnknownNetworkError)
    for (const fields of [
      { household: '' },
      { household: 'a\0b' },
      { lanes: {} },
      { source: 'guess' as 'bill' },
      { period: { from: 5, until: 5 } },
      { period: { from: 0.5, until: 500 } }
    ]) {
      await expect(store.recordConsumption(consumptionOf(0, DAY, fields))).rejects.toThrow(InvalidArgumentError)
    }
    await store.recordConsumption(consumptionOf(0, DAY))
    // The schema refuses one slot past the store as well.
    const update = behind(open, database => database.transaction(transaction => transaction.run('UPDATE consumption SET period_until = 1')))
    await expect(update).rejects.toThrow(/check/i)
  })
})
