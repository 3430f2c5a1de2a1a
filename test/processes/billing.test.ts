// A bill from the meter to the supplier's store, every party a process of its own: the meter seals and delivers, the customer
// pairs, fetches, computes and sends, the supplier checks and keeps. A month passes in seconds.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { killAllNodes, NodeProcess, programOf } from '../support/node-process.ts'

const SLOT_SECONDS = 3600
const LONG = 120_000
const FIRST = Date.UTC(2026, 1, 1)
/** Wh of a household's hour; another for each, unlikely to turn up by chance, and no port. */
const reading = (hour: number): number => 66_001 + ((hour * 7919) % 33_000)
const HOURS = 6 * 24
/** Days that begin well after the meter has started, as the log tells their batches; the bill is of the first two. */
const DAYS = [0, 1, 2].map(day => new Date(FIRST + day * 86_400_000).toISOString())
/** Until the first of them begins, in real milliseconds: a meter that starts later than that has gaps in it. */
const START_WITHIN = 12_000
const hourOf = (time: unknown): number => Date.parse(String(time)) / 3_600_000
const PASSWORDS = { customer: 'a password of the customer', ada: 'correct horse battery', eve: 'a password for billing' }
const NOWHERE = '/ip4/127.0.0.1/tcp/9/p2p/12D3KooWErYVbTadgSJVjq2G9jgjnK5xqpAB8oHLcgtgEvWnKrEp'

