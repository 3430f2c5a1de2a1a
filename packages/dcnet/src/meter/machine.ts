/**
 * The meter of PROTOCOL.md as a state machine without I/O. Call {@link createMeter} with what the journal holds, then
 * {@link stepMeter} with each input and the protocol time; carry out the outputs in order; call it with a tick at
 * `wakeAt`. The state handed in is used up, the one handed back is the meter.
 */
import { earliest, type Step } from '@hushgrid/machine'
import { Drop, DropCounter, decodeEnvelope, decodeMemberSet, type Envelope, MessageType, RecoveryRequestPayload } from '@hushgrid/messages'
import { ed25519Verifier, type Millis, type Slot, sha256, slotAt, slotTimes } from '@hushgrid/primitives'
import { SharedSecrets } from '../masks/edge-keys.ts'
import type { Incoming } from '../protocol/outputs.ts'
import { receiving } from '../protocol/receive.ts'
import { RosterBook } from '../roster/book.ts'
import { DEFAULT_FLOORS } from '../roster/check.ts'
import { RECOVERY } from '../roster/roster.ts'
import type { MeterJournal, MeterSlotRecord } from './journal.ts'
import { answerPresence, receiveFromRegistrar, requestOf, takeRoster, takeUp } from './membership.ts'
import { answerOnTick, receiveShareRequest, restoreShares, sharesWakeAt } from './recovery/double-mask.ts'
import {
  deliverDue,
  deliveryKey,
  receiveDispute,
  receiveRequest,
  recoverOnTick,
  recoveryOf,
  recoveryWakeAt
} from './recovery/edge-release.ts'
import { breaks, forgetOldest, type MeterConfig, type MeterInput, type MeterOutput, type MeterState } from './state.ts'
import { receiveMissing, receiveOwn, receiveResult, sendAgain, submitIfDue } from './submission.ts'

export type { BrokenRule, MeterConfig, MeterInput, MeterOutput, MeterState, RefusalReason } from './state.ts'

/** Readings that may wait for their slot's end. */
const PENDING_READINGS = 8
/** Acknowledgements that are remembered. */
const KEPT_ACKNOWLEDGEMENTS = 4096

/** A meter as it comes up, from its keys and its journal. */
export function createMeter(config: MeterConfig, journal: MeterJournal, now: Millis): MeterState {
  const state: MeterState = {
    config,
    registrarVerify: (config.verifier ?? ed25519Verifier)(config.registrarKey),
    aggregator: undefined,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.registrarKey,
      verifier: config.verifier,
      aggregatorKey: config.aggregatorKey,
      own: { meterId: config.identity.id, blindingKey: config.blinding.publicKey },
      floors: config.floors ?? DEFAULT_FLOORS,
      credentials: config.credentials
    }),
    secrets: config.secrets ?? new SharedSecrets(config.blinding),
    epochs: new Map(),
    drops: new DropCounter(),
    readings: new Map(),
    finishedThrough: -1,
    unknownThrough: -1,
    submitted: new Map(),
    acknowledged: new Set(),
    recoveries: new Map(),
    shares: new Map(),
    deliveries: new Map(),
    hintedThrough: -1,
    results: new Map(),
    credential: undefined,
    asked: 'join',
    tickedThrough: slotAt(now, config.slotSeconds) - 1,
    wakeAt: undefined
  }
  if (!journal.intact) {
    state.finishedThrough = slotAt(now, config.slotSeconds)
    state.unknownThrough = state.finishedThrough
  } else {
    for (const record of journal.records) {
      if (record.kind === 'roster') takeUp(state, state.book.restore(record.bytes, record.from))
    }
    for (const record of journal.records) if (record.kind !== 'roster') restore(state, record)
  }
  tidy(state, now)
  schedule(state, now)
  return state
}

/** Takes in what the journal says of a slot: it was done, and is not done again. */
function restore(state: MeterState, { kind, slot, bytes }: MeterSlotRecord): void {
  if (kind === 'submission') {
    state.finishedThrough = Math.max(state.finishedThrough, slot)
    state.submitted.set(slot, bytes)
    forgetOldest(state.submitted)
    return
  }
  if ((kind === 'request' || kind === 'release') && bytes.byteLength > 0) {
    const envelope = decodeEnvelope(bytes)
    const roster = state.book.ofEpoch(envelope.epoch)?.roster
    if (roster?.recovery === RECOVERY['double-mask']) {
      restoreShares(state, slot, envelope, bytes, roster)
      return
    }
  }
  const recovery = recoveryOf(state, slot)
  if (kind === 'absent') {
    recovery.absent = true
    state.finishedThrough = Math.max(state.finishedThrough, slot)
  } else if (kind === 'release') {
    recovery.answered = true
    recovery.release = bytes
  } else if (kind === 'dispute') {
    const { sender } = decodeEnvelope(bytes)
    recovery.disputed = true
    recovery.disputers.add(sender)
    if (sender === state.config.identity.id) recovery.ownDispute = bytes
  } else {
    const envelope = decodeEnvelope(bytes)
    const epoch = state.epochs.get(envelope.epoch)
    if (!epoch) return
    const members = decodeMemberSet(RecoveryRequestPayload.decode(envelope.payload).members, epoch.held.roster.n)
    recovery.restored = true
    recovery.request = { hash: envelope.hash, bytes, payloadHash: sha256(envelope.payload), members }
  }
}

