// `account` and `show` as a person runs them, on a store with six weeks of totals.
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openKeyFile, openStore } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { EXPORT_LANE, IMPORT_LANE, type Millis, type Slot, sha256, systemRng, utf8 } from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { expectRefused as expectOneLine, LONG, type Ran, runMdms } from '../support/command-tools.ts'

const folder = mkdtempSync(join(tmpdir(), 'hushgrid-desk-'))
const data = join(folder, 'mdms')
const NETWORK = 'elm-street'
const HOUR = 3600
/** 2026-03-02, a Monday, in slots of an hour. */
const FIRST = Date.UTC(2026, 2, 2) / 3_600_000
const SLOTS = 42 * 24
/** Lost, in the third week. */
const LOST = FIRST + 15 * 24 + 7
/** Two hours later, when too few were left that can feed in. */
const FEW_EXPORT = LOST + 2
const FEW = { able: 3, of: 49, needed: 6 }
const ADA = 'correct horse battery'
const EVE = 'another long password'
const BILL = 'a password for billing'

/** Wh of a slot: low at night, high in the evening, more at weekends, and a little noise that repeats. */
function load(slot: number): bigint {
  const hour = slot % 24
  const day = Math.floor((slot - FIRST) / 24)
  const evening = hour >= 17 && hour < 22 ? 30_000 : 0
  const weekend = day % 7 >= 5 ? 4_000 : 0
  return BigInt(20_000 + 500 * hour + evening + weekend + ((slot * 7919) % 997))
}

const at = (more: readonly string[]): string[] => [...more, '--data-dir', data]
const showAs = (account: string, password: string, more: readonly string[]): Promise<Ran> =>
  runMdms(at(['show', ...more, '--as', account]), [password])

const expectRefused = (ran: Promise<Ran>, sentence: RegExp): Promise<void> => expectOneLine(ran, sentence, [ADA, EVE, BILL])

beforeAll(async () => {
  expect(await runMdms(at(['account', 'add', 'ada', '--roles', 'admin']), [ADA])).toEqual({
    status: 0,
    out: 'account ada: admin\n',
    errors: ''
  })
  const as = ['--as', 'ada']
  const added = await runMdms(at(['account', 'add', 'eve', '--roles', 'supplier-analyst,auditor', ...as]), [ADA, EVE])
  expect(added).toMatchObject({ status: 0, errors: '' })
  expect(await runMdms(at(['account', 'add', 'bill', '--roles', 'billing', ...as]), [ADA, BILL])).toMatchObject({ status: 0 })
  const store = await openStore({
    location: join(data, 'mdms.db'),
    keys: openKeyFile(join(data, 'mdms.keys'), systemRng),
    clock: new SystemClock(),
    flush: false
  })
  await store.registerNetwork({ network: NETWORK, slotSeconds: HOUR })
  const received = Date.UTC(2026, 5, 1) as Millis
  for (let slot = FIRST; slot < FIRST + SLOTS; slot++) {
    const common = { network: NETWORK, slot: slot as Slot, mode: 'dcnet' as const, resultHash: sha256(utf8(String(slot))), received }
    if (slot === LOST) await store.recordLost({ ...common, reason: 'members are missing: 2' })
    else {
      const lanes = { [IMPORT_LANE]: load(slot), [EXPORT_LANE]: slot === FEW_EXPORT ? FEW : -5n }
      await store.recordTotal({ ...common, lanes, contributors: 50, missing: 1 })
    }
  }
  const period = { from: FIRST, until: FIRST + 24 * 30 }
  const lanes = { [IMPORT_LANE]: 123_456n }
  await store.recordConsumption({ network: NETWORK, household: 'household-1', period, lanes, source: 'paillier', received })
  await store.close()
}, LONG)

afterAll(() => rmSync(folder, { recursive: true }))

