// `pnpm bill` by tariffs whose bands or prices come as a file with a grid of its own.
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../src/bill.ts', import.meta.url))
const LONG = 120_000
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-bands-'))
const inFolder = (name: string): string => join(folder, name)
/** A day of slots of some minutes, with the start of each. */
const day = (minutes: number): string[] =>
  Array.from({ length: 1440 / minutes }, (_, i) => `${new Date(Date.UTC(2024, 0, 1) + i * minutes * 60_000).toISOString().slice(0, 16)}Z`)
const reading = (slot: number): number => 100 + ((slot * 7919) % 900)
const BANDS = ['normal', 'high', 'low']
/** Hundred-thousandths of a penny per Wh. */
const WEIGHTS = [1176, 6720, 399]
/** Hundredths of a penny per kWh, below zero too. */
const price = (i: number): number => 73 * i - 500

afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  const readings = (minutes: number): string =>
    `slot_start_utc,house-0\n${day(minutes)
      .map((start, i) => `${start},${reading(i)}`)
      .join('\n')}\n`
  writeFileSync(inFolder('quarters.csv'), readings(15))
  writeFileSync(inFolder('hours.csv'), readings(60))
  const head = 'currency: GBP\ntimeZone: Europe/London\nimport:\n  kind: dynamic\n'
  writeFileSync(inFolder('banded.yaml'), `name: banded\n${head}  prices: { high: "67.20", normal: "11.76", low: "3.99" }\n`)
  writeFileSync(inFolder('priced.yaml'), `\ufeffname: priced\n${head}`.replaceAll('\n', '\r\n'))
  writeFileSync(
    inFolder('bands.csv'),
    `slot_start_utc,band\n${day(30)
      .map((start, i) => `${start},${BANDS[i % 3]}`)
      .join('\n')}\n`
  )
  // As a spreadsheet saves it.
  writeFileSync(
    inFolder('prices.csv'),
    `\ufeffSlot_start_utc;Price\r\n${day(30)
      .map((start, i) => `${start};${String(price(i) / 100).replace('.', ',')}`)
      .join('\r\n')}\r\n;\r\n`
  )
})

function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [SCRIPT, ...args], { timeout: LONG, cwd: folder }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

const sum = (priceOf: (halfHour: number) => number): number =>
  day(15).reduce((total, _, slot) => total + reading(slot) * priceOf(Math.floor(slot / 2)), 0)

describe('half-hourly prices', { timeout: LONG }, () => {
  it('bill quarter-hourly readings exactly, and the supplier finds that the bill holds', async () => {
    const args = ['--tariff', 'banded.yaml', '--bands', 'bands.csv']
    const { status, out, err } = await run('--data', 'quarters.csv', ...args, '--out', 'a.bill', '--json')
    expect([status, err]).toEqual([0, ''])
    const amount = String(sum(i => WEIGHTS[i % 3] as number))
    expect(JSON.parse(out)).toMatchObject({ readings: 96, gaps: 0, slotSeconds: 900, bandsSlotSeconds: 1800, amount })
    const checked = await run('verify', 'a.bill', ...args, '--json')
    expect(JSON.parse(checked.out)).toMatchObject({ holds: true, amount })
  })

  it('may be in the file themselves, each another one, and below zero', async () => {
    const { status, out, err } = await run('--data', 'quarters.csv', '--tariff', 'priced.yaml', '--bands', 'prices.csv')
    expect([status, err]).toEqual([0, ''])
    expect(out).toContain('48 distinct prices\nprices of 30 min for readings of 15 min, -5 to 29.31 p/kWh\n')
    expect(out).toContain(`(${sum(price)}0000000 trillionths of a penny, rounded half-away-from-zero)`)
  })

  it('do not fit hourly readings, which is said before the work', async () => {
    const { status, out, err } = await run('--data', 'hours.csv', '--tariff', 'banded.yaml', '--bands', 'bands.csv')
    expect([status, out]).toEqual([2, ''])
    expect(err).toMatch(
      /^the readings are coarser than the prices: expected slots of at most 30 min, as bands\.csv has its rows, got 60 min.*\n$/
    )
  })
})
