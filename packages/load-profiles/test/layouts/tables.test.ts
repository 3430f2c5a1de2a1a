// Tables of readings as people bring them: lanes, units, net values, registers, clocks, and what is said of them.
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { detectLayout } from '../../src/layouts/detect-layout.ts'
import { ReadingsParser } from '../../src/layouts/readings-parser.ts'
import { columnName, valueColumn } from '../../src/layouts/tables/columns.ts'
import { imports, utc } from '../support/parse.ts'
import { all, HOURS, table } from '../support/table.ts'

/** Rows of hours from a moment on. */
function hours(from: string, cells: readonly (string | number)[]): string {
  return cells.map((cell, i) => `${new Date((utc(from) + 3600 * i) * 1000).toISOString().slice(0, 16)}Z,${cell}`).join('\n')
}

test("a customer's own export: two lanes of one household, the local column left out and named", () => {
  const text = [
    'slot_start_utc,slot_start_local,1-0:1.29.0 Wh,1-0:2.29.0 Wh',
    '2025-03-29T12:00Z,2025-03-29T13:00+01:00,100,0',
    '2025-03-29T13:00Z,2025-03-29T14:00+01:00,0,50'
  ].join('\r\n')
  const { layout, households, notes } = table(text)
  expect(layout).toMatchObject({ name: 'wide-csv', unit: 'Wh', clock: 'UTC', stepSeconds: 3600 })
  expect(households).toMatchObject([{ household: 'home', lanes: [IMPORT_LANE, EXPORT_LANE] }])
  expect(all(households[0])).toEqual([
    [100, 0],
    [0, 50]
  ])
  expect(notes).toEqual(['home.csv: column "slot_start_local" is not read: a second column of stamps'])
})

test('two columns a household, by words or by code, units over them', () => {
  const text = [
    'timestamp;Anna import kWh;Anna export kWh;Zoë 1-0:1.29.0 [kWh]',
    '2020-01-01 00:00;0,5;0;1',
    '2020-01-01 01:00;0;0,25;2'
  ].join('\n')
  const { layout, households } = table(text)
  expect(layout).toMatchObject({ unit: 'kWh', clock: 'local', separator: ';' })
  expect(households.map(each => [each.household, all(each)])).toEqual([
    [
      'Anna',
      [
        [500, 0],
        [0, 250]
      ]
    ],
    ['Zoë', [[1000], [2000]]]
  ])
})

test('a column of a lane that is empty throughout is no lane of the home', () => {
  const rows = hours('2020-01-01 00:00', ['100,', '200,NA'])
  const { households } = table(`time,a import,a export\n${rows}`)
  expect(households.map(each => [each.lanes, all(each)])).toEqual([[[IMPORT_LANE], [[100], [200]]]])
  const net = table(`time,a import,a export\n${hours('2020-01-01 00:00', ['100,', '-200,'])}`)
  expect(all(net.households[0])).toEqual([
    [100, 0],
    [0, 200]
  ])
  expect(table(`time,a,b\n${hours('2020-01-01 00:00', ['100,', '200,'])}`).gaps[1]).toMatchObject({ household: 'b', slots: 0 })
})

test('slots before a second register was there are left out, and said', () => {
  const { households, notes } = table(`time,a import,a export\n${hours('2020-01-01 00:00', ['1,', '2,', '3,0', '4,1'])}`)
  expect(all(households[0])).toEqual([
    [3, 0],
    [4, 1]
  ])
  expect(notes).toContain('a: 2 slots with a reading in one lane only, left out')
})

test('a lane that a table lacks is absent, not zero', () => {
  const { households } = table(`slot_start_utc,a\n${hours('2020-01-01 00:00', [1, 2])}`)
  expect(households[0]?.lanes).toEqual([IMPORT_LANE])
})

