// The store of a meter in a ring: what outlives a restart, and what a lost or damaged journal means.
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { MeterRecord, MeterSlotRecord } from '@hushgrid/dcnet'
import { concatBytes, type Slot, systemRng, u64 } from '@hushgrid/primitives'
import { RecordLog, RecordLogError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { MeterStore } from '../../src/dcnet/store.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-meter-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (): MeterStore => MeterStore.open(folder, systemRng, false)
const file = (name: string) => join(folder, name)

function record(kind: MeterSlotRecord['kind'], slot: number, length = 50): MeterRecord {
  return { kind, slot: slot as Slot, bytes: kind === 'absent' ? new Uint8Array(0) : new Uint8Array(length).fill(slot) }
}

function roster(from: number, length = 100): MeterRecord {
  return { kind: 'roster', from: from as Slot, bytes: new Uint8Array(length).fill(from) }
}

const submission = (slot: number): MeterRecord => record('submission', slot)

function append(...records: readonly MeterRecord[]): void {
  const store = open()
  for (const each of records) store.append(each)
  store.close()
}

/** What a start finds; undefined where it is not intact. */
function recordsAfterRestart(): readonly MeterRecord[] | undefined {
  const store = open()
  store.close()
  return store.journal.intact ? store.journal.records : undefined
}

describe('a meter’s journal', () => {
  it('gives back every kind of record in the order they were written, and the keys stay', () => {
    const store = open()
    expect(store.journal).toEqual({ intact: true, records: [] })
    const records = [
      roster(3),
      submission(4),
      record('request', 4),
      record('dispute', 4),
      record('release', 4),
      roster(2 ** 40),
      record('absent', 5),
      submission(6)
    ]
    for (const each of records) store.append(each)
    const key = store.keys.make(3).blinding.publicKey
    store.close()
    expect(recordsAfterRestart()).toEqual(records)
    const again = open()
    expect([again.identity.id, again.keys.publicKey(3)]).toEqual([store.identity.id, key])
    expect(key).toBeDefined()
    again.close()
    for (const name of ['identity.key', 'seasons/season-3.key', 'seasons/season-3.secrets', 'journal.log'])
      expect(statSync(file(name)).mode & 0o777).toBe(0o600)
  })

  it('gives back the records of the newest slot and the eight before it', () => {
    append(...[1, 2, 3, 12, 4, 5].flatMap(slot => [submission(slot), record('request', slot)]))
    expect(recordsAfterRestart()).toEqual([12, 4, 5].flatMap(slot => [submission(slot), record('request', slot)]))
  })

  it('gives back the most contributors of late however long ago, and the slots held back until they are let go', () => {
    const attendance = (slot: number, contributors: number): MeterRecord => ({
      kind: 'attendance',
      slot: slot as Slot,
      bytes: u64(contributors)
    })
    const named = (slot: number, epoch: number, next: number): MeterRecord => ({
      kind: 'named',
      slot: slot as Slot,
      bytes: concatBytes(u64(epoch), u64(next))
    })
    append(
      record('gone', 1, 32),
      record('gone', 2, 32),
      attendance(1, 9),
      attendance(2, 12),
      attendance(3, 10),
      attendance(4, 10),
      named(4, 7, 9),
      named(5, 7, 12)
    )
    append(named(5, 8, 20), submission(30), named(30, 8, 0), submission(60))
    expect(recordsAfterRestart()).toEqual([
      record('gone', 2, 32),
      attendance(2, 12),
      attendance(4, 10),
      named(5, 7, 12),
      named(30, 8, 0),
      submission(60)
    ])
  })

  it('gives back the rosters that slots may still need: the last two at least, and no more than eight', () => {
    const from = () => recordsAfterRestart()?.flatMap(each => (each.kind === 'roster' ? [each.from] : []))
    append(roster(1), roster(2), roster(3))
    expect(from()).toEqual([1, 2, 3])
    append(submission(3))
    // That of slot 2 stays too: its slot may have been open when slot 3 was submitted.
    expect(from()).toEqual([2, 3])
    append(roster(4), roster(5))
    expect(from()).toEqual([2, 3, 4, 5])
    append(submission(40))
    expect(from()).toEqual([4, 5])
    append(...[50, 51, 52, 53, 54, 55, 56].map(slot => roster(slot)))
    expect(from()).toEqual([5, 50, 51, 52, 53, 54, 55, 56])
  })

  it('is written anew when it has grown, without what no restart needs', () => {
    const store = open()
    const size = () => statSync(file('journal.log')).size
    store.append(roster(0, 400_000))
    let [largest, slot] = [0, 1]
    for (; slot <= 1500; slot++) {
      store.append(record('submission', slot % 256, 1000))
      largest = Math.max(largest, size())
    }
    expect(largest).toBeLessThan(1024 * 1024 + 2000)
    store.close()
    expect(recordsAfterRestart()?.filter(each => each.kind === 'roster')).toEqual([roster(0, 400_000)])
    // With more to keep than that it is not written anew at every record.
    const larger = open()
    for (const from of [300, 301]) larger.append(roster(from, 2_000_000))
    const before = size()
    larger.append(submission(302))
    expect(size()).toBeGreaterThan(before)
    larger.close()
    expect(recordsAfterRestart()?.slice(-3)).toEqual([roster(300, 2_000_000), roster(301, 2_000_000), submission(302)])
  })

  it('that was altered while it is in use is not written anew, which would make it pass for an intact one', () => {
    const store = open()
    store.append(submission(1))
    const bytes = readFileSync(file('journal.log'))
    bytes[bytes.byteLength - 1] = 99
    writeFileSync(file('journal.log'), bytes)
    expect(() => store.append(roster(1, 1024 * 1024))).toThrow(RecordLogError)
    store.close()
    expect(recordsAfterRestart()).toBe(undefined)
  })

  it('of a newer program is refused', () => {
    open().close()
    const { log } = RecordLog.open(file('journal.log'), false)
    log.append(Uint8Array.of(10, 0, 0, 0, 0, 0, 0, 0, 0))
    log.close()
    expect(open).toThrow(/^journal: expected a record of kind 0 to 9, got kind 10 in 9 bytes$/)
  })
})

describe('a journal that was lost', () => {
  for (const [what, harm] of [
    ['damaged', () => appendFileSync(file('journal.log'), 'torn')],
    ['gone', () => rmSync(file('journal.log'))]
  ] as const) {
    it(`because it is ${what} counts as that at every start until the next submission is in it`, () => {
      append(submission(1))
      harm()
      for (let start = 0; start < 3; start++) expect(recordsAfterRestart()).toBe(undefined)
      append(roster(8), record('request', 8), record('dispute', 8))
      expect(recordsAfterRestart()).toBe(undefined)
      append(submission(9))
      expect(existsSync(file('journal.lost'))).toBe(false)
      expect(recordsAfterRestart()?.at(-1)).toEqual(submission(9))
    })
  }
})

describe('season keys', () => {
  it('are gone from the folder with their season, bytes and all', () => {
    const store = open()
    const secret = store.keys.make(1).blinding.exportSecret()
    store.keys.make(2)
    const inFolder = () => readdirSync(file('seasons')).map(name => readFileSync(join(file('seasons'), name)))
    expect(inFolder().some(bytes => bytes.includes(secret))).toBe(true)
    store.keys.eraseBefore(2)
    expect(inFolder().some(bytes => bytes.includes(secret))).toBe(false)
    expect(readdirSync(file('seasons')).sort()).toEqual(['season-2.key', 'season-2.secrets'])
    expect([store.keys.publicKey(1), store.keys.publicKey(2)?.byteLength]).toEqual([undefined, 32])
    store.close()
  })
})

it('of a season whose erasure was cut short, and what a write that was cut short left, is gone at the next start', () => {
  const store = open()
  store.keys.make(2)
  store.close()
  const left = ['season-1.secrets', 'season-2.secrets.next', 'season-3.key.0b9f']
  for (const name of left) writeFileSync(join(file('seasons'), name), 'a secret that was shared')
  // A second name shows what becomes of the bytes.
  linkSync(join(file('seasons'), 'season-1.secrets'), file('blocks'))
  open().close()
  expect(readdirSync(file('seasons')).sort()).toEqual(['season-2.key', 'season-2.secrets'])
  expect(readFileSync(file('blocks'))).toEqual(Buffer.alloc(24))
})

it.each(['season-1.key', 'season-1.secrets'])('begins to erase a season with its secrets, so that a start finds the rest: %s', failing => {
  const store = open()
  store.keys.make(1)
  const erased: string[] = []
  // A folder in the place of a file cannot be erased, as where the process ends there.
  rmSync(join(file('seasons'), failing))
  mkdirSync(join(file('seasons'), failing))
  expect(() => store.keys.eraseBefore(2)).toThrow()
  erased.push(...readdirSync(file('seasons')))
  expect(erased.sort()).toEqual(failing === 'season-1.key' ? ['season-1.key'] : ['season-1.key', 'season-1.secrets'])
  store.close()
})

it('refuses the folder of a meter of protocol version 1', () => {
  writeFileSync(file('blinding.key'), new Uint8Array(32))
  expect(open).toThrow(/expected a meter's folder of protocol version 2, got one of version 1/)
})
