// The live side of recovery, presence, leaving and restarts, over real sockets.
import { setTimeout as wait } from 'node:timers/promises'
import type { MeterOutput } from '@hushgrid/dcnet'
import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import type { MeterId, Slot } from '@hushgrid/primitives'
import { afterEach, expect, it, vi } from 'vitest'
import { FIRST, SmallNetwork } from '../support/small-network.ts'

const MEMBERS = 5
/** Real length of a slot: a unit is a sixteenth of it, and a submission has four of them, also on a slow machine. */
const SLOT_MS = 6_400
const LONG_SLOT_MS = 9_600
/** Where only the end of one slot is waited for, and a node starts again between it and the aggregator's hint two units later. */
const WIDE_SLOT_MS = 19_200
/** After so many real milliseconds gossip does not tell of a message any more to whoever was not there. */
const FORGOTTEN = 4_500
const PATIENCE = { timeout: 60_000, interval: 10 }
const WITHIN = { timeout: 150_000 }
/** The lifelines' own pauses are far shorter; the next check of the connections comes after five seconds only. */
const FOUND_WITHIN = 3_000
const next = (slot: Slot, by = 1): Slot => (slot + by) as Slot

let network: SmallNetwork
afterEach(async () => {
  await network.stop()
  expect(network.failures).toEqual([])
})

const until = (assertion: () => void): Promise<void> => vi.waitFor(assertion, PATIENCE)

async function totalOf(slot: Slot): Promise<NonNullable<ReturnType<SmallNetwork['totalOf']>>> {
  await until(() => expect(network.totalOf(slot)).toBeDefined())
  return network.totalOf(slot) as NonNullable<ReturnType<SmallNetwork['totalOf']>>
}

/** What the aggregator has published since it was started last. */
const published = (): string[] =>
  network.aggregator.outputs.flatMap(output => (output.type === 'publish' ? decodeEnvelope(output.bytes).type : []))

const typesOf = (outputs: readonly MeterOutput[]): string[] => outputs.map(output => output.type)

it('brings a request to a neighbour that is there, which journals it, and knocks in vain where nobody is', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  const [gap, gone, ...others] = network.meters
  if (!gap || !gone) throw new Error('expected meters')
  gap.gaps.add(FIRST)
  await gone.crash()
  network.run(FIRST, 0.2, LONG_SLOT_MS)
  const { wh, missing } = await totalOf(FIRST)
  expect(wh).toBe(network.truth(FIRST, others))
  expect([...missing].sort()).toEqual([gap.id, gone.id].sort())
  // The one that is there was dialled by its neighbours, who had no connection with it.
  const neighbours = others.filter(meter => gap.node.isConnectedTo(meter.id))
  expect(neighbours.length).toBeGreaterThan(0)
  // The total, when it comes, has it note who was there.
  const kinds = () => gap.records.flatMap(record => (record.kind !== 'roster' && record.slot === FIRST ? record.kind : []))
  await until(() => expect(kinds()).toEqual(['absent', 'request', 'attendance']))
  for (const { service, outputs } of others) {
    expect(typesOf(outputs)).toContain('released')
    const delivered = outputs.filter(output => output.type === 'deliver')
    // Again and again only to the one who does not acknowledge it.
    const to = (id: MeterId): number => delivered.filter(output => output.to === id).length
    expect(to(gap.id)).toBeGreaterThan(0)
    expect(to(gone.id)).toBeGreaterThan(to(gap.id))
    expect(service.undelivered).toBeGreaterThan(0)
    // Acknowledged by the one, given up with the other.
    await until(() => expect(service.state.deliveries.size).toBe(0))
    expect([...service.state.acknowledged].filter(key => key.startsWith(gap.id))).toHaveLength(1)
    expect([...service.state.acknowledged].filter(key => key.startsWith(gone.id))).toEqual([])
  }
})

it('asks those who are missing whether they are there, marks who does not answer absent, and present when it is back', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  const [gap, gone] = network.meters
  if (!gap || !gone) throw new Error('expected meters')
  for (let slot = FIRST; slot < FIRST + 20; slot++) gap.gaps.add(slot as Slot)
  await gone.crash()
  network.run(FIRST, 1, SLOT_MS)
  const { service } = network.registrar
  const isAbsent = (): boolean | undefined => {
    const roster = service.state.book.latest?.roster
    const index = roster?.indexOf(gone.id)
    return index === undefined ? undefined : roster?.isAbsent(index)
  }
  await until(() => expect(isAbsent()).toBe(true))
  expect(service.unanswered).toBeGreaterThanOrEqual(2)
  const roster = service.state.book.latest?.roster
  expect(roster?.presentCount).toBe(MEMBERS - 1)
  const probed = network.registrar.outputs.filter(output => output.type === 'probe').map(output => output.to)
  expect(new Set(probed)).toEqual(new Set([gap.id, gone.id]))

  await network.start(gone)
  await until(() => expect(isAbsent()).toBe(false))
  const slot = service.state.book.latest?.roster.firstSlot as Slot
  const { wh, missing } = await totalOf(slot)
  expect(missing).toEqual([gap.id])
  expect(wh).toBe(
    network.truth(
      slot,
      network.meters.filter(meter => meter !== gap)
    )
  )
})

