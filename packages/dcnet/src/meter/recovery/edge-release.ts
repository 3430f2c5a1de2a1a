/**
 * A meter's part in the recovery of a slot with missing members (PROTOCOL.md section 7, recovery 1): it passes requests
 * on, disputes where it is named wrongly, and releases its masks towards the missing after the dispute window.
 */
import { earliest } from '@hushgrid/machine'
import {
  DisputePayload,
  DisputeReply,
  Drop,
  decodeMemberSet,
  type Envelope,
  MaskReleasePayload,
  MessageType,
  RecoveryRequestPayload,
  RefusalPayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  ed25519Verifier,
  equalBytes,
  lanesToBytes,
  type MeterId,
  type Millis,
  millis,
  type Slot,
  sha256,
  slotTimes,
  toHex
} from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import type { Incoming } from '../../protocol/outputs.ts'
import { RECOVERY } from '../../roster/roster.ts'
import { fromAggregator } from '../epoch.ts'
import {
  breaks,
  forgetOldest,
  type MeterEpoch,
  type MeterOutput,
  type MeterState,
  type RefusalReason,
  type SlotRecovery
} from '../state.ts'

/** Envelopes that may be on their way to neighbours at once. */
const MOST_DELIVERIES = 1024

/** The recovery of a slot, begun where nothing is known of it yet. */
export function recoveryOf(state: MeterState, slot: Slot): SlotRecovery {
  let recovery = state.recoveries.get(slot)
  if (!recovery) {
    recovery = {
      early: false,
      conflicting: false,
      disputed: false,
      disputers: new Set(),
      absent: false,
      answered: false,
      restored: false
    }
    state.recoveries.set(slot, recovery)
    forgetOldest(state.recoveries)
  }
  return recovery
}

/** Whether this meter may have submitted for a slot, as far as its journal tells. */
function maySubmitOrHave(state: MeterState, slot: Slot, now: Millis): boolean {
  if (slot <= state.unknownThrough || now < slotTimes(slot, state.config.slotSeconds).deadline) return true
  return state.submitted.has(slot) || (slot <= state.finishedThrough && state.recoveries.get(slot)?.absent !== true)
}

