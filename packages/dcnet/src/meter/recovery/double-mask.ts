/**
 * A meter's part in a slot of a network with double mask (PROTOCOL.md section 7, recovery 2): it releases its masks towards
 * those who are missing, and once a slot the shares that it holds of the private masks of the others. No list of the
 * missing has to be true for that: what it answers never takes both the edge masks and the private mask off anybody.
 */
import { earliest } from '@hushgrid/machine'
import {
  Drop,
  decodeMemberSet,
  type Envelope,
  MaskReleasePayload,
  MaskRequestPayload,
  MessageType,
  RefusalPayload,
  ShareReleasePayload,
  ShareRequestPayload,
  sealEnvelope
} from '@hushgrid/messages'
import { equalBytes, HushgridError, lanesToBytes, type Millis, type Slot, sha256, slotTimes } from '@hushgrid/primitives'
import { shareThreshold } from '@hushgrid/topology'
import { shareOwners } from '../../masks/share-recovery.ts'
import type { Incoming } from '../../protocol/outputs.ts'
import { RECOVERY, type Roster } from '../../roster/roster.ts'
import { fromAggregator } from '../epoch.ts'
import {
  breaks,
  forgetOldest,
  type MeterEpoch,
  type MeterOutput,
  type MeterState,
  type RefusalReason,
  type SeenRequest,
  type SlotShares
} from '../state.ts'

function sharesOf(state: MeterState, slot: Slot): SlotShares {
  let shares = state.shares.get(slot)
  if (!shares) {
    shares = { rounds: new Map(), conflicting: false }
    state.shares.set(slot, shares)
    forgetOldest(state.shares)
  }
  return shares
}

/** What a slot's request asks for: the round of a MaskRequest, or shares. */
type Asked = { readonly round: number } | { readonly round: 'shares' }

function requestIn(envelope: Envelope, roster: Roster): Asked & { readonly members: ReadonlySet<number> } {
  const mask = envelope.type === MessageType.MaskRequest
  const { round, members } = mask
    ? MaskRequestPayload.decode(envelope.payload)
    : { round: 'shares' as const, ...ShareRequestPayload.decode(envelope.payload) }
  const positions = decodeMemberSet(members, roster.n)
  if ((mask && positions.length === 0) || positions.some(index => roster.isAbsent(index)))
    throw new Drop('wrong-shape', 'expected present members')
  return { round, members: new Set(positions) } as Asked & { readonly members: ReadonlySet<number> }
}

/** A MaskRequest or ShareRequest, whoever brought it. */
export function receiveShareRequest(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const epoch = fromAggregator(state, envelope)
  const { roster } = epoch.held
  if (roster.recovery !== RECOVERY['double-mask']) throw new Drop('unexpected-type', 'no double mask in this network')
  const { slot } = envelope
  const { end, unit, over } = slotTimes(slot, roster.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (now >= over) throw new Drop('slot-over')
  const { round, members } = requestIn(envelope, roster)
  const shares = sharesOf(state, slot)
  const request: SeenRequest = {
    hash: envelope.hash,
    bytes: input.bytes,
    payloadHash: sha256(envelope.payload),
    members,
    published: input.channel === 'control',
    done: false
  }
  const before = round === 'shares' ? shares.shareRequest : shares.rounds.get(round)
  if (before && equalBytes(before.hash, envelope.hash)) {
    before.published ||= request.published
    // Asked again, the aggregator has not got the answer: the same bytes go once more.
    if (before.answer && input.channel === 'sync') out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes: before.answer })
    throw new Drop('duplicate')
  }
  const against = before ?? conflicting(state, shares, round, members)
  if (against) beConflicting(shares, against, request, envelope, out)
  if (round === 'shares') shares.shareRequest = request
  else shares.rounds.set(round, request)
  out.push({ type: 'journal', record: { kind: 'request', slot, bytes: input.bytes } })
  answerDue(state, epoch, slot, now, out)
}

/** Requests come in the order of their rounds, the ShareRequest last. */
function orderOf(round: number | 'shares'): number {
  return round === 'shares' ? Number.POSITIVE_INFINITY : round
}

function requestsOf({ rounds, shareRequest }: SlotShares): [number | 'shares', SeenRequest][] {
  return [...rounds, ...(shareRequest ? [['shares', shareRequest] as ['shares', SeenRequest]] : [])]
}

/** A request whose M this one should contain, or be contained in. */
function conflicting(
  state: MeterState,
  shares: SlotShares,
  round: number | 'shares',
  members: ReadonlySet<number>
): SeenRequest | undefined {
  for (const [other, request] of requestsOf(shares)) {
    const withShares = other === 'shares' || round === 'shares'
    if (breaks(state, withShares ? 'shares-contain-answered' : 'nested-requests')) continue
    if (withShares && breaks(state, 'no-masks-after-shares')) continue
    const [earlier, later] = orderOf(other) < orderOf(round) ? [request.members, members] : [members, request.members]
    if (!contains(later, earlier)) return request
  }
  return undefined
}

