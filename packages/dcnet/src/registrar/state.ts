// The registrar's state: members and their wishes, rosters, and the slots that it witnesses.

import { type DropCounter, MessageType, RefusalPayload, sealEnvelope } from '@hushgrid/messages'
import { type Epoch, ed25519Verifier, type MeterId, type Millis, type Slot, slotAt, toHex, type VerifyingKey } from '@hushgrid/primitives'
import type { HeldRoster, RosterBook } from '../roster/book.ts'
import type { RegistrarConfig, RegistrarOutput } from './contract.ts'
import type { EnrolledMeter, FaultKind } from './journal.ts'
import type { WitnessedSlot } from './witnessed-slot.ts'

export interface RegistrarState {
  readonly config: RegistrarConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  readonly enrolled: Map<MeterId, EnrolledMeter>
  readonly byBlindingKey: Map<string, MeterId>
  /** Members admitted and not in a roster yet. */
  readonly waiting: Set<MeterId>
  /** Members that have announced that they leave. */
  readonly leaving: Set<MeterId>
  /** Absent members that are back. */
  readonly returning: Set<MeterId>
  /** Members whose address has changed since the roster. */
  readonly moved: Set<MeterId>
  /** Present members to be marked absent. */
  readonly away: Set<MeterId>
  /** Last slot in which a member was not there, and the number of such slots in a row. */
  readonly misses: Map<MeterId, { readonly slot: Slot; readonly times: number }>
  /** This season's faults, one a slot. */
  readonly faults: Map<MeterId, Map<Slot, FaultKind>>
  /** Roster envelopes of the last epochs, for those who were away. */
  readonly rosters: Map<Epoch, Uint8Array>
  readonly witnessed: Map<Slot, WitnessedSlot>
  /** First slot that was heard whole; nobody is judged by an earlier one. */
  readonly witnessFrom: Slot
  /** Verification keys of members, made at first use. */
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

/** Faults with which a member is left out until the next season. */
const MOST_FAULTS = 2

/** Tells whether a member is left out for its faults (PROTOCOL.md section 7). */
export function isExcluded(state: RegistrarState, id: MeterId): boolean {
  return (state.faults.get(id)?.size ?? 0) >= MOST_FAULTS
}

export function noteFault(state: RegistrarState, id: MeterId, slot: Slot, what: FaultKind): number | undefined {
  const faults = state.faults.get(id) ?? new Map<Slot, FaultKind>()
  if (faults.has(slot)) return undefined
  faults.set(slot, what)
  state.faults.set(id, faults)
  if (isExcluded(state, id)) for (const wish of [state.waiting, state.returning]) wish.delete(id)
  return faults.size
}

export function setAggregator(state: RegistrarState, key: MeterId, address: string): void {
  state.aggregator = { key, verify: (state.config.verifier ?? ed25519Verifier)(key), address }
}

export function remember(state: RegistrarState, meter: EnrolledMeter): void {
  state.enrolled.set(meter.credential.meterId, meter)
  state.byBlindingKey.set(toHex(meter.credential.blindingKey), meter.credential.meterId)
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

/** Rosters that are kept for those who were away. */
const KEPT_ROSTERS = 16
/** Bytes that kept rosters may take; the latest is kept whatever its size. */
const KEPT_BYTES = 64 * 1024 * 1024

/** Keeps a Roster envelope for those who ask for it; the oldest go. */
export function keepRoster(state: RegistrarState, epoch: Epoch, bytes: Uint8Array): void {
  const { rosters } = state
  rosters.set(epoch, bytes)
  let total = [...rosters.values()].reduce((sum, each) => sum + each.byteLength, 0)
  for (const [oldest, each] of rosters) {
    if (oldest === epoch || (rosters.size <= KEPT_ROSTERS && total <= KEPT_BYTES)) return
    rosters.delete(oldest)
    total -= each.byteLength
  }
}

/** Deletes the wishes that a roster has fulfilled; also for a roster of the journal. */
export function settle(state: RegistrarState, { roster, addresses }: HeldRoster): void {
  const before = state.book.held.at(-2)
  if (before && before.roster.season < roster.season) state.faults.clear()
  const absentOrGone = (id: MeterId): boolean => {
    const index = roster.indexOf(id)
    return index === undefined || roster.isAbsent(index)
  }
  for (const id of state.waiting) if (roster.indexOf(id) !== undefined) state.waiting.delete(id)
  for (const id of state.leaving) if (roster.indexOf(id) === undefined) state.leaving.delete(id)
  // Every roster takes up all who had asked to be present again.
  state.returning.clear()
  for (const id of state.moved) {
    const index = roster.indexOf(id)
    if (index === undefined || addresses[index] === (state.enrolled.get(id)?.addresses[0] ?? '')) state.moved.delete(id)
  }
  for (const absent of [state.away, state.misses]) for (const id of absent.keys()) if (absentOrGone(id)) absent.delete(id)
}
