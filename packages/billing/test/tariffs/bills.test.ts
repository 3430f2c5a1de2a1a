// Amounts worked out by hand for each kind of tariff.
import { EXPORT_LANE, IMPORT_LANE, type ObisCode, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { parseBands } from '../../src/tariffs/bands-file.ts'
import { formatAmount } from '../../src/tariffs/currency.ts'
import { roundAmount } from '../../src/tariffs/rounding.ts'
import { amount, counts, period, shipped, tariff } from '../support/tariff-tools.ts'

describe('bills worked out by hand', () => {
  it('flat: 48 half-hours of 250 Wh at 14.228 pence per kWh are 12 kWh, 170.736 pence', () => {
    const flat = shipped('flat')
    const prices = flat.prices(period('2013-02-04T00:00Z', '2013-02-05T00:00Z', 1800))
    expect(flat.digits).toBe(6)
    expect(prices.distinctWeights).toEqual([14_228n])
    expect(amount(prices, () => 250n)).toBe(170_736_000n)
    expect(roundAmount(170_736_000n, flat)).toEqual({ minor: 171n, rule: 'half-away-from-zero' })
    expect(formatAmount(171n, flat)).toBe('£1.71')
  })

  it('time of use: a winter Thursday and the Good Friday after it', () => {
    const timeOfUse = shipped('time-of-use')
    expect(timeOfUse.digits).toBe(5)
    // Wednesday 4 February 2026: 7 h of night, 3 h of peak, 14 h of day.
    const winter = timeOfUse.prices(period('2026-02-04T00:00Z', '2026-02-05T00:00Z', 900))
    expect(counts(winter)).toEqual({ 1285: 28, 4103: 12, 2640: 56 })
    // 100 Wh a slot: 2.8 kWh at 12.85, 1.2 kWh at 41.03, 5.6 kWh at 26.4 and a day's 47.5: 35.98 + 49.236 + 147.84 + 47.5.
    expect(amount(winter, () => 100n)).toBe(28_055_600n)
    expect(roundAmount(28_055_600n, timeOfUse).minor).toBe(281n)
    // Good Friday, 3 April 2026, is no weekday, and in summer time besides: no peak, local midnight at 23:00 UTC.
    const goodFriday = timeOfUse.prices(period('2026-04-02T23:00Z', '2026-04-03T23:00Z', 1800))
    expect(counts(goodFriday)).toEqual({ 1285: 14, 2640: 34 })
    // A Saturday in winter and a Wednesday in summer have none either.
    expect(counts(timeOfUse.prices(period('2026-02-07T00:00Z', '2026-02-08T00:00Z', 3600)))).toEqual({ 1285: 7, 2640: 17 })
    expect(counts(timeOfUse.prices(period('2026-07-07T23:00Z', '2026-07-08T23:00Z', 3600)))).toEqual({ 1285: 7, 2640: 17 })
  })

  it('the unit is hundred-thousandths of a penny for 11.76, and 11.76 is 1176 of them', () => {
    const dynamic = shipped('london-dynamic')
    const text = 'slot_start_utc,band\n2013-02-04T00:00Z,normal\n2013-02-04T00:30Z,high\n2013-02-04T01:00Z,low\n'
    const prices = dynamic.prices({ ...period('2013-02-04T00:00Z', '2013-02-04T01:30Z', 1800), bands: parseBands(text, 'b.csv') })
    expect(dynamic.digits).toBe(5)
    expect(prices.distinctWeights).toEqual([399n, 1176n, 6720n])
    // 500 Wh each: 5.88 + 33.6 + 1.995 = 41.475 pence.
    expect(amount(prices, () => 500n)).toBe(4_147_500n)
  })

  it('feed-in: the credit is negative, and a bill may be', () => {
    const feedIn = shipped('feed-in')
    const prices = feedIn.prices(period('2026-06-30T22:00Z', '2026-07-01T22:00Z', 900))
    expect(prices.distinctWeights).toEqual([-803n, 3217n])
    expect(prices.lanes).toEqual([IMPORT_LANE, EXPORT_LANE])
    // 96 slots: 2.4 kWh drawn at 32.17, 19.2 kWh fed in at 8.03, a day's 31.6: 77.208 − 154.176 + 31.6 = −45.368 cent.
    const exact = amount(
      prices,
      () => 25n,
      () => 200n
    )
    expect(exact).toBe(-4_536_800n)
    expect(formatAmount(roundAmount(exact, feedIn).minor, feedIn)).toBe('−€0.45')
  })

  it('a credit by the hour, and a lane without a price', () => {
    const solar = tariff(`
import: { kind: flat, price: "20" }
export:
  kind: time-of-use
  prices: { noon: "-1.5", rest: "6" }
  otherwise: rest
  rules: [{ band: noon, hours: [12:00-13:00] }]`)
    const prices = solar.prices(period('2026-01-05T00:00Z', '2026-01-06T00:00Z', 3600))
    // 20 pence per kWh are 20 thousandths of a penny per Wh, and 1.5 needs a digit more.
    expect(solar.digits).toBe(4)
    expect(counts(prices, EXPORT_LANE)).toEqual({ '-60': 23, 15: 1 })
    expect(prices.weights(EXPORT_LANE, (prices.from + 12) as Slot)).toBe(15n)
    expect(counts(prices, '1-0:5.29.0' as ObisCode)).toEqual({ 0: 24 })
    expect(counts(shipped('flat').prices(period('2026-01-05T00:00Z', '2026-01-06T00:00Z', 3600)), EXPORT_LANE)).toEqual({ 0: 24 })
  })

  it('a price of zero, and prices that need fewer digits than a Wh has', () => {
    const free = tariff('import: { kind: flat, price: "0.00" }\nstandingCharge: "0.5"')
    const prices = free.prices(period('2026-01-05T00:00Z', '2026-01-06T00:00Z', 3600))
    expect([free.digits, prices.fixed, prices.distinctWeights, prices.lanes]).toEqual([1, 5n, [], []])
    expect(tariff('import: { kind: flat, price: "20" }').digits).toBe(2)
    expect(tariff('import: { kind: flat, price: "3000" }').prices(period('2026-01-05T00:00Z', '2026-01-06T00:00Z', 3600))).toMatchObject({
      digits: 0,
      distinctWeights: [3n]
    })
    expect(tariff('import: { kind: flat, price: "0.000000001" }').digits).toBe(12)
  })

  it('nothing is lost in a sum that no floating point number holds', () => {
    const dear = tariff('import: { kind: flat, price: "999999999.999999999" }')
    const prices = dear.prices(period('2026-01-05T00:00Z', '2026-01-06T00:00Z', 3600))
    expect(amount(prices, () => 2n ** 47n - 1n)).toBe(24n * 999_999_999_999_999_999n * 140_737_488_355_327n)
  })
})

describe('standing charges', () => {
  const daily = tariff('import: { kind: flat, price: "1" }\nstandingCharge: "10"')
  const days = (from: string, until: string, of = daily) =>
    Number(of.prices(period(from, until, 900)).fixed / (10n * 10n ** BigInt(of.digits)))
  const inZone = (zone: string) => tariff(`timeZone: ${zone}\nimport: { kind: flat, price: "1" }\nstandingCharge: "10"`)

  it('are one for each local day that begins in the period, never part of one', () => {
    expect(days('2013-02-04T00:00Z', '2013-03-04T00:00Z')).toBe(28)
    expect(days('2026-07-01T00:00Z', '2026-08-01T00:00Z')).toBe(31)
    expect(days('2026-07-01T12:00Z', '2026-07-02T12:00Z')).toBe(1)
    // Midnight in London is 23:00 UTC in July.
    expect(days('2026-07-01T00:00Z', '2026-07-01T23:00Z')).toBe(0)
    expect(days('2026-07-01T00:00Z', '2026-07-01T23:15Z')).toBe(1)
    expect(days('2026-07-01T23:00Z', '2026-07-01T23:15Z')).toBe(1)
  })

  it('are one for the days on which clocks change', () => {
    for (const [zone, from, until] of [
      ['Europe/London', '2026-03-29T00:00Z', '2026-03-29T23:00Z'],
      ['Europe/London', '2026-10-24T23:00Z', '2026-10-26T00:00Z'],
      ['Europe/Berlin', '2026-03-28T23:00Z', '2026-03-29T22:00Z'],
      ['Europe/Berlin', '2026-10-24T22:00Z', '2026-10-25T23:00Z'],
      // No midnight, and two of them.
      ['America/Havana', '2026-03-08T05:00Z', '2026-03-09T04:00Z'],
      ['America/Havana', '2026-11-01T04:00Z', '2026-11-02T05:00Z']
    ] as const) {
      expect([zone, from, days(from, until, inZone(zone))]).toEqual([zone, from, 1])
    }
  })

  it('are one where the clock shows yesterday again', () => {
    // 7 November 2010 began in Newfoundland at 02:30 UTC; a minute later it was 23:01 of the day before.
    expect(days('2010-11-06T12:00Z', '2010-11-07T02:45Z', inZone('America/St_Johns'))).toBe(1)
    expect(days('2010-11-07T02:45Z', '2010-11-07T12:00Z', inZone('America/St_Johns'))).toBe(0)
  })

  it('are not charged for a date that a time zone left out', () => {
    // Samoa went from 29 to 31 December 2011: 48 hours from noon on the 29th are the 31st and 1 January.
    expect(days('2011-12-29T22:00Z', '2011-12-31T22:00Z', inZone('Pacific/Apia'))).toBe(2)
  })
})