/** A RecoveryRequest, whoever brought it. */
export function receiveRequest(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const epoch = fromAggregator(state, envelope, true)
  const { roster } = epoch.held
  if (roster.recovery !== RECOVERY['edge-release']) throw new Drop('unexpected-type', 'no releases in this network')
  const { slot } = envelope
  const { end, unit, deadline, over } = slotTimes(slot, roster.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (now >= over && !breaks(state, 'window-end')) throw new Drop('slot-over')
  const members = decodeMemberSet(RecoveryRequestPayload.decode(envelope.payload).members, roster.n)
  if (members.length === 0 || members.some(index => roster.isAbsent(index))) throw new Drop('wrong-shape', 'expected present members')
  const recovery = recoveryOf(state, slot)
  const named = members.includes(epoch.index)
  const request = { hash: envelope.hash, bytes: input.bytes, payloadHash: sha256(envelope.payload), members }
  // A dispute comes before everything else: no conflict, earlier answer or window silences it.
  // We are no part of a slot whose roster came late, but may have been before a restart.
  if (!named && slot < epoch.held.from) throw new Drop('wrong-epoch')
  if (named) beNamed(state, recovery, epoch, request, slot, now, out)
  if (recovery.request) {
    if (equalBytes(recovery.request.hash, envelope.hash)) {
      acknowledge(input, envelope, out)
      if (recovery.restored && !recovery.answered && !named) refuse(state, recovery, epoch, slot, 'restarted since the request', out)
      throw new Drop('duplicate')
    }
    if (!recovery.conflicting) {
      const what = `two requests for slot ${slot}`
      out.push({ type: 'evidence', against: envelope.sender, what, envelopes: [recovery.request.bytes, input.bytes] })
      // So that the others refuse as well, and the registrar sees whose fault it is.
      if (input.channel !== 'control') out.push({ type: 'publish', topic: 'control', bytes: input.bytes })
    }
    recovery.conflicting = true
    if (!breaks(state, 'once-per-slot')) throw new Drop('conflicting')
    // Whoever answers twice answers the first one too.
    if (recovery.releaseAt !== undefined) recovery.releaseAt = now
    releaseIfDue(state, recovery, epoch, slot, now, out)
    recovery.answered = false
  }
  recovery.request = request
  out.push({ type: 'journal', record: { kind: 'request', slot, bytes: input.bytes } })
  acknowledge(input, envelope, out)
  if (now < deadline + unit && !breaks(state, 'window-end')) recovery.early = true
  else acceptRequest(state, recovery, epoch, slot, input.channel === 'control', now, out)
}

/** A request names us: it is disputed, or we are absent for good. */
function beNamed(
  state: MeterState,
  recovery: SlotRecovery,
  epoch: MeterEpoch,
  request: NonNullable<SlotRecovery['request']>,
  slot: Slot,
  now: Millis,
  out: MeterOutput[]
): void {
  if (maySubmitOrHave(state, slot, now)) {
    if (!breaks(state, 'dispute')) dispute(state, recovery, epoch, request.payloadHash, slot, now, out)
  } else if (!recovery.absent && !breaks(state, 'absent-is-final')) {
    recovery.absent = true
    state.finishedThrough = Math.max(state.finishedThrough, slot)
    state.readings.delete(slot)
    out.push({ type: 'journal', record: { kind: 'absent', slot, bytes: new Uint8Array(0) } })
  }
}

function dispute(
  state: MeterState,
  recovery: SlotRecovery,
  epoch: MeterEpoch,
  requestHash: Uint8Array,
  slot: Slot,
  now: Millis,
  out: MeterOutput[]
): void {
  const { roster } = epoch.held
  recovery.disputed = true
  if (!recovery.ownDispute) {
    const payload = DisputePayload.encode({ requestHash })
    recovery.ownDispute = sealEnvelope(state.config.identity, MessageType.Dispute, roster.hash, roster.epoch, slot, payload)
    recovery.disputers.add(state.config.identity.id)
    out.push({ type: 'journal', record: { kind: 'dispute', slot, bytes: recovery.ownDispute } })
    out.push({ type: 'publish', topic: 'control', bytes: recovery.ownDispute })
    out.push({ type: 'disputed', slot })
  }
  // One dispute speaks against every request of the slot: whoever has it heeds it, whatever its requestHash.
  const { over } = slotTimes(slot, roster.slotSeconds)
  for (const index of epoch.neighbours) if (!roster.isAbsent(index)) deliver(state, epoch, index, recovery.ownDispute, millis(over), now)
}

/** The request is within its window: pass it on, then wait for disputes. */
export function acceptRequest(
  state: MeterState,
  recovery: SlotRecovery,
  epoch: MeterEpoch,
  slot: Slot,
  cameByControl: boolean,
  now: Millis,
  out: MeterOutput[]
): void {
  const { request } = recovery
  if (!request) return
  recovery.early = false
  const { roster } = epoch.held
  const { unit, deadline } = slotTimes(slot, roster.slotSeconds)
  const late = now >= deadline + 4 * unit && !breaks(state, 'window-end')
  const owed = epoch.neighbours.filter(index => request.members.includes(index))
  if (!late && !breaks(state, 'pass-on')) {
    // Those who are named hear of it from their neighbours even where the aggregator keeps it from them.
    for (const index of owed) deliver(state, epoch, index, request.bytes, millis(now + 2 * unit), now)
  }
  // A late one is no use to anybody, but where it names us it tells the registrar why we dispute.
  const told = !late || request.members.includes(epoch.index)
  if (told && !cameByControl && !breaks(state, 'pass-on')) out.push({ type: 'publish', topic: 'control', bytes: request.bytes })
  if (request.members.includes(epoch.index) || roster.isAbsent(epoch.index) || owed.length === 0) return
  const reason = late ? 'outside the request window' : whyNotRelease(state, epoch, request.members, slot)
  if (reason) refuse(state, recovery, epoch, slot, reason, out)
  else {
    recovery.releaseAt = breaks(state, 'dispute-window') ? now : millis(now + 2 * unit)
    releaseIfDue(state, recovery, epoch, slot, now, out)
  }
}

function whyNotRelease(state: MeterState, epoch: MeterEpoch, members: readonly number[], slot: Slot): RefusalReason | undefined {
  const { roster } = epoch.held
  if (slot <= state.unknownThrough) return 'the journal was lost'
  if (!state.submitted.has(slot)) return 'not submitted here'
  const outside = epoch.neighbours.filter(index => !roster.isAbsent(index) && !members.includes(index)).length
  if (outside < releaseThreshold(epoch.neighbours.length) && !breaks(state, 'enough-neighbours'))
    return 'too few neighbours outside the request'
  if (roster.presentCount - members.length < roster.minMembers) return 'too few members outside the request'
  return undefined
}

function releaseIfDue(state: MeterState, recovery: SlotRecovery, epoch: MeterEpoch, slot: Slot, now: Millis, out: MeterOutput[]): void {
  const { request, releaseAt } = recovery
  if (!request || releaseAt === undefined || now < releaseAt || recovery.answered) return
  const { identity, slotSeconds } = state.config
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  if (recovery.disputed && !breaks(state, 'heed-dispute')) refuse(state, recovery, epoch, slot, 'a member disputes', out)
  else if (recovery.conflicting && !breaks(state, 'once-per-slot')) refuse(state, recovery, epoch, slot, 'a second request', out)
  else if (now >= deadline + 7 * unit && !breaks(state, 'window-end'))
    refuse(state, recovery, epoch, slot, 'outside the request window', out)
  else {
    const { roster } = epoch.held
    const lanes = epoch.masks.maskTowards(slot, request.members)
    const payload = MaskReleasePayload.encode({ requestHash: request.payloadHash, lanes: lanesToBytes(lanes) })
    const bytes = sealEnvelope(identity, MessageType.MaskRelease, roster.hash, roster.epoch, slot, payload)
    recovery.answered = true
    recovery.release = bytes
    out.push({ type: 'journal', record: { kind: 'release', slot, bytes } })
    out.push({ type: 'publish', topic: 'readings', bytes })
    out.push({ type: 'released', slot })
  }
}

/** Says why a release that is owed does not come; the aggregator counts it and names it in its result. */
function refuse(state: MeterState, recovery: SlotRecovery, epoch: MeterEpoch, slot: Slot, reason: RefusalReason, out: MeterOutput[]): void {
  if (recovery.answered || !recovery.request) return
  recovery.answered = true
  const { roster } = epoch.held
  const payload = RefusalPayload.encode({ requestHash: recovery.request.payloadHash, reason })
  const bytes = sealEnvelope(state.config.identity, MessageType.Refusal, roster.hash, roster.epoch, slot, payload)
  out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  out.push({ type: 'request-refused', slot, reason })
}

/** A Dispute by any member: nothing is released for the slot from then on. */
export function receiveDispute(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const { slot, sender } = envelope
  const epoch = state.epochs.get(envelope.epoch)
  if (!epoch) throw new Drop('unknown-epoch')
  const { roster } = epoch.held
  if (state.book.ofSlot(slot) !== epoch.held) throw new Drop('wrong-epoch')
  if (roster.recovery !== RECOVERY['edge-release']) throw new Drop('unexpected-type', 'no disputes in this network')
  if (roster.indexOf(sender) === undefined) throw new Drop('unknown-sender')
  const { end, unit, over } = slotTimes(slot, roster.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (now >= over) throw new Drop('slot-over')
  const known = state.recoveries.get(slot)?.disputers.has(sender) === true
  if (!verifyEnvelope(envelope, (state.config.verifier ?? ed25519Verifier)(sender), roster.hash)) throw new Drop('bad-signature')
  DisputePayload.decode(envelope.payload)
  if (known) {
    acknowledge(input, envelope, out)
    throw new Drop('duplicate')
  }
  const recovery = recoveryOf(state, slot)
  // One is enough to keep from releasing; the journal need not grow with more.
  if (!recovery.disputed) out.push({ type: 'journal', record: { kind: 'dispute', slot, bytes: input.bytes } })
  recovery.disputed = true
  recovery.disputers.add(sender)
  acknowledge(input, envelope, out)
}

/** What came on the dispute stream is journalled by now and may be acknowledged. */
function acknowledge(input: Incoming, envelope: Envelope, out: MeterOutput[]): void {
  if (input.channel !== 'dispute') return
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: envelope.hash, envelope: new Uint8Array(0) }) })
}

