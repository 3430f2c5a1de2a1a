import type { HalfOpenLimits } from './half-open.ts'
import type { Quota } from './token-buckets.ts'

/** Limits of a gate. Those by address count a block of addresses as one. */
export interface GateLimits {
  readonly halfOpen: HalfOpenLimits
  /** Connections that come in from one address, counted before their handshake, which costs milliseconds. */
  readonly arrivals: Quota
  /** Connections that one peer may have open here. */
  readonly connectionsPerPeer: number
  /** Streams that one peer may have open here, for each protocol. */
  readonly streamsPerPeer: number
  /** Requests of one peer on the enrol stream: one an hour for the time, and what a meter asks that tries to get in. */
  readonly enrolRequests: Quota
  /** Requests of one peer on each other stream. */
  readonly requests: Quota
  /** Guests that may be connected at once, of one address and in all, where anybody may be a guest. */
  readonly guests: { readonly perBlock: number; readonly inAll: number }
  /** Time within which a guest has to be more than that, or is let go, ms. */
  readonly guestWithin: number
  /** Meters that may enrol from one address, where anybody may. */
  readonly enrolments: Quota
  /** Meters that may be enrolled in all, where anybody may. */
  readonly enrolled: number
}

/** Gives the limits outside a lab, for a network of so many members. */
export function fieldLimits(members: number): GateLimits {
  return {
    halfOpen: { perBlock: 16, inAll: 256 },
    arrivals: { burst: 64, perSecond: 8 },
    connectionsPerPeer: 4,
    streamsPerPeer: 4,
    enrolRequests: { burst: 64, perSecond: 1 },
    requests: { burst: 256, perSecond: 32 },
    guests: { perBlock: 8, inAll: 64 },
    guestWithin: 60_000,
    // Thirty-two homes behind one address at once, and one more a minute.
    enrolments: { burst: 32, perSecond: 1 / 60 },
    enrolled: 4 * members + 64
  }
}