describe('account', () => {
  it('lists and removes, and leaves an admin', { timeout: LONG }, async () => {
    expect(await runMdms(at(['account', 'add', 'tom', '--roles', 'auditor', '--as', 'ada']), [ADA, 'password of tom'])).toMatchObject({
      status: 0
    })
    const list = at(['account', 'list', '--as', 'ada'])
    expect(JSON.parse((await runMdms([...list, '--json'], [ADA])).out)).toContainEqual({ account: 'tom', roles: ['auditor'] })
    expect(await runMdms(at(['account', 'remove', 'tom', '--as', 'ada']), [ADA])).toMatchObject({
      status: 0,
      out: 'account tom: removed\n'
    })
    expect((await runMdms(list, [ADA])).out).toBe('account  roles\nada      admin\nbill     billing\neve      supplier-analyst, auditor\n')
    await expectRefused(runMdms(at(['account', 'remove', 'ada', '--as', 'ada']), [ADA]), /expected an admin to be left/)
  })

  it('refuses what is wrong in one sentence', { timeout: LONG }, async () => {
    const add = (name: string, roles: string, more: readonly string[], lines: readonly string[]): Promise<Ran> =>
      runMdms(at(['account', 'add', name, '--roles', roles, ...more]), lines)
    await Promise.all([
      expectRefused(add('zoe', 'admin', [], [ADA]), /accounts: expected none yet, got at least one/),
      expectRefused(add('zoe', 'billing', [], [ADA]), /--as: expected the admin who makes this account, got none/),
      expectRefused(
        add('zoe', 'boss', ['--as', 'ada'], [ADA, BILL]),
        /--roles: expected one or more of supplier-analyst, billing, auditor, admin/
      )
    ])
    await Promise.all([
      expectRefused(add('zoe', 'billing', ['--as', 'ada'], [ADA, 'short']), /password: expected 12 to 256 characters, got 5/),
      expectRefused(add('zoe', 'billing', ['--as', 'ada'], [ADA]), /password of zoe: expected it on a line of standard input, got none/),
      expectRefused(add('zoe', 'billing', ['--as', 'eve'], [EVE, BILL]), /expected eve to act in one of its roles, got admin/)
    ])
    await expectRefused(
      runMdms(['account', 'list', '--data-dir', join(folder, 'none'), '--as', 'ada'], [ADA]),
      /none: expected the folder of a supplier/
    )
    await expectRefused(runMdms(at(['account', 'list', '--as', 'ada', ADA]), [ADA]), /too many arguments/)
  })
})

