/** Requests for recovery and what comes of them (PROTOCOL.md section 7, recovery 1). */
import {
  DisputePayload,
  type Envelope,
  encodeMemberSet,
  MaskReleasePayload,
  MessageType,
  RecoveryRequestPayload,
  RefusalPayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { equalBytes, InvalidArgumentError, lanesFromExactBytes, type Millis, type Slot, sha256, slotTimes } from '@hushgrid/primitives'
import { close, finishIfComplete, keyOf, missingOf } from './aggregator-slot.ts'
import type { AggregatorOutput, AggregatorState, OpenSlot, SlotRequest } from './aggregator-state.ts'
import { owingRelease } from './owing.ts'
import { Drop } from './receive.ts'
import { RECOVERY, type Roster } from './roster.ts'

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
export function requestRecovery(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
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
  open.request = slotRequest(roster, bytes, payload, members)
  out.push({ type: 'journal', record: { kind: 'request', slot, epoch: roster.epoch, bytes } })
  out.push({ type: 'publish', topic: 'control', bytes })
  out.push({ type: 'requested', slot, missing: members.map(index => roster.meterId(index)) })
  finishIfComplete(state, slot, open, out)
}

export function slotRequest(roster: Roster, bytes: Uint8Array, payload: Uint8Array, members: readonly number[]): SlotRequest {
  return {
    bytes,
    hash: sha256(bytes),
    payloadHash: sha256(payload),
    members,
    owing: owingRelease(roster, members),
    releases: new Map(),
    refusals: new Map(),
    resent: false
  }
}

/** Sends the request again, by stream, to whoever still owes an answer. */
export function resendRequest(open: OpenSlot, out: AggregatorOutput[]): void {
  const { request, held } = open
  if (!request) return
  request.resent = true
  for (const index of request.owing) {
    if (!request.releases.has(index) && !request.refusals.has(index)) {
      out.push({ type: 'send', to: held.roster.meterId(index), bytes: request.bytes })
    }
  }
}

/** A MaskRelease, Dispute or Refusal: of a member, for an open slot, properly signed. */
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
    if (open.disputers.has(index)) throw new Drop('duplicate')
    verified()
    DisputePayload.decode(envelope.payload)
    open.disputers.add(index)
    journal(slot, open, bytes, out)
    out.push({ type: 'disputed', slot, by: envelope.sender })
    return
  }
  const { request } = open
  if (!request?.owing.has(index)) throw new Drop('unexpected-type', `${type} of a member that owes none`)
  const before = request.releases.get(index)
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  if (request.refusals.has(index)) throw new Drop('duplicate')
  verified()
  if (type === MessageType.Refusal) {
    const { requestHash, reason } = RefusalPayload.decode(envelope.payload)
    if (!equalBytes(requestHash, request.payloadHash)) throw new Drop('conflicting', 'expected an answer to our request')
    request.refusals.set(index, reason)
    journal(slot, open, bytes, out)
    out.push({ type: 'refused', slot, by: envelope.sender, reason })
  } else {
    const release = releaseLanes(envelope, request, held.roster)
    if (before) {
      const what = `two releases for slot ${slot}`
      out.push({ type: 'evidence', against: envelope.sender, what, envelopes: [before.bytes, bytes] })
      throw new Drop('conflicting')
    }
    request.releases.set(index, { hash: envelope.hash, bytes, lanes: release })
    journal(slot, open, bytes, out)
    out.push({ type: 'release', slot, by: envelope.sender })
  }
  finishIfComplete(state, slot, open, out)
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

/** What time brings to an open slot after its deadline. */
export function recoverOnTick(state: AggregatorState, slot: Slot, open: OpenSlot, now: Millis, out: AggregatorOutput[]): void {
  const { slotSeconds } = state.config
  if (now >= requestAt(slot, slotSeconds)) requestRecovery(state, slot, open, out)
  if (open.request && !open.request.resent && state.open.has(slot) && now >= resendAt(slot, slotSeconds)) resendRequest(open, out)
  if (state.open.has(slot) && now >= giveUpAt(slot, slotSeconds)) close(state, slot, open, out)
}

/** D + 7u: no release is sent any more, and the result still comes before the slot is over. */
export function giveUpAt(slot: Slot, slotSeconds: number): number {
  const { over, unit } = slotTimes(slot, slotSeconds)
  return over - unit
}

/** When an open slot wants a tick next for its recovery. */
export function recoveryWakeAt(slot: Slot, open: OpenSlot, slotSeconds: number): number {
  if (open.held.roster.recovery !== RECOVERY['edge-release']) return giveUpAt(slot, slotSeconds)
  if (!open.request) return requestAt(slot, slotSeconds)
  return open.request.resent ? giveUpAt(slot, slotSeconds) : resendAt(slot, slotSeconds)
}
