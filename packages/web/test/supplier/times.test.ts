// Whose days and months the desk shows.
import { expect, it } from 'vitest'
import { zoneInWords, zoneOfTariffs, zones } from '../../src/supplier/times.ts'

it.each([
  [['Europe/London'], 'Europe/London', 'Europe/London, the zone of the tariffs'],
  [[], 'UTC', 'UTC, since no tariff names a zone'],
  [['Europe/London', 'Europe/Berlin'], 'UTC', 'UTC; the tariffs have several: Europe/London, Europe/Berlin']
])('the desk keeps to the zone of tariffs in %j', (of, zone, words) => {
  expect(zoneOfTariffs({ zones: of })).toBe(zone)
  expect(zoneInWords(zone, { zones: of })).toBe(words)
  expect(zones({ zones: of }).slice(0, 1 + of.length)).toEqual([...new Set([zone, ...of, 'UTC'])].slice(0, 1 + of.length))
})

it('says where a person has chosen another', () => {
  expect(zoneInWords('Asia/Tokyo', { zones: ['Europe/London'] })).toBe('Asia/Tokyo, chosen here; the tariffs are in Europe/London')
})
