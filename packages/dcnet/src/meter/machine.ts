/**
 * The meter of PROTOCOL.md as a state machine without I/O.
 *
 * - `createMeter` comes first, with all that the journal holds. Then `stepMeter` comes with each input and the protocol
 *   time, never two at once. The state handed in is used up; the one handed back is the meter.
 * - Inputs: a message of any peer on a channel; a tick at `wakeAt` or later; the household's reading of a slot, before or
 *   after the slot's end; `enrol`, `join` and `leave`, which ask the registrar; `acknowledged`, what came of a delivery;
 *   `aggregator-back`, when it is connected again. They may interleave in any way, and come twice.
 * - A step does not throw, whatever the network brings; it throws where the owner is wrong, as with a reading that has
 *   another number of lanes than the roster.
 * - Outputs are carried out in order. A `journal` output is on stable storage before the next is carried out: a meter that
 *   crashes between the two has said what it was about to say. It sends those bytes again, never others for the same slot
 *   and request. What has no record, as a refusal, may be lost or said twice.
 * - Its `now` is the protocol clock, which answers of the registrar move (`protocol-clock.ts`): at the end of a step with a
 *   `clock-adjusted` output that much has passed, or is to come again. While the time is not known it submits nothing.
 * - A journal that is lost or rolled back silences the meter for the slots that it may have forgotten, since a second
 *   submission or release could uncover a reading.
 */
import { earliest, type Step } from '@hushgrid/machine'
import { Drop, DropCounter, decodeEnvelope, type Envelope, MessageType } from '@hushgrid/messages'
import { ed25519Verifier, type Millis, meterId, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { Incoming } from '../protocol/outputs.ts'
import { clockWakeAt, protocolClock, receiveTime } from '../protocol/protocol-clock.ts'
import { receiving } from '../protocol/receive.ts'
import { Attendance } from '../roster/attendance.ts'
import { RosterBook } from '../roster/book.ts'
import { DEFAULT_FLOORS } from '../roster/policy.ts'
import type { MeterConfig, MeterInput, MeterOutput } from './contract.ts'
import { forgetOldest, type MeterContext } from './core.ts'
import { deliverDue, deliveriesWakeAt, noteAcknowledged } from './deliveries.ts'
import { answerEdge } from './edges.ts'
import { letGo, restoreHeldBack } from './held-back.ts'
import type { MeterJournal, MeterSlotRecord } from './journal.ts'
import { forgetWhatWasSent, keepTime } from './keeping-time.ts'
import { answerPresence, receiveFromRegistrar, requestOf, takeRoster, takeUp } from './membership/membership.ts'
import { agreeSome } from './membership/next-season.ts'
import { eraseKeys, keyIfDue, planNextKey } from './membership/seasons.ts'
import { recoveryIn } from './recoveries.ts'
import { HONEST } from './rules.ts'
import { SlotRuns } from './slot-runs.ts'
import type { MeterState } from './state.ts'
import { receiveMissing, receiveOwn, receiveResult, sendAgain, submitIfDue } from './submission.ts'

/** Readings that may wait for their slot's end. */
const PENDING_READINGS = 8

/** Starts a meter from its keys and its journal. */
export function createMeter(config: MeterConfig, journal: MeterJournal, now: Millis): MeterState {
  const attendance = new Attendance(config.slotSeconds)
  const state: MeterState = {
    config,
    rules: config.rules ?? HONEST,
    clock: protocolClock(config.asks, now),
    registrarVerify: (config.verifier ?? ed25519Verifier)(config.registrarKey),
    aggregator: undefined,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.registrarKey,
      verifier: config.verifier,
      aggregatorKey: config.aggregatorKey,
      changeSlots: config.changeSlots,
      own: { meterId: config.identity.id, keys: config.keys, lanes: config.lanes },
      attendance,
      floors: config.floors ?? DEFAULT_FLOORS,
      credentials: config.credentials
    }),
    keys: config.keys,
    attendance,
    epochs: new Map(),
    preparing: undefined,
    drops: new DropCounter(),
    readings: new Map(),
    sent: new SlotRuns(),
    heldBack: new Map(),
    finishedThrough: -1,
    unknownThrough: -1,
    submitted: new Map(),
    acknowledged: new Set(),
    recoveries: new Map(),
    deliveries: new Map(),
    hintedThrough: -1,
    openings: new Map(),
    resulted: new SlotRuns(),
    results: new Map(),
    credentials: new Map(),
    season: 0,
    enrolling: 0,
    keyDueAt: undefined,
    asked: 'join',
    tickedThrough: slotAt(now, config.slotSeconds) - 1,
    wakeAt: undefined
  }
  if (!journal.intact) forgetWhatWasSent(state, now)
  else {
    for (const record of journal.records) {
      if (record.kind === 'roster') takeUp(state, state.book.restore(record.bytes, record.from))
    }
    for (const record of journal.records) if (record.kind !== 'roster') restore(state, record)
  }
  state.season = state.book.latest?.roster.season ?? 0
  planNextKey(state, now)
  if (state.clock.known) tidy(state, now)
  schedule(state, now)
  return state
}

