// The lab preset over real sockets: what it is for, that it is in force, and that streams are bounded.
import { setTimeout as wait } from 'node:timers/promises'
import { channelLimit, type Topic } from '@hushgrid/dcnet'
import { IdentityKey, type MeterId, systemRng } from '@hushgrid/primitives'
import { generateKeyPair } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { afterEach, describe, expect, it } from 'vitest'
import { peerOf, protocolName, topicName } from '../../src/libp2p/names.ts'
import { NetworkNode } from '../../src/libp2p/node.ts'
import { type NetworkPreset, presetNamed } from '../../src/libp2p/presets.ts'

const NETWORK = 'preset-test'
const METERS = 200
/** As many as would be well within what one machine can do, and beyond what libp2p lets one host dial. */
const SOME = 40
const WITHIN = { timeout: 120_000 }
/** For what takes milliseconds, on a slow machine too. */
const PATIENCE = 30_000

const running: { stop(): Promise<void> | void }[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map(node => node.stop()))
})

async function start(preset: NetworkPreset): Promise<NetworkNode> {
  const identity = IdentityKey.generate(systemRng)
  const node = await NetworkNode.start({ identity, network: NETWORK, listen: ['/ip4/127.0.0.1/tcp/0'], preset })
  running.push(node)
  return node
}

const addressOf = (node: NetworkNode): string => node.addresses[0] as string
const idOfNode = (node: NetworkNode): MeterId =>
  (node.libp2p.peerId.publicKey ? Buffer.from(node.libp2p.peerId.publicKey.raw).toString('hex') : '') as MeterId

async function until(what: () => boolean, within = PATIENCE): Promise<boolean> {
  for (const end = performance.now() + within; performance.now() < end; await wait(20)) if (what()) return true
  return what()
}

/**
 * Publishes on readings, again with other bytes while it goes to nobody: a subscription may be heard of before there is a
 * stream to send on.
 */
async function publishUntilSent(node: NetworkNode, first: number): Promise<MeterId[]> {
  let recipients: MeterId[] = []
  for (let attempt = 0; recipients.length === 0 && attempt < 500; attempt++) {
    if (attempt > 0) await wait(20)
    recipients = await node.publish('readings', Uint8Array.of(first, attempt >> 8, attempt & 255))
  }
  return recipients
}

/** Some meters that all dial the aggregator at once. Gives those that got through. */
async function dialAtOnce(preset: NetworkPreset, aggregator: NetworkNode, meters: number, within: number): Promise<NetworkNode[]> {
  const nodes = await Promise.all(Array.from({ length: meters }, () => start(preset)))
  const signal = AbortSignal.timeout(within)
  const dialled = await Promise.allSettled(nodes.map(node => node.connect(addressOf(aggregator), signal)))
  return nodes.filter((_, i) => dialled[i]?.status === 'fulfilled')
}

describe('200 meters on one machine', WITHIN, () => {
  it('dial one aggregator at once, and every submission arrives, once', async () => {
    const preset = presetNamed('lab', NETWORK, METERS)
    const aggregator = await start(preset)
    const received = new Map<number, MeterId>()
    const seen = new Set<string>()
    let again = 0
    aggregator.subscribe('readings', (from, bytes) => {
      const text = Buffer.from(bytes).toString('hex')
      if (seen.has(text)) again++
      seen.add(text)
      received.set(bytes[0] as number, from)
      return 'ignore'
    })
    aggregator.subscribe('control', () => 'accept')
    const meters = await dialAtOnce(preset, aggregator, METERS, 2 * PATIENCE)
    expect(meters).toHaveLength(METERS)
    let control = 0
    for (const meter of meters) {
      meter.subscribe('control', () => {
        control++
        return 'accept'
      })
    }
    const id = idOfNode(aggregator)
    const signal = AbortSignal.timeout(PATIENCE)
    await Promise.all(meters.map(meter => meter.subscriberSeen('readings', id, signal)))
    const recipients = await Promise.all(meters.map(publishUntilSent))
    expect(recipients).toEqual(meters.map(() => [id]))
    expect(await until(() => received.size === METERS)).toBe(true)
    expect(again).toBe(0)
    // Each came from the meter that published it, over its own connection.
    for (const [i, meter] of meters.entries()) expect(received.get(i)).toBe(idOfNode(meter))
    // Nobody but the aggregator listens to readings; everybody hears what it says.
    expect(aggregator.libp2p.services.pubsub.getSubscribers(topicName(NETWORK, 'readings'))).toEqual([])
    await until(() => aggregator.libp2p.services.pubsub.getSubscribers(topicName(NETWORK, 'control')).length === METERS)
    await aggregator.publish('control', Uint8Array.of(1, 2, 3))
    expect(await until(() => control === METERS)).toBe(true)
    expect(aggregator.libp2p.getConnections()).toHaveLength(METERS)
  })

  it('would mostly not get through with libp2p’s own limits', async () => {
    const lab = presetNamed('lab', NETWORK, METERS)
    const strict = { ...lab, connectionManager: {} }
    const refusing = await start(strict)
    const few = await dialAtOnce(strict, refusing, SOME, 2_000)
    expect(few.length).toBeLessThan(SOME / 2)
    await Promise.all(running.splice(0).map(node => node.stop()))

    const all = await dialAtOnce(lab, await start(lab), SOME, PATIENCE)
    expect(all).toHaveLength(SOME)
  })
})

