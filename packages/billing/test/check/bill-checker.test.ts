// Bills as a supplier checks them, by published tariffs.
import type { Millis, Slot } from '@hushgrid/primitives'
import { sha256, utf8 } from '@hushgrid/primitives'
import { encodeScalar } from '@hushgrid/primitives/group'
import { describe, expect, it } from 'vitest'
import { type Bill, makeBill } from '../../src/bill/bill.ts'
import { encodeBill } from '../../src/bill/encoding.ts'
import { BillChecker } from '../../src/check/bill-checker.ts'
import type { OfferedBill } from '../../src/check/checked-bill.ts'
import type { BillFault, BillRejectedError } from '../../src/errors.ts'
import { parseBands } from '../../src/tariffs/bands-file.ts'
import { PARSED_TARIFFS, type PublishedTariff } from '../../src/tariffs/published-tariff.ts'
import { parseTariff } from '../../src/tariffs/tariff-file.ts'
import { TariffFileError } from '../../src/tariffs/tariff-file-error.ts'
import { BOTH, type Household, household, opened, SLOT_SECONDS } from '../support/household.ts'

/** 2025-03-24T00:00:00Z, a day of half-hours. */
const FROM = Date.UTC(2025, 2, 24) / 1_800_000
const UNTIL = FROM + 48
const GAP = FROM + 5
const EVENING = `name: evening
currency: EUR
timeZone: UTC
standingCharge: "30.00"
import:
  kind: time-of-use
  prices: {day: "20.50", evening: "41"}
  otherwise: day
  rules:
    - band: evening
      hours: [17:00-21:00]
export:
  kind: flat
  price: "7"
`
const TARIFF = published('evening', EVENING)
const [ann, bob] = [household(7), household(8)]
const reading = (slot: number): bigint[] | undefined => (slot === GAP ? undefined : [BigInt(100 + ((slot * 37) % 211)), BigInt(slot % 3)])
/** What Ann owes, by hand, in ten-thousandths of a cent: 20.5 ct/kWh are 205 of them a Wh. */
const OWED = Array.from({ length: 48 }, (_, i) => i).reduce((sum, i) => {
  const [drawn = 0n, fed = 0n] = reading(FROM + i) ?? []
  return sum + drawn * (i >= 34 && i < 42 ? 410n : 205n) - fed * 70n
}, 30n * 10_000n)

function published(tariff: string, text: string): PublishedTariff {
  return { tariff, text, from: 0 as Millis, hash: sha256(utf8(text)) }
}

function billOf(of: Household, from = FROM, until = UNTIL, text = EVENING): Bill {
  const readings = Array.from({ length: until - from }, (_, i) => reading(from + i))
  const prices = parseTariff(text, 'test').prices({ from: from as Slot, until: until as Slot, slotSeconds: SLOT_SECONDS })
  return makeBill({ batches: [opened(of, readings, from, BOTH)], prices })
}

function faultOf(action: () => unknown): { fault: BillFault | undefined; message: string } {
  try {
    action()
  } catch (cause) {
    return { fault: (cause as BillRejectedError).fault, message: (cause as Error).message }
  }
  return { fault: undefined, message: 'nothing was thrown' }
}

function replaced(bytes: Uint8Array, part: Uint8Array, by: Uint8Array): Uint8Array {
  const at = Buffer.from(bytes).indexOf(part)
  expect(at).toBeGreaterThan(0)
  const out = Uint8Array.from(bytes)
  out.set(by, at)
  return out
}

const bill = billOf(ann)
const bytes = encodeBill(bill)
const checker = new BillChecker({ slotSeconds: SLOT_SECONDS, tariffs: [TARIFF] })

