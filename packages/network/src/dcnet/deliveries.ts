import { DisputeReply } from '@hushgrid/messages'
import { equalBytes, type MeterId, sha256, toHex } from '@hushgrid/primitives'
import type { NetworkNode } from '../libp2p/node.ts'

/** Deliveries that may be under way at once; the machine asks again for others. */
const AT_ONCE = 64
/** Time that one delivery may take, in real milliseconds. */
const WITHIN = 3_000

/** An envelope for a neighbour's dispute stream. */
export interface DeliveryOrder {
  readonly to: MeterId
  /** Multiaddr of the neighbour; empty where it is not known. */
  readonly address: string
  readonly bytes: Uint8Array
}

/** Brings envelopes to neighbours: one attempt each time the machine asks, and never two at once for the same. */
export class Deliveries {
  readonly #node: NetworkNode
  readonly #signal: AbortSignal
  readonly #acknowledged: (by: MeterId, hash: Uint8Array) => void
  /** Names of receiver and envelope together. */
  readonly #underWay = new Set<string>()
  /** Number of attempts that failed, or were put off because too many were under way. */
  failed = 0

  /** @param acknowledged - told when a neighbour has journalled an envelope, by SHA-256 of its bytes */
  constructor(node: NetworkNode, signal: AbortSignal, acknowledged: (by: MeterId, hash: Uint8Array) => void) {
    this.#node = node
    this.#signal = signal
    this.#acknowledged = acknowledged
  }

  /** Makes one attempt; failures are only counted, for the machine asks again. */
  async attempt({ to, address, bytes }: DeliveryOrder): Promise<void> {
    const hash = sha256(bytes)
    const name = `${to}${toHex(hash)}`
    if (this.#underWay.has(name)) return
    if (this.#underWay.size >= AT_ONCE) {
      this.failed++
      return
    }
    this.#underWay.add(name)
    let acknowledged = false
    try {
      const within = AbortSignal.any([this.#signal, AbortSignal.timeout(WITHIN)])
      const reply = await this.#node.requestAt(to, address, 'dispute', bytes, within)
      acknowledged = equalBytes(DisputeReply.decode(reply).acknowledged, hash)
    } catch {
      // Counted below, like an answer that acknowledges something else.
    } finally {
      this.#underWay.delete(name)
    }
    if (this.#signal.aborted) return
    if (acknowledged) this.#acknowledged(to, hash)
    else this.failed++
  }
}
