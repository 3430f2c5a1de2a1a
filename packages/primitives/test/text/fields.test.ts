// Fields, numbers, missing values and moments of tables that people hand over.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decimal, fieldsOf, isMissing, readTable, separatorOf } from '../../src/text/csv.ts'
import { dayFirstStamp, isoStamp, readStamp } from '../../src/time/stamps.ts'

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
    '2013-01-01 24:00:01',
    '2013-01-01 25:00:00',
    '2013-01-01 00:60:00',
    '2013-01-01 00:00:6x',
    '2013-01-01',
    '2013-01-01 00:00:00+19:00',
    '2013-01-01 00:00:00+1',
    '2013-01-01 00:00:00z',
    '2013-01-01 00:00.5',
    '13-01-2013 00:00:00',
    '2013-01-01x00:00:00',
    '2013-01-0a 00:00:00'
  ])
    expect(isoStamp(text), text).toBeUndefined()
  expect(dayFirstStamp('31/2/2007', '00:00:00')).toBeUndefined()
  expect(dayFirstStamp('2007-02-01', '00:00:00')).toBeUndefined()
  expect(dayFirstStamp('1/2.2007', '00:00')).toBeUndefined()
})

test('an offset counts, and 24:00 is the end of its day', () => {
  const noon = Date.UTC(2024, 6, 1, 12) / 1000
  for (const text of [
    '2024-07-01T14:00+02:00',
    '2024-07-01 14:00:00+0200',
    '2024-07-01 14:00:00 +02',
    '2024-07-01T06:30:00.0-05:30',
    '2024-07-01T12:00 UTC'
  ])
    expect(readStamp(text), text).toEqual({ seconds: noon, zoned: true })
  expect(readStamp('2024-07-01T12:00')).toEqual({ seconds: noon, zoned: false })
  expect(isoStamp('2024-06-30 24:00:00')).toBe(isoStamp('2024-07-01T00:00Z'))
  expect(isoStamp('2024-12-31T24:00')).toBe(isoStamp('2025-01-01T00:00Z'))
  expect(dayFirstStamp('1.7.2024', '12:00')).toBe(noon)
})

test('decimals are plain decimals only', () => {
  expect([' 0.25 ', '-1', '1e-3', '.5', '7.', '+2'].map(text => decimal(text))).toEqual([0.25, -1, 0.001, 0.5, 7, 2])
  for (const text of ['', ' ', 'NaN', 'Null', '0x10', '1,5', '1 2', 'Infinity', '1e', '--1', '1e9999'])
    expect(decimal(text), text).toBeUndefined()
})

test('a comma is a decimal point only where it does not part fields', () => {
  expect(decimal('1,5', ';')).toBe(1.5)
  expect(decimal('-,25', '\t')).toBe(-0.25)
  for (const text of ['1.234,5', '1,2,3', '1,', ',']) expect(decimal(text, ';'), text).toBeUndefined()
})

test('the separator is the one that cuts the header most, quotes aside', () => {
  expect(separatorOf('a,b,c')).toBe(',')
  expect(separatorOf('Date;Time;Energy, kWh')).toBe(';')
  expect(separatorOf('"a;b;c;d",e')).toBe(',')
  expect(separatorOf('a\tb')).toBe('\t')
  expect(separatorOf('alone')).toBe(',')
})

test('fields come without quotes and blanks', () => {
  expect(fieldsOf(' a , b ', ',')).toEqual(['a', 'b'])
  expect(fieldsOf('"a, b","say ""yes""", "c"', ',')).toEqual(['a, b', 'say "yes"', 'c'])
  expect(fieldsOf('"a,b', ',')).toBeUndefined()
})

test('missing values are told from numbers and words', () => {
  for (const text of ['', ' ', 'NA', 'n/a', 'NaN', 'null', 'None', '?', '-']) expect(isMissing(text), text).toBe(true)
  for (const text of ['0', 'nano', 'x', '-1']) expect(isMissing(text), text).toBe(false)
})

test('a table comes through a spreadsheet and cat whole', () => {
  const fail = (line: number, expected: string): never => {
    throw new Error(`${line}: ${expected}`)
  }
  const table = readTable('\uFEFF"a"; b\r\n\r\n1;"2"\r\na;b\r\n3;4\r\n;;\r\n', fail)
  expect(table?.header).toEqual({ line: 1, fields: ['a', 'b'] })
  expect(table?.rows).toEqual([
    { line: 3, fields: ['1', '2'] },
    { line: 5, fields: ['3', '4'] }
  ])
  expect(readTable('\n \n', fail)).toBeUndefined()
  expect(() => readTable('a,b\n"1,2', fail)).toThrow('2: a quote')
})
