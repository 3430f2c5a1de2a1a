import { decodeEnvelope, MessageType } from '@hushgrid/messages'
import { type Epoch, type Millis, type Slot, slotTimes } from '@hushgrid/primitives'

/** Most requests and results that are kept for latecomers. */
const KEPT = 16
const OF_USE: ReadonlySet<MessageType> = new Set([
  MessageType.RecoveryRequest,
  MessageType.MaskRequest,
  MessageType.ShareRequest,
  MessageType.SlotTotal,
  MessageType.SlotLost
])

/** A request or result that was published. */
export interface Said {
  readonly epoch: Epoch
  readonly slot: Slot
  readonly bytes: Uint8Array
}

/**
 * Keeps what the aggregator has published as long as it is of use. Gossip reaches connected members only; latecomers, as
 * all are after the aggregator's restart, are sent it over a stream.
 */
export class Latecomers {
  readonly #slotSeconds: number
  readonly #said: Said[] = []

  constructor(slotSeconds: number) {
    this.#slotSeconds = slotSeconds
  }

  /** Notes an envelope that is published. @returns it, where it is of use to latecomers */
  note(bytes: Uint8Array): Said | undefined {
    const { type, epoch, slot } = decodeEnvelope(bytes)
    if (!OF_USE.has(type)) return undefined
    const said = { epoch, slot, bytes }
    this.#said.push(said)
    if (this.#said.length > KEPT) this.#said.shift()
    return said
  }

  /** Gives what is of use at a moment, in the order it was published. */
  at(now: Millis): readonly Said[] {
    return this.#said.filter(({ slot }) => now < slotTimes(slot, this.#slotSeconds).over)
  }
}
