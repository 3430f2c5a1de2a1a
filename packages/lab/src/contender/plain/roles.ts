// The floor of the comparison: the same libp2p nodes over the same topics and streams, and no protection at all. A meter
// publishes its reading in the clear; an aggregator adds up what comes from its members, and tells all the total.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type FleetNode, MeterFleet } from '../../meters/fleet.ts'
import { firstAddress } from '../../neighbourhood/first-address.ts'
import { readerOf } from '../../meters/readings.ts'
import { NetworkNode, type NetworkPreset, realNow, type SchedulingClock, untilDone } from '@hushgrid/network'
import {
  addLanes,
  type Epoch,
  fromHex,
  HushgridError,
  IdentityKey,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  readingLanes,
  type Slot,
  slotAt,
  slotTimes,
  systemRng,
  toHex,
  zeroLanes
} from '@hushgrid/primitives'
import { readOrCreateSecret } from '@hushgrid/runtime'
import { presetOf } from '../dcnet/roles.ts'
import { LOOPBACK, type OrderOf, type RoleContext, type RunningRole } from '../../roles/runner.ts'

const NO_EPOCH = 0 as Epoch
/** meterId[32] ‖ u64 slot, in front of the lanes. Without the id equal readings would be one message to gossip. */
const ID = 32
const HEAD = ID + 8
/** Slots in a row without a reading after which a member is not waited for. */
const MISSES = 2
const JOIN = 1
const LEAVE = 2

function message(sender: MeterId, slot: Slot, lanes: LaneVector): Uint8Array {
  const bytes = new Uint8Array(HEAD + lanes.byteLength)
  bytes.set(fromHex(sender))
  new DataView(bytes.buffer).setBigUint64(ID, BigInt(slot), true)
  bytes.set(lanesToBytes(lanes), HEAD)
  return bytes
}

function slotOf(bytes: Uint8Array): Slot {
  return Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(ID, true)) as Slot
}

function identityIn(folder: string): IdentityKey {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return new IdentityKey(readOrCreateSecret(join(folder, 'identity.key'), 32, () => systemRng.bytes(32), false).secret)
}

/** Calls back at each slot's moment, from the clock's start on; gives what ends that. */
function eachSlot(
  clock: SchedulingClock,
  slotSeconds: number,
  momentOf: (slot: Slot) => Parameters<SchedulingClock['delayUntil']>[0],
  act: (slot: Slot) => void
): () => void {
  let timer: NodeJS.Timeout | undefined
  let next = slotAt(clock.now(), slotSeconds)
  const schedule = (): void => {
    clearTimeout(timer)
    const delay = clock.delayUntil(momentOf(next))
    if (delay === undefined) return
    timer = setTimeout(() => {
      const slot = next
      next = (next + 1) as Slot
      schedule()
      act(slot)
    }, Math.ceil(delay))
  }
  const forget = clock.onChange(() => {
    // A lab's clock begins late in a slot; what was before is over.
    while (momentOf(next) < clock.now()) next = (next + 1) as Slot
    schedule()
  })
  schedule()
  return () => {
    clearTimeout(timer)
    forget()
  }
}

export async function runPlainAggregator(order: OrderOf<'plain-aggregator'>, { clock, tell, fail }: RoleContext): Promise<RunningRole> {
  const { network, state } = order
  const { slotSeconds, lanes } = network
  const identity = identityIn(state)
  const node = await NetworkNode.start({ identity, network: network.name, listen: LOOPBACK, preset: presetOf(order) })
  /** Misses in a row. */
  const members = new Map<MeterId, number>()
  const open = new Map<Slot, Map<MeterId, LaneVector>>()
  let closedThrough = -1
  let dropped = 0

  const close = (slot: Slot): void => {
    if (slot <= closedThrough) return
    closedThrough = slot
    const readings = open.get(slot) ?? new Map<MeterId, LaneVector>()
    for (const old of open.keys()) if (old <= slot) open.delete(old)
    const sum = zeroLanes(lanes.length)
    for (const reading of readings.values()) addLanes(sum, reading)
    const missing = [...members.keys()].filter(id => !readings.has(id))
    for (const [id, misses] of members) members.set(id, readings.has(id) ? 0 : misses + 1)
    node.publish('control', message(identity.id, slot, sum)).catch(fail)
    tell({
      type: 'result',
      result: { type: 'total', slot, epoch: NO_EPOCH, contributors: readings.size, missing, lanes: sum },
      at: realNow()
    })
  }

  node.subscribe('control', () => 'accept')
  node.subscribe('readings', (from, bytes) => {
    const own = bytes.byteLength === HEAD + 8 * lanes.length && toHex(bytes.subarray(0, ID)) === from
    const slot = own ? slotOf(bytes) : undefined
    if (slot === undefined || !members.has(from) || slot <= closedThrough || slot > slotAt(clock.now(), slotSeconds)) {
      dropped++
      return 'ignore'
    }
    const readings = open.get(slot) ?? new Map<MeterId, LaneVector>()
    open.set(slot, readings)
    readings.set(from, lanesFromExactBytes(bytes.subarray(HEAD), lanes.length))
    if ([...members].every(([id, misses]) => misses >= MISSES || readings.has(id))) close(slot)
    // Taken, not passed on.
    return 'ignore'
  })
  await node.serve('enrol', (from, [what]) => {
    if (what === JOIN && !members.has(from)) tell({ type: 'member', id: from, what: 'joined' })
    if (what === LEAVE && members.delete(from)) tell({ type: 'member', id: from, what: 'left' })
    if (what === JOIN) members.set(from, 0)
    return new Uint8Array([what ?? 0])
  })
  const end = eachSlot(clock, slotSeconds, slot => slotTimes(slot, slotSeconds).deadline, close)
  return {
    ready: { address: firstAddress(node), id: undefined },
    account: () => ({ keyAgreements: 0, agreementsOf: {}, drops: dropped > 0 ? { unexpected: dropped } : {} }),
    stop: async () => {
      end()
      await node.stop()
    }
  }
}

