import { type Envelope, RosterPayload, verifyEnvelope } from '@hushgrid/messages'
import { type Epoch, equalBytes, fromHex, type Millis, type Slot, slotAt, slotTimes, VerifyKey } from '@hushgrid/primitives'
import type { Roster } from './roster.ts'
import {
  type CheckedRoster,
  checkChain,
  checkMembership,
  checkRoster,
  decodeRoster,
  type RosterPolicy,
  RosterRefusedError
} from './roster-check.ts'

/** A roster in force or about to be. */
export interface HeldRoster extends CheckedRoster {
  /** First slot for which we use it: `firstSlot`, or the next slot where it came late. */
  readonly from: Slot
  /** SHA-256 of its Roster envelope. */
  readonly envelopeHash: Uint8Array
  /** The envelope, kept by who hands rosters on; a meter does without, and without all members' addresses. */
  readonly bytes?: Uint8Array
  /** Why we stay out of its epoch, where we do; the chain goes through it all the same. */
  readonly stayOut?: RosterRefusedError
}

/** What became of a Roster envelope. */
export type RosterOutcome =
  | { readonly kind: 'taken'; readonly held: HeldRoster }
  | { readonly kind: 'known' }
  /** An epoch before the oldest that is held: nothing to compare it with. */
  | { readonly kind: 'old' }
  /** Valid as far as can be told, but an epoch in between is missing; kept until that one comes. */
  | { readonly kind: 'waiting'; readonly epoch: Epoch }
  /** Two different rosters signed for one epoch; the proofs of both are the evidence. */
  | { readonly kind: 'forked'; readonly epoch: Epoch; readonly evidence: readonly [Uint8Array, Uint8Array] }
  | { readonly kind: 'refused'; readonly error: RosterRefusedError }
  | { readonly kind: 'bad-signature' }

const MAX_WAITING = 16

/** The rosters that a node holds: the chain's end, as long as slots of it are open. */
export class RosterBook {
  readonly #policy: RosterPolicy
  readonly #registrar: VerifyKey
  /** Ascending by epoch. */
  #held: HeldRoster[] = []
  readonly #waiting = new Map<Epoch, { envelope: Envelope; bytes: Uint8Array }>()
  /** Credential signatures verified so far. */
  credentialChecks = 0

  constructor(policy: RosterPolicy) {
    this.#policy = policy
    this.#registrar = new VerifyKey(fromHex(policy.registrarKey))
  }

  get held(): readonly HeldRoster[] {
    return this.#held
  }

  get latest(): HeldRoster | undefined {
    return this.#held.at(-1)
  }

  /** The roster of an epoch, while it is held. */
  ofEpoch(epoch: Epoch): HeldRoster | undefined {
    return this.#held.find(held => held.roster.epoch === epoch)
  }

  /** The roster that a slot belongs to: the highest epoch with `firstSlot <= slot` (PROTOCOL.md section 4). */
  ofSlot(slot: Slot): HeldRoster | undefined {
    return this.#held.findLast(held => held.from <= slot)
  }