describe('the presets', WITHIN, () => {
  const lab = presetNamed('lab', NETWORK, METERS)
  const field = presetNamed('field', NETWORK, METERS)

  it('differ in what one machine needs and a real network must not have', () => {
    expect(lab.gossipsub.scoreParams?.IPColocationFactorWeight).toBe(0)
    expect(field.gossipsub.scoreParams?.IPColocationFactorWeight).toBeLessThan(0)
    for (const limit of ['maxConnections', 'inboundConnectionThreshold', 'maxIncomingPendingConnections'] as const) {
      expect(lab.connectionManager[limit]).toBeGreaterThan(METERS)
    }
    expect(lab.gate).toBeUndefined()
    expect(field.gate?.guests.inAll).toBeLessThan(METERS)
    expect(field.connectionManager.inboundUpgradeTimeout).toBe(2_000)
    expect(field.connectionManager.maxConnections).toBeGreaterThan(METERS)
  })

  it('have in common that envelopes speak for themselves and false ones count against their bringer', () => {
    for (const { gossipsub } of [lab, field]) {
      expect(gossipsub).toMatchObject({
        globalSignaturePolicy: 'StrictNoSign',
        allowPublishToZeroTopicPeers: true,
        ignoreDuplicatePublishError: true,
        emitSelf: false,
        allowedTopics: [`/hushgrid/v2/${NETWORK}/readings`, `/hushgrid/v2/${NETWORK}/control`]
      })
      expect(gossipsub.maxInboundDataLength).toBeGreaterThan(channelLimit('control'))
      for (const topic of ['readings', 'control'] as Topic[]) {
        expect(gossipsub.scoreParams?.topics?.[topicName(NETWORK, topic)]?.invalidMessageDeliveriesWeight).toBeLessThan(0)
      }
    }
  })

  it('cut off a peer that brings one false message after another', async () => {
    const small = presetNamed('lab', NETWORK, 8)
    const [server, attacker] = [await start(small), await start(small)]
    let heard = 0
    server.subscribe('readings', () => {
      heard++
      return 'reject'
    })
    await attacker.connect(addressOf(server), AbortSignal.timeout(PATIENCE))
    await attacker.subscriberSeen('readings', idOfNode(server), AbortSignal.timeout(PATIENCE))
    // gossipsub reckons its scores anew once a heartbeat.
    let unheard = 0
    for (let i = 0; unheard < 20 && i < 800; i++) {
      const before = heard
      const recipients = await attacker.publish('readings', Uint8Array.of(i >> 8, i & 255))
      await wait(10)
      if (heard !== before) unheard = 0
      else if (recipients.length > 0) unheard++
    }
    expect(unheard).toBe(20)
    expect(heard).toBeGreaterThan(10)
  })
})

