// Cost of a slot over real sockets, beside bare gossipsub with as many messages of the same sizes on the same topics over the
// same connections.
import { randomBytes } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import { contenderFor, firstAddress, labNetwork, median, runSlots, stateFolder, syntheticReadings } from '@hushgrid/lab'
import { labPreset, NetworkNode, topicName } from '@hushgrid/network'
import { IdentityKey, systemRng } from '@hushgrid/primitives'
import { type Figure, figure } from '../../results/measure.ts'

interface SlotCost {
  /** CPU of all nodes, ms, a value a slot. */
  readonly cpuMs: readonly number[]
  /** Messages that the aggregator received, and below those sent. */
  readonly delivered: number
  readonly sent: number
}

/** Sizes of the messages that a slot of ours publishes, bytes. */
interface SlotSizes {
  readonly submission: number
  readonly total: number
}

/** First slots, which warm up the compiler and are not counted. */
const WARM_UP = 3

/** Runs slots of the protocol, with everything in this process. */
async function protocolSlots(
  seed: string,
  members: number,
  slots: number,
  slotMs: number
): Promise<SlotCost & { sizes: SlotSizes; exact: number }> {
  const state = stateFolder('bench')
  const network = labNetwork(members)
  let total = 0
  let failure: unknown
  const neighbourhood = contenderFor({ mode: 'dcnet', recovery: network.recovery }).live({
    network,
    members,
    readings: syntheticReadings(network, members, seed),
    slotMs,
    processes: 1,
    state: state.path,
    record: {
      resultBytes: bytes => {
        total = bytes
      }
    },
    emit: () => {},
    fail: cause => {
      failure = cause
    }
  })
  try {
    await neighbourhood.form()
    const { rows, last } = await runSlots(neighbourhood, slots + WARM_UP, new AbortController().signal, { begun: () => {}, row: () => {} })
    if (failure) throw failure
    const counted = rows.slice(WARM_UP)
    return {
      cpuMs: counted.map(row => row.cpuMs),
      delivered: counted.reduce((sum, row) => sum + row.submitted, 0),
      sent: counted.length * members,
      exact: counted.filter(row => row.exact).length,
      sizes: { submission: Math.round(last.submissionBytes / last.submissions), total }
    }
  } finally {
    await neighbourhood.stop()
    state.remove()
  }
}

/** Runs the floor: the same nodes, connections, topics, subscriptions and message sizes, but arrivals are ignored. */
async function bareSlots(members: number, slots: number, slotMs: number, sizes: SlotSizes): Promise<SlotCost> {
  const network = `bare-${members}`
  const preset = labPreset([topicName(network, 'readings'), topicName(network, 'control')], members)
  const start = (): Promise<NetworkNode> =>
    NetworkNode.start({ identity: IdentityKey.generate(systemRng), network, listen: ['/ip4/127.0.0.1/tcp/0'], preset })
  const nodes: NetworkNode[] = []
  try {
    const [registrar, aggregator] = [await start(), await start()]
    nodes.push(registrar, aggregator)
    let received = 0
    let whole: () => void = () => {}
    registrar.subscribe('control', () => 'accept')
    // Messages are taken and not passed on, as by the real registrar and aggregator.
    registrar.subscribe('readings', () => 'ignore')
    aggregator.subscribe('control', () => 'accept')
    aggregator.subscribe('readings', () => {
      if (++received % members === 0) whole()
      return 'ignore'
    })
    const hub = firstAddress(aggregator)
    await aggregator.connect(firstAddress(registrar), AbortSignal.timeout(10_000))
    const meters: NetworkNode[] = []
    for (let i = 0; i < members; i++) {
      const meter = await start()
      nodes.push(meter)
      meters.push(meter)
      meter.subscribe('control', () => 'accept')
      await meter.connect(firstAddress(registrar), AbortSignal.timeout(10_000))
      const id = await meter.connect(hub, AbortSignal.timeout(10_000))
      await meter.subscriberSeen('readings', id, AbortSignal.timeout(10_000))
    }
    const cpuMs: number[] = []
    let before = process.cpuUsage()
    const begin = performance.now()
    for (let slot = 0; slot < slots + WARM_UP; slot++) {
      await wait(Math.max(0, begin + slot * slotMs - performance.now()))
      const complete = new Promise<void>(resolve => {
        whole = resolve
      })
      for (const meter of meters) void meter.publish('readings', randomBytes(sizes.submission))
      await Promise.race([complete, wait(slotMs / 2)])
      await aggregator.publish('control', randomBytes(sizes.total))
      await wait(Math.max(0, begin + (slot + 0.5) * slotMs - performance.now()))
      const { user, system } = process.cpuUsage(before)
      before = process.cpuUsage()
      if (slot >= WARM_UP) cpuMs.push((user + system) / 1000)
    }
    return { cpuMs, delivered: received - WARM_UP * members, sent: slots * members }
  } finally {
    await Promise.all(nodes.map(node => node.stop()))
  }
}

/** Times both in turn, so that a change of the machine's speed meets both. */
export async function socketFigures(seed: string, members: number, slots: number, rounds: number, slotMs: number): Promise<Figure[]> {
  const ours: number[] = []
  const bare: number[] = []
  let sizes: SlotSizes = { submission: 0, total: 0 }
  let exact = 0
  for (let round = 0; round < rounds; round++) {
    const protocol = await protocolSlots(seed, members, slots, slotMs)
    sizes = protocol.sizes
    exact += protocol.exact
    const floor = await bareSlots(members, slots, slotMs, sizes)
    ours.push(median(protocol.cpuMs) ?? Number.NaN)
    bare.push(median(floor.cpuMs) ?? Number.NaN)
  }
  return [
    figure(
      {
        name: `CPU of a slot over sockets, n = ${members}, all nodes`,
        unit: 'ms',
        goal: 1.5,
        note: `${slots} slots a round, ${exact} of ${rounds * slots} exact; ${sizes.submission} B a submission, ${sizes.total} B a total`
      },
      ours,
      { name: 'bare gossipsub', values: bare }
    )
  ]
}
