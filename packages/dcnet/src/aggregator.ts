/**
 * The aggregator of PROTOCOL.md as a state machine without I/O: it collects the masked readings of a slot and has the
 * total as soon as the last one is there. Same calling contract as the meter's.
 */
import {
  decodeEnvelope,
  type Envelope,
  encodeMemberSet,
  LossReason,
  MalformedMessageError,
  MessageType,
  MissingPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SlotTranscript,
  SubmissionPayload,
  SyncReply,
  SyncRequest,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  addLanes,
  type Epoch,
  equalBytes,
  fromHex,
  type IdentityKey,
  InvalidArgumentError,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type Millis,
  type Slot,
  slotAt,
  slotTimes,
  subtractLanes,
  VerifyKey,
  zeroLanes
} from '@hushgrid/primitives'
import { DropCounter } from './drops.ts'
import { type CommonOutput, earliest, type Incoming, type SlotResult, type Step, type Tick } from './outputs.ts'
import { Drop, receiveRoster, receiving } from './receive.ts'
import { type HeldRoster, RosterBook } from './roster-book.ts'
import { plausible } from './total.ts'
import { transcriptHash } from './transcript.ts'

export interface AggregatorConfig {
  readonly identity: IdentityKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly registrarKey: MeterId
  /** Finished slots whose transcripts can still be fetched; older ones are the store's matter. */
  readonly keptTranscripts?: number
}

export type AggregatorInput =
  | Incoming
  | Tick
  /** A SyncRequest from a peer; answered by a `reply` output with the same token. */
  | { readonly type: 'sync'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }

export type AggregatorOutput =
  | CommonOutput
  | SlotResult
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /** A slot has its result: everything that replays it, for the store. Comes before the result is published. */
  | { readonly type: 'journal'; readonly slot: Slot; readonly epoch: Epoch; readonly transcript: Uint8Array }

interface OpenSlot {
  readonly held: HeldRoster
  readonly sum: LaneVector
  /** By position in the roster; null where two different submissions came. */
  readonly submissions: ({ readonly hash: Uint8Array; readonly bytes: Uint8Array; readonly lanes: LaneVector } | null | undefined)[]
  count: number
  hinted: boolean
}

interface ClosedSlot {
  readonly result: Uint8Array
  readonly transcript: Uint8Array
}

export interface AggregatorState {
  readonly config: AggregatorConfig
  readonly book: RosterBook
  readonly drops: DropCounter
  /** Verification keys of the rosters in force, by member; made at first use. */
  readonly keys: Map<MeterId, VerifyKey>
  readonly open: Map<Slot, OpenSlot>
  readonly closed: Map<Slot, ClosedSlot>
  /** No slot up to here is opened any more. */
  closedThrough: number
  tickedAt: Millis
  wakeAt: Millis | undefined
}

const DEFAULT_KEPT = 96

/** @param closedThrough - the last slot that the store has a result of; −1 where it has none */
export function createAggregator(config: AggregatorConfig, closedThrough: number, now: Millis): AggregatorState {
  const state: AggregatorState = {
    config,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.registrarKey,
      aggregatorKey: config.identity.id
    }),
    drops: new DropCounter(),
    keys: new Map(),
    open: new Map(),
    closed: new Map(),
    closedThrough,
    tickedAt: now,
    wakeAt: undefined
  }
  schedule(state, now)
  return state
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
  return receiving<AggregatorOutput>(input, slotAt(now, state.config.slotSeconds), state.drops, (envelope, out) => {
    switch (envelope.type) {
      case MessageType.Roster:
        receiveRoster(state.book, envelope, input.bytes, now, out as CommonOutput[])
        for (const output of out) if (output.type === 'roster') openEpoch(state, output.held)
        return
      case MessageType.Submission:
        receiveSubmission(state, envelope, input.bytes, now, out)
        // Taken, and not passed on: meters send to whoever else listens themselves, and an auditor fetches the transcript.
        return 'ignore'
      default:
        // Our own results come back by honest relays once gossip has forgotten them; that is not held against anybody.
        if (envelope.sender === state.config.identity.id) throw new Drop('duplicate')
        throw new Drop('unexpected-type', envelope.type)
    }
  })
}

