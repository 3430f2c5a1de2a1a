import type { MeterId } from '@hushgrid/primitives'

/**
 * Peers that were dialled for a request only, and are let go when no other has followed for a while: otherwise every
 * meter would come to be connected to all its neighbours, and gossip with them.
 */
export class PassingPeers {
  readonly #idle: number
  readonly #letGo: (peer: MeterId) => void
  readonly #peers = new Map<MeterId, { requests: number; timer: NodeJS.Timeout | undefined }>()

  /** @param idle - real milliseconds without a request after which a peer is let go */
  constructor(idle: number, letGo: (peer: MeterId) => void) {
    this.#idle = idle
    this.#letGo = letGo
  }

  /** Notes that a connection was made for a request; only then is the peer let go again. */
  add(peer: MeterId): void {
    if (!this.#peers.has(peer)) this.#peers.set(peer, { requests: 0, timer: undefined })
  }

  /** Runs a request, during which the peer is not let go. */
  async during<T>(peer: MeterId, request: () => Promise<T>): Promise<T> {
    const passing = this.#peers.get(peer)
    if (!passing) return await request()
    clearTimeout(passing.timer)
    passing.requests++
    try {
      return await request()
    } finally {
      passing.requests--
      if (passing.requests === 0 && this.#peers.get(peer) === passing) passing.timer = this.#timer(peer)
    }
  }

  #timer(peer: MeterId): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#peers.delete(peer)
      this.#letGo(peer)
    }, this.#idle)
    timer.unref()
    return timer
  }

  /** Forgets a peer whose connection serves something else by now, or is gone. */
  forget(peer: MeterId): void {
    clearTimeout(this.#peers.get(peer)?.timer)
    this.#peers.delete(peer)
  }

  clear(): void {
    for (const peer of [...this.#peers.keys()]) this.forget(peer)
  }
}
