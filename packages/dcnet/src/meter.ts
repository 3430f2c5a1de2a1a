/**
 * The meter of PROTOCOL.md as a state machine without I/O. Call {@link createMeter} with what the journal holds, then
 * {@link stepMeter} with each input and the protocol time; carry out the outputs in order; call it with a tick at
 * `wakeAt`. The state handed in is used up, the one handed back is the meter.
 */
import {
  countMemberSet,
  decodeEnvelope,
  decodeMemberSet,
  EnrolReply,
  EnrolRequest,
  type Envelope,
  inMemberSet,
  JoinReply,
  JoinRequest,
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
  type BlindingKey,
  type Epoch,
  equalBytes,
  fromHex,
  HushgridError,
  type IdentityKey,
  type LaneVector,
  lanesFromExactBytes,
  lanesToBytes,
  type MeterId,
  type Millis,
  type Slot,
  slotAt,
  slotTimes,
  VerifyKey
} from '@hushgrid/primitives'
import { type Credential, verifyCredential } from './credential.ts'
import { DropCounter } from './drops.ts'
import { EpochMasks, SharedSecrets } from './edge-keys.ts'
import type { CommonOutput, Incoming, SlotResult, Step, Tick } from './outputs.ts'
import { Drop, receiveRoster, receiving } from './receive.ts'
import { type HeldRoster, RosterBook } from './roster-book.ts'
import { type CredentialCache, DEFAULT_FLOORS, type RosterFloors } from './roster-check.ts'
import { checkTotalPayload } from './total.ts'

export interface MeterConfig {
  readonly identity: IdentityKey
  readonly blinding: BlindingKey
  readonly networkId: Uint8Array
  readonly slotSeconds: number
  readonly registrarKey: MeterId
  readonly aggregatorKey?: MeterId | undefined
  readonly floors?: RosterFloors | undefined
  /** Where nodes of one process share what they know of credentials. */
  readonly credentials?: CredentialCache | undefined
  /** Multiaddrs at which neighbours reach this meter. */
  readonly addresses: readonly string[]
}

/**
 * What a meter's journal tells after a restart. `intact: false` is a journal that is missing or damaged: every slot up
 * to the one that ends next then counts as possibly submitted.
 */
export type MeterJournal = { readonly intact: true; readonly submissions: readonly JournalledSubmission[] } | { readonly intact: false }

/** One line of the journal, written before the bytes are published. */
export interface JournalledSubmission {
  readonly slot: Slot
  /** The Submission envelope. */
  readonly bytes: Uint8Array
}

export type MeterInput =
  | Incoming
  | Tick
  /** The household's reading of a slot, one integer a lane. A slot without one is a gap and is not submitted. */
  | { readonly type: 'reading'; readonly slot: Slot; readonly lanes: LaneVector }
  /** Ask the registrar for a credential; the answer also tells where the aggregator is. */
  | { readonly type: 'enrol' }
  /** Ask to be taken in from the next epoch, with the credential and the aggregator within reach. */
  | { readonly type: 'join' }

export type MeterOutput =
  | CommonOutput
  | SlotResult
  | { readonly type: 'journal'; readonly submission: JournalledSubmission }
  /** Send on a stream and feed the answer, if one comes, back in as a message. */
  | { readonly type: 'request'; readonly to: 'registrar' | 'aggregator'; readonly stream: 'enrol' | 'sync'; readonly bytes: Uint8Array }
  /** The registrar gave the credential, or took the meter in, or says why not. */
  | { readonly type: 'enrolled'; readonly credential: Credential /** Empty where that is not known yet. */; readonly aggregator: string }
  | { readonly type: 'admitted' }
  | { readonly type: 'refused'; readonly by: 'registrar'; readonly reason: string }
  /** A total that leaves out what we sent, or counts what we did not send. */
  | { readonly type: 'misreported'; readonly slot: Slot; readonly detail: string }

/** Slots for which results and own submissions are remembered. */
const KEPT_SLOTS = 4
/** Readings that may wait for their slot's end. */
const PENDING_READINGS = 8

interface MeterEpoch {
  readonly held: HeldRoster
  readonly index: number
  readonly masks: EpochMasks
}