/** Keys of members that are gone are forgotten; the rest stay ready. */
function openEpoch(state: AggregatorState, held: HeldRoster): void {
  for (const id of state.keys.keys()) {
    if (held.roster.indexOf(id) === undefined) state.keys.delete(id)
  }
}

function keyOf(state: AggregatorState, id: MeterId): VerifyKey {
  let key = state.keys.get(id)
  if (!key) {
    key = new VerifyKey(fromHex(id))
    state.keys.set(id, key)
  }
  return key
}

function receiveSubmission(state: AggregatorState, envelope: Envelope, bytes: Uint8Array, now: Millis, out: AggregatorOutput[]): void {
  const { slot } = envelope
  const held = state.book.ofEpoch(envelope.epoch)
  if (!held) throw new Drop('unknown-epoch')
  const { roster } = held
  const index = roster.indexOf(envelope.sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (roster.isAbsent(index)) throw new Drop('absent-sender')
  if (state.book.ofSlot(slot) !== held) throw new Drop('wrong-epoch')
  if (slot <= state.closedThrough || state.closed.has(slot)) throw new Drop('slot-over')
  const times = slotTimes(slot, roster.slotSeconds)
  // Clocks agree within a unit, so the sender's slot may have ended before ours.
  if (now < times.end - times.unit) throw new Drop('too-early')
  // A slot that was never opened here, as while we were down, stays so.
  if (now >= times.over) throw new Drop('slot-over')
  const open = openSlot(state, slot, held)
  const before = open.submissions[index]
  if (before === null) throw new Drop('conflicting')
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  if (!verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)) throw new Drop('bad-signature')
  if (before) {
    // Two different submissions for one slot: evidence, and the member counts as missing (section 9).
    subtractLanes(open.sum, before.lanes)
    open.submissions[index] = null
    open.count--
    out.push({ type: 'evidence', against: envelope.sender, what: `two submissions for slot ${slot}`, envelopes: [before.bytes, bytes] })
    throw new Drop('conflicting')
  }
  const lanes = submissionLanes(envelope, held)
  addLanes(open.sum, lanes)
  open.submissions[index] = { hash: envelope.hash, bytes, lanes }
  open.count++
  if (open.count === roster.presentCount) close(state, slot, open, out)
}

function submissionLanes(envelope: Envelope, held: HeldRoster): LaneVector {
  const payload = SubmissionPayload.decode(envelope.payload)
  if (payload.corrections.byteLength + payload.check.byteLength > 0) throw new Drop('wrong-shape', 'fields of double mask')
  try {
    return lanesFromExactBytes(payload.lanes, held.roster.lanes.length)
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('wrong-shape', cause.message)
    throw cause
  }
}

function openSlot(state: AggregatorState, slot: Slot, held: HeldRoster): OpenSlot {
  let open = state.open.get(slot)
  if (!open) {
    open = { held, sum: zeroLanes(held.roster.lanes.length), submissions: new Array(held.roster.n), count: 0, hinted: false }
    state.open.set(slot, open)
  }
  return open
}

/** Publishes the result of a slot: the total of all, or that it is lost. */
function close(state: AggregatorState, slot: Slot, open: OpenSlot, out: AggregatorOutput[]): void {
  const { roster } = open.held
  const used: { hash: Uint8Array; bytes: Uint8Array; index: number }[] = []
  open.submissions.forEach((submission, index) => {
    if (submission) used.push({ hash: submission.hash, bytes: submission.bytes, index })
  })
  const missing = missingOf(open)
  if (missing.length > 0 || !plausible(open.sum, used.length)) {
    lose(state, slot, open, missing.length > 0 ? LossReason.MembersMissing : LossReason.Implausible, missing, out)
    return
  }
  const hashes = used.map(submission => submission.hash)
  const payload = SlotTotalPayload.encode({
    contributors: encodeMemberSet(
      used.map(submission => submission.index),
      roster.n
    ),
    lanes: lanesToBytes(open.sum),
    transcriptHash: transcriptHash(roster.hash, slot, hashes)
  })
  const result = sealEnvelope(state.config.identity, MessageType.SlotTotal, roster.hash, roster.epoch, slot, payload)
  const envelopes = used.map(submission => submission.bytes)
  finish(state, slot, open, result, SlotTranscript.encode({ result: result, envelopes }), out)
  out.push({ type: 'total', slot, epoch: roster.epoch, contributors: used.length, lanes: open.sum })
}

