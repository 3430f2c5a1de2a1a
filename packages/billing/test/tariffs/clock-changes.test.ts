// Prices by local time on days that clocks change, and at the edges of days and seasons.
import { type Slot, slot } from '@hushgrid/primitives'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PriceChangeError } from '../../src/tariffs/tariff-file-error.ts'
import type { TariffPrices } from '../../src/tariffs/tariff-prices.ts'
import { amount, counts, period, shipped, tariff, weights } from '../support/tariff-tools.ts'

/** Runs of slots at a price other than `usual`, as UTC clock times. */
function spans(prices: TariffPrices, usual: bigint): string[] {
  const out: string[] = []
  const at = (i: number) => new Date((prices.from + i) * prices.slotSeconds * 1000).toISOString().slice(11, 16)
  const all = [...weights(prices), usual]
  for (let i = 0, start = -1; i < all.length; i++) {
    if (all[i] !== usual && start < 0) start = i
    if (all[i] === usual && start >= 0) {
      out.push(`${at(start)}-${at(i)}`)
      start = -1
    }
  }
  return out
}

const hourly = (zone: string, hours: string) =>
  tariff(`timeZone: ${zone}
import:
  kind: time-of-use
  prices: { day: "2", night: "1" }
  otherwise: day
  rules: [{ band: night, hours: [${hours}] }]`)

describe('days on which clocks change', () => {
  const LONDON_SPRING = ['2026-03-29T00:00Z', '2026-03-29T23:00Z'] as const
  const LONDON_AUTUMN = ['2026-10-24T23:00Z', '2026-10-26T00:00Z'] as const
  const BERLIN_SPRING = ['2026-03-28T23:00Z', '2026-03-29T22:00Z'] as const
  const BERLIN_AUTUMN = ['2026-10-24T22:00Z', '2026-10-25T23:00Z'] as const

  it.each([
    // Seven hours of night on the clock are six and eight.
    ['Europe/London', LONDON_SPRING, '00:00-07:00', 23, 6, ['00:00-06:00']],
    ['Europe/London', LONDON_AUTUMN, '00:00-07:00', 25, 8, ['23:00-07:00']],
    ['Europe/Berlin', BERLIN_SPRING, '00:00-07:00', 23, 6, ['23:00-05:00']],
    ['Europe/Berlin', BERLIN_AUTUMN, '00:00-07:00', 25, 8, ['22:00-06:00']],
    // The hour that is left out, and the one that comes twice.
    ['Europe/London', LONDON_SPRING, '01:00-02:00', 23, 0, []],
    ['Europe/London', LONDON_AUTUMN, '01:00-02:00', 25, 2, ['00:00-02:00']],
    ['Europe/Berlin', BERLIN_SPRING, '02:00-03:00', 23, 0, []],
    ['Europe/Berlin', BERLIN_AUTUMN, '02:00-03:00', 25, 2, ['00:00-02:00']],
    // After the change.
    ['Europe/London', LONDON_SPRING, '16:00-19:00', 23, 3, ['15:00-18:00']],
    ['Europe/Berlin', BERLIN_AUTUMN, '16:00-19:00', 25, 3, ['15:00-18:00']]
  ])('%s, %j, night %s: %i hours, %i of them at night', (zone, [from, until], hours, length, night, expected) => {
    for (const slotSeconds of [900, 1800, 3600]) {
      const prices = hourly(zone, hours).prices(period(from, until, slotSeconds))
      const perHour = 3600 / slotSeconds
      expect(prices.until - prices.from).toBe(length * perHour)
      expect(counts(prices)).toEqual({ ...(night > 0 && { 1: night * perHour }), 2: (length - night) * perHour })
      expect(spans(prices, 2n)).toEqual(expected)
      // A kWh a quarter of an hour, so that a longer slot has as many kWh as it has quarters.
      expect(amount(prices, () => BigInt((1000 * slotSeconds) / 900))).toBe(BigInt(4000 * (2 * (length - night) + night)))
    }
  })

  it('half an hour within the one that comes twice comes twice', () => {
    const prices = hourly('Europe/London', '01:30-02:00').prices(period(...LONDON_AUTUMN, 900))
    expect(spans(prices, 2n)).toEqual(['00:30-01:00', '01:30-02:00'])
  })

  it('a day has 92, 96 and 100 quarters of an hour', () => {
    const lengths = [LONDON_SPRING, ['2026-05-01T23:00Z', '2026-05-02T23:00Z'] as const, LONDON_AUTUMN].map(([from, until]) => {
      const { from: first, until: after } = shipped('time-of-use').prices(period(from, until, 900))
      return after - first
    })
    expect(lengths).toEqual([92, 96, 100])
  })
})

