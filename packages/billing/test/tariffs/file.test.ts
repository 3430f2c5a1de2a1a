// Tariff files: those of the repository, and every mistake with its place.
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { describeTariff } from '../../src/tariffs/describe-tariff.ts'
import type { Tariff } from '../../src/tariffs/tariff.ts'
import { parseTariff } from '../../src/tariffs/tariff-file.ts'
import { TariffFileError } from '../../src/tariffs/tariff-file-error.ts'
import { tariffJsonSchema } from '../../src/tariffs/tariff-schema.ts'
import { shipped } from '../support/tariff-tools.ts'

const directory = new URL('../../tariffs/', import.meta.url)
const files = readdirSync(directory).filter(name => name.endsWith('.yaml'))
const read = (file: string) => readFileSync(new URL(file, directory), 'utf8')

function mistake(text: string): string {
  try {
    parseTariff(text, 'a.yaml')
  } catch (error) {
    if (error instanceof TariffFileError) return error.message
    throw error
  }
  throw new Error('expected a TariffFileError')
}

describe('the tariffs of this repository', () => {
  it('has one of each kind', () => {
    expect(files.sort()).toEqual([
      'day-ahead.yaml',
      'evening-peak.yaml',
      'feed-in.yaml',
      'flat.yaml',
      'london-dynamic.yaml',
      'time-of-use.yaml'
    ])
    expect(files.map(file => shipped(file.slice(0, -5)).import.kind)).toEqual([
      'dynamic-prices',
      'time-of-use',
      'flat',
      'flat',
      'dynamic',
      'time-of-use'
    ])
  })

  it.each(files)('%s parses, is named after its file, and names its schema', file => {
    const text = read(file)
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=./tariff.schema.json')
    const tariff = parseTariff(text, file)
    expect(`${tariff.name}.yaml`).toBe(file)
    expect(tariff.description).toBeTruthy()
    expect(Object.isFrozen(tariff)).toBe(true)
  })

  it('has the prices of the Low Carbon London trial', () => {
    const texts = (tariff: Tariff) =>
      tariff.import.kind === 'flat'
        ? tariff.import.price.text
        : tariff.import.kind !== 'dynamic-prices' && Object.fromEntries([...tariff.import.prices].map(([band, { text }]) => [band, text]))
    expect(texts(shipped('london-dynamic'))).toEqual({ high: '67.20', normal: '11.76', low: '3.99' })
    expect(texts(shipped('flat'))).toBe('14.228')
  })

  it('has a JSON schema that is up to date (pnpm generate)', () => {
    expect(JSON.parse(read('tariff.schema.json'))).toEqual(tariffJsonSchema())
  })
})

const HEAD = 'name: a\ncurrency: GBP\ntimeZone: Europe/London\n'
const TIMES = `${HEAD}import:
  kind: time-of-use
  prices: { day: "2", night: "1" }
  otherwise: day
  rules:
    - band: night
      hours: [00:00-07:00]
`
const withRule = (more: string) => `${TIMES}      ${more}\n`