/** One step of the meter. Never throws on what comes from the network. */
export function stepMeter(state: MeterState, input: MeterInput, now: Millis): Step<MeterState, MeterOutput> {
  const outputs: MeterOutput[] = []
  switch (input.type) {
    case 'message':
      outputs.push(
        ...receiving<MeterOutput>(
          input,
          slotAt(now, state.config.slotSeconds),
          state.drops,
          (envelope, out) => receive(state, input, envelope, now, out),
          state.config.credentials
        )
      )
      break
    case 'reading':
      if (input.slot > state.finishedThrough) {
        state.readings.set(input.slot, input.lanes)
        if (state.readings.size > PENDING_READINGS) state.readings.delete(Math.min(...state.readings.keys()) as Slot)
        submitIfDue(state, now, outputs)
        answerOnTick(state, now, outputs)
      }
      break
    case 'enrol':
    case 'join':
    case 'leave':
      outputs.push(requestOf(state, input.type, now))
      break
    case 'acknowledged':
      noteAcknowledged(state, deliveryKey(input.by, input.hash))
      break
    case 'aggregator-back':
      sendAgain(state, now, outputs)
      break
    case 'tick':
      state.tickedThrough = slotAt(now, state.config.slotSeconds) - 1
      submitIfDue(state, now, outputs)
      recoverOnTick(state, now, outputs)
      answerOnTick(state, now, outputs)
      tidy(state, now)
      break
  }
  deliverDue(state, now, outputs)
  schedule(state, now)
  return { state, outputs }
}

/** X25519 operations that this meter has made. */
export function keyAgreements(state: MeterState): number {
  return state.secrets.agreements
}

function receive(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): undefined {
  if (envelope.sender === state.config.identity.id) {
    receiveOwn(state, envelope, now, out)
    return
  }
  switch (envelope.type) {
    case MessageType.Roster:
    case MessageType.RosterDelta:
      takeRoster(state, envelope, input.bytes, now, out)
      return
    case MessageType.SlotTotal:
    case MessageType.SlotLost:
      receiveResult(state, input, envelope, now, out)
      return
    case MessageType.Missing:
      receiveMissing(state, envelope, now, out)
      return
    case MessageType.RecoveryRequest:
      receiveRequest(state, input, envelope, now, out)
      return
    case MessageType.MaskRequest:
    case MessageType.ShareRequest:
      receiveShareRequest(state, input, envelope, now, out)
      return
    case MessageType.Dispute:
      receiveDispute(state, input, envelope, now, out)
      return
    case MessageType.PresenceRequest:
      answerPresence(state, envelope, now, out)
      return
    case MessageType.EnrolReply:
    case MessageType.JoinReply:
      receiveFromRegistrar(state, envelope, now, out)
      return
    default:
      throw new Drop('unexpected-type', envelope.type)
  }
}

function noteAcknowledged(state: MeterState, key: string): void {
  state.deliveries.delete(key)
  state.acknowledged.add(key)
  const [oldest] = state.acknowledged
  if (state.acknowledged.size > KEPT_ACKNOWLEDGEMENTS && oldest !== undefined) state.acknowledged.delete(oldest)
}

function tidy(state: MeterState, now: Millis): void {
  for (const roster of state.book.prune(now)) {
    const epoch = state.epochs.get(roster.epoch)
    epoch?.masks.erase()
    epoch?.privateMasks?.erase()
    state.epochs.delete(roster.epoch)
  }
  const { slotSeconds } = state.config
  const current = slotAt(now, slotSeconds)
  for (const slot of state.readings.keys()) if (slot < current - 1) state.readings.delete(slot)
  for (const slot of state.recoveries.keys()) {
    if (now >= slotTimes(slot, slotSeconds).over && !breaks(state, 'window-end')) state.recoveries.delete(slot)
  }
  for (const slot of state.shares.keys()) if (now >= slotTimes(slot, slotSeconds).over) state.shares.delete(slot)
}

function schedule(state: MeterState, now: Millis): void {
  const { slotSeconds } = state.config
  // A message between a slot's end and its tick must not put that tick off: the slot would go without a submission.
  const due = Math.min(state.tickedThrough + 1, slotAt(now, slotSeconds)) as Slot
  state.wakeAt = earliest(slotTimes(due, slotSeconds).end, recoveryWakeAt(state), sharesWakeAt(state))
}
