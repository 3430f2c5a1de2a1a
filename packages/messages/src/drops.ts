// Reasons for dropping what comes from the network, how gossip answers each, and the counter that stops a flood.
import type { MalformedReason } from './errors.ts'

/** Reason for dropping something from the network, which receivers count by (PROTOCOL.md section 10). */
export type DropReason =
  | MalformedReason
  /** A type that this role does not take on this topic or stream. */
  | 'unexpected-type'
  /** The sender is not in the roster, or not the role that sends this type. */
  | 'unknown-sender'
  /** A member that is marked absent. */
  | 'absent-sender'
  /** No roster of that epoch is held. */
  | 'unknown-epoch'
  /** The slot does not belong to that epoch. */
  | 'wrong-epoch'
  | 'bad-signature'
  /** A proof that does not hold. */
  | 'bad-proof'
  /** A message before the slot's end, as far as clocks may differ. */
  | 'too-early'
  /** A message after the slot's result or close. */
  | 'slot-over'
  /** The same bytes again. */
  | 'duplicate'
  /** A second, different message where one is allowed; kept as evidence. */
  | 'conflicting'
  /** A payload whose lanes or sets do not fit the roster. */
  | 'wrong-shape'
  /** A roster that breaks a rule of section 4. */
  | 'roster-refused'
  /** A total that cannot be: beyond ±n · 2^47, or too few contributors. */
  | 'implausible'
  /** A message of a peer that has sent too much that was dropped. */
  | 'flood'

/** Thrown inside a step of a machine to drop its input, which is then counted by the reason. */
export class Drop extends Error {
  override name = 'Drop'
  readonly reason: DropReason
  readonly detail: string | undefined

  constructor(reason: DropReason, detail?: string) {
    super(reason)
    this.reason = reason
    this.detail = detail
  }
}

/** Counts of drops by reason. */
export type DropCounts = Partial<Record<DropReason, number>>

/** Gossip's treatment of a message: pass it on, leave it at that, or hold it against the peer that brought it. */
export type Verdict = 'accept' | 'ignore' | 'reject'

/** Reasons that an honest relay cannot have missed, which are held against it. */
const REJECTED: ReadonlySet<DropReason> = new Set<DropReason>([
  'oversized',
  'malformed',
  'not-canonical',
  'unknown-type',
  'bad-field',
  'unexpected-type',
  'bad-signature',
  'wrong-shape'
])

export function verdictOf(reason: DropReason): Verdict {
  return REJECTED.has(reason) ? 'reject' : 'ignore'
}

/** Drops that a peer may cause in one slot before the rest of what it brings in that slot is left unread. */
export const FLOOD_ALLOWANCE = 64
/** Peers that are watched at once; beyond that the longest known is forgotten. */
const WATCHED_PEERS = 4096

/** Counts drops, and stops reading from a peer that causes too many of them within a slot. */
export class DropCounter {
  readonly counts: DropCounts = {}
  readonly #perPeer = new Map<string, { slot: number; drops: number }>()

  /** Tells whether what this peer brings is still read in this slot. */
  reads(peer: string, slot: number): boolean {
    const watched = this.#perPeer.get(peer)
    return watched === undefined || watched.slot !== slot || watched.drops < FLOOD_ALLOWANCE
  }

  add(reason: DropReason, peer: string, slot: number): void {
    this.counts[reason] = (this.counts[reason] ?? 0) + 1
    const watched = this.#perPeer.get(peer)
    if (watched?.slot === slot) watched.drops++
    else {
      this.#perPeer.delete(peer)
      this.#perPeer.set(peer, { slot, drops: 1 })
      if (this.#perPeer.size > WATCHED_PEERS) {
        const oldest = this.#perPeer.keys().next().value
        if (oldest !== undefined) this.#perPeer.delete(oldest)
      }
    }
  }
}