describe('show', () => {
  it('totals, as a table, CSV and JSON, of a range', { timeout: LONG }, async () => {
    const range = ['--from', '2026-03-17T06:00:00Z', '--until', '2026-03-17T10:00:00Z']
    const kwh = (slot: number): string => (Number(load(slot)) / 1000).toFixed(3)
    const table = await showAs('eve', EVE, ['totals', ...range])
    expect(table).toMatchObject({ status: 0, errors: '' })
    const [, , ...lines] = table.out
      .trimEnd()
      .split('\n')
      .map(line => line.split(/ {2,}/))
    expect(lines).toEqual([
      ['slot start', 'import kWh', 'export kWh', 'meters', 'missing', 'mode'],
      ['2026-03-17 06:00', kwh(LOST - 1), '-0.005', '50', '1', 'dcnet'],
      ['2026-03-17 07:00', '-', '-', '-', '-', 'dcnet'],
      ['', 'lost: members are missing: 2'],
      ['2026-03-17 08:00', kwh(LOST + 1), '-0.005', '50', '1', 'dcnet'],
      ['2026-03-17 09:00', kwh(FEW_EXPORT), '-', '50', '1', 'dcnet'],
      ['', 'withheld: 3 of 49 can feed in, 6 are needed']
    ])
    const csv = (await showAs('eve', EVE, ['totals', ...range, '--csv'])).out.split('\n')
    expect(csv[0]).toBe(`slot_start_utc,${IMPORT_LANE} Wh,${EXPORT_LANE} Wh,contributors,missing,withheld`)
    expect(csv[1]).toBe(`2026-03-17T06:00:00.000Z,${load(LOST - 1)},-5,50,1,`)
    expect(csv[3]).toBe(`2026-03-17T09:00:00.000Z,${load(FEW_EXPORT)},,50,1,"3 of 49 can feed in, 6 are needed"`)
    const json = JSON.parse((await showAs('eve', EVE, ['totals', ...range, '--json'])).out)
    expect(json.totals[1].wattHours).toEqual({ [IMPORT_LANE]: Number(load(LOST + 1)), [EXPORT_LANE]: -5 })
    expect(json.totals[1].withheld).toEqual({})
    expect(json.totals[2].wattHours).toEqual({ [IMPORT_LANE]: Number(load(FEW_EXPORT)) })
    expect(json.totals[2].withheld).toEqual({ [EXPORT_LANE]: { ...FEW, text: 'withheld: 3 of 49 can feed in, 6 are needed' } })
    expect(json.lost).toMatchObject([{ start: '2026-03-17T07:00:00Z', reason: 'members are missing: 2' }])
  })

  it('peaks: the highest slots there are', { timeout: LONG }, async () => {
    const { out } = await showAs('eve', EVE, ['peaks', '--count', '3', '--csv'])
    const all = Array.from({ length: SLOTS }, (_, i) => FIRST + i).filter(slot => slot !== LOST)
    const highest = all.sort((a, b) => Number(load(b) - load(a)) || a - b).slice(0, 3)
    const rows = highest.map((slot, i) => `${i + 1},${new Date(slot * 3_600_000).toISOString().replace('.000', '')},${load(slot)},50`)
    expect(out.trimEnd().split('\n')).toEqual([`rank,slot_start_utc,${IMPORT_LANE} Wh,contributors`, ...rows])
    expect((await showAs('eve', EVE, ['peaks'])).out).toMatch(/Load factor, the mean slot over the highest: 0\.\d{3}\.\n$/)
    const fed = await showAs('eve', EVE, ['peaks', '--lane', EXPORT_LANE])
    expect(fed.out).toContain('1 lost slot.\nIn 1 slot with a total it is withheld: 3 of 49 can feed in, 6 are needed.\n')
  })

  it('profile: working days and weekends, by the clock of the time zone', { timeout: LONG }, async () => {
    const utc = JSON.parse((await showAs('eve', EVE, ['profile', '--json'])).out)
    const london = JSON.parse((await showAs('eve', EVE, ['profile', '--json', '--zone', 'Europe/Berlin'])).out)
    const workdays = Array.from({ length: 30 }, (_, i) => FIRST + 24 * (7 * Math.floor(i / 5) + (i % 5)) + 18).map(slot =>
      Number(load(slot))
    )
    const evening = (profile: typeof utc, hour: number) => profile.working[hour].wattHours.mean
    expect(evening(utc, 18)).toBe(Math.round(workdays.reduce((sum, value) => sum + value, 0) / 30))
    // 17:00 UTC is 18:00 there, 19:00 from 29 March on.
    expect(evening(london, 17)).toBeLessThan(evening(utc, 17) - 5_000)
    const table = (await showAs('eve', EVE, ['profile'])).out
    expect(table).toMatch(/30 working days and 12 days of weekends/)
    expect(table).toMatch(/^07:00 .*\n/m)
    expect(table).toMatch(/\n1 lost slot\.\n$/)
  })

  it('forecast: the next day, with its error on days held back', { timeout: LONG }, async () => {
    const { out } = await showAs('eve', EVE, ['forecast', '--json'])
    const { date, slots, chosen, baseline, heldBackDates } = JSON.parse(out)
    expect([date, slots.length, heldBackDates.length]).toEqual(['2026-04-13', 24, 7])
    expect(heldBackDates.at(-1)).toBe('2026-04-12')
    // The load repeats by the week but for less than 1 kWh.
    for (const { slot, wattHours, lower, upper } of slots) {
      expect(Math.abs(wattHours - Number(load(slot)))).toBeLessThan(1_500)
      expect(lower <= wattHours && wattHours <= upper).toBe(true)
    }
    expect(chosen.heldBack.mae).toBeGreaterThan(0)
    expect(chosen.heldBack.mae).toBeLessThan(1_000)
    const table = (await showAs('eve', EVE, ['forecast', '--zone', 'Europe/London'])).out.replaceAll(/\s+/g, ' ')
    expect(table).toMatch(/^Network elm-street: forecast for 2026-04-1[34] \(Europe\/London\) of 50 meters/)
    expect(table).toMatch(/on the 7 held-back days, 2026-04-0\d to 2026-04-1\d, none of which chose the model/)
    expect(table).toMatch(/mean absolute error 0\.\d{3}/)
    expect(baseline.baseline).toBe(true)
  })

  it('forecast says what it needs where there is too little', { timeout: LONG }, async () => {
    await expectRefused(showAs('eve', EVE, ['forecast', '--from', '2026-04-01T00:00:00Z']), /expected at least 28 whole local days, got 12/)
  })

  it('consumption to billing and nobody else, and the audit log knows who looked', { timeout: LONG }, async () => {
    const { out } = await showAs('bill', BILL, ['consumption'])
    expect(out).toContain('household-1  2026-03-02 00:00  2026-04-01 00:00     123.456  paillier')
    await expectRefused(showAs('eve', EVE, ['consumption']), /expected eve to act in one of its roles, got billing/)
    await expectRefused(showAs('bill', BILL, ['totals']), /expected bill to act in one of its roles, got supplier-analyst/)
    await expectRefused(showAs('bill', 'some other password', ['consumption']), /expected an account of the store and its password/)
    await expectRefused(
      showAs('bill', BILL, ['consumption', '--network', 'oak-street']),
      /--network: expected one of elm-street, got "oak-street"/
    )
    const audit = JSON.parse((await showAs('eve', EVE, ['audit', '--json'])).out)
    const lines: { account?: string; action: string; outcome: string }[] = audit.lines
    expect(lines).toContainEqual(
      expect.objectContaining({ account: 'bill', action: 'read consumption', outcome: 'done', network: NETWORK })
    )
    expect(lines).toContainEqual(expect.objectContaining({ account: 'bill', role: 'supplier-analyst', outcome: 'denied' }))
    expect(lines).toContainEqual(expect.objectContaining({ account: 'bill', action: 'sign in', outcome: 'denied' }))
    expect(audit.head.number).toBeLessThanOrEqual(lines.length)
    expect((await showAs('eve', EVE, ['audit', '--until', '2020-01-01T00:00:00Z'])).out).toMatch(/^0 lines of the audit log/)
  })
})

