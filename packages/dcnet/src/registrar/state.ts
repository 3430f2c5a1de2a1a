// The registrar's state: members and their wishes, rosters, and the slots that it witnesses.

import { type DropCounter, MAX_CHANGES, MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, ed25519Verifier, type MeterId, type Millis, type Slot, slotAt, toHex, type VerifyingKey } from '@hushgrid/primitives'
import type { Attendance } from '../roster/attendance.ts'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { Cut } from '../roster/fields.ts'
import { MOST_FETCHED } from '../roster/missed.ts'
import type { Roster } from '../roster/roster.ts'
import type { RegistrarConfig, RegistrarOutput } from './contract.ts'
import type { BarReason, EnrolledMeter, FaultKind } from './journal.ts'
import type { Comings } from './membership/comings.ts'
import type { OpenEdge } from './open-edge.ts'
import type { WitnessedSlot } from './witnessed-slot.ts'

/** A bar from rosters. */
export interface Bar {
  /** First slot for which the member may be in again; undefined until an operator lifts the bar. */
  readonly until: Slot | undefined
  readonly why: BarReason
}

export interface RegistrarState {
  readonly config: RegistrarConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  readonly enrolled: Map<MeterId, EnrolledMeter>
  readonly byBlindingKey: Map<string, MeterId>
  /** Members admitted and not in a roster yet. */
  readonly waiting: Set<MeterId>
  /** Members that have announced that they leave, with their LeaveRequest envelopes. */
  readonly leaving: Map<MeterId, Uint8Array>
  /** Absent members that are back. */
  readonly returning: Set<MeterId>
  /** Members whose address has changed since the roster. */
  readonly moved: Set<MeterId>
  /** Present members to be marked absent. */
  readonly away: Set<MeterId>
  /** Present members to be marked absent although they answer, since their submissions were not witnessed. */
  readonly unseen: Set<MeterId>
  /** Last slot in which a member was not there, and the number of such slots in a row. */
  readonly misses: Map<MeterId, { readonly slot: Slot; readonly times: number }>
  /** Due slots of each member, the last sixteen, a bit each: 1 where its submission was not witnessed. */
  readonly unwitnessed: Map<MeterId, number>
  /** Slots in which a member was marked absent because its submissions were not witnessed. */
  readonly markedUnwitnessed: Map<MeterId, readonly Slot[]>
  /** Slots in which a member disputed what nobody witnessed, the last sixteen slots' worth. */
  readonly unseenDisputes: Map<MeterId, readonly Slot[]>
  /** Slots on account of which nobody is probed or marked, since too many missed them, the last sixteen slots' worth. */
  readonly damped: Set<Slot>
  /** Faults of the last 96 slots, one a slot. */
  readonly faults: Map<MeterId, Map<Slot, FaultKind>>
  readonly bars: Map<MeterId, Bar>
  /** Returns and new joins of the last 96 slots. */
  readonly comings: Comings
  /** Edges that were cut and are to be opened, by the hash of the request in hexadecimal. */
  readonly edges: Map<string, OpenEdge>
  /** Slot for which each member said last that its journal was lost, where that excused it, of the last 96. */
  readonly journalsLost: Map<MeterId, Slot>
  /** Moment since which each member, and the aggregator, is connected to us. */
  readonly lines: Map<MeterId, Millis>
  /** Pairs cut this season, also those of members that have left since. */
  cuts: readonly Cut[]
  readonly attendance: Attendance
  /** First slots of the seasons that began early. */
  earlySeasons: readonly Slot[]
  /** Signed leaves since the latest roster, which travel with the next. */
  leaves: readonly Uint8Array[]
  /** Proofs of faults that have not travelled with a roster yet, each of some envelopes. */
  proofs: readonly (readonly Uint8Array[])[]
  /** Last leave of each member that requests to join may be older than: its time, Unix ms, and slot by the member's clock. */
  readonly lastLeaves: Map<MeterId, { readonly unixMillis: number; readonly slot: Slot }>
  /** Roster envelopes of the last epochs, for those who were away. */
  readonly rosters: Map<Epoch, Uint8Array>
  readonly witnessed: Map<Slot, WitnessedSlot>
  /** First slot that was heard whole; nobody is judged by an earlier one. */
  readonly witnessFrom: Slot
  /** Verification keys of members of the latest roster, made at first use. */
  readonly keys: Map<MeterId, VerifyingKey>
  /** True where a roster of our own is known that the journal lacks: no other is signed for its epoch. */
  behind: boolean
  /** Last reason given for making no roster, and the changes tried then. */
  cannotForm: { readonly detail: string; readonly tried: string } | undefined
  aggregator: { readonly key: MeterId; readonly verify: VerifyingKey; readonly address: string } | undefined
  ringSeed: Uint8Array
  wakeAt: Millis | undefined
}

