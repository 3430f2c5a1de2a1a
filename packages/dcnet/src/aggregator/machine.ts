/**
 * The aggregator of PROTOCOL.md as a state machine without I/O: it collects the masked readings of a slot, asks for masks
 * where members are missing, and has the total as soon as it can.
 *
 * - `createAggregator` comes first, with what the store holds. Then `stepAggregator` comes with each input and the protocol
 *   time, never two at once. The state handed in is used up.
 * - Inputs: a message by gossip; a SyncRequest of a peer, answered by a `reply` output with its token in the same step;
 *   `caught-up`, once the registrar has given every roster there is; a tick at `wakeAt` or later. They may interleave in any
 *   way, and come twice.
 * - A slot opens with its first submission, or the first tick after its end, and ends once: with a SlotTotal or a SlotLost.
 *   In between its mode of recovery asks for what is missing.
 * - A step does not throw, whatever the network brings.
 * - Outputs are carried out in order. A `journal` output is on stable storage before the next is carried out: an aggregator
 *   that crashes between the two has taken, asked or published what the record holds. At its first tick it sends the same
 *   request or result again, since two different ones for a slot would be evidence against it.
 */
import { earliest, type Step } from '@hushgrid/machine'
import {
  Drop,
  DropCounter,
  decodeEnvelope,
  type Envelope,
  encodeMemberSet,
  LossReason,
  MalformedMessageError,
  MessageType,
  MissingPayload,
  SlotTranscript,
  SyncRequest,
  sealEnvelope,
  syncReplyWith
} from '@hushgrid/messages'
import { equalBytes, HushgridError, type Millis, millis, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import { adjustedNow, askTimeIfDue, clockWakeAt, protocolClock, receiveTime } from '../protocol/protocol-clock.ts'
import { receiveRoster, receiving } from '../protocol/receive.ts'
import { type HeldRoster, RosterBook } from '../roster/book.ts'
import { receiveAnswer } from './answers.ts'
import type { AggregatorConfig, AggregatorInput, AggregatorOutput } from './contract.ts'
import type { AggregatorContext } from './core.ts'
import type { AggregatorRecord, AggregatorSlotRecord } from './journal.ts'
import { openSlot } from './opening.ts'
import { answerTranscript, answerWords } from './results.ts'
import { count, DEFAULT_KEPT, lose, missingOf, strikeOut } from './slot.ts'
import type { AggregatorState, OpenSlot } from './state.ts'
import { readSubmission, receiveSubmission } from './submission.ts'

/**
 * @param journal - what the store holds: the rosters of the last epochs, the results of the last slots, and everything
 *   of the slots that have none, in the order it was written
 */
export function createAggregator(config: AggregatorConfig, journal: readonly AggregatorRecord[], now: Millis): AggregatorState {
  const state: AggregatorState = {
    config,
    clock: protocolClock(config.asks, now),
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.registrarKey,
      verifier: config.verifier,
      aggregatorKey: config.identity.id,
      changeSlots: config.changeSlots,
      credentials: config.credentials
    }),
    drops: new DropCounter(),
    keys: new Map(),
    open: new Map(),
    closed: new Map(),
    closedThrough: -1,
    silentThrough: journal.length === 0 ? slotAt(now, config.slotSeconds) : -1,
    endMissedAt: journal.length === 0 ? undefined : rostersBy(now, config.slotSeconds),
    restarted: [],
    tickedAt: now,
    wakeAt: undefined
  }
  for (const record of journal) if (record.kind === 'roster') state.book.restore(record.bytes, record.from)
  for (const record of journal) if (record.kind === 'result') restoreResult(state, record)
  const context: AggregatorContext<AggregatorState> = { state, now, out: [] }
  for (const record of journal) if (record.kind === 'received' || record.kind === 'request') restore(context, record)
  for (const slot of [...state.open.keys(), ...state.closed.keys()]) {
    if (now < slotTimes(slot, config.slotSeconds).over) state.restarted.push(slot)
    else state.closedThrough = Math.max(state.closedThrough, slot)
  }
  schedule(state, now)
  // Work that a crash cut short goes on at once.
  if (state.restarted.length > 0) state.wakeAt = now
  return state
}

function restoreResult(state: AggregatorState, { slot, bytes }: AggregatorSlotRecord): void {
  state.closed.set(slot, { result: SlotTranscript.decode(bytes).result, transcript: bytes })
}

