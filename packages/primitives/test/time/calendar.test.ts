import fc from 'fast-check'
import { expect, test } from 'vitest'
import { civilFromDays, dayOfYear, daysFromCivil, readableUtc, unixSeconds, weekdayOf } from '../../src/time/calendar.ts'

const day = fc.integer({ min: -100_000, max: 200_000 })

test('the calendar is that of Date', () => {
  fc.assert(
    fc.property(day, days => {
      const date = new Date(days * 86_400_000)
      expect(civilFromDays(days)).toEqual({ year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() })
      expect(daysFromCivil(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate())).toBe(days)
      expect(weekdayOf(days)).toBe((date.getUTCDay() + 6) % 7)
    })
  )
  expect(dayOfYear(daysFromCivil(2012, 12, 31))).toBe(366)
})

test('29 February is a day of leap years only', () => {
  expect(unixSeconds(2100, 2, 29, 0, 0, 0)).toBeUndefined()
  expect(unixSeconds(2000, 2, 29, 0, 0, 0)).toBeDefined()
})

test('moments are shown as people read them', () => {
  expect(readableUtc(Date.UTC(2013, 1, 4, 0, 30) / 1000)).toBe('2013-02-04 00:30Z')
  expect(readableUtc(Date.UTC(1999, 11, 31, 23, 59, 58) / 1000)).toBe('1999-12-31 23:59:58Z')
})