/** One step of a registrar, handed to every function of the step. */
export interface RegistrarContext {
  readonly state: RegistrarState
  readonly now: Millis
  readonly out: RegistrarOutput[]
}

/** A slot in one step, with what was heard of it. */
export interface WitnessContext extends Omit<RegistrarContext, 'now'> {
  readonly slot: Slot
  readonly witnessed: WitnessedSlot
}

export function setAggregator(state: RegistrarState, key: MeterId, address: string): void {
  state.aggregator = { key, verify: (state.config.verifier ?? ed25519Verifier)(key), address }
}

/** Gives the season under way, 0 before the first. */
export function seasonOf(state: RegistrarState): number {
  return state.book.latest?.roster.season ?? 0
}

/** Notes what a meter is enrolled with; forgets the keys that have given way to others. */
export function remember(state: RegistrarState, meter: EnrolledMeter): void {
  const id = meter.credential.meterId
  const before = state.enrolled.get(id)
  for (const credential of [before?.credential, before?.next]) if (credential) state.byBlindingKey.delete(toHex(credential.blindingKey))
  state.enrolled.set(id, meter)
  for (const credential of [meter.credential, meter.next]) if (credential) state.byBlindingKey.set(toHex(credential.blindingKey), id)
}

export function keyOf(state: RegistrarState, id: MeterId): VerifyingKey {
  let key = state.keys.get(id)
  if (!key) {
    key = (state.config.verifier ?? ed25519Verifier)(id)
    state.keys.set(id, key)
  }
  return key
}

/** Deletes the absences counted against a member that was heard of. */
export function isThere(state: RegistrarState, id: MeterId): void {
  state.misses.delete(id)
  state.away.delete(id)
}

/** Seals what comes before a roster: replies, refusals, the question whether a member is there. */
export function seal(state: RegistrarState, type: MessageType, payload: Uint8Array, now: Millis): Uint8Array {
  const { identity, networkId, slotSeconds } = state.config
  return sealEnvelope(identity, type, networkId, 0 as Epoch, slotAt(now, slotSeconds), payload)
}

export function refusal(state: RegistrarState, reason: string, now: Millis): Uint8Array {
  return seal(state, MessageType.Refusal, RefusalPayload.encode({ requestHash: new Uint8Array(32), reason: reason.slice(0, 400) }), now)
}

/** Bytes that kept rosters may take; the latest is kept whatever its size. */
const KEPT_BYTES = 64 * 1024 * 1024

/** Keeps a Roster envelope for those who were away, as many as they fetch; the oldest go. */
export function keepRoster(state: RegistrarState, epoch: Epoch, bytes: Uint8Array): void {
  const { rosters } = state
  rosters.set(epoch, bytes)
  let total = [...rosters.values()].reduce((sum, each) => sum + each.byteLength, 0)
  for (const [oldest, each] of rosters) {
    if (oldest === epoch || (rosters.size <= MOST_FETCHED && total <= KEPT_BYTES)) return
    rosters.delete(oldest)
    total -= each.byteLength
  }
}

