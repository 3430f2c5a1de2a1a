// Copies of messages on their way through the virtual network, and exchanges of a request and its answer.
import type { StreamName, Topic } from '@hushgrid/dcnet'

/** Stream of the virtual network: the DC-net's, and those of PES and supplier. */
export type VirtualStream = StreamName | 'pes' | 'mdms'

/** Channel of the virtual network; on `scheme` parties of a scheme hand each other messages. */
export type VirtualChannel = Topic | VirtualStream | 'scheme'

/** Number of a peer in a network, from 0 in the order of entry. */
export type PeerNumber = number

/** Receiver of a network's deliveries. */
export interface Peer {
  /** True while it runs; a message that arrives at other times is gone. */
  readonly up: boolean
  /** Number of its starts, so that an answer does not reach a process that never asked. */
  readonly life: number
  receive(topic: Topic, from: PeerNumber, bytes: Uint8Array): void
  /** Answers a request on a stream; undefined where the stream is closed without an answer. */
  serve(stream: VirtualStream, from: PeerNumber, bytes: Uint8Array): Uint8Array | undefined
  /** Takes a scheme's message, which wants no answer. */
  hand?(from: PeerNumber, bytes: Uint8Array): void
}

/** Copy of a message on its way to one peer. */
export interface Message {
  readonly from: PeerNumber
  readonly to: PeerNumber
  readonly channel: VirtualChannel
  readonly bytes: Uint8Array
  /** Moment of sending, protocol ms. */
  readonly at: number
  /** True for an answer on a stream. */
  readonly reply: boolean
}

/** Event to come; a class rather than a closure, since most of them are deliveries. */
export interface VirtualEvent {
  run(): void
}

/** Network, as copies under way see it. */
export interface Carrier {
  peer(number: PeerNumber): Peer
  /** Lets a copy arrive, or tries it again where it is lost. */
  arrive(leg: Leg): void
  /** Sends the answer of an exchange. */
  answer(exchange: Exchange, bytes: Uint8Array): void
}

/** Copy on its way. */
export abstract class Leg implements VirtualEvent {
  readonly carrier: Carrier
  abstract readonly channel: VirtualChannel
  abstract readonly reply: boolean
  readonly from: PeerNumber
  readonly to: PeerNumber
  bytes: Uint8Array
  tries = 0

  constructor(carrier: Carrier, from: PeerNumber, to: PeerNumber, bytes: Uint8Array) {
    this.carrier = carrier
    this.from = from
    this.to = to
    this.bytes = bytes
  }

  run(): void {
    this.carrier.arrive(this)
  }

  abstract deliver(peer: Peer): void

  /** Tells the sender on a stream that the receiver is down. */
  refused(): void {}
}

/** Copy of a published message. */
export class Delivery extends Leg {
  readonly channel: Topic
  readonly reply = false

  constructor(carrier: Carrier, from: PeerNumber, to: PeerNumber, bytes: Uint8Array, topic: Topic) {
    super(carrier, from, to, bytes)
    this.channel = topic
  }

  deliver(peer: Peer): void {
    peer.receive(this.channel, this.from, this.bytes)
  }
}

/** Message of a scheme on its way to one party. */
export class Handed extends Leg {
  readonly channel = 'scheme'
  readonly reply = false

  deliver(peer: Peer): void {
    peer.hand?.(this.from, this.bytes)
  }
}

/** Request under way; running it is its timeout. */
export class Exchange implements VirtualEvent {
  readonly carrier: Carrier
  readonly from: PeerNumber
  readonly to: PeerNumber
  readonly stream: VirtualStream
  readonly #life: number
  readonly #done: (reply: Uint8Array | undefined) => void
  #over = false

  constructor(
    carrier: Carrier,
    { from, to, stream }: { readonly from: PeerNumber; readonly to: PeerNumber; readonly stream: VirtualStream },
    done: (reply: Uint8Array | undefined) => void
  ) {
    this.carrier = carrier
    this.from = from
    this.to = to
    this.stream = stream
    this.#life = carrier.peer(from).life
    this.#done = done
  }

  run(): void {
    this.finish(undefined)
  }

  /** Tells the asker, once, unless it has been restarted since. */
  finish(reply: Uint8Array | undefined): void {
    if (this.#over) return
    this.#over = true
    const asker = this.carrier.peer(this.from)
    if (asker.up && asker.life === this.#life) this.#done(reply)
  }
}

export class RequestLeg extends Leg {
  readonly channel: VirtualStream
  readonly reply = false
  readonly #exchange: Exchange

  constructor(exchange: Exchange, bytes: Uint8Array) {
    super(exchange.carrier, exchange.from, exchange.to, bytes)
    this.channel = exchange.stream
    this.#exchange = exchange
  }

  deliver(peer: Peer): void {
    const answer = peer.serve(this.channel, this.from, this.bytes)
    if (answer) this.carrier.answer(this.#exchange, answer)
  }

  override refused(): void {
    this.#exchange.finish(undefined)
  }
}

export class ReplyLeg extends Leg {
  readonly channel: VirtualStream
  readonly reply = true
  readonly #exchange: Exchange

  constructor(exchange: Exchange, bytes: Uint8Array) {
    super(exchange.carrier, exchange.to, exchange.from, bytes)
    this.channel = exchange.stream
    this.#exchange = exchange
  }

  deliver(): void {
    this.#exchange.finish(this.bytes)
  }
}