describe('parseTariff names file, line, column, key, what was expected and what came', () => {
  it.each([
    ['', 'a.yaml:1:1: expected a mapping with name, currency, timeZone and import, got nothing'],
    ['- 1\n', 'a.yaml:1:1: expected a mapping with name, currency, timeZone and import, got a list: [1]'],
    ['name: [\n', 'a.yaml:2:1: expected YAML, got something else: Flow sequence in block collection must be sufficiently in...'],
    ['name: !x a\n', 'a.yaml:1:7: expected YAML, got something else: Unresolved tag: !x'],
    ['name: &a a\ncurrency: *a\n', 'a.yaml:2:11: expected a value, got the alias *a'],
    ['name: a\nname: b\n', 'a.yaml:2:1: expected YAML, got something else: Map keys must be unique'],
    [HEAD, "a.yaml:1:1: import: expected a mapping whose kind is 'flat', 'time-of-use' or 'dynamic', got nothing"],
    [
      `${HEAD}import:\n  kind: stepped\n`,
      "a.yaml:5:9: import.kind: expected a mapping whose kind is 'flat', 'time-of-use' or 'dynamic', got 'stepped'"
    ],
    [
      `${HEAD}import:\n  kind: flat\n`,
      'a.yaml:5:3: import.price: expected a price in quotes, at most nine digits before the point and nine behind it, for example "11.76", got nothing'
    ],
    [
      `${HEAD}import:\n  kind: flat\n  price: 11.760\n`,
      'a.yaml:6:10: import.price: expected a price in quotes, at most nine digits before the point and nine behind it, for example "11.76", got 11.760'
    ],
    [`${HEAD}import: { kind: flat, price: "1e3" }`, `got '1e3'`],
    [`${HEAD}import: { kind: flat, price: "01" }`, `got '01'`],
    [`${HEAD}import: { kind: flat, price: ".5" }`, `got '.5'`],
    [`${HEAD}import: { kind: flat, price: "+5" }`, `got '+5'`],
    [`${HEAD}import: { kind: flat, price: "1,5" }`, `got '1,5'`],
    [`${HEAD}import: { kind: flat, price: "1234567890" }`, `got '1234567890'`],
    [`${HEAD}import: { kind: flat, price: "0.1234567890" }`, `got '0.1234567890'`],
    [`${HEAD}import: { kind: flat, price: "1", prices: 2 }`, 'a.yaml:4:35: import.prices: expected one of kind, price, got an unknown key'],
    [
      `${HEAD}standing: "1"\nimport: { kind: flat, price: "1" }`,
      'a.yaml:4:1: standing: expected one of name, description, currency, timeZone'
    ],
    [`${HEAD}import: { kind: flat, pirce: "1" }`, 'a.yaml:4:23: import.pirce: expected one of kind, price, got an unknown key'],
    [HEAD.replace('GBP', 'gbp'), 'a.yaml:2:11: currency: expected one of AUD, BRL'],
    [
      HEAD.replace('London', 'Londres'),
      "a.yaml:3:11: timeZone: expected a time zone of the IANA database, for example Europe/London, got 'Europe/Londres'"
    ],
    [HEAD.replace('Europe/London', 'europe/london'), "got 'europe/london'"],
    [HEAD.replace('Europe/London', '"+01:00"'), "got '+01:00'"],
    [
      HEAD.replace('name: a', 'name: A b'),
      "a.yaml:1:7: name: expected lower-case letters and digits joined by hyphens, at most 63 characters, got 'A b'"
    ],
    [`${HEAD}rounding: up\n`, "a.yaml:4:11: rounding: expected one of half-away-from-zero, half-even, got 'up'"],
    [`${HEAD}holidays: [2026-02-30]\n`, "a.yaml:4:12: holidays[0]: expected a date, for example 2026-12-25, got '2026-02-30'"],
    [`${HEAD}holidays: [2026-02-03, 2026-02-03]\n`, 'a.yaml:4:11: holidays: expected each date once, got a list'],
    [`${HEAD}import: { kind: dynamic, prices: {} }`, 'a.yaml:4:34: import.prices: expected 1 to 40000 bands, got 0'],
    [`${HEAD}import: { kind: dynamic, prices: 2 }`, 'a.yaml:4:34: import.prices: expected a mapping from 1 to 40000 bands to their prices'],
    [
      `${HEAD}import: { kind: dynamic, prices: { High: "1" } }`,
      'a.yaml:4:36: import.prices.High: expected the name of a band: lower-case letters'
    ],
    [`${HEAD}import: { kind: dynamic, prices: { high: 1 } }`, 'a.yaml:4:42: import.prices.high: expected a price in quotes'],
    [TIMES.replace('otherwise: day', 'otherwise: dya'), "a.yaml:7:14: import.otherwise: expected one of prices, day, night, got 'dya'"],
    [TIMES.replace('band: night', 'band: toString'), 'a.yaml:9:13: import.rules[0].band: expected the name of a band'],
    [
      TIMES.replace('band: night', 'band: constructor'),
      "a.yaml:9:13: import.rules[0].band: expected one of prices, day, night, got 'constructor'"
    ],
    [
      TIMES.replace('night: "1"', 'night: "1", peak: "3"'),
      'a.yaml:6:35: import.prices.peak: expected a band that a rule or otherwise names, got one that none names'
    ],
    [TIMES.replace('00:00-07:00', '22:00-06:00'), 'a.yaml:10:15: import.rules[0].hours[0]: expected a span of one day such as 16:00-19:00'],
    [TIMES.replace('00:00-07:00', '07:00-07:00'), "got '07:00-07:00'"],
    [TIMES.replace('00:00-07:00', '7:00-8:00'), "got '7:00-8:00'"],
    [TIMES.replace('00:00-07:00', '23:00-24:30'), "got '23:00-24:30'"],
    [TIMES.replace('[00:00-07:00]', '[]'), 'a.yaml:10:14: import.rules[0].hours: expected a list of 1 to 24 spans'],
    [withRule('days: [mon]'), 'a.yaml:11:14: import.rules[0].days[0]: expected one of monday, tuesday'],
    [withRule('days: [monday, monday]'), 'a.yaml:11:13: import.rules[0].days: expected each day once'],
    [
      withRule('days: [holiday]'),
      'a.yaml:11:13: import.rules[0].days: expected no holiday, since the tariff has no list of holidays, got a list: ["holiday"]'
    ],
    [
      withRule('season: { from: 02-30, to: 03-01 }'),
      "a.yaml:11:23: import.rules[0].season.from: expected a day of the year as month and day, for example 10-01, got '02-30'"
    ],
    [withRule('season: { from: 02-01 }'), 'a.yaml:11:15: import.rules[0].season.to: expected a day of the year'],
    [
      withRule('weekdays: [monday]'),
      'a.yaml:11:7: import.rules[0].weekdays: expected one of band, season, days, hours, got an unknown key'
    ],
    [
      `${HEAD}import: { kind: dynamic, prices: { a: "1" } }\nexport: { kind: dynamic, prices: { b: "1" } }\n`,
      'a.yaml:5:34: export.prices: expected the bands of import, a, got a mapping'
    ],
    [
      TIMES.replace('[00:00-07:00]', `[${'00:00-07:00, '.repeat(25)}]`),
      'expected a list of 1 to 24 spans of one day such as 16:00-19:00, got a list of 25: ["00'
    ],
    ['#'.repeat(1_000_001), 'a.yaml:1:1: expected at most 1000000 characters, got 1000001']
  ])('%j', (text, message) => {
    const got = mistake(text)
    expect(got.startsWith('a.yaml:')).toBe(true)
    expect(got).toContain(message)
  })

  it('and how many bands came', () => {
    const bands = Array.from({ length: 40_001 }, (_, i) => `    p${i}: "1"`)
    const dynamic = (...lines: string[]) => `${HEAD}import:\n  kind: dynamic\n  prices:\n${lines.join('\n')}\n`
    expect(mistake(dynamic(...bands))).toBe('a.yaml:7:5: import.prices: expected 1 to 40000 bands, got 40001')
    const { import: drawn } = parseTariff(dynamic(...bands.slice(0, 1500)), 'a.yaml')
    expect(drawn.kind === 'dynamic' && drawn.prices.size).toBe(1500)
  })

  it('as a spreadsheet or an editor of another system saves it', () => {
    const text = TIMES.replace('night: "1"', 'night: "-1.5"')
    expect(parseTariff(`\ufeff${text.replaceAll('\n', '\r\n')}\r\n\r\n`, 'a.yaml')).toEqual(parseTariff(text, 'a.yaml'))
    expect(mistake(`\ufeff${HEAD.replace('GBP', 'XXX')}`)).toContain('a.yaml:2:11: currency: expected one of')
  })

  it('as fields too', () => {
    expect(() => parseTariff(HEAD.replace('GBP', 'XXX'), 'a.yaml')).toThrow(
      expect.objectContaining({ name: 'TariffFileError', file: 'a.yaml', line: 2, column: 11, key: 'currency', got: "'XXX'" })
    )
  })
})

