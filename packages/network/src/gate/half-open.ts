/** Limits on sockets that have not finished their handshake. */
export interface HalfOpenLimits {
  readonly perBlock: number
  readonly inAll: number
}

/**
 * Sockets in their handshake, by the block of addresses that they come from. Where there are too many the oldest of the
 * block gives way, or of the fullest block: an honest peer needs milliseconds, and who only holds a socket loses it.
 */
export class HalfOpenSockets {
  readonly #limits: HalfOpenLimits
  readonly #blocks = new Map<string, Set<() => void>>()
  #size = 0

  constructor(limits: HalfOpenLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#size
  }

  /**
   * Adds a socket.
   *
   * @param close - called where it has to give way to another
   * @returns a function to be called when its handshake is over, or the socket is gone
   */
  add(block: string, close: () => void): () => void {
    if ((this.#blocks.get(block)?.size ?? 0) >= this.#limits.perBlock) this.#closeOldest(block)
    else if (this.#size >= this.#limits.inAll) this.#closeOldest(this.#fullest())
    const sockets = this.#blocks.get(block) ?? new Set()
    this.#blocks.set(block, sockets.add(close))
    this.#size++
    return () => this.#remove(block, close)
  }

  #closeOldest(block: string): void {
    const [oldest] = this.#blocks.get(block) ?? []
    if (!oldest) return
    this.#remove(block, oldest)
    oldest()
  }

  #fullest(): string {
    let fullest = ''
    let most = 0
    for (const [block, { size }] of this.#blocks) if (size > most) [fullest, most] = [block, size]
    return fullest
  }

  #remove(block: string, close: () => void): void {
    const sockets = this.#blocks.get(block)
    if (!sockets?.delete(close)) return
    this.#size--
    if (sockets.size === 0) this.#blocks.delete(block)
  }
}
