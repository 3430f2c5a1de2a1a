// The rosters that a node holds, and the outcome of each that comes in.
import { type Envelope, MessageType, RosterDeltaPayload, RosterPayload, verifyEnvelope } from '@hushgrid/messages'
import {
  type Epoch,
  ed25519Verifier,
  equalBytes,
  HushgridError,
  type Millis,
  type Slot,
  sha256,
  slotAt,
  slotTimes,
  toHex,
  utf8,
  type VerifyingKey
} from '@hushgrid/primitives'
import { type ProvenFault, provenFaults } from '../protocol/proven-faults.ts'
import { checkChain, checkMembership, checkRoster, rosterOf } from './check.ts'
import type { CheckedRoster } from './checked-roster.ts'
import { applyDelta } from './delta.ts'
import type { RosterPolicy } from './policy.ts'
import { RosterRefusedError } from './refused.ts'
import type { Roster } from './roster.ts'
import { decodeSnapshot, encodeSnapshot } from './snapshot.ts'

/** A roster in force or about to be. */
export interface HeldRoster extends CheckedRoster {
  /** First slot for which we use it: `firstSlot`, or the next slot where it came late. */
  readonly from: Slot
  /** SHA-256 of the Roster or RosterDelta envelope that brought it; empty where a journal did. */
  readonly envelopeHash: Uint8Array
  /** Roster envelope, where there is one and the node hands rosters on; a meter does without. */
  readonly bytes?: Uint8Array
  /** Members that have gone since the roster before, by their signed word or a proven fault; told where a book counts them. */
  readonly gone: readonly ProvenFault[]
  /** Rule for which we stay out of its epoch; the chain goes through it all the same. */
  readonly stayOut?: RosterRefusedError
}

/** Outcome of a Roster or RosterDelta envelope. */
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
/** Slots after its own for which a message about an edge is taken (PROTOCOL.md section 10). */
export const ANSWERED_SLOTS = 6
const SNAPSHOT = utf8('snapshot')

/** The rosters that a node holds: the chain's end, as long as slots of it are open. */
export class RosterBook {
  readonly #policy: RosterPolicy
  readonly #registrar: VerifyingKey
  /** Rosters held, ascending by epoch. */
  #held: HeldRoster[] = []
  readonly #waiting = new Map<Epoch, { envelope: Envelope; bytes: Uint8Array }>()
  /** Credential signatures verified so far. */
  credentialChecks = 0

  constructor(policy: RosterPolicy) {
    this.#policy = policy
    this.#registrar = (policy.verifier ?? ed25519Verifier)(policy.registrarKey)
  }

  get held(): readonly HeldRoster[] {
    return this.#held
  }

  get latest(): HeldRoster | undefined {
    return this.#held.at(-1)
  }

  /** Gives the roster of an epoch, while it is held. */
  ofEpoch(epoch: Epoch): HeldRoster | undefined {
    return this.#held.find(held => held.roster.epoch === epoch)
  }

  /**
   * Gives the roster that a slot belongs to: the highest epoch with `firstSlot <= slot`, and none from that one's
   * `seasonEndSlot` on (PROTOCOL.md section 4).
   */
  ofSlot(slot: Slot): HeldRoster | undefined {
    const held = this.#held.findLast(each => each.from <= slot)
    return held && slot < held.roster.seasonEndSlot ? held : undefined
  }

  /** Takes in a Roster or RosterDelta envelope from the network or from the store. */
  receive(envelope: Envelope, bytes: Uint8Array, now: Millis): RosterOutcome {
    const same = this.ofEpoch(envelope.epoch)
    if (same && equalBytes(same.envelopeHash, envelope.hash)) return { kind: 'known' }
    if (envelope.sender !== this.#policy.registrarKey || !verifyEnvelope(envelope, this.#registrar, this.#policy.networkId)) {
      return { kind: 'bad-signature' }
    }
    return orRefused(() => {
      if (same) return envelope.type === MessageType.RosterDelta ? this.#compareDelta(same, envelope) : this.#compare(same, envelope)
      const latest = this.latest
      if (latest && envelope.epoch < latest.roster.epoch) return { kind: 'old' }
      const isDelta = envelope.type === MessageType.RosterDelta
      if (latest ? envelope.epoch > latest.roster.epoch + 1 : isDelta) return this.#wait(envelope, bytes)
      return latest && isDelta ? this.#takeDelta(latest, envelope, now) : this.#takeFull(envelope, bytes, now)
    })
  }

