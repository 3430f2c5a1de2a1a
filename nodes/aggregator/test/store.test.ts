import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { AggregatorRecord } from '@hushgrid/dcnet'
import { type Slot, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AggregatorStore, AggregatorStoreError, DEFAULT_BOUNDS } from '../src/store.ts'
import { bytesOf, rosterRecord, slotRecord } from './store-fixture.ts'

let folder = ''
let opened: AggregatorStore[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-aggregator-'))
  opened = []
})
afterEach(() => {
  for (const store of opened) store.close()
  rmSync(folder, { recursive: true, force: true })
})

function open(bounds = DEFAULT_BOUNDS, directory = folder): AggregatorStore {
  const store = AggregatorStore.open(directory, systemRng, false, bounds)
  opened.push(store)
  return store
}

/** What a start finds. */
function journalAfterRestart(): readonly AggregatorRecord[] {
  const store = open()
  store.close()
  return store.journal
}

const result = (slot: number): AggregatorRecord => slotRecord('result', slot, bytesOf(slot))
const turn = () => new Promise(resolve => setImmediate(resolve))

describe('the aggregator’s store', () => {
  it('gives back what was written, in that order; only its owner may read it, and the key stays', () => {
    const store = open()
    expect([store.journal, store.closedThrough]).toEqual([[], -1])
    const records = [
      rosterRecord(5),
      slotRecord('received', 6, bytesOf(1)),
      slotRecord('received', 7, bytesOf(2)),
      slotRecord('received', 6, bytesOf(3)),
      slotRecord('request', 6, bytesOf(4)),
      slotRecord('received', 6, bytesOf(5)),
      rosterRecord(8),
      result(5)
    ]
    for (const record of records) store.append(record)
    for (const file of ['aggregator.db', 'aggregator.db-wal', 'identity.key']) {
      expect(statSync(join(folder, file)).mode & 0o777, file).toBe(0o600)
    }
    store.close()
    expect(existsSync(join(folder, 'aggregator.db-wal'))).toBe(false)
    for (let restart = 0; restart < 2; restart++) {
      const again = open()
      expect(again.journal).toEqual(records)
      expect([again.identity.id, again.closedThrough]).toEqual([store.identity.id, 5])
      again.close()
    }
  })

  it('goes on in order after a restart', () => {
    const [one, two, three] = [1, 2, 3].map(seed => slotRecord('received', 9, bytesOf(seed))) as [
      AggregatorRecord,
      AggregatorRecord,
      AggregatorRecord
    ]
    for (const record of [one, two, three]) {
      const store = open()
      store.append(record)
      store.close()
    }
    expect(journalAfterRestart()).toEqual([one, two, three])
  })

  it('takes the same bytes again as nothing new', () => {
    const records = [slotRecord('received', 6, bytesOf(1)), slotRecord('request', 6, bytesOf(4)), result(5)]
    const store = open()
    for (const record of [...records, ...records]) store.append(record)
    store.close()
    expect(journalAfterRestart()).toEqual(records)
  })

  it.each(['request', 'result'] as const)('refuses a second %s for a slot, and whatever comes after', kind => {
    const store = open()
    store.append(slotRecord(kind, 6, bytesOf(1)))
    expect(() => store.append(slotRecord(kind, 6, bytesOf(2)))).toThrow(AggregatorStoreError)
    expect(() => store.append(slotRecord(kind, 7, bytesOf(2)))).toThrow(`expected one ${kind} for slot 6, got a second one that differs`)
    store.close()
    expect(journalAfterRestart()).toEqual([slotRecord(kind, 6, bytesOf(1))])
  })

  it('keeps one request of each part of a slot, in the order in which they came', () => {
    const store = open()
    const parts = [0, 1, 6].map(part => ({ ...slotRecord('request', 6, bytesOf(10 + part)), ...(part > 0 && { part }) }))
    for (const record of parts) store.append(record)
    store.append(parts[1] as AggregatorRecord)
    expect(() => store.append({ ...slotRecord('request', 6, bytesOf(1)), part: 1 })).toThrow('expected one request for slot 6')
    store.close()
    expect(journalAfterRestart()).toEqual(parts)
  })

  it('puts a result in place of what was received and asked for in its slot', () => {
    const store = open()
    const other = slotRecord('received', 7, bytesOf(3))
    for (const record of [slotRecord('received', 6, bytesOf(1)), slotRecord('request', 6, bytesOf(2)), other, result(6)])
      store.append(record)
    store.close()
    expect(journalAfterRestart()).toEqual([other, result(6)])
    const database = new DatabaseSync(join(folder, 'aggregator.db'))
    expect(database.prepare('SELECT (SELECT count(*) FROM received) + (SELECT count(*) FROM requests) AS n').get()?.n).toBe(1)
    database.close()
  })

  it('gives back the last 96 results, open slots that are no older, and still the transcripts of the others', () => {
    const store = open()
    const [old, recent] = [slotRecord('received', 4, bytesOf(1000)), slotRecord('received', 5, bytesOf(1001))]
    for (const record of [old, recent]) store.append(record)
    for (let slot = 6; slot <= 100; slot++) store.append(result(slot))
    for (let slot = 1; slot <= 3; slot++) store.append(result(slot))
    store.close()
    const again = open()
    const given = again.journal.map(record => `${record.kind} ${record.kind === 'roster' ? record.from : record.slot}`)
    expect(given).toHaveLength(97)
    expect(given.slice(0, 2)).toEqual(['received 5', 'result 6'])
    expect(given.at(-1)).toBe('result 3')
    expect(again.closedThrough).toBe(100)
    expect(again.result(1 as Slot)).toEqual(bytesOf(1))
    expect(again.result(100 as Slot)).toEqual(bytesOf(100))
    expect(again.result(5 as Slot)).toBe(undefined)
  })

  it('keeps the rosters of slots that may be open, and the last two', () => {
    const store = open()
    const from = () => journalAfterRestart().flatMap(record => (record.kind === 'roster' ? [record.from] : []))
    for (const slot of [1, 2, 3]) store.append(rosterRecord(slot))
    store.close()
    expect(from()).toEqual([1, 2, 3])
    const again = open()
    again.append(result(3))
    again.append(rosterRecord(4))
    again.close()
    expect(from()).toEqual([2, 3, 4])
    const third = open()
    for (const slot of [10, 11, 12]) third.append(result(slot))
    third.close()
    expect(from()).toEqual([3, 4])
  })
})