/** Takes in a record of the store, unchecked: it was checked when it was taken. */
function restore(context: AggregatorContext<AggregatorState>, { kind, slot, epoch, bytes }: AggregatorSlotRecord): void {
  const { state } = context
  const held = state.book.ofEpoch(epoch)
  if (!held || state.closed.has(slot)) return
  const envelope = decodeEnvelope(bytes)
  const open = openSlot(state, slot, held)
  const inSlot = { ...context, slot, open }
  const index = held.roster.indexOf(envelope.sender) ?? -1
  if (kind === 'request') {
    open.recovery.restoreRequest(inSlot, envelope, bytes)
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
    case MessageType.MaskWord:
    case MessageType.ShareRelease:
    case MessageType.Refusal:
    case MessageType.Dispute:
      open.recovery.restoreAnswer(inSlot, { envelope, bytes, index, verify: () => undefined })
      return
    default:
      throw new HushgridError(`the aggregator's store: expected what it takes in, got a ${envelope.type}`)
  }
}

/** One step of the aggregator. Never throws on what comes from the network. */
export function stepAggregator(state: AggregatorState, input: AggregatorInput, now: Millis): Step<AggregatorState, AggregatorOutput> {
  const context: AggregatorContext<AggregatorState> = { state, now, out: [] }
  const { out } = context
  switch (input.type) {
    case 'message':
      out.push(...receive(state, input, now))
      break
    case 'sync':
      out.push(...answerSync(state, input, now))
      break
    case 'caught-up':
      if (state.endMissedAt !== undefined) endMissed(context)
      break
    case 'tick':
      tick(context)
      break
  }
  askTimeIfDue(context)
  schedule(state, adjustedNow(out, now))
  return { state, outputs: out }
}

function receive(state: AggregatorState, input: Incoming, now: Millis): AggregatorOutput[] {
  return receiving<AggregatorOutput>(state, input, now, (envelope, out) => {
    const context = { state, now, out }
    switch (envelope.type) {
      case MessageType.Roster:
      case MessageType.RosterDelta:
        takeRoster(context, envelope, input.bytes)
        return
      case MessageType.TimeReply:
        receiveTime(context, envelope)
        return
      case MessageType.Submission:
        receiveSubmission(context, envelope, input.bytes)
        // Not passed on: meters send to other listeners themselves, and an auditor fetches the transcript.
        return 'ignore'
      case MessageType.MaskRelease:
      case MessageType.MaskWord:
      case MessageType.ShareRelease:
      case MessageType.Refusal:
        receiveAnswer(context, envelope, input.bytes)
        return 'ignore'
      case MessageType.Dispute:
        receiveAnswer(context, envelope, input.bytes)
        return
      default:
        // Our own results come back by honest relays once gossip has forgotten them; that is not held against anybody.
        if (envelope.sender === state.config.identity.id) throw new Drop('duplicate')
        throw new Drop('unexpected-type', envelope.type)
    }
  })
}

function takeRoster({ state, now, out }: AggregatorContext<AggregatorState>, envelope: Envelope, bytes: Uint8Array): void {
  const rosters: CommonOutput[] = []
  try {
    receiveRoster({ book: state.book, now, out: rosters }, envelope, bytes)
  } finally {
    for (const output of rosters) {
      if (output.type === 'roster') openEpoch(state, output.held, out)
      out.push(output)
    }
  }
}

/** Keeps a roster before it is used, and forgets the keys of members that are gone. */
function openEpoch(state: AggregatorState, held: HeldRoster, out: AggregatorOutput[]): void {
  out.push({ type: 'journal', record: { kind: 'roster', from: held.from, bytes: state.book.snapshot(held) } })
  for (const id of state.keys.keys()) {
    if (held.roster.indexOf(id) === undefined) state.keys.delete(id)
  }
}

/** Slots back to which missed ones are told. */
const MISSED_SLOTS = 96

/** Gives the moment, half way to the deadline, at which members that are not in are told so, once. */
function hintAt(slot: Slot, slotSeconds: number): number {
  const { end, unit } = slotTimes(slot, slotSeconds)
  return end + 2 * unit
}