describe('days and seasons', () => {
  const on = (rule: string, from: string, until: string, more = '') =>
    spans(
      tariff(`timeZone: UTC\n${more}\nimport: { kind: time-of-use, prices: { a: "1", b: "2" }, otherwise: b, rules: [${rule}] }`).prices(
        period(from, until, 86_400)
      ),
      2n
    ).length === 0
      ? 'b'
      : 'a'
  const day = (rule: string, date: string, more?: string) => {
    const next = new Date(Date.parse(date) + 86_400_000).toISOString().slice(0, 10)
    return on(rule, `${date}T00:00Z`, `${next}T00:00Z`, more)
  }

  it('a season includes its first and last day and may run over the new year', () => {
    const winter = '{ band: a, season: { from: 10-01, to: 02-29 } }'
    expect(['2025-09-30', '2025-10-01', '2025-12-31', '2026-01-01', '2026-02-28', '2026-03-01'].map(date => day(winter, date))).toEqual([
      ...'baaaab'
    ])
    expect(['2028-02-29', '2028-03-01'].map(date => day(winter, date))).toEqual(['a', 'b'])
    const summer = '{ band: a, season: { from: 04-01, to: 04-02 } }'
    expect(['2026-03-31', '2026-04-01', '2026-04-02', '2026-04-03'].map(date => day(summer, date))).toEqual([...'baab'])
  })

  it('a holiday is no weekday; a rule without days holds on it', () => {
    const holidays = 'holidays: [2026-12-25]'
    // Fridays, the second a holiday.
    expect(['2026-12-18', '2026-12-25'].map(date => day('{ band: a, days: [friday] }', date, holidays))).toEqual(['a', 'b'])
    expect(['2026-12-18', '2026-12-25'].map(date => day('{ band: a, days: [holiday] }', date, holidays))).toEqual(['b', 'a'])
    expect(day('{ band: a }', '2026-12-25', holidays)).toBe('a')
  })

  it('each day of the week is its own', () => {
    const week = ['2026-02-02', '2026-02-03', '2026-02-04', '2026-02-05', '2026-02-06', '2026-02-07', '2026-02-08']
    for (const [i, name] of ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'].entries()) {
      expect(week.map(date => day(`{ band: a, days: [${name}] }`, date)).indexOf('a')).toBe(i)
    }
  })

  it('the first rule that fits decides', () => {
    expect(day('{ band: b, days: [monday] }, { band: a }', '2026-02-02')).toBe('b')
    expect(day('{ band: b, days: [monday] }, { band: a }', '2026-02-03')).toBe('a')
  })
})

describe('a slot in which the price changes', () => {
  it('is refused in one sentence', () => {
    const half = hourly('Europe/London', '00:00-07:30')
    expect(() => half.prices(period('2026-07-01T00:00Z', '2026-07-02T00:00Z', 3600))).toThrow(
      new PriceChangeError(
        'the price changes at 2026-07-01T06:30Z, within the slot of 60 min that starts at 2026-07-01T06:00Z: expected slots that end where a price does'
      )
    )
    expect(counts(half.prices(period('2026-07-01T00:00Z', '2026-07-02T00:00Z', 1800)))).toEqual({ 1: 15, 2: 33 })
  })

  it('depends on the time zone: full hours in India are half-hours of UTC', () => {
    const india = hourly('Asia/Kolkata', '00:00-07:00')
    expect(() => india.prices(period('2026-07-01T00:00Z', '2026-07-02T00:00Z', 3600))).toThrow(PriceChangeError)
    expect(spans(india.prices(period('2026-06-30T18:00Z', '2026-07-01T18:00Z', 1800)), 2n)).toEqual(['18:30-01:30'])
  })

  it('is none where two bands have the same price, or where the change is outside the period', () => {
    const same = tariff(`
import:
  kind: time-of-use
  prices: { day: "2.0", night: "2" }
  otherwise: day
  rules: [{ band: night, hours: [00:00-07:30] }]`)
    expect(counts(same.prices(period('2026-07-01T00:00Z', '2026-07-02T00:00Z', 3600)))).toEqual({ 2: 24 })
    const half = hourly('UTC', '00:00-07:30')
    expect(counts(half.prices(period('2026-07-01T08:00Z', '2026-07-02T07:00Z', 3600)))).toEqual({ 1: 7, 2: 16 })
  })
})

