/** Requests for recovery and what comes of them (PROTOCOL.md section 7). */
import {
  DisputePayload,
  Drop,
  type Envelope,
  encodeMemberSet,
  MaskReleasePayload,
  MessageType,
  RecoveryRequestPayload,
  RefusalPayload,
  ShareReleasePayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { equalBytes, InvalidArgumentError, lanesFromExactBytes, type Millis, millis, type Slot, slotTimes } from '@hushgrid/primitives'
import { RECOVERY, type Roster } from '../../roster/roster.ts'
import { resendOpen, slotRequest } from '../request.ts'
import { close, keyOf, missingOf } from '../slot.ts'
import type { AggregatorOutput, AggregatorState, OpenSlot, ShareCollection, SlotRequest } from '../state.ts'
import { advance, readShares, sharesOnTick, sharesWakeAt } from './double-mask.ts'

/** D + 2u: half way through the time in which a request is accepted. */
export function requestAt(slot: Slot, slotSeconds: number): number {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return deadline + 2 * unit
}

/** D + 3u: what gossip has not brought by now goes by stream, in time to be accepted. */
export function resendAt(slot: Slot, slotSeconds: number): number {
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  return deadline + 3 * unit
}

/** Asks for the masks towards the missing, once; with nobody who owes one the total is there already. */
export function requestRecovery(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  const { roster } = open.held
  if (roster.recovery !== RECOVERY['edge-release'] || open.request) return
  const members = missingOf(open)
  if (members.length === 0) return
  // Nobody would release, and whoever has sent what never came would have to dispute.
  if (roster.presentCount - members.length < roster.minMembers) {
    close(state, slot, open, out)
    return
  }
  const payload = RecoveryRequestPayload.encode({ members: encodeMemberSet(members, roster.n) })
  const bytes = sealEnvelope(state.config.identity, MessageType.RecoveryRequest, roster.hash, roster.epoch, slot, payload)
  open.request = slotRequest(roster, { bytes, payload, members, round: 0, sentAt: now, until: millis(giveUpAt(slot, roster.slotSeconds)) })
  out.push({ type: 'journal', record: { kind: 'request', slot, epoch: roster.epoch, bytes } })
  out.push({ type: 'publish', topic: 'control', bytes })
  out.push({ type: 'requested', slot, round: 0, missing: members.map(index => roster.meterId(index)) })
  closeIfAnswered(state, slot, open, out)
}

/** With edge release: publishes the result as soon as all that can come has come. */
function closeIfAnswered(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
  const { request } = open
  if (request && request.releases.size + request.refusals.size === request.owing.size) close(state, slot, open, out)
}

/** Goes on with a slot as soon as what it waits for is there. */
export function proceed(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  const { recovery, presentCount } = open.held.roster
  if (recovery === RECOVERY['double-mask']) advance(state, slot, open, now, out)
  else if (open.request) closeIfAnswered(state, slot, open, out)
  else if (open.count === presentCount) close(state, slot, open, out)
}

/** A MaskRelease, ShareRelease, Dispute or Refusal: of a member, for an open slot, properly signed. */
export function receiveAnswer(state: AggregatorState, envelope: Envelope, bytes: Uint8Array, now: Millis, out: AggregatorOutput[]): void {
  const { slot, type } = envelope
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const index = held.roster.indexOf(envelope.sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (state.book.ofSlot(slot) !== held) throw new Drop('wrong-epoch')
  const open = state.open.get(slot)
  if (!open || now >= slotTimes(slot, state.config.slotSeconds).over) throw new Drop('slot-over')
  const verified = (): void => {
    if (!verifyEnvelope(envelope, keyOf(state, envelope.sender), held.roster.hash)) throw new Drop('bad-signature')
  }
  if (type === MessageType.Dispute) {
    if (held.roster.recovery !== RECOVERY['edge-release']) throw new Drop('unexpected-type', 'no disputes in this network')
    if (open.disputers.has(index)) throw new Drop('duplicate')
    verified()
    DisputePayload.decode(envelope.payload)
    open.disputers.add(index)
    journal(slot, open, bytes, out)
    out.push({ type: 'disputed', slot, by: envelope.sender })
    return
  }
  const current = askedBy(open, envelope)
  const owes = 'survivors' in current ? current.survivors : current.owing
  if (!owes.has(index)) throw new Drop('unexpected-type', `${type} of a member that owes none`)
  const before = current.releases.get(index)
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  if (current.refusals.has(index)) throw new Drop('duplicate')
  verified()
  if (type === MessageType.Refusal) {
    const { requestHash, reason } = RefusalPayload.decode(envelope.payload)
    if (!equalBytes(requestHash, current.payloadHash)) throw new Drop('conflicting', 'expected an answer to our request')
    current.refusals.set(index, reason)
    journal(slot, open, bytes, out)
    out.push({ type: 'refused', slot, by: envelope.sender, reason })
  } else {
    const take = takeRelease(current, envelope, bytes, index, held.roster)
    if (before) {
      const what = `two releases for slot ${slot}`
      out.push({ type: 'evidence', against: envelope.sender, what, envelopes: [before.bytes, bytes] })
      throw new Drop('conflicting')
    }
    take()
    journal(slot, open, bytes, out)
    out.push({ type: type === MessageType.ShareRelease ? 'share' : 'release', slot, by: envelope.sender })
  }
  proceed(state, slot, open, now, out)
}

/** The request that an answer is to; with double mask one to a round that has ended comes late, and is nobody's fault. */
function askedBy({ request, shares, held }: OpenSlot, { type, payload }: Envelope): SlotRequest | ShareCollection {
  if (held.roster.recovery === RECOVERY['edge-release']) {
    if (!request || type === MessageType.ShareRelease) throw new Drop('unexpected-type', `${type} that nobody asked for`)
    return request
  }
  const { requestHash } =
    type === MessageType.Refusal
      ? RefusalPayload.decode(payload)
      : type === MessageType.ShareRelease
        ? ShareReleasePayload.decode(payload)
        : MaskReleasePayload.decode(payload)
  const current = type === MessageType.MaskRelease ? request : (shares ?? request)
  if (!current) throw new Drop('unexpected-type', `${type} that nobody asked for`)
  if (!equalBytes(requestHash, current.payloadHash) || (current === request && shares))
    throw new Drop('slot-over', 'a round that has ended')
  return current
}

/** Checks a MaskRelease or ShareRelease against its request; gives what counts it. */
export function takeRelease(
  current: SlotRequest | ShareCollection,
  envelope: Envelope,
  bytes: Uint8Array,
  index: number,
  roster: Roster
): () => void {
  if ('survivors' in current) {
    const shares = readShares(current, envelope, bytes, index, roster)
    return () => current.releases.set(index, shares)
  }
  const lanes = releaseLanes(envelope, current, roster)
  return () => current.releases.set(index, { hash: envelope.hash, bytes, lanes })
}

function journal(slot: Slot, open: OpenSlot, bytes: Uint8Array, out: AggregatorOutput[]): void {
  out.push({ type: 'journal', record: { kind: 'received', slot, epoch: open.held.roster.epoch, bytes } })
}

/** The lanes of a release for just this request. */
export function releaseLanes(envelope: Envelope, request: Pick<SlotRequest, 'payloadHash'>, roster: Roster) {
  const { requestHash, lanes } = MaskReleasePayload.decode(envelope.payload)
  if (!equalBytes(requestHash, request.payloadHash)) throw new Drop('conflicting', 'expected a release for our request')
  try {
    return lanesFromExactBytes(lanes, roster.lanes.length)
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('wrong-shape', cause.message)
    throw cause
  }
}

/** What time brings to an open slot. */
export function recoverOnTick(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  if (open.held.roster.recovery === RECOVERY['double-mask']) {
    sharesOnTick(state, slot, open, now, out)
    return
  }
  const { slotSeconds } = state.config
  if (now >= requestAt(slot, slotSeconds)) requestRecovery(state, slot, open, now, out)
  if (open.request && !open.request.resent && state.open.has(slot) && now >= resendAt(slot, slotSeconds)) resendOpen(open, out)
  if (state.open.has(slot) && now >= giveUpAt(slot, slotSeconds)) close(state, slot, open, out)
}

/** D + 7u: no release is sent any more, and the result still comes before the slot is over. */
export function giveUpAt(slot: Slot, slotSeconds: number): number {
  const { over, unit } = slotTimes(slot, slotSeconds)
  return over - unit
}

/** When an open slot wants a tick next for its recovery. */
export function recoveryWakeAt(slot: Slot, open: OpenSlot, slotSeconds: number): number {
  const { recovery } = open.held.roster
  if (recovery === RECOVERY['double-mask']) return sharesWakeAt(slot, open, slotSeconds)
  if (recovery !== RECOVERY['edge-release']) return giveUpAt(slot, slotSeconds)
  if (!open.request) return requestAt(slot, slotSeconds)
  return open.request.resent ? giveUpAt(slot, slotSeconds) : resendAt(slot, slotSeconds)
}
