// `show bills` as a person runs it, and accounts of customers.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, openKeyFile, openStore, type Store } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { type Millis, sha256, systemRng, utf8 } from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRefused as expectOneLine, LONG, type Ran, runMdms } from '../support/command-tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-show-bills-'))
const data = join(folder, 'mdms')
const NETWORK = 'elm-street'
/** 2026-03-02, in slots of an hour. */
const FIRST = Date.UTC(2026, 2, 2) / 3_600_000
const PERIOD = { from: FIRST, until: FIRST + 24 * 30 }
/** The one is a tariff; the other is only a text. */
const TARIFFS = {
  flat: 'name: flat\ncurrency: GBP\ntimeZone: UTC\nimport:\n  kind: flat\n  price: "12"\n',
  other: 'price: 12\n'
} as const
const ADA = 'correct horse battery'
const BILL = 'a password for billing'
const KIM = 'password of a customer'

const at = (more: readonly string[]): string[] => [...more, '--data-dir', data]
const showAs = (account: string, password: string, more: readonly string[]): Promise<Ran> =>
  runMdms(at(['show', ...more, '--as', account]), [password])
const expectRefused = (ran: Promise<Ran>, sentence: RegExp): Promise<void> => expectOneLine(ran, sentence, [ADA, BILL, KIM])

beforeAll(async () => {
  expect(await runMdms(at(['account', 'add', 'ada', '--roles', 'admin']), [ADA])).toMatchObject({ status: 0 })
  expect(await runMdms(at(['account', 'add', 'bill', '--roles', 'billing', '--as', 'ada']), [ADA, BILL])).toMatchObject({ status: 0 })
  const store = await openStore({
    location: join(data, 'mdms.db'),
    keys: openKeyFile(join(data, 'mdms.keys'), systemRng),
    clock: new SystemClock(),
    flush: false
  })
  await store.registerNetwork({ network: NETWORK, slotSeconds: 3600 })
  await recordBills(store, PERIOD)
  await store.close()
}, LONG)

afterAll(() => rmSync(folder, { recursive: true }))

/** Two bills of a tariff that can be read, one of a tariff that cannot, and two households that have none. */
async function recordBills(store: Store, period: { from: number; until: number }): Promise<void> {
  const billing: Actor = { account: 'bill', role: 'billing' }
  const received = Date.UTC(2026, 5, 1) as Millis
  for (const [tariff, text] of Object.entries(TARIFFS)) {
    await store.addTariff(billing, { tariff, text, from: Date.UTC(2026, 0) as Millis })
  }
  const unit = 'thousandths of a penny'
  const common = { network: NETWORK, period, unit, gaps: 2, bill: utf8('proof'), verified: true as const, received }
  for (const [household, tariff, amount] of [
    ['household-1', 'flat', 1_481_475n],
    ['household-2', 'flat', -2_500n],
    ['household-3', 'other', 7n]
  ] as const) {
    await store.recordBill({ ...common, household, tariff, tariffHash: sha256(utf8(TARIFFS[tariff])), amount })
  }
  await store.recordReadings({ network: NETWORK, household: 'household-4', period, batch: utf8('ciphertexts'), received })
  const earlier = { from: period.from - 48, until: period.from }
  await store.recordReadings({ network: NETWORK, household: 'household-5', period: earlier, batch: utf8('ciphertexts'), received })
}

describe('a customer', () => {
  it('has an account of one household, and sees nothing at the desk', { timeout: LONG }, async () => {
    const add = (name: string, more: readonly string[]): Promise<Ran> =>
      runMdms(at(['account', 'add', name, ...more, '--as', 'ada']), [ADA, KIM])
    await expectRefused(add('kim', ['--roles', 'customer']), /--household: expected one with --roles customer, and with no other, got none/)
    await expectRefused(add('kim', ['--roles', 'billing', '--household', 'household-1']), /got it with billing/)
    expect(await add('kim', ['--roles', 'customer', '--household', 'household-1'])).toMatchObject({
      status: 0,
      out: 'account kim: customer\n'
    })
    expect((await runMdms(at(['account', 'list', '--as', 'ada']), [ADA])).out).toMatch(/^kim {6}customer of household-1$/m)
    await expectRefused(showAs('kim', KIM, ['bills']), /expected kim to act in one of its roles, got billing/)
    expect(await runMdms(at(['account', 'remove', 'kim', '--as', 'ada']), [ADA])).toMatchObject({ status: 0 })
  })
})

describe('bills', () => {
  it('shows bills of a period, rounded and exact, and who has none', { timeout: LONG }, async () => {
    const range = ['--from', '2026-03-02T00:00:00Z', '--until', '2026-04-01T00:00:00Z']
    const [table, csv, json, unbounded] = await Promise.all([
      showAs('bill', BILL, ['bills', ...range]),
      showAs('bill', BILL, ['bills', ...range, '--csv']),
      showAs('bill', BILL, ['bills', ...range, '--json']),
      showAs('bill', BILL, ['bills'])
    ])
    expect(table).toMatchObject({ status: 0, errors: '' })
    expect(table.out.split('\n')).toEqual([
      'Network elm-street: 3 verified bills of households, by pseudonym. Times in UTC.',
      '',
      'household    from              until             tariff  to pay    exact',
      'household-1  2026-03-02 00:00  2026-04-01 00:00  flat    £14.81  1481475',
      'household-2  2026-03-02 00:00  2026-04-01 00:00  flat    −£0.03    -2500',
      'household-3  2026-03-02 00:00  2026-04-01 00:00  other   -             7',
      '',
      'household    unit                    gaps',
      'household-1  thousandths of a penny     2',
      'household-2  thousandths of a penny     2',
      'household-3  thousandths of a penny     2',
      '',
      'Together £14.78 of 2 bills.',
      'Not rounded, since its tariff cannot be read: other:1:1: price: expected one of',
      'name, description, currency, timeZone, rounding, standingCharge, holidays,',
      'import, export, got an unknown key.',
      'Billed for exactly this period: 3 of 5 households.',
      'Without a bill, but with something else in the period: household-4.',
      'Without a bill, and with nothing in the period: household-5.',
      ''
    ])
    const hash = Buffer.from(sha256(utf8(TARIFFS.flat))).toString('hex')
    expect(csv.out.split('\n').slice(0, 2)).toEqual([
      'household,from_utc,until_utc,tariff,tariff_sha256,currency,to_pay_minor,amount,unit,gaps',
      `household-1,2026-03-02T00:00:00Z,2026-04-01T00:00:00Z,flat,${hash},GBP,1481,1481475,thousandths of a penny,2`
    ])
    const { bills, run } = JSON.parse(json.out)
    expect(bills[1]).toMatchObject({ household: 'household-2', toPay: { currency: 'GBP', minor: -3 }, amount: '-2500' })
    expect(run).toEqual({ billed: ['household-1', 'household-2', 'household-3'], open: ['household-4'], silent: ['household-5'] })
    expect(unbounded.out).not.toContain('Billed for')
    await expectRefused(showAs('ada', ADA, ['bills']), /expected ada to act in one of its roles, got billing/)
  })
})