describe('what a store grows to', () => {
  it('is bounded in slots: the oldest are given up', () => {
    const store = open({ slots: 5, bytes: 1024 ** 3 })
    for (const slot of [3, 1, 2, 4, 5, 6, 7]) store.append(result(slot))
    store.close()
    expect(journalAfterRestart()).toEqual([3, 4, 5, 6, 7].map(result))
    const again = open({ slots: 5, bytes: 1024 ** 3 })
    again.append(result(8))
    expect([3, 4, 8].map(slot => again.result(slot as Slot))).toEqual([undefined, bytesOf(4), bytesOf(8)])
  })

  it('is bounded in bytes, and room that was given up is used again', () => {
    const bytes = 1024 * 1024
    const store = open({ slots: 1000, bytes })
    const length = 20_000
    for (let slot = 0; slot < 200; slot++) store.append(slotRecord('result', slot, bytesOf(slot, length)))
    store.close()
    const slots = journalAfterRestart().map(record => (record.kind === 'result' ? record.slot : -1))
    expect(slots.length).toBeGreaterThan(40)
    expect(slots).toEqual(Array.from({ length: slots.length }, (_, i) => 200 - slots.length + i))
    expect(statSync(join(folder, 'aggregator.db')).size).toBeLessThan(1.1 * bytes)
  })

  it('leaves the newest result, even if it alone is more', () => {
    const store = open({ slots: 1000, bytes: 1 })
    for (const slot of [1, 2]) store.append(slotRecord('result', slot, bytesOf(slot, 20_000)))
    store.close()
    expect(journalAfterRestart()).toEqual([slotRecord('result', 2, bytesOf(2, 20_000))])
  })
})

describe('what is received', () => {
  /** What another process would find, had this one been killed now. */
  function journalIfKilled(): readonly AggregatorRecord[] {
    const copy = mkdtempSync(join(tmpdir(), 'hushgrid-aggregator-'))
    for (const file of ['aggregator.db', 'aggregator.db-wal', 'identity.key']) copyFileSync(join(folder, file), join(copy, file))
    const store = open(DEFAULT_BOUNDS, copy)
    store.close()
    rmSync(copy, { recursive: true })
    return store.journal
  }
  const received = [1, 2, 3].map(seed => slotRecord('received', 6, bytesOf(seed)))

  it.each([
    ['when it is committed', (store: AggregatorStore) => store.commit()],
    ['at the end of the turn', turn],
    ['with a roster', (store: AggregatorStore) => store.append(rosterRecord(6))],
    ['with a request', (store: AggregatorStore) => store.append(slotRecord('request', 6, bytesOf(9)))],
    ['with a result', (store: AggregatorStore) => store.append(result(4))]
  ])('is stable %s, and is not committed one by one', async (_when, makeStable) => {
    const store = open()
    for (const record of received) store.append(record)
    expect(journalIfKilled()).toEqual([])
    await makeStable(store)
    expect(journalIfKilled().slice(0, 3)).toEqual(received)
  })

  it('is committed by closing', () => {
    const store = open()
    for (const record of received) store.append(record)
    store.close()
    expect(journalAfterRestart()).toEqual(received)
    expect(() => store.append(result(4))).toThrow(/expected it to be open, got it closed/)
  })
})
