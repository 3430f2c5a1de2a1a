import { SyncReply, syncRequestWith } from '@hushgrid/messages'
import { type MeterId, sha256 } from '@hushgrid/primitives'
import type { NetworkNode } from '../libp2p/node.ts'

/** Time that sending an envelope may take, in real milliseconds. */
const WITHIN = 10_000
/** Waits before what failed goes again, in real milliseconds: doubled each time, up to the last. */
const FIRST_PAUSE = 200
const LAST_PAUSE = 5_000

export interface ResendsInit {
  readonly node: NetworkNode
  readonly signal: AbortSignal
  /** Called when the aggregator has taken an envelope, with SHA-256 of its bytes. */
  readonly acknowledged: (by: MeterId, hash: Uint8Array) => void
  /** Called some time after a failure, so that the machine says what may still be sent again. */
  readonly again: () => void
  readonly failed: (cause: unknown) => void
}

/** Brings a meter's envelopes to the aggregator by stream, where gossip did not or cannot. */
export class Resends {
  readonly #init: ResendsInit
  #timer: NodeJS.Timeout | undefined
  #pause = FIRST_PAUSE

  constructor(init: ResendsInit) {
    this.#init = init
  }

  /** Makes one attempt, and none while the aggregator is away: everything goes again once it is back. */
  send(aggregator: MeterId, bytes: Uint8Array): void {
    const { node, signal, failed } = this.#init
    if (!node.isConnectedTo(aggregator)) return
    this.#attempt(aggregator, bytes).catch(cause => {
      if (signal.aborted || !node.isConnectedTo(aggregator)) return
      failed(cause)
      this.#againSoon(aggregator)
    })
  }

  async #attempt(aggregator: MeterId, bytes: Uint8Array): Promise<void> {
    const { node, signal, acknowledged } = this.#init
    const request = syncRequestWith(bytes)
    const reply = await node.request(aggregator, 'sync', request, AbortSignal.any([signal, AbortSignal.timeout(WITHIN)]))
    this.#pause = FIRST_PAUSE
    if (!signal.aborted && SyncReply.decode(reply).refused === '') acknowledged(aggregator, sha256(bytes))
  }

  #againSoon(aggregator: MeterId): void {
    if (this.#timer) return
    const { node, signal, again } = this.#init
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      if (!signal.aborted && node.isConnectedTo(aggregator)) again()
    }, this.#pause)
    this.#pause = Math.min(2 * this.#pause, LAST_PAUSE)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
