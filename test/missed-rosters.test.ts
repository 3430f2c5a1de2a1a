// A meter that was away while rosters were signed: it fetches those it missed, or says that it cannot, and is present again.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { AdjustableClock, idInAddress, LabClock, peerOf, presetNamed, protocolName, realNow, topicName } from '@hushgrid/network'
import { type AggregatorNode, AggregatorStore, startAggregator } from '@hushgrid/node-aggregator'
import { type MeterNode, MeterStore, startMeter } from '@hushgrid/node-meter'
import { type RegistrarNode, RegistrarStore, startRegistrar } from '@hushgrid/node-registrar'
import { type Epoch, millis, readingLanes, systemRng } from '@hushgrid/primitives'
import { parseNetwork } from '@hushgrid/topology'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

const MEMBERS = 4
const LEAST = 3
const SLOT = 900_000
const START = Date.UTC(2025, 0, 13)
const network = parseNetwork(`name: missed\nmembers: ${MEMBERS}\nminMembers: ${LEAST}\n`, 'missed')
const preset = presetNamed('lab', network.name, 8)
/** The services look after their connections every five seconds. */
const PATIENCE = { timeout: 30_000, interval: 50 }

let folder = ''
let clock: LabClock
let registrar: RegistrarNode
let aggregator: AggregatorNode
let meters: MeterNode[] = []
let stranded: string[] = []
/** Whether a meter has readings. */
let measured: (meter: number) => boolean = () => true

/** Sets the clock to so far into a slot, counted from the first. */
function setClock(slot: number, into: number): void {
  clock.start({ real: realNow(), protocol: millis(START + (slot + into) * SLOT), rate: 1 })
}

async function startOne(): Promise<MeterNode> {
  const number = meters.length
  const meter = await startMeter({
    ...{ preset, network: network.name, slotSeconds: network.slotSeconds, listen: ['/ip4/127.0.0.1/tcp/0'] },
    clock: new AdjustableClock(clock),
    store: MeterStore.open(join(folder, `meter-${number}`), systemRng, false),
    registrar: registrar.node.addresses[0] ?? '',
    lanes: network.lanes.map(({ obis }) => ({ obis, consent: false })),
    changeSlots: network.changeSlots,
    networkLanes: network.lanes,
    floors: { minMembers: LEAST, degree: 2, recovery: 0, support: 1 },
    readings: () => (measured(number) ? readingLanes([1n, 0n]) : undefined),
    stranded: cause => stranded.push(String(cause)),
    fail: cause => stranded.push(`failed: ${String(cause)}`)
  })
  meters.push(meter)
  await meter.service.join()
  return meter
}

/** Newcomers that make for more rosters than the registrar keeps. */
const MISSED = 14

/** The clock goes through the moments of a slot at which the registrar looks who was there. */
async function pass(slot: number): Promise<void> {
  for (const into of [0.05, 0.26, 0.45, 0.52]) {
    setClock(slot, into)
    await setTimeout(300)
  }
}

const latestEpoch = (): number => registrar.service.state.book.latest?.roster.epoch ?? -1

/** A newcomer joins; another roster may mark who is not witnessed as absent. */
async function newEpoch(slot: number): Promise<void> {
  setClock(slot, 0.1)
  const newcomer = await startOne()
  await pass(slot)
  const { id } = newcomer.service.state.config.identity
  await vi.waitFor(() => expect(registrar.service.state.book.latest?.roster.indexOf(id)).toBeDefined(), PATIENCE)
  // The clock goes on once all have it but the one that is cut off, for whom a late roster would count from later on.
  for (const { state } of meters.slice(1).map(({ service }) => service))
    await vi.waitFor(() => expect(state.book.latest?.roster.epoch).toBe(latestEpoch()), PATIENCE)
}

