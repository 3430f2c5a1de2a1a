import { describe, expect, it } from 'vitest'
import { formatLocal, formatUtc, isTimeZone, offsetAt, startOfDay, timeZoneName } from '../../src/time/local-time.ts'

function at(text: string): number {
  return Date.parse(text) / 1000
}

describe('local time', () => {
  it('says the offset, so that an hour that comes twice can be told apart', () => {
    const times = ['2013-10-27T00:30Z', '2013-10-27T01:30Z'].map(time => formatLocal('Europe/London', at(time)))
    expect(times).toEqual(['2013-10-27T01:30+01:00', '2013-10-27T01:30+00:00'])
    expect(formatLocal('Europe/London', at('2013-03-31T01:00Z'))).toBe('2013-03-31T02:00+01:00')
    expect(formatLocal('Asia/Kolkata', at('2013-03-31T01:00:10Z'))).toBe('2013-03-31T06:30:10+05:30')
    expect(formatUtc(at('2013-03-31T01:00Z'))).toBe('2013-03-31T01:00Z')
    expect(formatUtc(at('2013-03-31T01:00:10Z'))).toBe('2013-03-31T01:00:10Z')
  })

  it('has offsets before and after a change, and west of Greenwich', () => {
    expect([at('2013-03-31T00:59:59Z'), at('2013-03-31T01:00Z')].map(time => offsetAt('Europe/London', time))).toEqual([0, 3600])
    expect(offsetAt('America/St_Johns', at('2013-02-04T00:00Z'))).toBe(-12_600)
  })

  it('begins a day without a midnight at its first moment', () => {
    // Brazil's clocks went forward at midnight.
    expect(startOfDay('America/Sao_Paulo', Temporal.PlainDate.from('2013-10-20'))).toBe(at('2013-10-20T03:00Z'))
  })
})

describe('time zones', () => {
  it('are those of the IANA database', () => {
    expect(timeZoneName('europe/london')).toBe('Europe/London')
    expect(timeZoneName('Europe/Atlantis')).toBeUndefined()
    expect(timeZoneName('2013-02-04T00:00Z')).toBeUndefined()
    expect([isTimeZone('Europe/London'), isTimeZone('europe/london')]).toEqual([true, false])
  })
})
