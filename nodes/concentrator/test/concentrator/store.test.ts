// The concentrator's store: members outlive a restart, and a damaged list of them is refused.
import { appendFileSync, chmodSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConcentratorRecord } from '@hushgrid/pes'
import { meterId, SeededRng, type Slot, systemRng } from '@hushgrid/primitives'
import { RecordLog, RecordLogError, SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConcentratorStore, ConcentratorStoreError } from '../../src/concentrator/store.ts'

let folder = ''
let opened: ConcentratorStore[] = []
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'hushgrid-concentrator-')), 'data')
  opened = []
})
afterEach(() => {
  for (const store of opened) store.close()
  rmSync(join(folder, '..'), { recursive: true, force: true })
})

const file = (name: string): string => join(folder, name)
const rng = new SeededRng('concentrator store')

function open(): ConcentratorStore {
  const store = ConcentratorStore.open(folder, systemRng, false)
  opened.push(store)
  return store
}

/** What a start finds. */
function journalAfterRestart(): readonly ConcentratorRecord[] {
  const store = open()
  store.close()
  return store.journal
}

/** A join; with no bytes a leave. */
function record(index: number, slot: number, length = 500): ConcentratorRecord {
  return { index, slot: slot as Slot, meterId: meterId(new Uint8Array(32).fill(index + 1)), join: rng.bytes(length) }
}

function append(...records: readonly ConcentratorRecord[]): void {
  const store = open()
  for (const each of records) store.append(each)
  store.close()
}

/** What a refused start says. */
function refusal(): string {
  try {
    open()
  } catch (cause) {
    if (cause instanceof ConcentratorStoreError || cause instanceof SecretFileError) return cause.message
    throw cause
  }
  return 'taken'
}

describe('the concentrator’s store', () => {
  it('gives back joins and leaves in the order they were written; only its owner may read it, and the key stays', () => {
    const store = open()
    expect(store.journal).toEqual([])
    const records = [record(0, 7), record(1, 7, 900), record(0, 9, 0), record(65_534, 2 ** 40), record(0, 12)]
    for (const each of records) store.append(each)
    store.close()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    for (const name of ['identity.key', 'members.log']) expect(statSync(file(name)).mode & 0o777, name).toBe(0o600)
    for (let restart = 0; restart < 2; restart++) {
      const again = open()
      expect(again.journal).toEqual(records)
      expect(again.identity.id).toBe(store.identity.id)
      again.close()
    }
    const more = record(2, 13)
    append(more)
    expect(journalAfterRestart()).toEqual([...records, more])
  })

  it('is bounded by its members, however often they join and leave, and knows of each the last', () => {
    const store = open()
    const last = new Map<number, ConcentratorRecord[]>()
    let most = 0
    for (let round = 0; round < 800; round++) {
      for (const index of [0, 1, 2, 3]) {
        const join = record(index, round, 700)
        const leave = record(index, round + 1, 0)
        const left = index === 3 || round % 2 === 0
        for (const each of left ? [join, leave] : [join]) store.append(each)
        last.set(index, left ? [join, leave] : [join])
      }
      most = Math.max(most, statSync(file('members.log')).size)
    }
    store.close()
    expect(most).toBeLessThan(1.1 * 1024 * 1024)
    const found = journalAfterRestart()
    for (const index of [0, 1, 2, 3]) {
      const records = last.get(index) as ConcentratorRecord[]
      expect(found.filter(each => each.index === index).slice(-records.length)).toEqual(records)
    }
  })

  it('is another concentrator in another folder', () => {
    const { identity } = open()
    const other = ConcentratorStore.open(file('other'), systemRng, true)
    opened.push(other)
    expect(other.identity.id).not.toBe(identity.id)
  })

  it('says so where a record cannot be written', () => {
    const store = open()
    store.append(record(0, 1))
    store.close()
    expect(() => store.append(record(1, 1))).toThrow(RecordLogError)
    expect(journalAfterRestart()).toHaveLength(1)
  })

  for (const [what, harm, got] of [
    ['torn at its end', () => appendFileSync(file('members.log'), 'torn'), 'a damaged one'],
    ['cut short', () => truncateSync(file('members.log'), statSync(file('members.log')).size - 1), 'a damaged one'],
    [
      'altered in one bit',
      () => {
        const bytes = readFileSync(file('members.log'))
        bytes.writeUInt8(bytes.readUInt8(200) ^ 1, 200)
        writeFileSync(file('members.log'), bytes)
      },
      'a damaged one'
    ],
    ['emptied', () => truncateSync(file('members.log')), 'a damaged one'],
    ['gone', () => rmSync(file('members.log')), 'none']
  ] as const) {
    it(`with a list of members that is ${what} is refused, at every start, and left as it is`, () => {
      append(record(0, 1), record(1, 1))
      const intact = readFileSync(file('members.log'))
      harm()
      for (let start = 0; start < 3; start++)
        expect(refusal()).toBe(
          `${file('members.log')}: expected the concentrator's intact list of members, got ${got}; without it a member's index could be given to another. Restore it, or begin in an empty directory`
        )
      writeFileSync(file('members.log'), intact, { mode: 0o600 })
      expect(journalAfterRestart()).toHaveLength(2)
    })
  }

  it('with records of another program is refused', () => {
    open().close()
    const { log } = RecordLog.open(file('members.log'), false)
    log.append(new Uint8Array(20))
    log.close()
    expect(refusal()).toBe('members: expected records of at least 44 bytes, got one of 20')
  })

  it('with a key that others may read, or half a key, is refused', () => {
    append(record(0, 1))
    chmodSync(file('identity.key'), 0o640)
    expect(refusal()).toBe(`${file('identity.key')}: expected to be readable by its owner only (mode 600), got mode 640`)
    chmodSync(file('identity.key'), 0o600)
    truncateSync(file('identity.key'), 16)
    expect(refusal()).toBe(`${file('identity.key')}: expected 32 bytes, got 16`)
  })

  it('that was interrupted before its key was made begins as a new one', () => {
    open().close()
    rmSync(file('identity.key'))
    expect(journalAfterRestart()).toEqual([])
  })
})