/** Two requests that must not both exist: evidence, which everybody gets to see, and nothing is answered any more. */
function beConflicting(shares: SlotShares, before: SeenRequest, request: SeenRequest, envelope: Envelope, out: MeterOutput[]): never {
  if (!shares.conflicting) {
    // So that a restart does not forget it.
    out.push({ type: 'journal', record: { kind: 'request', slot: envelope.slot, bytes: request.bytes } })
    const what = `conflicting requests for slot ${envelope.slot}`
    out.push({ type: 'evidence', against: envelope.sender, what, envelopes: [before.bytes, request.bytes] })
    for (const each of [before, request]) if (!each.published) out.push({ type: 'publish', topic: 'control', bytes: each.bytes })
  }
  shares.conflicting = true
  throw new Drop('conflicting')
}

function contains(larger: ReadonlySet<number>, smaller: ReadonlySet<number>): boolean {
  for (const member of smaller) if (!larger.has(member)) return false
  return true
}

/** Answers, or refuses, what is asked of a slot and may be answered by now. */
function answerDue(state: MeterState, epoch: MeterEpoch, slot: Slot, now: Millis, out: MeterOutput[]): void {
  const shares = state.shares.get(slot)
  if (!shares) return
  const { deadline } = slotTimes(slot, state.config.slotSeconds)
  if (now >= deadline) {
    for (const [, request] of [...shares.rounds].sort(([a], [b]) => a - b)) {
      if (!request.done) answerMasks(state, epoch, shares, request, slot, now, out)
    }
  }
  const { shareRequest } = shares
  if (!shareRequest || shareRequest.done) return
  // With an empty M from our own submission on: who has sent it is owed the others' shares as much as they ours.
  if (now >= deadline || (shareRequest.members.size === 0 && state.submitted.has(slot))) {
    answerShares(state, epoch, shares, shareRequest, slot, now, out)
  }
}

function answerMasks(
  state: MeterState,
  epoch: MeterEpoch,
  shares: SlotShares,
  request: SeenRequest,
  slot: Slot,
  now: Millis,
  out: MeterOutput[]
): void {
  request.done = true
  const owed = epoch.neighbours.some(index => request.members.has(index))
  if (!isAsked(epoch, request) || !owed) return
  const reason = whyNot(state, epoch, shares, request, slot, now, 'nested-requests')
  if (reason) {
    refuse(state, epoch, request, slot, reason, out)
    return
  }
  const lanes = lanesToBytes(epoch.masks.maskTowards(slot, request.members))
  const payload = MaskReleasePayload.encode({ requestHash: request.payloadHash, lanes })
  answer(state, epoch, request, slot, MessageType.MaskRelease, payload, out)
  out.push({ type: 'released', slot })
}

function answerShares(
  state: MeterState,
  epoch: MeterEpoch,
  shares: SlotShares,
  request: SeenRequest,
  slot: Slot,
  now: Millis,
  out: MeterOutput[]
): void {
  request.done = true
  if (!isAsked(epoch, request)) return
  const reason = whyNot(state, epoch, shares, request, slot, now, 'shares-contain-answered')
  if (reason) {
    refuse(state, epoch, request, slot, reason, out)
    return
  }
  if (!epoch.privateMasks) throw new HushgridError(`epoch ${epoch.held.roster.epoch}: expected private masks with double mask`)
  const owners = shareOwners(epoch.held.roster, epoch.index, request.members)
  const payload = ShareReleasePayload.encode({
    requestHash: request.payloadHash,
    shares: epoch.privateMasks.sharesOf(slot, owners)
  })
  answer(state, epoch, request, slot, MessageType.ShareRelease, payload, out)
  out.push({ type: 'shared', slot })
}

/** Neither named as missing nor marked absent. */
function isAsked({ held, index }: MeterEpoch, { members }: SeenRequest): boolean {
  return !members.has(index) && !held.roster.isAbsent(index)
}

/** Step 3 of section 7: the rule that forbids an answer. */
function whyNot(
  state: MeterState,
  epoch: MeterEpoch,
  shares: SlotShares,
  request: SeenRequest,
  slot: Slot,
  now: Millis,
  nesting: 'nested-requests' | 'shares-contain-answered'
): RefusalReason | undefined {
  const { roster } = epoch.held
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  if (shares.conflicting) return 'a second request'
  if (now >= deadline + 7 * unit) return 'outside the request window'
  if (slot <= state.unknownThrough) return 'the journal was lost'
  if (!state.submitted.has(slot)) return 'not submitted here'
  if (shares.shareRequest?.answer && !breaks(state, 'no-masks-after-shares')) return 'shares were released already'
  const answered = [...shares.rounds.values()].filter(each => each.answer)
  if (!breaks(state, nesting) && answered.some(each => !contains(request.members, each.members)))
    return 'does not contain what was answered'
  const outside = epoch.neighbours.filter(index => !roster.isAbsent(index) && !request.members.has(index)).length
  if (outside < shareThreshold(epoch.neighbours.length) && !breaks(state, 'enough-neighbours'))
    return 'too few neighbours outside the request'
  if (roster.presentCount - request.members.size < roster.minMembers) return 'too few members outside the request'
  return undefined
}

