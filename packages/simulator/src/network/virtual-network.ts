// Gossip and streams between peers in memory, with latency, loss and partitions, under virtual time.
import type { Topic } from '@hushgrid/dcnet'
import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { EventQueue, type Fate } from '@hushgrid/scenarios'
import { Traffic } from './traffic.ts'
import {
  type Carrier,
  Delivery,
  Exchange,
  Handed,
  type Leg,
  type Message,
  type Peer,
  type PeerNumber,
  ReplyLeg,
  RequestLeg,
  type VirtualEvent,
  type VirtualStream
} from './virtual-delivery.ts'

/** Fate of a message that an {@link Interceptor} was shown. */
type Interception = Fate | { readonly bytes: Uint8Array }

/** Sees every copy before it leaves, and decides its fate. */
type Interceptor = (message: Message) => Interception

export interface VirtualNetworkOptions {
  readonly seed: string
  /** Start in protocol time, ms. */
  readonly start: number
  /** Bounds of a message's latency in protocol milliseconds, drawn evenly; 20 to 200 unless given. */
  readonly latency?: readonly [least: number, most: number] | undefined
  /** Share of all copies that is lost at each try; none unless given. */
  readonly loss?: number | undefined
}

/**
 * Milliseconds after which a lost copy is sent once more. Gossip and streams of libp2p alike run over TCP, which retransmits
 * after at least a second (RFC 6298, section 2.4), so that a loss on the way makes a copy late in the first place.
 */
export const REPAIR_AFTER = 1000
/** Most times that a lost copy is sent once more. */
const REPAIRS = 3
/** Longest wait for an answer, ms; a refused connection is told at once. */
export const EXCHANGE_TIMEOUT = 30_000

/**
 * Peers in memory under virtual time. Every copy of a message takes a latency of its own, drawn from the seed, plus the
 * larger delay of its two ends, so copies may overtake each other. A copy is lost at the larger loss rate of its ends, or
 * where a partition separates them at its arrival; it is then tried again up to {@link REPAIRS} times,
 * {@link REPAIR_AFTER} apart. A copy that arrives at a peer that is down is gone. A publisher reaches every subscriber by
 * itself: there is no mesh to fall apart, and none to relay for a peer that was cut off.
 */
export class VirtualNetwork implements Carrier {
  readonly queue: EventQueue<VirtualEvent>
  readonly traffic = new Traffic()
  /** Called where a node may have got or lost its line to another. */
  onLines: (() => void) | undefined
  /** Called with every copy as it was sent, before it is intercepted, delayed or lost. */
  onSent: ((message: Message) => void) | undefined
  /** Called with every copy that arrives, just before its receiver. */
  onDelivered: ((message: Message) => void) | undefined
  readonly #interceptors = new Set<Interceptor>()
  readonly #peers: Peer[] = []
  readonly #sides: number[] = []
  readonly #delays: number[] = []
  readonly #losses: number[] = []
  readonly #loss: number
  readonly #subscribers: Record<Topic, PeerNumber[]> = { readings: [], control: [] }
  readonly #rng: SeededRng
  readonly #least: number
  readonly #spread: number
  #draws: Uint16Array = new Uint16Array(0)
  #drawn = 0
  #lossy: boolean
  #nextSide = 1

  constructor({ seed, start, latency = [20, 200], loss = 0 }: VirtualNetworkOptions) {
    const [least, most] = latency
    if (!(Number.isInteger(least) && Number.isInteger(most) && least >= 0 && most >= least))
      throw new InvalidArgumentError('latency', 'whole milliseconds, the least first', latency.join(' to '))
    this.#loss = checkedRate(loss)
    this.#lossy = loss > 0
    this.queue = new EventQueue(start)
    this.#rng = new SeededRng(`${seed} network`)
    this.#least = least
    this.#spread = most - least + 1
  }

  get now(): number {
    return this.queue.now
  }

  add(peer: Peer, topics: readonly Topic[]): PeerNumber {
    const number = this.#peers.push(peer) - 1
    this.#sides.push(0)
    this.#delays.push(0)
    this.#losses.push(this.#loss)
    this.traffic.add()
    for (const topic of topics) this.#subscribers[topic].push(number)
    return number
  }

  /** Number of peers so far. */
  get size(): number {
    return this.#peers.length
  }

  peer(number: PeerNumber): Peer {
    const peer = this.#peers[number]
    if (!peer) throw new InvalidArgumentError('peer', `0 to ${this.#peers.length - 1}`, String(number))
    return peer
  }