describe('a bill between processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-billing-'))
  const at = (name: string): string => join(folder, name)
  let mdms: NodeProcess
  let meter: NodeProcess
  let supplier = ''

  interface Ended {
    readonly status: number | null
    readonly out: string
    readonly err: string
  }

  /** Runs a program to its end, with lines piped in. */
  function run(role: 'meter' | 'mdms' | 'customer', args: readonly string[], lines: readonly string[] = []): Promise<Ended> {
    const program = role === 'customer' ? programOf('meter').replace('/meter/', '/customer/') : programOf(role)
    const child = spawn(process.execPath, [program, ...args], { stdio: 'pipe' })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text
    })
    child.stderr.setEncoding('utf8').on('data', text => {
      err += text
    })
    child.stdin.end(lines.map(line => `${line}\n`).join(''))
    return new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', status => resolve({ status, out, err }))
    })
  }

  const customer = (args: readonly string[], ...more: readonly string[]): Promise<Ended> =>
    run('customer', [...args, '--data-dir', at('customer')], [PASSWORDS.customer, ...more])
  const runMdms = (args: readonly string[], ...passwords: readonly string[]): Promise<Ended> =>
    run('mdms', [...args, '--data-dir', at('mdms')], passwords)

  /** It goes by the system's clock, to which these readings and bills grow older every day. */
  function startMdms(listen: string): NodeProcess {
    const keep = ['--keep-readings', '7300', '--keep-consumption', '7300']
    return new NodeProcess('mdms', ['--network', at('network.yaml'), '--data-dir', at('mdms'), '--listen', listen, '--json', ...keep])
  }

  beforeAll(async () => {
    writeFileSync(at('network.yaml'), `name: billing\nslotSeconds: ${SLOT_SECONDS}\nmembers: 7\nminMembers: 6\nrecovery: none\n`)
    const rows = Array.from(
      { length: HOURS },
      (_, hour) => `${new Date(FIRST + hour * 3_600_000).toISOString().slice(0, 16)}Z,${reading(hour)}`
    )
    writeFileSync(at('readings.csv'), `slot_start_utc,house\n${rows.join('\n')}\n`)
    writeFileSync(at('tariff.yaml'), 'name: winter\ncurrency: EUR\ntimeZone: UTC\nimport:\n  kind: flat\n  price: "31.5"\n')
    mdms = startMdms('/ip4/127.0.0.1/tcp/0')
    supplier = String((await mdms.event('listening')).address)
    expect((await runMdms(['account', 'add', 'ada', '--roles', 'admin'], PASSWORDS.ada)).status).toBe(0)
    expect((await runMdms(['account', 'add', 'eve', '--roles', 'billing', '--as', 'ada'], PASSWORDS.ada, PASSWORDS.eve)).status).toBe(0)
    expect((await runMdms(['tariff', 'add', at('tariff.yaml'), '--as', 'eve'], PASSWORDS.eve)).status).toBe(0)
    // A day in four seconds; the first day begins once the meter has started.
    const clock = `${new Date(Date.now() + START_WITHIN).toISOString()},${new Date(FIRST).toISOString()},21600`
    meter = new NodeProcess('meter', [
      ...['--registrar', NOWHERE, '--network', at('network.yaml'), '--data-dir', at('meter'), '--listen', '/ip4/127.0.0.1/tcp/0', '--json'],
      ...['--data', at('readings.csv'), '--billing-period', 'day', '--billing-supplier', supplier, '--lab-clock', clock]
    ])
    await meter.event('listening')
  }, LONG)

  afterAll(async () => {
    await killAllNodes()
    rmSync(folder, { recursive: true, force: true })
  })

  it('the meter brings its batches to the supplier, who cannot read them', { timeout: LONG }, async () => {
    for (const day of DAYS) {
      await meter.event('delivered', ({ from }) => from === day, LONG)
      await mdms.event('batch', ({ firstSlot }) => firstSlot === hourOf(day))
    }
    const batches = mdms.all('batch')
    expect(batches.map(({ slots }) => slots)).toEqual(batches.map(() => 24))
    expect(meter.all('delivery-refused')).toEqual([])
  })

  it('the customer pairs, fetches, computes and sends; the supplier checks and keeps the bill', { timeout: LONG }, async () => {
    const { home: address } = await meter.event('billing')
    const shown = await run('meter', ['billing-pair', '--data-dir', at('meter')])
    const code = /^code {2}(\S+)$/m.exec(shown.out)?.[1] ?? ''
    expect(await customer(['pair', '--meter', String(address)], code)).toMatchObject({ status: 0, err: '' })
    expect(await customer(['fetch', '--meter', String(address)])).toMatchObject({ status: 0, err: '' })
    const bill = ['bill', '--tariff', at('tariff.yaml'), '--period', '2026-02-01/2026-02-03', '--out', at('february.bill')]
    const made = await customer(bill)
    expect(made).toMatchObject({ status: 0, err: '' })
    const energy = Array.from({ length: 48 }, (_, hour) => reading(hour)).reduce((sum, value) => sum + value, 0)
    // 31.5 cents a kWh is 315 ten-thousandths of a cent a Wh.
    expect(made.out).toContain(`(${315 * energy} ten-thousandths of a cent`)
    const send = ['send', '--bill', at('february.bill'), '--supplier', supplier, '--network', 'billing']
    expect(await run('customer', send)).toMatchObject({ status: 0, err: '', out: expect.stringMatching(/checked and taken/) })
    expect((await mdms.event('bill')).slots).toBe(48)
    // The same again is known; one that is changed does not hold.
    expect(await run('customer', send)).toMatchObject({ status: 0, err: '' })
    const changed = readFileSync(at('february.bill'))
    changed.writeUInt8(changed.readUInt8(changed.byteLength - 10) ^ 1, changed.byteLength - 10)
    writeFileSync(at('changed.bill'), changed)
    const refused = await run('customer', send.with(2, at('changed.bill')))
    expect(refused.status).toBe(2)
    expect(refused.err).toMatch(/^bill, \w+: .*\n$/)

    const bills = await runMdms(['show', 'bills', '--as', 'eve', '--json'], PASSWORDS.eve)
    expect([bills.status, bills.err]).toEqual([0, ''])
    expect(bills.out).toContain(String(315 * energy))
    expect(bills.out).toMatch(/household-[0-9a-f]{32}/)
  })

  it('goes on where it was after the supplier was away, and logs neither readings nor amounts', { timeout: LONG }, async () => {
    await mdms.kill()
    const port = supplier.replace(/\/p2p\/.*/, '')
    const before = new Set(meter.all('sealed').map(({ from }) => from))
    const { from: waiting } = await meter.event('sealed', ({ from }) => !before.has(from), LONG)
    const again = startMdms(port)
    await again.event('batch', ({ firstSlot }) => firstSlot === hourOf(waiting), LONG)
    await meter.event('delivered', ({ from }) => from === waiting, LONG)
    const output = [mdms, again, meter].map(node => node.output).join('\n')
    const numbers = new Set(output.match(/(?<![\d.\w])\d+(\.\d+)?(?![\d.\w])/g))
    for (let hour = 0; hour < HOURS; hour++) expect(numbers.has(String(reading(hour)))).toBe(false)
    for (const secret of Object.values(PASSWORDS)) expect(output).not.toContain(secret)
    for (const node of [again, meter]) expect(await node.stop()).toMatchObject({ status: 0, signal: null })
  })
})
