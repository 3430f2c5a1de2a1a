import fc from 'fast-check'
import { expect, test } from 'vitest'
import { civilFromDays, dayOfYear, daysFromCivil, formatUtc, unixSeconds, weekdayOf } from '../../src/time/calendar.ts'
import { dayFirstStamp, decimal, isoStamp } from '@hushgrid/load-profiles'

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

test('stamps are read as UTC, with or without seconds, fraction and Z', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 4_000_000_000 }), seconds => {
      const iso = new Date(seconds * 1000).toISOString()
      expect(isoStamp(iso)).toBe(seconds)
      expect(isoStamp(`${iso.slice(0, 10)} ${iso.slice(11, 19)}`)).toBe(seconds)
      expect(isoStamp(`${iso.slice(0, 10)} ${iso.slice(11, 19)}.0000000`)).toBe(seconds)
      expect(isoStamp(`${iso.slice(0, 16)}Z`)).toBe(seconds - (seconds % 60))
      const [year, month, date] = iso.slice(0, 10).split('-')
      expect(dayFirstStamp(`${Number(date)}/${Number(month)}/${year}`, iso.slice(11, 19))).toBe(seconds)
    })
  )
  expect(isoStamp('2012-12-18 15:13:41.5')).toBe(Date.UTC(2012, 11, 18, 15, 13, 41) / 1000 + 0.5)
})

test('what is no moment is refused', () => {
  for (const text of [
    '',
    '2013-02-29 00:00:00',
    '2013-13-01 00:00:00',
    '2013-00-01 00:00:00',
    '2013-01-01 24:00:00',
    '2013-01-01 00:60:00',
    '2013-01-01 00:00:6x',
    '2013-01-01',
    '2013-01-01 00:00:00+01:00',
    '2013-01-01 00:00.5',
    '13-01-2013 00:00:00',
    '2013-01-01x00:00:00',
    '2013-01-0a 00:00:00'
  ])
    expect(isoStamp(text), text).toBeUndefined()
  expect(dayFirstStamp('31/2/2007', '00:00:00')).toBeUndefined()
  expect(dayFirstStamp('2007-02-01', '00:00:00')).toBeUndefined()
  expect(dayFirstStamp('1/2/2007', '00:00')).toBeUndefined()
  expect(unixSeconds(2100, 2, 29, 0, 0, 0)).toBeUndefined()
  expect(unixSeconds(2000, 2, 29, 0, 0, 0)).toBeDefined()
})

test('decimals are plain decimals only', () => {
  expect([' 0.25 ', '-1', '1e-3', '.5', '7.', '+2'].map(decimal)).toEqual([0.25, -1, 0.001, 0.5, 7, 2])
  for (const text of ['', ' ', 'NaN', 'Null', '0x10', '1,5', '1 2', 'Infinity', '1e', '--1', '1e9999'])
    expect(decimal(text), text).toBeUndefined()
})

test('moments are shown as people read them', () => {
  expect(formatUtc(Date.UTC(2013, 1, 4, 0, 30) / 1000)).toBe('2013-02-04 00:30Z')
  expect(formatUtc(Date.UTC(1999, 11, 31, 23, 59, 58) / 1000)).toBe('1999-12-31 23:59:58Z')
})