/** On stable storage first: whatever comes of it, this kind and round are answered by these bytes and no others. */
function answer(
  state: MeterState,
  epoch: MeterEpoch,
  request: SeenRequest,
  slot: Slot,
  type: MessageType,
  payload: Uint8Array,
  out: MeterOutput[]
): void {
  const { roster } = epoch.held
  const bytes = sealEnvelope(state.config.identity, type, roster.hash, roster.epoch, slot, payload)
  request.answer = bytes
  out.push({ type: 'journal', record: { kind: 'release', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

function refuse(state: MeterState, epoch: MeterEpoch, request: SeenRequest, slot: Slot, reason: RefusalReason, out: MeterOutput[]): void {
  const { roster } = epoch.held
  const payload = RefusalPayload.encode({ requestHash: request.payloadHash, reason })
  const bytes = sealEnvelope(state.config.identity, MessageType.Refusal, roster.hash, roster.epoch, slot, payload)
  out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  out.push({ type: 'request-refused', slot, reason })
}

/** Everything that time or an own submission may have made due. */
export function answerOnTick(state: MeterState, now: Millis, out: MeterOutput[]): void {
  for (const slot of state.shares.keys()) {
    const epoch = epochOf(state, slot)
    if (epoch) answerDue(state, epoch, slot, now, out)
  }
}

function epochOf(state: MeterState, slot: Slot): MeterEpoch | undefined {
  const held = state.book.ofSlot(slot)
  return held && state.epochs.get(held.roster.epoch)
}

/** When a request that is held becomes due. */
export function sharesWakeAt(state: MeterState): Millis | undefined {
  let next: Millis | undefined
  for (const [slot, { rounds, shareRequest }] of state.shares) {
    const waits = [...rounds.values(), shareRequest].some(request => request && !request.done)
    if (waits && epochOf(state, slot)) next = earliest(next, slotTimes(slot, state.config.slotSeconds).deadline)
  }
  return next
}

/** Whether the journal holds a request beside this one that must not be: of its kind and round, or not nested with it. */
function conflictsWith(shares: SlotShares, round: number | 'shares', members: ReadonlySet<number>): boolean {
  if (round === 'shares' ? shares.shareRequest : shares.rounds.has(round)) return true
  for (const [other, request] of requestsOf(shares)) {
    const [earlier, later] = orderOf(other) < orderOf(round) ? [request.members, members] : [members, request.members]
    if (!contains(later, earlier)) return true
  }
  return false
}

/** Takes in a request or an answer of this mode from the journal. */
export function restoreShares(state: MeterState, slot: Slot, envelope: Envelope, bytes: Uint8Array, roster: Roster): void {
  const shares = sharesOf(state, slot)
  if (envelope.type === MessageType.MaskRequest || envelope.type === MessageType.ShareRequest) {
    const { round, members } = requestIn(envelope, roster)
    const payloadHash = sha256(envelope.payload)
    // Not answered before the crash, as far as is known; if it was, the record of that comes after this one.
    const request: SeenRequest = { hash: envelope.hash, bytes, payloadHash, members, published: true, done: false }
    if (conflictsWith(shares, round, members)) shares.conflicting = true
    else if (round === 'shares') shares.shareRequest = request
    else shares.rounds.set(round, request)
    return
  }
  const { requestHash } =
    envelope.type === MessageType.ShareRelease ? ShareReleasePayload.decode(envelope.payload) : MaskReleasePayload.decode(envelope.payload)
  for (const request of [...shares.rounds.values(), shares.shareRequest]) {
    if (!request || !equalBytes(request.payloadHash, requestHash)) continue
    request.done = true
    request.answer = bytes
  }
}

/** What this meter has answered in a slot, in the order of the protocol. */
export function answersOf(state: MeterState, slot: Slot): Uint8Array[] {
  const shares = state.shares.get(slot)
  if (!shares) return []
  return [...shares.rounds.values(), shares.shareRequest].flatMap(request => request?.answer ?? [])
}

/** Whether a request that everybody could see names us: then the total leaves us out by the rules, submission or not. */
export function leftOutOpenly(state: MeterState, epoch: MeterEpoch, slot: Slot): boolean {
  const shares = state.shares.get(slot)
  return (
    shares?.shareRequest?.members.has(epoch.index) === true ||
    [...(shares?.rounds.values() ?? [])].some(({ members }) => members.has(epoch.index))
  )
}
