// `pnpm bill` and `pnpm bill verify`: the path of a bill from readings to the supplier's check, and what is caught.
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const SCRIPT = fileURLToPath(new URL('../src/bill.ts', import.meta.url))
const TARIFFS = fileURLToPath(new URL('../../packages/billing/tariffs/', import.meta.url))
const SHARED = fileURLToPath(new URL('../../../shared/data/', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'hushgrid-bill-'))
const inFolder = (name: string): string => join(folder, name)
const data = inFolder('readings.csv')
const tariff = inFolder('two-prices.yaml')
const bill = inFolder('march.bill')
const LONG = 120_000

/** Half-hours of ten days from 2025-03-24 on; the clocks change on the 30th. */
const FIRST = Date.UTC(2025, 2, 24)
const SLOTS = 480
const reading = (slot: number): number => 100 + ((slot * 7919) % 900)

afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(() => {
  const rows = Array.from(
    { length: SLOTS },
    (_, slot) => `${new Date(FIRST + slot * 1_800_000).toISOString().slice(0, 16)}Z,${reading(slot)},${slot === 5 ? '' : 1}`
  )
  writeFileSync(data, `slot_start_utc,house-a,house-b\n${rows.join('\n')}\n`)
  writeFileSync(
    tariff,
    'name: two-prices\ncurrency: GBP\ntimeZone: Europe/London\nstandingCharge: "50"\nimport:\n  kind: flat\n  price: "14.228"\n'
  )
})

function run(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  return new Promise(resolve => {
    execFile(process.execPath, [SCRIPT, ...args], { timeout: LONG }, (error, out, err) =>
      resolve({ status: error ? Number(error.code) : 0, out, err })
    )
  })
}

