// Files of bands, and tariffs that are priced by them.
import { existsSync, readFileSync } from 'node:fs'
import { InvalidArgumentError, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { parseBands } from '../../src/tariffs/bands-file.ts'
import { BandsFileError, PriceChangeError } from '../../src/tariffs/tariff-file-error.ts'
import { amount, counts, period, shipped, tariff, weights } from '../support/tariff-tools.ts'

const HEADER = 'slot_start_utc,band'
const dynamic = shipped('london-dynamic')
const file = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const morning = file('2013-02-04T00:00Z,normal', '2013-02-04T00:30Z,low', '2013-02-04T01:00Z,high', '2013-02-04T01:30Z,high')
const price = (text: string, from: string, until: string, slotSeconds = 1800, bandSeconds = 1800) =>
  dynamic.prices({ ...period(`2013-02-04T${from}Z`, `2013-02-04T${until}Z`, slotSeconds), bands: parseBands(text, 'b.csv', bandSeconds) })

describe('parseBands', () => {
  it('reads a row a slot, with either end of line and with seconds', () => {
    const bands = parseBands(`${HEADER}\r\n2013-02-04T00:00:00Z,a\r\n2013-02-04T00:30Z,b-2`, 'b.csv', 1800)
    const start = Date.parse('2013-02-04T00:00Z') / 1000
    expect(bands).toEqual({
      file: 'b.csv',
      slotSeconds: 1800,
      rows: [
        { start, band: 'a', line: 2 },
        { start: start + 1800, band: 'b-2', line: 3 }
      ]
    })
    expect(Object.isFrozen(bands.rows)).toBe(true)
  })

  it.each([
    ['with a byte order mark and CRLF, as Excel saves it', `\ufeff${HEADER}\r\n2013-02-04T00:00Z,a\r\n`],
    ['with blank lines', `\n${HEADER}\n\n2013-02-04T00:00Z,a\n\n\n`],
    ['with blanks and capitals', 'Slot_start_UTC, Band\n2013-02-04 00:00Z, A '],
    ['with semicolons and quotes', '"slot_start_utc";"band"\n"2013-02-04 00:00";"a"\n;\n'],
    ['with an offset', `${HEADER}\n2013-02-04T01:00+01:00,a`]
  ])('reads a file %s', (_, text) => {
    const start = Date.parse('2013-02-04T00:00Z') / 1000
    expect(parseBands(text, 'b.csv', 1800).rows).toMatchObject([{ start, band: 'a' }])
  })

  it.each([
    ['', 'b.csv:1: expected the header slot_start_utc,band, got nothing'],
    ['slot,band\n', "b.csv:1: expected the header slot_start_utc,band, got 'slot,band'"],
    [file(), 'b.csv:2: expected a slot and its band, got nothing'],
    [file('2013-02-04T00:00Z'), "b.csv:2: expected two fields, the start of a slot and its band, got '2013-02-04T00:00Z'"],
    [file('2013-02-04T00:00Z,a,b'), "b.csv:2: expected two fields, the start of a slot and its band, got '2013-02-04T00:00Z,a,b'"],
    [file('2013-02-30T00:00Z,a'), "b.csv:2: expected the start of a slot like 2013-02-04T00:30Z, got '2013-02-30T00:00Z'"],
    [file('2013-02-04T00:15Z,a'), "b.csv:2: expected the start of a slot of 1800 s, got '2013-02-04T00:15Z'"],
    [file('1969-12-31T00:00Z,a'), "b.csv:2: expected the start of a slot of 1800 s, got '1969-12-31T00:00Z'"],
    [file('2013-02-04T00:00Z,'), "b.csv:2: expected the name of a band, got ''"],
    [
      file('2013-02-04T00:00Z,a', '2013-02-04T00:30Z,a', '2013-02-04T00:30Z,b'),
      'b.csv:4: expected every slot once, got 2013-02-04T00:30Z, which line 3 has already'
    ],
    [file('2013-02-04T00:30Z,a', '2013-02-04T00:00Z,a'), "b.csv:3: expected a slot after line 2's 2013-02-04T00:30Z, got 2013-02-04T00:00Z"]
  ])('names the line of a mistake: %j', (text, message) => {
    expect(() => parseBands(text, 'b.csv', 1800)).toThrow(BandsFileError)
    expect(() => parseBands(text, 'b.csv', 1800)).toThrow(message)
  })
})

describe('a dynamic tariff', () => {
  it('takes the bands of the period only', () => {
    expect(weights(price(morning, '00:00', '02:00'))).toEqual([1176n, 399n, 6720n, 6720n])
    expect(weights(price(morning, '00:30', '01:30'))).toEqual([399n, 6720n])
  })

  it('takes bands of half-hours for slots of a quarter, and of an hour where the price stays', () => {
    expect(weights(price(morning, '00:15', '01:15', 900))).toEqual([1176n, 399n, 399n, 6720n])
    expect(weights(price(morning, '01:00', '02:00', 3600))).toEqual([6720n])
    expect(() => price(morning, '00:00', '02:00', 3600)).toThrow(
      new PriceChangeError(
        'the price changes at 2013-02-04T00:30Z, within the slot of 3600 s that starts at 2013-02-04T00:00Z: expected slots that end where a price does'
      )
    )
  })

  it('wants a band for each slot of the period', () => {
    expect(() => price(morning, '01:30', '03:00')).toThrow(
      'b.csv:6: expected the band of the slot that starts at 2013-02-04T02:00Z, got the end of the file'
    )
    expect(() => price(morning, '04:00', '05:00')).toThrow('b.csv:6: expected the band of the slot that starts at 2013-02-04T04:00Z')
    const holed = file('2013-02-04T00:30Z,low', '2013-02-04T01:30Z,high')
    expect(() => price(holed, '00:30', '02:00')).toThrow(
      'b.csv:3: expected the band of the slot that starts at 2013-02-04T01:00Z, got 2013-02-04T01:30Z'
    )
    expect(() => price(holed, '00:00', '01:00')).toThrow(
      'b.csv:2: expected the band of the slot that starts at 2013-02-04T00:00Z, got 2013-02-04T00:30Z'
    )
    expect(weights(price(holed, '01:30', '02:00'))).toEqual([6720n])
  })

  it('names the line of a band that it has no price for', () => {
    const odd = file('2013-02-04T00:00Z,normal', '2013-02-04T00:30Z,medium')
    expect(() => price(odd, '00:00', '01:00')).toThrow("b.csv:3: expected a band of the tariff, one of high, normal, low, got 'medium'")
    expect(weights(price(odd, '00:00', '00:30'))).toEqual([1176n])
    // No band is found in what every object has.
    expect(() => price(file('2013-02-04T00:00Z,constructor'), '00:00', '00:30')).toThrow("got 'constructor'")
  })

  it('wants bands, and no other tariff does', () => {
    const span = period('2013-02-04T00:00Z', '2013-02-04T01:00Z', 1800)
    const bands = parseBands(morning, 'b.csv', 1800)
    expect(() => dynamic.prices(span)).toThrow('bands: expected the band of each slot, since london-dynamic is dynamic, got none')
    expect(() => shipped('flat').prices({ ...span, bands })).toThrow(InvalidArgumentError)
    expect([dynamic.needsBands, shipped('flat').needsBands]).toEqual([true, false])
    const credit = tariff('import: { kind: flat, price: "20" }\nexport: { kind: dynamic, prices: { low: "1", normal: "2", high: "3" } }')
    expect(credit.prices({ ...span, bands }).distinctWeights).toEqual([-2n, -1n, 20n])
  })
})

const DATA = new URL('../../../../../shared/data/', import.meta.url)
const present = existsSync(new URL('london-2013-02-tariff.csv', DATA)) && existsSync(new URL('london-2013-02-halfhour-wh.csv', DATA))
if (!present) console.warn('skipped: bills for the real bands of London, since ../shared/data/london-2013-02-tariff.csv is not there')

describe.skipIf(!present)('the real bands of London', () => {
  const read = (name: string) => (present ? readFileSync(new URL(name, DATA), 'utf8') : '')
  const rows = (name: string) =>
    read(name)
      .trim()
      .split(/\r?\n/)
      .map(line => line.split(','))
  const month = period('2013-02-04T00:00Z', '2013-03-04T00:00Z', 1800)

  it('price February 2013 as the file says', () => {
    const prices = dynamic.prices({ ...month, bands: parseBands(read('london-2013-02-tariff.csv'), 'tariff.csv', 1800) })
    expect(counts(prices)).toEqual({ 6720: 92, 1176: 1068, 399: 184 })
  })

  it('bill a household exactly', () => {
    const [header, ...readings] = rows('london-2013-02-halfhour-wh.csv')
    const bands = rows('london-2013-02-tariff.csv').slice(1)
    const column = (header ?? []).indexOf('MAC000002')
    /** Wh at each band, added straight off the files; then hundredths of a penny per kWh. */
    const drawn: Record<string, bigint> = { high: 0n, normal: 0n, low: 0n }
    for (const [i, cells] of readings.entries()) {
      const [start, band] = bands[i] as [string, string]
      expect(cells[0]).toBe(start)
      drawn[band] = (drawn[band] as bigint) + BigInt(cells[column] as string)
    }
    const { high = 0n, normal = 0n, low = 0n } = drawn
    const prices = dynamic.prices({ ...month, bands: parseBands(read('london-2013-02-tariff.csv'), 'tariff.csv', 1800) })
    const exact = amount(prices, (at: Slot) => BigInt(readings[at - month.from]?.[column] as string))
    expect(high > 0n && normal > 0n && low > 0n).toBe(true)
    expect(exact).toBe(6720n * high + 1176n * normal + 399n * low)
  })
})
