/**
 * What the registrar hears by gossip. It listens to submissions and releases as a witness, without checking a signature
 * before something hangs on it, and passes on control messages that everybody takes.
 */
import {
  countMemberSet,
  DisputePayload,
  Drop,
  decodeMemberSet,
  type Envelope,
  MASK_ROUNDS,
  MaskReleasePayload,
  MaskRequestPayload,
  MessageType,
  MissingPayload,
  RecoveryRequestPayload,
  SHARE_BYTES,
  ShareReleasePayload,
  ShareRequestPayload,
  SlotLostPayload,
  SlotTotalPayload,
  SubmissionPayload,
  type Verdict,
  verifyEnvelope
} from '@hushgrid/messages'
import { equalBytes, HushgridError, type MeterId, type Millis, type Slot, sha256, slotAt, slotTimes } from '@hushgrid/primitives'
import { correctionBytes } from '../masks/share-recovery.ts'
import type { CommonOutput, Incoming } from '../protocol/outputs.ts'
import { receiveRoster, receiving } from '../protocol/receive.ts'
import type { HeldRoster } from '../roster/book.ts'
import { RECOVERY, type Roster } from '../roster/roster.ts'
import { checkTotalPayload } from '../transcript/total.ts'
import {
  type Heard,
  type HeardRequest,
  keepRoster,
  keyOf,
  type RegistrarOutput,
  type RegistrarState,
  settle,
  type WitnessedSlot
} from './state.ts'

/** Slots of which is kept what was heard. */
const KEPT_SLOTS = 8
/** Different messages of one member, type and slot that are kept; of mask releases there is one for each round. */
const MOST_HEARD = 4
const MOST_RELEASES = MASK_ROUNDS + 2
/** Different requests of a slot that are kept. */
const MOST_REQUESTS = 2 * MASK_ROUNDS

/** Takes in what came by gossip. */
export function witness(state: RegistrarState, input: Incoming, now: Millis): RegistrarOutput[] {
  return receiving<RegistrarOutput>(
    input,
    slotAt(now, state.config.slotSeconds),
    state.drops,
    (envelope, out): Verdict => {
      if (envelope.type === MessageType.Roster || envelope.type === MessageType.RosterDelta) {
        hearRoster(state, input, envelope, now, out)
        return 'accept'
      }
      const held = state.book.ofEpoch(envelope.epoch)
      if (!held) throw new Drop('unknown-epoch')
      if (input.channel === 'readings') {
        hearReading(state, input, envelope, held, now)
        // What was not checked is not passed on either.
        return 'ignore'
      }
      if (envelope.type === MessageType.Dispute) hearDispute(state, envelope, held, now)
      else hearAggregator(state, input, envelope, held, now, out)
      return 'accept'
    },
    state.config.credentials
  )
}

/** Our own rosters come back as what is known; one that the journal does not know stands against signing another. */
function hearRoster(state: RegistrarState, input: Incoming, envelope: Envelope, now: Millis, out: RegistrarOutput[]): void {
  const latest = state.book.latest?.roster
  if (envelope.type === MessageType.RosterDelta && !state.book.ofEpoch(envelope.epoch)) {
    const { identity, networkId } = state.config
    if (envelope.sender !== identity.id || !verifyEnvelope(envelope, keyOf(state, identity.id), networkId)) throw new Drop('bad-signature')
    // The first slot is signed, the epoch is not.
    if (latest && envelope.slot <= latest.firstSlot) throw new Drop('duplicate')
    state.behind = true
    throw new Drop('unknown-epoch', 'a roster of our own that the journal does not know')
  }
  const outputs: CommonOutput[] = []
  receiveRoster(state.book, envelope, input.bytes, now, outputs)
  for (const output of outputs) {
    if (output.type === 'roster' && output.held.bytes) {
      keepRoster(state, output.held.roster.epoch, output.held.bytes)
      settle(state, output.held)
      // What led to it is missing in the journal as well.
      state.behind = true
      out.push({ type: 'journal', record: { kind: 'roster', bytes: output.held.bytes } })
    }
    out.push(output)
  }
  if (envelope.epoch > (state.book.latest?.roster.epoch ?? -1)) state.behind = true
}

/** What was heard of a slot, begun where nothing was yet. */
export function witnessedSlot(state: RegistrarState, slot: Slot, held: HeldRoster): WitnessedSlot {
  let witnessed = state.witnessed.get(slot)
  if (!witnessed) {
    witnessed = {
      held,
      submissions: new Map(),
      releases: new Map(),
      shares: new Map(),
      requests: [],
      conflicting: false,
      disputes: new Map(),
      result: undefined,
      question: undefined,
      probed: new Set(),
      answered: new Set(),
      silent: new Set(),
      stage: 0,
      judged: false
    }
    state.witnessed.set(slot, witnessed)
  }
  return witnessed
}

