/**
 * The aggregator of PROTOCOL.md as a state machine without I/O: it collects the masked readings of a slot, asks for
 * masks where members are missing, and has the total as soon as it can. Same calling contract as the meter's.
 */
import { earliest, type Step } from '@hushgrid/machine'
import {
  Drop,
  DropCounter,
  decodeEnvelope,
  decodeMemberSet,
  type Envelope,
  encodeMemberSet,
  MalformedMessageError,
  MaskRequestPayload,
  MessageType,
  MissingPayload,
  RecoveryRequestPayload,
  RefusalPayload,
  ShareRequestPayload,
  SlotTranscript,
  SyncReply,
  SyncRequest,
  sealEnvelope
} from '@hushgrid/messages'
import { equalBytes, HushgridError, type MeterId, type Millis, millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { AggregatorRecord, AggregatorSlotRecord } from '../meter/journal.ts'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import { receiveRoster, receiving } from '../protocol/receive.ts'
import { type HeldRoster, RosterBook } from '../roster/book.ts'
import { RECOVERY } from '../roster/roster.ts'
import { maskRound, shareCollection } from './recovery/double-mask.ts'
import { giveUpAt, proceed, receiveAnswer, recoverOnTick, recoveryWakeAt, takeRelease } from './recovery/edge-release.ts'
import { resendOpen, slotRequest } from './request.ts'
import { answerTranscript } from './results.ts'
import { count, missingOf, openSlot, readSubmission, strikeOut } from './slot.ts'
import type { AggregatorConfig, AggregatorInput, AggregatorOutput, AggregatorState, OpenSlot } from './state.ts'
import { receiveSubmission } from './submission.ts'

export type { AggregatorConfig, AggregatorInput, AggregatorOutput, AggregatorState } from './state.ts'

/**
 * @param journal - what the store holds: the rosters of the last epochs, the results of the last slots, and everything
 *   of the slots that have none, in the order it was written
 */
export function createAggregator(config: AggregatorConfig, journal: readonly AggregatorRecord[], now: Millis): AggregatorState {
  const state: AggregatorState = {
    config,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.registrarKey,
      verifier: config.verifier,
      aggregatorKey: config.identity.id,
      credentials: config.credentials
    }),
    drops: new DropCounter(),
    keys: new Map(),
    open: new Map(),
    closed: new Map(),
    closedThrough: -1,
    restarted: [],
    tickedAt: now,
    wakeAt: undefined
  }
  for (const record of journal) if (record.kind === 'roster') state.book.restore(record.bytes, record.from)
  for (const record of journal) if (record.kind === 'result') restoreResult(state, record)
  for (const record of journal) if (record.kind === 'received' || record.kind === 'request') restore(state, record, now)
  for (const slot of [...state.open.keys(), ...state.closed.keys()]) {
    if (now < slotTimes(slot, config.slotSeconds).over) state.restarted.push(slot)
    else state.closedThrough = Math.max(state.closedThrough, slot)
  }
  schedule(state, now)
  // What a crash cut short goes on at once.
  if (state.restarted.length > 0) state.wakeAt = now
  return state
}

function restoreResult(state: AggregatorState, { slot, bytes }: AggregatorSlotRecord): void {
  state.closed.set(slot, { result: SlotTranscript.decode(bytes).result, transcript: bytes })
}

/** Takes in what the store says was taken before: it was checked then. */
function restore(state: AggregatorState, { kind, slot, epoch, bytes }: AggregatorSlotRecord, now: Millis): void {
  const held = state.book.ofEpoch(epoch)
  if (!held || state.closed.has(slot)) return
  const { roster } = held
  const envelope = decodeEnvelope(bytes)
  const open = openSlot(state, slot, held)
  const index = roster.indexOf(envelope.sender) ?? -1
  if (kind === 'request') {
    restoreRequest(open, envelope, bytes, now)
    open.hinted = true
    return
  }
  switch (envelope.type) {
    case MessageType.Submission: {
      const before = open.submissions[index]
      if (before && !equalBytes(before.hash, envelope.hash)) strikeOut(open, index)
      else if (before === undefined) count(open, index, readSubmission(envelope, bytes, held))
      return
    }
    case MessageType.MaskRelease:
    case MessageType.ShareRelease: {
      const current = open.shares ?? open.request
      if (current) takeRelease(current, envelope, bytes, index, roster)()
      return
    }
    case MessageType.Refusal: {
      const current = open.shares ?? open.request
      current?.refusals.set(index, RefusalPayload.decode(envelope.payload).reason)
      return
    }
    case MessageType.Dispute:
      open.disputers.add(index)
      return
    default:
      throw new HushgridError(`the aggregator's store: expected what it takes in, got a ${envelope.type}`)
  }
}