describe('describeTariff', () => {
  it('says what is charged when, and how it is rounded', () => {
    expect(describeTariff(shipped('time-of-use')).split('\n')).toEqual([
      'time-of-use: Cheap nights, and dear late afternoons on the working days of the winter half-year.',
      'Import, by time of use, the first that fits:',
      '  night 12.85 p/kWh 00:00 to 07:00',
      '  peak 41.03 p/kWh 16:00 to 19:00, on Monday, Tuesday, Wednesday, Thursday, Friday, from 1 October to 31 March',
      '  day 26.4 p/kWh otherwise',
      'Export: no credit',
      'Standing charge: 47.5 p for each day that begins in the period',
      'Local time of Europe/London; 8 holidays listed',
      'Amounts are exact, in hundred-thousandths of a penny, and rounded once, at the end, to the nearest penny; half-way, away from zero'
    ])
    expect(describeTariff(shipped('feed-in')).split('\n').slice(1)).toEqual([
      'Import: 32.17 ct/kWh',
      'Export, credited: 8.03 ct/kWh',
      'Standing charge: 31.6 ct for each day that begins in the period',
      'Local time of Europe/Berlin',
      'Amounts are exact, in hundred-thousandths of a cent, and rounded once, at the end, to the nearest cent; half-way, to the even one'
    ])
    expect(describeTariff(shipped('london-dynamic'))).toContain(
      'Import, by the band of each slot: high 67.20 p/kWh, normal 11.76 p/kWh, low 3.99 p/kWh'
    )
    const lines = (yaml: string) => describeTariff(parseTariff(`${HEAD}${yaml}`, 'a.yaml')).split('\n')
    expect(lines('import: { kind: dynamic }\nexport: { kind: dynamic }').slice(1, 3)).toEqual([
      'Import: a price for each slot in p/kWh, in the column price of a file',
      'Export, credited: a price for each slot in p/kWh, in the column export_price of a file'
    ])
    const many = Array.from({ length: 150 }, (_, i) => `p${i}: "${i}"`).join(', ')
    expect(lines(`import: { kind: dynamic, prices: { ${many} } }`)[1]).toMatch(/: p0 0 p\/kWh, .*, p19 19 p\/kWh and 130 more$/)
  })

  it('names holidays, always, and a unit that is the minor unit itself', () => {
    const text = `name: a\ncurrency: JPY\ntimeZone: Asia/Tokyo\nholidays: [2026-01-01]\nimport:
  kind: time-of-use
  prices: { a: "3000", b: "5000" }
  otherwise: a
  rules: [{ band: a, days: [sunday, holiday] }, { band: b }]`
    expect(describeTariff(parseTariff(text, 'a.yaml')).split('\n')).toEqual([
      'a',
      'Import, by time of use, the first that fits:',
      '  a 3000 yen/kWh on Sunday, holidays',
      '  b 5000 yen/kWh always',
      '  a 3000 yen/kWh otherwise',
      'Export: no credit',
      'Standing charge: none',
      'Local time of Asia/Tokyo; 1 holiday listed',
      'Amounts are exact, in units of a yen, and rounded once, at the end, to the nearest yen; half-way, away from zero'
    ])
  })
})
