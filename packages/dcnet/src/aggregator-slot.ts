/** A slot at the aggregator: submissions, and how it ends (PROTOCOL.md sections 6, 7 and 9). */
import {
  type Envelope,
  encodeMemberSet,
  LossReason,
  MessageType,
  SlotLostPayload,
  SlotTotalPayload,
  SlotTranscript,
  SubmissionPayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  ed25519Verifier,
  equalBytes,
  InvalidArgumentError,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type Millis,
  type Slot,
  slotTimes,
  subtractLanes,
  type VerifyingKey,
  zeroLanes
} from '@hushgrid/primitives'
import type { AggregatorOutput, AggregatorState, Counted, OpenSlot } from './aggregator-state.ts'
import { Drop } from './receive.ts'
import type { HeldRoster } from './roster-book.ts'
import { plausible } from './total.ts'
import { transcriptHash } from './transcript.ts'

const DEFAULT_KEPT = 96

/** The key that a member's signatures are checked with, made at first use. */
export function keyOf(state: AggregatorState, id: MeterId): VerifyingKey {
  let key = state.keys.get(id)
  if (!key) {
    key = (state.config.verifier ?? ed25519Verifier)(id)
    state.keys.set(id, key)
  }
  return key
}

export function openSlot(state: AggregatorState, slot: Slot, held: HeldRoster): OpenSlot {
  let open = state.open.get(slot)
  if (!open) {
    open = {
      held,
      sum: zeroLanes(held.roster.lanes.length),
      submissions: new Array(held.roster.n),
      count: 0,
      hinted: false,
      disputers: new Set()
    }
    state.open.set(slot, open)
  }
  return open
}

export function receiveSubmission(
  state: AggregatorState,
  envelope: Envelope,
  bytes: Uint8Array,
  now: Millis,
  out: AggregatorOutput[]
): void {
  const { slot } = envelope
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const { roster } = held
  const index = roster.indexOf(envelope.sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (roster.isAbsent(index)) throw new Drop('absent-sender')
  if (state.book.ofSlot(slot) !== held) throw new Drop('wrong-epoch')
  if (slot <= state.closedThrough || state.closed.has(slot)) throw new Drop('slot-over')
  const times = slotTimes(slot, roster.slotSeconds)
  // Clocks agree within a unit, so the sender's slot may have ended before ours.
  if (now < times.end - times.unit) throw new Drop('too-early')
  // A slot that was never opened here, as while we were down, stays so.
  if (now >= times.over) throw new Drop('slot-over')
  const open = openSlot(state, slot, held)
  const before = open.submissions[index]
  if (before === null) throw new Drop('conflicting')
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  // Until the first request or result (section 6); from then on its masks may have been released.
  if (open.request) throw new Drop('slot-over')
  if (!verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)) throw new Drop('bad-signature')
  const lanes = submissionLanes(envelope, held)
  out.push({ type: 'journal', record: { kind: 'received', slot, epoch: roster.epoch, bytes } })
  if (before) {
    out.push({ type: 'evidence', against: envelope.sender, what: `two submissions for slot ${slot}`, envelopes: [before.bytes, bytes] })
    strikeOut(open, index, before)
    throw new Drop('conflicting')
  }
  count(open, index, { hash: envelope.hash, bytes, lanes })
  finishIfComplete(state, slot, open, out)
}

/** Counts a submission. */
export function count(open: OpenSlot, index: number, submission: Counted): void {
  addLanes(open.sum, submission.lanes)
  open.submissions[index] = submission
  open.count++
}

/** Two different submissions for one slot: the member counts as missing (section 9). */
export function strikeOut(open: OpenSlot, index: number, counted: Counted): void {
  subtractLanes(open.sum, counted.lanes)
  open.submissions[index] = null
  open.count--
}

export function submissionLanes(envelope: Envelope, held: HeldRoster): LaneVector {
  const payload = SubmissionPayload.decode(envelope.payload)
  if (payload.corrections.byteLength + payload.check.byteLength > 0) throw new Drop('wrong-shape', 'fields of double mask')
  try {
    return lanesFromExactBytes(payload.lanes, held.roster.lanes.length)
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('wrong-shape', cause.message)
    throw cause
  }
}

