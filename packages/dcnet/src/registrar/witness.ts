/**
 * Gossip as the registrar hears it. It witnesses submissions and releases, without checking a signature before something
 * hangs on it, and passes on control messages that everybody takes.
 */
import {
  countMemberSet,
  Drop,
  decodeMemberSet,
  type Envelope,
  MASK_ROUNDS,
  MessageType,
  MissingPayload,
  SlotLostPayload,
  SlotTotalPayload,
  type Verdict,
  verifyEnvelope
} from '@hushgrid/messages'
import { equalBytes, type MeterId, type Millis, sha256, slotTimes } from '@hushgrid/primitives'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import { receiveRoster, receiving } from '../protocol/receive.ts'
import { modeWith, recoveryOf } from '../recovery-modes.ts'
import type { HeldRoster } from '../roster/book.ts'
import { areNested, requestIn } from '../transcript/requests.ts'
import { checkTotalPayload } from '../transcript/total.ts'
import type { RegistrarOutput } from './contract.ts'
import { judgeSelfRefuting, keepDispute } from './disputes.ts'
import { isValid, MOST_HEARD, witnessedSlot } from './heard.ts'
import { keepRoster, keyOf, type RegistrarContext, type RegistrarState, settle } from './state.ts'
import type { Heard } from './witnessed-slot.ts'

/** Mask releases and words kept of one member and slot; they come one a round. */
const MOST_RELEASES = MASK_ROUNDS + 2
/** Different requests of a slot that are kept. */
const MOST_REQUESTS = 2 * MASK_ROUNDS

/** Takes in what came by gossip. */
export function witness(state: RegistrarState, input: Incoming, now: Millis): RegistrarOutput[] {
  return receiving<RegistrarOutput>(state, input, now, (envelope, out): Verdict => {
    const context: RegistrarContext = { state, now, out }
    if (envelope.type === MessageType.Roster || envelope.type === MessageType.RosterDelta) {
      hearRoster(context, input, envelope)
      return 'accept'
    }
    const held = state.book.ofEpoch(envelope.epoch)
    if (!held) throw new Drop('unknown-epoch')
    const message: Hearing = { ...context, input, envelope, held }
    if (input.channel === 'readings') {
      hearReading(message)
      // Nothing is passed on that was not checked.
      return 'ignore'
    }
    if (envelope.type === MessageType.Dispute) return hearDispute(message)
    hearAggregator(message)
    return 'accept'
  })
}

/** A message under a roster that is held, in one step. */
interface Hearing extends RegistrarContext {
  readonly input: Incoming
  readonly envelope: Envelope
  readonly held: HeldRoster
}

/** Takes in a roster of our own that came back: one that the journal does not know keeps us from signing another. */
function hearRoster({ state, now, out }: RegistrarContext, input: Incoming, envelope: Envelope): void {
  const latest = state.book.latest?.roster
  if (envelope.type === MessageType.RosterDelta && !state.book.ofEpoch(envelope.epoch)) {
    const { identity, networkId } = state.config
    if (envelope.sender !== identity.id || !verifyEnvelope(envelope, keyOf(state, identity.id), networkId)) throw new Drop('bad-signature')
    if (latest && envelope.epoch <= latest.epoch) throw new Drop('duplicate')
    state.behind = true
    throw new Drop('unknown-epoch', 'a roster of our own that the journal does not know')
  }
  const outputs: CommonOutput[] = []
  receiveRoster({ book: state.book, now, out: outputs }, envelope, input.bytes)
  for (const output of outputs) {
    if (output.type === 'roster' && output.held.bytes) {
      keepRoster(state, output.held.roster.epoch, output.held.bytes)
      settle(state, output.held)
      // The journal lacks what led to it as well.
      state.behind = true
      out.push({ type: 'journal', record: { kind: 'roster', bytes: output.held.bytes } })
    }
    out.push(output)
  }
  if (envelope.epoch > (state.book.latest?.roster.epoch ?? -1)) state.behind = true
}

