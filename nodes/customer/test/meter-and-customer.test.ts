// The programs of meter and customer as processes of their own, as people start them: pair, fetch, bill, export.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { decodeBatch, decodeBill, decodeBillingKeys, parseTariff, verifyBill } from '@hushgrid/billing'
import type { Slot } from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const HOUR = 3600
const PASSWORD = 'correct horse battery staple'
const NOWHERE = '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWErYVbTadgSJVjq2G9jgjnK5xqpAB8oHLcgtgEvWnKrEp'
/** Several programs on two busy cores. */
const LONG = 90_000
const TARIFF = fileURLToPath(new URL('../../../packages/billing/tariffs/flat.yaml', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-customer-'))
const inFolder = (name: string): string => join(folder, name)
const running = new Set<ChildProcess>()

afterAll(async () => {
  const ended = [...running].map(child => new Promise(resolve => child.once('close', resolve)))
  for (const child of running) child.kill('SIGKILL')
  // Until then they may write into the folder.
  await Promise.all(ended)
  rmSync(folder, { recursive: true, force: true })
})

interface Ended {
  readonly status: number | null
  readonly out: string
  readonly errors: string
}

function start(role: 'meter' | 'customer', args: readonly string[]): ChildProcess {
  const program = fileURLToPath(new URL(`../../${role}/src/main.ts`, import.meta.url))
  const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe' })
  running.add(child)
  child.once('close', () => running.delete(child))
  return child
}

/** Runs a program to its end; `input` is piped in. */
async function run(role: 'meter' | 'customer', args: readonly string[], input = ''): Promise<Ended> {
  const child = start(role, args)
  let [out, errors] = ['', '']
  child.stdout?.setEncoding('utf8').on('data', text => {
    out += text
  })
  child.stderr?.setEncoding('utf8').on('data', text => {
    errors += text
  })
  child.stdin?.end(input)
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  child.once('close', resolve)
  return { status: await promise, out, errors }
}

const customer = (args: readonly string[], password = PASSWORD, code?: string, name = 'customer'): Promise<Ended> =>
  run('customer', [...args, '--data-dir', inFolder(name)], code === undefined ? `${password}\n` : `${password}\n${code}\n`)

/** Has the meter show a code. */
async function shownCode(): Promise<{ readonly code: string; readonly meter: string }> {
  const shown = await run('meter', ['billing-pair', '--data-dir', inFolder('meter')])
  expect(shown).toMatchObject({ status: 0, errors: '' })
  return { code: /^code {2}(\S+)$/m.exec(shown.out)?.[1] ?? '', meter: /^meter ([0-9a-f]{64})$/m.exec(shown.out)?.[1] ?? '' }
}

/** The meter's log so far, and the address of its home network. */
let log = ''
let address = ''
/** What is found in the meter's log, now or soon. */
async function inLog(pattern: RegExp): Promise<RegExpExecArray> {
  for (const until = Date.now() + LONG; Date.now() < until; ) {
    const found = pattern.exec(log)
    if (found) return found
    await new Promise(resolve => setTimeout(resolve, 20))
  }
  throw new Error(`no ${pattern} in\n${log}`)
}

beforeAll(async () => {
  writeFileSync(inFolder('network.yaml'), 'name: home\nslotSeconds: 3600\nmembers: 7\nrecovery: none\n')
  // A day in three seconds.
  const clock = `${new Date().toISOString()},2013-02-01T00:00:00Z,28800`
  const args = ['--registrar', NOWHERE, '--network', inFolder('network.yaml'), '--data-dir', inFolder('meter'), '--synthetic', 'demo:3']
  const child = start('meter', [...args, '--listen', '/ip4/127.0.0.1/tcp/0', '--billing-period', 'day', '--lab-clock', clock, '--json'])
  const note = (text: string): void => {
    log += text
  }
  child.stdout?.setEncoding('utf8').on('data', note)
  child.stderr?.setEncoding('utf8').on('data', note)
  address = (await inLog(/"home":"(\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/[^"]+)"/))[1] ?? ''
}, LONG)

describe('meter and customer', () => {
  let code = ''

  it(
    'are paired by the code that the meter shows, once',
    async () => {
      const shown = await shownCode()
      code = shown.code
      const wrong = await customer(['pair', '--meter', address], PASSWORD, '0'.repeat(52))
      expect(wrong).toMatchObject({ status: 2, out: '' })
      expect(wrong.errors).toMatch(/^the meter refuses: pairing: expected the code that the meter shows, got another.*\n$/)
      const paired = await customer(['pair', '--meter', address], PASSWORD, code.toLowerCase())
      expect(paired).toEqual({ status: 0, out: `account customer: paired with meter ${shown.meter}, key epoch 0\n`, errors: '' })
      const again = await customer(['pair', '--meter', address], PASSWORD, code)
      expect(again).toMatchObject({ status: 2, errors: expect.stringContaining('got another, or one that is used') })
    },
    LONG
  )

  it(
    'hand over batches, which make a bill that the supplier accepts and exports that can be read',
    async () => {
      // The second day and the third after the start are measured from their first slot on, however long the start took.
      const [, begin = '', last = ''] = await inLog(/"sealed",.*?"sealed","from":"([\d-]{10}).*?"sealed","from":"([\d-]{10})/s)
      const end = new Date(Date.parse(last) + 24 * HOUR * 1000).toISOString().slice(0, 10)
      const fetched = await customer(['fetch', '--meter', address])
      expect(fetched.errors).toBe('')
      const count = Number(/^batches: (\d+) new, 0 known; signatures hold\n$/.exec(fetched.out)?.[1])
      expect(count).toBeGreaterThanOrEqual(3)
      const [meter] = readdirSync(inFolder('customer/records/batches'))
      const kept = inFolder(`customer/records/batches/${meter}`)
      expect(readdirSync(kept)).toHaveLength(count)

      const period = ['--period', `${begin}/${end}`]
      const billed = await customer(['bill', '--tariff', TARIFF, ...period, '--out', inFolder('bill.bin')])
      expect(billed.errors).toBe('')
      expect(billed.out).toMatch(new RegExp(`^bill of ${begin}/${end}: £\\d+\\.\\d\\d `))
      const bill = decodeBill(readFileSync(inFolder('bill.bin')))
      const [from, until] = [begin, end].map(date => (Date.parse(date) / 1000 / HOUR) as Slot) as [Slot, Slot]
      const prices = parseTariff(readFileSync(TARIFF, 'utf8'), TARIFF).prices({ from, until, slotSeconds: HOUR })
      const { amount } = verifyBill(bill, prices, bill.meterId)
      expect(bill.meterId).toBe(meter)
      expect(amount).toBeGreaterThan(0n)

      const csv = await customer(['export', '--csv', ...period, '--out', inFolder('readings.csv')])
      expect(csv.out).toMatch(/readings\.csv: \d+ slots, \d+ missing and left out\n$/)
      const rows = readFileSync(inFolder('readings.csv'), 'utf8').split('\r\n').slice(1, -1)
      const wh = rows.map(row => BigInt(row.split(',')[2] ?? '')).reduce((a, b) => a + b, 0n)
      // One price at all times and no standing charge.
      expect(amount).toBe(wh * (prices.distinctWeights[0] ?? 0n))
      const green = await customer(['export', '--green-button', ...period, '--out', inFolder('readings.xml')])
      expect(green.errors).toBe('')
      expect(readFileSync(inFolder('readings.xml'), 'utf8').match(/<value>/g)).toHaveLength(2 * rows.length)
      for (const name of ['bill.bin', 'readings.csv', 'readings.xml']) expect(statSync(inFolder(name)).mode & 0o777).toBe(0o600)

      // From files too, of which those that are known change nothing.
      const files = await customer(['fetch', '--from', kept])
      expect(files.out).toBe(`batches: 0 new, ${count} known; signatures hold\n`)
      mkdirSync(inFolder('changed'))
      const bytes = readFileSync(join(kept, `${from}.batch`))
      writeFileSync(inFolder('changed/x.batch'), bytes.fill((bytes.at(-70) ?? 0) ^ 1, bytes.length - 70, bytes.length - 69))
      const changed = await customer(['fetch', '--from', inFolder('changed')])
      expect(changed).toMatchObject({ status: 2, out: '' })
      expect(changed.errors).toMatch(/x\.batch: batch, signature: /)
    },
    LONG
  )

  it(
    'speak at an address of the home network’s own, and not where the meter is in its network',
    async () => {
      const [, listening = ''] = await inLog(/"listening".*?"(\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/[^"]+)"/)
      expect(listening.split('/').slice(-1)).toEqual(address.split('/').slice(-1))
      expect(listening).not.toBe(address)
      const strayed = await customer(['fetch', '--meter', listening])
      expect(strayed).toMatchObject({ status: 2, out: '', errors: expect.stringContaining('got a node without one') })
    },
    LONG
  )

  it(
    'share no key with who comes after: the next customer opens what is measured from its pairing on',
    async () => {
      const { code: next, meter } = await shownCode()
      const paired = await customer(['pair', '--meter', address, '--account', 'next'], 'another password', next, 'next')
      expect(paired).toEqual({ status: 0, out: `account next: paired with meter ${meter}, key epoch 1\n`, errors: '' })
      const [, from = ''] = (await inLog(/"paired","customer":"[0-9a-f]+","keyEpoch":1.*?"sealed","from":"([^"]+)"/s)) ?? []
      const fetched = await customer(['fetch', '--meter', address], 'another password', undefined, 'next')
      expect(fetched).toMatchObject({
        status: 0,
        errors: '',
        out: expect.stringMatching(/^batches: [1-9]\d* new, 0 known; signatures hold\n$/)
      })
      const first = Date.parse(from) / 1000 / HOUR
      const of = (name: string): number[] =>
        readdirSync(inFolder(`${name}/records/batches/${meter}`)).map(file => Number(file.replace('.batch', '')))
      expect(Math.min(...of('next'))).toBeLessThanOrEqual(first)
      const earlier = await customer(['fetch', '--meter', address])
      expect(earlier).toMatchObject({ status: 0, errors: '' })
      expect(earlier.out).toMatch(/^batches: .*\nthe meter has a later key than this account: .*\n$/)
      expect(of('customer').some(slot => of('next').includes(slot))).toBe(false)
      expect(Math.max(...of('customer'))).toBeLessThan(Math.min(...of('next')))

      const unpaired = await run('meter', ['unpair', '--data-dir', inFolder('meter')])
      expect(unpaired).toEqual({ status: 0, out: `meter ${meter}: unpaired by the end of the slot that runs\n`, errors: '' })
      await inLog(/"unpaired","keyEpoch":2/)
      const after = await customer(['fetch', '--meter', address], 'another password', undefined, 'next')
      expect(after.out).toContain('the meter has a later key than this account')
    },
    LONG
  )

  it(
    'say in one sentence what is wrong, and nobody gets in with another password',
    async () => {
      const wrong = await customer(['export', '--csv', '--out', inFolder('stolen.csv')], 'correct horse battery stapler')
      expect(wrong).toEqual({ status: 2, out: '', errors: 'expected an account and its password, got another name or password\n' })
      const changed = await run('customer', ['password', '--data-dir', inFolder('customer')], `${PASSWORD}\nanother long password\n`)
      expect(changed).toEqual({ status: 0, out: 'account customer: password changed\n', errors: '' })
      expect(await customer(['fetch', '--meter', address])).toMatchObject({ status: 2 })
      expect(await customer(['fetch', '--meter', address], 'another long password')).toMatchObject({ status: 0 })
      const stray = await customer(['export', '--csv', '--out', 'x', 'my password'])
      expect(stray.errors).toBe('arguments: expected none beside the options, got 1\n')
    },
    LONG
  )

  it(
    'leave no code, key or password in a log or among the customer’s records',
    async () => {
      await inLog(/"paired"/)
      const keys = decodeBillingKeys(new Uint8Array(readFileSync(inFolder('meter/billing.keys')))).map(({ key }) => Buffer.from(key))
      expect(keys.length).toBeGreaterThanOrEqual(3)
      const files = readdirSync(inFolder('customer/records'), { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
      expect(files.length).toBeGreaterThan(3)
      const texts = files.map(entry => readFileSync(join(entry.parentPath, entry.name))).concat(Buffer.from(log))
      const plainCode = code.replaceAll('-', '')
      expect(plainCode).toHaveLength(52)
      for (const text of texts) {
        for (const secret of [...keys, ...keys.map(key => key.toString('hex')), code, plainCode, PASSWORD])
          expect(text.includes(secret)).toBe(false)
      }
      expect(decodeBatch(texts.find((_, i) => files[i]?.name.endsWith('.batch')) ?? Buffer.alloc(0)).slots).toBeLessThanOrEqual(24)
    },
    LONG
  )
})
