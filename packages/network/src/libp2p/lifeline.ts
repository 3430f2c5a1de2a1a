// A connection that is kept: dialled again whenever it is lost.
import { setTimeout as wait } from 'node:timers/promises'
import type { MeterId } from '@hushgrid/primitives'
import { idInAddress } from './addresses.ts'
import type { NetworkNode } from './node.ts'

/** The first wait before a node that went away is dialled again, in real milliseconds; doubled each time. */
const FIRST_PAUSE = 100
/** Least time between reports that a node is away, and before the first, in real milliseconds. */
const TELL_EVERY = 5_000
/** Time that one attempt may take, in real milliseconds. */
const DIAL_WITHIN = 10_000

export interface LifelineInit {
  readonly node: NetworkNode
  /** Signal that ends it. */
  readonly signal: AbortSignal
  /** Gives the longest wait between two attempts, in real milliseconds. */
  readonly longestPause: () => number
  /** Called whenever a connection stands that did not when it was looked at last. */
  readonly connected: () => void
  /** Called now and then with the reason that attempts fail. */
  readonly failed: (cause: unknown) => void
}

/**
 * Keeps a connection to one node: as soon as it is lost the node is dialled again, at first after a short wait and then
 * after longer ones. An aggregator that is started again must be found within the slot, or what it missed is lost.
 */
export class Lifeline {
  readonly #init: LifelineInit
  #address: string | undefined
  #peer: MeterId | undefined
  #unwatch = new AbortController()
  #dialling = false

  constructor(init: LifelineInit) {
    this.#init = init
  }

  /** Address of the node, once that is known. */
  get address(): string | undefined {
    return this.#address
  }

  get isConnected(): boolean {
    return this.#peer !== undefined && this.#init.node.isConnectedTo(this.#peer)
  }

  /**
   * Keeps this node connected from now on.
   *
   * @param address - multiaddr with the peer id
   * @throws NetworkError unless it is such
   */
  hold(address: string): void {
    const peer = idInAddress(address)
    this.#address = address
    if (peer !== this.#peer) this.#watch(peer)
    if (!this.isConnected) this.#dialAgain()
  }

  #watch(peer: MeterId): void {
    const { node, signal } = this.#init
    this.#unwatch.abort()
    this.#unwatch = new AbortController()
    this.#peer = peer
    const listener = {
      connected: () => {
        if (!signal.aborted) this.#init.connected()
      },
      disconnected: () => this.#dialAgain()
    }
    node.watch(peer, listener, AbortSignal.any([signal, this.#unwatch.signal]))
  }

  #dialAgain(): void {
    const { signal, failed } = this.#init
    if (this.#dialling || signal.aborted) return
    this.#dialling = true
    this.#dialUntilConnected()
      .catch(cause => {
        if (!signal.aborted) failed(cause)
      })
      .finally(() => {
        this.#dialling = false
        // Lost again in the meantime.
        if (!this.isConnected) this.#dialAgain()
      })
  }

  async #dialUntilConnected(): Promise<void> {
    const { node, signal, longestPause, failed } = this.#init
    let toldAt = performance.now()
    for (let pause = FIRST_PAUSE; !this.isConnected; pause = Math.min(2 * pause, longestPause())) {
      await wait(pause, undefined, { signal })
      const address = this.#address
      // Cut off by the lab: there is nothing to say about it, and nothing to try.
      const cutOff = this.#peer !== undefined && node.blocked.has(this.#peer)
      if (address === undefined || this.isConnected || cutOff) continue
      try {
        await node.connect(address, AbortSignal.any([signal, AbortSignal.timeout(DIAL_WITHIN)]))
      } catch (cause) {
        if (signal.aborted || performance.now() - toldAt < TELL_EVERY) continue
        toldAt = performance.now()
        failed(cause)
      }
    }
  }
}