/** Drops a message of another roster, or outside the time from a unit before its slot's end to the slot's close. */
function checkTime({ state, envelope, held, now }: Hearing): void {
  if (state.book.ofSlot(envelope.slot) !== held) throw new Drop('wrong-epoch')
  const { end, unit, over } = slotTimes(envelope.slot, state.config.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (now >= over) throw new Drop('slot-over')
}

function hearReading(message: Hearing): void {
  const { state, input, envelope, held, now } = message
  const { slot, sender } = envelope
  const index = held.roster.indexOf(sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (held.roster.isAbsent(index)) throw new Drop('absent-sender')
  checkTime(message)
  const witnessed = witnessedSlot(state, slot, held)
  const { submissions, releases, shares, words } = witnessed
  const kept: Partial<Record<MessageType, Map<MeterId, Heard[]>>> = {
    [MessageType.Submission]: submissions,
    [MessageType.ShareRelease]: shares,
    [MessageType.MaskWord]: words
  }
  const bySender = kept[envelope.type] ?? releases
  const heard: Heard = { envelope, bytes: input.bytes, at: now, from: input.from, valid: undefined }
  const before = bySender.get(sender)
  if (!before) bySender.set(sender, [heard])
  else if (before.some(each => equalBytes(each.envelope.hash, envelope.hash))) throw new Drop('duplicate')
  else if (before.length < (bySender === releases || bySender === words ? MOST_RELEASES : MOST_HEARD)) before.push(heard)
  else {
    // Forged ones must not crowd out the sender's own.
    if (!isValid(state, heard, held.roster)) throw new Drop('bad-signature')
    const forged = before.findIndex(each => !isValid(state, each, held.roster))
    if (forged < 0) throw new Drop('conflicting')
    before[forged] = heard
  }
}

/** Drops a request or dispute of another mode than the roster's. */
function checkRecovers({ held, envelope }: Hearing): void {
  const { type } = envelope
  if (!recoveryOf(held.roster).judgement.hears.has(type))
    throw new Drop('unexpected-type', `${type} in a network without ${modeWith(type)}`)
}

/** Takes in a dispute. Passes on a member's first of a slot, since members count further ones as our drops. */
function hearDispute(message: Hearing): Verdict {
  const { state, input, envelope, held, now, out } = message
  const { sender, slot } = envelope
  checkRecovers(message)
  const index = held.roster.indexOf(sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (held.roster.isAbsent(index)) throw new Drop('absent-sender')
  checkTime(message)
  const context = { state, out, slot, witnessed: witnessedSlot(state, slot, held) }
  const kept = keepDispute(context, { envelope, bytes: input.bytes, at: now, from: input.from, valid: true })
  if (kept === 'known') throw new Drop('duplicate')
  return kept === 'first' ? 'accept' : 'ignore'
}

/** Takes in hints, requests and results. Passes on only what every member takes, since members count their drops against us. */
function hearAggregator(message: Hearing): void {
  const { state, envelope, held } = message
  const { aggregator } = state
  const { roster } = held
  if (envelope.sender !== roster.aggregatorKey || envelope.sender !== aggregator?.key) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, aggregator.verify, roster.hash)) throw new Drop('bad-signature')
  checkTime(message)
  switch (envelope.type) {
    case MessageType.Missing:
      countMemberSet(MissingPayload.decode(envelope.payload).members, roster.n)
      return
    case MessageType.RecoveryRequest:
    case MessageType.MaskRequest:
    case MessageType.ShareRequest:
      checkRecovers(message)
      hearRequest(message)
      return
    case MessageType.SlotTotal:
      hearResult(message, checkTotalPayload(SlotTotalPayload.decode(envelope.payload), roster).missing)
      return
    case MessageType.SlotLost:
      countMemberSet(SlotLostPayload.decode(envelope.payload).members, roster.n)
      hearResult(message, undefined)
      return
    default:
      throw new Drop('unexpected-type', envelope.type)
  }
}

function hearRequest({ state, input, envelope, held, now, out }: Hearing): void {
  const { roster } = held
  const { slot, sender, hash, type } = envelope
  const asked = requestIn(envelope)
  if (!asked) throw new Drop('unexpected-type', type)
  const members = new Set(decodeMemberSet(asked.members, roster.n))
  if ((members.size === 0 && type !== MessageType.ShareRequest) || [...members].some(index => roster.isAbsent(index)))
    throw new Drop('wrong-shape', 'expected present members')
  const witnessed = witnessedSlot(state, slot, held)
  const { requests } = witnessed
  if (requests.some(each => equalBytes(each.hash, hash))) throw new Drop('duplicate')
  if (requests.length >= MOST_REQUESTS) throw new Drop('conflicting')
  const request = {
    hash,
    bytes: input.bytes,
    payloadHash: sha256(envelope.payload),
    members,
    round: asked.round,
    at: now,
    handed: new Set<MeterId>()
  }
  const other = requests.find(each => each.round === request.round || !areNested(each, request))
  if (other && !witnessed.conflicting) {
    witnessed.conflicting = true
    const kind = type === MessageType.RecoveryRequest ? 'two-requests' : 'conflicting-requests'
    out.push({ type: 'evidence', against: sender, what: { kind, slot }, envelopes: [other.bytes, input.bytes] })
  }
  // Passed on all the same, so that whoever has not answered yet refuses.
  requests.push(request)
  judgeSelfRefuting({ state, out, slot, witnessed })
}

function hearResult({ state, input, envelope, held, out }: Hearing, missing: readonly number[] | undefined): void {
  const { slot, sender, hash, payload } = envelope
  const witnessed = witnessedSlot(state, slot, held)
  if (!witnessed.result) witnessed.result = { hash, bytes: input.bytes, missing, payload }
  else if (equalBytes(witnessed.result.hash, hash)) throw new Drop('duplicate')
  else {
    const envelopes = [witnessed.result.bytes, input.bytes]
    out.push({ type: 'evidence', against: sender, what: { kind: 'two-results', slot }, envelopes })
    throw new Drop('conflicting')
  }
}