/** Forgets slots that nobody is judged by any more. */
export function forgetSlots(state: RegistrarState, now: Millis): void {
  const oldest = slotAt(now, state.config.slotSeconds) - KEPT_SLOTS
  for (const slot of state.witnessed.keys()) if (slot < oldest) state.witnessed.delete(slot)
}

/** Between a unit before a slot's end and its close, of the roster that the slot belongs to. */
function checkTime(state: RegistrarState, envelope: Envelope, held: HeldRoster, now: Millis): void {
  if (state.book.ofSlot(envelope.slot) !== held) throw new Drop('wrong-epoch')
  const { end, unit, over } = slotTimes(envelope.slot, state.config.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (now >= over) throw new Drop('slot-over')
}

function hearReading(state: RegistrarState, input: Incoming, envelope: Envelope, held: HeldRoster, now: Millis): void {
  const { slot, sender } = envelope
  const index = held.roster.indexOf(sender)
  if (index === undefined) throw new Drop('unknown-sender')
  if (held.roster.isAbsent(index)) throw new Drop('absent-sender')
  checkTime(state, envelope, held, now)
  const witnessed = witnessedSlot(state, slot, held)
  const { submissions, releases, shares } = witnessed
  const bySender = envelope.type === MessageType.Submission ? submissions : envelope.type === MessageType.ShareRelease ? shares : releases
  const heard: Heard = { envelope, bytes: input.bytes, at: now, from: input.from, valid: undefined }
  const before = bySender.get(sender)
  if (!before) bySender.set(sender, [heard])
  else if (before.some(each => equalBytes(each.envelope.hash, envelope.hash))) throw new Drop('duplicate')
  else if (before.length < (bySender === releases ? MOST_RELEASES : MOST_HEARD)) before.push(heard)
  else {
    // Forged ones must not crowd out the sender's own.
    if (!isValid(state, heard, held.roster)) throw new Drop('bad-signature')
    const forged = before.findIndex(each => !isValid(state, each, held.roster))
    if (forged < 0) throw new Drop('conflicting')
    before[forged] = heard
  }
}

/** Whether what was heard is its sender's and of the roster's shape. */
export function isValid(state: RegistrarState, heard: Heard, roster: Roster): boolean {
  if (heard.valid === undefined) {
    const { envelope } = heard
    heard.valid = hasShape(envelope, roster) && verifyEnvelope(envelope, keyOf(state, envelope.sender), roster.hash)
    if (!heard.valid) state.drops.add('bad-signature', heard.from, envelope.slot)
  }
  return heard.valid
}

function hasShape({ type, payload }: Envelope, roster: Roster): boolean {
  try {
    if (type === MessageType.ShareRelease) return ShareReleasePayload.decode(payload).requestHash.byteLength > 0
    if (type === MessageType.MaskRelease) return MaskReleasePayload.decode(payload).lanes.byteLength === 8 * roster.lanes.length
    const { lanes, corrections, check } = SubmissionPayload.decode(payload)
    const doubleMask = roster.recovery === RECOVERY['double-mask']
    return (
      lanes.byteLength === 8 * roster.lanes.length &&
      corrections.byteLength === (doubleMask ? correctionBytes(roster) : 0) &&
      check.byteLength === (doubleMask ? SHARE_BYTES : 0)
    )
  } catch (cause) {
    if (cause instanceof HushgridError) return false
    throw cause
  }
}

/** A member's submission of a slot that is its own, heard before a moment; the first where there are several. */
export function validSubmission(
  state: RegistrarState,
  witnessed: WitnessedSlot,
  id: MeterId,
  before = Number.POSITIVE_INFINITY
): Heard | undefined {
  const { roster } = witnessed.held
  return witnessed.submissions.get(id)?.find(heard => heard.at < before && isValid(state, heard, roster))
}

/** The latest Submission envelope of a meter that was heard; empty where there is none. */
export function latestSubmission(state: RegistrarState, id: MeterId): Uint8Array {
  for (const [, witnessed] of [...state.witnessed].sort(([a], [b]) => b - a)) {
    const heard = validSubmission(state, witnessed, id)
    if (heard) return heard.bytes
  }
  return new Uint8Array(0)
}

function checkRecovers(held: HeldRoster, type: MessageType): void {
  const mode = type === MessageType.MaskRequest || type === MessageType.ShareRequest ? 'double-mask' : 'edge-release'
  if (held.roster.recovery !== RECOVERY[mode]) throw new Drop('unexpected-type', `${type} in a network without ${mode}`)
}

function hearDispute(state: RegistrarState, envelope: Envelope, held: HeldRoster, now: Millis): void {
  const { sender, slot } = envelope
  checkRecovers(held, envelope.type)
  if (held.roster.indexOf(sender) === undefined) throw new Drop('unknown-sender')
  checkTime(state, envelope, held, now)
  const before = state.witnessed.get(slot)?.disputes.get(sender) ?? []
  if (before.some(each => equalBytes(each.hash, envelope.hash))) throw new Drop('duplicate')
  if (!verifyEnvelope(envelope, keyOf(state, sender), held.roster.hash)) throw new Drop('bad-signature')
  DisputePayload.decode(envelope.payload)
  if (before.length >= MOST_HEARD) throw new Drop('conflicting')
  witnessedSlot(state, slot, held).disputes.set(sender, [...before, envelope])
}

/** Hints, requests and results; passed on is only what the others take too, who would otherwise hold it against us. */
function hearAggregator(
  state: RegistrarState,
  input: Incoming,
  envelope: Envelope,
  held: HeldRoster,
  now: Millis,
  out: RegistrarOutput[]
): void {
  const { aggregator } = state
  const { roster } = held
  if (envelope.sender !== roster.aggregatorKey || envelope.sender !== aggregator?.key) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, aggregator.verify, roster.hash)) throw new Drop('bad-signature')
  checkTime(state, envelope, held, now)
  switch (envelope.type) {
    case MessageType.Missing:
      countMemberSet(MissingPayload.decode(envelope.payload).members, roster.n)
      return
    case MessageType.RecoveryRequest:
    case MessageType.MaskRequest:
    case MessageType.ShareRequest:
      checkRecovers(held, envelope.type)
      hearRequest(state, input, envelope, held, now, out)
      return
    case MessageType.SlotTotal:
      hearResult(state, input, envelope, held, checkTotalPayload(SlotTotalPayload.decode(envelope.payload), roster).missing, out)
      return
    case MessageType.SlotLost:
      countMemberSet(SlotLostPayload.decode(envelope.payload).members, roster.n)
      hearResult(state, input, envelope, held, undefined, out)
      return
    default:
      throw new Drop('unexpected-type', envelope.type)
  }
}