/** Takes up a roster of our own: deletes the wishes that it fulfils, and what ends with a season; also one of the journal. */
export function settle(state: RegistrarState, { roster, addresses }: HeldRoster): void {
  const before = state.book.held.at(-2)?.roster
  if (before && before.season < roster.season) beginSeason(state, roster)
  else if (before) noteComings(state, before, roster)
  state.ringSeed = roster.ringSeed
  const known = new Set(state.cuts.map(cut => cut.join()))
  state.cuts = [...state.cuts, ...roster.cuts.filter(cut => !known.has(cut.join()))]
  const absentOrGone = (id: MeterId): boolean => {
    const index = roster.indexOf(id)
    return index === undefined || roster.isAbsent(index)
  }
  for (const id of state.waiting) if (roster.indexOf(id) !== undefined) state.waiting.delete(id)
  for (const id of state.leaving.keys()) if (roster.indexOf(id) === undefined) state.leaving.delete(id)
  for (const id of state.returning) if (roster.indexOf(id) === undefined || !absentOrGone(id)) state.returning.delete(id)
  for (const id of state.moved) {
    const index = roster.indexOf(id)
    if (index === undefined || addresses[index] === (state.enrolled.get(id)?.addresses[0] ?? '')) state.moved.delete(id)
  }
  for (const absent of [state.away, state.unseen, state.misses]) for (const id of absent.keys()) if (absentOrGone(id)) absent.delete(id)
  for (const id of state.keys.keys()) if (roster.indexOf(id) === undefined) state.keys.delete(id)
  // Slots that are not due do not count, and who comes back after each crash has not submitted any more often for that.
  for (const id of state.unwitnessed.keys()) if (roster.indexOf(id) === undefined) state.unwitnessed.delete(id)
  state.leaves = []
  state.proofs = state.proofs.slice(travelling(state).length)
}

/** Bytes of proofs that may travel with one roster. */
const MOST_PROOF_BYTES = 1024 * 1024

/** Gives the proofs that travel with the next roster: as many as members take, at least one; the rest wait for another. */
export function travelling({ proofs }: RegistrarState): readonly (readonly Uint8Array[])[] {
  let [envelopes, bytes] = [0, 0]
  const first = proofs.findIndex((proof, i) => {
    envelopes += proof.length
    bytes += proof.reduce((sum, { byteLength }) => sum + byteLength, 0)
    return i > 0 && (envelopes > MAX_CHANGES || bytes > MOST_PROOF_BYTES)
  })
  return first < 0 ? proofs : proofs.slice(0, first)
}

/** Notes that two members are cut, for this season. @returns whether they were not yet */
export function noteCut(state: RegistrarState, cut: Cut): boolean {
  if (state.cuts.some(each => each.join() === cut.join())) return false
  state.cuts = [...state.cuts, cut]
  return true
}

/** Notes who comes in, or back, with a roster of the season under way. */
function noteComings(state: RegistrarState, before: Roster, roster: Roster): void {
  for (let index = 0; index < roster.n; index++) {
    const was = before.indexOf(roster.meterId(index))
    if (!roster.isAbsent(index) && (was === undefined || before.isAbsent(was))) state.comings.note(roster.meterId(index), roster.firstSlot)
  }
}

/** Begins a season: its keys and placements take the place of the last one's, and no pair is cut. */
function beginSeason(state: RegistrarState, roster: Roster): void {
  state.cuts = []
  state.byBlindingKey.clear()
  for (const [id, { credential, next, addresses }] of state.enrolled) {
    const index = roster.indexOf(id)
    const current = next?.season === roster.season ? next : credential
    if (current.season < roster.season) {
      // It has enrolled no key for the season, and comes back as a newcomer.
      state.enrolled.delete(id)
      continue
    }
    const placement = index === undefined ? {} : { placement: Uint8Array.from(roster.member(index).placement) }
    remember(state, { credential: current, ...placement, addresses })
  }
  for (const id of state.waiting) if (!state.enrolled.has(id)) state.waiting.delete(id)
}
