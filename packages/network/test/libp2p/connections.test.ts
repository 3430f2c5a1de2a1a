// Connections as they are kept, let go, cut and found again.
import { setTimeout as wait } from 'node:timers/promises'
import { DisputeReply, MessageType, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, IdentityKey, type MeterId, millis, type Slot, sha256, slotTimes, systemRng } from '@hushgrid/primitives'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Deliveries } from '../../src/dcnet/deliveries.ts'
import { Latecomers } from '../../src/dcnet/latecomers.ts'
import { NetworkError, withoutPeerId, withPeerId } from '../../src/libp2p/addresses.ts'
import { Lifeline } from '../../src/libp2p/lifeline.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { PassingPeers } from '../../src/libp2p/passing.ts'
import { presetNamed } from '../../src/libp2p/presets.ts'

const NETWORK = 'connections'
const PRESET = presetNamed('lab', NETWORK, 8)
const PATIENCE = { timeout: 30_000, interval: 5 }
const WITHIN = { timeout: 90_000 }
const PEER = 'peer' as MeterId

interface Party {
  readonly node: NetworkNode
  readonly identity: IdentityKey
  readonly id: MeterId
  readonly address: string
}

const running: Party[] = []
let stopping: AbortController
beforeEach(() => {
  stopping = new AbortController()
})
afterEach(async () => {
  vi.useRealTimers()
  stopping.abort()
  await Promise.all(running.splice(0).map(({ node }) => node.stop()))
})

async function start(identity = IdentityKey.generate(systemRng), listen = '/ip4/127.0.0.1/tcp/0'): Promise<Party> {
  const node = await NetworkNode.start({ identity, network: NETWORK, listen: [listen], preset: PRESET })
  const party = { node, identity, id: identity.id, address: node.addresses[0] ?? '' }
  running.push(party)
  return party
}

const soon = (): AbortSignal => AbortSignal.timeout(20_000)

describe('a node that is cut off from another', WITHIN, () => {
  it('loses the connection, makes none in either direction, and has it again when the network is whole', async () => {
    const [one, other] = [await start(), await start()]
    for (const { node } of [one, other]) await node.serve('sync', (_, bytes) => bytes)
    await one.node.connect(other.address, soon())
    one.node.blocked = new Set([other.id])
    expect(one.node.isConnectedTo(other.id)).toBe(false)
    await vi.waitFor(() => expect(other.node.isConnectedTo(one.id)).toBe(false), PATIENCE)
    await expect(one.node.connect(other.address, soon())).rejects.toThrow(NetworkError)
    await expect(one.node.request(other.id, 'sync', Uint8Array.of(1), soon())).rejects.toThrow(NetworkError)
    await expect(one.node.requestAt(other.id, other.address, 'sync', Uint8Array.of(1), soon())).rejects.toThrow(NetworkError)
    // The other does not know that it is cut off.
    await expect(other.node.requestAt(one.id, one.address, 'sync', Uint8Array.of(1), soon())).rejects.toThrow()
    expect(one.node.isConnectedTo(other.id)).toBe(false)
    one.node.blocked = new Set()
    expect([...(await other.node.requestAt(one.id, one.address, 'sync', Uint8Array.of(7), soon()))]).toEqual([7])
  })

  it('neither hears nor reaches it by gossip, while others do', async () => {
    const [speaker, cut, listener] = [await start(), await start(), await start()]
    const heard: string[] = []
    cut.node.subscribe('control', () => {
      heard.push('cut')
      return 'accept'
    })
    listener.node.subscribe('control', () => {
      heard.push('listener')
      return 'accept'
    })
    for (const { id, address } of [cut, listener]) {
      await speaker.node.connect(address, soon())
      await speaker.node.subscriberSeen('control', id, soon())
    }
    cut.node.blocked = new Set([speaker.id])
    await vi.waitFor(() => expect(speaker.node.isConnectedTo(cut.id)).toBe(false), PATIENCE)
    await vi.waitFor(async () => {
      const recipients = await speaker.node.publish('control', systemRng.bytes(8))
      expect(recipients).toEqual([listener.id])
    }, PATIENCE)
    await vi.waitFor(() => expect(heard.length).toBeGreaterThan(0), PATIENCE)
    await wait(50)
    expect(new Set(heard)).toEqual(new Set(['listener']))
  })
})

