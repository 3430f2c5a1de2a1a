// The aggregator is killed at random points of slots and started again, live, in separate processes: no slot is counted
// twice, and none is lost whose submissions the meters have journalled.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { SeededRng, type Slot, slotTimes } from '@hushgrid/primitives'
import { RecordLog } from '@hushgrid/runtime'
import { afterAll, expect, it } from 'vitest'
import { KNOWN_LANES, KnownReadings } from '../support/known-readings.ts'
import { killAllNodes, type NodeEvent, NodeProcess, type Role } from '../support/node-process.ts'

/** A quarter of a slot is the submissions' window: long enough for a process to start and for meters to find it. */
const SLOT_SECONDS = 12
const SLOT_MS = SLOT_SECONDS * 1000
const MEMBERS = 7
const KILLS = Number(process.env.HUSHGRID_KILLS ?? 3)
const SEED = process.env.HUSHGRID_SEED ?? 'killed'
const ANY_PORT = '/ip4/127.0.0.1/tcp/0'
/** A submission among the kinds of a meter's journal. */
const SUBMISSION = 1

const root = mkdtempSync(join(tmpdir(), 'hushgrid-killed-'))
const readings = new KnownReadings(MEMBERS, SLOT_SECONDS, Math.floor(Date.now() / 1000 / SLOT_SECONDS) - 5, 200)

afterAll(async () => {
  await killAllNodes()
  rmSync(root, { recursive: true, force: true })
})

function start(folder: string, role: Role, name: string, more: readonly string[], listen = ANY_PORT): NodeProcess {
  const networkFile = join(folder, 'network.yaml')
  return new NodeProcess(role, ['--network', networkFile, '--data-dir', join(folder, name), '--listen', listen, '--json', ...more])
}

/** When an aggregator was killed, and when one listened again; Unix milliseconds. */
interface Away {
  readonly from: number
  readonly until: number
}

/**
 * Whether there may have been no aggregator to take the slot's submissions: it went before they can all have come, and was
 * back too late for the meters to find it before the deadline. Only a machine that takes a second and a half to start a
 * process makes it so.
 */
function missedWindow({ from, until }: Away, slot: number): boolean {
  const { end, unit, deadline } = slotTimes(slot as Slot, SLOT_SECONDS)
  return from < end + unit && until > deadline - 2 * unit
}

/** Slots for which a meter has journalled a submission. */
function journalled(folder: string, household: number): Set<number> {
  const { records } = RecordLog.read(join(folder, `meter-${household}`, 'journal.log'))
  return new Set(
    records.flatMap(record =>
      record[0] === SUBMISSION ? [Number(new DataView(record.buffer, record.byteOffset).getBigUint64(1, true))] : []
    )
  )
}

const TIMEOUT = { timeout: 180_000 + KILLS * 2 * SLOT_MS }

it.each(['edge-release', 'double-mask'])(`counts every slot once over ${KILLS} kills (seed ${SEED}), %s`, TIMEOUT, async recovery => {
  const folder = join(root, recovery)
  mkdirSync(folder)
  const network = `name: killed\nslotSeconds: ${SLOT_SECONDS}\nmembers: ${MEMBERS}\nminMembers: 6\nrecovery: ${recovery}\n${KNOWN_LANES}`
  writeFileSync(join(folder, 'network.yaml'), network)
  const recording = join(folder, 'readings.csv')
  readings.write(recording)
  const rng = new SeededRng(SEED)
  const registrar = start(folder, 'registrar', 'registrar', ['--members', String(MEMBERS)])
  const address = String((await registrar.event('listening')).address)
  const lives = [start(folder, 'aggregator', 'aggregator', ['--registrar', address])]
  const listen = String((await (lives[0] as NodeProcess).event('listening')).address).replace(/\/p2p\/.*/, '')
  const meters = Array.from({ length: MEMBERS }, (_, household) =>
    start(folder, 'meter', `meter-${household}`, ['--registrar', address, '--data', recording, '--household', readings.nameOf(household)])
  )
  const first = Number((await (meters[0] as NodeProcess).event('total', () => true, 90_000)).slot)
  const points: string[] = []
  const kills: number[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const offset = rng.below(SLOT_MS)
    await wait(SLOT_MS - (Date.now() % SLOT_MS) + offset)
    points.push(`slot ${Math.floor(Date.now() / SLOT_MS) - 1} + ${(offset / (SLOT_MS / 16)).toFixed(1)} u`)
    kills.push(Date.now())
    await (lives.at(-1) as NodeProcess).kill()
    lives.push(start(folder, 'aggregator', 'aggregator', ['--registrar', address], listen))
  }
  await (lives.at(-1) as NodeProcess).event('listening')
  const last = Math.floor(Date.now() / SLOT_MS)
  await Promise.all(
    meters.map(meter => meter.until(`a result of slot ${last}`, () => resultsOf(meter).find(({ slot }) => Number(slot) >= last), 90_000))
  )
  const say = `kills at ${points.join(', ')}`

  const sums = new Map<number, Set<string>>()
  for (const node of [...lives, ...meters]) {
    expect(node.all('evidence'), say).toEqual([])
    expect(node.all('misreported'), say).toEqual([])
    for (const { slot, importKWh } of node.all('total')) {
      const seen = sums.get(Number(slot)) ?? new Set()
      sums.set(Number(slot), seen.add(String(importKWh)))
    }
  }
  // One that is killed before it listens was away all along.
  const listened = lives.map(life => Date.parse(String(life.all('listening')[0]?.time ?? '')))
  const away = kills.map((from, kill) => ({ from, until: listened.slice(kill + 1).find(Number.isFinite) ?? Number.POSITIVE_INFINITY }))
  let totals = 0
  const kept = meters.map((_, household) => journalled(folder, household))
  const lost: string[] = []
  const unheard: number[] = []
  for (let slot = first; slot <= last; slot++) {
    const all = kept.every(slots => slots.has(slot))
    const seen = sums.get(slot)
    const late = away.some(span => missedWindow(span, slot))
    if (seen) {
      totals++
      const [sum, ...others] = [...seen].map(kwh => Math.round(1000 * Number(kwh)))
      const exact = readings.sum(MEMBERS, slot)
      // One of them may do without who did not find it in time.
      const without = late ? Array.from({ length: MEMBERS }, (_, household) => exact - readings.reading(household, slot)) : []
      expect(others, say).toEqual([])
      expect([exact, ...without], say).toContain(sum)
    } else if (late) unheard.push(slot)
    else if (all) {
      const reasons = meters.flatMap(meter => meter.all('lost').filter(entry => entry.slot === slot)).map(({ reason }) => String(reason))
      lost.push(`slot ${slot} (${reasons[0] ?? 'no result'})`)
    }
  }
  process.stdout.write(
    `${recovery}: aggregator killed ${KILLS} times (${say}): ${totals} of ${last - first + 1} slots have their total, lost: ${lost.join(', ') || 'none'}, back too late for: ${unheard.join(', ') || 'none'}\n`
  )
  expect(lost, say).toEqual([])
  await killAllNodes()
})

function resultsOf(meter: NodeProcess): NodeEvent[] {
  return [...meter.all('total'), ...meter.all('lost')]
}
