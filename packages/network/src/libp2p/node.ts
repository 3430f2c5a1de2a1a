// One libp2p node as the services use it: topics, streams and connections.
import type { Topic } from '@hushgrid/dcnet'
import type { Verdict } from '@hushgrid/messages'
import { MAX_ADDRESSES } from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import type { PeerId, Stream } from '@libp2p/interface'
import { lpStream } from '@libp2p/utils'
import { Gate } from '../gate/gate.ts'
import { idInAddress, isLoopback, listenError, NetworkError, parseAddress, withPeerId } from './addresses.ts'
import { createNode, type HushgridLibp2p, type NodeInit } from './create.ts'
import { exchange, readUnlessClosed } from './exchange.ts'
import { keepGate } from './gate-keeping.ts'
import { isKnown } from './gating.ts'
import { answerLimit, idOf, peerOf, protocolName, type StreamProtocol, streamLimit, topicName } from './names.ts'
import { Partition } from './partition.ts'
import { PassingPeers } from './passing.ts'
import { noteTraffic } from './traffic.ts'

/** Takes a gossip message and says what is to become of it. Synchronous: nothing is delivered twice or out of order. */
export type GossipHandler = (from: MeterId, bytes: Uint8Array) => Verdict
/** Takes a request on a stream and gives the answer. */
export type StreamHandler = (from: MeterId, bytes: Uint8Array) => Promise<Uint8Array> | Uint8Array

/** Time that a connection made for one request stays open without another, in real milliseconds. */
const PASSING = 5_000
/** Requests that one stream may carry. */
const REQUESTS_PER_STREAM = 16
/** Streams that one peer may have open with us at once, per protocol. */
const STREAMS_PER_PEER = 4
/** Streams on which neighbours bring one thing and are done: a passing connection stays one. */
const PASSING_STREAMS: ReadonlySet<StreamProtocol> = new Set(['dispute', 'scheme'])

const VERDICTS: Readonly<Record<Verdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject
}

