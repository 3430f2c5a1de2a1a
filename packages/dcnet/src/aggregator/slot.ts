/** A slot at the aggregator: submissions, and how it ends (PROTOCOL.md sections 6, 7 and 9). */
import {
  Drop,
  type Envelope,
  encodeMemberSet,
  LossReason,
  MessageType,
  SHARE_BYTES,
  SlotLostPayload,
  SlotTotalPayload,
  SlotTranscript,
  SubmissionPayload,
  sealEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  checkLength,
  ed25519Verifier,
  InvalidArgumentError,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type Slot,
  subtractLanes,
  type VerifyingKey,
  zeroLanes
} from '@hushgrid/primitives'
import { correctionBytes } from '../masks/share-recovery.ts'
import type { HeldRoster } from '../roster/book.ts'
import { RECOVERY } from '../roster/roster.ts'
import { transcriptHash } from '../transcript/hash.ts'
import { plausible } from '../transcript/total.ts'
import type { AggregatorOutput, AggregatorState, Counted, OpenSlot } from './state.ts'

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
      submissions: new Array(held.roster.n),
      count: 0,
      hinted: false,
      disputers: new Set()
    }
    state.open.set(slot, open)
  }
  return open
}

/** Counts a submission. */
export function count(open: OpenSlot, index: number, submission: Counted): void {
  open.submissions[index] = submission
  open.count++
}

/** Two different submissions for one slot: the member counts as missing (section 9). */
export function strikeOut(open: OpenSlot, index: number): void {
  open.submissions[index] = null
  open.count--
}

/** What a submission adds, where it has the shape that its roster asks for. */
export function readSubmission(envelope: Envelope, bytes: Uint8Array, { roster }: HeldRoster): Counted {
  const { lanes, corrections, check } = SubmissionPayload.decode(envelope.payload)
  const published = roster.recovery === RECOVERY['double-mask'] ? { corrections, check } : undefined
  try {
    checkLength(corrections, published ? correctionBytes(roster) : 0, 'corrections')
    checkLength(check, published ? SHARE_BYTES : 0, 'check')
    const counted = { hash: envelope.hash, bytes, lanes: lanesFromExactBytes(lanes, roster.lanes.length) }
    return published ? { ...counted, published } : counted
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

/** Ends a slot: as the total of all who are in, or as lost. */
export function close(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
  const loss = lossOf(open)
  if (loss) {
    lose(state, slot, open, loss.reason, loss.members, out)
    return
  }
  const draft = draftTotal(open, NOBODY)
  publishTotal(state, slot, open, draft, out)
}

const NOBODY: ReadonlySet<number> = new Set()

/** A total before it is signed. */
export interface DraftTotal {
  readonly sum: LaneVector
  /** Positions, ascending. */
  readonly contributors: readonly number[]
  /** The envelopes that enter it. */
  readonly used: { readonly hash: Uint8Array; readonly bytes: Uint8Array }[]
}

/**
 * The submissions of all who are in less the masks that were released towards those who are not.
 *
 * @param leftOut - M of double mask: those of them that did submit do not count
 */
export function draftTotal(open: OpenSlot, leftOut: ReadonlySet<number>): DraftTotal {
  const sum = zeroLanes(open.held.roster.lanes.length)
  const contributors: number[] = []
  const used: { readonly hash: Uint8Array; readonly bytes: Uint8Array }[] = []
  open.submissions.forEach((submission, index) => {
    if (!submission || leftOut.has(index)) return
    addLanes(sum, submission.lanes)
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
  return { sum, contributors, used }
}

/** Signs and publishes a total, unless it cannot be. */
export function publishTotal(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  { sum, contributors, used }: DraftTotal,
  out: AggregatorOutput[]
): void {
  const { roster } = open.held
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
  finish(
    state,
    slot,
    open,
    result,
    used.map(each => each.bytes),
    out
  )
  const counted = new Set(contributors)
  const missing: MeterId[] = []
  for (let index = 0; index < roster.n; index++) {
    if (!counted.has(index) && !roster.isAbsent(index)) missing.push(roster.meterId(index))
  }
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

/** Ends a slot without a total. */
export function lose(
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
  finish(state, slot, open, result, [], out)
  out.push({ type: 'lost', slot, epoch: roster.epoch, reason, members: members.map(index => roster.meterId(index)) })
}

function finish(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  result: Uint8Array,
  envelopes: readonly Uint8Array[],
  out: AggregatorOutput[]
): void {
  const { roster } = open.held
  const transcript = SlotTranscript.encode({ result, envelopes: [...envelopes], rosterHash: roster.hash })
  state.open.delete(slot)
  state.closed.set(slot, { result, transcript })
  const keep = state.config.keptTranscripts ?? DEFAULT_KEPT
  while (state.closed.size > keep) {
    const oldest = Math.min(...state.closed.keys()) as Slot
    state.closed.delete(oldest)
    state.closedThrough = Math.max(state.closedThrough, oldest)
  }
  out.push({ type: 'journal', record: { kind: 'result', slot, epoch: roster.epoch, bytes: transcript } })
  out.push({ type: 'publish', topic: 'control', bytes: result })
}