/** A meter that hides nothing. */
class PlainMeter implements FleetNode {
  readonly node: NetworkNode
  readonly service = { join: () => this.#say(JOIN), leave: () => this.#leave(), stop: () => this.#silence() }
  readonly #aggregator: string
  readonly #publish: () => () => void
  readonly #stopping = new AbortController()
  #silent: () => void = () => {}

  private constructor(node: NetworkNode, aggregator: string, publish: () => () => void) {
    this.node = node
    this.#aggregator = aggregator
    this.#publish = publish
  }

  static async start(init: {
    readonly folder: string
    readonly network: string
    readonly slotSeconds: number
    readonly preset: NetworkPreset
    readonly aggregator: string
    readonly clock: SchedulingClock
    readonly identity: (id: MeterId) => void
    readonly reading: (slot: Slot) => LaneVector | undefined
    readonly published: () => void
    readonly fail: (cause: unknown) => void
  }): Promise<PlainMeter> {
    const { network, slotSeconds, clock, reading, published, fail } = init
    const identity = identityIn(init.folder)
    init.identity(identity.id)
    const node = await NetworkNode.start({ identity, network, listen: LOOPBACK, preset: init.preset })
    node.subscribe('control', () => 'accept')
    const publish = (): (() => void) =>
      eachSlot(
        clock,
        slotSeconds,
        slot => slotTimes(slot, slotSeconds).end,
        slot => {
          const lanes = reading(slot)
          if (lanes) node.publish('readings', message(identity.id, slot, lanes)).then(published, fail)
        }
      )
    return new PlainMeter(node, init.aggregator, publish)
  }

  async #say(what: typeof JOIN | typeof LEAVE): Promise<void> {
    const { signal } = this.#stopping
    await untilDone(
      signal,
      async () => {
        const peer = await this.node.connect(this.#aggregator, signal)
        await this.node.subscriberSeen('readings', peer, signal)
        await this.node.request(peer, 'enrol', new Uint8Array([what]), signal)
      },
      () => undefined
    )
    this.#silence()
    if (what === JOIN) this.#silent = this.#publish()
  }

  async #leave(): Promise<void> {
    await this.#say(LEAVE)
  }

  #silence(): void {
    this.#silent()
    this.#silent = () => {}
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    this.#silence()
    await this.node.stop()
  }
}

export async function runPlainMeters(order: OrderOf<'plain-meters'>, { clock, tell, fail }: RoleContext): Promise<RunningRole> {
  const { network, state, households, aggregator, firstSlot } = order
  const { slotSeconds, lanes } = network
  const read = readerOf(order.recipe)
  const fleet = new MeterFleet({
    clock,
    deeds: ['submission'],
    start: (household, own, did) =>
      PlainMeter.start({
        folder: join(state, `meter-${household}`),
        network: network.name,
        slotSeconds,
        preset: presetOf(order),
        aggregator,
        clock: own,
        identity: id => tell({ type: 'identity', household, id }),
        reading: slot => {
          const reading = read(household, slot, lanes)
          // A synthetic day is made at its first reading; that is better done now than when the next slot has ended.
          setImmediate(() => read(household, (slot + 1) as Slot, lanes))
          return reading && readingLanes(reading)
        },
        published: () => did('submission'),
        fail: cause => {
          if (!(cause instanceof HushgridError)) tell({ type: 'warn', text: `meter ${household}: ${String(cause)}` })
          else fail(cause)
        }
      })
  })
  await fleet.start(households, household => {
    tell({ type: 'progress', phase: 'enrol' })
    read(household, firstSlot, lanes)
  })
  return { ready: { address: '', id: undefined }, operate: operation => fleet.operate(operation), stop: () => fleet.stop() }
}
