// Totals and lost slots in the store.
import { EXPORT_LANE, IMPORT_LANE, InvalidArgumentError, type Millis, sha256, utf8 } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { ConflictError, SingleHouseholdError, UnknownNetworkError } from '../../src/errors.ts'
import type { LostSlot } from '../../src/records/records.ts'
import { actors, at, behind, freshStore, MONDAY, NETWORK, onEachBackend, openAgain, totalOf } from '../support/store-backends.ts'

const DAY_RANGE = { from: MONDAY, until: MONDAY + 96 }
const FEW = { able: 3, of: 48, needed: 6 }
const lostSlot: LostSlot = {
  network: NETWORK,
  slot: at(MONDAY + 2),
  mode: 'dcnet',
  reason: 'too few members answered',
  resultHash: sha256(utf8('lost')),
  received: 5 as Millis
}

onEachBackend(backend => {
  it('gives totals back exactly, in order of time, also to a later start', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    const wide = totalOf(MONDAY + 1, { lanes: { [IMPORT_LANE]: 2n ** 100n + 1n, [EXPORT_LANE]: -(2n ** 90n) }, mode: 'pes', missing: 0 })
    const totals = [totalOf(MONDAY), wide, totalOf(MONDAY + 95)]
    for (const total of [...totals].reverse()) expect(await open.store.recordTotal(total)).toBe('new')
    await open.store.recordTotal(totalOf(MONDAY + 96))
    expect(await open.store.readTotals(analyst, NETWORK, DAY_RANGE)).toEqual(totals)
    await open.store.close()
    expect(await (await openAgain(open.location)).readTotals(analyst, NETWORK, DAY_RANGE)).toEqual(totals)
  })

  it('gives a lane back as it was withheld, and one that was not said not at all', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    const totals = [
      totalOf(MONDAY, { lanes: { [IMPORT_LANE]: 5n, [EXPORT_LANE]: FEW } }),
      totalOf(MONDAY + 1, { lanes: { [IMPORT_LANE]: 5n } }),
      totalOf(MONDAY + 2, { lanes: { [IMPORT_LANE]: 5n, [EXPORT_LANE]: 0n } })
    ]
    for (const total of totals) expect(await open.store.recordTotal(total)).toBe('new')
    for (const total of totals) expect(await open.store.recordTotal(total)).toBe('known')
    const refused = open.store.recordTotal({ ...totals[0], lanes: { [IMPORT_LANE]: 5n, [EXPORT_LANE]: { ...FEW, able: 4 } } } as never)
    await expect(refused).rejects.toThrow(ConflictError)
    const read = await open.store.readTotals(analyst, NETWORK, DAY_RANGE)
    expect(read).toEqual(totals)
    expect(read.map(({ lanes }) => lanes[EXPORT_LANE])).toEqual([FEW, undefined, 0n])
  })

  it('takes the same total again, and refuses another one, of which it keeps the evidence and not the energy', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst, auditor } = await actors(open)
    const first = totalOf(MONDAY)
    const second = totalOf(MONDAY, {
      lanes: { [IMPORT_LANE]: 1n },
      contributors: 47,
      resultHash: sha256(utf8('another')),
      received: 9 as Millis
    })
    await open.store.recordTotal(first)
    expect(await open.store.recordTotal({ ...first, received: 7 as Millis })).toBe('known')
    await expect(open.store.recordTotal(second)).rejects.toThrow(ConflictError)
    // The same evidence once more is one piece of evidence.
    await expect(open.store.recordTotal(second)).rejects.toThrow(ConflictError)
    expect(await open.store.readTotals(analyst, NETWORK, DAY_RANGE)).toEqual([first])
    const { results } = await open.store.readConflicts(auditor, NETWORK)
    const { network, slot, contributors, mode, resultHash } = second
    expect(results).toEqual([{ network, slot, kind: 'total', mode, contributors, resultHash, seen: 9 }])
  })

  it.each([
    ['lanes', { lanes: { [IMPORT_LANE]: 3n } }],
    ['lane that is withheld', { lanes: { ...totalOf(MONDAY).lanes, [EXPORT_LANE]: FEW } }],
    ['another lane', { lanes: { ...totalOf(MONDAY).lanes, [EXPORT_LANE]: 0n } }],
    ['contributors', { contributors: 47 }],
    ['missing members', { missing: 3 }],
    ['mode', { mode: 'pes' as const }],
    ['result hash', { resultHash: sha256() }]
  ])('tells a total apart by its %s', async (_, fields) => {
    const { store } = await freshStore(backend)
    await store.recordTotal(totalOf(MONDAY))
    await expect(store.recordTotal(totalOf(MONDAY, fields))).rejects.toThrow(ConflictError)
  })

  it('keeps a lost slot with its reason, and no total beside it', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst, auditor } = await actors(open)
    expect(await open.store.recordLost(lostSlot)).toBe('new')
    expect(await open.store.recordLost(lostSlot)).toBe('known')
    await expect(open.store.recordTotal(totalOf(MONDAY + 2))).rejects.toThrow(ConflictError)
    await expect(open.store.recordLost({ ...lostSlot, reason: 'implausible' })).rejects.toThrow(ConflictError)
    expect(await open.store.readLostSlots(analyst, NETWORK, DAY_RANGE)).toEqual([lostSlot])
    expect(await open.store.readTotals(analyst, NETWORK, DAY_RANGE)).toEqual([])
    expect(await open.store.readResultRange(analyst, NETWORK)).toEqual({ from: MONDAY + 2, until: MONDAY + 3 })
    await open.store.recordTotal(totalOf(MONDAY + 7))
    expect(await open.store.readResultRange(analyst, NETWORK)).toEqual({ from: MONDAY + 2, until: MONDAY + 8 })
    const { results } = await open.store.readConflicts(auditor, NETWORK)
    expect(results.map(({ kind, contributors }) => [kind, contributors])).toEqual([
      ['total', 48],
      ['lost', 0]
    ])
  })

  it('refuses a total of too few meters, whatever it is configured to', async () => {
    const { store } = await freshStore(backend)
    for (const contributors of [0, 1, 2])
      await expect(store.recordTotal(totalOf(MONDAY, { contributors }))).rejects.toThrow(SingleHouseholdError)
    expect(await store.recordTotal(totalOf(MONDAY, { contributors: 3 }))).toBe('new')
    await expect(freshStore(backend, { minimumContributors: 1 })).rejects.toThrow(InvalidArgumentError)
    const open = await freshStore(backend, { minimumContributors: 2 })
    await open.store.recordTotal(totalOf(MONDAY, { contributors: 2 }))
    // The schema refuses it past the store as well.
    const update = behind(open, database => database.transaction(transaction => transaction.run('UPDATE results SET contributors = 1')))
    await expect(update).rejects.toThrow(/contributors|check/i)
  })

  it('refuses what it cannot keep', async () => {
    const { store } = await freshStore(backend)
    await expect(store.recordTotal(totalOf(MONDAY, { network: 'nowhere' }))).rejects.toThrow(UnknownNetworkError)
    for (const fields of [
      { lanes: {} },
      { lanes: { energy: 1n } },
      { lanes: { [IMPORT_LANE]: 2n ** 127n } },
      { lanes: { [IMPORT_LANE]: 1 as unknown as bigint } },
      { slot: at(-1) },
      { slot: at(2 ** 47) },
      { missing: -1 },
      { contributors: 3.5 },
      { mode: 'paper' as 'pes' },
      { resultHash: new Uint8Array(31) }
    ]) {
      await expect(store.recordTotal(totalOf(MONDAY, fields))).rejects.toThrow(InvalidArgumentError)
    }
    await expect(store.recordLost({ ...lostSlot, reason: '' })).rejects.toThrow(InvalidArgumentError)
    await expect(store.registerNetwork({ network: NETWORK, slotSeconds: 60 })).rejects.toThrow(ConflictError)
    expect(await store.registerNetwork({ network: NETWORK, slotSeconds: 900 })).toBe('known')
  })

  it('exports totals as CSV', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    await open.store.recordTotal(totalOf(MONDAY, { lanes: { [IMPORT_LANE]: 2889n } }))
    await open.store.recordTotal(totalOf(MONDAY + 3, { lanes: { [IMPORT_LANE]: -5n, [EXPORT_LANE]: 0n }, contributors: 50, missing: 0 }))
    await open.store.recordTotal(totalOf(MONDAY + 4, { lanes: { [IMPORT_LANE]: 7n, [EXPORT_LANE]: FEW } }))
    await open.store.recordLost({ ...lostSlot, slot: at(MONDAY + 1) })
    expect(await open.store.exportTotals(analyst, NETWORK, DAY_RANGE)).toBe(
      [
        'slot_start_utc,1-0:1.29.0 Wh,1-0:2.29.0 Wh,contributors,missing,withheld',
        '2025-03-24T00:00:00.000Z,2889,,48,2,',
        '2025-03-24T00:45:00.000Z,-5,0,50,0,',
        '2025-03-24T01:00:00.000Z,7,,48,2,"3 of 48 can feed in, 6 are needed"',
        ''
      ].join('\n')
    )
  })

  it('takes totals that come at the same time, each once', async () => {
    const open = await freshStore(backend)
    const { 'supplier-analyst': analyst } = await actors(open)
    const other = await openAgain(open.location)
    const recorded = await Promise.all(
      Array.from({ length: 20 }, (_, i) => [open.store, other].map(store => store.recordTotal(totalOf(MONDAY + i)))).flat()
    )
    expect(recorded.filter(outcome => outcome === 'new')).toHaveLength(20)
    expect(await other.readTotals(analyst, NETWORK, DAY_RANGE)).toHaveLength(20)
  })
})
