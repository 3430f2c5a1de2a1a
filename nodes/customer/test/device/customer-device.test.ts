// The customer's device and what a server keeps of it: batches in, bills and readings out, and nothing in the clear.
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  BatchRejectedError,
  decodeBill,
  encodeBatch,
  keyEpoch,
  type MeterKey,
  parseBands,
  parseTariff,
  periodSlots,
  sealBatch,
  verifyBill
} from '@hushgrid/billing'
import {
  EXPORT_LANE,
  IdentityKey,
  IMPORT_LANE,
  InvalidArgumentError,
  SeededRng,
  type Slot,
  systemRng,
  toHex,
  utf8
} from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CustomerDevice, NoReadingsError } from '../../src/device/customer-device.ts'
import { CustomerRecords, RecordConflictError } from '../../src/device/customer-records.ts'
import { MeterKeyError, WrongPasswordError } from '../../src/device/vault.ts'

const HOUR = 3600
const PASSWORD = 'correct horse battery staple'
const METER = IdentityKey.generate(new SeededRng('meter'))
const KEY = new SeededRng('K').bytes(32)
const LANES = [IMPORT_LANE, EXPORT_LANE]
const TARIFF = readFileSync(new URL('../../../../packages/billing/tariffs/flat.yaml', import.meta.url), 'utf8')
const tariff = parseTariff(TARIFF, 'flat.yaml')
const [FIRST, END] = ['2013-02-01T00:00Z', '2013-03-02T00:00Z'].map(text => Date.parse(text) / 1000 / HOUR) as [number, number]

/** Eight bytes of a reading stand out in a file. */
function reading(slot: number): bigint {
  return BigInt(slot) * 3_000_001n + 70_000_000_000_000n
}

function dayBatch(first: number, gap?: number): Uint8Array {
  const readings = Array.from({ length: 24 }, (_, i) => (first + i === gap ? undefined : [reading(first + i), BigInt(i)]))
  return encodeBatch(sealBatch({ identity: METER, key: KEY, slotSeconds: HOUR, firstSlot: first as Slot, lanes: LANES, readings }).batch)
}

let folder: string
let records: CustomerRecords
let device: CustomerDevice
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-device-'))
  records = new CustomerRecords(join(folder, 'records'))
  device = await CustomerDevice.create(records, 'ada', PASSWORD, systemRng)
  device.addKey(METER.id, { epoch: keyEpoch(0), key: KEY })
  for (let first = FIRST; first < END; first += 24) device.addBatch(dayBatch(first, FIRST + 30))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('batches', () => {
  it('are kept once their signature holds', () => {
    expect(records.batches(METER.id)).toHaveLength(29)
    expect(device.addBatch(dayBatch(FIRST))).toMatchObject({ meter: METER.id, firstSlot: FIRST, slots: 24, added: false })
  })

  it('are refused where a reading was changed, or the meter is not paired', () => {
    const bytes = dayBatch(END)
    // Of the ciphertext of the last reading.
    const changed = bytes.map((byte, i) => (i === bytes.length - 64 - 8 ? byte ^ 1 : byte))
    expect(() => device.addBatch(changed)).toThrow(BatchRejectedError)
    const other = IdentityKey.generate(new SeededRng('other'))
    const { batch } = sealBatch({
      identity: other,
      key: KEY,
      slotSeconds: HOUR,
      firstSlot: END as Slot,
      lanes: LANES,
      readings: [[1n, 1n]]
    })
    expect(() => device.addBatch(encodeBatch(batch))).toThrow(MeterKeyError)
    expect(records.batches(METER.id)).toHaveLength(29)
  })

  it('come back as readings, of a period where one is named', () => {
    const all = device.readings(METER.id).flatMap(span => span.readings)
    expect(all).toHaveLength(END - FIRST)
    expect(all[30]).toBeUndefined()
    expect(all[31]).toEqual([reading(FIRST + 31), 7n])
    // An hour later by local time.
    const berlin = device.readings(METER.id, { period: '2013-02-02/2013-02-04', timeZone: 'Europe/Berlin' })
    expect(berlin[0]?.firstSlot).toBe(FIRST + 23)
    expect(berlin.flatMap(span => span.readings)).toHaveLength(48)
    expect(() => device.readings(METER.id, { period: '2014-02', timeZone: 'UTC' })).toThrow(NoReadingsError)
  })
})