  /** Keeps a roster until those before it are there. */
  #wait(envelope: Envelope, bytes: Uint8Array): RosterOutcome {
    if (envelope.type === MessageType.RosterDelta) readDelta(envelope)
    else checkNamed(rosterOf(envelope.payload, this.#policy), envelope)
    if (this.#waiting.has(envelope.epoch)) return { kind: 'known' }
    if (this.#waiting.size < MAX_WAITING) this.#waiting.set(envelope.epoch, { envelope, bytes })
    return { kind: 'waiting', epoch: ((this.latest?.roster.epoch ?? -1) + 1) as Epoch }
  }

  #takeDelta(latest: HeldRoster, envelope: Envelope, now: Millis): RosterOutcome {
    return this.#take(applyDelta(latest, envelope, envelope.payload, this.#policy), envelope, undefined, now)
  }

  #takeFull(envelope: Envelope, bytes: Uint8Array, now: Millis): RosterOutcome {
    const checked = checkRoster(envelope.payload, this.#policy, this.latest)
    checkNamed(checked.roster, envelope)
    if (this.latest) checkChain(this.latest.roster, checked.roster)
    return this.#take(checked, envelope, bytes, now)
  }

  #take(checked: CheckedRoster, envelope: Envelope, bytes: Uint8Array | undefined, now: Millis): RosterOutcome {
    const { roster } = checked
    this.credentialChecks += checked.credentialChecks
    const upcoming = slotAt(now, roster.slotSeconds) + 1
    // A node without readings takes a late roster for all its slots, since it endangers nobody's reading.
    const inTime = !this.#policy.own || now < slotTimes(roster.firstSlot, roster.slotSeconds).start
    const from = (inTime ? roster.firstSlot : Math.max(upcoming, (this.latest?.from ?? 0) + 1)) as Slot
    // Envelopes would be most of the memory of a process with hundreds of meters.
    return { kind: 'taken', held: this.#hold(checked, from, envelope.hash, this.#policy.own ? undefined : bytes) }
  }

  #hold(checked: CheckedRoster, from: Slot, envelopeHash: Uint8Array, bytes?: Uint8Array): HeldRoster {
    const gone = this.#gone(checked)
    for (const { meterId, slot } of gone) this.#policy.attendance?.goes(meterId, slot)
    const stayOut = this.#stayOut(checked)
    const rest = { from, envelopeHash, gone, proofs: [], ...(bytes ? { bytes } : {}), ...(stayOut ? { stayOut } : {}) }
    const held: HeldRoster = { ...checked, ...rest }
    this.#held.push(held)
    return held
  }

  /** Lists the members that a new season need not have, where this book counts them. */
  #gone({ leavers, proofs }: CheckedRoster): readonly ProvenFault[] {
    const { attendance, verifier } = this.#policy
    if (!attendance) return []
    const proven = provenFaults(proofs, epoch => this.ofEpoch(epoch)?.roster, verifier ?? ed25519Verifier)
    return [...leavers, ...proven].filter(({ meterId }) => this.latest?.roster.indexOf(meterId) !== undefined)
  }

  #stayOut(checked: CheckedRoster): RosterRefusedError | undefined {
    try {
      checkMembership(checked, this.#policy)
      return undefined
    } catch (cause) {
      if (cause instanceof RosterRefusedError) return cause
      throw cause
    }
  }

