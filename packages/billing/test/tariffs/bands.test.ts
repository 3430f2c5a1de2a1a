// Files of bands, and tariffs that are priced by them.
import { existsSync, readFileSync } from 'node:fs'
import { EXPORT_LANE, InvalidArgumentError, type Slot } from '@hushgrid/primitives'
import { describe, expect, it } from 'vitest'
import { parseBands } from '../../src/tariffs/bands-file.ts'
import { describeRows } from '../../src/tariffs/describe-tariff.ts'
import type { Tariff } from '../../src/tariffs/tariff.ts'
import { BandsFileError, PriceChangeError } from '../../src/tariffs/tariff-file-error.ts'
import { amount, counts, period, shipped, tariff, weights } from '../support/tariff-tools.ts'

const HEADER = 'slot_start_utc,band'
const COLUMNS = 'the header slot_start_utc with band, price or export_price, as slot_start_utc,band'
const PRICE = 'a price per kWh in minor units, at most nine digits before the point and nine behind it'
const START = 'the start of a slot like 2013-02-04T00:30Z'
const dynamic = shipped('london-dynamic')
const file = (...rows: string[]) => `${[HEADER, ...rows].join('\n')}\n`
const morning = file('2013-02-04T00:00Z,normal', '2013-02-04T00:30Z,low', '2013-02-04T01:00Z,high', '2013-02-04T01:30Z,high')
const of4February = (from: string, until: string, slotSeconds = 1800) => period(`2013-02-04T${from}Z`, `2013-02-04T${until}Z`, slotSeconds)
const price = (text: string, from: string, until: string, slotSeconds = 1800, rowSeconds?: number) =>
  dynamic.prices({ ...of4February(from, until, slotSeconds), bands: parseBands(text, 'b.csv', rowSeconds) })