export interface MeterState {
  readonly config: MeterConfig
  readonly registrarVerify: VerifyKey
  aggregator: { readonly key: MeterId; readonly verify: VerifyKey } | undefined
  readonly book: RosterBook
  readonly secrets: SharedSecrets
  readonly epochs: Map<Epoch, MeterEpoch>
  readonly drops: DropCounter
  readonly readings: Map<Slot, LaneVector>
  /** Every slot up to here is submitted, or may be: never again. */
  finishedThrough: number
  /** Own submissions of the last slots, for resending the same bytes. */
  readonly submitted: Map<Slot, Uint8Array>
  /** Envelope of the result of the last slots. */
  readonly results: Map<Slot, { readonly envelope: Envelope; readonly bytes: Uint8Array }>
  credential: Credential | undefined
  /** The last slot at or after whose end there was a tick. */
  tickedThrough: number
  /** When the machine wants its next tick. */
  wakeAt: Millis | undefined
}

/** A meter as it comes up, from its keys and its journal. */
export function createMeter(config: MeterConfig, journal: MeterJournal, now: Millis): MeterState {
  const state: MeterState = {
    config,
    registrarVerify: new VerifyKey(fromHex(config.registrarKey)),
    aggregator: undefined,
    book: new RosterBook({
      networkId: config.networkId,
      slotSeconds: config.slotSeconds,
      registrarKey: config.registrarKey,
      aggregatorKey: config.aggregatorKey,
      own: { meterId: config.identity.id, blindingKey: config.blinding.publicKey },
      floors: config.floors ?? DEFAULT_FLOORS,
      credentials: config.credentials
    }),
    secrets: new SharedSecrets(config.blinding),
    epochs: new Map(),
    drops: new DropCounter(),
    readings: new Map(),
    finishedThrough: -1,
    submitted: new Map(),
    results: new Map(),
    credential: undefined,
    tickedThrough: slotAt(now, config.slotSeconds) - 1,
    wakeAt: undefined
  }
  if (!journal.intact) state.finishedThrough = slotAt(now, config.slotSeconds)
  else {
    for (const { slot, bytes } of journal.submissions) {
      state.finishedThrough = Math.max(state.finishedThrough, slot)
      state.submitted.set(slot, bytes)
      forgetOldest(state.submitted)
    }
  }
  schedule(state, now)
  return state
}

/** One step of the meter. Never throws on what comes from the network. */
export function stepMeter(state: MeterState, input: MeterInput, now: Millis): Step<MeterState, MeterOutput> {
  const outputs: MeterOutput[] = []
  switch (input.type) {
    case 'message':
      outputs.push(
        ...receiving<MeterOutput>(input, slotAt(now, state.config.slotSeconds), state.drops, (envelope, out) =>
          receive(state, input, envelope, now, out)
        )
      )
      break
    case 'reading':
      if (input.slot > state.finishedThrough) {
        state.readings.set(input.slot, input.lanes)
        if (state.readings.size > PENDING_READINGS) state.readings.delete(Math.min(...state.readings.keys()) as Slot)
        submitIfDue(state, now, outputs)
      }
      break
    case 'enrol':
      outputs.push(request(state, MessageType.EnrolRequest, EnrolRequest.encode({ blindingKey: state.config.blinding.publicKey }), now))
      break
    case 'join':
      outputs.push(request(state, MessageType.JoinRequest, JoinRequest.encode({ addresses: [...state.config.addresses] }), now))
      break
    case 'tick':
      state.tickedThrough = slotAt(now, state.config.slotSeconds) - 1
      submitIfDue(state, now, outputs)
      tidy(state, now)
      break
  }
  schedule(state, now)
  return { state, outputs }
}

/** X25519 operations that this meter has made. */
export function keyAgreements(state: MeterState): number {
  return state.secrets.agreements
}

function request(state: MeterState, type: MessageType, payload: Uint8Array, now: Millis): MeterOutput {
  const { identity, networkId, slotSeconds } = state.config
  const bytes = sealEnvelope(identity, type, networkId, 0 as Epoch, slotAt(now, slotSeconds), payload)
  return { type: 'request', to: 'registrar', stream: 'enrol', bytes }
}