  #compare(same: HeldRoster, envelope: Envelope): RosterOutcome {
    const shown = rosterOf(envelope.payload, this.#policy)
    checkNamed(shown, envelope)
    if (equalBytes(shown.hash, same.roster.hash)) return { kind: 'known' }
    return forked(same, checkRoster(envelope.payload, this.#policy, same))
  }

  #compareDelta(same: HeldRoster, envelope: Envelope): RosterOutcome {
    const delta = readDelta(envelope)
    // One hash has one signature.
    if (equalBytes(delta.signature, same.signature)) return { kind: 'known' }
    const previous = this.ofEpoch((envelope.epoch - 1) as Epoch)
    if (!previous) return { kind: 'old' }
    const checked = applyDelta(previous, envelope, envelope.payload, this.#policy)
    return equalBytes(checked.roster.hash, same.roster.hash) ? { kind: 'known' } : forked(same, checked)
  }

  /** Takes in what waited for the roster just taken, if anything did. */
  resume(now: Millis): RosterOutcome | undefined {
    const { latest } = this
    if (!latest) return undefined
    const { epoch } = latest.roster
    for (const waiting of this.#waiting.keys()) if (waiting <= epoch) this.#waiting.delete(waiting)
    const following = (epoch + 1) as Epoch
    const next = this.#waiting.get(following)
    this.#waiting.delete(following)
    if (!next) return undefined
    const { envelope, bytes } = next
    return orRefused(() =>
      envelope.type === MessageType.RosterDelta ? this.#takeDelta(latest, envelope, now) : this.#takeFull(envelope, bytes, now)
    )
  }

  /** Encodes a held roster for a journal, as {@link restore} takes it. */
  snapshot(held: HeldRoster): Uint8Array {
    return this.#policy.credentials?.snapshot(held, encodeSnapshot) ?? encodeSnapshot(held)
  }

  /**
   * Takes up a roster from a journal of our own, oldest first, without checking it again; the chain goes on from there.
   *
   * @param bytes - a snapshot
   * @param from - first slot for which it was used
   * @throws SnapshotError where it is none
   * @throws HushgridError where a later roster is held already
   */
  restore(bytes: Uint8Array, from: Slot): HeldRoster {
    const { credentials } = this.#policy
    const name = credentials && toHex(sha256(SNAPSHOT, bytes))
    let checked = name === undefined ? undefined : credentials?.checked(name)
    if (!checked) {
      const read = decodeSnapshot(bytes)
      checked = { ...read, roster: credentials?.shared(read.roster) ?? read.roster }
      if (name !== undefined) credentials?.keep(name, checked)
      // The same bytes go into the next snapshot of it.
      credentials?.snapshot(checked, () => bytes)
    }
    const { epoch } = checked.roster
    const same = this.ofEpoch(epoch)
    if (same && equalBytes(same.roster.hash, checked.roster.hash)) return same
    if (this.latest && epoch <= this.latest.roster.epoch)
      throw new HushgridError(`journal: expected rosters by epoch, got ${epoch} after ${this.latest.roster.epoch}`)
    return this.#hold({ ...checked, credentialChecks: 0 }, from, new Uint8Array(0))
  }

  /** Gives the last slot of a held roster, as far as is known: the one before the next roster, or its season's last. */
  lastSlot(held: HeldRoster): Slot {
    const next = this.#held[this.#held.indexOf(held) + 1]
    return (Math.min(next?.from ?? Number.POSITIVE_INFINITY, held.roster.seasonEndSlot) - 1) as Slot
  }

  /** Gives up the rosters of which no message is taken any more, but for the latest. */
  prune(now: Millis): void {
    for (;;) {
      const [oldest, next] = this.#held
      if (!oldest || !next) return
      const last = (next.from - 1 + ANSWERED_SLOTS) as Slot
      if (now < slotTimes(last, oldest.roster.slotSeconds).over) return
      this.#held = this.#held.slice(1)
    }
  }
}

/** Encodes the proof that the registrar signed a roster: a RosterPayload with the roster and its signature alone. */
function rosterProof({ roster, signature }: CheckedRoster): Uint8Array {
  return RosterPayload.encode({
    roster: roster.encode(),
    signature,
    credentials: [],
    addresses: [],
    aggregatorAddress: '',
    leaves: [],
    proofs: []
  })
}

function forked(same: CheckedRoster, other: CheckedRoster): RosterOutcome {
  return { kind: 'forked', epoch: same.roster.epoch, evidence: [rosterProof(same), rosterProof(other)] }
}

function orRefused(run: () => RosterOutcome): RosterOutcome {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof RosterRefusedError) return { kind: 'refused', error: cause }
    throw cause
  }
}

function readDelta(envelope: Envelope): RosterDeltaPayload {
  try {
    return RosterDeltaPayload.decode(envelope.payload)
  } catch (cause) {
    if (cause instanceof HushgridError) throw new RosterRefusedError('form', cause.message)
    throw cause
  }
}

/**
 * Checks that a Roster envelope names the epoch and first slot of the roster inside.
 */
function checkNamed(roster: Roster, envelope: Envelope): void {
  if (roster.epoch !== envelope.epoch || roster.firstSlot !== envelope.slot) {
    throw new RosterRefusedError('form', 'expected the epoch and first slot of its envelope')
  }
}