/** Cut off from gossip, and from the registrar for a moment, which makes it ask when that is back. */
async function comeBack(meter: MeterNode): Promise<void> {
  await meter.node.libp2p.hangUp(peerOf(idInAddress(registrar.node.addresses[0] ?? '')))
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hushgrid-missed-'))
  clock = new LabClock(millis(START))
  meters = []
  stranded = []
  const common = { clock, preset, listen: ['/ip4/127.0.0.1/tcp/0'], fail: (cause: unknown) => stranded.push(`failed: ${String(cause)}`) }
  setClock(0, 0.1)
  registrar = await startRegistrar({
    ...common,
    store: RegistrarStore.open(join(folder, 'registrar'), systemRng, false),
    network,
    formWith: MEMBERS,
    rng: systemRng
  })
  aggregator = await startAggregator({
    ...common,
    clock: new AdjustableClock(clock),
    store: AggregatorStore.open(join(folder, 'aggregator'), systemRng, false),
    network: network.name,
    slotSeconds: network.slotSeconds,
    changeSlots: network.changeSlots,
    networkLanes: network.lanes,
    registrar: registrar.node.addresses[0] ?? ''
  })
  await aggregator.service.start()
  for (let member = 0; member < MEMBERS; member++) await startOne()
  await Promise.all(meters.map(meter => meter.service.awaitRoster()))
}, 60_000)

afterEach(async () => {
  await Promise.all(meters.map(meter => meter.stop()))
  await aggregator.stop()
  await registrar.stop()
  rmSync(folder, { recursive: true, force: true })
}, 60_000)

it('fetches the rosters that it missed', { timeout: 120_000 }, async () => {
  const [away] = meters as [MeterNode]
  away.node.libp2p.services.pubsub.unsubscribe(topicName(network.name, 'control'))
  await newEpoch(1)
  await newEpoch(2)
  expect(away.service.state.book.latest?.roster.epoch).toBe(0)
  await comeBack(away)
  expect(latestEpoch()).toBeGreaterThanOrEqual(2)
  await vi.waitFor(() => expect(away.service.state.book.latest?.roster.epoch).toBe(latestEpoch()), PATIENCE)
  expect([...away.service.state.epochs.keys()]).toContain(latestEpoch() as Epoch)
  expect(stranded).toEqual([])
})

it('says so where it missed more than the registrar keeps, although it is kept out as unwitnessed', { timeout: 180_000 }, async () => {
  const [away] = meters as [MeterNode]
  away.node.libp2p.services.pubsub.unsubscribe(topicName(network.name, 'control'))
  for (let newcomer = 1; newcomer <= MISSED; newcomer++) await newEpoch(newcomer)
  await comeBack(away)
  await vi.waitFor(() => expect(stranded).toHaveLength(1), PATIENCE)
  expect(stranded[0]).toMatch(/rosters between epoch 0 and \d+ were missed, and the registrar does not hold them/)
  expect(away.service.state.book.latest?.roster.epoch).toBe(0)
})

it('that stood still for some slots, and whose connections held, is present again', { timeout: 120_000 }, async () => {
  const [still] = meters as [MeterNode]
  const isAbsent = (): boolean | undefined => {
    const roster = registrar.service.state.book.latest?.roster
    const index = roster?.indexOf(still.service.state.config.identity.id)
    return index === undefined ? undefined : roster?.isAbsent(index)
  }
  const dispute = protocolName('dispute')
  expect(still.node.libp2p.getProtocols()).toContain(dispute)
  measured = meter => meter !== 0
  await still.node.libp2p.unhandle(dispute)
  let slot = 1
  // Two slots do, more on a busy machine; all of it takes less than the minute after which the meter would ask anyway.
  for (; !isAbsent(); slot++) {
    expect(slot).toBeLessThan(12)
    await pass(slot)
  }
  measured = () => true
  for (const until = slot + 10; isAbsent(); slot++) {
    expect(slot).toBeLessThan(until)
    await pass(slot)
  }
  expect(stranded).toEqual([])
})
