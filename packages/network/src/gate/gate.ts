// Who may connect (PROTOCOL.md section 10), without sockets, timers or a clock of its own.
import type { MeterId } from '@hushgrid/primitives'
import type { StreamProtocol } from '../libp2p/names.ts'
import { addressBlock } from './address-block.ts'
import { HalfOpenSockets } from './half-open.ts'
import type { GateLimits } from './limits.ts'
import { TokenBuckets } from './token-buckets.ts'

/** Reason for which something was refused. */
export type GateRefusal =
  | 'stranger'
  | 'too-many-arrivals'
  | 'too-many-half-open'
  | 'too-many-connections'
  | 'too-many-guests'
  | 'too-many-streams'
  | 'too-many-requests'
  | 'too-many-enrolments'

/** Peers that are taken without being known, such as meters that come to enrol. */
export interface GuestPolicy {
  /** Streams that they may open, and nothing else. */
  readonly streams: readonly StreamProtocol[]
  /** Peers that may be guests; anybody, within quotas, where it is left out. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
}

export interface GateInit {
  /** Limits; a gate without them stands open to everybody, as in a lab. */
  readonly limits: GateLimits | undefined
  readonly guests?: GuestPolicy | undefined
  /** Gives milliseconds of a clock that only goes forward. */
  readonly now: () => number
  /** Called with each refusal. */
  readonly refused?: ((why: GateRefusal) => void) | undefined
}

/** A connection that comes in, from its first packet to its end. */
export interface Arrival {
  readonly block: string
  /** To be called when its handshake is over. */
  readonly shaken: () => void
  /** To be called when it has ended. */
  readonly gone: () => void
}

/**
 * Says who may connect, and to what. A node makes its roles' peers known here: members of the rosters that it holds, its
 * registrar, its aggregator, its readers. Whoever else comes is a guest, where there are guests, or is closed and counted.
 */
export class Gate {
  readonly #limits: GateLimits | undefined
  readonly #guestPolicy: GuestPolicy | undefined
  readonly #now: () => number
  readonly #refused: ((why: GateRefusal) => void) | undefined
  /** Known peers, by what they are. */
  readonly #known = new Map<string, ReadonlySet<MeterId>>()
  readonly #halfOpen: HalfOpenSockets
  readonly #arrivals: TokenBuckets
  readonly #enrolRequests: TokenBuckets
  readonly #requests: TokenBuckets
  readonly #enrolments: TokenBuckets
  /** Guests that are connected. */
  readonly #guests = new Map<Arrival, MeterId>()
  /** Numbers of open streams, by peer and protocol. */
  readonly #streams = new Map<string, number>()
  readonly #listeners = new Set<() => void>()

  constructor({ limits, guests, now, refused }: GateInit) {
    const none = { burst: 0, perSecond: 0 }
    this.#limits = limits
    this.#guestPolicy = guests
    this.#now = now
    this.#refused = refused
    this.#halfOpen = new HalfOpenSockets(limits?.halfOpen ?? { perBlock: 0, inAll: 0 })
    this.#arrivals = new TokenBuckets(limits?.arrivals ?? none)
    this.#enrolRequests = new TokenBuckets(limits?.enrolRequests ?? none)
    this.#requests = new TokenBuckets(limits?.requests ?? none)
    this.#enrolments = new TokenBuckets(limits?.enrolments ?? none)
  }

  /** True in a lab, where everybody may connect. */
  get isOpen(): boolean {
    return this.#limits === undefined
  }

  /** Time that a guest may stay one, ms; undefined where the gate is open. */
  get guestWithin(): number | undefined {
    return this.#limits?.guestWithin
  }

  /** Number of guests that are connected. */
  get guests(): number {
    return this.#guests.size
  }

