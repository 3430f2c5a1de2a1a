// The programs of the path by concentrator and PES, each a process of its own: system clock, short slots, known readings.
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PesMeterStore } from '@hushgrid/node-meter'
import { systemRng } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KnownReadings } from '../support/known-readings.ts'
import { killAllNodes, type NodeEvent, NodeProcess, type Role, runToEnd } from '../support/node-process.ts'

const SLOT_SECONDS = 2
const MEMBERS = 6
const BILLING_SLOTS = 4
/** A test that waits for several slots, and for nodes that start, on two busy cores. */
const LONG = 120_000
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

afterAll(killAllNodes)

describe.each(['reencrypt', 'direct'] as const)('%s', variant => {
  const folder = mkdtempSync(join(tmpdir(), `hushgrid-${variant}-`))
  const networkFile = join(folder, 'network.yaml')
  const recording = join(folder, 'readings.csv')
  // Both variants' begin now, and the second is run after the first.
  const readings = new KnownReadings(MEMBERS, SLOT_SECONDS, Math.floor(Date.now() / 1000 / SLOT_SECONDS) - 5, 900)
  const dataOf = (name: string): string => join(folder, name)
  const started: NodeProcess[] = []
  const meters: NodeProcess[] = []
  let mdms: NodeProcess
  let pes: NodeProcess | undefined
  let concentrator: NodeProcess
  let supplier = ''
  let reached = ''
  let listen = ANY_PORT

  function start(role: Role, name: string, more: readonly string[], at = ANY_PORT): NodeProcess {
    const node = new NodeProcess(role, ['--network', networkFile, '--data-dir', dataOf(name), '--listen', at, '--json', ...more])
    started.push(node)
    return node
  }

  /** With `reencrypt` the PES runs beside the concentrator, with `direct` in its own process. */
  async function startConcentrator(): Promise<void> {
    const limits = ['--billing-slots', String(BILLING_SLOTS), '--min-readings', '2']
    const allow = ['--allow', dataOf('meters.signed')]
    if (variant === 'reencrypt') concentrator = start('concentrator', 'concentrator', ['--supplier', supplier, ...limits, ...allow], listen)
    else {
      pes ??= start('pes', 'pes', [
        '--supplier',
        supplier,
        ...limits,
        '--pes-share',
        dataOf('pes.share'),
        '--concentrator-key',
        await idOf('concentrator'),
        ...allow
      ])
      const address = String((await pes.event('listening')).address)
      concentrator = start('concentrator', 'concentrator', ['--supplier', supplier, '--pes', address, ...allow], listen)
    }
    reached = String((await concentrator.event('listening')).address)
    listen = reached.replace(/\/p2p\/.*/, '')
  }

  /** What `id` prints, before the node has ever run. */
  async function idOf(role: 'concentrator' | 'pes'): Promise<string> {
    const { status, out } = await runToEnd(role, ['id', '--data-dir', dataOf(role), '--json'])
    expect(status).toBe(0)
    return String((JSON.parse(out) as NodeEvent).id)
  }

  async function startMeter(household: number): Promise<void> {
    const { pes: pesKey, supplier: supplierKey } = await concentrator.event('setup')
    const keys = ['--pes-key', String(pesKey), '--supplier-key', String(supplierKey), '--variant', variant]
    const source = ['--data', recording, '--household', readings.nameOf(household)]
    const meter = start('meter', `meter-${household}`, [
      '--mode',
      'pes',
      '--concentrator',
      reached,
      ...keys,
      ...source,
      '--min-members',
      '4'
    ])
    meters[household] = meter
    await meter.event('admitted')
  }

  /** Waits for totals over these households, of slots that have not ended yet, and checks them. */
  async function expectTotals(households: readonly number[], more: number): Promise<void> {
    // In an earlier one somebody else may have been late, and whoever is away now in time.
    const from = Math.floor(Date.now() / 1000 / SLOT_SECONDS)
    const fits = (): NodeEvent[] =>
      mdms.all('total').filter(total => total.contributors === households.length && Number(total.slot) >= from)
    const enough = await mdms.until(`${more} more totals of ${households.length}`, () => (fits().length >= more ? fits() : undefined), LONG)
    for (const total of enough) {
      const sum = households.reduce((so, household) => so + readings.reading(household, Number(total.slot)), 0)
      expect(Math.round(Number(total.importKWh) * 1000)).toBe(sum)
    }
  }

  beforeAll(async () => {
    writeFileSync(networkFile, `name: pes-${variant}\nslotSeconds: ${SLOT_SECONDS}\nmembers: ${MEMBERS}\nminMembers: 4\nrecovery: none\n`)
    readings.write(recording)
    const ids = Array.from({ length: MEMBERS }, (_, household) => {
      const store = PesMeterStore.open(dataOf(`meter-${household}`), systemRng, false)
      store.close()
      return store.identity.id
    })
    writeFileSync(dataOf('meters.txt'), ids.join('\n'))
    const dealer = ['--network', networkFile, '--dealer-key', dataOf('dealer.key'), '--json']
    const lists = ['--meters', dataOf('meters.txt'), '--out', dataOf('meters.signed')]
    const signed = await runToEnd('mdms', ['sign-meters', ...dealer, ...lists])
    expect(signed.status).toBe(0)
    appendFileSync(networkFile, `dealerKey: ${(JSON.parse(signed.out.split('\n')[0] ?? '') as NodeEvent).dealerKey}\n`)
    const share = ['--bits', '2048', '--supplier-share', dataOf('supplier.share'), '--pes-share', dataOf('pes.share')]
    if (variant === 'direct') expect((await runToEnd('mdms', ['deal', ...dealer, ...share])).status).toBe(0)
    mdms = start('mdms', 'mdms', ['--min-period-slots', '2', ...(variant === 'direct' ? ['--share', dataOf('supplier.share')] : [])])
    supplier = String((await mdms.event('listening')).address)
    await startConcentrator()
    for (let household = 0; household < MEMBERS; household++) await startMeter(household)
  }, LONG)

  afterAll(async () => {
    await killAllNodes()
    rmSync(folder, { recursive: true, force: true })
  })

  it('totals are the sum of the readings', { timeout: LONG }, async () => {
    expect(await mdms.event('setup')).toMatchObject({ variant, minMembers: 4, billingSlots: BILLING_SLOTS })
    await expectTotals([0, 1, 2, 3, 4, 5], 3)
  })

  it('a household has a figure for its billing period, and the log does not', { timeout: LONG }, async () => {
    const consumption = await mdms.event('consumption', entry => entry.readings === BILLING_SLOTS, LONG)
    expect(consumption).toMatchObject({ slots: BILLING_SLOTS, meter: expect.stringMatching(/^[0-9a-f]{64}$/) })
    const household = meters.findIndex(meter => meter.all('listening').some(({ id }) => id === consumption.meter))
    const first = Number(consumption.firstSlot)
    const sum = [0, 1, 2, 3].reduce((so, i) => so + readings.reading(household, first + i), 0)
    // Whole numbers, for an id may hold any digits.
    const numbers = numbersIn(mdms.output)
    for (const shown of [sum, sum / 1000]) expect(numbers.has(String(shown))).toBe(false)
  })

  it('goes on without a meter that crashed, and with it when it is back; no slot is submitted twice', { timeout: LONG }, async () => {
    await meters[2]?.kill()
    await expectTotals([0, 1, 3, 4, 5], 2)
    await startMeter(2)
    await expectTotals([0, 1, 2, 3, 4, 5], 2)
    const { records } = RecordLog.read(join(dataOf('meter-2'), 'pes-journal.log'))
    expect(new Set(records.map(record => Buffer.from(record).toString('hex'))).size).toBe(records.length)
    expect(records.length).toBeGreaterThan(3)
  })

  it('goes on after the concentrator was killed, with the same members', { timeout: LONG }, async () => {
    await concentrator.kill()
    await startConcentrator()
    expect(concentrator.all('restored')).toHaveLength(1)
    await expectTotals([0, 1, 2, 3, 4, 5], 2)
    if (!pes) return
    await pes.kill()
    const address = String((await pes.event('listening')).address).replace(/\/p2p\/.*/, '')
    const { args } = pes
    pes = new NodeProcess(
      'pes',
      args.map(text => (text === ANY_PORT ? address : text))
    )
    started.push(pes)
    await pes.event('listening')
    await expectTotals([0, 1, 2, 3, 4, 5], 2)
  })

  it('goes on after the supplier was stopped, with the same key and setup', { timeout: LONG }, async () => {
    const { id, address } = await mdms.event('listening')
    expect(await mdms.stop()).toMatchObject({ status: 0, signal: null })
    mdms = start(
      'mdms',
      'mdms',
      ['--min-period-slots', '2', ...(variant === 'direct' ? ['--share', dataOf('supplier.share')] : [])],
      String(address).replace(/\/p2p\/.*/, '')
    )
    expect((await mdms.event('listening')).id).toBe(id)
    await expectTotals([0, 1, 2, 3, 4, 5], 2)
  })

  it('a meter that leaves is not waited for', { timeout: LONG }, async () => {
    const id = meters[5]?.all('listening')[0]?.id
    await meters[5]?.stop()
    const leaver = start('meter', 'meter-5', [
      '--mode',
      'pes',
      '--concentrator',
      reached,
      '--data',
      recording,
      '--household',
      'house-5',
      '--min-members',
      '4',
      '--leave-on-stop'
    ])
    await leaver.event('submitted')
    expect(await leaver.stop()).toMatchObject({ status: 0, signal: null })
    await concentrator.event('left', entry => entry.meter === id)
    await expectTotals([0, 1, 2, 3, 4], 2)
    expect((await concentrator.event('closed', entry => entry.contributors === 5 && entry.missing === 0)).contributors).toBe(5)
  })

  it('a meter refuses a setup of somebody else, of the other variant, or with lower limits', { timeout: LONG }, async () => {
    const other = 'ab'.repeat(32)
    const common = ['--mode', 'pes', '--concentrator', reached, '--synthetic', 'a:1']
    for (const more of [
      ['--pes-key', other],
      ['--supplier-key', other],
      ['--variant', variant === 'direct' ? 'reencrypt' : 'direct'],
      ['--min-members', '5']
    ]) {
      const meter = start('meter', `meter-picky-${more[0]}`, [
        ...common,
        ...(more[0] === '--min-members' ? more : [...more, '--min-members', '4'])
      ])
      expect(await meter.ended()).toMatchObject({ status: 1 })
      expect(meter.all('setup-refused')).toHaveLength(1)
      expect(meter.errors).toMatch(/^[^\n]+\n$/)
    }
  })

  it('a meter that is not on the dealer’s list is refused', { timeout: LONG }, async () => {
    const meter = start('meter', 'meter-invented', ['--mode', 'pes', '--concentrator', reached, '--synthetic', 'a:1', '--min-members', '4'])
    expect(await meter.ended()).toMatchObject({ status: 1 })
    expect(meter.all('refused')).toMatchObject([{ reason: 'this meter is not on the list of those that are taken in' }])
  })

  it('no log shows a reading or a key, and all end with status 0', { timeout: LONG }, async () => {
    const running = [mdms, concentrator, ...(pes ? [pes] : []), ...meters.slice(0, 5)]
    for (const ending of await Promise.all(running.map(node => node.stop()))) expect(ending).toMatchObject({ status: 0, signal: null })
    const output = started.map(node => node.output).join('\n')
    const numbers = numbersIn(output)
    expect(numbers).toContain(String(mdms.all('total')[0]?.importKWh))
    for (const shown of readings.shown()) {
      expect(numbers.has(shown)).toBe(false)
      expect(numbers.has(String(Number(shown) / 1000))).toBe(false)
    }
    const secrets = secretFiles(folder)
    expect(secrets.length).toBeGreaterThan(10)
    for (const path of secrets) {
      expect(statSync(path).mode & 0o777, path).toBe(0o600)
      const bytes = readFileSync(path)
      for (const text of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('latin1')])
        expect(output.includes(text), path).toBe(false)
    }
  })
})

/** Numbers that stand alone. */
function numbersIn(output: string): Set<string> {
  return new Set(output.match(/(?<![\d.\w])\d+(\.\d+)?(?![\d.\w])/g))
}

/** Files that hold keys, in a folder and those in it. */
function secretFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(key|keys|share)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name))
}
