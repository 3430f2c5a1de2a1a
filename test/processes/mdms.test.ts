// The supplier's program behind a DC-net: registrar, aggregator, six meters and the store, each a process of its own.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Actor, openKeyFile, openStore, type Store } from '@hushgrid/mdms'
import { SystemClock } from '@hushgrid/network'
import { EXPORT_LANE, IMPORT_LANE, systemRng } from '@hushgrid/primitives'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KNOWN_LANES, KnownReadings } from '../support/known-readings.ts'
import { killAllNodes, type NodeEvent, NodeProcess, programOf, type Role, runToEnd } from '../support/node-process.ts'

const SLOT_SECONDS = 2
const MEMBERS = 6
const NETWORK = 'supplied'
const PASSWORD = 'correct horse battery'
/** A test that waits for several slots, and for nodes that start, on two busy cores. */
const LONG = 120_000
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

describe('the store behind a DC-net', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-supplied-'))
  const networkFile = join(folder, 'network.yaml')
  const recording = join(folder, 'readings.csv')
  const readings = new KnownReadings(MEMBERS, SLOT_SECONDS, Math.floor(Date.now() / 1000 / SLOT_SECONDS) - 5, 300)
  const dataOf = (name: string): string => join(folder, name)
  const started: NodeProcess[] = []
  const meters: NodeProcess[] = []
  const analyst: Actor = { account: 'eve', role: 'supplier-analyst' }
  let aggregator: NodeProcess
  let aggregatorAddress = ''
  let mdms: NodeProcess
  let registrarAddress = ''
  let supplier = ''

  function start(role: Role, name: string, more: readonly string[], listen = ANY_PORT): NodeProcess {
    const node = new NodeProcess(role, ['--network', networkFile, '--data-dir', dataOf(name), '--listen', listen, '--json', ...more])
    started.push(node)
    return node
  }

  async function startAggregator(listen?: string): Promise<void> {
    aggregator = start('aggregator', 'aggregator', ['--registrar', registrarAddress, '--reader', supplier], listen)
    aggregatorAddress = String((await aggregator.event('listening')).address)
  }

  function startMdms(): void {
    mdms = start('mdms', 'mdms', ['--aggregator', aggregatorAddress])
  }

  function startMeter(household: number): void {
    const source = ['--data', recording, '--household', readings.nameOf(household)]
    meters[household] = start('meter', `meter-${household}`, ['--registrar', registrarAddress, ...source])
  }

  const totals = (): NodeEvent[] => mdms.all('total')

  /** Waits for more totals than there are, and checks all. */
  async function expectTotals(more: number): Promise<void> {
    const before = totals().length
    await mdms.until(`${more} more totals`, () => (totals().length >= before + more ? true : undefined), LONG)
    for (const total of totals()) {
      expect(total).toMatchObject({ contributors: MEMBERS, missing: 0 })
      expect(Math.round(Number(total.importKWh) * 1000)).toBe(readings.sum(MEMBERS, Number(total.slot)))
      expect(total.start).toBe(new Date(Number(total.slot) * SLOT_SECONDS * 1000).toISOString())
    }
  }

  /** The store, beside the program that runs on it. */
  async function withStore<T>(run: (store: Store) => Promise<T>): Promise<T> {
    const keys = openKeyFile(join(dataOf('mdms'), 'mdms.keys'), systemRng)
    const store = await openStore({ location: join(dataOf('mdms'), 'mdms.db'), keys, clock: new SystemClock() })
    try {
      return await run(store)
    } finally {
      await store.close()
    }
  }

  /** A command that a person runs on the store, with passwords piped in. */
  async function runMdms(args: readonly string[], ...lines: readonly string[]): Promise<{ status: number | null; out: string }> {
    const child = spawn(process.execPath, [programOf('mdms'), ...args, '--data-dir', dataOf('mdms')], {
      stdio: ['pipe', 'pipe', 'inherit']
    })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', text => {
      out += text
    })
    child.stdin.end(lines.map(line => `${line}\n`).join(''))
    const [status] = (await once(child, 'close')) as [number | null]
    return { status, out }
  }

  const everything = { from: readings.firstSlot, until: readings.firstSlot + readings.slots }
  const storedTotals = () => withStore(store => store.readTotals(analyst, NETWORK, everything))

  beforeAll(async () => {
    writeFileSync(
      networkFile,
      `name: ${NETWORK}\nslotSeconds: ${SLOT_SECONDS}\nmembers: ${MEMBERS}\nminMembers: 6\ndropout: 0\nrecovery: none\n${KNOWN_LANES}`
    )
    readings.write(recording)
    const { status, out } = await runToEnd('mdms', ['id', '--data-dir', dataOf('mdms'), '--json'])
    expect(status).toBe(0)
    supplier = String((JSON.parse(out) as NodeEvent).id)
    const registrar = start('registrar', 'registrar', ['--members', String(MEMBERS)])
    registrarAddress = String((await registrar.event('listening')).address)
    await startAggregator()
    startMdms()
    for (let household = 0; household < MEMBERS; household++) startMeter(household)
    expect(await mdms.event('listening')).toMatchObject({ id: supplier })
  }, LONG)

  afterAll(async () => {
    await killAllNodes()
    rmSync(folder, { recursive: true, force: true })
  })

  it('takes totals that are the sum of the readings, and needs no Paillier key', { timeout: LONG }, async () => {
    expect(await mdms.event('starting')).toMatchObject({ mode: 'dcnet', aggregator: aggregatorAddress, network: NETWORK })
    await expectTotals(3)
    expect(await runMdms(['account', 'add', 'ada', '--roles', 'admin'], PASSWORD)).toMatchObject({ status: 0 })
    expect(await runMdms(['account', 'add', 'eve', '--roles', 'supplier-analyst', '--as', 'ada'], PASSWORD, PASSWORD)).toMatchObject({
      status: 0
    })
    const stored = await storedTotals()
    expect(stored.length).toBeGreaterThanOrEqual(3)
    for (const { slot, lanes, contributors, missing, mode } of stored) {
      expect([contributors, missing, mode]).toEqual([MEMBERS, 0, 'dcnet'])
      expect(lanes[IMPORT_LANE]).toBe(BigInt(readings.sum(MEMBERS, slot)))
      // The recording is of import only, so that nobody can fill the other lane.
      expect(lanes[EXPORT_LANE]).toMatchObject({ able: 0, of: MEMBERS })
    }
    const { status, out } = await runMdms(['show', 'totals', '--as', 'eve', '--json'], PASSWORD)
    const shown = JSON.parse(out) as { totals: { slot: number; wattHours: Record<string, number> }[] }
    expect(status).toBe(0)
    expect(shown.totals.length).toBeGreaterThanOrEqual(stored.length)
    for (const { slot, wattHours } of shown.totals) expect(wattHours[IMPORT_LANE]).toBe(readings.sum(MEMBERS, slot))
    expect(readdirSync(dataOf('mdms')).filter(name => /paillier|setup/.test(name))).toEqual([])
  })

  it('fetches what it missed after it was killed, and keeps nothing twice', { timeout: LONG }, async () => {
    await mdms.kill()
    // What it has kept and not logged any more is not told again.
    const last = Math.max(...(await storedTotals()).map(({ slot }) => Number(slot)))
    const later = (): number[] =>
      aggregator
        .all('total')
        .map(({ slot }) => Number(slot))
        .filter(slot => slot > last)
    const missed = await aggregator.until('three more totals', () => (later().length >= 3 ? later() : undefined), LONG)
    startMdms()
    await mdms.event('total', ({ slot }) => Number(slot) > Math.max(...missed), LONG)
    const slots = totals().map(({ slot }) => Number(slot))
    expect(slots).toEqual(expect.arrayContaining(missed))
    expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b))
    const results = await withStore(async store => [
      ...(await store.readTotals(analyst, NETWORK, everything)),
      ...(await store.readLostSlots(analyst, NETWORK, everything))
    ])
    const stored = results.map(({ slot }) => Number(slot)).sort((a, b) => a - b)
    // No slot is missing between the first and the last, a busy machine's lost ones among them, and none was refused.
    expect(stored).toEqual(Array.from({ length: stored.length }, (_, i) => (stored[0] as number) + i))
    expect(mdms.all('not-kept')).toEqual([])
    await expectTotals(1)
  })

  it('goes on with an aggregator that was killed and is back', { timeout: LONG }, async () => {
    await aggregator.kill()
    await mdms.event('trouble', ({ problem }) => String(problem).startsWith('slot '), LONG)
    await startAggregator(aggregatorAddress.replace(/\/p2p\/.*/, ''))
    const { slot } = await aggregator.event('total', undefined, LONG)
    await mdms.event('total', entry => entry.slot === slot, LONG)
    await expectTotals(1)
  })

  it('keeps a lost slot with its reason', { timeout: LONG }, async () => {
    const missing = meters[3] as NodeProcess
    await missing.kill()
    const lost = await mdms.event('lost', entry => entry.members === 1, LONG)
    expect(lost.reason).toBe('members are missing: 1')
    const stored = await withStore(store => store.readLostSlots(analyst, NETWORK, everything))
    expect(stored).toContainEqual(expect.objectContaining({ slot: lost.slot, mode: 'dcnet', reason: 'members are missing: 1' }))
  })

  it('gives nothing to a supplier that the aggregator was not told of', { timeout: LONG }, async () => {
    const stranger = start('mdms', 'stranger', ['--aggregator', aggregatorAddress])
    expect((await stranger.event('trouble', undefined, LONG)).problem).toMatch(/it refuses: transcripts are for members/)
    expect([stranger.all('total'), stranger.all('lost')]).toEqual([[], []])
    expect(await stranger.stop()).toMatchObject({ status: 0, signal: null })
  })

  it('ends with status 0, and no log shows a reading', { timeout: LONG }, async () => {
    expect(await mdms.stop()).toMatchObject({ status: 0, signal: null })
    expect([mdms.errors, mdms.all('stopped')]).toEqual(['', [expect.objectContaining({ status: 0 })]])
    const numbers = new Set(
      started
        .map(node => node.output)
        .join('\n')
        .match(/(?<![\d.\w])\d+(\.\d+)?(?![\d.\w])/g)
    )
    expect(numbers).toContain(String(totals()[0]?.importKWh))
    for (const shown of readings.shown()) expect([numbers.has(shown), numbers.has(String(Number(shown) / 1000))]).toEqual([false, false])
  })
})