function deliver(state: MeterState, epoch: MeterEpoch, index: number, bytes: Uint8Array, until: Millis, now: Millis): void {
  const to = epoch.held.roster.meterId(index)
  const key = deliveryKey(to, sha256(bytes))
  if (state.deliveries.has(key) || state.deliveries.size >= MOST_DELIVERIES || state.acknowledged.has(key)) return
  state.deliveries.set(key, { to, address: epoch.held.addresses[index] ?? '', bytes, until, nextAt: now })
}

/** Names a delivery, and an acknowledgement. */
export function deliveryKey(to: MeterId, hash: Uint8Array): string {
  return `${to}${toHex(hash)}`
}

/** What time brings: early requests, releases, and deliveries that were not acknowledged. */
export function recoverOnTick(state: MeterState, now: Millis, out: MeterOutput[]): void {
  for (const [slot, recovery] of state.recoveries) {
    const held = state.book.ofSlot(slot)
    const epoch = held && state.epochs.get(held.roster.epoch)
    const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
    if (!epoch) continue
    if (recovery.early && now >= deadline + unit) acceptRequest(state, recovery, epoch, slot, false, now, out)
    releaseIfDue(state, recovery, epoch, slot, now, out)
  }
}

/** Sends what is due to neighbours; what is past its time is given up. */
export function deliverDue(state: MeterState, now: Millis, out: MeterOutput[]): void {
  if (state.deliveries.size === 0) return
  const pause = slotTimes(0 as Slot, state.config.slotSeconds).unit / 2
  for (const [key, delivery] of state.deliveries) {
    if (now >= delivery.until) state.deliveries.delete(key)
    else if (now >= delivery.nextAt) {
      delivery.nextAt = millis(Math.ceil(now + pause))
      out.push({ type: 'deliver', to: delivery.to, address: delivery.address, bytes: delivery.bytes })
    }
  }
}

/** When recovery wants a tick next. */
export function recoveryWakeAt(state: MeterState): Millis | undefined {
  let next: Millis | undefined
  for (const [slot, recovery] of state.recoveries) {
    const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
    next = earliest(next, recovery.early ? deadline + unit : undefined, recovery.answered ? undefined : recovery.releaseAt)
  }
  for (const delivery of state.deliveries.values()) next = earliest(next, Math.min(delivery.nextAt, delivery.until))
  return next
}
