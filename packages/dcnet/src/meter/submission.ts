/** A meter's submissions, and the results that it checks (PROTOCOL.md sections 6 and 9). */
import {
  countMemberSet,
  Drop,
  decodeMemberSet,
  type Envelope,
  inMemberSet,
  MessageType,
  MissingPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SubmissionPayload,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  ed25519Verifier,
  equalBytes,
  HushgridError,
  lanesFromExactBytes,
  lanesToBytes,
  type Millis,
  type Slot,
  sha256,
  slotAt,
  slotTimes
} from '@hushgrid/primitives'
import type { Incoming } from '../protocol/outputs.ts'
import { checkTotalPayload } from '../transcript/total.ts'
import { fromAggregator } from './epoch.ts'
import { answersOf, leftOutOpenly } from './recovery/double-mask.ts'
import { breaks, forgetOldest, type MeterOutput, type MeterState } from './state.ts'

const NO_PRIVATE_MASK = { corrections: new Uint8Array(0), check: new Uint8Array(0) }

/** Submits the slot that has just ended, once, where its reading and its epoch's masks are there. */
export function submitIfDue(state: MeterState, now: Millis, out: MeterOutput[]): void {
  const { slotSeconds, identity } = state.config
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  if (slot < 0 || slot <= state.finishedThrough) return
  const { end, deadline } = slotTimes(slot, slotSeconds)
  const reading = state.readings.get(slot)
  if (now < end || (now >= deadline && !breaks(state, 'absent-is-final')) || !reading) return
  const held = state.book.ofSlot(slot)
  const epoch = held && state.epochs.get(held.roster.epoch)
  if (!epoch || epoch.held.roster.isAbsent(epoch.index)) return
  // A roster that came late is in force for the others by now: under the one before our masks would cancel with nobody's.
  if (state.book.held.some(later => later.roster.epoch > epoch.held.roster.epoch && later.roster.firstSlot <= slot)) return
  const { roster } = epoch.held
  if (reading.length !== roster.lanes.length)
    throw new HushgridError(`reading: expected ${roster.lanes.length} lanes, got ${reading.length}`)
  const lanes = addLanes(epoch.masks.mask(slot), reading)
  const privateMask = epoch.privateMasks?.of(slot)
  if (privateMask) addLanes(lanes, privateMask.lanes)
  const { corrections, check } = privateMask ?? NO_PRIVATE_MASK
  const payload = SubmissionPayload.encode({ lanes: lanesToBytes(lanes), corrections, check })
  const bytes = sealEnvelope(identity, MessageType.Submission, roster.hash, roster.epoch, slot, payload)
  state.finishedThrough = slot
  state.readings.delete(slot)
  reading.fill(0n)
  state.submitted.set(slot, bytes)
  forgetOldest(state.submitted)
  out.push({ type: 'journal', record: { kind: 'submission', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

/** A message of ours that the journal does not know was made before a backup was restored (section 6). */
export function receiveOwn(state: MeterState, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const held = state.book.ofEpoch(envelope.epoch)
  const own = (state.config.verifier ?? ed25519Verifier)(state.config.identity.id)
  if (!held || !verifyEnvelope(envelope, own, held.roster.hash)) throw new Drop('duplicate')
  const { slot, type } = envelope
  // What was answered is forgotten once the slot is over, so that old answers would look like unknown ones.
  if (type !== MessageType.Submission && now >= slotTimes(slot, state.config.slotSeconds).over) throw new Drop('slot-over')
  const recovery = state.recoveries.get(slot)
  const known =
    type === MessageType.Submission
      ? isSame(state.submitted.get(slot), envelope) || (slot <= state.finishedThrough && !state.submitted.has(slot))
      : type === MessageType.Dispute
        ? isSame(recovery?.ownDispute, envelope)
        : type === MessageType.MaskRelease || type === MessageType.ShareRelease
          ? isSame(recovery?.release, envelope) || answersOf(state, slot).some(bytes => isSame(bytes, envelope))
          : true
  if (!known) rollBack(state, slot, now, out)
}

function isSame(bytes: Uint8Array | undefined, envelope: Envelope): boolean {
  return bytes !== undefined && equalBytes(sha256(bytes), envelope.hash)
}

/** From here on every slot up to the one that ends next counts as possibly submitted and finished (section 6). */
export function rollBack(state: MeterState, slot: Slot, now: Millis, out: MeterOutput[]): void {
  const through = Math.max(slot, slotAt(now, state.config.slotSeconds)) as Slot
  if (through <= state.unknownThrough) return
  state.unknownThrough = through
  state.finishedThrough = Math.max(state.finishedThrough, through)
  state.readings.clear()
  for (const recovery of state.recoveries.values()) recovery.answered = true
  out.push({ type: 'journal-rolled-back', through })
}

/** The aggregator says who is not in yet: until the deadline the same bytes may go again, over a stream. */
export function receiveMissing(state: MeterState, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const epoch = fromAggregator(state, envelope)
  const missing = MissingPayload.decode(envelope.payload).members
  countMemberSet(missing, epoch.held.roster.n)
  const { slot } = envelope
  const bytes = state.submitted.get(slot)
  if (!bytes || slot <= state.hintedThrough || !inMemberSet(missing, epoch.index)) return
  if (now >= slotTimes(slot, state.config.slotSeconds).deadline) return
  state.hintedThrough = slot
  out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
}

/** The aggregator has been away: what it has not acknowledged goes again, the same bytes, while it may go. */
export function sendAgain(state: MeterState, now: Millis, out: MeterOutput[]): void {
  const again = (bytes: Uint8Array): void => {
    out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  }
  for (const [slot, bytes] of state.submitted) {
    if (!state.results.has(slot) && now < slotTimes(slot, state.config.slotSeconds).deadline) again(bytes)
  }
  for (const [slot, { release, ownDispute }] of state.recoveries) {
    const { deadline, unit, over } = slotTimes(slot, state.config.slotSeconds)
    if (state.results.has(slot)) continue
    if (release && now < deadline + 7 * unit) again(release)
    if (ownDispute && now < over) again(ownDispute)
  }
  for (const slot of state.shares.keys()) {
    const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
    if (!state.results.has(slot) && now < deadline + 7 * unit) for (const answer of answersOf(state, slot)) again(answer)
  }
}

/** A SlotTotal or SlotLost: the first of a slot counts, a second one is evidence. */
export function receiveResult(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const before = state.results.get(envelope.slot)
  if (before && equalBytes(before.envelope.hash, envelope.hash)) throw new Drop('duplicate')
  const epoch = fromAggregator(state, envelope)
  const { roster } = epoch.held
  if (before) {
    out.push({
      type: 'evidence',
      against: envelope.sender,
      what: `two results for slot ${envelope.slot}`,
      envelopes: [before.bytes, input.bytes]
    })
    throw new Drop('conflicting')
  }
  const { end, unit, over } = slotTimes(envelope.slot, roster.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  // Whoever keeps old results could otherwise bring them up again once they are forgotten here.
  if (now >= over) throw new Drop('slot-over')
  if (envelope.type === MessageType.SlotLost) {
    const lost = SlotLostPayload.decode(envelope.payload)
    const members = decodeMemberSet(lost.members, roster.n).map(index => roster.meterId(index))
    remember(state, envelope, input.bytes)
    out.push({ type: 'lost', slot: envelope.slot, epoch: envelope.epoch, reason: lost.reason, members })
    return
  }
  const total = SlotTotalPayload.decode(envelope.payload)
  const { contributors, missing } = checkTotalPayload(total, roster)
  const counted = inMemberSet(total.contributors, epoch.index)
  const sent = state.submitted.has(envelope.slot)
  if (counted && !sent && envelope.slot > state.finishedThrough) {
    out.push({ type: 'misreported', slot: envelope.slot, detail: 'the total counts this meter, which sent nothing' })
  } else if (!counted && sent && !leftOutOpenly(state, epoch, envelope.slot)) {
    out.push({ type: 'misreported', slot: envelope.slot, detail: 'the total leaves out what this meter sent' })
  }
  remember(state, envelope, input.bytes)
  out.push({
    type: 'total',
    slot: envelope.slot,
    epoch: envelope.epoch,
    contributors,
    missing: missing.map(index => roster.meterId(index)),
    lanes: lanesFromExactBytes(total.lanes, roster.lanes.length)
  })
}

function remember(state: MeterState, envelope: Envelope, bytes: Uint8Array): void {
  state.results.set(envelope.slot, { envelope, bytes })
  forgetOldest(state.results)
}
