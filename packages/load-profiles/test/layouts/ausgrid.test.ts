// Ausgrid's solar homes: a note before the header, days in two spellings, three categories.
import { EXPORT_LANE, IMPORT_LANE } from '@hushgrid/primitives'
import { expect, test } from 'vitest'
import { parse, utc } from '../support/parse.ts'

const times = Array.from({ length: 48 }, (_, i) => `${Math.floor(((i + 1) % 48) / 2)}:${i % 2 === 0 ? '30' : '00'}`)
const HEADER = `Customer,Generator Capacity,Postcode,Consumption Category,date,${times.join(',')},Row Quality`
const row = (customer: number, category: string, date: string, kWh: number | string): string =>
  `${customer},3.78,2076,${category},${date},${Array(48).fill(kWh).join(',')},`

test('controlled load is added, generation is what is fed in, each value ends its half-hour', () => {
  const text = [
    '"Notes of the publisher, with commas",,',
    HEADER,
    row(1, 'GC', '1/07/2012', 0.2),
    row(1, 'CL', '1/07/2012', 0.05),
    row(1, 'GG', '1/07/2012', 0.1),
    row(2, 'GC', '2/07/2012', 1)
  ].join('\r\n')
  const { households } = parse(text, '2012-2013 Solar home.csv', { slotSeconds: 1800 })
  expect(households).toMatchObject([
    { household: 'customer-1', lanes: [IMPORT_LANE, EXPORT_LANE], firstSlot: utc('2012-07-01 00:00') / 1800, slots: 48 },
    { household: 'customer-2', lanes: [IMPORT_LANE], firstSlot: utc('2012-07-02 00:00') / 1800 }
  ])
  expect([...(households[0]?.values.slice(0, 4) ?? [])]).toEqual([250, 100, 250, 100])
})

test('the first year spells its days otherwise; what is malformed is refused with its line', () => {
  const { households, gaps } = parse([HEADER, row(1, 'GC', '1-Jul-10', 0.2), row(1, 'GC', '2-Jul-10', '')].join('\n'), 'a.csv', {
    slotSeconds: 1800
  })
  expect(households[0]?.firstSlot).toBe(utc('2010-07-01 00:00') / 1800)
  expect(gaps[0]?.missingValues).toBe(48)
  for (const [bad, message] of [
    [row(1, 'XX', '1/07/2012', 1), /line 2: expected a category GC, CL or GG, got "XX"/],
    [row(1, 'GC', '31/02/2012', 1), /line 2: expected a day like/],
    [row(1, 'GC', '1/07/2012', 'x'), /line 2: expected kWh, got "x"/],
    ['1,2,3', /line 2: expected 53 fields or more, got 3/]
  ] as const)
    expect(() => parse(`${HEADER}\n${bad}`, 'a.csv', { slotSeconds: 1800 }), bad.slice(0, 30)).toThrow(message)
})