/** One libp2p node: TCP, Noise, yamux, identify, gossipsub, with the topics and streams of Hushgrid. */
export class NetworkNode {
  readonly libp2p: HushgridLibp2p
  readonly network: string
  /** Who may connect; the services make their peers known to it. */
  readonly gate: Gate
  readonly #timeout: number
  readonly #passing = new PassingPeers(PASSING, peer => {
    // A connection that will not close is libp2p's to give up.
    this.libp2p.hangUp(peerOf(peer)).then(undefined, () => undefined)
  })
  readonly #partition: Partition

  private constructor(libp2p: NetworkNode['libp2p'], init: NodeInit, { gate, partition }: { gate: Gate; partition: Partition }) {
    this.libp2p = libp2p
    this.network = init.network
    this.gate = gate
    this.#timeout = init.preset.conversationTimeout
    this.#partition = partition
    libp2p.addEventListener('peer:disconnect', ({ detail }) => {
      if (detail.type === 'Ed25519') this.#passing.forget(idOf(detail))
    })
  }

  /** @throws NetworkError where an address is in use or cannot be listened on */
  static async start(init: NodeInit): Promise<NetworkNode> {
    const partition = new Partition()
    const { preset, guests, turnedAway } = init
    const gate = new Gate({ limits: preset.gate, guests, now: () => performance.now(), refused: turnedAway })
    try {
      const libp2p = await createNode(init, gate, partition)
      keepGate(libp2p, gate)
      const node = new NetworkNode(libp2p, init, { gate, partition })
      await libp2p.start()
      return node
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

  /**
   * Peers that this node is cut off from: connections with them are torn down and none is made, as in a network that has
   * come apart. A lab's partition; empty everywhere else.
   */
  get blocked(): ReadonlySet<MeterId> {
    return this.#partition.blocked
  }

  set blocked(peers: ReadonlySet<MeterId>) {
    this.#partition.blocked = peers
    if (peers.size === 0) return
    for (const connection of this.libp2p.getConnections()) {
      if (this.#partition.cutsOff(connection.remotePeer)) connection.abort(new NetworkError('cut off by the lab'))
    }
  }

  /** Subscribes to a topic, every message of which goes through the handler. */
  subscribe(topic: Topic, handler: GossipHandler): void {
    const { pubsub } = this.libp2p.services
    pubsub.topicValidators.set(topicName(this.network, topic), (peer, message) =>
      // Nobody of ours has a key of another kind.
      peer.type === 'Ed25519' ? VERDICTS[this.#heard(idOf(peer), message.data, handler)] : TopicValidatorResult.Reject
    )
    pubsub.subscribe(topicName(this.network, topic))
  }

  #heard(from: MeterId, bytes: Uint8Array, handler: GossipHandler): Verdict {
    noteTraffic('received', bytes.byteLength)
    // Drops what was still on its way when the network came apart.
    return this.blocked.has(from) ? 'ignore' : handler(from, bytes)
  }

  /** Publishes on a topic, subscribed to or not; gives the peers that it was sent to. */
  async publish(topic: Topic, bytes: Uint8Array): Promise<MeterId[]> {
    const { recipients } = await this.libp2p.services.pubsub.publish(topicName(this.network, topic), bytes)
    noteTraffic('sent', bytes.byteLength, recipients.length)
    return recipients.filter(peer => peer.type === 'Ed25519').map(idOf)
  }

  /** Tells whether a connected peer is known to be subscribed to a topic. */
  hasSubscriber(topic: Topic, peer: MeterId): boolean {
    const wanted = peerOf(peer)
    return this.libp2p.services.pubsub.getSubscribers(topicName(this.network, topic)).some(subscriber => subscriber.equals(wanted))
  }

  /** Tells whether all connected peers are known to be subscribed to a topic; guests, who hear none, are left out. */
  allListen(topic: Topic): boolean {
    const peers = this.libp2p.getPeers().filter(peer => isKnown(this.gate, peer))
    return this.libp2p.services.pubsub.getSubscribers(topicName(this.network, topic)).length >= peers.length
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
  async serve(stream: StreamProtocol, handler: StreamHandler): Promise<void> {
    await this.libp2p.handle(
      protocolName(stream),
      async (incoming, connection) => {
        const from = idOf(connection.remotePeer)
        const ended = this.gate.takeStream(from, stream)
        if (!ended) throw new NetworkError(`${stream}: not for ${from}, or too many of it`)
        await exchange(incoming, () => this.#answerAll(incoming, stream, from, handler)).finally(ended)
      },
      { maxInboundStreams: STREAMS_PER_PEER }
    )
  }

  async #answerAll(incoming: Stream, stream: StreamProtocol, from: MeterId, handler: StreamHandler): Promise<void> {
    // A peer that asks for more than a neighbour does needs the connection itself.
    if (!PASSING_STREAMS.has(stream)) this.#passing.forget(from)
    const framed = lpStream(incoming, { maxDataLength: streamLimit(stream) })
    for (let requests = 0; requests < REQUESTS_PER_STREAM; requests++) {
      const request = await readUnlessClosed(framed, requests > 0, this.#timeout)
      if (!request) return
      if (!this.gate.takeRequest(from, stream)) throw new NetworkError(`${stream}: too many requests of ${from}`)
      noteTraffic('received', request.byteLength)
      const answer = await handler(from, request)
      await framed.write(answer, { signal: AbortSignal.timeout(this.#timeout) })
      noteTraffic('sent', answer.byteLength)
    }
  }

  /** Connects to a node, by a multiaddr that ends in its peer id. Gives its id. */
  async connect(address: string, signal: AbortSignal): Promise<MeterId> {
    const peer = idInAddress(address)
    this.#passing.forget(peer)
    return await this.#dial(peer, address, signal)
  }

  /**
   * Dials a node to learn whether it is there. One that closes the connection once it knows who dials is there, too.
   *
   * @throws NetworkError, or an error of libp2p, where nobody with that id is there
   */
  async find(address: string, signal: AbortSignal): Promise<void> {
    try {
      await this.connect(address, signal)
    } catch (cause) {
      if (!(cause instanceof Error && cause.name === 'ConnectionClosedError')) throw cause
    }
  }

  async #dial(peer: MeterId, address: string, signal: AbortSignal): Promise<MeterId> {
    this.#checkReachable(peer)
    const connection = await this.libp2p.dial(parseAddress(address), { signal })
    return idOf(connection.remotePeer)
  }

  /** Tells whether the node that a multiaddr ends in is connected now. */
  isConnected(address: string): boolean {
    return this.isConnectedTo(idInAddress(address))
  }

  /** Tells whether a node is connected now. */
  isConnectedTo(peer: MeterId): boolean {
    return this.libp2p.getConnections(peerOf(peer)).some(connection => connection.status === 'open')
  }

  /** Tells when a first connection to a peer stands, and when the last one has gone, until the signal says stop. */
  watch(peer: MeterId, listener: { connected(): void; disconnected(): void }, signal: AbortSignal): void {
    const wanted = peerOf(peer)
    const connected = (event: CustomEvent<PeerId>): void => {
      if (event.detail.equals(wanted)) listener.connected()
    }
    const disconnected = (event: CustomEvent<PeerId>): void => {
      if (event.detail.equals(wanted)) listener.disconnected()
    }
    this.libp2p.addEventListener('peer:connect', connected)
    this.libp2p.addEventListener('peer:disconnect', disconnected)
    const unwatch = (): void => {
      this.libp2p.removeEventListener('peer:connect', connected)
      this.libp2p.removeEventListener('peer:disconnect', disconnected)
    }
    signal.addEventListener('abort', unwatch, { once: true })
  }

  /** Tells of every peer that a first connection stands with, until the signal says stop. */
  onConnect(listener: (peer: MeterId) => void, signal: AbortSignal): void {
    this.#onPeer('peer:connect', listener, signal)
  }

  /** Tells of every peer whose last connection has gone, until the signal says stop. */
  onDisconnect(listener: (peer: MeterId) => void, signal: AbortSignal): void {
    this.#onPeer('peer:disconnect', listener, signal)
  }

  #onPeer(event: 'peer:connect' | 'peer:disconnect', listener: (peer: MeterId) => void, signal: AbortSignal): void {
    const listen = ({ detail }: CustomEvent<PeerId>): void => {
      if (detail.type === 'Ed25519') listener(idOf(detail))
    }
    this.libp2p.addEventListener(event, listen)
    signal.addEventListener('abort', () => this.libp2p.removeEventListener(event, listen), { once: true })
  }

  /** @throws NetworkError for a peer that this node is cut off from */
  #checkReachable(peer: MeterId): void {
    if (this.blocked.has(peer)) throw new NetworkError(`${peer}: cut off by the lab`)
  }

  /**
   * Sends one request to a peer that is not kept connected otherwise, dialling it where needed. Such a connection is closed
   * again when no request follows soon, or every meter would come to be connected to all its neighbours.
   *
   * @param address - multiaddr, with or without the peer id; empty where none is known
   */
  async requestAt(to: MeterId, address: string, stream: StreamProtocol, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    if (!this.isConnectedTo(to)) {
      if (address === '') throw new NetworkError(`${to}: expected an address or a connection, got neither`)
      await this.#dial(to, withPeerId(address, to), signal)
      this.#passing.add(to)
    }
    return await this.#passing.during(to, () => this.request(to, stream, bytes, signal))
  }

  /** Sends a request on a stream and gives the answer. */
  request(to: MeterId, stream: StreamProtocol, bytes: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
    return this.converse(to, stream, signal, ask => ask(bytes))
  }

  /**
   * Opens a stream for several requests, each sent once the one before is answered.
   *
   * @param run - is given what asks, and a signal for whatever else it waits for in between
   */
  async converse<T>(
    to: MeterId,
    stream: StreamProtocol,
    signal: AbortSignal,
    run: (ask: (bytes: Uint8Array) => Promise<Uint8Array>, within: AbortSignal) => Promise<T>
  ): Promise<T> {
    this.#checkReachable(to)
    const within = AbortSignal.any([signal, AbortSignal.timeout(this.#timeout)])
    const outgoing = await this.libp2p.dialProtocol(peerOf(to), protocolName(stream), { signal: within })
    return await exchange(outgoing, async () => {
      const framed = lpStream(outgoing, { maxDataLength: answerLimit(stream) })
      return await run(async bytes => {
        await framed.write(bytes, { signal: within })
        noteTraffic('sent', bytes.byteLength)
        const answer = (await framed.read({ signal: within })).subarray()
        noteTraffic('received', answer.byteLength)
        return answer
      }, within)
    })
  }

  async stop(): Promise<void> {
    this.#passing.clear()
    await this.libp2p.stop()
  }
}
