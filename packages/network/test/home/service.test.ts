// A meter and its customer on the home network, over real sockets in this process.
import {
  type BillingKeys,
  type BillingRecord,
  decodeBatch,
  firstBillingKeys,
  type MeterBillingOutput,
  type MeterKey,
  newPairingTicket,
  openBatch,
  PairingError,
  type PairingTicket
} from '@hushgrid/billing'
import { IdentityKey, IMPORT_LANE, type Millis, readingLanes, type Slot, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HomeClient, HomeRefusedError, HomeUnreachableError } from '../../src/home/client.ts'
import { HomeService } from '../../src/home/service.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'
import { LabClock, realNow, type SchedulingClock } from '../../src/service/clock.ts'

const HOUR = 3600
const DAY = Date.parse('2013-02-04T00:00:00Z')
const FIRST = (DAY / 1000 / HOUR) as Slot
/** As the meter's program has it: customers are guests. */
const PRESET = presetNamed('field', 'home', 16)
const within = (): AbortSignal => AbortSignal.timeout(20_000)

interface RunningMeter {
  readonly node: NetworkNode
  readonly service: HomeService
  readonly outputs: MeterBillingOutput[]
  journal: BillingRecord[]
  keys: BillingKeys
  ticket: PairingTicket | undefined
  unpairAsked: boolean
  /** Whether the file of the ticket cannot be read. */
  damaged: boolean
}

let meter: RunningMeter
const nodes: NetworkNode[] = []
const failures: unknown[] = []
/** Slots that the household has no reading of. */
const gap = (FIRST + 3) as Slot

async function startMeter(clock: SchedulingClock): Promise<RunningMeter> {
  const identity = IdentityKey.generate(systemRng)
  const guests = { streams: ['home'] } as const
  const node = await NetworkNode.start({ identity, network: 'home', listen: ['/ip4/127.0.0.1/tcp/0'], preset: PRESET, guests })
  nodes.push(node)
  const kept: Omit<RunningMeter, 'service'> = {
    node,
    outputs: [],
    journal: [],
    keys: firstBillingKeys(systemRng),
    ticket: undefined,
    unpairAsked: false,
    damaged: false
  }
  const service = new HomeService({
    node,
    clock,
    config: { identity, rng: systemRng, terms: { slotSeconds: HOUR, lanes: [IMPORT_LANE], period: 'day', timeZone: 'UTC' } },
    kept: kept,
    append: record => kept.journal.push(record),
    replace: records => {
      kept.journal = [...records]
    },
    keepKeys: keys => {
      kept.keys = keys
    },
    unpairAsked: () => kept.unpairAsked,
    unpaired: () => {
      kept.unpairAsked = false
    },
    readTicket: () => {
      if (kept.damaged) throw new PairingError('ticket: damaged')
      return kept.ticket
    },
    keepTicket: ticket => {
      kept.ticket = ticket
    },
    readings: slot => (slot === gap ? undefined : readingLanes([BigInt(slot - FIRST)])),
    observe: output => kept.outputs.push(output),
    fail: cause => failures.push(cause)
  })
  await service.start()
  return Object.assign(kept, { service })
}

beforeEach(async () => {
  const clock = new LabClock(DAY as Millis)
  meter = await startMeter(clock)
  // A day in three seconds.
  clock.start({ real: realNow(), protocol: DAY as Millis, rate: 28_800 })
})

afterEach(async () => {
  meter.service.stop()
  await Promise.all(nodes.splice(0).map(node => node.stop()))
  expect(failures).toEqual([])
})

/** A customer that is paired by a code that the meter has just shown. */
async function paired(): Promise<{ readonly client: HomeClient; readonly key: MeterKey }> {
  const client = await customer()
  const { code, ticket } = newPairingTicket(systemRng)
  meter.ticket = ticket
  return { client, key: await client.pair(code, within()) }
}

async function customer(): Promise<HomeClient> {
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: 'home', listen: [], preset: PRESET })
  nodes.push(node)
  return new HomeClient(node, identity.id, meter.node.addresses[0] as string)
}