/** Positions of the present members that are not in, ascending. */
export function missingOf(open: OpenSlot): number[] {
  const missing: number[] = []
  for (let index = 0; index < open.held.roster.n; index++) {
    if (!open.submissions[index] && !open.held.roster.isAbsent(index)) missing.push(index)
  }
  return missing
}

/** Publishes the result as soon as all that it needs is there, or all that can still come has come. */
export function finishIfComplete(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
  const { request } = open
  if (request ? request.releases.size + request.refusals.size === request.owing.size : open.count === open.held.roster.presentCount)
    close(state, slot, open, out)
}

/** Ends a slot: as the total of all who are in, or as lost. */
export function close(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
  const { roster } = open.held
  const loss = lossOf(open)
  if (loss) {
    lose(state, slot, open, loss.reason, loss.members, out)
    return
  }
  const sum = addLanes(zeroLanes(open.sum.length), open.sum)
  const used: { readonly hash: Uint8Array; readonly bytes: Uint8Array }[] = []
  const contributors: number[] = []
  open.submissions.forEach((submission, index) => {
    if (!submission) return
    contributors.push(index)
    used.push(submission)
  })
  if (open.request) {
    used.push(open.request)
    for (const release of open.request.releases.values()) {
      subtractLanes(sum, release.lanes)
      used.push(release)
    }
  }
  if (!plausible(sum, contributors.length)) {
    lose(state, slot, open, LossReason.Implausible, [], out)
    return
  }
  const payload = SlotTotalPayload.encode({
    contributors: encodeMemberSet(contributors, roster.n),
    lanes: lanesToBytes(sum),
    transcriptHash: transcriptHash(
      roster.hash,
      slot,
      used.map(each => each.hash)
    )
  })
  const result = sealEnvelope(state.config.identity, MessageType.SlotTotal, roster.hash, roster.epoch, slot, payload)
  finish(state, slot, open, result, SlotTranscript.encode({ result, envelopes: used.map(each => each.bytes) }), out)
  const missing = missingOf(open).map(index => roster.meterId(index))
  out.push({ type: 'total', slot, epoch: roster.epoch, contributors: contributors.length, missing, lanes: sum })
}

/** Why there can be no total, and whose doing that is; undefined where there can be one. */
function lossOf(open: OpenSlot): { readonly reason: LossReason; readonly members: readonly number[] } | undefined {
  const { request, disputers, held } = open
  const missing = missingOf(open)
  if (missing.length === 0) return undefined
  if (!request || held.roster.presentCount - missing.length < held.roster.minMembers)
    return { reason: LossReason.MembersMissing, members: missing }
  const silent = [...request.owing].filter(index => !request.releases.has(index) && !request.refusals.has(index))
  if (silent.length + request.refusals.size === 0) return undefined
  const ascending = (members: Iterable<number>): number[] => [...members].sort((a, b) => a - b)
  if (disputers.size > 0) return { reason: LossReason.Disputed, members: ascending(disputers) }
  if (request.refusals.size > 0) return { reason: LossReason.Refused, members: ascending(request.refusals.keys()) }
  return { reason: LossReason.Unanswered, members: ascending(silent) }
}

function lose(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  reason: LossReason,
  members: readonly number[],
  out: AggregatorOutput[]
): void {
  const { roster } = open.held
  const payload = SlotLostPayload.encode({ reason, members: encodeMemberSet(members, roster.n) })
  const result = sealEnvelope(state.config.identity, MessageType.SlotLost, roster.hash, roster.epoch, slot, payload)
  finish(state, slot, open, result, SlotTranscript.encode({ result, envelopes: [] }), out)
  out.push({ type: 'lost', slot, epoch: roster.epoch, reason, members: members.map(index => roster.meterId(index)) })
}

function finish(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  result: Uint8Array,
  transcript: Uint8Array,
  out: AggregatorOutput[]
): void {
  state.open.delete(slot)
  state.closed.set(slot, { result, transcript })
  const keep = state.config.keptTranscripts ?? DEFAULT_KEPT
  while (state.closed.size > keep) {
    const oldest = Math.min(...state.closed.keys()) as Slot
    state.closed.delete(oldest)
    state.closedThrough = Math.max(state.closedThrough, oldest)
  }
  out.push({ type: 'journal', record: { kind: 'result', slot, epoch: open.held.roster.epoch, bytes: transcript } })
  out.push({ type: 'publish', topic: 'control', bytes: result })
}