/** Requests come in the order in which they were made: the last is in force. */
function restoreRequest(open: OpenSlot, { type, payload, slot }: Envelope, bytes: Uint8Array, now: Millis): void {
  const { roster } = open.held
  const { members: set, round } =
    type === MessageType.MaskRequest
      ? MaskRequestPayload.decode(payload)
      : { round: 0, ...(type === MessageType.ShareRequest ? ShareRequestPayload : RecoveryRequestPayload).decode(payload) }
  const request = { bytes, payload, round, members: decodeMemberSet(set, roster.n) }
  if (type === MessageType.ShareRequest) open.shares = shareCollection(roster, slot, request, now)
  else if (type === MessageType.MaskRequest) open.request = maskRound(roster, slot, request, now, true)
  else open.request = slotRequest(roster, { ...request, sentAt: now, until: millis(giveUpAt(slot, roster.slotSeconds)) })
}

/** One step of the aggregator. Never throws on what comes from the network. */
export function stepAggregator(state: AggregatorState, input: AggregatorInput, now: Millis): Step<AggregatorState, AggregatorOutput> {
  const outputs: AggregatorOutput[] = []
  switch (input.type) {
    case 'message':
      outputs.push(...receive(state, input, now))
      break
    case 'sync':
      outputs.push(...answerSync(state, input.from, input.bytes, input.token, now))
      break
    case 'tick':
      tick(state, now, outputs)
      break
  }
  schedule(state, now)
  return { state, outputs }
}

function receive(state: AggregatorState, input: Incoming, now: Millis): AggregatorOutput[] {
  return receiving<AggregatorOutput>(
    input,
    slotAt(now, state.config.slotSeconds),
    state.drops,
    (envelope, out) => {
      switch (envelope.type) {
        case MessageType.Roster:
        case MessageType.RosterDelta: {
          const rosters: CommonOutput[] = []
          try {
            receiveRoster(state.book, envelope, input.bytes, now, rosters)
          } finally {
            for (const output of rosters) {
              if (output.type === 'roster') openEpoch(state, output.held, out)
              out.push(output)
            }
          }
          return
        }
        case MessageType.Submission:
          receiveSubmission(state, envelope, input.bytes, now, out)
          // Taken, and not passed on: meters send to whoever else listens themselves, and an auditor fetches the transcript.
          return 'ignore'
        case MessageType.MaskRelease:
        case MessageType.ShareRelease:
        case MessageType.Refusal:
          receiveAnswer(state, envelope, input.bytes, now, out)
          return 'ignore'
        case MessageType.Dispute:
          receiveAnswer(state, envelope, input.bytes, now, out)
          return
        default:
          // Our own results come back by honest relays once gossip has forgotten them; that is not held against anybody.
          if (envelope.sender === state.config.identity.id) throw new Drop('duplicate')
          throw new Drop('unexpected-type', envelope.type)
      }
    },
    state.config.credentials
  )
}

/** A roster is kept before it is used; keys of members that are gone are forgotten, the rest stay ready. */
function openEpoch(state: AggregatorState, held: HeldRoster, out: AggregatorOutput[]): void {
  out.push({ type: 'journal', record: { kind: 'roster', from: held.from, bytes: state.book.snapshot(held) } })
  for (const id of state.keys.keys()) {
    if (held.roster.indexOf(id) === undefined) state.keys.delete(id)
  }
}

/** Half way to the deadline: who is not in is told so, once, and may send the same bytes again. */
function hintAt(slot: Slot, slotSeconds: number): number {
  const { end, unit } = slotTimes(slot, slotSeconds)
  return end + 2 * unit
}

