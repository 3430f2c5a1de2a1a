// Stamps of tables: dates with strokes, clocks of twelve hours, and the direction in which rows go.
import { expect, test } from 'vitest'
import { utc } from '../support/parse.ts'
import { all, HOURS, table } from '../support/table.ts'

test('dates with strokes are read in the order in which they lie close together, and a note says which', () => {
  const rows = (dates: readonly string[]): string => ['time,a [kWh]', ...dates.map((date, i) => `${date},0.${i + 1}`)].join('\n')
  const british = table(rows(['04/02/2013 23:00', '05/02/2013 0:00', '05/02/2013 01:00']))
  expect(british.households[0]?.firstSlot).toBe(utc('2013-02-04 23:00') / 3600)
  expect(all(british.households[0])).toEqual([[100], [200], [300]])
  expect(british.notes).toEqual(['home.csv: dates in "time" are read as day/month/year, as they lie closest so'])
  const american = table(rows(['2/4/2013 11:00 PM', '2/5/2013 12:00 AM', '2/5/2013 1:00 am']))
  expect(american.households).toEqual(british.households)
  expect(american.notes[0]).toContain('month/day/year')
  // Half a day with AM and PM, and a year in front, need no other dates.
  expect(table(rows(['2013/2/4 12:00 PM', '2013/2/4 01:00 PM'])).households[0]?.firstSlot).toBe(utc('2013-02-04 12:00') / 3600)
})

test('a date and a clock of twelve hours in columns of their own', () => {
  const text = ['Date,Time,a [kWh]', '31/01/2013,11:00 PM,1', '01/02/2013,12:00 AM,2'].join('\n')
  expect(all(table(text).households[0])).toEqual([[1000], [2000]])
})

test('dates with strokes of a single day that may be either are refused with the cause', () => {
  const text = 'time,a\n04/02/2013 00:00,1\n04/02/2013 01:00,2'
  expect(() => table(text)).toThrow('none of which tells whether 1/2 is in January or in February')
  expect(all(table(text.replaceAll('04/02', '02/02')).households[0])).toEqual([[1], [2]])
  expect(() => table('time,a\n04/02/2013 00:00,1\n31/13/2013 01:00,2')).toThrow('no column of stamps')
})

test('rows with the newest first keep both hours that an autumn night shows twice', () => {
  const clocks = ['01:00', '02:00', '02:00', '03:00']
  const rows = clocks.map((clock, i) => `2013-10-27 ${clock},${i + 1}`)
  const forward = table(['time,a', ...rows].join('\n'), { ...HOURS, timeZone: 'Europe/Berlin' })
  expect(all(forward.households[0])).toEqual([[1], [2], [3], [4]])
  const backward = table(['time,a', ...rows.toReversed()].join('\n'), { ...HOURS, timeZone: 'Europe/Berlin' })
  expect(backward.households).toEqual(forward.households)
})

test('AM and PM in a column of their own belong to the time of day', () => {
  const rows = ['1/31/2024,12:00,AM,1', '1/31/2024,01:00,AM,2', '1/31/2024,12:00,PM,3', '1/31/2024,01:00,PM,4']
  const { households, notes } = table(['date,time,half,wh', ...rows].join('\n'))
  expect(all(households[0])).toEqual([[1], [2], ...Array(10).fill(undefined), [3], [4]])
  expect(notes.join()).not.toContain('half')
  expect(all(table(['time,ampm,wh', '2024-01-31 12:00,AM,1', '2024-01-31 01:00,AM,2'].join('\n')).households[0])).toEqual([[1], [2]])
})

test('the direction in time is that of each household, in one file too', () => {
  const rows = (name: string): string[] => ['01:00', '02:00', '02:00', '03:00'].map((clock, i) => `${name},2013-10-27 ${clock},${i + 1}`)
  const berlin = { ...HOURS, timeZone: 'Europe/Berlin' }
  const { households } = table(['household,time,wh', ...rows('a'), ...rows('b').toReversed()].join('\n'), berlin)
  expect(households.map(all)).toEqual(Array(2).fill([[1], [2], [3], [4]]))
})

test('dates that change their order in the middle are refused, and an impossible one is named', () => {
  const days = (from: number, to: number, write: (day: string) => string): string[] =>
    Array.from({ length: to - from + 1 }, (_, i) => `${write(String(from + i).padStart(2, '0'))} 00:00,1`)
  const head = 'time,wh'
  const mixed = [head, ...days(1, 12, day => `${day}/03/2024`), ...days(13, 20, day => `03/${day}/2024`)].join('\n')
  expect(() => table(mixed, { slotSeconds: 86_400 })).toThrow('some of which are day/month and others month/day')
  expect(() => table([head, ...days(13, 20, day => `${day}/03/2024`), '03/21/2024 00:00,1'].join('\n'))).toThrow(
    'some of which are day/month'
  )
  const odd = [head, ...days(13, 20, day => `${day}/02/2024`), '31/02/2024 00:00,1'].join('\n')
  expect(() => table(odd)).toThrow('"31/02/2024 00:00" in "time", which is no moment')
  expect(() => table([head, '13/02/24 00:00,1', '13/02/24 01:00,1'].join('\n'))).toThrow('whose year has two digits')
})
