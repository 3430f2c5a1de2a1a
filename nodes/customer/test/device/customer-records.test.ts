// What a server keeps of a customer: files of their owner only, one batch a period, never overwritten.
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InvalidArgumentError, type MeterId, meterId, type Slot, utf8 } from '@hushgrid/primitives'
import { SecretFileError } from '@hushgrid/runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type AccountRecord, AccountRecordError } from '../../src/device/account-record.ts'
import { CustomerRecords, NoSuchRecordError, RecordConflictError } from '../../src/device/customer-records.ts'
import { ARGON2ID } from '../../src/device/password-key.ts'

const METER = meterId('11'.repeat(32))
const RECORD: AccountRecord = { account: 'ada', scheme: ARGON2ID, salt: new Uint8Array(16), check: new Uint8Array(28), keys: [] }
const CHANGED: AccountRecord = { ...RECORD, salt: new Uint8Array(16).fill(1) }

let folder: string
let records: CustomerRecords
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-customer-'))
  records = new CustomerRecords(join(folder, 'records'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

function slotOf(value: number): Slot {
  return value as Slot
}

describe('an account', () => {
  it('is made once, and replaced only by who read it last', () => {
    expect(records.readAccount()).toBeUndefined()
    records.createAccount(RECORD)
    expect(new CustomerRecords(join(folder, 'records')).readAccount()).toEqual(RECORD)
    expect(() => records.createAccount(CHANGED)).toThrow(RecordConflictError)
    expect(() => records.replaceAccount(CHANGED, RECORD)).toThrow(RecordConflictError)
    expect(() => records.replaceAccount(RECORD, { ...CHANGED, account: 'eve' })).toThrow(RecordConflictError)
    records.replaceAccount(RECORD, CHANGED)
    expect(records.readAccount()).toEqual(CHANGED)
  })

  it('is not read where it is no account, or others may read it', () => {
    const path = join(folder, 'records', 'account.json')
    writeFileSync(path, Uint8Array.of(0xff, 0xfe), { mode: 0o600 })
    expect(() => records.readAccount()).toThrow(AccountRecordError)
    chmodSync(path, 0o644)
    expect(() => records.readAccount()).toThrow(SecretFileError)
  })
})

describe('batches and bills', () => {
  it('are kept in the order of their slots and names', () => {
    expect(records.batches(METER)).toEqual([])
    for (const first of [100, 9, 20]) expect(records.putBatch(METER, slotOf(first), utf8(`batch ${first}`))).toBe(true)
    expect(records.batches(METER)).toEqual([9, 20, 100])
    expect(records.readBatch(METER, slotOf(20))).toEqual(utf8('batch 20'))
    records.putBill('2013-03', utf8('march'))
    records.putBill('2013-02', utf8('february'))
    expect(records.bills()).toEqual(['2013-02', '2013-03'])
    expect(records.readBill('2013-02')).toEqual(utf8('february'))
  })

  it('are one a period, ever', () => {
    records.putBatch(METER, slotOf(9), utf8('batch'))
    expect(records.putBatch(METER, slotOf(9), utf8('batch'))).toBe(false)
    expect(() => records.putBatch(METER, slotOf(9), utf8('other'))).toThrow(RecordConflictError)
    expect(records.readBatch(METER, slotOf(9))).toEqual(utf8('batch'))
    records.putBill('2013-02', utf8('bill'))
    expect(() => records.putBill('2013-02', utf8('cheaper'))).toThrow(RecordConflictError)
  })

  it('are in files of their owner only, and nothing else is left in the folder', () => {
    records.createAccount(RECORD)
    records.replaceAccount(RECORD, CHANGED)
    records.putBatch(METER, slotOf(9), utf8('batch'))
    records.putBill('2013-02', utf8('bill'))
    const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    const modes = Object.fromEntries(files.map(each => [each.name, (statSync(join(each.parentPath, each.name)).mode & 0o777).toString(8)]))
    expect(modes).toEqual({
      records: '700',
      'account.json': '600',
      batches: '700',
      [METER]: '700',
      '9.batch': '600',
      bills: '700',
      '2013-02.bill': '600'
    })
  })

  it('are not looked for outside of the folder, nor made of nothing', () => {
    expect(() => records.readBill('../account.json')).toThrow(InvalidArgumentError)
    expect(() => records.putBill('A/b', utf8('bill'))).toThrow(InvalidArgumentError)
    expect(() => records.putBatch('../../x' as MeterId, slotOf(1), utf8('x'))).toThrow(InvalidArgumentError)
    expect(() => records.putBatch(METER, slotOf(-1), utf8('x'))).toThrow(InvalidArgumentError)
    expect(() => records.putBill('2013-02', new Uint8Array(0))).toThrow(InvalidArgumentError)
    expect(() => records.readBill('2013-02')).toThrow(NoSuchRecordError)
    expect(() => records.readBatch(METER, slotOf(1))).toThrow(NoSuchRecordError)
  })
})