describe('a bill', () => {
  it('is one that the supplier accepts, of the month in the tariff’s time zone', () => {
    const { bill, bytes, prices, gaps } = device.makeBill(METER.id, '2013-02', tariff)
    expect([prices.from, prices.until, gaps]).toEqual([FIRST, FIRST + 28 * 24, 1])
    expect(verifyBill(decodeBill(bytes), prices, METER.id)).toEqual({ amount: bill.amount, gaps: 1 })
    const wh = Array.from({ length: 28 * 24 }, (_, i) => (i === 30 ? 0n : reading(FIRST + i))).reduce((a, b) => a + b)
    expect(bill.amount).toBe(prices.fixed + wh * (prices.distinctWeights[0] ?? 0n))
    expect(records.bills()).toEqual([`2013-02-${METER.id.slice(0, 16)}`])
    // The same again is the same bill.
    expect(device.makeBill(METER.id, '2013-02', tariff).bytes).toEqual(bytes)
  })

  it('has no slot that another bill has', () => {
    const dearer = parseTariff(TARIFF.replace('14.228', '14.229'), 'dearer.yaml')
    expect(() => device.makeBill(METER.id, '2013-02', dearer)).toThrow(RecordConflictError)
    expect(() => device.makeBill(METER.id, '2013-02-28/2013-03-01', tariff)).toThrow(RecordConflictError)
    expect(device.makeBill(METER.id, '2013-03-01/2013-03-02', tariff).gaps).toBe(0)
    expect(records.bills()).toHaveLength(2)
  })

  it('takes bands on a grid of their own', async () => {
    const home = new CustomerRecords(join(folder, 'bands'))
    const account = await CustomerDevice.create(home, 'bands', PASSWORD, systemRng)
    account.addKey(METER.id, { epoch: keyEpoch(0), key: KEY })
    account.addBatch(dayBatch(FIRST))
    const dynamic = parseTariff(
      'name: a\ncurrency: GBP\ntimeZone: UTC\nimport: { kind: dynamic, prices: { low: "1", high: "-3" } }',
      'a.yaml'
    )
    const rows = Array.from({ length: 12 }, (_, i) => `2013-02-01T${String(2 * i).padStart(2, '0')}:00Z,${i % 3 === 0 ? 'High' : 'Low'}`)
    const bands = parseBands(`slot_start_utc,band\n${rows.join('\n')}\n`, 'bands.csv')
    const { bill, bytes, prices } = account.makeBill(METER.id, '2013-02-01/2013-02-02', dynamic, bands)
    const exact = Array.from({ length: 24 }, (_, i) => reading(FIRST + i) * (i % 6 < 2 ? -3n : 1n)).reduce((a, b) => a + b)
    expect([bands.slotSeconds, bill.amount]).toEqual([2 * HOUR, exact])
    expect(verifyBill(decodeBill(bytes), prices, METER.id)).toEqual({ amount: exact, gaps: 0 })
    rmSync(join(folder, 'bands'), { recursive: true })
  })

  it('is not made of half a month', () => {
    expect(() => device.makeBill(METER.id, '2013-03', tariff)).toThrow(/expected batches of all of it.*try --period 2013-03-01$/)
  })
})

describe('a meter that was paired anew', () => {
  const later = { epoch: keyEpoch(1), key: new SeededRng('later K').bytes(32) }
  const [begin, cut, end] = [FIRST, FIRST + 30, FIRST + 48]
  const sealed = (from: number, until: number, key: MeterKey): Uint8Array => {
    const readings = Array.from({ length: until - from }, (_, i) => [reading(from + i), 0n])
    const slots = { slotSeconds: HOUR, firstSlot: from as Slot, lanes: LANES, readings }
    return encodeBatch(sealBatch({ identity: METER, key: key.key, keyEpoch: key.epoch, ...slots }).batch)
  }
  const earlier = { epoch: keyEpoch(0), key: KEY }

  it('gives one bill of batches under both keys to an account that has both', async () => {
    const home = new CustomerRecords(join(folder, 'both'))
    const account = await CustomerDevice.create(home, 'both', PASSWORD, systemRng)
    for (const key of [earlier, later]) account.addKey(METER.id, key)
    account.addBatch(sealed(begin, cut, earlier))
    account.addBatch(sealed(cut, end, later))
    const { bill, bytes, prices } = account.makeBill(METER.id, '2013-02-01/2013-02-03', tariff)
    expect(verifyBill(decodeBill(bytes), prices, METER.id)).toEqual({ amount: bill.amount, gaps: 0 })
    const wh = Array.from({ length: 48 }, (_, i) => reading(begin + i)).reduce((a, b) => a + b)
    expect(bill.amount).toBe(prices.fixed + wh * (prices.distinctWeights[0] ?? 0n))
    rmSync(join(folder, 'both'), { recursive: true })
  })

  it('is closed to an account that has the other key only', async () => {
    const home = new CustomerRecords(join(folder, 'one'))
    const account = await CustomerDevice.create(home, 'one', PASSWORD, systemRng)
    account.addKey(METER.id, earlier)
    account.addBatch(sealed(begin, cut, earlier))
    expect(() => account.addBatch(sealed(cut, end, later))).toThrow(
      `meter ${METER.id}: expected a key of account one, got one of epoch 1, which another pairing drew`
    )
    // A batch that only claims the earlier key does not open under it.
    expect(() => account.addBatch(sealed(cut, end, { ...later, epoch: earlier.epoch }))).toThrow(BatchRejectedError)
    rmSync(join(folder, 'one'), { recursive: true })
  })
})

