import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { expect, it } from 'vitest'
import { csvText, instant, jsonText, kilowattHours, laneColumn, moment, percent, tableText } from '../../src/commands/tables.ts'

it('a table has numbers to the right, and a dash where there is nothing', () => {
  expect(
    tableText(
      ['slot', 'kWh', 'why'],
      [
        ['2026-01-01 00:00', '12.500', undefined],
        ['2026-01-01 00:15', undefined, 'lost']
      ]
    )
  ).toBe('slot                 kWh  why\n2026-01-01 00:00  12.500  -\n2026-01-01 00:15       -  lost\n')
})

it('a table that is too wide comes in parts, each with the first column, and no number is broken', () => {
  const household = `household-${'0'.repeat(16)}`
  const columns = ['household', 'from', 'until', 'tariff', 'to pay', 'exact', 'unit', 'gaps']
  const row = [
    household,
    '2026-03-01 00:00',
    '2026-04-01 00:00',
    'london-dynamic',
    'GBP 123456.78',
    12_345_678_901_234n,
    '1/1000 of a penny',
    10_000
  ]
  const lines = tableText(columns, [row, row]).split('\n')
  expect(lines.filter(line => line.length > 80)).toEqual([])
  expect(lines.filter(line => line.startsWith(household)).length).toBeGreaterThan(2)
  for (const cell of row.slice(1)) expect(lines.filter(line => line.includes(String(cell)))).toHaveLength(2)
})

it('CSV quotes what has to be', () => {
  expect(
    csvText(
      ['a', 'b'],
      [
        ['x,y', 'say "no"'],
        [undefined, -5n]
      ]
    )
  ).toBe('a,b\n"x,y","say ""no"""\n,-5\n')
})

it('JSON has whole numbers as numbers while they are exact, and bytes as hexadecimal', () => {
  const value = { a: 5n, b: 2n ** 53n, c: Uint8Array.of(1, 255) }
  expect(JSON.parse(jsonText(value))).toEqual({ a: 5, b: '9007199254740992', c: '01ff' })
})

it('kWh are exact to the Wh', () => {
  expect([0n, 5n, -5n, 1234n, -1_234_567n, 2n ** 60n].map(kilowattHours)).toEqual([
    '0.000',
    '0.005',
    '-0.005',
    '1.234',
    '-1234.567',
    '1152921504606846.976'
  ])
  expect([0.4, 999.6, -0.4].map(kilowattHours)).toEqual(['0.000', '1.000', '0.000'])
})

it('lanes other than energy stay in their own unit', () => {
  const columns = [IMPORT_LANE, EXPORT_LANE, '1-0:3.8.0'].map(lane => laneColumn(lane))
  expect(columns.map(({ heading, show }) => [heading, show(1500n)])).toEqual([
    ['import kWh', '1.500'],
    ['export kWh', '1.500'],
    ['1-0:3.8.0', '1500']
  ])
})

it('times are UTC', () => {
  const time = Date.UTC(2026, 2, 29, 1, 15)
  expect([instant(time), moment(time), moment(time + 2000)]).toEqual(['2026-03-29T01:15:00Z', '2026-03-29 01:15', '2026-03-29 01:15:02'])
  expect([percent(0.1234), percent(undefined)]).toEqual(['12.3 %', undefined])
})
