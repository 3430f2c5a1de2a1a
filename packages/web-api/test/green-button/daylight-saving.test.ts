// Daylight saving as ESPI encodes it.
import { describe, expect, it } from 'vitest'
import { timeConfiguration } from '../../src/green-button/daylight-saving.ts'

function at(text: string): number {
  return Date.parse(text) / 1000
}

/** Local time as Temporal knows it. */
function localIn(zone: string): (seconds: number) => string {
  return seconds =>
    Temporal.Instant.fromEpochMilliseconds(seconds * 1000)
      .toZonedDateTimeISO(zone)
      .toString({ timeZoneName: 'never', smallestUnit: 'second' })
}

describe('TimeConfiguration', () => {
  const of2013 = (zone: string) => timeConfiguration(localIn(zone), at('2013-02-01T00:00Z'), at('2013-03-01T00:00Z'))

  it('has the rules that Green Button files of the United States have', () => {
    // As in the sample files of the Green Button Alliance: second Sunday of March and first of November, 02:00.
    expect(of2013('America/New_York')).toEqual({
      tzOffset: -18_000,
      dstOffset: 3600,
      dstStartRule: '360E2000',
      dstEndRule: 'B40E2000'
    })
  })

  it('has the last Sundays of March and October for Europe, in local time before the change', () => {
    // month ‖ operator 7 ‖ no day ‖ Sunday ‖ hour ‖ seconds
    expect(of2013('Europe/London')).toEqual({ tzOffset: 0, dstOffset: 3600, dstStartRule: '3E0E1000', dstEndRule: 'AE0E2000' })
    expect(of2013('Europe/Berlin')).toEqual({ tzOffset: 3600, dstOffset: 3600, dstStartRule: '3E0E2000', dstEndRule: 'AE0E3000' })
  })

  it('covers all years of the period', () => {
    expect(timeConfiguration(localIn('Europe/London'), at('2010-06-01T00:00Z'), at('2026-01-01T00:00Z'))).toHaveProperty(
      'dstStartRule',
      '3E0E1000'
    )
    expect(timeConfiguration(localIn('America/New_York'), at('2010-06-01T00:00Z'), at('2026-01-01T00:00Z'))).toHaveProperty(
      'dstStartRule',
      '360E2000'
    )
  })

  it('is switched off where the clock is not changed', () => {
    expect(of2013('Asia/Kolkata')).toEqual({ tzOffset: 19_800, dstOffset: 0, dstStartRule: 'FFFFFFFF', dstEndRule: 'FFFFFFFF' })
    expect(of2013('UTC')).toHaveProperty('tzOffset', 0)
  })

  it('says so where one rule does not hold', () => {
    // Turkey stayed at summer time in 2016; Russia left it in 2011 and changed its standard time in 2014.
    expect(timeConfiguration(localIn('Europe/Istanbul'), at('2016-01-01T00:00Z'), at('2016-12-01T00:00Z'))).toHaveProperty('firstYear')
    expect(timeConfiguration(localIn('Europe/Moscow'), at('2013-12-01T00:00Z'), at('2014-12-01T00:00Z'))).toHaveProperty('firstYear')
  })
})
