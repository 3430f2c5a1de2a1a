// Amounts rounded and put into words.
import { createHash } from 'node:crypto'
import { IMPORT_LANE, InvalidArgumentError, type Slot } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseBands } from '../../src/tariffs/bands-file.ts'
import { type CurrencyCode, formatAmount, formatExact } from '../../src/tariffs/currency.ts'
import { ROUNDING_RULES, type RoundingRule, roundAmount } from '../../src/tariffs/rounding.ts'
import type { Tariff } from '../../src/tariffs/tariff.ts'
import { period, shipped, tariff } from '../support/tariff-tools.ts'

describe('roundAmount', () => {
  const round = (amount: bigint, rounding: RoundingRule, digits = 2) => Number(roundAmount(amount, { digits, rounding }).minor)

  it('goes to the nearest minor unit, and by its rule from half-way', () => {
    const amounts = [-251n, -250n, -249n, -150n, -149n, -51n, -50n, -49n, 0n, 49n, 50n, 51n, 149n, 150n, 249n, 250n, 251n]
    expect(amounts.map(amount => round(amount, 'half-away-from-zero'))).toEqual([-3, -3, -2, -2, -1, -1, -1, 0, 0, 0, 1, 1, 1, 2, 2, 3, 3])
    expect(amounts.map(amount => round(amount, 'half-even'))).toEqual([-3, -2, -2, -2, -1, -1, 0, 0, 0, 0, 0, 1, 1, 2, 2, 2, 3])
    for (const rule of ROUNDING_RULES) expect(round(7n, rule, 0)).toBe(7)
  })

  it('says the rule, which the file says', () => {
    const flat = 'import: { kind: flat, price: "2.5" }'
    expect(roundAmount(25_000n, tariff(flat))).toEqual({ minor: 3n, rule: 'half-away-from-zero' })
    expect(roundAmount(25_000n, tariff(`rounding: half-even\n${flat}`))).toEqual({ minor: 2n, rule: 'half-even' })
  })

  it('is never off by more than half, and the same for a credit', () => {
    fc.assert(
      fc.property(
        fc.bigInt(-(10n ** 40n), 10n ** 40n),
        fc.integer({ min: 0, max: 12 }),
        fc.constantFrom(...ROUNDING_RULES),
        (amount, digits, rounding) => {
          const { minor } = roundAmount(amount, { digits, rounding })
          const off = 2n * (minor * 10n ** BigInt(digits) - amount)
          expect(off <= 10n ** BigInt(digits) && -off <= 10n ** BigInt(digits)).toBe(true)
          expect(roundAmount(-amount, { digits, rounding }).minor).toBe(-minor)
        }
      ),
      { seed: 9 }
    )
  })
})

describe('formatAmount', () => {
  it.each([
    [0n, 'GBP', '£0.00'],
    [5n, 'GBP', '£0.05'],
    [-5n, 'GBP', '−£0.05'],
    [123_456n, 'GBP', '£1,234.56'],
    [-100_000_000n, 'EUR', '−€1,000,000.00'],
    [1200n, 'SEK', 'SEK 12.00'],
    [1200n, 'JPY', '¥1,200'],
    [0n, 'JPY', '¥0'],
    [999n, 'JPY', '¥999'],
    [123_456_789_012_345_678_901n, 'USD', '$1,234,567,890,123,456,789.01']
  ] as const)('%s of the minor unit in %s are %s', (minor, currency: CurrencyCode, text) => {
    expect(formatAmount(minor, { currency })).toBe(text)
  })
})

describe('formatExact', () => {
  it.each([
    [652_545_285n, 'GBP', 5, '6,525.45285 p'],
    [-123_456_789_000_000n, 'GBP', 5, '−1,234,567,890 p'],
    [1_234_567n, 'JPY', 0, '1,234,567 yen'],
    [-1n, 'EUR', 5, '−0.00001 ct']
  ] as const)('%s units in %s with %s digits are %s', (amount, currency: CurrencyCode, digits, text) => {
    expect(formatExact(amount, { currency, digits })).toBe(text)
  })
})

