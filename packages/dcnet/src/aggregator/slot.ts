// A slot at the aggregator: submissions, and its end (PROTOCOL.md sections 6, 7 and 9).
import {
  encodeMemberSet,
  type LaneCount,
  LossReason,
  MessageType,
  SlotLostPayload,
  SlotTotalPayload,
  SlotTranscript,
  sealEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  ed25519Verifier,
  type LaneVector,
  lanesToBytes,
  type MeterId,
  type Slot,
  subtractLanes,
  type VerifyingKey,
  zeroLanes
} from '@hushgrid/primitives'
import { openLanesOf, pickLanes } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'
import { transcriptHash } from '../transcript/hash.ts'
import { laneCounts, withheldBy } from '../transcript/lane-counts.ts'
import { codesOf, plausible } from '../transcript/total.ts'
import type { AggregatorCore, CollectedSlot, Counted, SlotContext } from './core.ts'

/** Finished slots whose results are kept unless told. */
export const DEFAULT_KEPT = 96

/** Gives the key that checks a member's signatures, made at first use. */
export function keyOf(state: AggregatorCore, id: MeterId): VerifyingKey {
  let key = state.keys.get(id)
  if (!key) {
    key = (state.config.verifier ?? ed25519Verifier)(id)
    state.keys.set(id, key)
  }
  return key
}

/** Counts a submission. */
export function count(open: CollectedSlot, index: number, submission: Counted): void {
  open.submissions[index] = submission
  open.count++
}

/** Counts a member that sent two different submissions as missing (section 9). */
export function strikeOut(open: CollectedSlot, index: number): void {
  open.submissions[index] = null
  open.count--
}

/** Gives the positions of the present members that are not in, ascending. */
export function missingOf(open: CollectedSlot): number[] {
  const missing: number[] = []
  for (let index = 0; index < open.held.roster.n; index++) {
    if (!open.submissions[index] && !open.held.roster.isAbsent(index)) missing.push(index)
  }
  return missing
}

const NOBODY: ReadonlySet<number> = new Set()

/** A request for masks, and the releases for it. */
type MaskRequest = Pick<Counted, 'hash' | 'bytes'> & { readonly releases: ReadonlyMap<number, Counted> }

/** A total before it is signed. */
export interface DraftTotal {
  readonly sum: LaneVector
  /** Positions of the contributors, ascending. */
  readonly contributors: readonly number[]
  /** The envelopes that enter it. */
  readonly used: { readonly hash: Uint8Array; readonly bytes: Uint8Array }[]
}

/**
 * Drafts the total: the submissions of all who are in, less the masks released towards those who are not.
 *
 * @param request - the last request for masks, where there was one
 * @param leftOut - members who do not count although they did submit
 */
export function draftTotal(open: CollectedSlot, request: MaskRequest | undefined, leftOut: ReadonlySet<number> = NOBODY): DraftTotal {
  const sum = zeroLanes(open.held.roster.lanes.length)
  const contributors: number[] = []
  const used: { readonly hash: Uint8Array; readonly bytes: Uint8Array }[] = []
  open.submissions.forEach((submission, index) => {
    if (!submission || leftOut.has(index)) return
    addLanes(sum, submission.lanes)
    contributors.push(index)
    used.push(submission)
  })
  if (request) {
    used.push(request)
    for (const release of request.releases.values()) {
      subtractLanes(sum, release.lanes)
      used.push(release)
    }
  }
  return { sum, contributors, used }
}

/** Signs and publishes a total; ends the slot as lost where it is implausible. */
export function publishTotal(context: SlotContext, { sum, contributors, used }: DraftTotal): void {
  const { state, slot, open: inSlot, out } = context
  const { roster } = inSlot.held
  const missing = presentOthers(roster, contributors)
  const open = openLanesOf(roster, missing)
  // A sum over few, or over few who can fill a lane, is none.
  if (!open) {
    lose(context, LossReason.MembersMissing, [...missing])
    return
  }
  const lanes = pickLanes(sum, open)
  if (!plausible(lanes, roster, open, missing)) {
    lose(context, LossReason.Implausible, [])
    return
  }
  const hashes = used.map(each => each.hash)
  const payload = SlotTotalPayload.encode({
    contributors: encodeMemberSet(contributors, roster.n),
    lanes: lanesToBytes(lanes),
    transcriptHash: transcriptHash(roster.hash, slot, hashes)
  })
  const result = sealEnvelope(state.config.identity, MessageType.SlotTotal, roster.hash, roster.epoch, slot, payload)
  const envelopes = used.map(each => each.bytes)
  const counts = laneCounts(inSlot.held, state.config.networkLanes, missing)
  finish(context, result, envelopes, counts)
  const ids = [...missing].map(index => roster.meterId(index))
  out.push({
    type: 'total',
    slot,
    epoch: roster.epoch,
    contributors: contributors.length,
    missing: ids,
    lanes,
    open: codesOf(roster, open),
    withheld: withheldBy(counts, contributors.length)
  })
}

/** Gives the positions of the present members that are not among the contributors, ascending. */
function presentOthers(roster: Roster, contributors: readonly number[]): ReadonlySet<number> {
  const counted = new Set(contributors)
  const others = new Set<number>()
  for (let index = 0; index < roster.n; index++) if (!counted.has(index) && !roster.isAbsent(index)) others.add(index)
  return others
}

/** Ends a slot without a total. */
export function lose(context: SlotContext, reason: LossReason, members: readonly number[]): void {
  const { state, slot, open, out } = context
  const { roster } = open.held
  const payload = SlotLostPayload.encode({ reason, members: encodeMemberSet(members, roster.n) })
  const result = sealEnvelope(state.config.identity, MessageType.SlotLost, roster.hash, roster.epoch, slot, payload)
  finish(context, result, [])
  out.push({ type: 'lost', slot, epoch: roster.epoch, reason, members: members.map(index => roster.meterId(index)) })
}

function finish(
  { state, slot, open, out }: SlotContext,
  result: Uint8Array,
  envelopes: readonly Uint8Array[],
  lanes: readonly LaneCount[] = []
): void {
  const { roster } = open.held
  const transcript = SlotTranscript.encode({ result, envelopes: [...envelopes], rosterHash: roster.hash, lanes: [...lanes] })
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
