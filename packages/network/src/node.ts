import { hash } from 'node:crypto'
import { channelLimit, type StreamName, type Topic, type Verdict } from '@hushgrid/dcnet'
import { MAX_ADDRESSES } from '@hushgrid/messages'
import { HushgridError, type IdentityKey, type MeterId } from '@hushgrid/primitives'
import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { type GossipSub, gossipsub, TopicValidatorResult } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { ComponentLogger, Logger, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { peerIdFromString } from '@libp2p/peer-id'
import { tcp } from '@libp2p/tcp'
import { type LengthPrefixedStream, lpStream } from '@libp2p/utils'
import { yamux } from '@libp2p/yamux'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { idOf, peerOf, protocolName, topicName } from './names.ts'
import type { NetworkPreset } from './presets.ts'

/** A libp2p node that could not be started or reached. */
export class NetworkError extends HushgridError {
  override name = 'NetworkError'
}

export interface NodeInit {
  readonly identity: IdentityKey
  /** The network's name; part of the topics. */
  readonly network: string
  /** Multiaddrs to listen on, for example `/ip4/127.0.0.1/tcp/0`. */
  readonly listen: readonly string[]
  /** Multiaddrs that others are told instead of the ones listened on, as behind a router; without a peer id. */
  readonly announce?: readonly string[] | undefined
  readonly preset: NetworkPreset
}

/** Takes a gossip message and says what is to become of it. Synchronous: nothing is delivered twice or out of order. */
export type GossipHandler = (from: MeterId, bytes: Uint8Array) => Verdict
/** Takes a request on a stream and gives the answer. */
export type StreamHandler = (from: MeterId, bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array

/** How long a stream may take to be closed, in real milliseconds. */
const CLOSE_TIMEOUT = 10_000
/** Requests that one stream may carry. */
const REQUESTS_PER_STREAM = 16
/** Streams that one peer may have open with us at once, per protocol. */
const STREAMS_PER_PEER = 4

const VERDICTS: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject
}

/**
 * libp2p makes a logger for each component, connection and stream, and asks each time whether it is wanted; a sixth of
 * a dial's time. With DEBUG set in the environment its own logger is used.
 */
const silentLogger: Logger = Object.assign(() => {}, { error: () => {}, trace: () => {}, enabled: false, newScope: () => silentLogger })
const SILENT: ComponentLogger = { forComponent: () => silentLogger }

/** One libp2p node: TCP, Noise, yamux, identify, gossipsub, with the topics and streams of Hushgrid. */
export class NetworkNode {
  readonly libp2p: Libp2p<{ pubsub: GossipSub; identify: Identify }>
  readonly network: string
  readonly #timeout: number

  private constructor(libp2p: Libp2p<{ pubsub: GossipSub; identify: Identify }>, network: string, timeout: number) {
    this.libp2p = libp2p
    this.network = network
    this.#timeout = timeout
  }

  /** @throws NetworkError where an address is in use or cannot be listened on */
  static async start(init: NodeInit): Promise<NetworkNode> {
    const { preset } = init
    try {
      const libp2p = await createLibp2p({
        privateKey: await generateKeyPairFromSeed('Ed25519', init.identity.exportSeed()),
        addresses: { listen: [...init.listen], announce: [...(init.announce ?? [])] },
        transports: [tcp(preset.tcp)],
        connectionEncrypters: [noise()],
        streamMuxers: [yamux()],
        connectionManager: preset.connectionManager,
        connectionMonitor: preset.connectionMonitor,
        ...(process.env.DEBUG === undefined ? { logger: SILENT } : {}),
        services: {
          identify: identify({ runOnConnectionOpen: true }),
          pubsub: gossipsub({ ...preset.gossipsub, msgIdFn: message => hash('sha256', message.data, 'buffer') })
        }
      })
      return new NetworkNode(libp2p, init.network, preset.conversationTimeout)
    } catch (cause) {
      throw listenError(cause, init.listen)
    }
  }

  /**
   * Multiaddrs with the peer id, at which this node is reached. Others are told the first: an address of the loopback
   * interface, which leads them to their own machine, comes last.
   */
  get addresses(): string[] {
    const own = this.libp2p.getMultiaddrs().map(String)
    return [...own.filter(address => !isLoopback(address)), ...own.filter(isLoopback)].slice(0, MAX_ADDRESSES)
  }

  /** Subscribes to a topic, every message of which goes through the handler. */
  subscribe(topic: Topic, handler: GossipHandler): void {
    const { pubsub } = this.libp2p.services
    pubsub.topicValidators.set(topicName(this.network, topic), (peer, message) =>
      // Nobody of ours has a key of another kind.
      peer.type === 'Ed25519' ? VERDICTS[handler(idOf(peer), message.data)] : TopicValidatorResult.Reject
    )
    pubsub.subscribe(topicName(this.network, topic))
  }

  /** Publishes on a topic, subscribed to or not; gives the peers that it was sent to. */
  async publish(topic: Topic, bytes: Uint8Array): Promise<MeterId[]> {
    const { recipients } = await this.libp2p.services.pubsub.publish(topicName(this.network, topic), bytes)
    return recipients.filter(peer => peer.type === 'Ed25519').map(idOf)
  }

  /** Whether a connected peer is known to be subscribed to a topic. */
  hasSubscriber(topic: Topic, peer: MeterId): boolean {
    const wanted = peerOf(peer)
    return this.libp2p.services.pubsub.getSubscribers(topicName(this.network, topic)).some(subscriber => subscriber.equals(wanted))
  }

  /** Resolves once a peer is known to be subscribed to a topic, so that what is published there reaches it. */
  async subscriberSeen(topic: Topic, peer: MeterId, signal: AbortSignal): Promise<void> {
    const { pubsub } = this.libp2p.services
    if (this.hasSubscriber(topic, peer)) return
    await new Promise<void>((resolve, reject) => {
      const done = () => {
        pubsub.removeEventListener('subscription-change', check)
        signal.removeEventListener('abort', abort)
      }
      const check = () => {
        if (!this.hasSubscriber(topic, peer)) return
        done()
        resolve()
      }
      const abort = () => {
        done()
        reject(signal.reason)
      }
      pubsub.addEventListener('subscription-change', check)
      signal.addEventListener('abort', abort)
      if (signal.aborted) abort()
    })
  }

  /** Answers requests on a stream protocol, one after the other until the peer closes its side. */
  async serve(stream: StreamName, handler: StreamHandler): Promise<void> {
    await this.libp2p.handle(
      protocolName(stream),
      async (incoming, connection) => {
        await exchange(incoming, async () => {
          const framed = lpStream(incoming, { maxDataLength: channelLimit(stream) })
          for (let requests = 0; requests < REQUESTS_PER_STREAM; requests++) {
            const request = await readUnlessClosed(framed, requests > 0, this.#timeout)
            if (!request) return
            const answer = await handler(idOf(connection.remotePeer), request)
            await framed.write(answer, { signal: AbortSignal.timeout(this.#timeout) })
          }
        })
      },
      { maxInboundStreams: STREAMS_PER_PEER }
    )
  }

  /** Connects to a node, by a multiaddr that ends in its peer id. Gives its id. */
  async connect(address: string, signal: AbortSignal): Promise<MeterId> {
    const connection = await this.libp2p.dial(parseAddress(address), { signal })
    return idOf(connection.remotePeer)
  }

  /** Whether the node that a multiaddr ends in is connected now. */
  isConnected(address: string): boolean {
    return this.libp2p.getConnections(peerOf(idInAddress(address))).length > 0
  }

  /** Sends a request on a stream and gives the answer. */
  request(to: MeterId, stream: StreamName, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    return this.converse(to, stream, signal, ask => ask(bytes))
  }

  /**
   * Opens a stream for several requests, each sent once the one before is answered.
   *
   * @param run - is given what asks, and a signal for whatever else it waits for in between
   */
  async converse<T>(
    to: MeterId,
    stream: StreamName,
    signal: AbortSignal,
    run: (ask: (bytes: Uint8Array) => Promise<Uint8Array>, within: AbortSignal) => Promise<T>
  ): Promise<T> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.#timeout)])
    const outgoing = await this.libp2p.dialProtocol(peerOf(to), protocolName(stream), { signal: within })
    return await exchange(outgoing, async () => {
      const framed = lpStream(outgoing, { maxDataLength: channelLimit('enrol') })
      return await run(async bytes => {
        await framed.write(bytes, { signal: within })
        return (await framed.read({ signal: within })).subarray()
      }, within)
    })
  }

  async stop(): Promise<void> {
    await this.libp2p.stop()
  }
}

/** Whether only this machine is reached at a multiaddr. */
export function isLoopback(address: string): boolean {
  return /^\/(ip4\/127\.|ip6\/(0*:)*:?0*1\/|dns[46]?\/localhost\/)/.test(address)
}

/** The next request, or undefined where the peer has closed its side instead of sending one. */
async function readUnlessClosed(framed: LengthPrefixedStream, mayClose: boolean, timeout: number): Promise<Uint8Array | undefined> {
  try {
    return (await framed.read({ signal: AbortSignal.timeout(timeout) })).subarray()
  } catch (cause) {
    if (mayClose && cause instanceof Error && cause.name === 'UnexpectedEOFError') return undefined
    throw cause
  }
}

/** Runs one exchange and leaves no stream open behind it. */
async function exchange<T>(stream: Stream, run: () => Promise<T>): Promise<T> {
  try {
    const result = await run()
    await stream.close({ signal: AbortSignal.timeout(CLOSE_TIMEOUT) })
    return result
  } catch (cause) {
    const error = cause instanceof Error ? cause : new NetworkError(String(cause))
    stream.abort(error)
    throw error
  }
}

/** @throws NetworkError unless the text is a multiaddr that ends in a peer id */
export function parseAddress(text: string): Multiaddr {
  let address: Multiaddr
  try {
    address = multiaddr(text)
  } catch {
    throw new NetworkError(`${JSON.stringify(text)}: expected a multiaddr such as /ip4/127.0.0.1/tcp/4001/p2p/12D3KooW…`)
  }
  if (!address.getComponents().some(component => component.name === 'p2p')) {
    throw new NetworkError(`${text}: expected a multiaddr that ends in /p2p/ and the peer id`)
  }
  return address
}

/**
 * The Ed25519 key of the node that a multiaddr ends in.
 *
 * @throws NetworkError unless the text is such a multiaddr
 */
export function idInAddress(text: string): MeterId {
  const peer = parseAddress(text)
    .getComponents()
    .findLast(component => component.name === 'p2p')?.value
  try {
    return idOf(peerIdFromString(peer ?? ''))
  } catch (cause) {
    throw new NetworkError(`${text}: expected the peer id of an Ed25519 key at its end, such as 12D3KooW…`, { cause })
  }
}

function listenError(cause: unknown, listen: readonly string[]): Error {
  const text =
    cause instanceof Error
      ? `${cause.message} ${String(cause.cause ?? '')} ${JSON.stringify((cause as AggregateError).errors?.map(String) ?? '')}`
      : String(cause)
  const unlistenable =
    cause instanceof Error && /^(InvalidMultiaddr|InvalidParameters|Validation|UnsupportedListenAddress)/.test(cause.name)
  if (unlistenable || /EADDRINUSE/.test(text) || /could not listen|failed to listen|No valid addresses/i.test(text)) {
    return new NetworkError(
      `${listen.join(', ')}: expected a free TCP address of this machine to listen on, got one that is in use or not such`
    )
  }
  return cause instanceof Error ? cause : new NetworkError(String(cause))
}