describe('a lifeline', WITHIN, () => {
  it('finds a node that is started again at the same address soon, however long it was away, and says so each time', async () => {
    const seeker = await start()
    const sought = await start()
    let found = 0
    const line = new Lifeline({
      ...{ node: seeker.node, signal: stopping.signal, longestPause: () => 200, failed: () => {} },
      connected: () => {
        found++
      }
    })
    line.hold(sought.address)
    await vi.waitFor(() => expect(line.isConnected).toBe(true), PATIENCE)
    await vi.waitFor(() => expect(found).toBe(1), PATIENCE)
    let { node } = sought
    // After the second absence pauses that went on doubling would be longer than what is allowed here.
    for (const [times, absence] of [
      [2, 300],
      [3, 3_300]
    ] as const) {
      await node.stop()
      await vi.waitFor(() => expect(line.isConnected).toBe(false), PATIENCE)
      await wait(absence)
      const began = performance.now()
      node = (await start(sought.identity, withoutPeerId(sought.address))).node
      await vi.waitFor(() => expect(found).toBe(times), PATIENCE)
      expect(performance.now() - began).toBeLessThan(2_500)
    }
  })

  it('follows a node to another address, and gives up when it is told to stop', async () => {
    const [seeker, sought] = [await start(), await start()]
    const failures: unknown[] = []
    const line = new Lifeline({
      ...{ node: seeker.node, signal: stopping.signal, longestPause: () => 50, connected: () => {} },
      failed: cause => failures.push(cause)
    })
    await sought.node.stop()
    line.hold(sought.address)
    await wait(250)
    const moved = await start(sought.identity)
    expect(moved.address).not.toBe(sought.address)
    line.hold(moved.address)
    await vi.waitFor(() => expect(line.isConnected).toBe(true), PATIENCE)
    stopping.abort()
    await moved.node.stop()
    await vi.waitFor(() => expect(line.isConnected).toBe(false), PATIENCE)
    await start(sought.identity, withoutPeerId(moved.address))
    await wait(300)
    expect(line.isConnected).toBe(false)
    // Short absences are nothing to speak of.
    expect(failures).toEqual([])
  })
})

describe('deliveries', WITHIN, () => {
  const envelope = (sender: IdentityKey, payload = Uint8Array.of(1)): Uint8Array =>
    sealEnvelope(sender, MessageType.Dispute, new Uint8Array(32), 0 as Epoch, 5 as Slot, payload)

  it('are acknowledged by just the hash of the envelope, dialling where no connection is', async () => {
    const [from, to] = [await start(), await start()]
    let answer = (bytes: Uint8Array): Uint8Array => sha256(bytes)
    await to.node.serve('dispute', (_, bytes) => DisputeReply.encode({ acknowledged: answer(bytes), envelopes: [] }))
    const acknowledged: [MeterId, Uint8Array][] = []
    const deliveries = new Deliveries(from.node, stopping.signal, (by, hash) => acknowledged.push([by, hash]))
    const bytes = envelope(from.identity)
    // Rosters have addresses without the id.
    await deliveries.attempt({ to: to.id, address: withoutPeerId(to.address), bytes })
    expect(acknowledged).toEqual([[to.id, sha256(bytes)]])
    expect(deliveries.failed).toBe(0)
    answer = () => new Uint8Array(0)
    await deliveries.attempt({ to: to.id, address: '', bytes })
    answer = () => sha256(Uint8Array.of(9))
    await deliveries.attempt({ to: to.id, address: '', bytes })
    expect(acknowledged).toHaveLength(1)
    expect(deliveries.failed).toBe(2)
  })

  it('fail silently where nobody is, where the address is none, or another peer is there', async () => {
    const [from, to, another] = [await start(), await start(), await start()]
    await to.node.stop()
    const deliveries = new Deliveries(from.node, stopping.signal, () => expect.unreachable())
    const bytes = envelope(from.identity)
    for (const address of [to.address, '', 'nonsense', withoutPeerId(another.address)])
      await deliveries.attempt({ to: to.id, address, bytes })
    expect(deliveries.failed).toBe(4)
  })

  it('are never under way twice, and no more than 64 at once', async () => {
    const from = await start()
    const to = await start()
    let served = 0
    const answers = Promise.withResolvers<Uint8Array>()
    await to.node.serve('dispute', () => {
      served++
      return answers.promise
    })
    const deliveries = new Deliveries(from.node, stopping.signal, () => {})
    // Signed before the first goes, which is given up after a while.
    const orders = Array.from({ length: 65 }, (_, n) => ({
      to: to.id,
      address: to.address,
      bytes: envelope(from.identity, Uint8Array.of(n))
    }))
    const [same, ...more] = orders as [(typeof orders)[0], ...typeof orders]
    const last = more.pop() as typeof same
    const attempts = [deliveries.attempt(same), deliveries.attempt(same)]
    await vi.waitFor(() => expect(served).toBe(1), PATIENCE)
    for (const order of more) attempts.push(deliveries.attempt(order))
    expect(deliveries.failed).toBe(0)
    await deliveries.attempt(last)
    expect(deliveries.failed).toBe(1)
    answers.resolve(new Uint8Array(0))
    await Promise.all(attempts)
    expect(deliveries.failed).toBeGreaterThanOrEqual(65)
    expect(served).toBeLessThan(65)
  })
})

