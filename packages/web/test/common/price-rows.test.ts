// A bill by band adds up to the whole, also where each slot has a price of its own.
import type { Money } from '@hushgrid/web-api'
import { describe, expect, it } from 'vitest'
import { type PriceShare, priceRows } from '../../src/common/price-rows.ts'

const IMPORT_LANE = '1-0:1.29.0'
const EXPORT_LANE = '1-0:2.29.0'
const PENCE: Money = { currency: 'GBP', sign: '£', short: 'p', digits: 2, unitDigits: 12 }
/** A price of so many hundredths of a penny per kWh. */
const price = (hundredths: number): bigint => BigInt(hundredths) * 10n ** 7n

function share(hundredths: number, more: Partial<PriceShare> = {}): PriceShare {
  const wattHours = BigInt(hundredths * 3 + 100_000)
  return {
    lane: IMPORT_LANE,
    names: [],
    price: price(hundredths),
    slots: 2,
    used: { wattHours, cost: price(hundredths) * wattHours },
    ...more
  }
}

describe('the rows of a bill', () => {
  it('are the bands by name, each with its price', () => {
    const day = share(2480, { names: ['day', 'noon'] })
    const rows = priceRows([day, share(1320, { names: ['night'] }), share(-910, { lane: EXPORT_LANE })], PENCE)
    expect(rows.map(({ lane, band, price: text }) => [lane, band, text])).toEqual([
      [IMPORT_LANE, 'day and noon', '24.8 p/kWh'],
      [IMPORT_LANE, 'night', '13.2 p/kWh'],
      [EXPORT_LANE, 'at all times', '−9.1 p/kWh']
    ])
    expect(rows[0]).toMatchObject({ slots: 2, used: day.used })
  })

  it('are few ranges where there are many prices, below zero too, and lose nothing', () => {
    const shares = Array.from({ length: 1488 }, (_, i) => share(((i * 37) % 4500) - 420))
    const rows = priceRows(shares, PENCE)
    expect(rows.length).toBeLessThanOrEqual(11)
    expect(rows[0]?.price).toBe('−5 to under 0 p/kWh')
    const sum = (of: readonly { used?: PriceShare['used'] }[], what: 'wattHours' | 'cost') =>
      of.reduce((all, { used }) => all + (used?.[what] ?? 0n), 0n)
    expect([sum(rows, 'wattHours'), sum(rows, 'cost')]).toEqual([sum(shares, 'wattHours'), sum(shares, 'cost')])
    expect(rows.reduce((all, { slots }) => all + slots, 0)).toBe(2 * 1488)
  })

  it('have no energy where only the customer knows it', () => {
    const shares = Array.from({ length: 20 }, (_, i) => ({ lane: IMPORT_LANE, names: [], price: price(100 * i), slots: 3 }))
    expect(priceRows(shares, PENCE).every(row => !('used' in row))).toBe(true)
  })
})