describe('what is kept', () => {
  it('has neither K nor a reading nor the password in the clear, and is for its owner only', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    expect(files.length).toBe(1 + 29 + 2)
    const little = (value: bigint): Buffer => {
      const bytes = Buffer.alloc(8)
      bytes.writeBigUInt64LE(value)
      return bytes
    }
    const secrets = [
      Buffer.from(KEY),
      Buffer.from(toHex(KEY)),
      Buffer.from(Buffer.from(KEY).toString('base64')),
      Buffer.from(PASSWORD),
      ...Array.from({ length: END - FIRST }, (_, i) => reading(FIRST + i)).flatMap(value => [
        little(value),
        Buffer.from(utf8(String(value)))
      ])
    ]
    for (const entry of files) {
      const path = join(entry.parentPath, entry.name)
      const bytes = readFileSync(path)
      expect(statSync(path).mode & 0o777).toBe(0o600)
      for (const secret of secrets) expect(bytes.includes(secret)).toBe(false)
    }
    // The same search finds what is there.
    expect(little(reading(FIRST)).includes(little(reading(FIRST)))).toBe(true)
  })

  it('opens under the password, and under the new one once that was changed', async () => {
    await expect(CustomerDevice.open(records, 'another long password', systemRng)).rejects.toThrow(WrongPasswordError)
    const opened = await CustomerDevice.open(records, PASSWORD, systemRng)
    await opened.changePassword('another long password')
    await expect(CustomerDevice.open(records, PASSWORD, systemRng)).rejects.toThrow(WrongPasswordError)
    const again = await CustomerDevice.open(records, 'another long password', systemRng)
    expect(again.readings(METER.id)).toEqual(device.readings(METER.id))
    // Who read the account before the change does not undo it.
    expect(() => device.addKey(IdentityKey.generate(systemRng).id, { epoch: keyEpoch(0), key: KEY })).toThrow(RecordConflictError)
  })
})

describe('periods', () => {
  it('are months and days of a time zone, whatever its clock does', () => {
    const slots = (period: string, timeZone: string) => {
      const { from, until } = periodSlots({ period, timeZone }, 900)
      return [from, until].map(slot => new Date(slot * 900_000).toISOString().slice(0, 16))
    }
    expect(slots('2013-03', 'Europe/London')).toEqual(['2013-03-01T00:00', '2013-03-31T23:00'])
    expect(slots('2013-03-31/2013-04-01', 'Europe/London')).toEqual(['2013-03-31T00:00', '2013-03-31T23:00'])
    expect(slots('2013-03-31', 'Europe/London')).toEqual(slots('2013-03-31/2013-04-01', 'Europe/London'))
    expect(slots('2013-12-31', 'Asia/Kolkata')).toEqual(['2013-12-30T18:30', '2013-12-31T18:30'])
    expect(slots('2013-12', 'Asia/Kolkata')).toEqual(['2013-11-30T18:30', '2013-12-31T18:30'])
  })

  it.each([
    '2013',
    '2013-13',
    '2013-2',
    '2013-02-30',
    '2013-02-4',
    '2013-02-30/2013-03-01',
    '2013-02-02/2013-02-02',
    '2013-02-03/2013-02-02',
    '1969-01',
    '',
    '2013-02/2013-03',
    '2013-02/2013-03-01'
  ])('are not %j', period => {
    expect(() => periodSlots({ period, timeZone: 'UTC' }, HOUR)).toThrow(InvalidArgumentError)
  })
})
