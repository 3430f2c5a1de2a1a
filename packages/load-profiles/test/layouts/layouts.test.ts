// Each dataset's layout, read from small files with its irregularities.
import { InvalidArgumentError } from '@hushgrid/primitives'
import { expect, test } from 'vitest'
import { DataFormatError } from '../../src/layouts/data-format-error.ts'
import { detectLayout } from '../../src/layouts/detect-layout.ts'
import { imports, parse, parseAs, utc } from '../support/parse.ts'

/** The error that a call ends in. */
function failure(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('expected an error')
}

const HALF_HOURS = { slotSeconds: 1800 }
const QUARTERS = { slotSeconds: 900 }

test('wide CSV: an empty cell and a missing row are gaps, rows come in any order', () => {
  const text = [
    'slot_start_utc,Anna,Zoë',
    '2020-01-01T00:00Z,10,1',
    '2020-01-01T00:30Z,,2',
    '2020-01-01T02:00Z,40,5',
    '2020-01-01T01:00Z,0,3',
    ''
  ].join('\n')
  const { households, gaps } = parse(text, 'wide.csv', HALF_HOURS)
  expect(households.map(h => h.household)).toEqual(['Anna', 'Zoë'])
  expect(households[0]?.firstSlot).toBe(utc('2020-01-01 00:00') / 1800)
  expect(imports(households[0])).toEqual([10, undefined, 0, undefined, 40])
  expect(imports(households[1])).toEqual([1, 2, 3, undefined, 5])
  expect(gaps[0]).toMatchObject({ covered: 3, slots: 5, gaps: 2, longestGap: 1, missingValues: 1, outOfOrder: 1, duplicates: 0 })
})

