// Counts of what each peer of the virtual network sent, received and lost.
import type { VirtualChannel } from './virtual-delivery.ts'

/** Channels, in the order of a peer's counters. */
const CHANNELS: readonly VirtualChannel[] = ['readings', 'control', 'enrol', 'sync', 'dispute', 'pes', 'mdms', 'scheme']
const INDEX = Object.fromEntries(CHANNELS.map((channel, index) => [channel, index])) as Record<VirtualChannel, number>
/** A peer's counters: messages and bytes sent and received for each channel, then what was lost. */
const WIDTH = 4 * CHANNELS.length + 1

/** Counts of what one peer, or all peers, have sent and received. */
export interface TrafficCounts {
  readonly messages: number
  readonly bytes: number
}

/** Counts messages and their bytes by peer and channel: a copy of a published message counts once for each receiver. */
export class Traffic {
  #counters = new Float64Array(WIDTH * 64)
  #peers = 0

  add(): void {
    this.#peers++
    if (this.#peers * WIDTH <= this.#counters.length) return
    const larger = new Float64Array(2 * this.#counters.length)
    larger.set(this.#counters)
    this.#counters = larger
  }

  sent(peer: number, channel: VirtualChannel, bytes: number): void {
    this.#count(peer * WIDTH + 4 * INDEX[channel], bytes)
  }

  received(peer: number, channel: VirtualChannel, bytes: number): void {
    this.#count(peer * WIDTH + 4 * INDEX[channel] + 2, bytes)
  }

  /** Counts a peer's copy that has not arrived. */
  lost(peer: number): void {
    this.#add(peer * WIDTH + WIDTH - 1, 1)
  }

  /** Counts what one peer has sent on a channel, or on all. */
  sentBy(peer: number, channel?: VirtualChannel): TrafficCounts {
    return this.#sum(peer, channel, 0)
  }

  receivedBy(peer: number, channel?: VirtualChannel): TrafficCounts {
    return this.#sum(peer, channel, 2)
  }

  /** Counts what all peers have sent on a channel, or on all. */
  total(channel?: VirtualChannel): TrafficCounts {
    let messages = 0
    let bytes = 0
    for (let peer = 0; peer < this.#peers; peer++) {
      const counts = this.sentBy(peer, channel)
      messages += counts.messages
      bytes += counts.bytes
    }
    return { messages, bytes }
  }

  /** Number of copies that have not arrived. */
  get lostCopies(): number {
    let lost = 0
    for (let peer = 0; peer < this.#peers; peer++) lost += this.#counters[peer * WIDTH + WIDTH - 1] as number
    return lost
  }

  #sum(peer: number, channel: VirtualChannel | undefined, offset: number): TrafficCounts {
    let messages = 0
    let bytes = 0
    for (const each of channel ? [channel] : CHANNELS) {
      const at = peer * WIDTH + 4 * INDEX[each] + offset
      messages += this.#counters[at] as number
      bytes += this.#counters[at + 1] as number
    }
    return { messages, bytes }
  }

  #count(at: number, bytes: number): void {
    this.#add(at, 1)
    this.#add(at + 1, bytes)
  }

  #add(at: number, amount: number): void {
    this.#counters[at] = (this.#counters[at] as number) + amount
  }
}
