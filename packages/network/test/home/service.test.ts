// A meter and its customer on the home network, over real sockets in this process.
import {
  type BillingRecord,
  decodeBatch,
  type MeterBillingOutput,
  newPairingTicket,
  openBatch,
  PairingError,
  type PairingTicket
} from '@hushgrid/billing'
import { IdentityKey, IMPORT_LANE, type Millis, readingLanes, type Slot, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HomeClient, HomeRefusedError } from '../../src/home/client.ts'
import { HomeService } from '../../src/home/service.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'
import { LabClock, realNow } from '../../src/service/clock.ts'

const HOUR = 3600
const KEY = systemRng.bytes(32)
const DAY = Date.parse('2013-02-04T00:00:00Z')
const FIRST = (DAY / 1000 / HOUR) as Slot
const PRESET = presetNamed('lab', 'home', 4)
const within = (): AbortSignal => AbortSignal.timeout(20_000)

interface RunningMeter {
  readonly node: NetworkNode
  readonly service: HomeService
  readonly outputs: MeterBillingOutput[]
  journal: BillingRecord[]
  ticket: PairingTicket | undefined
  /** Whether the file of the ticket cannot be read. */
  damaged: boolean
}

let meter: RunningMeter
const nodes: NetworkNode[] = []
const failures: unknown[] = []
/** Slots that the household has no reading of. */
const gap = (FIRST + 3) as Slot

beforeEach(async () => {
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: 'home', listen: ['/ip4/127.0.0.1/tcp/0'], preset: PRESET })
  nodes.push(node)
  const clock = new LabClock(DAY as Millis)
  const kept: Omit<RunningMeter, 'service'> = { node, outputs: [], journal: [], ticket: undefined, damaged: false }
  const service = new HomeService({
    node,
    clock,
    config: { identity, key: KEY, terms: { slotSeconds: HOUR, lanes: [IMPORT_LANE], period: 'day', timeZone: 'UTC' } },
    journal: [],
    append: record => kept.journal.push(record),
    replace: records => {
      kept.journal = [...records]
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
  meter = Object.assign(kept, { service })
  await service.start()
  // A day in three seconds.
  clock.start({ real: realNow(), protocol: DAY as Millis, rate: 28_800 })
})

afterEach(async () => {
  meter.service.stop()
  await Promise.all(nodes.splice(0).map(node => node.stop()))
  expect(failures).toEqual([])
})

async function customer(): Promise<HomeClient> {
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: 'home', listen: [], preset: PRESET })
  nodes.push(node)
  return new HomeClient(node, identity.id, meter.node.addresses[0] as string)
}

describe('a customer', () => {
  it('pairs, and fetches what the meter sealed since: each slot that was measured', { timeout: 60_000 }, async () => {
    const client = await customer()
    const { code, ticket } = newPairingTicket(systemRng)
    meter.ticket = ticket
    const key = await client.pair(code, within())
    expect(key).toEqual(KEY)
    await vi.waitFor(() => expect(meter.outputs.some(({ type }) => type === 'sealed')).toBe(true), { timeout: 30_000 })
    const places = await client.list(key, within())
    expect(places[0]).toEqual({ firstSlot: FIRST, slots: 24 })
    const batch = decodeBatch(await client.get(key, FIRST, within()))
    expect(batch.meterId).toBe(client.meter)
    const { readings } = openBatch(batch, key)
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
    await client.pair(code, within())
    await expect((await customer()).pair(code, within())).rejects.toThrow(
      'the meter refuses: pairing: expected the code that the meter shows'
    )
    await expect(client.list(new Uint8Array(32), within())).rejects.toThrow('expected a customer that this meter is paired with')
    await expect(client.get(KEY, 5 as Slot, within())).rejects.toThrow('expected the first slot of a batch that is kept, got 5')
    expect(meter.outputs.filter(({ type }) => type === 'paired')).toHaveLength(1)
  })

  it('is not paired, but served, where the ticket cannot be read', async () => {
    const client = await customer()
    meter.damaged = true
    await expect(client.pair(new Uint8Array(32), within())).rejects.toThrow(HomeRefusedError)
    expect(Array.isArray(await client.list(KEY, within()))).toBe(true)
  })

  it('is cut off where a request is longer than any', async () => {
    const client = await customer()
    const long = nodes.at(-1)?.request(client.meter, 'home', new Uint8Array(200), within())
    await expect(long).rejects.toThrow()
    expect(meter.outputs.filter(({ type }) => type === 'reply')).toEqual([])
  })
})