function hearRequest(
  state: RegistrarState,
  input: Incoming,
  envelope: Envelope,
  held: HeldRoster,
  now: Millis,
  out: RegistrarOutput[]
): void {
  const { roster } = held
  const { slot, sender, hash, type } = envelope
  const { round, members: set } = requestIn(envelope)
  const members = decodeMemberSet(set, roster.n)
  if ((members.length === 0 && type !== MessageType.ShareRequest) || members.some(index => roster.isAbsent(index)))
    throw new Drop('wrong-shape', 'expected present members')
  const witnessed = witnessedSlot(state, slot, held)
  const { requests } = witnessed
  if (requests.some(each => equalBytes(each.hash, hash))) throw new Drop('duplicate')
  if (requests.length >= MOST_REQUESTS) throw new Drop('conflicting')
  const request = { hash, bytes: input.bytes, payloadHash: sha256(envelope.payload), members, round, at: now }
  const other = requests.find(each => conflicts(each, request))
  if (other && !witnessed.conflicting) {
    witnessed.conflicting = true
    const what = `${type === MessageType.RecoveryRequest ? 'two' : 'conflicting'} requests for slot ${slot}`
    out.push({ type: 'evidence', against: sender, what, envelopes: [other.bytes, input.bytes] })
  }
  // Passed on all the same: whoever has not answered yet refuses then.
  requests.push(request)
}

function requestIn({ type, payload }: Envelope): Pick<HeardRequest, 'round'> & { readonly members: Uint8Array } {
  if (type === MessageType.MaskRequest) return MaskRequestPayload.decode(payload)
  if (type === MessageType.ShareRequest) return { round: 'shares', ...ShareRequestPayload.decode(payload) }
  return { round: 0, ...RecoveryRequestPayload.decode(payload) }
}

/** Of the same kind and round, or a later M does not contain an earlier one (PROTOCOL.md section 7). */
function conflicts(a: HeardRequest, b: HeardRequest): boolean {
  if (a.round === b.round) return true
  const [earlier, later] = a.round === 'shares' || (b.round !== 'shares' && b.round < a.round) ? [b, a] : [a, b]
  const contained = new Set(later.members)
  return earlier.members.some(index => !contained.has(index))
}

function hearResult(
  state: RegistrarState,
  input: Incoming,
  envelope: Envelope,
  held: HeldRoster,
  missing: readonly number[] | undefined,
  out: RegistrarOutput[]
): void {
  const { slot, sender, hash, payload } = envelope
  const witnessed = witnessedSlot(state, slot, held)
  if (!witnessed.result) witnessed.result = { hash, bytes: input.bytes, missing, payload }
  else if (equalBytes(witnessed.result.hash, hash)) throw new Drop('duplicate')
  else {
    const envelopes = [witnessed.result.bytes, input.bytes]
    out.push({ type: 'evidence', against: sender, what: `two results for slot ${slot}`, envelopes })
    throw new Drop('conflicting')
  }
}