function tick(state: AggregatorState, now: Millis, out: AggregatorOutput[]): void {
  const { slotSeconds } = state.config
  state.tickedAt = now
  for (const slot of state.restarted.splice(0)) takeUpAgain(state, slot, now, out)
  const last = slotAt(now, slotSeconds) - 1
  // A slot that nobody has sent anything for ends as lost too.
  for (let slot = Math.max(0, last - 1) as Slot; slot <= last; slot = (slot + 1) as Slot) {
    const held = state.book.ofSlot(slot)
    if (held && slot > state.closedThrough && !state.closed.has(slot) && now < slotTimes(slot, slotSeconds).over)
      openSlot(state, slot, held)
  }
  for (const [slot, open] of state.open) {
    const { roster } = open.held
    // Too late for a hint, as after a restart, or there is nobody to be told.
    if (open.shares || now >= slotTimes(slot, slotSeconds).deadline) open.hinted = true
    recoverOnTick(state, slot, open, now, out)
    if (now >= hintAt(slot, slotSeconds) && !open.hinted) {
      open.hinted = true
      const payload = MissingPayload.encode({ members: encodeMemberSet(missingOf(open), roster.n) })
      out.push({
        type: 'publish',
        topic: 'control',
        bytes: sealEnvelope(state.config.identity, MessageType.Missing, roster.hash, roster.epoch, slot, payload)
      })
    }
  }
  for (const slot of state.closed.keys()) {
    if (now >= slotTimes(slot, slotSeconds).over) state.closedThrough = Math.max(state.closedThrough, slot)
  }
  state.book.prune(now)
}

/** After a restart: the same request and the same result go once more; whoever has them already drops them. */
function takeUpAgain(state: AggregatorState, slot: Slot, now: Millis, out: AggregatorOutput[]): void {
  const closed = state.closed.get(slot)
  if (closed) {
    out.push({ type: 'publish', topic: 'control', bytes: closed.result })
    return
  }
  const open = state.open.get(slot)
  if (!open) return
  const { deadline, unit } = slotTimes(slot, state.config.slotSeconds)
  const current = open.shares ?? open.request
  // Requests are accepted up to D + 4u, with double mask to D + 7u.
  const window = open.held.roster.recovery === RECOVERY['double-mask'] ? 7 : 4
  if (current && now < deadline + window * unit) {
    out.push({ type: 'publish', topic: 'control', bytes: current.bytes })
    resendOpen(open, out)
  }
  proceed(state, slot, open, now, out)
}

function schedule(state: AggregatorState, now: Millis): void {
  const { slotSeconds } = state.config
  let next: number | undefined = state.restarted.length > 0 ? now : undefined
  for (const [slot, open] of state.open) {
    next = earliest(next, recoveryWakeAt(slot, open, slotSeconds), open.hinted || open.shares ? undefined : hintAt(slot, slotSeconds))
  }
  // The slot that ended last may have no submission yet and so not be open.
  const current = slotAt(now, slotSeconds)
  const hints = [current - 1, current].map(slot => hintAt(slot as Slot, slotSeconds))
  state.wakeAt = earliest(next, state.book.latest && hints.find(moment => moment > Math.min(state.tickedAt, now)))
}

function answerSync(state: AggregatorState, from: MeterId, bytes: Uint8Array, token: number, now: Millis): AggregatorOutput[] {
  const slotNow = slotAt(now, state.config.slotSeconds)
  if (!state.drops.reads(from, slotNow)) {
    state.drops.add('flood', from, slotNow)
    return [{ type: 'dropped', reason: 'flood', from }, reply(token, 'flood')]
  }
  let request: SyncRequest
  try {
    request = SyncRequest.decode(bytes)
  } catch (cause) {
    if (!(cause instanceof MalformedMessageError)) throw cause
    state.drops.add(cause.reason, from, slotNow)
    return [{ type: 'dropped', reason: cause.reason, from, detail: cause.message }, reply(token, cause.message)]
  }
  if (request.envelope.byteLength > 0) {
    const outputs = receive(state, { type: 'message', channel: 'sync', from, bytes: request.envelope }, now)
    const dropped = outputs.find(output => output.type === 'dropped')
    const rest = outputs.filter(output => output.type !== 'verdict')
    return [...rest, reply(token, dropped && dropped.reason !== 'duplicate' ? dropped.reason : '')]
  }
  if (!request.transcript) return [reply(token, 'expected an envelope or a request for a transcript')]
  return [{ type: 'reply', token, bytes: answerTranscript(state, from, request.slot as Slot) }]
}

function reply(token: number, refused: string): AggregatorOutput {
  return { type: 'reply', token, bytes: SyncReply.encode({ refused }) }
}
