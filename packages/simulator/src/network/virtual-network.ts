// Gossip and streams between peers in memory, with latency, loss and partitions, under virtual time.
import type { StreamName, Topic } from '@hushgrid/dcnet'
import { InvalidArgumentError, SeededRng } from '@hushgrid/primitives'
import { EventQueue, type Fate } from '@hushgrid/scenarios'
import { Traffic } from './traffic.ts'
import {
  type Carrier,
  Delivery,
  Exchange,
  type Leg,
  type Message,
  type Peer,
  type PeerNumber,
  ReplyLeg,
  RequestLeg,
  type VirtualEvent
} from './virtual-delivery.ts'

/** What becomes of a message that an {@link Interceptor} was shown. */
type Interception = Fate | { readonly bytes: Uint8Array }

/** Sees every copy before it leaves, and may change what becomes of it. */
type Interceptor = (message: Message) => Interception

export interface VirtualNetworkOptions {
  readonly seed: string
  /** Protocol time at which it begins, ms. */
  readonly start: number
  /** Bounds of a message's latency in protocol milliseconds, drawn evenly; 20 to 200 unless given. */
  readonly latency?: readonly [least: number, most: number] | undefined
}

/** Milliseconds after which a lost copy is sent once more, as a gossip heartbeat or a retransmission would. */
export const REPAIR_AFTER = 1000
/** Times that a lost copy is sent once more. */
const REPAIRS = 3
/** Milliseconds that an answer is waited for; where the connection is refused the asker knows at once. */
export const EXCHANGE_TIMEOUT = 30_000

/**
 * Peers in memory under virtual time. The model: every copy of a message takes its own latency, drawn from the seed, so
 * that two may overtake each other, and the larger delay of its ends. A copy is lost at the larger loss rate of its ends, or
 * where the two are on different sides of a partition, as it stands when the copy would arrive; it is then tried again up
 * to {@link REPAIRS} times, {@link REPAIR_AFTER} apart. What arrives at a peer that is down is gone. A publisher reaches
 * every subscriber by itself: there is no mesh to fall apart, and none to relay for somebody who was cut off.
 */
export class VirtualNetwork implements Carrier {
  readonly queue: EventQueue<VirtualEvent>
  readonly traffic = new Traffic()
  /** Told of every copy as it was sent, before it is intercepted, delayed or lost. */
  onSent: ((message: Message) => void) | undefined
  /** Told of every copy that arrives, just before its receiver is. */
  onDelivered: ((message: Message) => void) | undefined
  readonly #interceptors = new Set<Interceptor>()
  readonly #peers: Peer[] = []
  readonly #sides: number[] = []
  readonly #delays: number[] = []
  readonly #losses: number[] = []
  readonly #subscribers: Record<Topic, PeerNumber[]> = { readings: [], control: [] }
  readonly #rng: SeededRng
  readonly #least: number
  readonly #spread: number
  #draws: Uint16Array = new Uint16Array(0)
  #drawn = 0
  #lossy = false
  #nextSide = 1

  constructor({ seed, start, latency = [20, 200] }: VirtualNetworkOptions) {
    const [least, most] = latency
    if (!(Number.isInteger(least) && Number.isInteger(most) && least >= 0 && most >= least))
      throw new InvalidArgumentError('latency', 'whole milliseconds, the least first', latency.join(' to '))
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
    this.#losses.push(0)
    this.traffic.add()
    for (const topic of topics) this.#subscribers[topic].push(number)
    return number
  }

  peer(number: PeerNumber): Peer {
    const peer = this.#peers[number]
    if (!peer) throw new InvalidArgumentError('peer', `0 to ${this.#peers.length - 1}`, String(number))
    return peer
  }

  /** Has an interceptor see every copy from now on, after the interceptors before it. @returns what ends that */
  intercept(interceptor: Interceptor): () => void {
    this.#interceptors.add(interceptor)
    return () => this.#interceptors.delete(interceptor)
  }

