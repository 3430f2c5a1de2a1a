import { describe, expect, it } from 'vitest'
import { uncovered } from '../../src/device/billable-days.ts'

const HOUR = 3600
const hours = (from: string, until: string) => ({ from: Date.parse(from) / 1000 / HOUR, until: Date.parse(until) / 1000 / HOUR })
const day = (date: string) => hours(`${date}T00:00Z`, new Date(Date.parse(`${date}T00:00Z`) + 24 * HOUR * 1000).toISOString())
const said = (period: string, timeZone: string, ...batches: ReturnType<typeof hours>[]) => uncovered(batches, { period, timeZone }, HOUR)

describe('what of a period can be billed', () => {
  it('is nothing to say of where batches cover all of it, or reach beyond', () => {
    expect(said('2026-11-30', 'UTC', day('2026-11-30'))).toBeUndefined()
    expect(said('2026-11-30', 'UTC', hours('2026-11-01T00:00Z', '2026-12-01T00:00Z'))).toBeUndefined()
    expect(said('2026-11-29/2026-12-01', 'UTC', day('2026-11-29'), day('2026-11-30'))).toBeUndefined()
  })

  it('is the whole days of a home that began within the month', () => {
    expect(said('2026-11', 'UTC', day('2026-11-30'))).toBe(
      '--period 2026-11: expected batches of all of it, got those of 2026-11-30 00:00 to 2026-12-01 00:00 (UTC); try --period 2026-11-30'
    )
    const twice = said('2026-11', 'UTC', day('2026-11-10'), day('2026-11-12'), day('2026-11-13'))
    expect(twice).toMatch(/; try --period 2026-11-10, or 2026-11-12\/2026-11-14$/)
  })

  it('is no day of which a part is missing, by the clock of the home', () => {
    const part = hours('2026-11-30T05:00Z', '2026-12-01T00:00Z')
    expect(said('2026-11', 'UTC', part)).toMatch(/got those of 2026-11-30 05:00 to 2026-12-01 00:00 \(UTC\); no whole day of it/)
    expect(said('2026-11', 'Europe/Berlin', hours('2026-11-29T12:00Z', '2026-11-30T23:00Z'))).toMatch(
      /got those of 2026-11-29 13:00 to 2026-12-01 00:00 \(Europe\/Berlin\); try --period 2026-11-30$/
    )
    expect(said('2026-11', 'UTC', hours('2026-11-28T12:00Z', '2026-11-30T21:00Z'))).toMatch(/; try --period 2026-11-29$/)
  })
})