describe('parseBands', () => {
  it('reads a row a slot, with either end of line and with seconds', () => {
    const bands = parseBands(`${HEADER}\r\n2013-02-04T00:00:00Z,a\r\n2013-02-04T00:30Z,b-2`, 'b.csv')
    const start = Date.parse('2013-02-04T00:00Z') / 1000
    expect(bands).toEqual({
      file: 'b.csv',
      header: { line: 1, columns: ['band'] },
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
    ['padded to the width of another table', `${HEADER},,\n2013-02-04T00:00Z,a,,\n,,,\n`],
    ['with an offset', `${HEADER}\n2013-02-04T01:00+01:00,a`]
  ])('reads a file %s', (_, text) => {
    const start = Date.parse('2013-02-04T00:00Z') / 1000
    expect(parseBands(text, 'b.csv').rows).toMatchObject([{ start, band: 'a' }])
  })

  it.each([
    ['', `b.csv:1: expected ${COLUMNS}, got nothing`],
    ['slot,band\n', `b.csv:1: expected ${COLUMNS}, got 'slot,band'`],
    ['slot_start_utc\n', `b.csv:1: expected ${COLUMNS}, got 'slot_start_utc'`],
    ['slot_start_utc,band,tariff\n', `b.csv:1: expected ${COLUMNS}, got 'slot_start_utc,band,tariff'`],
    ['slot_start_utc,band,band\n', `b.csv:1: expected ${COLUMNS}, got 'slot_start_utc,band,band'`],
    [file(), 'b.csv:2: expected the start of a slot and its band, got nothing'],
    [file('2013-02-04T00:00Z'), "b.csv:2: expected 2 fields, slot_start_utc,band, got '2013-02-04T00:00Z'"],
    [file('2013-02-04T00:00Z,a,b'), "b.csv:2: expected 2 fields, slot_start_utc,band, got '2013-02-04T00:00Z,a,b'"],
    [file('2013-02-30T00:00Z,a'), `b.csv:2: expected ${START}, got '2013-02-30T00:00Z'`],
    [file('2013-02-04T00:00:00.5Z,a'), `b.csv:2: expected ${START}, got '2013-02-04T00:00:00.5Z'`],
    [file('1969-12-31T00:00Z,a'), `b.csv:2: expected ${START}, got '1969-12-31T00:00Z'`],
    [file('2013-02-04T00:00Z,a b'), "b.csv:2: expected the name of a band, got 'a b'"],
    [
      file('2013-02-04T00:00Z,a', '2013-02-04T00:30Z,a', '2013-02-04T00:30Z,b'),
      'b.csv:4: expected every slot once, got 2013-02-04T00:30Z, which line 3 has already'
    ],
    [
      file('2013-02-04T00:30Z,a', '2013-02-04T00:00Z,a', '2013-02-04T00:30Z,a'),
      'b.csv:4: expected every slot once, got 2013-02-04T00:30Z, which line 2 has already'
    ]
  ])('names the line of a mistake: %j', (text, message) => {
    expect(() => parseBands(text, 'b.csv')).toThrow(BandsFileError)
    expect(() => parseBands(text, 'b.csv')).toThrow(message)
  })
})

describe('the time that a row holds for', () => {
  const lengthOf = (...starts: string[]) => parseBands(file(...starts.map(start => `2013-02-04T${start}Z,a`)), 'b.csv').slotSeconds

  it.each([
    ['half-hours', ['00:00', '00:30', '01:00'], 1800],
    ['hours of a zone that is half an hour beside UTC', ['18:30', '19:30', '20:30'], 3600],
    ['quarters with one left out', ['00:00', '00:15', '00:45'], 900],
    ['five minutes', ['00:05', '00:10'], 300]
  ])('is read off the file: %s', (_, starts, seconds) => {
    expect(lengthOf(...starts)).toBe(seconds)
  })

  it('is that of the readings where there is one row only', () => {
    expect(lengthOf('00:00')).toBeUndefined()
    expect(weights(price(file('2013-02-04T00:00Z,low'), '00:00', '00:30'))).toEqual([399n])
    expect(() => price(file('2013-02-04T00:00Z,low'), '00:00', '00:30', 900)).toThrow(
      'b.csv:3: expected the band of the 15 min that start at 2013-02-04T00:15Z, got the end of the file'
    )
    expect(weights(price(file('2013-02-04T00:00Z,low'), '00:00', '00:30', 900, 1800))).toEqual([399n, 399n])
  })

  it('is not guessed where the rows have no grid', () => {
    expect(() => lengthOf('00:00', '00:30', '01:00', '01:31', '02:00')).toThrow(
      'b.csv:5: expected a row 30 min after line 4, as most are, or a multiple of it, got one 31 min after; --bands-slot says how long a row holds'
    )
    expect(() => lengthOf('00:00', '01:00', '02:30')).toThrow('b.csv:4: expected a row 60 min after line 3')
  })

  it('is as it is told, and every row starts one', () => {
    const holed = file('2013-02-04T00:00Z,low', '2013-02-04T01:00Z,high')
    expect(weights(price(holed, '00:00', '02:00'))).toEqual([399n, 399n, 6720n, 6720n])
    expect(() => price(holed, '00:00', '02:00', 1800, 1800)).toThrow(
      'b.csv:3: expected the band of the 30 min that start at 2013-02-04T00:30Z, got 2013-02-04T01:00Z'
    )
    expect(() => parseBands(holed, 'b.csv', 7200)).toThrow(
      'b.csv:3: expected a row a multiple of 120 min after line 2, got one 60 min after'
    )
    expect(() => parseBands(holed, 'b.csv', 0)).toThrow(InvalidArgumentError)
  })
})

describe('a file of prices', () => {
  const agile = tariff('import: { kind: dynamic }')
  const inFile = (text: string) => agile.prices({ ...of4February('00:00', '01:30'), bands: parseBands(text, 'p.csv') })
  const prices = (...texts: string[]) =>
    ['slot_start_utc,price', ...texts.map((text, i) => `2013-02-04T0${i >> 1}:${i % 2 ? '30' : '00'}Z,${text}`)].join('\n')

  it('prices each slot, exactly, in trillionths of the minor unit, below zero too', () => {
    expect([agile.digits, agile.needsBands]).toEqual([12, true])
    expect(weights(inFile(prices('16.0965', '-4.27', '0.000000001')))).toEqual([16_096_500_000n, -4_270_000_000n, 1n])
    expect(weights(inFile(prices('+16.0965000000000', '-04.270', '.5')))).toEqual([16_096_500_000n, -4_270_000_000n, 500_000_000n])
    expect(weights(inFile(prices('16.', '0', '-0')))).toEqual([16_000_000_000n, 0n, 0n])
  })

  it('takes a decimal comma between semicolons, and bands beside the prices', () => {
    const text = 'Slot_Start_UTC;Band;Price\n2013-02-04T00:00Z;Low;1,5\n2013-02-04T00:30Z;High;-2\n2013-02-04T01:00Z;High;3,25\n'
    expect(weights(inFile(text))).toEqual([1_500_000_000n, -2_000_000_000n, 3_250_000_000n])
    const banded = tariff('import: { kind: dynamic, prices: { low: "1", high: "2" } }')
    expect(weights(banded.prices({ ...of4February('00:00', '01:30'), bands: parseBands(text, 'p.csv') }))).toEqual([1n, 2n, 2n])
  })

  it('is covered by the hash, slot by slot, and nothing beyond the period is', () => {
    const hash = (...texts: string[]) => Buffer.from(inFile(prices(...texts)).tariffHash).toString('hex')
    expect(hash('1', '2', '3', '4')).toBe(hash('1', '2.0', '3'))
    expect(hash('1', '2', '4')).not.toBe(hash('1', '2', '3'))
    expect(hash('2', '1', '3')).not.toBe(hash('1', '2', '3'))
  })

  it('credits export by a column of its own', () => {
    const both = tariff('import: { kind: dynamic }\nexport: { kind: dynamic }')
    const text = 'slot_start_utc,price,export_price\n2013-02-04T00:00Z,20,4.5\n2013-02-04T00:30Z,10,-1\n'
    const made = both.prices({ ...of4February('00:00', '01:00'), bands: parseBands(text, 'p.csv') })
    expect(weights(made)).toEqual([20_000_000_000n, 10_000_000_000n])
    expect(weights(made, EXPORT_LANE)).toEqual([-4_500_000_000n, 1_000_000_000n])
    const mixed = tariff('import: { kind: flat, price: "9.5" }\nexport: { kind: dynamic }')
    expect(mixed.needsBands).toBe(true)
    expect(() => both.prices({ ...of4February('00:00', '01:00'), bands: parseBands(prices('1', '2'), 'p.csv') })).toThrow(
      'p.csv:1: expected a column export_price, since the tariff leaves these prices to the file, got slot_start_utc,price'
    )
  })

  it('tells people the grid and the range that were taken', () => {
    const told = (of: Tariff, text: string, slotSeconds: number) => {
      const bands = parseBands(text, 'p.csv')
      return describeRows(of, bands, of.prices({ ...of4February('00:00', '01:00', slotSeconds), bands }))
    }
    expect(told(agile, prices('16.0965', '-4.5', '99'), 1800)).toBe('prices of 30 min for readings of 30 min, -4.5 to 16.0965 p/kWh')
    expect(told(dynamic, morning, 900)).toBe('bands of 30 min for readings of 15 min')
    const mixed = tariff('import: { kind: dynamic, prices: { low: "1" } }\nexport: { kind: dynamic }')
    const text = 'slot_start_utc,export_price,band\n2013-02-04T00:00Z,-0.07,low\n2013-02-04T00:30Z,20,low\n'
    expect(told(mixed, text, 10)).toBe('bands and prices of 30 min for readings of 10 s, -0.07 to 20 p/kWh for export')
    // A single row holds for a slot of the readings.
    expect(told(agile, 'slot_start_utc,price\n2013-02-04T00:00Z,0', 3600)).toBe('prices of 60 min for readings of 60 min, 0 to 0 p/kWh')
  })

  it('may have as many prices as slots', () => {
    const slots = 1440
    const start = Date.parse('2024-01-01T00:00Z')
    const rows = Array.from({ length: slots }, (_, i) => `${new Date(start + i * 1_800_000).toISOString()},${(i * 73 - 500) / 100}`)
    const span = period('2024-01-01T00:00Z', '2024-01-31T00:00Z', 1800)
    const made = agile.prices({ ...span, bands: parseBands(['slot_start_utc,price', ...rows].join('\n'), 'p.csv') })
    expect(made.distinctWeights).toHaveLength(slots)
    expect(amount(made, () => 100n)).toBe(
      Array.from({ length: slots }, (_, i) => BigInt(i * 73 - 500)).reduce((sum, price) => sum + price) * 1_000_000_000n
    )
  })

  it.each([
    ['1,2', "p.csv:3: expected 2 fields, slot_start_utc,price, got '2013-02-04T00:30Z,1,2'"],
    ['1e3', `p.csv:3: expected ${PRICE}, got '1e3'`],
    ['0x1', `p.csv:3: expected ${PRICE}, got '0x1'`],
    ['1234567890', `p.csv:3: expected ${PRICE}, got '1234567890'`],
    ['16.096500000000002', `p.csv:3: expected ${PRICE}, got '16.096500000000002'`],
    ['', 'p.csv:3: expected a price, got none'],
    ['NaN', 'p.csv:3: expected a price, got none']
  ])('names the line of a price that is none: %j', (text, message) => {
    expect(() => inFile(prices('1', text, '3'))).toThrow(BandsFileError)
    expect(() => inFile(prices('1', text, '3'))).toThrow(message)
  })

  it('may lack what nobody asks for', () => {
    const open = prices('1', '2', '3', '')
    expect(weights(inFile(open))).toHaveLength(3)
    expect(() => agile.prices({ ...of4February('00:00', '02:00'), bands: parseBands(open, 'p.csv') })).toThrow(
      'p.csv:5: expected a price, got none'
    )
  })

  it('is told from a file of bands', () => {
    expect(() => inFile(morning)).toThrow(
      'p.csv:1: expected a column price, since the tariff leaves these prices to the file, got slot_start_utc,band'
    )
    expect(() => price(prices('1', '2'), '00:00', '01:00')).toThrow(
      'b.csv:1: expected a column band, since the tariff has a price for each band, got slot_start_utc,price'
    )
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
  })

  it('says that readings are coarser than the prices, and what helps', () => {
    expect(() => price(morning, '00:00', '02:00', 3600)).toThrow(
      new PriceChangeError(
        'the readings are coarser than the prices: expected slots of at most 30 min, as b.csv has its rows, got 60 min, and the price ' +
          'changes at 2013-02-04T00:30Z, within the slot that starts at 2013-02-04T00:00Z; take finer readings, or prices that hold for 60 min'
      )
    )
    // As fine, but on another grid.
    const beside = file('2013-02-04T00:15Z,normal', '2013-02-04T00:45Z,low')
    expect(() => price(beside, '00:30', '01:00')).toThrow(
      new PriceChangeError(
        'the price changes at 2013-02-04T00:45Z, within the slot of 30 min that starts at 2013-02-04T00:30Z: expected slots that end where a price does'
      )
    )
  })

  it('takes hours of prices for half-hours and quarters of readings', () => {
    const hours = file('2013-02-04T00:00Z,normal', '2013-02-04T01:00Z,high', '2013-02-04T02:00Z,low')
    expect(counts(price(hours, '00:00', '03:00'))).toEqual({ 1176: 2, 6720: 2, 399: 2 })
    expect(counts(price(hours, '00:00', '03:00', 900))).toEqual({ 1176: 4, 6720: 4, 399: 4 })
    expect(counts(price(hours, '00:20', '02:00', 1200))).toEqual({ 1176: 2, 6720: 3 })
  })

  it('wants a band for each slot of the period', () => {
    expect(() => price(morning, '01:30', '03:00')).toThrow(
      'b.csv:6: expected the band of the 30 min that start at 2013-02-04T02:00Z, got the end of the file'
    )
    expect(() => price(morning, '04:00', '05:00')).toThrow('b.csv:6: expected the band of the 30 min that start at 2013-02-04T04:00Z')
    const holed = file('2013-02-04T00:30Z,low', '2013-02-04T01:30Z,high', '2013-02-04T02:00Z,high')
    expect(() => price(holed, '00:30', '02:00')).toThrow(
      'b.csv:3: expected the band of the 30 min that start at 2013-02-04T01:00Z, got 2013-02-04T01:30Z'
    )
    expect(() => price(holed, '00:00', '01:00')).toThrow(
      'b.csv:2: expected the band of the 30 min that start at 2013-02-04T00:00Z, got 2013-02-04T00:30Z'
    )
    expect(weights(price(holed, '01:30', '02:00'))).toEqual([6720n])
  })

  it('takes rows in any order, as of a service that gives the latest first', () => {
    const latestFirst = file(...morning.trim().split('\n').slice(1).reverse())
    expect(price(latestFirst, '00:00', '02:00').tariffHash).toEqual(price(morning, '00:00', '02:00').tariffHash)
    expect(() => price(latestFirst, '01:30', '03:00')).toThrow(
      'b.csv:6: expected the band of the 30 min that start at 2013-02-04T02:00Z, got the end of the file'
    )
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
    const bands = parseBands(morning, 'b.csv')
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
    const prices = dynamic.prices({ ...month, bands: parseBands(read('london-2013-02-tariff.csv'), 'tariff.csv') })
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
    const prices = dynamic.prices({ ...month, bands: parseBands(read('london-2013-02-tariff.csv'), 'tariff.csv') })
    const exact = amount(prices, (at: Slot) => BigInt(readings[at - month.from]?.[column] as string))
    expect(high > 0n && normal > 0n && low > 0n).toBe(true)
    expect(exact).toBe(6720n * high + 1176n * normal + 399n * low)
  })
})
