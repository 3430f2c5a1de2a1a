import { expect, it } from 'vitest'
import { DEFAULT_LANES, EXPORT_LANE, IMPORT_LANE, QUANTITIES, quantityOf, unitOf } from '../src/quantities.ts'

it('has each quantity once, under one name', () => {
  for (const column of [
    QUANTITIES.map(({ obis }) => obis as string),
    QUANTITIES.map(({ name }) => name),
    QUANTITIES.map(({ label }) => label)
  ])
    expect(new Set(column).size).toBe(QUANTITIES.length)
})

it('knows what the lanes of a network measure that names none', () => {
  expect(DEFAULT_LANES.map(lane => quantityOf(lane)?.name)).toEqual(['import', 'export'])
  expect([quantityOf(IMPORT_LANE)?.sign, quantityOf(EXPORT_LANE)?.sign]).toEqual([1, -1])
  expect([unitOf(IMPORT_LANE), quantityOf('1-0:13.29.0'), unitOf('1-0:13.29.0')]).toEqual(['Wh', undefined, 'Wh'])
})