  /** Has something happen at a moment, ahead of everything else of that millisecond where `first`. */
  at(time: number, run: () => void, first = false): void {
    this.queue.push(time, { run }, first)
  }

  after(delay: number, run: () => void): void {
    this.at(this.now + delay, run)
  }

  /** Runs everything that is due up to and including a moment, and lets the time pass up to it. */
  runUntil(time: number): void {
    for (let next = this.queue.next; next !== undefined && next <= time; next = this.queue.next) this.queue.pop()?.run()
    this.queue.advance(time)
  }

  /** Subscribers of a topic that run. */
  listeners(topic: Topic): number {
    return this.#subscribers[topic].filter(peer => this.#peers[peer]?.up).length
  }

  /** Publishes: a copy to each subscriber that runs, but the publisher itself. */
  gossip(topic: Topic, from: PeerNumber, bytes: Uint8Array): void {
    for (const to of this.#subscribers[topic]) if (to !== from && this.#peers[to]?.up) this.send(topic, from, to, bytes)
  }

  /** One copy of a published message to one peer, as {@link gossip} sends it. */
  send(topic: Topic, from: PeerNumber, to: PeerNumber, bytes: Uint8Array): void {
    this.#dispatch(new Delivery(this, from, to, bytes, topic))
  }

  /**
   * A request on a stream and its answer.
   *
   * @param done - told the answer, or undefined where there was none in time; not told at all where the asker has been
   *   restarted or is down by then
   */
  exchange(from: PeerNumber, to: PeerNumber, stream: StreamName, bytes: Uint8Array, done: (reply: Uint8Array | undefined) => void): void {
    const exchange = new Exchange(this, { from, to, stream }, done)
    this.#dispatch(new RequestLeg(exchange, bytes))
    this.queue.push(this.now + EXCHANGE_TIMEOUT, exchange)
  }

  /** Puts peers on a side of their own, away from everybody else; sides that were made before stay as they are. */
  partition(peers: readonly PeerNumber[]): void {
    const side = this.#nextSide++
    for (const peer of peers) this.#sides[this.#checked(peer)] = side
  }

  /** Lets everybody reach everybody again. */
  heal(): void {
    this.#sides.fill(0)
  }

  reachable(a: PeerNumber, b: PeerNumber): boolean {
    return this.#sides[a] === this.#sides[b]
  }

  /** Sets the protocol milliseconds that everything to and from a peer takes longer. */
  setDelay(peer: PeerNumber, delay: number): void {
    if (!(delay >= 0)) throw new InvalidArgumentError('delay', 'milliseconds from 0', String(delay))
    this.#delays[this.#checked(peer)] = Math.round(delay)
  }

  /** Sets the share of copies to and from a peer that is lost at each try. */
  setLoss(peer: PeerNumber, rate: number): void {
    if (!(rate >= 0 && rate <= 1)) throw new InvalidArgumentError('loss', 'a rate from 0 to 1', String(rate))
    this.#losses[this.#checked(peer)] = rate
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

  /** Has a copy arrive, or tries it again where it is lost. For the legs themselves. */
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

  /** Sends the answer of an exchange. For the legs themselves. */
  answer(exchange: Exchange, bytes: Uint8Array): void {
    this.#dispatch(new ReplyLeg(exchange, bytes))
  }

  #isLost(from: PeerNumber, to: PeerNumber): boolean {
    const rate = Math.max(this.#losses[from] ?? 0, this.#losses[to] ?? 0)
    return rate > 0 && this.#rng.uniform() < rate
  }

  /** A number below a small bound, even enough; drawn by the thousand, since each meter and slot needs several. */
  #draw(bound: number): number {
    if (this.#drawn === this.#draws.length) {
      this.#draws = new Uint16Array(this.#rng.bytes(8192).buffer)
      this.#drawn = 0
    }
    return (this.#draws[this.#drawn++] as number) % bound
  }
}