test('pandas: an index without a name, a long table in the order of time, watts', () => {
  const wide = table(',house_1,house_2\n2020-01-01 00:00:00+00:00,100.0,\n2020-01-01 01:00:00+00:00,NaN,7.0')
  expect(wide.layout).toMatchObject({ name: 'wide-csv', clock: 'UTC' })
  expect(wide.households.map(each => [each.household, imports(each)])).toEqual([
    ['house_1', [100]],
    ['house_2', [7]]
  ])
  const long = table(
    ['time,id,power_kW', '2020-01-01T00:00,b,1', '2020-01-01T00:00,a,2', '2020-01-01T00:30,b,3', '2020-01-01T00:30,a,4'].join('\n'),
    { slotSeconds: 1800 }
  )
  expect(long.layout).toMatchObject({ name: 'long-csv', unit: 'kW', stepSeconds: 1800 })
  expect(long.households.map(each => [each.household, imports(each)])).toEqual([
    ['b', [500, 1500]],
    ['a', [1000, 2000]]
  ])
})

test('date and time in columns of their own, dots in the date', () => {
  const { households } = table('Date;Time;value\n31.01.2024;0:00;100\n31.01.2024;1:00;200\n31.01.2024;2:00;300')
  expect(households[0]).toMatchObject({ household: 'home', firstSlot: utc('2024-01-31 00:00') / 3600 })
  expect(imports(households[0])).toEqual([100, 200, 300])
})

test('a date with strokes is refused: it is of two days', () => {
  expect(() => table('time,a\n01/02/2024 00:00,1\n01/02/2024 01:00,1')).toThrow(/dates with strokes in "time"/)
})

test('stamps are found whatever stands over them, and Unix milliseconds', () => {
  const german = table('Zeitstempel;Verbrauch [kWh]\n01.01.2024 00:00;0,25\n01.01.2024 01:00;0,3')
  expect(imports(german.households[0])).toEqual([250, 300])
  const utility = table(
    'Type,Date,Start Time,End Time,Usage (kWh),Cost\nuse,2024-01-31,00:00,00:59,0.5,$0.1\nuse,2024-01-31,01:00,01:59,1,$0.2'
  )
  expect(utility.households.map(each => [each.firstSlot, imports(each)])).toEqual([[utc('2024-01-31 00:00') / 3600, [500, 1000]]])
  const unix = table('timestamp,kWh\n1704067200000,0.5\n1704070800000,0.5')
  expect(unix.layout.clock).toBe('UTC')
  expect(imports(unix.households[0])).toEqual([500, 500])
})

test('stamps that keep no equal intervals are refused', () => {
  expect(() => table('time,a\n2024-01-01 00:00:03,5\n2024-01-01 00:15:01,5\n2024-01-01 00:30:02,5')).toThrow(
    /stamps that keep no equal intervals, 898 s apart/
  )
})

test('one column called house holds its readings', () => {
  const { households, gaps } = table('slot_start_utc,house\n2017-01-01T00:00Z,NA\n2017-01-01T01:00Z,1')
  expect(households.map(each => [each.household, imports(each)])).toEqual([['house', [1]]])
  expect(gaps[0]?.missingValues).toBe(1)
})

test('--column chooses, and what it leaves out is named', () => {
  const text = 'time,a,b,outside temperature\n2020-01-01T00:00,1,2,-3\n2020-01-01T01:00,1,2,-4'
  const { households, notes } = table(text, HOURS, { columns: ['b'] })
  expect(households.map(each => each.household)).toEqual(['b'])
  expect(notes).toContain('home.csv: column "outside temperature" is not read: not asked for')
  expect(() => table(text, HOURS, { columns: ['c'] })).toThrow(/no column "c", only "time", "a", "b"/)
})

test('a value with one odd cell is refused on its line, a column of words is left out', () => {
  expect(() => table(`slot_start_utc,a\n${hours('2020-01-01 00:00', [1, 2])}\n2020-01-01T02:00Z,1x`)).toThrow(/line 4: expected a number/)
  const { notes } = table('time,a,tariff\n2020-01-01T00:00,100,low\n2020-01-01T01:00,100,high')
  expect(notes).toContain('home.csv: column "tariff" is not read: no numbers but "low"')
})

test('values below zero are feed-in where nothing else is, and said', () => {
  const { households, gaps, notes } = table(`slot_start_utc,a\n${hours('2020-01-01 00:00', [-1, 100, -250])}`)
  expect(households[0]?.lanes).toEqual([IMPORT_LANE, EXPORT_LANE])
  expect(all(households[0])).toEqual([
    [0, 1],
    [100, 0],
    [0, 250]
  ])
  expect(gaps[0]?.negative).toBe(2)
  expect(notes).toEqual(['a: values below zero are taken for energy that the home fed in'])
})