describe('a PostgreSQL password', () => {
  it('is taken from PGPASSWORD, and not from the address', { timeout: LONG }, async () => {
    const asked = Promise.withResolvers<string>()
    const server = createServer(socket => {
      let greeted = false
      socket.on('data', bytes => {
        if (greeted) {
          // PasswordMessage: 'p', length, the password and a zero (PostgreSQL's frontend/backend protocol 3.0).
          asked.resolve(String(bytes).slice(5, -1))
          const fields = Buffer.from('SFATAL\0C28P01\0Mno such user here\0\0')
          const length = Buffer.alloc(4)
          length.writeInt32BE(fields.byteLength + 4)
          socket.end(Buffer.concat([Buffer.from('E'), length, fields]))
          return
        }
        greeted = true
        // AuthenticationCleartextPassword.
        socket.write(Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 3]))
      })
      socket.on('error', cause => asked.reject(cause))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    const address = `postgres://mdms@127.0.0.1:${port}/store`
    const run = runMdms(at(['account', 'list', '--as', 'ada', '--store', address]), [ADA], { PGPASSWORD: 'from the environment' })
    expect(await asked.promise).toBe('from the environment')
    const { status, errors } = await run
    expect([status, errors.trimEnd().split('\n').length]).toEqual([2, 1])
    expect(errors).toMatch(/no such user here/)
    expect(errors).not.toContain('from the environment')
    server.close()
    await expectRefused(
      runMdms(at(['account', 'list', '--as', 'ada', '--store', `postgres://mdms:${ADA.replaceAll(' ', '-')}@127.0.0.1:9/s`]), [ADA]),
      /^--store: expected an address without a password, which other users would see; put it in PGPASSWORD\n$/
    )
  })
})