describe('any period', () => {
  const ZONES = ['Europe/London', 'Europe/Berlin', 'America/St_Johns', 'Australia/Lord_Howe', 'Asia/Kathmandu', 'Pacific/Apia', 'UTC']
  const start = Date.parse('2009-01-01T00:00Z') / 1000
  const anyPeriod = fc.record({
    zone: fc.constantFrom(...ZONES),
    slotSeconds: fc.constantFrom(300, 900),
    first: fc.integer({ min: 0, max: 20 * 365 * 96 }),
    slots: fc.integer({ min: 2, max: 700 }),
    cut: fc.integer({ min: 1, max: 699 }),
    seed: fc.integer({ min: 1, max: 1_000_000 })
  })
  const rules = `
standingCharge: "31.4159"
holidays: [2013-12-25]
import:
  kind: time-of-use
  prices: { day: "26.4", night: "12.85", peak: "41.03" }
  otherwise: day
  rules:
    - { band: night, hours: [00:00-06:15, 23:30-24:00] }
    - { band: peak, season: { from: 10-15, to: 03-31 }, days: [monday, wednesday, friday], hours: [16:00-19:45] }
    - { band: peak, days: [sunday], hours: [02:00-02:30] }
export: { kind: flat, price: "5.5" }`
  const tariffs = new Map(ZONES.map(zone => [zone, tariff(`timeZone: ${zone}${rules}`)]))

  it('costs what its parts cost', () => {
    fc.assert(
      fc.property(anyPeriod, ({ zone, slotSeconds, first, slots, cut, seed }) => {
        const of = tariffs.get(zone) ?? shipped('flat')
        const from = slot(Math.floor(start / slotSeconds) + first)
        const until = slot(from + slots)
        const middle = slot(from + (1 + ((cut - 1) % (slots - 1))))
        const drawn = (at: Slot) => BigInt((at * seed) % 5000)
        const fed = (at: Slot) => BigInt((at * (seed + 1)) % 3000)
        const cost = (a: Slot, b: Slot) => amount(of.prices({ from: a, until: b, slotSeconds }), drawn, fed)
        expect(cost(from, middle) + cost(middle, until)).toBe(cost(from, until))
      }),
      { numRuns: 150, seed: 7 }
    )
  })

  it('has the prices of the local clock, as Intl tells it', () => {
    const clocks = new Map(
      ZONES.map(timeZone => [
        timeZone,
        new Intl.DateTimeFormat('en-GB', {
          timeZone,
          hourCycle: 'h23',
          weekday: 'short',
          year: 'numeric',
          month: '2-digit',
          day: '2-digit',
          hour: '2-digit',
          minute: '2-digit'
        })
      ])
    )
    const expected = (zone: string, seconds: number): bigint => {
      const parts = clocks.get(zone)?.formatToParts(seconds * 1000) ?? []
      const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]))
      const minute = Number(part.hour) * 60 + Number(part.minute)
      const monthDay = `${part.month}-${part.day}`
      const holiday = part.year === '2013' && monthDay === '12-25'
      if (minute < 375 || minute >= 1410) return 128_500n
      const cold = monthDay >= '10-15' || monthDay <= '03-31'
      if (cold && !holiday && ['Mon', 'Wed', 'Fri'].includes(part.weekday ?? '') && minute >= 960 && minute < 1185) return 410_300n
      return !holiday && part.weekday === 'Sun' && minute >= 120 && minute < 150 ? 410_300n : 264_000n
    }
    fc.assert(
      fc.property(anyPeriod, ({ zone, slotSeconds, first, slots }) => {
        const from = slot(Math.floor(start / slotSeconds) + first)
        const prices = (tariffs.get(zone) ?? shipped('flat')).prices({ from, until: slot(from + slots), slotSeconds })
        const told = Array.from({ length: slots }, (_, i) => expected(zone, (from + i) * slotSeconds))
        const scale = 10n ** BigInt(prices.digits)
        expect(weights(prices)).toEqual(told.map(weight => (weight * scale) / 10n ** 7n))
      }),
      { numRuns: 60, seed: 8 }
    )
  })
})
