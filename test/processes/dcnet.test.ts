// The programs of nodes/, each a process of its own as in the field: system clock, short slots, known readings.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KNOWN_LANES, KnownReadings } from '../support/known-readings.ts'
import { killAllNodes, type NodeEvent, NodeProcess, type Role } from '../support/node-process.ts'

const SLOT_SECONDS = 2
const MEMBERS = 7
/** Two more join later. */
const HOUSEHOLDS = 9
/** A test that waits for several slots, and for nodes that start, on two busy cores. */
const LONG = 120_000
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'

describe('a network of processes', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hushgrid-processes-'))
  const networkFile = join(folder, 'network.yaml')
  const recording = join(folder, 'readings.csv')
  const readings = new KnownReadings(HOUSEHOLDS, SLOT_SECONDS, Math.floor(Date.now() / 1000 / SLOT_SECONDS) - 5, 300)
  const started: NodeProcess[] = []
  const meters: NodeProcess[] = []
  let registrar: NodeProcess
  let aggregator: NodeProcess
  let registrarAddress = ''

  const dataOf = (name: string): string => join(folder, name)

  function start(role: Role, name: string, more: readonly string[], listen = ANY_PORT): NodeProcess {
    const node = new NodeProcess(role, ['--network', networkFile, '--data-dir', dataOf(name), '--listen', listen, '--json', ...more])
    started.push(node)
    return node
  }

  async function startRegistrar(listen?: string): Promise<void> {
    registrar = start('registrar', 'registrar', ['--members', String(MEMBERS)], listen)
    registrarAddress = String((await registrar.event('listening')).address)
  }

  async function startAggregator(): Promise<void> {
    aggregator = start('aggregator', 'aggregator', ['--registrar', registrarAddress])
    await aggregator.event('announced')
  }

  function startMeter(household: number): NodeProcess {
    const source = ['--data', recording, '--household', readings.nameOf(household)]
    const meter = start('meter', `meter-${household}`, ['--registrar', registrarAddress, ...source])
    meters[household] = meter
    return meter
  }

  /** Totals of the aggregator that runs now, over so many contributors. */
  function totals(contributors: number): NodeEvent[] {
    return aggregator.all('total').filter(total => total.contributors === contributors)
  }

  /** Waits for more totals over so many contributors than there are, and checks that every node has the true ones. */
  async function expectTotals(contributors: number, more: number): Promise<NodeEvent[]> {
    const before = totals(contributors).length
    const find = (): NodeEvent[] | undefined => {
      const now = totals(contributors)
      return now.length >= before + more ? now.slice(before) : undefined
    }
    const enough = await aggregator.until(`${more} more totals of ${contributors}`, find, LONG)
    for (const total of enough) {
      expect(wattHours(total.importKWh)).toBe(readings.sum(contributors, Number(total.slot)))
      for (const meter of meters.slice(0, contributors)) {
        const seen = await meter.event('total', entry => entry.slot === total.slot)
        expect([seen.importKWh, seen.exportKWh, seen.contributors, seen.epoch]).toEqual([
          total.importKWh,
          total.exportKWh,
          total.contributors,
          total.epoch
        ])
      }
    }
    return enough
  }

  /** A submission among the kinds of a journal's records. */
  const SUBMISSION = 1

  /** Slots of the submissions that a meter has ever journalled, in their order. */
  function journalledSlots(household: number): number[] {
    const { records, damaged } = RecordLog.read(join(dataOf(`meter-${household}`), 'journal.log'))
    expect(damaged).toBe(false)
    return records.flatMap(record =>
      record[0] === SUBMISSION ? [Number(new DataView(record.buffer, record.byteOffset).getBigUint64(1, true))] : []
    )
  }

  /** Waits until everybody has the first roster of so many members; how often members were marked absent before is open. */
  async function sameRoster(members: number): Promise<number> {
    const { epoch } = await registrar.event('roster', roster => roster.members === members)
    const rosters = await Promise.all(
      [registrar, aggregator, ...meters].map(node => node.event('roster', roster => roster.epoch === epoch))
    )
    expect(new Set(rosters.map(roster => roster.hash)).size).toBe(1)
    return Number(epoch)
  }

  beforeAll(async () => {
    writeFileSync(
      networkFile,
      `name: processes\nslotSeconds: ${SLOT_SECONDS}\nmembers: ${MEMBERS}\nminMembers: 6\nrecovery: none\n${KNOWN_LANES}`
    )
    readings.write(recording)
    await startRegistrar()
    await startAggregator()
    for (let household = 0; household < MEMBERS; household++) startMeter(household)
    await Promise.all(meters.map(meter => meter.event('listening')))
  }, LONG)

  afterAll(async () => {
    await killAllNodes()
    rmSync(folder, { recursive: true, force: true })
  })

  it('takes up one roster everywhere', { timeout: LONG }, async () => {
    const rosters = await Promise.all([registrar, aggregator, ...meters].map(node => node.event('roster')))
    expect(rosters.map(roster => [roster.epoch, roster.members, roster.degree, roster.hash])).toEqual(
      rosters.map(() => [0, MEMBERS, MEMBERS - 1, rosters[0]?.hash])
    )
    for (const meter of meters) expect((await meter.event('roster')).part).toBe(true)
  })

  it('publishes totals that are the sum of the readings, the same to all', { timeout: LONG }, async () => {
    await expectTotals(MEMBERS, 3)
  })

  it('goes on after a meter was stopped, and after one crashed, with no slot submitted twice', { timeout: LONG }, async () => {
    const stopped = await meters[0]?.stop()
    expect(stopped).toMatchObject({ status: 0, signal: null })
    await meters[1]?.kill()
    const ids = [0, 1].map(household => meters[household]?.events.find(entry => entry.event === 'listening')?.id)
    const again = [startMeter(0), startMeter(1)]
    expect(await Promise.all(again.map(async meter => (await meter.event('listening')).id))).toEqual(ids)
    await Promise.all(again.map(meter => meter.event('submitted')))
    await expectTotals(MEMBERS, 2)
    for (const household of [0, 1]) {
      const slots = journalledSlots(household)
      expect(slots.length).toBeGreaterThan(4)
      expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b))
    }
    for (const lost of aggregator.all('lost')) expect(lost.reason).toBe('MembersMissing')
  })

  it('takes in a meter that is started later, from the next epoch on', { timeout: LONG }, async () => {
    const late = startMeter(MEMBERS)
    const joined = await sameRoster(MEMBERS + 1)
    // Where it joins late in a slot the new roster may reach it before the answer with the old one; another may follow.
    for (const { epoch, part, rule } of late.all('roster'))
      expect([epoch, part, rule]).toEqual([epoch, ...(Number(epoch) < joined ? [false, 'own-entry'] : [true, undefined])])
    await expectTotals(MEMBERS + 1, 2)
  })

  it('finds an aggregator that comes back at another address, and a registrar that comes back', { timeout: LONG }, async () => {
    const oldAddress = (await aggregator.event('listening')).address
    const oldKey = (await registrar.event('listening')).id
    await aggregator.kill()
    await registrar.kill()
    // It may have signed another roster up to then.
    const epoch = registrar.all('roster').at(-1)?.epoch
    await startRegistrar(registrarAddress.replace(/\/p2p\/.*/, ''))
    expect((await registrar.event('listening')).id).toBe(oldKey)
    expect(await registrar.event('restored')).toMatchObject({ epoch, enrolled: MEMBERS + 1, waiting: 0 })
    await startAggregator()
    expect((await aggregator.event('listening')).address).not.toBe(oldAddress)
    await expectTotals(MEMBERS + 1, 1)
    // The chain goes on: nobody would take up a second roster for an epoch that there was.
    startMeter(MEMBERS + 1)
    await sameRoster(MEMBERS + 2)
    await expectTotals(MEMBERS + 2, 1)
  })

  it('ends within two seconds of SIGTERM, with status 0', { timeout: LONG }, async () => {
    for (const node of [...meters, aggregator, registrar]) {
      const ending = await node.stop()
      expect(ending).toMatchObject({ status: 0, signal: null })
      expect(ending.took).toBeLessThan(2000)
    }
    expect(started.map(node => node.errors).join('')).toBe('')
  })

  it('saw nothing that must not be: no evidence, no misreported slot, no refused roster, no slot submitted twice', () => {
    for (const node of started) {
      for (const event of ['evidence', 'misreported', 'roster-refused', 'refused']) expect(node.all(event)).toEqual([])
    }
    for (let household = 0; household < HOUSEHOLDS; household++) {
      const slots = journalledSlots(household)
      expect(slots).toEqual([...new Set(slots)].sort((a, b) => a - b))
    }
  })

  it('keeps secrets in files of mode 600, and neither secrets nor readings in its output', () => {
    const output = started.map(node => node.output).join('\n')
    const names = ['registrar', 'aggregator', ...meters.map((_, household) => `meter-${household}`)]
    for (const name of names) {
      for (const file of name.startsWith('meter') ? ['identity.key', 'seasons/season-0.key'] : ['identity.key']) {
        const path = join(dataOf(name), file)
        expect(statSync(path).mode & 0o777).toBe(0o600)
        const secret = readFileSync(path)
        expect(secret.byteLength).toBe(32)
        for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const) {
          expect(output.toLowerCase()).not.toContain(secret.toString(encoding).replace(/=+$/, '').toLowerCase())
        }
      }
      expect(statSync(dataOf(name)).mode & 0o077).toBe(0)
    }
    const numbers = new Set(output.match(/(?<![\d.\w])\d+(\.\d+)?(?![\d.\w])/g))
    const [total] = aggregator.all('total')
    expect(numbers).toContain(String(total?.importKWh))
    for (const reading of readings.shown()) {
      expect(numbers.has(reading)).toBe(false)
      expect(numbers.has(String(Number(reading) / 1000))).toBe(false)
    }
  })
})

function wattHours(kilowattHours: unknown): number {
  return Math.round(1000 * Number(kilowattHours))
}