describe('peers that were dialled for a request only', WITHIN, () => {
  it('are let go when no request has followed for a while, and not during one', async () => {
    vi.useFakeTimers()
    const gone: MeterId[] = []
    const passing = new PassingPeers(1_000, peer => gone.push(peer))
    await passing.during(PEER, async () => {})
    await vi.advanceTimersByTimeAsync(5_000)
    expect(gone).toEqual([])
    passing.add(PEER)
    const slow = Promise.withResolvers<void>()
    const first = passing.during(PEER, () => slow.promise)
    await passing.during(PEER, async () => {})
    await vi.advanceTimersByTimeAsync(5_000)
    expect(gone).toEqual([])
    slow.resolve()
    await first
    await vi.advanceTimersByTimeAsync(900)
    await expect(passing.during(PEER, () => Promise.reject(new Error('no answer')))).rejects.toThrow('no answer')
    await vi.advanceTimersByTimeAsync(900)
    expect(gone).toEqual([])
    await vi.advanceTimersByTimeAsync(200)
    expect(gone).toEqual([PEER])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('are kept once the connection serves something else', async () => {
    vi.useFakeTimers()
    const passing = new PassingPeers(1_000, () => expect.unreachable())
    passing.add(PEER)
    await passing.during(PEER, async () => passing.forget(PEER))
    passing.add(PEER)
    await passing.during(PEER, async () => {})
    passing.clear()
    expect(vi.getTimerCount()).toBe(0)
    await vi.advanceTimersByTimeAsync(5_000)
  })

  it('lose their connection over real sockets, others keep it', async () => {
    const [one, passing, kept] = [await start(), await start(), await start()]
    for (const { node } of [passing, kept]) await node.serve('dispute', (_, bytes) => bytes)
    await one.node.connect(kept.address, soon())
    for (const { id, address } of [passing, kept]) await one.node.requestAt(id, address, 'dispute', Uint8Array.of(1), soon())
    expect(one.node.isConnectedTo(passing.id)).toBe(true)
    await vi.waitFor(() => expect(passing.node.isConnectedTo(one.id)).toBe(false), { timeout: 30_000, interval: 50 })
    expect(one.node.isConnectedTo(kept.id)).toBe(true)
  })
})

it('latecomers are given requests and results of slots that are not over, and nothing else', () => {
  const identity = IdentityKey.generate(systemRng)
  const latecomers = new Latecomers(900)
  const seal = (type: MessageType, slot: number): Uint8Array =>
    sealEnvelope(identity, type, new Uint8Array(32), 3 as Epoch, slot as Slot, Uint8Array.of(1))
  expect(latecomers.note(seal(MessageType.Missing, 10))).toBeUndefined()
  const [request, lost, total] = [
    seal(MessageType.RecoveryRequest, 10),
    seal(MessageType.SlotLost, 10),
    seal(MessageType.SlotTotal, 11)
  ] as const
  expect(latecomers.note(request)).toEqual({ epoch: 3, slot: 10, bytes: request })
  for (const bytes of [lost, total]) latecomers.note(bytes)
  const { over } = slotTimes(10 as Slot, 900)
  expect(latecomers.at(millis(over - 1)).map(said => said.bytes)).toEqual([request, lost, total])
  expect(latecomers.at(over).map(said => said.bytes)).toEqual([total])
  for (let slot = 12; slot < 60; slot++) latecomers.note(seal(MessageType.SlotTotal, slot))
  expect(latecomers.at(over)).toHaveLength(16)
})

it('a peer id is put at the end of an address once', async () => {
  const { id, address } = await start()
  expect(withoutPeerId(address)).toMatch(/^\/ip4\/127\.0\.0\.1\/tcp\/\d+$/)
  expect(withPeerId(withoutPeerId(address), id)).toBe(address)
  expect(withPeerId(address, id)).toBe(address)
})
