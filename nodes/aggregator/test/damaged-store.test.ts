// A store of the aggregator that somebody damaged, replaced or rolled back: it is refused with one sentence.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { SeededRng, type Slot, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AggregatorStore, AggregatorStoreError } from '../src/store.ts'
import { bytesOf, slotRecord } from './store-fixture.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-aggregator-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const database = () => join(folder, 'aggregator.db')
const log = () => join(folder, 'aggregator.db-wal')
const open = () => AggregatorStore.open(folder, systemRng, false)
const PAGE = 4096
const LENGTH = 9000
const SLOTS = 120

function fill(): void {
  const store = open()
  for (let slot = 0; slot < SLOTS; slot++) store.append(slotRecord('result', slot, bytesOf(slot, LENGTH)))
  store.append(slotRecord('received', SLOTS, bytesOf(SLOTS)))
  store.close()
}

/** What an open store gives: undefined where it was refused by its own error, which names the file and what to do. */
function readAll(): { slots: number[]; received: number } | undefined {
  let store: AggregatorStore | undefined
  try {
    store = open()
    const slots: number[] = []
    for (let slot = 0; slot < SLOTS; slot++) {
      const bytes = store.result(slot as Slot)
      if (bytes) slots.push(slot)
      if (bytes) expect(bytes).toEqual(bytesOf(slot, LENGTH))
    }
    return { slots, received: store.journal.filter(record => record.kind === 'received').length }
  } catch (cause) {
    if (!(cause instanceof AggregatorStoreError)) throw cause
    expect(cause.message).toMatch(
      new RegExp(`^${database()}: expected an intact file, got (?:a damaged one \\(.+\\)|an empty one); without it .+ Restore it, or`)
    )
    return undefined
  } finally {
    store?.close()
  }
}

describe('a store that is damaged', () => {
  const whole = { slots: Array.from({ length: SLOTS }, (_, i) => i), received: 1 }

  it('is refused or gives what was written, whichever page is overwritten, and is refused again', () => {
    fill()
    expect(readAll()).toEqual(whole)
    const intact = readFileSync(database())
    const pages = intact.byteLength / PAGE
    expect(pages).toBeGreaterThan(250)
    const rng = new SeededRng('overwritten pages')
    let refused = 0
    for (let page = 0; page < pages; page += page < 12 ? 1 : 7) {
      const harmed = Buffer.from(intact)
      harmed.fill(rng.bytes(PAGE), page * PAGE, (page + 1) * PAGE)
      writeFileSync(database(), harmed)
      const first = readAll()
      if (first) expect(first, `page ${page}`).toEqual(whole)
      else refused++
      if (!first) expect(readAll(), `page ${page} once more`).toBe(undefined)
    }
    expect(refused).toBeGreaterThan(30)
    writeFileSync(database(), intact)
    expect(readAll()).toEqual(whole)
  })

  it('is refused where a bit has turned in what was kept, which SQLite does not see', () => {
    fill()
    const intact = readFileSync(database())
    const oldest = intact.indexOf(bytesOf(0, 1000))
    const newest = intact.indexOf(bytesOf(SLOTS - 1, 1000))
    for (const at of [oldest, newest]) {
      const harmed = Buffer.from(intact)
      harmed[at + 5] = (harmed[at + 5] as number) ^ 4
      writeFileSync(database(), harmed)
      expect(readAll()).toBe(undefined)
    }
    // Found when somebody asks for an old transcript, the store takes nothing more either.
    writeFileSync(database(), Buffer.from(intact).fill(intact[oldest + 5] as number, oldest + 5, oldest + 9))
    const store = open()
    expect(() => store.result(0 as Slot)).toThrow(/got a damaged one \(the result of slot 0 has changed\)/)
    expect(() => store.append(slotRecord('result', SLOTS, bytesOf(SLOTS)))).toThrow(AggregatorStoreError)
    store.close()
  })

  it('is refused at whatever length it is cut off, and where it is no database', () => {
    fill()
    const intact = readFileSync(database())
    for (const length of [1, 99, 100, PAGE - 1, PAGE, PAGE + 1, intact.byteLength >> 1, intact.byteLength - PAGE, intact.byteLength - 1]) {
      writeFileSync(database(), intact.subarray(0, length))
      expect(readAll(), `${length} bytes`).toBe(undefined)
    }
    writeFileSync(database(), 'no database '.repeat(1000))
    expect(readAll()).toBe(undefined)
    writeFileSync(database(), intact)
    expect(readAll()).toEqual(whole)
  })
})