function lose(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  reason: LossReason,
  members: readonly number[],
  out: AggregatorOutput[]
): void {
  const { roster } = open.held
  const payload = SlotLostPayload.encode({ reason, members: encodeMemberSet(members, roster.n) })
  const result = sealEnvelope(state.config.identity, MessageType.SlotLost, roster.hash, roster.epoch, slot, payload)
  finish(state, slot, open, result, SlotTranscript.encode({ result: result, envelopes: [] }), out)
  out.push({ type: 'lost', slot, epoch: roster.epoch, reason, members: members.map(index => roster.meterId(index)) })
}

function finish(
  state: AggregatorState,
  slot: Slot,
  open: OpenSlot,
  result: Uint8Array,
  transcript: Uint8Array,
  out: AggregatorOutput[]
): void {
  state.open.delete(slot)
  state.closed.set(slot, { result, transcript })
  const keep = state.config.keptTranscripts ?? DEFAULT_KEPT
  while (state.closed.size > keep) {
    const oldest = Math.min(...state.closed.keys()) as Slot
    state.closed.delete(oldest)
    state.closedThrough = Math.max(state.closedThrough, oldest)
  }
  out.push({ type: 'journal', slot, epoch: open.held.roster.epoch, transcript })
  out.push({ type: 'publish', topic: 'control', bytes: result })
}

/** Positions of the present members that are not in, ascending. */
function missingOf(open: OpenSlot): number[] {
  const missing: number[] = []
  for (let index = 0; index < open.held.roster.n; index++) {
    if (!open.submissions[index] && !open.held.roster.isAbsent(index)) missing.push(index)
  }
  return missing
}

/** Half way to the deadline: who is not in is told so, once, and may send the same bytes again. */
function hintAt(slot: Slot, slotSeconds: number): number {
  const { end, unit } = slotTimes(slot, slotSeconds)
  return end + 2 * unit
}

/** Without recovery there is nothing to ask for: the slot is given up while its result still comes before it is over. */
function giveUpAt(slot: Slot, slotSeconds: number): number {
  const { over, unit } = slotTimes(slot, slotSeconds)
  return over - unit
}

function tick(state: AggregatorState, now: Millis, out: AggregatorOutput[]): void {
  const { slotSeconds } = state.config
  state.tickedAt = now
  const last = slotAt(now, slotSeconds) - 1
  // A slot that nobody has sent anything for ends as lost too.
  for (let slot = Math.max(0, last - 1) as Slot; slot <= last; slot = (slot + 1) as Slot) {
    const held = state.book.ofSlot(slot)
    if (held && slot > state.closedThrough && !state.closed.has(slot) && now < slotTimes(slot, slotSeconds).over)
      openSlot(state, slot, held)
  }
  for (const [slot, open] of state.open) {
    const { roster } = open.held
    if (now >= giveUpAt(slot, slotSeconds)) close(state, slot, open, out)
    else if (now >= hintAt(slot, slotSeconds) && !open.hinted) {
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

function schedule(state: AggregatorState, now: Millis): void {
  const { slotSeconds } = state.config
  let next: number | undefined
  for (const [slot, open] of state.open) {
    next = earliest(next, open.hinted ? giveUpAt(slot, slotSeconds) : hintAt(slot, slotSeconds))
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
  const closed = state.closed.get(request.slot as Slot)
  if (!closed) return [reply(token, `slot ${request.slot} has no result here`)]
  if (!mayKnow(state, from, decodeEnvelope(closed.result).epoch))
    return [reply(token, 'transcripts are for members of the roster and the registrar')]
  return [{ type: 'reply', token, bytes: SyncReply.encode({ refused: '', transcript: SlotTranscript.decode(closed.transcript) }) }]
}

/** Who may know the total: the members of its roster, the registrar and the aggregator itself. */
function mayKnow(state: AggregatorState, who: MeterId, epoch: Epoch): boolean {
  const held = state.book.ofEpoch(epoch) ?? state.book.latest
  return who === state.config.registrarKey || who === state.config.identity.id || held?.roster.indexOf(who) !== undefined
}

function reply(token: number, refused: string): AggregatorOutput {
  return { type: 'reply', token, bytes: SyncReply.encode({ refused }) }
}