test('shorter intervals are split before they are added up', () => {
  const rows = ['2020-01-01T00:00Z,300', '2020-01-01T00:30Z,-200', '2020-01-01T01:00Z,1', '2020-01-01T01:30Z,1']
  expect(all(table(`slot_start_utc,a\n${rows.join('\n')}`).households[0])).toEqual([
    [300, 200],
    [2, 0]
  ])
})

test('below zero beside a column of exports is a gap; exports written below zero count the other way', () => {
  const both = table(`slot_start_utc,a import,a export\n${hours('2020-01-01 00:00', ['5,0', '-1,0', '7,3'])}`)
  expect(all(both.households[0])).toEqual([[5, 0], undefined, [7, 3]])
  expect(both.gaps[0]).toMatchObject({ negative: 1, gaps: 1 })
  expect(both.notes).toEqual(['a: 1 slot with a reading in one lane only, left out'])
  const turned = table(`slot_start_utc,a import,a export\n${hours('2020-01-01 00:00', ['5,0', '0,-20'])}`)
  expect(all(turned.households[0])).toEqual([
    [5, 0],
    [0, 20]
  ])
})

test('a register is differenced, its reset a gap and counted', () => {
  const kWh = [...Array.from({ length: 14 }, (_, i) => 12_345 + i * 0.5), 0.25, 0.75, 1.75]
  const { households, gaps, notes } = table(`time,a kWh\n${hours('2020-01-01 00:00', kWh)}`)
  expect(imports(households[0])).toEqual([...Array.from({ length: 13 }, () => 500), undefined, 500, 1000])
  expect(gaps[0]?.resets).toBe(1)
  expect(notes).toEqual(['a: values of a register that only grows; its differences are taken'])
})

test('a register that is named is one, however low; a load that rises is none', () => {
  const rising = Array.from({ length: 20 }, (_, i) => 100 + i)
  const named = table(
    `time,1-0:1.8.0 Wh,1-0:2.8.0 Wh\n${hours(
      '2020-01-01 00:00',
      rising.map(value => `${value},5`)
    )}`
  )
  expect(all(named.households[0])).toEqual(Array.from({ length: 19 }, () => [1, 0]))
  expect(imports(table(`time,a Wh\n${hours('2020-01-01 00:00', rising)}`).households[0])).toEqual(rising)
})

test('the unit is doubted at both ends, and not where it fits', () => {
  const day = (value: number): string => `slot_start_utc,a\n${hours('2020-01-01 00:00', Array(24).fill(value))}`
  expect(table(day(0.267)).notes).toEqual(['a: makes less than 30 Wh a day when taken for Wh: is it kWh?'])
  expect(table(day(4.5)).notes).toEqual(['a: makes less than 500 Wh a day, most values with a fraction, when taken for Wh: is it kWh?'])
  expect(table(day(4)).notes).toEqual([])
  expect(table(day(300), HOURS, { unit: 'kWh' }).notes).toEqual(['a: makes more than 1000 kWh a day when taken for kWh: is it Wh?'])
  expect(table(day(0.267), HOURS, { unit: 'kWh' }).notes).toEqual([])
})

test('local time: the hour that comes twice is told apart, the one that is skipped is left out', () => {
  const autumn = ['2024-10-27 01:00', '2024-10-27 02:00', '2024-10-27 02:00', '2024-10-27 03:00'].map((at, i) => `${at},${i + 1}`)
  const berlin = { slotSeconds: 3600, timeZone: 'Europe/Berlin' }
  const { households } = table(`time,a\n${autumn.join('\n')}`, berlin)
  expect(households[0]?.firstSlot).toBe(utc('2024-10-26 23:00') / 3600)
  expect(imports(households[0])).toEqual([1, 2, 3, 4])
  const spring = ['2024-03-31 01:00,1', '2024-03-31 02:00,2', '2024-03-31 03:00,3'].join('\n')
  const skipped = table(`time,a\n${spring}`, berlin)
  expect(imports(skipped.households[0])).toEqual([1, 3])
  expect(skipped.gaps[0]?.skippedHours).toBe(1)
  // An offset in the stamp says it all.
  const offset = table('time,a\n2024-07-01T00:00+01:00,1\n2024-07-01T01:00+01:00,2', berlin)
  expect(offset.households[0]?.firstSlot).toBe(utc('2024-06-30 23:00') / 3600)
})