/** Takes in a slot's record of the journal: what it says was done, and is not done again. */
function restore(state: MeterState, record: MeterSlotRecord): void {
  const { kind, slot, bytes } = record
  if (kind === 'attendance') {
    state.attendance.note(slot, Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true)))
    return
  }
  if (kind === 'gone') {
    state.attendance.goes(meterId(bytes), slot)
    return
  }
  if (kind === 'named') {
    restoreHeldBack(state, record)
    return
  }
  if (kind === 'submission') {
    // The journal has every submission from its first one on.
    if (state.submitted.size === 0) state.sent.forgetThrough(slot - 1)
    state.sent.add(slot)
    state.finishedThrough = Math.max(state.finishedThrough, slot)
    state.submitted.set(slot, bytes)
    forgetOldest(state.submitted)
    return
  }
  if (kind === 'absent') state.finishedThrough = Math.max(state.finishedThrough, slot)
  if (bytes.byteLength > 0) {
    const roster = state.book.ofEpoch(decodeEnvelope(bytes).epoch)?.roster
    // Nothing is answered under a roster that is not held any more.
    if (roster) recoveryIn(state, roster).restore(state, record)
    return
  }
  // Absence names no epoch: whichever of the modes knows it keeps it.
  for (const recovery of new Set(state.book.held.map(({ roster }) => recoveryIn(state, roster)))) recovery.restore(state, record)
}

/** One step of the meter. Never throws on what comes from the network. */
export function stepMeter(state: MeterState, input: MeterInput, now: Millis): Step<MeterState, MeterOutput> {
  const out: MeterOutput[] = []
  const context: MeterContext<MeterState> = { state, now, out }
  switch (input.type) {
    case 'message':
      out.push(...receiving<MeterOutput>(state, input, now, (envelope, took) => receive({ state, now, out: took }, input, envelope)))
      break
    case 'reading':
      // Without the time nobody can tell which slot it was.
      if (state.clock.known && input.slot > state.finishedThrough) {
        const read = state.book.ofSlot(input.slot)?.roster
        state.readings.set(input.slot, { lanes: input.lanes, codes: read?.lanes.map(({ obis }) => obis) })
        if (state.readings.size > PENDING_READINGS) state.readings.delete(Math.min(...state.readings.keys()) as Slot)
        submitIfDue(context)
        for (const recovery of state.recoveries.values()) recovery.submitted(context)
      }
      break
    case 'enrol':
    case 'join':
    case 'leave':
      out.push(requestOf(state, input, now))
      break
    case 'acknowledged':
      noteAcknowledged(state, input.by, input.hash)
      break
    case 'aggregator-back':
      sendAgain(context)
      break
    case 'tick':
      if (state.clock.known) tick(context)
      break
  }
  const then = keepTime(context)
  if (out.some(({ type }) => type === 'clock-adjusted')) clockAnswered({ state, now: then, out })
  deliverDue({ state, now: then, out })
  schedule(state, then)
  return { state, outputs: out }
}

/** Does what waited for the registrar's time. */
function clockAnswered(context: MeterContext<MeterState>): void {
  letGo(context)
  for (const recovery of context.state.recoveries.values()) recovery.clockAnswered(context)
}

function tick(context: MeterContext<MeterState>): void {
  const { state, now } = context
  state.tickedThrough = slotAt(now, state.config.slotSeconds) - 1
  submitIfDue(context)
  const prepared = agreeSome(state, now)
  if (prepared) takeUp(state, prepared)
  for (const recovery of state.recoveries.values()) recovery.tick(context)
  keyIfDue(context)
  tidy(state, now)
}

/** Counts the X25519 operations that this meter has made. */
export function keyAgreements(state: MeterState): number {
  return state.keys.agreements
}

function receive(context: MeterContext<MeterState>, input: Incoming, envelope: Envelope): undefined {
  const { state } = context
  if (envelope.sender === state.config.identity.id) {
    receiveOwn(context, envelope)
    return
  }
  switch (envelope.type) {
    case MessageType.Roster:
    case MessageType.RosterDelta:
      // Its first slot for us hangs on the time; the registrar's answer to a join brings it again.
      if (!state.clock.known) throw new Drop('too-early', 'expected to know the time first')
      takeRoster(context, envelope, input.bytes)
      return
    case MessageType.SlotTotal:
    case MessageType.SlotLost:
      receiveResult(context, input, envelope)
      return
    case MessageType.Missing:
      receiveMissing(context, envelope)
      return
    case MessageType.RecoveryRequest:
    case MessageType.MaskRequest:
    case MessageType.ShareRequest:
    case MessageType.MaskWord:
    case MessageType.Dispute: {
      const epoch = state.epochs.get(envelope.epoch)
      if (!epoch) throw new Drop('unknown-epoch')
      recoveryIn(state, epoch.held.roster).receive(context, input, envelope)
      return
    }
    case MessageType.EdgeRequest:
      answerEdge(context, envelope)
      return
    case MessageType.PresenceRequest:
      answerPresence(context, envelope)
      return
    case MessageType.TimeReply:
      receiveTime(context, envelope)
      return
    case MessageType.EnrolReply:
    case MessageType.JoinReply:
      receiveFromRegistrar(context, envelope)
      return
    default:
      throw new Drop('unexpected-type', envelope.type)
  }
}

function tidy(state: MeterState, now: Millis): void {
  eraseKeys(state, now)
  state.book.prune(now)
  const { slotSeconds } = state.config
  const current = slotAt(now, slotSeconds)
  for (const slot of state.readings.keys()) if (slot < current - 1) state.readings.delete(slot)
  for (const recovery of state.recoveries.values()) recovery.forget(state, now)
}

function schedule(state: MeterState, now: Millis): void {
  const { slotSeconds } = state.config
  // A message between a slot's end and its tick must not put that tick off: the slot would go without a submission.
  const due = Math.min(state.tickedThrough + 1, slotAt(now, slotSeconds)) as Slot
  const waits = [...state.recoveries.values()].map(recovery => recovery.wakeAt(state))
  const dues = state.clock.known ? [slotTimes(due, slotSeconds).end, state.keyDueAt, state.preparing?.at, ...waits] : []
  state.wakeAt = earliest(clockWakeAt(state), deliveriesWakeAt(state), ...dues)
}