function receive(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): undefined {
  if (envelope.sender === state.config.identity.id) {
    receiveOwn(state, envelope, now)
    return
  }
  switch (envelope.type) {
    case MessageType.Roster:
      takeRoster(state, envelope, input.bytes, now, out)
      return
    case MessageType.SlotTotal:
    case MessageType.SlotLost:
      receiveResult(state, input, envelope, now, out)
      return
    case MessageType.Missing:
      receiveMissing(state, envelope, now, out)
      return
    case MessageType.EnrolReply:
    case MessageType.JoinReply:
      receiveFromRegistrar(state, envelope, now, out)
      return
    default:
      // Requests and disputes belong to recovery; a meter of a network that runs without has no use for them.
      throw new Drop('unexpected-type', envelope.type)
  }
}

/** A submission of ours that the journal does not know was made before a backup was restored (section 6). */
function receiveOwn(state: MeterState, envelope: Envelope, now: Millis): void {
  const held = state.book.ofEpoch(envelope.epoch)
  const own = new VerifyKey(fromHex(state.config.identity.id))
  if (envelope.type !== MessageType.Submission || !held || !verifyEnvelope(envelope, own, held.roster.hash)) throw new Drop('duplicate')
  if (envelope.slot > state.finishedThrough) {
    state.finishedThrough = Math.max(envelope.slot, slotAt(now, state.config.slotSeconds))
    state.readings.clear()
  }
}

function receiveFromRegistrar(state: MeterState, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const { networkId, registrarKey, identity, blinding } = state.config
  if (envelope.sender !== registrarKey) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, state.registrarVerify, networkId)) throw new Drop('bad-signature')
  if (envelope.type === MessageType.JoinReply) {
    const reply = JoinReply.decode(envelope.payload)
    if (reply.refused !== '') out.push({ type: 'refused', by: 'registrar', reason: reply.refused })
    else out.push({ type: 'admitted' })
    // The roster in force does not name a newcomer yet; the chain is checked from it on.
    if (reply.roster.byteLength > 0) takeRoster(state, decodeEnvelope(reply.roster), reply.roster, now, out)
    return
  }
  const reply = EnrolReply.decode(envelope.payload)
  if (reply.refused !== '') {
    out.push({ type: 'refused', by: 'registrar', reason: reply.refused })
    return
  }
  const credential: Credential = {
    meterId: identity.id,
    blindingKey: blinding.publicKey,
    notBefore: reply.notBefore,
    notAfter: reply.notAfter,
    signature: reply.credential
  }
  if (!verifyCredential(state.registrarVerify, networkId, credential, Math.max(Math.floor(now / 1000), reply.notBefore))) {
    throw new Drop('bad-signature', 'credential')
  }
  state.credential = credential
  out.push({ type: 'enrolled', credential, aggregator: reply.aggregator })
}

function takeRoster(state: MeterState, envelope: Envelope, bytes: Uint8Array, now: Millis, out: MeterOutput[]): void {
  if (envelope.type !== MessageType.Roster) throw new Drop('unexpected-type', envelope.type)
  const rosters: CommonOutput[] = []
  try {
    receiveRoster(state.book, envelope, bytes, now, rosters)
  } finally {
    // Also where the message is dropped: it is said which rule failed.
    out.push(...rosters)
  }
  for (const output of rosters) if (output.type === 'roster') takeUp(state, output.held)
}

function takeUp(state: MeterState, held: HeldRoster): void {
  const index = held.roster.indexOf(state.config.identity.id)
  if (index === undefined || held.stayOut) return
  const masks = new EpochMasks(held.roster, index, state.secrets)
  // Expanded now, so that the first slot's end does not wait for it.
  masks.expand(held.from)
  state.epochs.set(held.roster.epoch, { held, index, masks })
  if (state.aggregator?.key !== held.roster.aggregatorKey) {
    state.aggregator = { key: held.roster.aggregatorKey, verify: new VerifyKey(fromHex(held.roster.aggregatorKey)) }
  }
}

