import { describe, expect, it } from 'vitest'
import { addDays, dateIn, localTime, startOfDay, utcTime } from '../../src/common/local-time.ts'
import { spanOf, step, stepsOf } from '../../src/customer/figures/local-spans.ts'
import { clockText, periodText, spanText } from '../../src/customer/figures/when.ts'

const LONDON = 'Europe/London'
const seconds = (text: string): number => Date.parse(text) / 1000

describe('local days', () => {
  it.each([
    ['Europe/London', '2026-03-29', '2026-03-29T00:00Z'],
    ['Europe/London', '2026-03-30', '2026-03-29T23:00Z'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00Z'],
    ['America/New_York', '2026-11-02', '2026-11-02T05:00Z'],
    ['Pacific/Kiritimati', '2026-06-01', '2026-05-31T10:00Z'],
    ['Pacific/Pago_Pago', '2026-06-01', '2026-06-01T11:00Z'],
    ['Asia/Kathmandu', '2026-06-01', '2026-05-31T18:15Z'],
    // Clocks went forward at midnight: the day began at one.
    ['America/Sao_Paulo', '2018-11-04', '2018-11-04T03:00Z'],
    // A date that the zone skipped begins when the next one does.
    ['Pacific/Apia', '2011-12-30', '2011-12-30T10:00Z']
  ])('of %s, %s begins at %s', (zone, date, start) => {
    expect(utcTime(startOfDay(zone, date))).toBe(start)
  })

  it('are 23 and 25 hours long where clocks change', () => {
    const hours = (date: string): number => {
      const { from, until } = spanOf('day', date, LONDON)
      return (until - from) / 3600
    }
    expect(['2026-03-28', '2026-03-29', '2026-10-25', '2026-10-26'].map(hours)).toEqual([24, 23, 25, 24])
  })

  it('have a step for each slot, hour or day, whatever the clocks do', () => {
    const count = (view: 'day' | 'week' | 'month', date: string, slot = 900): number =>
      stepsOf(view, spanOf(view, date, LONDON), LONDON, slot).length
    expect([count('day', '2026-10-24'), count('day', '2026-10-25'), count('day', '2026-03-29')]).toEqual([96, 100, 92])
    expect([count('week', '2026-10-25'), count('week', '2026-03-29'), count('week', '2026-06-03', 7200)]).toEqual([169, 167, 84])
    expect([count('month', '2026-10-25'), count('month', '2028-02-10')]).toEqual([31, 29])
  })

  it('begin weeks on Monday and months on the first', () => {
    expect(spanOf('week', '2026-11-01', LONDON)).toMatchObject({ first: '2026-10-26', after: '2026-11-02' })
    expect(spanOf('week', '2026-10-26', LONDON)).toMatchObject({ first: '2026-10-26', after: '2026-11-02' })
    expect(spanOf('month', '2026-12-31', LONDON)).toMatchObject({ first: '2026-12-01', after: '2027-01-01' })
  })

  it('are stepped through by day, week and month', () => {
    expect([step('day', '2026-03-01', -1), step('week', '2026-12-30', 1)]).toEqual(['2026-02-28', '2027-01-06'])
    expect([step('month', '2026-01-31', 1), step('month', '2026-01-31', -1)]).toEqual(['2026-02-01', '2025-12-01'])
    expect(addDays('2028-02-28', 2)).toBe('2028-03-01')
  })

  it('are those of the zone, not of UTC', () => {
    expect(dateIn('Pacific/Auckland', seconds('2026-06-01T13:00Z'))).toBe('2026-06-02')
    expect(dateIn('America/Los_Angeles', seconds('2026-06-01T05:00Z'))).toBe('2026-05-31')
  })
})

describe('times', () => {
  it('have the offset, which tells the hours of autumn that come twice apart', () => {
    expect(localTime(seconds('2013-10-27T00:30Z'), LONDON)).toBe('2013-10-27T01:30+01:00')
    expect(localTime(seconds('2013-10-27T01:30Z'), LONDON)).toBe('2013-10-27T01:30+00:00')
    expect(localTime(seconds('2026-01-01T00:00:05Z'), 'America/St_Johns')).toBe('2025-12-31T20:30:05-03:30')
    expect(utcTime(seconds('2026-01-01T00:00:05Z'))).toBe('2026-01-01T00:00:05Z')
    expect(clockText(seconds('2026-10-25T00:30Z'), LONDON, true)).toBe('01:30 (UTC+01:00)')
  })

  it('are said for people', () => {
    expect(spanText('week', spanOf('week', '2026-10-14', LONDON))).toBe('12 to 18 October 2026')
    expect(spanText('week', spanOf('week', '2026-10-30', LONDON))).toBe('26 October to 1 November 2026')
    expect(spanText('week', spanOf('week', '2026-12-30', LONDON))).toBe('28 December 2026 to 3 January 2027')
    expect(spanText('month', spanOf('month', '2026-10-30', LONDON))).toBe('October 2026')
    expect(periodText(seconds('2026-09-30T22:00Z'), seconds('2026-10-31T23:00Z'), 'Europe/Berlin')).toBe('1 to 31 October 2026')
    expect(periodText(seconds('2026-10-04T22:00Z'), seconds('2026-10-05T22:00Z'), 'Europe/Berlin')).toBe('5 October 2026')
    expect(periodText(seconds('2026-10-04T22:00Z'), seconds('2026-10-05T22:00Z'), 'UTC')).toBe('4 Oct 2026, 22:00 to 5 Oct 2026, 22:00')
  })
})