  /** Takes in a Roster envelope from the network or from the store. */
  receive(envelope: Envelope, bytes: Uint8Array, now: Millis): RosterOutcome {
    const same = this.ofEpoch(envelope.epoch)
    if (same && equalBytes(same.envelopeHash, envelope.hash)) return { kind: 'known' }
    if (envelope.sender !== this.#policy.registrarKey || !verifyEnvelope(envelope, this.#registrar, this.#policy.networkId)) {
      return { kind: 'bad-signature' }
    }
    if (same) return this.#compare(same, envelope)
    const latest = this.latest
    if (latest && envelope.epoch < latest.roster.epoch) return { kind: 'old' }
    if (latest && envelope.epoch > latest.roster.epoch + 1) {
      try {
        checkNamed(decodeRoster(envelope.payload).roster, envelope)
      } catch (cause) {
        if (cause instanceof RosterRefusedError) return { kind: 'refused', error: cause }
        throw cause
      }
      if (this.#waiting.size < MAX_WAITING) this.#waiting.set(envelope.epoch, { envelope, bytes })
      return { kind: 'waiting', epoch: (latest.roster.epoch + 1) as Epoch }
    }
    return this.#take(envelope, bytes, now)
  }

  #take(envelope: Envelope, bytes: Uint8Array, now: Millis): RosterOutcome {
    const latest = this.latest
    try {
      const checked = checkRoster(envelope.payload, this.#policy, latest)
      this.credentialChecks += checked.credentialChecks
      const { roster } = checked
      checkNamed(roster, envelope)
      if (latest) checkChain(latest.roster, roster)
      const upcoming = slotAt(now, roster.slotSeconds) + 1
      const inTime = now < slotTimes(roster.firstSlot, roster.slotSeconds).start
      const from = (inTime ? roster.firstSlot : Math.max(upcoming, (latest?.from ?? 0) + 1)) as Slot
      const stayOut = this.#stayOut(roster)
      // Of hundreds of meters in a process, envelopes and addresses would be most of the memory.
      const kept = this.#policy.own ? { ...checked, addresses: [] } : { ...checked, bytes }
      const held: HeldRoster = { ...kept, from, envelopeHash: envelope.hash, ...(stayOut ? { stayOut } : {}) }
      this.#held.push(held)
      return { kind: 'taken', held }
    } catch (cause) {
      if (cause instanceof RosterRefusedError) return { kind: 'refused', error: cause }
      throw cause
    }
  }

  #stayOut(roster: Roster): RosterRefusedError | undefined {
    try {
      checkMembership(roster, this.#policy)
      return undefined
    } catch (cause) {
      if (cause instanceof RosterRefusedError) return cause
      throw cause
    }
  }

  #compare(same: HeldRoster, envelope: Envelope): RosterOutcome {
    try {
      const checked = checkRoster(envelope.payload, this.#policy, same)
      checkNamed(checked.roster, envelope)
      if (equalBytes(checked.roster.hash, same.roster.hash)) return { kind: 'known' }
      return { kind: 'forked', epoch: envelope.epoch, evidence: [rosterProof(same), rosterProof(checked)] }
    } catch (cause) {
      if (cause instanceof RosterRefusedError) return { kind: 'refused', error: cause }
      throw cause
    }
  }

  /** Takes in what waited for the roster that has just been taken, if anything did. */
  resume(now: Millis): RosterOutcome | undefined {
    const latest = this.latest
    if (!latest) return undefined
    for (const epoch of this.#waiting.keys()) if (epoch <= latest.roster.epoch) this.#waiting.delete(epoch)
    const next = this.#waiting.get((latest.roster.epoch + 1) as Epoch)
    if (!next) return undefined
    this.#waiting.delete(next.envelope.epoch)
    return this.#take(next.envelope, next.bytes, now)
  }

  /** Gives up the rosters of which every slot is over; returns them, so that their keys can be erased. */
  prune(now: Millis): Roster[] {
    const gone: Roster[] = []
    for (;;) {
      const [oldest, next] = this.#held
      if (!oldest || !next) return gone
      const last = (next.from - 1) as Slot
      if (now < slotTimes(last, oldest.roster.slotSeconds).over) return gone
      this.#held = this.#held.slice(1)
      gone.push(oldest.roster)
    }
  }
}

/** What proves that the registrar signed a roster: a RosterPayload with it and the signature over its hash, no more. */
export function rosterProof({ roster, signature }: CheckedRoster): Uint8Array {
  const none = new Uint8Array(0)
  return RosterPayload.encode({ roster: roster.encode(), signature, credentials: none, addresses: [], aggregatorAddress: '' })
}

/**
 * The signature of a Roster envelope does not cover its epoch, which anybody could change: it is held against the roster
 * inside before anything goes by it.
 */
function checkNamed(roster: Roster, envelope: Envelope): void {
  if (roster.epoch !== envelope.epoch || roster.firstSlot !== envelope.slot) {
    throw new RosterRefusedError('form', 'expected the epoch and first slot of its envelope')
  }
}
