// A meter's submissions, and the results that it checks (PROTOCOL.md sections 6 and 9).
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
  type LaneVector,
  lanesToBytes,
  type Slot,
  sha256,
  signedLanes,
  slotAt,
  slotTimes,
  u64
} from '@hushgrid/primitives'
import type { MisreportKind } from '../protocol/findings.ts'
import type { Incoming } from '../protocol/outputs.ts'
import type { HeldRoster } from '../roster/book.ts'
import { pickLanes } from '../roster/mask-graph.ts'
import type { Roster } from '../roster/roster.ts'
import { withheldIn } from '../transcript/lane-counts.ts'
import { checkTotalPayload, codesOf } from '../transcript/total.ts'
import { forgetOldest, type MeterContext, type MeterEpoch, type PendingReading } from './core.ts'
import { fromAggregator } from './epoch.ts'
import { isHeldBack } from './held-back.ts'
import { recoveryIn } from './recoveries.ts'
import type { MeterState } from './state.ts'

const NO_PRIVATE_MASK = { corrections: new Uint8Array(0), check: new Uint8Array(0), tags: new Uint8Array(0) }

/** Submits the slot that has just ended, once, where its reading and its epoch's masks are there. */
export function submitIfDue(context: MeterContext): void {
  const { state, now, out } = context
  const { slotSeconds, identity } = state.config
  if (!state.clock.known) return
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  if (slot < 0 || slot <= state.finishedThrough) return
  const { end, deadline } = slotTimes(slot, slotSeconds)
  const pending = state.readings.get(slot)
  if (now < end || (now >= deadline && state.rules.absentIsFinal) || !pending) return
  const held = state.book.ofSlot(slot)
  const epoch = held && state.epochs.get(held.roster.epoch)
  if (!epoch || epoch.held.roster.isAbsent(epoch.index) || isHeldBack(state, epoch.held.roster.epoch, slot)) return
  // A late roster is in force for the others by now: masks under the one before would cancel with nobody's.
  if (state.book.held.some(later => later.roster.epoch > epoch.held.roster.epoch && later.roster.firstSlot <= slot)) return
  const { roster } = epoch.held
  const reading = readingFor({ ...context, roster, slot }, pending)
  if (!reading) return
  // A lane that the roster says it cannot fill is masked and submitted all the same.
  roster.lanes.forEach((_, lane) => {
    if (!roster.canFill(epoch.index, lane)) reading[lane] = 0n
  })
  const lanes = addLanes(epoch.masks.mask(slot), reading)
  const privateMask = epoch.privateMasks?.of(slot)
  if (privateMask) addLanes(lanes, privateMask.lanes)
  const { corrections, check, tags } = privateMask ?? NO_PRIVATE_MASK
  const payload = SubmissionPayload.encode({ lanes: lanesToBytes(lanes), corrections, check, tags })
  const bytes = sealEnvelope(identity, MessageType.Submission, roster.hash, roster.epoch, slot, payload)
  state.finishedThrough = slot
  state.sent.add(slot)
  state.readings.delete(slot)
  reading.fill(0n)
  state.submitted.set(slot, bytes)
  forgetOldest(state.submitted)
  out.push({ type: 'journal', record: { kind: 'submission', slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

/** A slot with its roster, in one step. */
interface ReadingContext extends MeterContext {
  readonly roster: Roster
  readonly slot: Slot
}

/** Gives a reading in a roster's lanes; one that lacks a lane, or shows too much in one, is a gap, and is wiped. */
function readingFor({ state, out, roster, slot }: ReadingContext, { lanes, codes }: PendingReading): LaneVector | undefined {
  const expected = (codes ?? roster.lanes).length
  if (lanes.length !== expected) throw new HushgridError(`reading: expected ${expected} lanes, got ${lanes.length}`)
  const values = signedLanes(lanes)
  const read = roster.lanes.map(({ obis }, lane) => (codes ? codes.indexOf(obis) : lane))
  const unread = roster.lanes.find((_, lane) => (read[lane] as number) < 0)
  const beyond = roster.lanes.find(({ maxReading }, lane) => Math.abs(Number(values[read[lane] as number])) > maxReading)
  const reading = unread || (beyond && state.rules.maxReading) ? undefined : pickLanes(lanes, read)
  if (!reading) state.readings.delete(slot)
  if (unread) out.push({ type: 'lane-unread', slot, lane: unread.obis })
  else if (beyond && !reading) out.push({ type: 'beyond-max', slot, lane: beyond.obis })
  lanes.fill(0n)
  return reading
}

/** Takes in a message of ours that came back: one that the journal does not have shows that a backup was restored (section 6). */
export function receiveOwn(context: MeterContext<MeterState>, envelope: Envelope): void {
  const { state, now } = context
  const held = state.book.ofEpoch(envelope.epoch)
  const own = (state.config.verifier ?? ed25519Verifier)(state.config.identity.id)
  if (!held || !verifyEnvelope(envelope, own, held.roster.hash)) throw new Drop('duplicate')
  const { slot, type } = envelope
  // Answers are forgotten once their slot is over, so old ones would look unknown.
  if (type !== MessageType.Submission && now >= slotTimes(slot, state.config.slotSeconds).over) throw new Drop('slot-over')
  if (!isKnown(state, envelope)) rollBack(context, slot)
}

/** Answers to requests, which the journal keeps; an own message of another type proves nothing. */
const ANSWERS: ReadonlySet<MessageType> = new Set([
  MessageType.MaskWord,
  MessageType.MaskRelease,
  MessageType.ShareRelease,
  MessageType.Dispute
])

/** Tells whether an own message is one that the journal has. */
function isKnown(state: MeterState, envelope: Envelope): boolean {
  const { slot, type } = envelope
  if (type === MessageType.Submission)
    return isSame(state.submitted.get(slot), envelope) || (slot <= state.finishedThrough && !state.submitted.has(slot))
  if (!ANSWERS.has(type)) return true
  const { slotSeconds } = state.config
  for (const recovery of state.recoveries.values())
    for (const said of recovery.said(slotSeconds)) if (said.slot === slot && isSame(said.bytes, envelope)) return true
  return false
}

function isSame(bytes: Uint8Array | undefined, envelope: Envelope): boolean {
  return bytes !== undefined && equalBytes(sha256(bytes), envelope.hash)
}

/** Counts every slot up to the one that ends next as possibly submitted, and finished (section 6). */
export function rollBack({ state, now, out }: MeterContext<MeterState>, slot: Slot): void {
  const through = Math.max(slot, slotAt(now, state.config.slotSeconds)) as Slot
  if (through <= state.unknownThrough) return
  state.unknownThrough = through
  state.finishedThrough = Math.max(state.finishedThrough, through)
  state.readings.clear()
  for (const recovery of state.recoveries.values()) recovery.giveUp()
  out.push({ type: 'journal-rolled-back', through })
}

/** Sends the same submission again, over a stream, where the aggregator says before the deadline that it is not in. */
export function receiveMissing({ state, now, out }: MeterContext, envelope: Envelope): void {
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

/** Sends the same bytes again to an aggregator that has been away, as long as it can use them. */
export function sendAgain({ state, now, out }: MeterContext<MeterState>): void {
  const again = (bytes: Uint8Array): void => {
    out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  }
  const { slotSeconds } = state.config
  for (const [slot, bytes] of state.submitted) {
    if (!state.results.has(slot) && now < slotTimes(slot, slotSeconds).deadline) again(bytes)
  }
  for (const recovery of state.recoveries.values()) {
    for (const { slot, bytes, until } of recovery.said(slotSeconds)) if (!state.results.has(slot) && now < until) again(bytes)
  }
}

/**
 * Takes in the first SlotTotal or SlotLost of a slot, also of one that is over, as after a restart of the aggregator; a second
 * one is evidence.
 */
export function receiveResult(context: MeterContext<MeterState>, input: Incoming, envelope: Envelope): void {
  const { state, now, out } = context
  const { slot } = envelope
  const before = state.results.get(slot)
  if (before && equalBytes(before.envelope.hash, envelope.hash)) throw new Drop('duplicate')
  const epoch = state.epochs.get(envelope.epoch) ? fromAggregator(state, envelope) : undefined
  const held = epoch?.held ?? heldOf(state, envelope)
  if (before) {
    out.push({ type: 'evidence', against: envelope.sender, what: { kind: 'two-results', slot }, envelopes: [before.bytes, input.bytes] })
    throw new Drop('conflicting')
  }
  const { end, unit } = slotTimes(slot, held.roster.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  // A result that is forgotten here could otherwise be brought up again.
  if (state.resulted.may(slot)) throw new Drop('slot-over')
  if (envelope.type === MessageType.SlotLost) takeLost(context, held, envelope)
  else takeTotal(context, held, epoch, envelope)
  state.resulted.add(slot)
  state.results.set(slot, { envelope, bytes: input.bytes })
  forgetOldest(state.results)
}

/** Gives the roster of a result whose epoch's keys are erased. @throws Drop unless it is the aggregator's */
function heldOf(state: MeterState, envelope: Envelope): HeldRoster {
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const { aggregatorKey, hash } = held.roster
  if (state.book.ofSlot(envelope.slot) !== held) throw new Drop('wrong-epoch')
  if (envelope.sender !== aggregatorKey) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, (state.config.verifier ?? ed25519Verifier)(aggregatorKey), hash)) throw new Drop('bad-signature')
  return held
}

function takeLost({ out }: MeterContext, { roster }: HeldRoster, { slot, epoch, payload }: Envelope): void {
  const { reason, members } = SlotLostPayload.decode(payload)
  const named = decodeMemberSet(members, roster.n).map(index => roster.meterId(index))
  out.push({ type: 'lost', slot, epoch, reason, members: named })
}

/** Tells a total, and whether it misreports this meter. */
function takeTotal({ state, out }: MeterContext<MeterState>, held: HeldRoster, epoch: MeterEpoch | undefined, envelope: Envelope): void {
  const { slot } = envelope
  const { roster } = held
  const total = SlotTotalPayload.decode(envelope.payload)
  const { contributors, missing, lanes, open } = checkTotalPayload(total, roster)
  const kind = epoch && misreport(state, epoch, slot, inMemberSet(total.contributors, epoch.index))
  if (kind) out.push({ type: 'misreported', slot, kind })
  if (state.attendance.note(slot, contributors))
    out.push({ type: 'journal', record: { kind: 'attendance', slot, bytes: u64(contributors) } })
  out.push({
    type: 'total',
    slot,
    epoch: envelope.epoch,
    contributors,
    missing: missing.map(index => roster.meterId(index)),
    lanes,
    open: codesOf(roster, open),
    withheld: withheldIn(held, state.config.networkLanes, new Set(missing))
  })
}

/** Gives the way in which a total misreports this meter, where it does. */
function misreport(state: MeterState, epoch: MeterEpoch, slot: Slot, counted: boolean): MisreportKind | undefined {
  const sent = state.submitted.has(slot)
  if (counted) return !sent && slot > state.finishedThrough ? 'counted-unsent' : undefined
  return sent && !recoveryIn(state, epoch.held.roster).leavesOut(epoch, slot) ? 'left-out' : undefined
}