describe('a peer with another kind of key', WITHIN, () => {
  it('keeps nobody from publishing or from finding its aggregator, and is not listened to', async () => {
    const preset = presetNamed('lab', NETWORK, 8)
    const [meter, aggregator] = [await start(preset), await start(preset)]
    const stranger = await createLibp2p({
      privateKey: await generateKeyPair('secp256k1'),
      addresses: { listen: ['/ip4/127.0.0.1/tcp/0'] },
      transports: [tcp()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      services: { identify: identify(), pubsub: gossipsub({ ...preset.gossipsub }) }
    })
    running.push(stranger)
    const heard: MeterId[] = []
    aggregator.subscribe('readings', from => {
      heard.push(from)
      return 'ignore'
    })
    const { pubsub } = stranger.services
    pubsub.subscribe(topicName(NETWORK, 'readings'))
    for (const node of [meter, aggregator]) await stranger.dial(multiaddr(addressOf(node)))
    const topic = topicName(NETWORK, 'readings')
    expect(await until(() => meter.libp2p.services.pubsub.getSubscribers(topic).length === 1)).toBe(true)
    await meter.connect(addressOf(aggregator), AbortSignal.timeout(PATIENCE))
    await meter.subscriberSeen('readings', idOfNode(aggregator), AbortSignal.timeout(PATIENCE))
    expect(await publishUntilSent(meter, 1)).toEqual([idOfNode(aggregator)])
    await until(() => pubsub.getSubscribers(topic).length > 0)
    await pubsub.publish(topic, Uint8Array.of(2))
    await pubsub.publish(topic, Uint8Array.of(3))
    expect(await until(() => heard.length > 0)).toBe(true)
    await wait(100)
    expect(new Set(heard)).toEqual(new Set([idOfNode(meter)]))
  })
})

describe('a stream', WITHIN, () => {
  /** After which a server gives up who says nothing; long enough for both to be there first. */
  const SHORT = 2_000
  const first = (_: MeterId, bytes: Uint8Array): Uint8Array => bytes.subarray(0, 1)

  async function pair(handler: (from: MeterId, bytes: Uint8Array) => Uint8Array = first, conversationTimeout = PATIENCE) {
    const preset: NetworkPreset = presetNamed('lab', NETWORK, 8)
    const [server, client] = [await start({ ...preset, conversationTimeout }), await start({ ...preset, conversationTimeout: PATIENCE })]
    let served = 0
    await server.serve('sync', (from, bytes) => {
      served++
      return handler(from, bytes)
    })
    await client.connect(addressOf(server), AbortSignal.timeout(PATIENCE))
    const open = (): number =>
      server.libp2p
        .getConnections()
        .reduce((sum, each) => sum + each.streams.filter(stream => stream.protocol === protocolName('sync')).length, 0)
    const ask = (bytes: Uint8Array): Promise<Uint8Array> => client.request(idOfNode(server), 'sync', bytes, AbortSignal.timeout(PATIENCE))
    const raw = () => client.libp2p.dialProtocol(peerOf(idOfNode(server)), protocolName('sync'))
    return { server, client, open, ask, raw, served: () => served }
  }

  it('takes a request of just its limit and refuses one byte more, unread', async () => {
    const { ask, open, served } = await pair()
    const limit = channelLimit('sync')
    expect([...(await ask(new Uint8Array(limit).fill(7)))]).toEqual([7])
    expect(served()).toBe(1)
    await expect(ask(new Uint8Array(limit + 1))).rejects.toThrow()
    expect(served()).toBe(1)
    expect(await until(() => open() === 0)).toBe(true)
  })

  it('on which a peer says nothing, or only how much it is going to say, is given up and leaves nothing open', async () => {
    const { raw, ask, open, served } = await pair(first, SHORT)
    const silent = await raw()
    const half = await raw()
    half.send(Uint8Array.of(100, 1, 2, 3))
    expect(await until(() => open() === 2)).toBe(true)
    expect(await until(() => open() === 0)).toBe(true)
    expect(served()).toBe(0)
    expect(await until(() => silent.status !== 'open' && half.status !== 'open')).toBe(true)
    expect([...(await ask(Uint8Array.of(5)))]).toEqual([5])
  })

  it('cannot be opened by one peer without end', async () => {
    const { raw, open } = await pair(first, SHORT)
    const opened = await Promise.allSettled(Array.from({ length: 20 }, raw))
    await wait(50)
    expect(open()).toBeLessThanOrEqual(4)
    expect(opened.length).toBe(20)
    expect(await until(() => open() === 0)).toBe(true)
  })

  it('carries several requests, and no more than sixteen', async () => {
    const { client, server, served, open } = await pair()
    const answers: number[] = []
    await expect(
      client.converse(idOfNode(server), 'sync', AbortSignal.timeout(PATIENCE), async ask => {
        for (let i = 0; i < 20; i++) answers.push((await ask(Uint8Array.of(i)))[0] as number)
      })
    ).rejects.toThrow()
    expect(answers).toEqual(Array.from({ length: 16 }, (_, i) => i))
    expect(served()).toBe(16)
    expect(await until(() => open() === 0)).toBe(true)
  })

  it('whose handler fails is closed, and the next one is served', async () => {
    let fail = true
    const { ask, open } = await pair((_, bytes) => {
      if (fail) throw new Error('no answer')
      return bytes
    })
    await expect(ask(Uint8Array.of(1))).rejects.toThrow()
    fail = false
    expect([...(await ask(Uint8Array.of(2)))]).toEqual([2])
    expect(await until(() => open() === 0)).toBe(true)
  })

  it('tells the handler the peer’s own key, whatever the request says', async () => {
    const seen: MeterId[] = []
    const { ask, client, raw } = await pair((from, bytes) => {
      seen.push(from)
      return bytes
    })
    await ask(new Uint8Array(32))
    const framed = lpStream(await raw())
    await framed.write(new Uint8Array(32))
    await framed.read()
    expect(seen).toEqual([idOfNode(client), idOfNode(client)])
  })
})
