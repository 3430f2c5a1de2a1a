// `pnpm readings`: what it says of a file, what it writes, and that what Hushgrid writes, Hushgrid reads.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type HouseholdSeries, readingAt } from '@hushgrid/load-profiles'
import { loadReadings } from '@hushgrid/node-meter'
import { IMPORT_LANE, type ObisCode, type Slot } from '@hushgrid/primitives'
import { afterAll, describe, expect, it } from 'vitest'
import { dayPicture } from '../src/readings/day-picture.ts'
import { readingsDocument, readingsText } from '../src/readings/readings-text.ts'
import { wideCsvLines } from '../src/readings/wide-csv-file.ts'

const script = (name: string): string => fileURLToPath(new URL(`../src/${name}`, import.meta.url))
const TARIFF = fileURLToPath(new URL('../../packages/billing/tariffs/flat.yaml', import.meta.url))
const CASES = fileURLToPath(new URL('../../../shared/cases/', import.meta.url))
const cases = existsSync(CASES)
if (!cases) console.warn('skipped: files of readings that failed once, since ../shared/cases is not there')
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-readings-'))
const LONG = 60_000

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function run(name: string, ...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [script(name), ...args], { timeout: LONG }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

function values(series: HouseholdSeries): (readonly number[] | undefined)[] {
  return Array.from({ length: series.slots }, (_, i) => readingAt(series, (series.firstSlot + i) as Slot))
}

const NET = file(
  'net.csv',
  'time;"Anna, upstairs kWh";Zoë import kWh;Zoë export kWh\n2024-07-01 00:00;0,25;1;0\n2024-07-01 01:00;-0,5;0;2\n2024-07-01 02:00;NA;1;0\n'
)

describe('what is read', () => {
  it('is written in the canonical form, and read again the same', { timeout: LONG }, async () => {
    const written = join(folder, 'wide.csv')
    const { status, out, err } = await run('readings.ts', NET, '--time-zone', 'Europe/Berlin', '--write', written)
    expect({ status, err }).toEqual({ status: 0, err: '' })
    expect(out).toContain('in Europe/Berlin')
    expect(out).toContain('Anna, upstairs: values below zero are taken for energy that the home fed in')
    expect(statSync(written).mode & 0o777).toBe(0o600)
    expect(readFileSync(written, 'utf8').split('\n')[0]).toBe(
      'slot_start_utc,"Anna, upstairs","Anna, upstairs 1-0:2.29.0 Wh",Zoë,Zoë 1-0:2.29.0 Wh'
    )
    const [first, again] = [await loadReadings(NET, { timeZone: 'Europe/Berlin' }), await loadReadings(written)]
    expect(again.households.map(each => [each.household, each.lanes, each.firstSlot, values(each)])).toEqual(
      first.households.map(each => [each.household, each.lanes, each.firstSlot, values(each)])
    )
    const twice = await run('readings.ts', NET, '--write', written)
    expect(twice).toMatchObject({ status: 2, err: `--write ${written}: expected a file that is not there yet\n` })
    const nowhere = await run('readings.ts', NET, '--write', '/proc/nope.csv')
    expect(nowhere.status).toBe(2)
    expect(nowhere.err).toMatch(/^--write \/proc\/nope\.csv: expected a file that can be written \(\w+\)\n$/)
  })

  it('is told in text and in JSON, with what was left out', async () => {
    file('dropped.csv', 'a,b\nc,d\n')
    const loaded = await loadReadings(folder, { sources: ['net.csv'] })
    const document = readingsDocument('own', { ...loaded, skipped: [{ file: 'dropped.csv', reason: 'no table of readings' }] })
    expect(document).toMatchObject({
      layout: 'wide-csv',
      unit: 'kWh',
      unitStated: true,
      clock: 'local',
      intervalSeconds: 3600,
      skipped: [{ file: 'dropped.csv', reason: 'no table of readings' }],
      reports: [{ household: 'Anna, upstairs', missingValues: 1, negative: 1 }, { household: 'Zoë' }]
    })
    const text = readingsText('own', { ...loaded, skipped: [{ file: 'dropped.csv', reason: 'no table of readings' }] }, undefined)
    expect(text).toContain('  dropped.csv was not read: no table of readings')
    expect(text).toContain('  unit        kWh')
    expect(text.filter(line => line.startsWith('mean day of'))).toHaveLength(2)
  })

  it('comes out of a wide CSV line by line, gaps empty', () => {
    const series = (household: string, lanes: string[], firstSlot: number, cells: number[]): HouseholdSeries => ({
      household,
      lanes: lanes as ObisCode[],
      slotSeconds: 3600,
      firstSlot: firstSlot as Slot,
      slots: cells.length / lanes.length,
      values: Int32Array.from(cells)
    })
    const lines = [...wideCsvLines([series('a', [IMPORT_LANE], 0, [1, -(2 ** 31), 3]), series('b', [IMPORT_LANE], 1, [5])])]
    expect(lines).toEqual(['slot_start_utc,a,b', '1970-01-01T00:00Z,1,', '1970-01-01T01:00Z,,5', '1970-01-01T02:00Z,3,'])
  })
})

describe('the picture of a day', () => {
  it('has 80 columns at most, an axis and the hours, whatever the slot', () => {
    for (const seconds of [60, 300, 900, 1800, 3600, 21_600]) {
      const lines = dayPicture(
        Array.from({ length: 86_400 / seconds }, (_, i) => 1e3 * i),
        seconds
      )
      expect(Math.max(...lines.map(line => line.length)), `${seconds} s`).toBeLessThanOrEqual(80)
      expect(lines.at(-1)).toMatch(/^ {8}00.*18.* h$/)
    }
  })

  it('shows a slot without readings as a dot, and a day of nothing flat', () => {
    expect(dayPicture([Number.NaN, 0, 0, 0], 21_600)[0]).toBe(' 0.000 │·')
    expect(dayPicture([0, 1000, 0, 0], 21_600)[0]).toBe(' 1.000 │ █')
  })
})

describe('a bill', () => {
  it('says what was left out and doubted on the way in, in text and JSON', { timeout: LONG }, async () => {
    const data = file('kwh.csv', 'slot_start_utc,a,note\n2024-01-01T00:00Z,0.267,x\n2024-01-01T00:30Z,0.267,y\n')
    const text = await run('bill.ts', '--data', data, '--tariff', TARIFF)
    expect(text.out.replaceAll(/\s+/g, ' ')).toContain('column "note" is not read: no numbers but "x"')
    expect(text.out).toContain('a: makes less than 30 Wh a day when taken for Wh: is it kWh?')
    const json = await run('bill.ts', '--data', data, '--tariff', TARIFF, '--unit', 'kWh', '--json')
    expect(JSON.parse(json.out)).toMatchObject({ readingsFrom: { skipped: [], notes: [expect.stringMatching(/"note" is not read/)] } })
  })
})

describe.runIf(cases)('files that failed once', () => {
  const total = async (name: string): Promise<number> => {
    const { households } = await loadReadings(join(CASES, name))
    return households.reduce((sum, each) => sum + values(each).reduce((all, reading) => all + (reading?.[0] ?? 0), 0), 0)
  }

  it.each([
    ['01-files-silently-left-out/month', 72_000],
    ['02-intervals-that-do-not-divide-900/ten-minutes.csv', 14_400],
    ['08-own-export-not-readable/readings.csv', 3696],
    ['11-common-csv-dialects/24h.csv', 24_000],
    ['11-common-csv-dialects/joined.csv', 48_000],
    ['11-common-csv-dialects/na.csv', 1],
    ['11-common-csv-dialects/negative.csv', 100],
    ['11-common-csv-dialects/offset.csv', 2400],
    ['11-common-csv-dialects/quoted.csv', 24_000]
  ])('%s is read whole', async (name, wattHours) => {
    expect(await total(name)).toBe(wattHours)
  })

  it('kWh without a unit are doubted', async () => {
    const { notes } = await loadReadings(join(CASES, '09-kwh-in-a-wide-csv/readings.csv'))
    expect(notes).toEqual(['house-0: makes less than 30 Wh a day when taken for Wh: is it kWh?'])
  })
})