it('finds an aggregator that is started again soon, and sends it what it missed', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  await network.crashAggregator()
  for (const meter of network.meters) await until(() => expect(meter.node.isConnectedTo(network.aggregatorKey)).toBe(false))
  network.run(FIRST, 0.2, WIDE_SLOT_MS)
  // They submit to nobody: what they publish is not published again.
  for (const meter of network.meters) await until(() => expect(meter.service.state.submitted.has(FIRST)).toBe(true))
  const before = performance.now()
  await network.startAggregator()
  for (const meter of network.meters) await until(() => expect(meter.node.isConnectedTo(network.aggregatorKey)).toBe(true))
  expect(performance.now() - before).toBeLessThan(FOUND_WITHIN)
  const { wh, missing } = await totalOf(FIRST)
  expect(wh).toBe(network.truth(FIRST))
  expect(missing).toEqual([])
  // Unasked: half way to the deadline it would have told them that they are missing.
  expect(published()).toEqual([MessageType.SlotTotal])
  for (const { service } of network.meters) {
    await until(() => expect([...service.state.acknowledged].some(key => key.startsWith(network.aggregatorKey))).toBe(true))
  }
})

it('repeats its result after a restart to members that come later than gossip tells of it', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  network.run(FIRST, 0.2, WIDE_SLOT_MS)
  const { wh } = await totalOf(FIRST)
  expect(wh).toBe(network.truth(FIRST))
  const [meter] = network.meters
  if (!meter) throw new Error('expected a meter')
  await until(() => expect(typesOf(meter.outputs)).toContain('total'))
  await meter.crash()
  await network.crashAggregator()
  await network.startAggregator()
  await wait(FORGOTTEN)
  await network.start(meter)
  await until(() => expect(meter.outputs.some(output => output.type === 'total')).toBe(true))
  expect(meter.outputs.filter(output => output.type === 'total').map(total => total.slot)).toEqual([FIRST])
  expect(meter.records.filter(record => record.kind === 'submission' && record.slot === FIRST)).toHaveLength(1)
})

it('takes part after a restart while the registrar is away', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  const [meter] = network.meters
  if (!meter) throw new Error('expected a meter')
  await meter.crash()
  await network.crashRegistrar()
  const joining = network.start(meter)
  network.run(FIRST, 3, WIDE_SLOT_MS)
  const { wh, missing } = await totalOf(FIRST)
  expect(wh).toBe(network.truth(FIRST))
  expect(missing).toEqual([])
  await network.startRegistrar()
  await joining
  expect(meter.service.state.epochs.size).toBe(1)
})

it('leaves without losing a slot, and does not come back in when the registrar is started again', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  const [leaver, ...others] = network.meters
  if (!leaver) throw new Error('expected a meter')
  network.run(FIRST, 14, SLOT_MS)
  await leaver.service.leave()
  expect(typesOf(leaver.outputs)).toContain('leaving')
  let left = false
  void leaver.service.left.then(() => {
    left = true
  })
  await until(() => expect(network.registrar.service.state.book.latest?.roster.n).toBe(MEMBERS - 1))
  const last = next(network.registrar.service.state.book.latest?.roster.firstSlot as Slot, -1)
  expect(left).toBe(false)
  expect((await totalOf(last)).wh).toBe(network.truth(last))
  await until(() => expect(left).toBe(true))
  await network.crashRegistrar()
  await network.startRegistrar()
  await until(() => expect(leaver.node.isConnectedTo(network.registrarKey)).toBe(true))
  expect((await totalOf(next(last))).wh).toBe(network.truth(next(last), others))
  expect(network.registrar.service.state.waiting.size).toBe(0)
  expect(network.registrar.service.state.book.latest?.roster.indexOf(leaver.id)).toBeUndefined()
})

it('goes on without those who are cut off, and with them when the network is whole again', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  const [away, ...others] = network.meters
  if (!away) throw new Error('expected a meter')
  const rest = [...others.map(meter => meter.id), network.aggregatorKey, network.registrarKey]
  away.node.blocked = new Set(rest)
  for (const { node } of [...others, network.aggregator, network.registrar]) node.blocked = new Set([away.id])
  network.run(FIRST, 2, SLOT_MS)
  const apart = await totalOf(FIRST)
  expect(apart).toEqual({ wh: network.truth(FIRST, others), missing: [away.id] })
  expect(typesOf(away.outputs)).not.toContain('total')
  for (const { node } of [...network.meters, network.aggregator, network.registrar]) node.blocked = new Set()
  const healed = performance.now()
  await until(() => expect(away.node.isConnectedTo(network.aggregatorKey)).toBe(true))
  expect(performance.now() - healed).toBeLessThan(FOUND_WITHIN)
  const whole = await totalOf(next(FIRST))
  expect(whole).toEqual({ wh: network.truth(next(FIRST)), missing: [] })
})

it('sends again what an aggregator that is there did not take', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  await network.crashAggregator()
  for (const meter of network.meters) await until(() => expect(meter.node.isConnectedTo(network.aggregatorKey)).toBe(false))
  network.run(FIRST, 0.2, WIDE_SLOT_MS)
  for (const meter of network.meters) await until(() => expect(meter.service.state.submitted.has(FIRST)).toBe(true))
  let failed = 0
  for (const { node } of network.meters) {
    const request = node.request.bind(node)
    vi.spyOn(node, 'request').mockImplementationOnce(() => {
      failed++
      return Promise.reject(new Error('the stream ended'))
    })
    vi.mocked(node.request).mockImplementation(request)
  }
  await network.startAggregator()
  expect((await totalOf(FIRST)).wh).toBe(network.truth(FIRST))
  expect(published()).toEqual([MessageType.SlotTotal])
  expect(failed).toBe(MEMBERS)
})

it('stops rather than acknowledges what it could not keep', WITHIN, async () => {
  network = await SmallNetwork.form(MEMBERS)
  const [meter] = network.meters
  if (!meter) throw new Error('expected a meter')
  network.commit = () => {
    throw new Error('disk full')
  }
  const asked = meter.node.request(network.aggregatorKey, 'sync', Uint8Array.of(), AbortSignal.timeout(30_000))
  await expect(asked).rejects.toThrow()
  expect(network.failures.splice(0)).toEqual([new Error('disk full')])
})