describe('the hash of prices', () => {
  const day = period('2013-02-04T00:00Z', '2013-02-05T00:00Z', 3600)
  const hex = (of: Tariff, more: Partial<Parameters<Tariff['prices']>[0]> = {}) =>
    Buffer.from(of.prices({ ...day, ...more }).tariffHash).toString('hex')
  const sha256 = (...lines: string[]) =>
    createHash('sha256')
      .update(`${lines.join('\n')}\n`)
      .digest('hex')
  const night = (more = '') =>
    tariff(`${more}
standingCharge: "10.5"
import: { kind: time-of-use, prices: { day: "26.4", night: "12.85" }, otherwise: day, rules: [{ band: night, hours: [00:00-07:00] }] }
export: { kind: flat, price: "5" }`)

  it('is that of the text that its documentation says', () => {
    expect(hex(night())).toBe(
      sha256(
        'hushgrid/v1/billing/tariff-prices',
        'GBP 5 half-away-from-zero',
        `3600 ${day.from} ${day.until}`,
        '1050000',
        '1-0:1.29.0 7*1285 17*2640',
        '1-0:2.29.0 24*-500'
      )
    )
    expect(shipped('flat').prices(day).tariffHash).toHaveLength(32)
  })

  it('is the same for the same prices, whatever they are called and whatever other days cost', () => {
    const other = tariff(`name: another
description: The same on a winter's Monday.
holidays: [2013-05-06]
standingCharge: "10.50"
import:
  kind: time-of-use
  prices: { low: "12.850", rest: "26.40", summer: "9.99" }
  otherwise: rest
  rules: [{ band: summer, season: { from: 04-01, to: 09-30 } }, { band: low, hours: [00:00-03:00, 03:00-07:00] }]
export: { kind: flat, price: "5" }`)
    expect(hex(other)).toBe(hex(night()))
    // The same clock, by another name.
    expect(hex(night('timeZone: UTC'))).toBe(hex(night()))
    const noCredit = 'import: { kind: flat, price: "14.228" }\nexport: { kind: flat, price: "0" }'
    expect(hex(tariff(noCredit))).toBe(hex(shipped('flat')))
  })

  it('is another for another price, period, length of slot, unit, currency, rounding or standing charge', () => {
    const flat = (price: string, more = '') => tariff(`${more}\nimport: { kind: flat, price: "${price}" }`)
    const all = [
      hex(flat('14.228')),
      hex(flat('14.229')),
      hex(flat('-14.228')),
      hex(flat('14.228', 'currency: EUR')),
      hex(flat('14.228', 'rounding: half-even')),
      hex(flat('14.228', 'standingCharge: "1"')),
      hex(flat('14.228', 'standingCharge: "0.000000001"')),
      hex(flat('14.228', 'export: { kind: flat, price: "14.228" }')),
      hex(flat('14.228'), { until: (day.until + 1) as Slot }),
      hex(flat('14.228'), { from: (day.from + 1) as Slot }),
      hex(flat('14.228'), { slotSeconds: 1800 })
    ]
    expect(new Set(all).size).toBe(all.length)
  })

  it('covers the bands of the period and no others', () => {
    const dynamic = shipped('london-dynamic')
    const hash = (...bands: string[]) => {
      const rows = bands.map((band, i) => `2013-02-04T0${i}:00Z,${band}`)
      const span = { from: day.from, until: (day.from + 2) as Slot, slotSeconds: 3600 }
      return Buffer.from(
        dynamic.prices({ ...span, bands: parseBands(['slot_start_utc,band', ...rows].join('\n'), 'b', 3600) }).tariffHash
      ).toString('hex')
    }
    expect(hash('low', 'high', 'normal')).toBe(hash('low', 'high'))
    expect(hash('low', 'high', 'normal')).toBe(hash('low', 'high', 'low'))
    expect(hash('high', 'low')).not.toBe(hash('low', 'high'))
    expect(hash('low', 'high')).toBe(
      sha256(
        'hushgrid/v1/billing/tariff-prices',
        'GBP 5 half-away-from-zero',
        `3600 ${day.from} ${day.from + 2}`,
        '0',
        '1-0:1.29.0 1*399 1*6720'
      )
    )
  })
})

describe('a period', () => {
  const flat = shipped('flat')
  const at = (from: number, until: number, slotSeconds = 900) => flat.prices({ from: from as Slot, until: until as Slot, slotSeconds })

  it.each([
    [[5, 5], 'until: expected a slot after the first, 5, got 5'],
    [[5, 4], 'until: expected a slot after the first, 5, got 4'],
    [[-1, 4], 'slot: expected an integer from 0 to 2^48, got -1'],
    [[0.5, 4], 'slot: expected an integer from 0 to 2^48, got 0.5'],
    [[0, 1_000_001], 'until: expected at most 1000000 slots, got 1000001'],
    [[281_559_223, 281_559_224], 'until: expected a slot before the year 10000, got 281559224']
  ])('%j is refused', ([from, until], message) => {
    expect(() => at(from as number, until as number)).toThrow(InvalidArgumentError)
    expect(() => at(from as number, until as number)).toThrow(message)
  })

  it('has slots of 1 to 86400 s', () => {
    expect(() => at(1, 2, 0)).toThrow('slotSeconds: expected whole seconds from 1 to 86400, got 0')
    expect(at(1, 2, 86_400).distinctWeights).toEqual([14_228n])
  })

  it('has no prices outside', () => {
    const prices = at(10, 12)
    expect(prices.weights(IMPORT_LANE, 11 as Slot)).toBe(14_228n)
    for (const outside of [9, 12, 10.5, Number.NaN]) {
      expect(() => prices.weights(IMPORT_LANE, outside as Slot)).toThrow(`slot: expected one of the period, 10 to 11, got ${outside}`)
    }
  })
})
