// The way in for every message: bounded, decoded, of a type that its channel takes, and only then handled.
import {
  Drop,
  type DropCounter,
  decodeEnvelope,
  type Envelope,
  envelopeLimit,
  type MessageType,
  type Verdict,
  verdictOf
} from '@hushgrid/messages'
import type { MeterId } from '@hushgrid/primitives'
import { asDrop, countDrop, type Dropped, type GossipVerdict } from './drop.ts'

/** A message as it came in: `from` is the peer that brought it, which need not be its sender. */
export interface Incoming<Channel extends string> {
  readonly type: 'message'
  readonly channel: Channel
  readonly from: MeterId
  readonly bytes: Uint8Array
}

/** Context of a door, beside its table. */
export interface DoorContext {
  /** The slot that a drop is counted in. */
  readonly slotNow: number
  readonly drops: DropCounter
  /** Decodes in the place of `decodeEnvelope`, for nodes of one process that share what they have decoded. */
  readonly decode?: ((bytes: Uint8Array, limit: number) => Envelope) | undefined
  /** Maps a failure to a drop, for a protocol with errors of its own; {@link asDrop} unless given. */
  readonly asDrop?: ((cause: unknown) => Drop) | undefined
}

/** The channels of a protocol: which types may come in on each, and so how large a message may be. */
export class Door<Channel extends string> {
  readonly #types: Readonly<Record<Channel, readonly MessageType[]>>
  readonly #limits: Readonly<Record<Channel, number>>

  constructor(types: Readonly<Record<Channel, readonly MessageType[]>>) {
    this.#types = types
    const channels = Object.keys(types) as Channel[]
    this.#limits = Object.fromEntries(channels.map(channel => [channel, envelopeLimit(types[channel])])) as Record<Channel, number>
  }

  /** Largest message of a channel in bytes; streams refuse a longer one before they read it. */
  limit(channel: Channel): number {
    return this.#limits[channel]
  }

  /**
   * Takes a message in. Whatever is wrong with it is counted by its reason and answered with a verdict for gossip;
   * nothing is thrown but defects of ours.
   *
   * @param handle - does what the message asks for; may give a verdict of its own for what it took
   */
  receive<Output = never>(
    { channel, from, bytes }: Incoming<Channel>,
    { slotNow, drops, ...context }: DoorContext,
    handle: (envelope: Envelope, out: (Output | Dropped | GossipVerdict)[]) => Verdict | undefined
  ): (Output | Dropped | GossipVerdict)[] {
    const out: (Output | Dropped | GossipVerdict)[] = []
    try {
      if (!drops.reads(from, slotNow)) throw new Drop('flood')
      const envelope = (context.decode ?? decodeEnvelope)(bytes, this.#limits[channel])
      if (!this.#types[channel].includes(envelope.type)) throw new Drop('unexpected-type', envelope.type)
      out.push({ type: 'verdict', verdict: handle(envelope, out) ?? 'accept' })
    } catch (cause) {
      const drop = (context.asDrop ?? asDrop)(cause)
      out.push(countDrop(drops, drop, from, slotNow), { type: 'verdict', verdict: verdictOf(drop.reason) })
    }
    return out
  }
}