  /** Shows every copy from now on to an interceptor, after the earlier ones. @returns a function that ends this */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => this.#interceptors.delete(interceptor)
  }

  /** Schedules something at a moment, ahead of everything else of that millisecond where `first`. */
  at(time: number, run: () => void, first = false): void {
    this.queue.push(time, { run }, first)
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run)
  }

  /** Runs everything that is due up to and including a moment, and lets time pass up to it. */
  runUntil(time: number): void {
    for (let next = this.queue.next; next !== undefined && next <= time; next = this.queue.next) this.queue.pop()?.run()
    this.queue.advance(time)
  }

  /** Counts the running subscribers of a topic. */
  listeners(topic: Topic): number {
    return this.#subscribers[topic].filter(peer => this.#peers[peer]?.up).length
  }

  /** Publishes a message: a copy to each running subscriber but the publisher. */
  gossip(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    for (const to of this.#subscribers[topic]) if (to !== from && this.#peers[to]?.up) this.send(topic, from, to, bytes)
  }

  /** Sends one copy of a published message to one peer, as {@link gossip} does. */
  send(topic: Topic, from: PeerNumber, to: PeerNumber, bytes: Uint8Array): void {
    this.#dispatch(new Delivery(this, from, to, bytes, topic))
  }

  /** Hands a scheme's message to one peer, on a stream of its own. */
  hand(from: PeerNumber, to: PeerNumber, bytes: Uint8Array): void {
    this.#dispatch(new Handed(this, from, to, bytes))
  }

  /**
   * Sends a request on a stream, and waits for its answer.
   *
   * @param done - told the answer, or undefined where there was none in time; not told at all where the asker has been
   *   restarted or is down by then
   */
  exchange(
    from: PeerNumber,
    to: PeerNumber,
    stream: VirtualStream,
    bytes: Uint8Array,
    done: (reply: Uint8Array | undefined) => void
  ): void {
    const exchange = new Exchange(this, { from, to, stream }, done)
    this.#dispatch(new RequestLeg(exchange, bytes))
    this.queue.push(this.now + EXCHANGE_TIMEOUT, exchange)
  }

  /** Puts peers on a side of their own, away from everybody else; earlier sides stay as they are. */
  partition(peers: readonly PeerNumber[]): void {
    const side = this.#nextSide++
    for (const peer of peers) this.#sides[this.#checked(peer)] = side
    this.linesChanged()
  }

  /** Lets everybody reach everybody again. */
  heal(): void {
    this.#sides.fill(0)
    this.linesChanged()
  }

  /** Tells whoever watches that who reaches whom may have changed: a partition, a node that came up or went down. */
  linesChanged(): void {
    this.onLines?.()
  }

  reachable(a: PeerNumber, b: PeerNumber): boolean {
    return this.#sides[a] === this.#sides[b]
  }

  /** Tells whether copies between two peers may get lost. */
  lossy(a: PeerNumber, b: PeerNumber): boolean {
    return Math.max(this.#losses[a] ?? 0, this.#losses[b] ?? 0) > 0
  }

  /** Sets the delay of everything to and from a peer, protocol ms. */
  setDelay(peer: PeerNumber, delay: number): void {
    if (!(delay >= 0)) throw new InvalidArgumentError('delay', 'milliseconds from 0', String(delay))
    this.#delays[this.#checked(peer)] = Math.round(delay)
  }

  /** Sets the share of a peer's copies, both ways, that is lost at each try; never below that of the whole network. */
  setLoss(peer: PeerNumber, rate: number): void {
    this.#losses[this.#checked(peer)] = Math.max(this.#loss, checkedRate(rate))
    this.#lossy = this.#losses.some(loss => loss > 0)
  }

  #checked(peer: PeerNumber): PeerNumber {
    this.peer(peer)
    return peer
  }

  #dispatch(leg: Leg): void {
    const { from, to } = leg
    this.traffic.sent(leg.from, leg.channel, leg.bytes.byteLength)
    let delay = this.#least + this.#draw(this.#spread) + Math.max(this.#delays[from] ?? 0, this.#delays[to] ?? 0)
    if (this.onSent || this.#interceptors.size > 0) {
      const message: Message = { from, to, channel: leg.channel, bytes: leg.bytes, at: this.now, reply: leg.reply }
      this.onSent?.(message)
      for (const intercept of this.#interceptors) {
        const interception = intercept(message)
        if (interception === 'drop') return
        if (interception === 'pass') continue
        if ('delay' in interception) delay += Math.max(0, Math.round(interception.delay))
        else leg.bytes = interception.bytes
      }
    }
    this.queue.push(this.now + delay, leg)
  }

  /** Lets a copy arrive, or tries it again where it is lost; called by the legs themselves. */
  arrive(leg: Leg): void {
    const { from, to } = leg
    if (!this.reachable(from, to) || (this.#lossy && this.#isLost(from, to))) {
      if (leg.tries++ < REPAIRS) this.queue.push(this.now + REPAIR_AFTER, leg)
      else this.traffic.lost(from)
      return
    }
    const peer = this.#peers[to] as Peer
    if (!peer.up) {
      this.traffic.lost(from)
      leg.refused()
      return
    }
    this.traffic.received(to, leg.channel, leg.bytes.byteLength)
    this.onDelivered?.({ from, to, channel: leg.channel, bytes: leg.bytes, at: this.now, reply: leg.reply })
    leg.deliver(peer)
  }

  /** Sends the answer of an exchange; called by the legs themselves. */
  answer(exchange: Exchange, bytes: Uint8Array): void {
    this.#dispatch(new ReplyLeg(exchange, bytes))
  }

  #isLost(from: PeerNumber, to: PeerNumber): boolean {
    const rate = Math.max(this.#losses[from] ?? 0, this.#losses[to] ?? 0)
    return rate > 0 && this.#rng.uniform() < rate
  }

  /** Gives a number below a small bound, even enough; drawn by the thousand, since each meter and slot needs several. */
  #draw(bound: number): number {
    if (this.#drawn === this.#draws.length) {
      this.#draws = new Uint16Array(this.#rng.bytes(8192).buffer)
      this.#drawn = 0
    }
    return (this.#draws[this.#drawn++] as number) % bound
  }
}

function checkedRate(rate: number): number {
  if (!(rate >= 0 && rate <= 1)) throw new InvalidArgumentError('loss', 'a rate from 0 to 1', String(rate))
  return rate
}