describe('a customer', () => {
  it('pairs, and fetches what the meter sealed since: each slot that was measured', { timeout: 60_000 }, async () => {
    const { client, key } = await paired()
    expect(meter.keys).toMatchObject([{ ...key, given: true }])
    await vi.waitFor(() => expect(meter.outputs.some(({ type }) => type === 'sealed')).toBe(true), { timeout: 30_000 })
    const { inForce, batches } = await client.list(key, within())
    expect(inForce).toBe(true)
    expect(batches[0]).toEqual({ firstSlot: FIRST, slots: 24 })
    const batch = decodeBatch(await client.get(key, FIRST, within()))
    expect(batch.meterId).toBe(client.meter)
    const { readings } = openBatch(batch, key.key)
    expect(readings).toHaveLength(24)
    // What a slow machine comes too late for is a gap; nothing wrong gets in.
    readings.forEach((values, i) => {
      if (i === 3) expect(values).toBeUndefined()
      else expect(values ?? [BigInt(i)]).toEqual([BigInt(i)])
    })
    expect(readings.some(values => values !== undefined)).toBe(true)
  })

  it('is refused without the code, with it a second time, and by another key', async () => {
    const client = await customer()
    const { code, ticket } = newPairingTicket(systemRng)
    await expect(client.pair(code, within())).rejects.toThrow(HomeRefusedError)
    meter.ticket = ticket
    const key = await client.pair(code, within())
    await expect((await customer()).pair(code, within())).rejects.toThrow(
      'the meter refuses: pairing: expected the code that the meter shows'
    )
    await expect(client.list({ ...key, key: new Uint8Array(32) }, within())).rejects.toThrow(
      'expected a customer that this meter is paired with'
    )
    await expect(client.get(key, 5 as Slot, within())).rejects.toThrow('expected the first slot of a batch that is kept, got 5')
    expect(meter.outputs.filter(({ type }) => type === 'paired')).toHaveLength(1)
  })

  it('is not paired, but served, where the ticket cannot be read', async () => {
    const { client, key } = await paired()
    meter.damaged = true
    await expect(client.pair(new Uint8Array(32), within())).rejects.toThrow(HomeRefusedError)
    expect(await client.list(key, within())).toMatchObject({ inForce: true })
  })

  it('opens nothing that is measured after another is paired, and loses nothing that was before', { timeout: 60_000 }, async () => {
    const { client, key } = await paired()
    await vi.waitFor(() => expect(meter.service.state.open.size).toBeGreaterThan(4), { timeout: 30_000 })
    const other = await paired()
    expect([key.epoch, other.key.epoch]).toEqual([0, 1])
    const old = await client.list(key, within())
    expect(old.inForce).toBe(false)
    const cut = decodeBatch(await client.get(key, old.batches.at(-1)?.firstSlot as Slot, within()))
    const { readings } = openBatch(cut, key.key)
    // The slot that ended last was read before the key was drawn.
    readings.forEach((values, i) => {
      const slot = cut.firstSlot + i
      expect(values).toEqual(slot === gap ? undefined : [BigInt(slot - FIRST)])
    })
    const next = (cut.firstSlot + cut.slots) as Slot
    await vi.waitFor(async () => expect((await other.client.list(other.key, within())).batches).not.toEqual([]), { timeout: 30_000 })
    const batch = decodeBatch(await other.client.get(other.key, next, within()))
    expect([batch.firstSlot, batch.keyEpoch]).toEqual([next, 1])
    expect(() => openBatch(batch, key.key)).toThrow('batch, ')
    await expect(client.get(key, next, within())).rejects.toThrow(`expected the first slot of a batch that is kept, got ${next}`)
  })

  it('that is new has no slot that is over, and the earlier one none that runs, before any timer says so', async () => {
    let now = (DAY + 2 * HOUR * 1000) as Millis
    const standing: SchedulingClock = { now: () => now, delayUntil: () => undefined, onChange: () => () => {} }
    meter.service.stop()
    meter = await startMeter(standing)
    const { client, key } = await paired()
    now = (DAY + 8 * HOUR * 1000 + 1) as Millis
    await paired()
    const [place] = (await client.list(key, within())).batches
    expect(place).toEqual({ firstSlot: FIRST, slots: 8 })
    const { readings } = openBatch(decodeBatch(await client.get(key, FIRST, within())), key.key)
    // Before the meter was started there are gaps; slot 3 is one of the household's.
    expect(readings.map(values => values?.[0])).toEqual([undefined, undefined, 2n, undefined, 4n, 5n, 6n, 7n])
  })

  it('is answered more often than a meter answers at once', { timeout: 60_000 }, async () => {
    const { client, key } = await paired()
    const ask = async (): Promise<void> => {
      for (let i = 0; i < 150; i++) expect(await client.list(key, within())).toMatchObject({ inForce: true })
    }
    await Promise.all([ask(), ask(), ask(), ask()])
  })

  it('is not in force any more once somebody at the meter asks for that', async () => {
    const { client, key } = await paired()
    meter.unpairAsked = true
    await vi.waitFor(async () => expect(await client.list(key, within())).toMatchObject({ inForce: false }))
    expect(meter.unpairAsked).toBe(false)
    expect((await paired()).key.epoch).toBe(1)
    expect(meter.outputs.filter(({ type }) => type === 'unpaired')).toHaveLength(1)
  })

  it('is told in a sentence where no meter answers, or the node there has no home network', async () => {
    const client = await customer()
    const identity = IdentityKey.generate(systemRng)
    const other = await NetworkNode.start({
      identity,
      network: 'home',
      listen: ['/ip4/127.0.0.1/tcp/0'],
      preset: presetNamed('lab', 'home', 4)
    })
    const [address = ''] = other.addresses
    const own = nodes.at(-1) as NetworkNode
    const elsewhere = new HomeClient(own, identity.id, address)
    await expect(elsewhere.pair(new Uint8Array(32), within())).rejects.toThrow(
      new HomeUnreachableError(
        `${address}: expected the home network of a meter, got a node without one: the log of the meter has the address of its own under "billing"`
      )
    )
    await other.stop()
    await expect(elsewhere.pair(new Uint8Array(32), within())).rejects.toThrow(HomeUnreachableError)
    expect(client.meter).not.toBe(elsewhere.meter)
  })

  it('is cut off where a request is longer than any', async () => {
    const client = await customer()
    const long = nodes.at(-1)?.request(client.meter, 'home', new Uint8Array(200), within())
    await expect(long).rejects.toThrow()
    expect(meter.outputs.filter(({ type }) => type === 'reply')).toEqual([])
  })
})