test('a header that comes again in the middle is left out and said; padding of a spreadsheet too', () => {
  const text = `time,a,b\n2020-01-01T00:00,1,2\n"time","a","b"\n2020-01-01T01:00,3,4\n,,\n`
  const { households, notes } = table(text)
  expect(households.map(imports)).toEqual([
    [1, 3],
    [2, 4]
  ])
  expect(notes).toContain('home.csv: its header comes again in the middle, and is left out there')
})

test('intervals that fill no slot are spread over slots, exactly in sum', () => {
  const rows = Array.from(
    { length: 30 },
    (_, i) => `${new Date((utc('2020-01-01 00:00') + 420 * i) * 1000).toISOString().slice(0, 16)}Z,70`
  )
  const { households, notes } = table(`slot_start_utc,a\n${rows.join('\n')}`, { slotSeconds: 900 })
  expect(imports(households[0]).slice(0, 4)).toEqual([150, 150, 150, 150])
  expect(notes).toEqual(['home.csv: intervals of 7 min fill no slot that divides a day; their energy is spread evenly over slots'])
})

test('a column that Hushgrid writes is read as the lane of that household, whatever it is called (property)', () => {
  const odd = [
    'export',
    '-',
    'a_',
    'b:',
    'usage',
    'Flat W',
    'Flat 1 kWh',
    'id',
    'time',
    '',
    'cost',
    'a 1.8.0',
    'b import',
    'meter reading',
    'x 1-0:2.29.0'
  ]
  const name = fc.oneof(
    fc.constantFrom(...odd),
    fc.string({ maxLength: 20 }).map(text => text.trim())
  )
  fc.assert(
    fc.property(name, fc.constantFrom(IMPORT_LANE, EXPORT_LANE), (household, lane) => {
      const read = valueColumn(columnName(household, lane).trim(), 1)
      expect([read.household, read.lane, read.register]).toEqual([household, lane, false])
      expect(read.unit ?? 'Wh').toBe('Wh')
    })
  )
  expect([columnName('house-0', IMPORT_LANE), columnName('export', IMPORT_LANE)]).toEqual(['house-0', 'export 1-0:1.29.0 Wh'])
})

test('homes of the canonical form may be called id or house', () => {
  const { households } = table(`slot_start_utc,id,house\n${hours('2020-01-01 00:00', ['100,1', '200,2'])}`)
  expect(households.map(each => [each.household, imports(each)])).toEqual([
    ['id', [100, 200]],
    ['house', [1, 2]]
  ])
})

test('a plain column of the canonical form is Wh drawn, whatever stands beside it', () => {
  const { households } = table(`slot_start_utc,a,a 1-0:2.29.0 Wh,b kWh\n${hours('2020-01-01 00:00', ['100,0,1', '0,50,2'])}`)
  expect(households.map(each => [each.household, all(each)])).toEqual([
    [
      'a',
      [
        [100, 0],
        [0, 50]
      ]
    ],
    ['b', [[1000], [2000]]]
  ])
})

test('a file whose intervals change goes on in its slots', () => {
  const parser = new ReadingsParser(HOURS)
  const give = (text: string): void => {
    parser.begin('a.csv', detectLayout(text.split('\n'), 'a.csv'))
    parser.push(text)
    parser.end()
  }
  give('slot_start_utc,a\n2020-01-01T00:00Z,100\n2020-01-01T00:30Z,100\n2020-01-01T01:00Z,100\n2020-01-01T01:30Z,100\n')
  give(
    `slot_start_utc,a\n${Array.from({ length: 8 }, (_, i) => `2020-01-01T0${1 + Math.floor(i / 4)}:${['00', '15', '30', '45'][i % 4]}Z,50`).join('\n')}\n`
  )
  const { households, gaps } = parser.finish()
  expect(imports(households[0])).toEqual([200, 200, 200])
  expect(gaps[0]?.duplicates).toBe(1)
})