describe.each([{ by: 'its prices' }, { by: 'its name', tariff: 'evening' }])('a bill whose tariff is found by $by', ({ tariff }) => {
  const check = (offered: Uint8Array, more: Partial<OfferedBill> = {}) =>
    checker.check({ bill: offered, meterKey: ann.identity.id, ...(tariff !== undefined && { tariff }), ...more })

  it('that holds is what the household owes, exactly', () => {
    expect(check(bytes, { period: { from: FROM, until: UNTIL } })).toEqual({
      meter: ann.identity.id,
      checked: {
        ...{ period: { from: FROM, until: UNTIL }, tariff: 'evening', tariffHash: sha256(utf8(EVENING)) },
        ...{ amount: OWED, unit: 'ten-thousandths of a cent', gaps: 1, bill: bytes, verified: true }
      }
    })
  })

  it('that does not hold is refused with what failed', () => {
    const batches = bill.batches.map(batch => ({ ...batch, signature: batch.signature.map(byte => byte ^ 1) }))
    const cheaper = billOf(ann, FROM, UNTIL, EVENING.replace('"41"', '"40"'))
    const cases: [BillFault, Uint8Array, Partial<OfferedBill>?][] = [
      ['opening', encodeBill({ ...bill, amount: bill.amount - 1n })],
      ['opening', encodeBill({ ...bill, opening: billOf(bob).opening })],
      ['signature', encodeBill({ ...bill, batches })],
      ['tariff', encodeBill(cheaper)],
      ['tariff', bytes, { tariff: 'none' }],
      ['meter', bytes, { meterKey: bob.identity.id }],
      ['period', bytes, { period: { from: FROM, until: UNTIL + 1 } }],
      ['period', bytes, { period: { from: FROM - 1, until: UNTIL } }],
      ['encoding', encodeBill({ ...bill, batches: [] })],
      ['encoding', bytes.subarray(0, -1)],
      ['encoding', new Uint8Array()],
      ['encoding', new Uint8Array(2 ** 22 + 1)],
      // The group's order is below 2^253: no canonical scalar has these bytes.
      ['encoding', replaced(bytes, encodeScalar(bill.opening), new Uint8Array(32).fill(0xff))]
    ]
    for (const [fault, wrong, more] of cases) {
      const got = faultOf(() => check(wrong, more))
      expect(got).toEqual({ fault, message: expect.stringContaining(`bill, ${fault}: `) })
    }
    // Prices that were worked out for one period are not those of the next.
    expect(check(encodeBill(billOf(ann, FROM - 48, FROM))).checked.period).toEqual({ from: FROM - 48, until: FROM })
    expect(check(bytes).checked.amount).toBe(OWED)
  })
})

describe('published tariffs', () => {
  it('that cannot be read check no bill, and keep none of the others from being checked', () => {
    const terms = { slotSeconds: SLOT_SECONDS, tariffs: [published('x', 'price: 12\n'), TARIFF] }
    const mixed = new BillChecker(terms)
    expect(mixed.unreadable).toEqual([expect.any(TariffFileError)])
    expect(() => mixed.check({ bill: bytes, tariff: 'x' })).toThrow(TariffFileError)
    expect(mixed.check({ bill: bytes }).checked.amount).toBe(OWED)
  })

  it('have a name each', () => {
    expect(() => new BillChecker({ slotSeconds: SLOT_SECONDS, tariffs: [TARIFF, TARIFF] })).toThrow(/those of each tariff once/)
  })

  it('are parsed once, however many bills and checkers there are', () => {
    const tariffs = [published('evening', `${EVENING}# parsed once\n`)]
    const before = PARSED_TARIFFS.parses
    for (let i = 0; i < 3; i++) {
      const again = new BillChecker({ slotSeconds: SLOT_SECONDS, tariffs })
      for (let j = 0; j < 3; j++) expect(again.check({ bill: bytes }).checked.amount).toBe(OWED)
    }
    expect(PARSED_TARIFFS.parses - before).toBe(1)
  })
})

describe('a bill by prices that a file brings', () => {
  const text = 'name: day-ahead\ncurrency: EUR\ntimeZone: UTC\nimport: { kind: dynamic }\n'
  const priceOf = (hour: number): number => hour * 173 - 1000
  /** Hourly prices in hundredths of a cent, for half-hourly readings. */
  const rows = (change: (hour: number) => number = () => 0): string[] =>
    Array.from({ length: 24 }, (_, i) => `2025-03-24T${String(i).padStart(2, '0')}:00Z,${(priceOf(i) + change(i)) / 100}`)
  const file = (lines: string[]) => parseBands(['slot_start_utc,price', ...lines].join('\n'), 'prices.csv')
  const readings = Array.from({ length: 48 }, (_, i) => reading(FROM + i))
  const span = { from: FROM as Slot, until: UNTIL as Slot, slotSeconds: SLOT_SECONDS }
  const prices = parseTariff(text, 'test').prices({ ...span, bands: file(rows()) })
  const offered = { bill: encodeBill(makeBill({ batches: [opened(ann, readings, FROM, BOTH)], prices })), meterKey: ann.identity.id }
  const by = (lines: string[]) =>
    new BillChecker({ slotSeconds: SLOT_SECONDS, tariffs: [TARIFF, published('day-ahead', text)], bands: file(lines) }).check(offered)

  it('is what the household owes at each price, exactly, for whoever has the same prices', () => {
    const owed = readings.reduce((sum, values, i) => sum + (values?.[0] ?? 0n) * BigInt(priceOf(i >> 1)) * 10_000_000n, 0n)
    expect(by(rows()).checked).toMatchObject({ tariff: 'day-ahead', amount: owed, unit: 'trillionths of a cent', gaps: 1 })
    // A row of another day does not make them others.
    expect(by([...rows(), '2025-03-25T00:00Z,4']).checked.amount).toBe(owed)
  })

  it('is refused by whoever has another price for one slot, or none', () => {
    expect(faultOf(() => by(rows(hour => (hour === 23 ? 1 : 0)))).fault).toBe('tariff')
    expect(faultOf(() => by(rows().slice(0, 23)))).toMatchObject({
      fault: 'tariff',
      message: expect.stringContaining('(day-ahead: no prices for all of them here)')
    })
  })
})
