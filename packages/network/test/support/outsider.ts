// A libp2p client that is none of ours: it dials whom it wants, subscribes to what it wants, and keeps what it hears.
import { hash } from 'node:crypto'
import { createConnection, type Socket } from 'node:net'
import { IdentityKey, systemRng } from '@hushgrid/primitives'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { gossipsub } from '@libp2p/gossipsub'
import { identify } from '@libp2p/identify'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p } from 'libp2p'
import { withoutPeerId } from '../../src/libp2p/addresses.ts'
import { protocolName, type StreamProtocol, topicName } from '../../src/libp2p/names.ts'

/** Time that an attempt may take, in real milliseconds. */
const ATTEMPT = 5_000
const NONE = new Uint8Array(0)

/**
 * Starts a client with a key of its own.
 *
 * @param from - address of this machine that it dials from
 */
export async function startOutsider(network: string, from = '127.0.0.1', identity = IdentityKey.generate(systemRng)) {
  const heard: { readonly topic: string; readonly data: Uint8Array }[] = []
  const node = await createLibp2p({
    privateKey: await generateKeyPairFromSeed('Ed25519', identity.exportSeed()),
    transports: [tcp({ dialOpts: { localAddress: from } as object })],
    connectionEncrypters: [noise()],
    streamMuxers: [yamux()],
    connectionMonitor: { enabled: false },
    services: {
      identify: identify(),
      pubsub: gossipsub({
        ...{ globalSignaturePolicy: 'StrictNoSign', fallbackToFloodsub: true, floodPublish: true, allowPublishToZeroTopicPeers: true },
        msgIdFn: message => hash('sha256', message.data, 'buffer')
      })
    }
  })
  const introduced: string[] = []
  node.addEventListener('peer:identify', ({ detail }) => introduced.push(detail.peerId.toString()))
  const { pubsub } = node.services
  for (const topic of ['readings', 'control'] as const) pubsub.subscribe(topicName(network, topic))
  pubsub.addEventListener('message', ({ detail }) => heard.push(detail))
  const dial = (address: string) => node.dial(multiaddr(address), { signal: AbortSignal.timeout(ATTEMPT) })
  return {
    node,
    identity,
    /** Messages of topics that it was sent. */
    heard,
    /** Peers that told it their addresses and protocols. */
    introduced,
    dial,
    /** Asks on a stream; gives no bytes where nothing is answered. */
    async ask(address: string, stream: StreamProtocol, bytes: Uint8Array): Promise<Uint8Array> {
      const signal = AbortSignal.timeout(ATTEMPT)
      try {
        const opened = await (await dial(address)).newStream(protocolName(stream), { signal })
        const framed = lpStream(opened)
        await framed.write(bytes, { signal })
        const answer = (await framed.read({ signal })).subarray()
        await opened.close({ signal })
        return answer
      } catch {
        return NONE
      }
    },
    stop: () => node.stop()
  }
}

/** A client of {@link startOutsider}. */
export type Outsider = Awaited<ReturnType<typeof startOutsider>>

/** Opens TCP sockets that say nothing, or the first bytes of a handshake. Gives those that are not closed at once. */
export async function openSockets(address: string, count: number, from: string, says?: Uint8Array): Promise<Socket[]> {
  const [, , host = '', , port = ''] = withoutPeerId(address).split('/')
  const sockets = Array.from({ length: count }, () => {
    const socket = createConnection({ host, port: Number(port), localAddress: from })
    // Refused or cut off: what it is there for.
    socket.on('error', () => undefined)
    if (says) socket.write(says)
    return socket
  })
  await Promise.all(
    sockets.map(
      socket =>
        new Promise<void>(resolve => {
          socket.once('connect', resolve)
          socket.once('close', () => resolve())
        })
    )
  )
  return sockets
}
