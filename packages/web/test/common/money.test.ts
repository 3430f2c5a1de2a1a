// Amounts as people read them, and exactly.
import type { Money } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { amountText, exactText, priceText } from '../../src/common/money.ts'

const PENCE: Money = { currency: 'GBP', sign: '£', short: 'p', digits: 2, unitDigits: 5 }
const YEN: Money = { currency: 'JPY', sign: '¥', short: 'yen', digits: 0, unitDigits: 12 }

describe('an amount', () => {
  it('is written as currency, rounded half-way away from zero', () => {
    expect([652_545_285n, 0n, 49_999n, 50_000n, -50_000n, -49_999n, 123_456_789_000_000n].map(each => amountText(each, PENCE))).toEqual([
      ...['£65.25', '£0.00', '£0.00', '£0.01', '−£0.01', '£0.00', '£12,345,678.90']
    ])
    expect(amountText(1_200_500_000_000_000n, YEN)).toBe('¥1,201')
  })

  it('is written with every digit it has', () => {
    expect(exactText(652_545_285n, PENCE)).toBe('6,525.45285 p')
    expect(exactText(-1n, PENCE)).toBe('−0.00001 p')
    expect(exactText(123_456_789_012_345_678_901_234_567_890n, YEN)).toBe('123,456,789,012,345,678.90123456789 yen')
    expect(exactText(3_600_000n, PENCE)).toBe('36 p')
  })
})

describe('a price', () => {
  it('is written for a kWh, as the tariff has it', () => {
    expect([2640n, 14_228n, -910n, 0n].map(each => priceText(each, PENCE))).toEqual([
      ...['26.4 p/kWh', '142.28 p/kWh', '−9.1 p/kWh', '0 p/kWh']
    ])
  })
})