function submitIfDue(state: MeterState, now: Millis, out: MeterOutput[]): void {
  const { slotSeconds, identity } = state.config
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  if (slot < 0 || slot <= state.finishedThrough) return
  const { end, deadline } = slotTimes(slot, slotSeconds)
  const reading = state.readings.get(slot)
  if (now < end || now >= deadline || !reading) return
  const held = state.book.ofSlot(slot)
  const epoch = held && state.epochs.get(held.roster.epoch)
  if (!epoch || epoch.held.roster.isAbsent(epoch.index)) return
  const { roster } = epoch.held
  if (reading.length !== roster.lanes.length)
    throw new HushgridError(`reading: expected ${roster.lanes.length} lanes, got ${reading.length}`)
  const y = addLanes(epoch.masks.mask(slot), reading)
  const payload = SubmissionPayload.encode({
    lanes: lanesToBytes(y),
    corrections: new Uint8Array(0),
    check: new Uint8Array(0)
  })
  const bytes = sealEnvelope(identity, MessageType.Submission, roster.hash, roster.epoch, slot, payload)
  state.finishedThrough = slot
  state.readings.delete(slot)
  reading.fill(0n)
  state.submitted.set(slot, bytes)
  forgetOldest(state.submitted)
  out.push({ type: 'journal', submission: { slot, bytes } })
  out.push({ type: 'publish', topic: 'readings', bytes })
}

/** The aggregator says who is not in yet: until the deadline the same bytes may go again, over a stream. */
function receiveMissing(state: MeterState, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  const epoch = fromAggregator(state, envelope)
  const missing = MissingPayload.decode(envelope.payload).members
  countMemberSet(missing, epoch.held.roster.n)
  const bytes = state.submitted.get(envelope.slot)
  if (bytes && inMemberSet(missing, epoch.index) && now < slotTimes(envelope.slot, state.config.slotSeconds).deadline) {
    out.push({ type: 'request', to: 'aggregator', stream: 'sync', bytes })
  }
}

/** The epoch of a message that must be the aggregator's, its slot's and properly signed. */
function fromAggregator(state: MeterState, envelope: Envelope): MeterEpoch {
  const epoch = state.epochs.get(envelope.epoch)
  if (!epoch) throw new Drop('unknown-epoch')
  if (state.book.ofSlot(envelope.slot) !== epoch.held) throw new Drop('wrong-epoch')
  if (!state.aggregator || envelope.sender !== epoch.held.roster.aggregatorKey) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, state.aggregator.verify, epoch.held.roster.hash)) throw new Drop('bad-signature')
  return epoch
}

function receiveResult(state: MeterState, input: Incoming, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
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
  const contributors = checkTotalPayload(total, roster)
  const counted = inMemberSet(total.contributors, epoch.index)
  const sent = state.submitted.has(envelope.slot)
  if (counted && !sent && envelope.slot > state.finishedThrough) {
    out.push({ type: 'misreported', slot: envelope.slot, detail: 'the total counts this meter, which sent nothing' })
  } else if (!counted && sent) {
    out.push({ type: 'misreported', slot: envelope.slot, detail: 'the total leaves out what this meter sent' })
  }
  remember(state, envelope, input.bytes)
  out.push({
    type: 'total',
    slot: envelope.slot,
    epoch: envelope.epoch,
    contributors,
    lanes: lanesFromExactBytes(total.lanes, roster.lanes.length)
  })
}

function remember(state: MeterState, envelope: Envelope, bytes: Uint8Array): void {
  state.results.set(envelope.slot, { envelope, bytes })
  forgetOldest(state.results)
}

function forgetOldest(map: Map<Slot, unknown>): void {
  while (map.size > KEPT_SLOTS) map.delete(Math.min(...map.keys()) as Slot)
}

function tidy(state: MeterState, now: Millis): void {
  for (const roster of state.book.prune(now)) {
    state.epochs.get(roster.epoch)?.masks.erase()
    state.epochs.delete(roster.epoch)
  }
  const current = slotAt(now, state.config.slotSeconds)
  for (const slot of state.readings.keys()) if (slot < current - 1) state.readings.delete(slot)
}

function schedule(state: MeterState, now: Millis): void {
  const { slotSeconds } = state.config
  // A message between a slot's end and its tick must not put that tick off: the slot would go without a submission.
  const due = Math.min(state.tickedThrough + 1, slotAt(now, slotSeconds)) as Slot
  state.wakeAt = slotTimes(due, slotSeconds).end
}