describe('a store that is not ours, or not all of it', () => {
  it('is refused where it is gone or empty while the key is there, each time', () => {
    open().close()
    rmSync(database())
    for (let attempt = 0; attempt < 2; attempt++)
      expect(open).toThrow(/expected an intact file, got none; without it a second request or result/)
    writeFileSync(database(), '')
    for (let attempt = 0; attempt < 2; attempt++) expect(open).toThrow(/expected an intact file, got an empty one; .* Restore it, or begin/)
  })

  it('is begun where the process was killed before it had a key', () => {
    open().close()
    rmSync(join(folder, 'identity.key'))
    const store = open()
    expect(store.journal).toEqual([])
    store.close()
  })

  it('is refused without its log, as a copy of only the one file has it, each time', () => {
    const store = open()
    store.append(slotRecord('request', 1, bytesOf(1)))
    const copy = join(folder, 'copy')
    copyFileSync(database(), copy)
    copyFileSync(log(), `${copy}-wal`)
    store.close()
    copyFileSync(copy, database())
    for (let attempt = 0; attempt < 3; attempt++) {
      expect(open).toThrow(/expected an intact file, got one without the end of its log \(.*aggregator\.db-wal\)/)
    }
    writeFileSync(log(), readFileSync(`${copy}-wal`).subarray(0, 100))
    expect(open).toThrow(/without the end of its log/)
    copyFileSync(`${copy}-wal`, log())
    const again = open()
    expect(again.journal).toEqual([slotRecord('request', 1, bytesOf(1))])
    again.close()
    open().close()
  })

  it('is refused where its log is damaged, but for its very end, which a loss of power may have cut short', () => {
    const store = open()
    const slots = Array.from({ length: 40 }, (_, slot) => slot)
    const ends: number[] = []
    for (const slot of slots) {
      store.append(slotRecord('result', slot, bytesOf(slot, 5000)))
      ends.push(statSync(log()).size)
    }
    const [file, whole] = [database(), log()].map(path => readFileSync(path)) as [Buffer, Buffer]
    store.close()
    const startWith = (bytes: Uint8Array): number[] | undefined => {
      writeFileSync(database(), file)
      writeFileSync(log(), bytes)
      try {
        const again = open()
        again.close()
        return again.journal.map(record => (record.kind === 'result' ? record.slot : -1))
      } catch (cause) {
        if (!(cause instanceof AggregatorStoreError)) throw cause
        expect(cause.message).toMatch(/expected an intact file, got one (?:whose log is damaged|without the end of its log) \(.*-wal\)/)
        expect(readFileSync(database()).equals(file)).toBe(true)
        return undefined
      }
    }
    expect(startWith(whole)).toEqual(slots)
    const last = ends.at(-2) as number
    for (let at = 0; at < whole.byteLength; at += 1009) {
      const harmed = Buffer.from(whole)
      harmed[at] = (harmed[at] as number) ^ 16
      const found = startWith(harmed)
      if (at < (ends.at(-3) as number)) expect(found, `byte ${at}`).toBe(undefined)
      else if (at >= last) expect(found, `byte ${at}`).toEqual(slots.slice(0, -1))
    }
    // Pages that a loss of power kept from the disk.
    const torn = Buffer.from(whole).fill(0, last, last + PAGE)
    expect(startWith(torn)).toEqual(slots.slice(0, -1))
  })

  it('opens where the process was killed when it had begun the log anew, at any of the steps', () => {
    const store = open()
    const [file, begun] = [database(), log()].map(path => readFileSync(path)) as [Buffer, Buffer]
    store.close()
    // The log's header, the frame's header and the page are written one after the other, over older frames.
    for (const intact of [32, 32 + 24, 32 + 24 + 1000, begun.byteLength]) {
      writeFileSync(database(), file)
      writeFileSync(log(), Buffer.from(begun).fill(1, intact))
      const again = open()
      expect(again.journal).toEqual([])
      again.close()
    }
    writeFileSync(database(), file)
    // The last byte of the header is of a checksum over random bytes, and may be 1 already.
    const cut = Buffer.from(begun).fill(1, 31)
    cut[31] = (begun[31] as number) ^ 1
    writeFileSync(log(), cut)
    expect(open).toThrow(/without the end of its log/)
  })

  it.each([
    ['another program’s', 'PRAGMA application_id = 7', /expected a file of ours, got another program's \(application id 7\)$/],
    ['of a later version', 'PRAGMA user_version = 4', /expected version 3 of the file, got 4$/],
    [
      'of protocol version 1',
      'PRAGMA user_version = 2',
      /aggregator's folder of protocol version 2, got one of version 1\. Begin in an empty/
    ]
  ])('is refused where it is %s', (_what, change, message) => {
    open().close()
    const other = new DatabaseSync(database())
    other.exec(change)
    other.close()
    expect(open).toThrow(AggregatorStoreError)
    expect(open).toThrow(message)
  })

  it('is refused while it is in use, and after that is not', () => {
    const store = open()
    expect(open).toThrow(/aggregator\.db: expected to open it, got database is locked \(SQLite 5\)$/)
    store.append(slotRecord('request', 1, bytesOf(1)))
    store.close()
    open().close()
  })

  it('is refused where it cannot be made', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => AggregatorStore.open(join(folder, 'file', 'deeper'), systemRng, false)).toThrow(/ENOTDIR/)
    rmSync(file)
    spawnSync('mkdir', [database()])
    expect(open).toThrow(/aggregator\.db: expected a file that can be written to, got EISDIR$/)
  })
})