function tick(context: AggregatorContext<AggregatorState>): void {
  const { state, now } = context
  const { slotSeconds } = state.config
  // Whoever slept through a slot, as a process that was stopped, has missed rosters too.
  const { over } = slotTimes(slotAt(state.tickedAt, slotSeconds), slotSeconds)
  if (now >= over) state.endMissedAt ??= rostersBy(now, slotSeconds)
  state.tickedAt = now
  for (const slot of state.restarted.splice(0)) takeUpAgain(context, slot)
  const last = slotAt(now, slotSeconds) - 1
  // A slot without any submission has to end as lost too.
  for (let slot = Math.max(0, last - 1) as Slot; slot <= last; slot = (slot + 1) as Slot) {
    const held = state.book.ofSlot(slot)
    if (held && slot > state.closedThrough && !state.closed.has(slot) && now < slotTimes(slot, slotSeconds).over)
      openSlot(state, slot, held)
  }
  for (const [slot, open] of state.open) {
    // Too late for a hint, as after a restart, or there is nobody to be told.
    if (open.recovery.hasAsked || now >= slotTimes(slot, slotSeconds).deadline) open.hinted = true
    open.recovery.tick({ ...context, slot, open })
    if (now >= hintAt(slot, slotSeconds) && !open.hinted) hint(context, slot, open)
  }
  if (state.endMissedAt !== undefined && now >= state.endMissedAt) endMissed(context)
  for (const slot of state.closed.keys()) {
    if (now >= slotTimes(slot, slotSeconds).over) state.closedThrough = Math.max(state.closedThrough, slot)
  }
  state.book.prune(now)
}

/** Gives the moment by which rosters that were missed have come: a slot later. */
function rostersBy(now: Millis, slotSeconds: number): Millis {
  return millis(now + slotSeconds * 1000)
}

/** Ends the slots of the last {@link MISSED_SLOTS} that were missed, so that every slot has an end in every record (section 9). */
function endMissed(context: AggregatorContext<AggregatorState>): void {
  const { state, now } = context
  const { slotSeconds } = state.config
  state.endMissedAt = undefined
  let last = slotAt(now, slotSeconds) - 1
  while (last >= 0 && now < slotTimes(last as Slot, slotSeconds).over) last--
  const first = Math.max(state.silentThrough + 1, last - MISSED_SLOTS + 1, oldestKept(state))
  for (let slot = first as Slot; slot <= last; slot = (slot + 1) as Slot) {
    const held = state.book.ofSlot(slot)
    if (!held || state.closed.has(slot)) continue
    lose({ ...context, slot, open: openSlot(state, slot, held) }, LossReason.Away, [])
  }
}

/** Gives the oldest slot of which it is known whether it has a result: of those before, results may have been given up. */
function oldestKept({ config, closed }: AggregatorState): number {
  return closed.size < (config.keptTranscripts ?? DEFAULT_KEPT) ? 0 : Math.min(...closed.keys())
}

function hint({ state, out }: AggregatorContext, slot: Slot, open: OpenSlot): void {
  open.hinted = true
  const { roster } = open.held
  const payload = MissingPayload.encode({ members: encodeMemberSet(missingOf(open), roster.n) })
  const bytes = sealEnvelope(state.config.identity, MessageType.Missing, roster.hash, roster.epoch, slot, payload)
  out.push({ type: 'publish', topic: 'control', bytes })
}

/** Sends a slot's request or result once more after a restart; whoever has it already drops it. */
function takeUpAgain(context: AggregatorContext<AggregatorState>, slot: Slot): void {
  const closed = context.state.closed.get(slot)
  const open = context.state.open.get(slot)
  if (closed) context.out.push({ type: 'publish', topic: 'control', bytes: closed.result })
  else open?.recovery.takeUpAgain({ ...context, slot, open })
}

function schedule(state: AggregatorState, now: Millis): void {
  const { slotSeconds } = state.config
  let next: number | undefined = state.restarted.length > 0 ? now : undefined
  for (const [slot, open] of state.open) {
    const hinted = open.hinted || open.recovery.hasAsked
    next = earliest(next, open.recovery.wakeAt({ slot, open }), hinted ? undefined : hintAt(slot, slotSeconds))
  }
  // The slot that ended last may have no submission yet and so not be open.
  const current = slotAt(now, slotSeconds)
  const hints = [current - 1, current].map(slot => hintAt(slot as Slot, slotSeconds))
  state.wakeAt = earliest(
    next,
    clockWakeAt(state),
    state.endMissedAt,
    state.book.latest && hints.find(moment => moment > Math.min(state.tickedAt, now))
  )
}

/** A SyncRequest as it came in. */
type SyncInput = Extract<AggregatorInput, { type: 'sync' }>

function answerSync(state: AggregatorState, { from, bytes, token }: SyncInput, now: Millis): AggregatorOutput[] {
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
  if (request.words.byteLength > 0) return [{ type: 'reply', token, bytes: answerWords(state, from, request) }]
  if (!request.transcript) return [reply(token, 'expected an envelope or a request for a transcript')]
  return [{ type: 'reply', token, bytes: answerTranscript(state, from, request.slot as Slot) }]
}

function reply(token: number, refused: string): AggregatorOutput {
  return { type: 'reply', token, bytes: syncReplyWith(refused) }
}