describe('a bill', () => {
  it('is the exact sum, and the supplier finds that it holds', { timeout: LONG }, async () => {
    const { status, out, err } = await run(
      '--data',
      data,
      '--tariff',
      tariff,
      '--household',
      'house-a',
      '--batch',
      'day',
      '--out',
      bill,
      '--json'
    )
    expect([status, err]).toEqual([0, ''])
    const { meter, ...made } = JSON.parse(out)
    const energy = Array.from({ length: SLOTS }, (_, slot) => reading(slot)).reduce((sum, value) => sum + value, 0)
    // 14.228 p/kWh is 14228 millionths of a penny a Wh; eleven local days begin within the period, the last at 23:00 UTC.
    const exact = 14_228 * energy + 11 * 50 * 1_000_000
    expect(made).toMatchObject({
      readings: SLOTS,
      gaps: 0,
      amount: String(exact),
      digits: 6,
      minor: String(Math.round(exact / 1e6)),
      batches: { batches: 11 }
    })
    expect(made.overheads.map(({ batching }: { batching: string }) => batching)).toEqual(['day', 'week'])
    // Published: 66.7 % and 9.6 %.
    expect(made.overheads[0].percent).toBeLessThan(66.7)
    expect(made.overheads[1].percent).toBeLessThan(9.6)
    expect(statSync(bill).mode & 0o777).toBe(0o600)

    const checked = await run('verify', bill, '--tariff', tariff, '--meter', meter, '--json')
    expect([checked.status, checked.err]).toEqual([0, ''])
    expect(JSON.parse(checked.out)).toMatchObject({ holds: true, meter, amount: String(exact), slotSeconds: 1800 })
    const shown = await run('verify', bill, '--tariff', tariff)
    expect(shown.out).toMatch(
      /^holds: £[\d,.]+ {3}\(\d+ millionths of a penny, rounded half-away-from-zero\)\nmeter [0-9a-f]{64}, by the\nbill's own word/
    )
  })

  it('does not hold once a byte of it is changed, for another meter, or under another tariff', { timeout: LONG }, async () => {
    const bytes = readFileSync(bill)
    const refused = async (change: (copy: Buffer) => void): Promise<{ status: number; out: string; err: string }> => {
      const copy = Buffer.from(bytes)
      change(copy)
      writeFileSync(inFolder('changed.bill'), copy)
      return await run('verify', inFolder('changed.bill'), '--tariff', tariff)
    }
    for (const at of [40, 120, Math.floor(bytes.byteLength / 2), bytes.byteLength - 70, bytes.byteLength - 1]) {
      const { status, out, err } = await refused(copy => copy.writeUInt8(copy.readUInt8(at) ^ 1, at))
      expect(out, String(at)).toBe('')
      expect([1, 2], `${at}: ${err}`).toContain(status)
      expect(err.trimEnd().split('\n'), String(at)).toHaveLength(1)
    }
    expect((await refused(copy => copy.fill(0, 0, 8))).status).toBe(2)
    const other = await run('verify', bill, '--tariff', tariff, '--meter', 'ab'.repeat(32))
    expect([other.status, other.out]).toEqual([1, ''])
    expect(other.err).toMatch(/^bill, meter: expected meter abab/)
    const cheaper = inFolder('cheaper.yaml')
    writeFileSync(cheaper, readFileSync(tariff, 'utf8').replace('14.228', '14.227'))
    const under = await run('verify', bill, '--tariff', cheaper)
    expect([under.status, under.err]).toEqual([1, expect.stringMatching(/^bill, tariff: expected prices with hash/)])
  })

  it('is of the slots that a period has in local time, and says where readings begin later', { timeout: LONG }, async () => {
    const march = await run('--data', data, '--tariff', tariff, '--household', 'house-a', '--period', '2025-03', '--json')
    // To the end of 31 March in London, which is 23:00 UTC: seven days of 48 slots and one of 46.
    expect(JSON.parse(march.out)).toMatchObject({
      readings: 7 * 48 + 46,
      note: expect.stringContaining('the bill is for the slots of the period that they cover')
    })
    const day = await run('--data', data, '--tariff', tariff, '--household', '0', '--period', '2025-03-30/2025-03-31', '--json')
    expect(JSON.parse(day.out)).toMatchObject({ readings: 46 })
    const gap = await run('--data', data, '--tariff', tariff, '--household', 'house-b', '--json')
    expect(JSON.parse(gap.out)).toMatchObject({ readings: SLOTS - 1, gaps: 1 })
  })

  it('refuses wrong input in one sentence', { timeout: LONG }, async () => {
    const base = ['--data', data, '--tariff', tariff]
    const wrong: readonly (readonly [string[], RegExp])[] = [
      [base, /--household: expected one of the 2 households of .*, such as house-a and house-b/],
      [[...base, '--household', 'house-z'], /--household house-z: expected one of the 2 households/],
      [[...base, '--household', '0', '--period', 'March'], /--period: expected a month such as 2013-02/],
      [
        [...base, '--household', '0', '--period', '2024-03'],
        /--period 2024-03: expected a period with readings, which are from 2025-03-24T00:00Z/
      ],
      [[...base, '--household', '0', '--batch', 'hour'], /--batch: expected one of day, week, month, got 'hour'/],
      [[...base, '--household', '0', '--bands', data], /--bands: expected none, since no price of two-prices depends on them/],
      [
        ['--data', data, '--tariff', join(TARIFFS, 'london-dynamic.yaml'), '--household', '0'],
        /--bands: expected a file with the band or the price of each slot/
      ],
      [[...base, '--household', '0', '--out', data], /--out .*: expected a file that is not there yet/],
      [['--data', data, '--tariff', data, '--household', '0'], /readings\.csv:1:1: /],
      [['verify', inFolder('none.bill'), '--tariff', tariff], /none\.bill: expected a bill, got no such file/],
      [['verify', data, '--tariff', tariff], /expected/],
      [['verify', bill, '--tariff', tariff, '--meter', '12'], /--meter: expected 64 hexadecimal digits/]
    ]
    for (const [args, sentence] of wrong) {
      const { status, out, err } = await run(...args)
      expect.soft([status, out], args.join(' ')).toEqual([2, ''])
      expect.soft(err, args.join(' ')).toMatch(sentence)
      expect.soft(err.trimEnd().split('\n'), args.join(' ')).toHaveLength(1)
    }
    for (const args of [['--help'], ['verify', '--help']]) {
      const help = await run(...args)
      expect([help.status, help.err]).toEqual([0, ''])
      expect(help.out).toMatch(/Examples:\n +pnpm bill/)
    }
  })

  const real = existsSync(SHARED)
  it.skipIf(!real)(
    `is right for a real household under a real tariff${real ? '' : ' (skipped: ../shared is not there)'}`,
    { timeout: LONG },
    async () => {
      const bands = join(SHARED, 'london-2013-02-tariff.csv')
      const readings = join(SHARED, 'london-2013-02-halfhour-wh.csv')
      const rows = (path: string): string[][] =>
        readFileSync(path, 'utf8')
          .trim()
          .split(/\r?\n/)
          .map(line => line.split(','))
      const [head = [], ...slots] = rows(readings)
      const column = head.indexOf('MAC000002')
      const price: Readonly<Record<string, number>> = { high: 6720, normal: 1176, low: 399 }
      const bandOf = new Map(rows(bands).map(([slot = '', band = '']) => [slot, band]))
      const exact = slots.reduce((sum, row) => sum + Number(row[column]) * (price[bandOf.get(row[0] ?? '') ?? ''] ?? Number.NaN), 0)
      const { status, out } = await run(
        '--data',
        readings,
        '--tariff',
        join(TARIFFS, 'london-dynamic.yaml'),
        '--bands',
        bands,
        '--household',
        'MAC000002',
        '--json'
      )
      expect(status).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ amount: String(exact), readings: 1344, digits: 5 })
      expect(JSON.parse(out).overheads.map(({ percent }: { percent: number }) => percent < 70)).toEqual([true, true, true])
    }
  )
})