  /** Called whenever the known peers have changed. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener)
  }

  /**
   * Makes peers known, in the place of those that were known as the same before.
   *
   * @param as - what they are, such as `members`
   */
  know(as: string, ids: Iterable<MeterId>): void {
    if (this.isOpen) return
    this.#known.set(as, new Set(ids))
    for (const [arrival, id] of this.#guests) if (this.knows(id)) this.#guests.delete(arrival)
    for (const listener of this.#listeners) listener()
  }

  /** Tells whether a peer takes part: rosters, topics and all streams are for it. */
  knows(id: MeterId): boolean {
    if (this.isOpen) return true
    for (const ids of this.#known.values()) if (ids.has(id)) return true
    return false
  }

  /**
   * Takes in a socket before anything of it was read.
   *
   * @param host - its IP address
   * @param close - called where it has to give way to another before its handshake is over
   * @returns undefined where it is refused
   */
  arrive(host: string, close: () => void): Arrival | undefined {
    const block = addressBlock(host)
    if (this.isOpen) return { block, shaken: () => undefined, gone: () => undefined }
    if (!this.#arrivals.take(block, this.#now())) {
      this.#refuse('too-many-arrivals')
      return undefined
    }
    const shaken = this.#halfOpen.add(block, () => {
      this.#refuse('too-many-half-open')
      close()
    })
    const arrival: Arrival = {
      block,
      shaken,
      gone: () => {
        shaken()
        this.#guests.delete(arrival)
      }
    }
    return arrival
  }

  /** Tells whether a peer may stay that has proved who it is. */
  admit(id: MeterId, arrival: Arrival): boolean {
    if (this.knows(id)) return true
    const { allowed } = this.#guestPolicy ?? { allowed: NOBODY }
    if (allowed && !allowed.has(id)) return this.#refuse('stranger')
    if (!allowed && this.#guestsAreTooMany(arrival.block)) return this.#refuse('too-many-guests')
    this.#guests.set(arrival, id)
    return true
  }

  #guestsAreTooMany(block: string): boolean {
    const { perBlock, inAll } = this.#limits?.guests ?? { perBlock: 0, inAll: 0 }
    let ofBlock = 0
    for (const guest of this.#guests.keys()) if (guest.block === block) ofBlock++
    return ofBlock >= perBlock || this.#guests.size >= inAll
  }

  /**
   * Counts the connections of a peer that have to go, the oldest first: its newest is the one that it uses.
   *
   * @param open - connections that it has open here
   */
  surplus(open: number): number {
    const surplus = Math.max(0, open - (this.#limits?.connectionsPerPeer ?? open))
    for (let i = 0; i < surplus; i++) this.#refuse('too-many-connections')
    return surplus
  }

  /** Tells whether a peer may open a stream: known ones any, guests theirs. */
  mayOpen(id: MeterId, stream: StreamProtocol | undefined): boolean {
    return this.knows(id) || (stream !== undefined && this.#guestPolicy?.streams.includes(stream) === true)
  }

  /** Takes in a stream. @returns a function to be called at its end; undefined where it is refused */
  takeStream(id: MeterId, stream: StreamProtocol): (() => void) | undefined {
    if (!this.#limits) return () => undefined
    const name = `${stream} ${id}`
    const open = this.#streams.get(name) ?? 0
    const mayOpen = this.mayOpen(id, stream)
    if (!mayOpen || open >= this.#limits.streamsPerPeer) {
      this.#refuse(mayOpen ? 'too-many-streams' : 'stranger')
      return undefined
    }
    this.#streams.set(name, open + 1)
    return () => {
      const left = (this.#streams.get(name) ?? 0) - 1
      if (left > 0) this.#streams.set(name, left)
      else this.#streams.delete(name)
    }
  }

  /** Takes in a request on a stream. @returns false where it is refused */
  takeRequest(id: MeterId, stream: StreamProtocol): boolean {
    if (this.isOpen) return true
    // The aggregator brings a conflict for each wrong share.
    const quota = stream === 'enrol' && !this.#known.get(AGGREGATOR)?.has(id) ? this.#enrolRequests : this.#requests
    return quota.take(`${stream} ${id}`, this.#now()) || this.#refuse('too-many-requests')
  }

  /**
   * Takes in a guest's wish to enrol, each of which is kept for good.
   *
   * @param enrolled - number of meters that are enrolled
   * @returns false where it is refused
   */
  takeEnrolment(id: MeterId, enrolled: number): boolean {
    const { enrolled: most } = this.#limits ?? {}
    if (most === undefined || this.#guestPolicy?.allowed || this.knows(id)) return true
    const block = [...this.#guests].find(([, guest]) => guest === id)?.[0].block
    const taken = enrolled < most && block !== undefined && this.#enrolments.take(block, this.#now())
    return taken || this.#refuse('too-many-enrolments')
  }

  #refuse(why: GateRefusal): false {
    this.#refused?.(why)
    return false
  }
}

/** What the aggregator is known as. */
export const AGGREGATOR = 'aggregator'

const NOBODY: ReadonlySet<MeterId> = new Set()
