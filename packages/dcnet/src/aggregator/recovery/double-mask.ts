/**
 * The aggregator's part in a slot of a network with double mask (PROTOCOL.md section 7, recovery 2): up to six rounds of
 * MaskRequests while somebody is missing, then one ShareRequest, then the survivors' private masks are opened.
 */
import {
  Drop,
  type Envelope,
  encodeMemberSet,
  LossReason,
  MASK_ROUNDS,
  MaskRequestPayload,
  MessageType,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { equalBytes, type Millis, millis, type Slot, sha256, slotTimes, subtractLanes } from '@hushgrid/primitives'
import { type PublishedMask, shareOwners, unmask, withUnopenable } from '../../masks/share-recovery.ts'
import type { Roster } from '../../roster/roster.ts'
import { resendOpen, slotRequest } from '../request.ts'
import { draftTotal, lose, missingOf, publishTotal } from '../slot.ts'
import type { AggregatorOutput, AggregatorState, OpenSlot, ShareCollection, SharesCounted, SlotRequest } from '../state.ts'

/**
 * When each round's silent members are given up, in units after the deadline. The first rounds get most of the time, since
 * a slow answer costs its sender the slot, and a later round has fewer left to wait for. All end a unit before D + 7u, up
 * to which requests are accepted.
 */
const ROUND_ENDS = [3, 4, 4.75, 5.25, 5.625, 6] as const
/** Units that a round is given whose time has passed or may have, as after a restart; and that a ShareRequest waits for all. */
const LATE_WAIT = 0.75
const SHARE_WAIT = 1

const units = (slot: Slot, slotSeconds: number, count: number): number => {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return Math.ceil(deadline + count * unit)
}

/** D + u: when the first MaskRequest goes out. */
export function firstRoundAt(slot: Slot, slotSeconds: number): number {
  return units(slot, slotSeconds, 1)
}

/** D + 7u: requests are answered no longer. */
function endAt(slot: Slot, slotSeconds: number): number {
  return units(slot, slotSeconds, 7)
}

/** D + u has come and somebody is missing: the first round, or the end where too few are left for any. */
function beginRounds(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  const { roster } = open.held
  const missing = missingOf(open)
  const members = withUnopenable(roster, missing)
  if (roster.presentCount - members.length < roster.minMembers) lose(state, slot, open, LossReason.MembersMissing, missing, out)
  else if (members.length === 0) requestShares(state, slot, open, [], now, out)
  else requestMasks(state, slot, open, 0, members, now, out)
}

function requestMasks(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  round: number,
  members: readonly number[],
  now: Millis,
  out: AggregatorOutput[]
): void {
  const { roster } = open.held
  const payload = MaskRequestPayload.encode({ round, members: encodeMemberSet(members, roster.n) })
  const bytes = sealEnvelope(state.config.identity, MessageType.MaskRequest, roster.hash, roster.epoch, slot, payload)
  open.request = maskRound(roster, slot, { bytes, payload, round, members }, now)
  out.push({ type: 'journal', record: { kind: 'request', slot, epoch: roster.epoch, part: round, bytes } })
  out.push({ type: 'publish', topic: 'control', bytes })
  out.push({ type: 'requested', slot, round, missing: members.map(index => roster.meterId(index)) })
  advance(state, slot, open, now, out)
}

/**
 * A round as it begins.
 *
 * @param again - after a restart, in which its time may have passed
 */
export function maskRound(
  roster: Roster,
  slot: Slot,
  { bytes, payload, round, members }: { bytes: Uint8Array; payload: Uint8Array; round: number; members: readonly number[] },
  now: Millis,
  again = false
): SlotRequest {
  const { unit } = slotTimes(slot, roster.slotSeconds)
  const planned = units(slot, roster.slotSeconds, ROUND_ENDS[round] ?? 0)
  return slotRequest(roster, {
    bytes,
    payload,
    round,
    members,
    sentAt: now,
    until: millis(again || planned <= now ? Math.max(planned, Math.ceil(now + LATE_WAIT * unit)) : planned)
  })
}

/** Asks all survivors for the shares that they hold of each other's private masks, once a slot. */
export function requestShares(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  members: readonly number[],
  now: Millis,
  out: AggregatorOutput[]
): void {
  const { roster } = open.held
  const payload = ShareRequestPayload.encode({ members: encodeMemberSet(members, roster.n) })
  const bytes = sealEnvelope(state.config.identity, MessageType.ShareRequest, roster.hash, roster.epoch, slot, payload)
  open.shares = shareCollection(roster, slot, { bytes, payload, members }, now)
  out.push({ type: 'journal', record: { kind: 'request', slot, epoch: roster.epoch, part: MASK_ROUNDS, bytes } })
  out.push({ type: 'publish', topic: 'control', bytes })
  out.push({ type: 'shares-requested', slot, missing: members.map(index => roster.meterId(index)) })
}

/** A ShareRequest as it goes out, or again after a restart. */
export function shareCollection(
  roster: Roster,
  slot: Slot,
  { bytes, payload, members }: { bytes: Uint8Array; payload: Uint8Array; members: readonly number[] },
  now: Millis
): ShareCollection {
  const missing = new Set(members)
  const survivors = new Set<number>()
  for (let index = 0; index < roster.n; index++) if (!roster.isAbsent(index) && !missing.has(index)) survivors.add(index)
  const { unit } = slotTimes(slot, roster.slotSeconds)
  return {
    bytes,
    hash: sha256(bytes),
    payloadHash: sha256(payload),
    members: missing,
    survivors,
    releases: new Map(),
    refusals: new Map(),
    resent: false,
    sentAt: now,
    until: millis(Math.ceil(now + SHARE_WAIT * unit)),
    tried: false
  }
}

/** A ShareRelease for just our request. */
export function readShares(
  collection: ShareCollection,
  envelope: Envelope,
  bytes: Uint8Array,
  index: number,
  roster: Roster
): SharesCounted {
  const { requestHash, shares } = ShareReleasePayload.decode(envelope.payload)
  if (!equalBytes(requestHash, collection.payloadHash)) throw new Drop('conflicting', 'expected shares for our request')
  const owners = shareOwners(roster, index, collection.members).length
  if (shares.byteLength !== owners * SHARE_BYTES)
    throw new Drop('wrong-shape', `expected the shares of ${owners} owners, got ${shares.byteLength} bytes`)
  return { hash: envelope.hash, bytes, shares }
}

/** Goes on with a slot as soon as what it waits for is there: the next request, or the end. */
export function advance(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  const { request, shares } = open
  if (shares) {
    if (shares.releases.size + shares.refusals.size === shares.survivors.size) finishShares(state, slot, open, true, out)
  } else if (request) {
    if (request.releases.size === request.owing.size) requestShares(state, slot, open, request.members, now, out)
    else if (request.releases.size + request.refusals.size === request.owing.size) nextRound(state, slot, open, request, now, out)
  } else if (open.count === open.held.roster.presentCount) requestShares(state, slot, open, [], now, out)
}

/** Whoever owed a release and did not send it is left out as well. */
function nextRound(state: AggregatorState, slot: Slot, open: OpenSlot, request: SlotRequest, now: Millis, out: AggregatorOutput[]): void {
  const { roster } = open.held
  const silent = [...request.owing].filter(index => !request.releases.has(index)).sort((a, b) => a - b)
  const members = withUnopenable(roster, [...request.members, ...silent])
  const round = request.round + 1
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  if (round < MASK_ROUNDS && roster.presentCount - members.length >= roster.minMembers && now < deadline + 6.5 * unit) {
    requestMasks(state, slot, open, round, members, now, out)
    return
  }
  const refused = silent.filter(index => request.refusals.has(index))
  if (refused.length > 0) lose(state, slot, open, LossReason.Refused, refused, out)
  else lose(state, slot, open, LossReason.Unanswered, silent, out)
}

/**
 * Opens the survivors' private masks; what cannot be opened loses the slot, unless more shares may still come.
 *
 * @param final - none will
 */
function finishShares(state: AggregatorState, slot: Slot, open: OpenSlot, final: boolean, out: AggregatorOutput[]): void {
  const { shares, held } = open
  if (!shares) return
  const { roster } = held
  const published = new Map<number, PublishedMask>()
  for (const index of shares.survivors) {
    const mask = open.submissions[index]?.published
    if (mask) published.set(index, mask)
  }
  const releases = new Map([...shares.releases].map(([index, release]) => [index, release.shares] as const))
  const { masks, unopened, wrong } = unmask({ roster, slot, members: shares.members, published }, releases)
  if (unopened.length > 0) {
    if (!final) return
    const few = unopened.filter(each => each.for === 'shares')
    const reason = few.length === 0 ? LossReason.UnfittingShares : shares.refusals.size > 0 ? LossReason.Refused : LossReason.Unanswered
    const named = (few.length === 0 ? unopened : few).map(({ owner }) => owner)
    lose(state, slot, open, reason, named, out)
    return
  }
  const draft = draftTotal(open, shares.members)
  subtractLanes(draft.sum, masks)
  draft.used.push(shares, ...shares.releases.values())
  if (wrong.length > 0) out.push({ type: 'wrong-shares', slot, by: wrong.map(index => roster.meterId(index)) })
  publishTotal(state, slot, open, draft, out)
}

const resendAt = ({ sentAt, until }: { sentAt: Millis; until: Millis }): number => Math.ceil((sentAt + until) / 2)

/** What time brings to an open slot. */
export function sharesOnTick(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  const { slotSeconds } = state.config
  if (!open.shares && !open.request && now >= firstRoundAt(slot, slotSeconds)) {
    beginRounds(state, slot, open, now, out)
    return
  }
  const current = open.shares ?? open.request
  if (current && !current.resent && now >= resendAt(current)) resendOpen(open, out)
  if (open.request && !open.shares && now >= open.request.until) nextRound(state, slot, open, open.request, now, out)
  else if (open.shares && !open.shares.tried && now >= open.shares.until) {
    open.shares.tried = true
    finishShares(state, slot, open, false, out)
  }
  if (state.open.has(slot) && now >= endAt(slot, slotSeconds)) giveUp(state, slot, open, out)
}

function giveUp(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
  if (open.shares) {
    finishShares(state, slot, open, true, out)
    return
  }
  const silent = open.request ? [...open.request.owing].filter(index => !open.request?.releases.has(index)) : []
  if (silent.length > 0)
    lose(
      state,
      slot,
      open,
      LossReason.Unanswered,
      silent.sort((a, b) => a - b),
      out
    )
  else lose(state, slot, open, LossReason.MembersMissing, missingOf(open), out)
}

/** When an open slot wants a tick next. */
export function sharesWakeAt(slot: Slot, open: OpenSlot, slotSeconds: number): number {
  const { request, shares } = open
  const current = shares ?? request
  if (!current) return firstRoundAt(slot, slotSeconds)
  const resend = current.resent ? Number.POSITIVE_INFINITY : resendAt(current)
  const until = shares?.tried ? Number.POSITIVE_INFINITY : current.until
  return Math.min(resend, until, endAt(slot, slotSeconds))
}