test('wide CSV: what is malformed is refused with its line', () => {
  const head = 'slot_start_utc,a,b\n2020-01-01T00:00Z,1,2\n2020-01-01T00:30Z,1,2\n'
  const cases: [string, RegExp][] = [
    ['2020-01-01T01:00Z,1', /line 4: expected 3 fields, got 2/],
    ['2020-01-01T01:00Z,1,x', /line 4: expected a number or nothing in column 3 of a wide-csv, got "x"/],
    ['2020-01-01T01:15Z,1,2', /line 4: expected a start at a whole multiple of 1800 s/],
    ['01/01/2020 01:00,1,2', /line 4: expected the start of an interval like/],
    ['2020-01-01T01:00Z,1,1e13', /line 4: expected a household's reading, below 10 MW/],
    ['1920-01-01T01:00Z,1,2', /line 4: expected a moment from 1970/]
  ]
  // The layout is told by the good lines alone, as in a file whose bad line comes late.
  const layout = detectLayout(head.split('\n'), 'wide.csv')
  for (const [row, message] of cases) expect(failure(() => parseAs(layout, head + row)).message, row).toMatch(message)
  expect(failure(() => parse('slot_start_utc,a,a\n', 'wide.csv', HALF_HOURS)).message).toMatch(/two columns for the household "a"/)
  expect(failure(() => parse('slot_start_utc,a\n2020-01-01T00:00Z,1\n', 'wide.csv', HALF_HOURS)).message).toMatch(
    /fewer than two intervals/
  )
  expect(failure(() => parse('slot_start_utc,band\n2020-01-01T00:00Z,low\n', 't.csv', HALF_HOURS)).message).toMatch(
    /no column of numbers: "band" has no numbers but "low"/
  )
})

const LONDON = [
  'LCLid,tstp,energy(kWh/hh)',
  'MAC1,2013-01-01 00:00:00.0000000, 0.1234567 ',
  'MAC1,2013-01-01 00:30:00.0000000, 0.2000004 ',
  'MAC1,2013-01-01 00:30:00.0000000, 0.2000004 ',
  'MAC1,2013-01-01 00:30:00.0000000, 0.9 ',
  'MAC1,2012-12-18 15:13:41.0000000,Null',
  'MAC1,2013-01-01 01:30:00, 0 ',
  'MAC2,2013-01-01 00:30:00, 1.5 ',
  'MAC3,2012-12-18 15:13:44.0000000,Null'
].join('\r\n')

test('Low Carbon London: blanks, fractions, Null off the grid, duplicates, several households', () => {
  const { households, gaps } = parse(LONDON, 'block_0.csv', HALF_HOURS)
  expect(households.map(h => h.household)).toEqual(['MAC1', 'MAC2'])
  expect(households[0]?.firstSlot).toBe(utc('2013-01-01 00:00') / 1800)
  expect(imports(households[0])).toEqual([123, 200, undefined, 0])
  expect(imports(households[1])).toEqual([1500])
  expect(gaps[0]).toMatchObject({ household: 'MAC1', duplicates: 2, conflicting: 1, missingValues: 1, samples: 5, gaps: 1 })
  expect(gaps[2]).toMatchObject({ household: 'MAC3', slots: 0, covered: 0, missingValues: 1, firstSlot: undefined })
})

test('Low Carbon London: the full download, and stamps at the end', () => {
  const text = ['LCLid,stdorToU,DateTime,KWH/hh (per half hour) ', 'MAC9,ToU,2013-01-01 00:30:00.0000000, 0.25 ', ''].join('\n')
  const start = parse(text, 'full.csv', HALF_HOURS).households[0]
  const end = parse(text, 'full.csv', { ...HALF_HOURS, londonStamps: 'end' }).households[0]
  expect(start?.firstSlot).toBe(utc('2013-01-01 00:30') / 1800)
  expect(end?.firstSlot).toBe(utc('2013-01-01 00:00') / 1800)
  expect(imports(start)).toEqual([250])
})

test('Low Carbon London: anything else off the half-hour is refused', () => {
  const cases: [string, RegExp][] = [
    ['MAC1,2013-01-01 00:10:00, 0.1', /line 2: expected a stamp on the half-hour, got 2013-01-01 00:10Z/],
    ['MAC1,2013-01-01 00:30:00, zero', /line 2: expected kWh or Null, got "zero"/],
    ['MAC1,2013-01-01 00:30:00,"0', /line 2: expected a quote that is closed on its line/],
    ['MAC1,2013-01-01 00:30:00', /line 2: expected 3 fields, got 2/],
    [',2013-01-01 00:30:00,1', /line 2: expected a household in LCLid/],
    ['MAC1,yesterday,1', /line 2: expected a stamp like .* got "yesterday"/]
  ]
  for (const [row, message] of cases) {
    const error = failure(() => parse(`LCLid,tstp,energy(kWh/hh)\n${row}\n`, 'b.csv', HALF_HOURS))
    expect(error).toBeInstanceOf(DataFormatError)
    expect(error.message, row).toMatch(message)
  }
  expect(failure(() => parse('LCLid,Acorn\nMAC1,A\n', 'informations.csv', HALF_HOURS)).message).toMatch(/a header without tstp/)
})

/** A line a minute from a time of 2016-01-01 on. */
function minutes(count: number, kilowatts: (i: number) => number | undefined, from = utc('2016-01-01 00:00')): string {
  const rows: string[] = []
  for (let i = 0; i < count; i++) {
    const power = kilowatts(i)
    if (power !== undefined) rows.push(`${new Date((from + 60 * i) * 1000).toISOString().replace('T', ' ').slice(0, 19)},${power}`)
  }
  return `${rows.join('\n')}\n`
}

test('UMass Smart*: a missing minute is bridged, a missing two are a gap', () => {
  const one = parse(
    minutes(45, i => (i === 20 ? undefined : 1.2)),
    'Apt7_2016.csv',
    QUARTERS
  )
  expect(one.households[0]).toMatchObject({ household: 'Apt7', firstSlot: utc('2016-01-01 00:00') / 900 })
  expect(imports(one.households[0])).toEqual([300, 300, 300])
  const two = parse(
    minutes(45, i => (i === 20 || i === 21 ? undefined : 1.2)),
    'Apt7_2016.csv',
    QUARTERS
  )
  expect(imports(two.households[0])).toEqual([300, undefined, 300])
})

test('UMass Smart*: local time at a fixed offset, the repeated hour dropped', () => {
  const text = minutes(15, () => 0.4) + minutes(15, () => 0.8)
  const { households, gaps } = parse(text, 'Apt7_2016.csv', { ...QUARTERS, timeZone: 'America/New_York' })
  expect(households[0]?.firstSlot).toBe(utc('2016-01-01 05:00') / 900)
  expect(imports(households[0])).toEqual([100])
  expect(gaps[0]).toMatchObject({ samples: 30, outOfOrder: 14, duplicates: 1 })
})

test('UMass Smart*: quarter-hours that turn into minutes', () => {
  const quarters = ['2015-12-15 00:00:00,0.4', '2015-12-15 00:15:00,0.8', '2015-12-15 00:30:00,1.2'].join('\n')
  const text = `${quarters}\n${minutes(30, i => (i > 16 && i < 20 ? undefined : 2), utc('2015-12-15 00:45'))}`
  expect(detectLayout(text.split('\n').slice(0, 4), 'Apt1_2015.csv').stepSeconds).toBe(900)
  expect(imports(parse(quarters, 'Apt1_2015.csv', QUARTERS).households[0])).toEqual([100, 200, 300])
  const layout = detectLayout(quarters.split('\n'), 'Apt1_2015.csv')
  // In the finer part three minutes without a line are a gap, as they would be in a file of minutes.
  expect(imports(parseAs(layout, text, QUARTERS).households[0])).toEqual([100, 200, 300, 500])
})

test('UMass Smart*: malformed lines', () => {
  const good = minutes(3, () => 1)
  expect(failure(() => parse(`${good}2016-01-01 00:03:00;1\n`, 'a.csv', QUARTERS)).message).toMatch(/among its first lines/)
  const layout = detectLayout(good.split('\n'), 'a.csv')
  expect(failure(() => parseAs(layout, `${good}2016-01-01 00:03:00\n`)).message).toMatch(/line 4: expected a line like/)
  expect(parseAs(layout, `${good}2016-01-01 00:03:00,\n`).gaps[0]?.missingValues).toBe(1)
  expect(failure(() => parseAs(layout, `${good}2016-01-01 00:03:00,1x\n`)).message).toMatch(
    /line 4: expected kW after the comma, got a number with "x" in it/
  )
  expect(failure(() => parseAs(layout, `${good}2016-01-01 00:03:00,1,2\n`)).message).toMatch(/line 4: expected a line like/)
})

test('REFIT: Unix seconds count, zero and NaN are missing, Issues are counted, duplicates dropped', () => {
  const at = utc('2014-03-01 00:00')
  const header = 'Time,Unix,Aggregate,Appliance1,Appliance2,Issues'
  const rows: string[] = []
  for (let t = 0; t < 1800; t += 7) {
    // 98 s without a line: held, since the cleaned set fills up to two minutes.
    if (t > 903 && t < 1001) continue
    if (t === 700) rows.push(`2014-03-01 00:11:40,${at + t},0,0,0,0`, `2014-03-01 00:11:42,${at + t + 2},NaN,0,0,0`)
    else rows.push(`2014-03-01 00:00:00,${at + t},720,1,2,${t === 7 ? 1 : 0}`)
  }
  rows.splice(4, 0, rows[3] as string)
  const { households, gaps } = parse([header, ...rows].join('\n'), 'data/CLEAN_House12.csv', QUARTERS)
  expect(households[0]?.household).toBe('House12')
  expect(imports(households[0])).toEqual([180, 180])
  expect(gaps[0]).toMatchObject({ duplicates: 1, conflicting: 0, missingValues: 2, flagged: 1 })
  for (const [row, message] of [
    [`x,${at},1,2`, /expected 6 fields, got 4/],
    [`x,noon,1,2,3,0`, /expected Unix seconds in the second field, got "noon"/],
    [`x,${at},many,2,3,0`, /expected watts in the third field, got "many"/]
  ] as const)
    expect(failure(() => parse(`${header}\n${row}\n`, 'House1.csv', QUARTERS)).message).toMatch(message)
})

test('UK-DALE: the house is the folder, samples hold for two minutes', () => {
  const at = utc('2013-05-01 12:00')
  const rows: string[] = []
  for (let t = 0; t < 2700; t += 6) if (t < 300 || t >= 400) if (t < 1000 || t >= 1300) rows.push(`${at + t} 1000`)
  rows.splice(20, 0, `${at} 3000`)
  const { households, gaps } = parse(`${rows.join('\n')}\n`, 'ukdale/house_3/channel_1.dat', QUARTERS)
  expect(households[0]?.household).toBe('house_3')
  expect(imports(households[0])).toEqual([250, undefined, 250])
  expect(gaps[0]).toMatchObject({ outOfOrder: 1 })
  expect(failure(() => parse(`${at} 1\n${at + 6} 1 2\n`, 'channel_1.dat', QUARTERS)).message).toMatch(
    /line 2: expected Unix seconds and watts .* got 3 fields/
  )
  expect(failure(() => parse(`${at} 1\n${at + 6} W\n`, 'channel_1.dat', QUARTERS)).message).toMatch(
    /line 2: expected watts in the second field, got "W"/
  )
})

test('UCI household: a question mark is missing', () => {
  const header = 'Date;Time;Global_active_power;Global_reactive_power;Voltage;Global_intensity;Sub_metering_1;Sub_metering_2;Sub_metering_3'
  const rows: string[] = []
  for (let i = 0; i < 45; i++) {
    const time = `1/2/2007;00:${String(i).padStart(2, '0')}:00`
    rows.push(i === 3 || (i >= 20 && i < 24) ? `${time};?;?;?;?;?;?;` : `${time};0.480;0.1;240.1;2.0;0.000;0.000;17.000`)
  }
  const { households, gaps } = parse([header, ...rows].join('\r\n'), 'household_power_consumption.txt', QUARTERS)
  expect(households[0]).toMatchObject({ household: 'household_power_consumption', firstSlot: utc('2007-02-01 00:00') / 900 })
  expect(imports(households[0])).toEqual([120, undefined, 120])
  expect(gaps[0]).toMatchObject({ missingValues: 5, samples: 40 })
  const paris = parse([header, ...rows].join('\n'), 'uci.txt', { ...QUARTERS, timeZone: 'Europe/Paris' })
  expect(paris.households[0]?.firstSlot).toBe(utc('2007-01-31 23:00') / 900)
  for (const [row, message] of [
    ['1/2/2007;00:00:00', /line 2: expected 3 to 9 fields/],
    ['2007-02-01;00:00:00;1', /line 2: expected dd\/mm\/yyyy;hh:mm:ss, got "2007-02-01;00:00:00"/],
    ['1/2/2007;00:00:00;a;', /line 2: expected kW or \? in the third field, got "a"/]
  ] as const)
    expect(failure(() => parse(`${header}\n${row}\n`, 'uci.txt', QUARTERS)).message).toMatch(message)
})

test('a layout that nobody knows is refused with the cause', () => {
  const error = failure(() => detectLayout(['timestamp;value', '1;2'], 'mine.csv'))
  expect(error).toBeInstanceOf(DataFormatError)
  expect(error).toMatchObject({ source: 'mine.csv', line: 1 })
  expect(error.message).toMatch(/a column of stamps.*got "timestamp;value": no column of stamps/)
  expect(failure(() => detectLayout(['', ' '], 'empty.csv')).message).toMatch(/got an empty file/)
  expect(failure(() => detectLayout(['y'.repeat(500)], 'long.csv')).message.length).toBeLessThan(500)
})

test('messages never hold a reading', () => {
  for (const row of ['MAC1,2013-01-01 00:30:00,98765432.1', 'MAC1,2013-01-01 00:30:00,98.7x6'])
    expect(failure(() => parse(`LCLid,tstp,energy(kWh/hh)\n${row}\n`, 'b.csv', HALF_HOURS)).message).not.toMatch(/98/)
})

test('slots that the readings cannot fill are refused, with those they could', () => {
  const short = failure(() => parse(LONDON, 'b.csv', QUARTERS))
  expect(short).toBeInstanceOf(InvalidArgumentError)
  expect(short.message).toMatch(/expected a multiple of 1800 s \(1800, 3600, 5400, 7200 … 86400\).* got 900/)
  expect(failure(() => parse(LONDON, 'b.csv', { slotSeconds: 2700 })).message).toMatch(/got 2700/)
  expect(
    failure(() =>
      parse(
        minutes(3, () => 1),
        'a.csv',
        { slotSeconds: 30 }
      )
    ).message
  ).toMatch(/a multiple of 60/)
  expect(failure(() => parse('1367366400 5\n', 'c.dat', { slotSeconds: 2 })).message).toMatch(/at least 6/)
  expect(failure(() => parse(LONDON, 'b.csv', { slotSeconds: 0.5 })).message).toMatch(/slotSeconds/)
})

test('only the households and the span that were asked for', () => {
  expect(parse(LONDON, 'b.csv', { ...HALF_HOURS, households: 1 }).gaps.map(g => g.household)).toEqual(['MAC1'])
  expect(parse(LONDON, 'b.csv', { ...HALF_HOURS, households: ['MAC2'] }).gaps.map(g => g.household)).toEqual(['MAC2'])
  expect(failure(() => parse(LONDON, 'b.csv', { ...HALF_HOURS, households: 0 })).message).toMatch(
    /households: expected a whole number from 1/
  )
  const span = { from: utc('2013-01-01 00:30'), until: utc('2013-01-01 01:30') }
  expect(parse(LONDON, 'b.csv', { ...HALF_HOURS, ...span }).households.map(imports)).toEqual([[200], [1500]])
})
