// Words on their way to other parties: one at a time for each receiver, tried again until it has them or their time is over.
// A scheme's machine says everything once, so what a connection loses has to be sent again here.
import { setTimeout as wait } from 'node:timers/promises'
import { HushgridError, type MeterId, type Millis } from '@hushgrid/primitives'
import type { NetworkNode } from '../libp2p/node.ts'
import type { SchedulingClock } from '../service/clock.ts'

/** Words that may wait at once, for all receivers together. */
const MOST_WAITING = 8192
/** Waits between attempts, in real milliseconds: doubled each time, up to the last. */
const FIRST_PAUSE = 50
const LONGEST_PAUSE = 1_000
/** Time that one attempt may take, in real milliseconds: meters that share a process compute one after the other. */
const WITHIN = 60_000

export interface Sending {
  readonly to: MeterId
  readonly word: Uint8Array
  /** Moment of protocol time after which nobody takes it any more. */
  readonly until: Millis
}

export interface SendingsInit {
  readonly node: NetworkNode
  readonly clock: SchedulingClock
  /** Signal that ends all of them. */
  readonly signal: AbortSignal
  /** Gives the multiaddr of a party; empty where it is not known. */
  readonly addressOf: (id: MeterId) => string
  /** Called with the first word that was given up since its receiver was last reached, and the last reason. */
  readonly failed: (to: MeterId, cause: unknown) => void
}

/** Brings words to parties, over the connections that there are or passing ones. */
export class Sendings {
  readonly #init: SendingsInit
  readonly #queues = new Map<MeterId, Sending[]>()
  #waiting = 0
  /** Receivers of whose absence was told. */
  readonly #away = new Set<MeterId>()
  /** Number of words that were given up. */
  lost = 0

  constructor(init: SendingsInit) {
    this.#init = init
  }

  /** Queues a word behind those for the same receiver. */
  send(sending: Sending): void {
    if (this.#waiting >= MOST_WAITING) {
      this.#giveUp(sending.to, new HushgridError(`expected at most ${MOST_WAITING} words under way, got one more`))
      return
    }
    this.#waiting++
    const queue = this.#queues.get(sending.to)
    if (queue) queue.push(sending)
    else {
      const begun = [sending]
      this.#queues.set(sending.to, begun)
      void this.#bring(sending.to, begun)
    }
  }

  async #bring(to: MeterId, queue: Sending[]): Promise<void> {
    for (let next = queue[0]; next; next = queue[0]) {
      await this.#untilOver(next)
      queue.shift()
      this.#waiting--
    }
    this.#queues.delete(to)
  }

  /** Tries until the receiver has a word, its time is over, or all ends. */
  async #untilOver({ to, word, until }: Sending): Promise<void> {
    const { node, clock, signal, addressOf } = this.#init
    for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(2 * pause, LONGEST_PAUSE)) {
      try {
        await node.requestAt(to, addressOf(to), 'scheme', word, AbortSignal.any([signal, AbortSignal.timeout(WITHIN)]))
        this.#away.delete(to)
        return
      } catch (cause) {
        if (signal.aborted) return
        if (clock.now() >= until) {
          this.#giveUp(to, cause)
          return
        }
      }
      await wait(pause, undefined, { signal }).catch(() => undefined)
    }
  }

  #giveUp(to: MeterId, cause: unknown): void {
    this.lost++
    if (!this.#away.has(to)) this.#init.failed(to, cause)
    this.#away.add(to)
  }
}
