import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dayFirstStamp, decimal, isoStamp } from '../../src/layouts/fields.ts'

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
})

test('decimals are plain decimals only', () => {
  expect([' 0.25 ', '-1', '1e-3', '.5', '7.', '+2'].map(decimal)).toEqual([0.25, -1, 0.001, 0.5, 7, 2])
  for (const text of ['', ' ', 'NaN', 'Null', '0x10', '1,5', '1 2', 'Infinity', '1e', '--1', '1e9999'])
    expect(decimal(text), text).toBeUndefined()
})