test('values that only rise are doubted where they are not differenced', () => {
  const { households, notes } = table(
    `slot_start_utc,total kWh\n${hours(
      '2020-01-01 00:00',
      Array.from({ length: 14 }, (_, i) => 12.3 + i / 2)
    )}`
  )
  expect(households[0]?.slots).toBe(14)
  expect(notes).toEqual(["home: its values only rise, as a register's do, and are taken for energies: name the column 1.8.0 if it is one"])
  const sevenMinutes = Array.from(
    { length: 14 },
    (_, i) => `${new Date((utc('2020-01-01 00:00') + 420 * i) * 1000).toISOString().slice(0, 16)}Z,${i}`
  )
  expect(() => table(`time,register kWh\n${sevenMinutes.join('\n')}`, { slotSeconds: 900 })).toThrow(
    /a register read at intervals that divide a day/
  )
})

test('numbers that are no energy make no home: an index, a cost, a column that says less than the others', () => {
  const pandas = table(',timestamp,house-1 kWh\n0,2020-01-01 00:00,1\n1,2020-01-01 01:00,2\n2,2020-01-01 02:00,3')
  expect(pandas.households.map(each => each.household)).toEqual(['house-1'])
  const cost = table('timestamp,consumption_kwh,cost,temperature\n2020-01-01 00:00,1,5,-3\n2020-01-01 01:00,2,6,-2')
  expect(cost.households.map(each => [each.household, imports(each)])).toEqual([['home', [1000, 2000]]])
  expect(cost.notes).toContain('home.csv: column "cost" is not read: by its name no energy')
  for (const header of ['house-1 kWh,other', 'other,house-1 kWh'])
    expect(table(`timestamp,${header}\n2020-01-01 00:00,1,1\n2020-01-01 01:00,1,1`).notes).toContain(
      'home.csv: column "other" is not read: it says neither unit nor direction, as others do'
    )
})

test('the unit may stand before the direction; one that nobody said is said', () => {
  expect(table(`time,kWh import\n${hours('2020-01-01 00:00', [1, 2])}`).layout.unit).toBe('kWh')
  expect(table(`time,a\n${hours('2020-01-01 00:00', [100, 200])}`).notes).toEqual([
    'home.csv: no unit stands over the values; they are taken for Wh'
  ])
})

test('dots that may part thousands are doubted', () => {
  const rows = '2020-01-01 00:00;950\n2020-01-01 01:00;1.234'
  expect(table(`time;a Wh\n${rows}`).notes).toContain(
    'home.csv: every dot stands before three digits and is read as a decimal point: does it part thousands?'
  )
  expect(table('time;a kWh\n2020-01-01 00:00;0,951\n2020-01-01 01:00;1,234').notes).toEqual([])
})

test('rows may come newest first', () => {
  const rows = Array.from({ length: 24 }, (_, i) => `2020-01-01T${String(23 - i).padStart(2, '0')}:00Z,${(24 - i) * 100}`)
  expect(imports(table(`slot_start_utc,a\n${rows.join('\n')}`).households[0])).toEqual(Array.from({ length: 24 }, (_, i) => (i + 1) * 100))
})

test('a zone that is off the grid is named as the cause', () => {
  expect(() => table('time,a\n2024-01-01 00:00,100\n2024-01-01 01:00,100', { slotSeconds: 3600, timeZone: 'Asia/Kolkata' })).toThrow(
    /whole multiple of 3600 s in UTC, which Asia\/Kolkata may not be away from it/
  )
  const odd = table('time,a\n2024-01-01 00:00:00.000,100\n2024-01-01 01:00:00.000,100', { slotSeconds: 3600, timeZone: 'Europe/Berlin' })
  expect(imports(odd.households[0])).toEqual([100, 100])
})

test('a doubt on many homes is said once', () => {
  const rows = Array.from({ length: 24 }, (_, hour) => `2020-01-01T${String(hour).padStart(2, '0')}:00Z,${Array(6).fill('0.3').join()}`)
  const { notes } = table(['slot_start_utc,a,b,c,d,e,f', ...rows].join('\n'))
  expect(notes).toEqual(['a, b, c, d and 2 more: each makes less than 30 Wh a day when taken for Wh: is it kWh?'])
})
