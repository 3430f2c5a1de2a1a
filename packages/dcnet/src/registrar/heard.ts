// Messages heard of slots: kept for a while, and checked once something hangs on them.

import {
  type Envelope,
  MaskReleasePayload,
  MaskWordPayload,
  MessageType,
  RefusalPayload,
  SHARE_BYTES,
  ShareReleasePayload,
  SubmissionPayload,
  verifyEnvelope
} from '@hushgrid/messages'
import { equalBytes, HushgridError, type MeterId, type Millis, type Slot, slotAt } from '@hushgrid/primitives'
import { owesRelease } from '../masks/owing.ts'
import { checkPublished, shareOwners } from '../masks/share-recovery.ts'
import type { HeldRoster } from '../roster/book.ts'
import { openLanesOf } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'
import { keyOf, type RegistrarState, type WitnessContext } from './state.ts'
import { type Heard, type HeardRequest, unheardSlot, type WitnessedSlot } from './witnessed-slot.ts'

/** Slots that are kept. */
const KEPT_SLOTS = 8
/** Different messages kept of one member, type and slot. */
export const MOST_HEARD = 4

/** Gives what was heard of a slot; begins it where nothing was. */
export function witnessedSlot(state: RegistrarState, slot: Slot, held: HeldRoster): WitnessedSlot {
  let witnessed = state.witnessed.get(slot)
  if (!witnessed) {
    witnessed = unheardSlot(held)
    state.witnessed.set(slot, witnessed)
  }
  return witnessed
}

/** Forgets slots that nobody is judged by any more. */
export function forgetSlots(state: RegistrarState, now: Millis): void {
  const oldest = slotAt(now, state.config.slotSeconds) - KEPT_SLOTS
  for (const slot of state.witnessed.keys()) if (slot < oldest) state.witnessed.delete(slot)
}

/** Tells whether a message is its sender's and has the roster's shape. */
export function isValid(state: RegistrarState, heard: Heard, roster: Roster): boolean {
  if (heard.valid === undefined) {
    const { envelope } = heard
    heard.valid = hasShape(envelope, roster) && verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)
    if (!heard.valid) state.drops.add('bad-signature', heard.from, envelope.slot)
  }
  return heard.valid
}

function hasShape({ type, payload }: Envelope, roster: Roster): boolean {
  try {
    if (type === MessageType.MaskWord) return MaskWordPayload.decode(payload).requestHash.byteLength > 0
    if (type === MessageType.Refusal) return RefusalPayload.decode(payload).requestHash.byteLength > 0
    if (type === MessageType.ShareRelease) return ShareReleasePayload.decode(payload).requestHash.byteLength > 0
    if (type === MessageType.MaskRelease) return MaskReleasePayload.decode(payload).lanes.byteLength <= 8 * roster.lanes.length
    const submission = SubmissionPayload.decode(payload)
    checkPublished(roster, submission)
    return submission.lanes.byteLength === 8 * roster.lanes.length
  } catch (cause) {
    if (cause instanceof HushgridError) return false
    throw cause
  }
}

/** Gives the first valid submission of a member that was heard before a moment. */
export function validSubmission(
  state: RegistrarState,
  witnessed: WitnessedSlot,
  id: MeterId,
  before = Number.POSITIVE_INFINITY
): Heard | undefined {
  const { roster } = witnessed.held
  return witnessed.submissions.get(id)?.find(heard => heard.at < before && isValid(state, heard, roster))
}

/** Gives the latest valid Submission envelope of a meter; empty where none was heard. */
export function latestSubmission(state: RegistrarState, id: MeterId): Uint8Array {
  for (const [, witnessed] of [...state.witnessed].sort(([a], [b]) => b - a)) {
    const heard = validSubmission(state, witnessed, id)
    if (heard) return heard.bytes
  }
  return new Uint8Array(0)
}

/** Tells whether masks were released for just this request, for its lanes L(M). */
function released({ state, witnessed }: WitnessContext, id: MeterId, { payloadHash, members }: HeardRequest): boolean {
  const { roster } = witnessed.held
  return (witnessed.releases.get(id) ?? []).some(heard => {
    if (!isValid(state, heard, roster)) return false
    const { requestHash, lanes } = MaskReleasePayload.decode(heard.envelope.payload)
    return equalBytes(requestHash, payloadHash) && lanes.byteLength === 8 * (openLanesOf(roster, members)?.length ?? 0)
  })
}

/** Finds the first ShareRelease of a member that was witnessed for just this request, with as many shares as are owed. */
export function sharesFor({ state, witnessed }: WitnessContext, id: MeterId, request: HeardRequest): Heard | undefined {
  const { roster } = witnessed.held
  const { members, payloadHash } = request
  const owners = shareOwners(roster, roster.indexOf(id) as number, members).length
  return witnessed.shares.get(id)?.find(heard => {
    if (!isValid(state, heard, roster)) return false
    const { requestHash, shares } = ShareReleasePayload.decode(heard.envelope.payload)
    return equalBytes(requestHash, payloadHash) && shares.byteLength === SHARE_BYTES * owners
  })
}

/** Tells whether a member has answered a request whole, or refused it, as far as was witnessed; what is malformed is no answer. */
export function hasAnswered(context: WitnessContext, id: MeterId, request: HeardRequest): boolean {
  const { state, witnessed } = context
  const { roster } = witnessed.held
  const names = (by: Map<MeterId, Heard[]>, hashIn: (payload: Uint8Array) => Uint8Array): boolean =>
    (by.get(id) ?? []).some(heard => isValid(state, heard, roster) && equalBytes(hashIn(heard.envelope.payload), request.payloadHash))
  if (names(witnessed.refusals, payload => RefusalPayload.decode(payload).requestHash)) return true
  if (request.round === 'shares') {
    const owesMasks = owesRelease(roster, roster.indexOf(id) as number, request.members)
    return sharesFor(context, id, request) !== undefined && (!owesMasks || released(context, id, request))
  }
  if (roster.hasPrivateMasks) return names(witnessed.words, payload => MaskWordPayload.decode(payload).requestHash)
  return witnessed.disputes.has(id) || released(context, id, request)
}
