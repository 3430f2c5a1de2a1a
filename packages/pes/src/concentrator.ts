/**
 * The data concentrator as a state machine without I/O: it takes meters in, collects a slot's encrypted readings, passes
 * them on to the PES in small batches, and hands what comes back to the supplier. It can open nothing, and is trusted with
 * availability only. Same calling contract as the machines of the DC-net.
 */
import {
  Drop,
  DropCounter,
  decodeEnvelope,
  ENVELOPE_OVERHEAD,
  type Envelope,
  envelopeLimit,
  MalformedMessageError,
  MessageType,
  PesBatch,
  PesBatchReply,
  PesJoin,
  PesJoinReply,
  PesReading,
  sealEnvelope,
  verdictOf,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  type Epoch,
  ed25519Verifier,
  equalBytes,
  type MeterId,
  type Millis,
  type SigningKey,
  type Slot,
  sha256,
  slotAt,
  slotTimes,
  toHex,
  type VerifierOf,
  type VerifyingKey,
  WeakKeyError
} from '@hushgrid/primitives'
import { encodeIndexSet } from './index-set.ts'
import { type Dropped, earliest, type GossipVerdict, type Step, type Tick } from './machine.ts'
import type { PesTerms } from './pes-setup.ts'

export interface ConcentratorConfig {
  readonly identity: SigningKey
  readonly terms: PesTerms
  /** The PesSetup envelope that the terms are from, for meters that ask. */
  readonly setup: Uint8Array
  readonly verifier?: VerifierOf | undefined
  /** Meters that are taken in; any where it is left out. */
  readonly allowed?: ReadonlySet<MeterId> | undefined
  /** Readings that go to the PES in one message, before a slot is closed. */
  readonly batch?: number | undefined
}

export type ConcentratorInput =
  | { readonly type: 'message'; readonly channel: 'readings' | 'sync'; readonly from: MeterId; readonly bytes: Uint8Array }
  /** A request on the enrol stream; answered by a `reply` output with the same token. */
  | { readonly type: 'enrol'; readonly from: MeterId; readonly bytes: Uint8Array; readonly token: number }
  /** The PES's answer to the batch in flight; undefined where it could not be reached. */
  | { readonly type: 'batch-reply'; readonly bytes: Uint8Array | undefined }
  /** The supplier has taken what was forwarded. */
  | { readonly type: 'forwarded'; readonly hash: Uint8Array }
  | Tick

export type ConcentratorOutput =
  | GossipVerdict
  | Dropped
  | { readonly type: 'reply'; readonly token: number; readonly bytes: Uint8Array }
  /** To the PES; one at a time, each answered by a `batch-reply`. */
  | { readonly type: 'batch'; readonly bytes: Uint8Array }
  /** To the supplier, again after a unit until a `forwarded` comes. */
  | { readonly type: 'forward'; readonly bytes: Uint8Array }
  | { readonly type: 'journal'; readonly record: ConcentratorRecord }
  | { readonly type: 'member'; readonly meterId: MeterId; readonly index: number; readonly what: 'joined' | 'left' }
  /** No more readings are taken for it. */
  | { readonly type: 'slot-closed'; readonly slot: Slot; readonly contributors: readonly MeterId[]; readonly missing: readonly MeterId[] }
  | { readonly type: 'evidence'; readonly against: MeterId; readonly what: string; readonly envelopes: readonly Uint8Array[] }
  /** The PES could not be reached before the slot was over, or refused it. */
  | { readonly type: 'lost'; readonly slot: Slot; readonly reason: string }

/** One record of the concentrator's journal: a meter's place, from a join on, or its leave. */
export interface ConcentratorRecord {
  readonly index: number
  readonly meterId: MeterId
  /** The PesJoin envelope; empty where it has left. */
  readonly join: Uint8Array
  /** First slot, or last. */
  readonly slot: Slot
}

interface Member {
  readonly index: number
  readonly verify: VerifyingKey
  join: Uint8Array
  from: Slot
  /** Last slot, of one that has left. */
  until: Slot | undefined
  /** Slots in a row without a reading; with two it is not waited for. */
  misses: number
  /** Whether the PES has its join. */
  told: boolean
}

interface Taken {
  readonly index: number
  readonly hash: Uint8Array
  readonly bytes: Uint8Array
}

interface OpenSlot {
  readonly readings: Map<MeterId, Taken>
  /** Not passed on yet. */
  waiting: Taken[]
  closed: boolean
}

/** A batch on its way. */
interface Flight {
  readonly slot: Slot
  readonly bytes: Uint8Array
  readonly members: readonly MeterId[]
  readonly last: boolean
}

export interface ConcentratorState {
  readonly config: ConcentratorConfig
  readonly drops: DropCounter
  readonly members: Map<MeterId, Member>
  readonly slots: Map<Slot, OpenSlot>
  closedThrough: number
  readonly queue: Flight[]
  inFlight: boolean
  /** When the batch at the queue's head goes again. */
  retryAt: Millis | undefined
  /** Envelopes for the supplier, by their hash. */
  readonly outgoing: Map<string, Uint8Array>
  forwardAt: Millis | undefined
  wakeAt: Millis | undefined
}

const NO_EPOCH = 0 as Epoch
const NO_BYTES = new Uint8Array(0)
const DEFAULT_BATCH = 16
/** Slots in a row without a reading, after which a member is not waited for. */
const MOST_MISSES = 2
/** Envelopes for the supplier that are kept while it is away: a day of slots, and a billing period's end. */
const MOST_OUTGOING = 4096
const READING_LIMITS = { readings: envelopeLimit([MessageType.PesReading]), sync: envelopeLimit([MessageType.PesReading]) }

export function createConcentrator(config: ConcentratorConfig, journal: readonly ConcentratorRecord[], now: Millis): ConcentratorState {
  const state: ConcentratorState = {
    config,
    drops: new DropCounter(),
    members: new Map(),
    slots: new Map(),
    closedThrough: slotAt(now, config.terms.slotSeconds) - 2,
    queue: [],
    inFlight: false,
    retryAt: undefined,
    outgoing: new Map(),
    forwardAt: undefined,
    wakeAt: undefined
  }
  for (const record of journal) restore(state, record)
  schedule(state, now)
  return state
}

function restore(state: ConcentratorState, { index, meterId, join, slot }: ConcentratorRecord): void {
  const before = state.members.get(meterId)
  if (join.byteLength === 0) {
    if (before) before.until = slot
    return
  }
  const verify = before?.verify ?? (state.config.verifier ?? ed25519Verifier)(meterId)
  state.members.set(meterId, { index, verify, join, from: slot, until: undefined, misses: 0, told: false })
}

/** One step of the concentrator. Never throws on what comes from the network. */
export function stepConcentrator(
  state: ConcentratorState,
  input: ConcentratorInput,
  now: Millis
): Step<ConcentratorState, ConcentratorOutput> {
  const out: ConcentratorOutput[] = []
  switch (input.type) {
    case 'message':
      receiveReading(state, input, now, out)
      break
    case 'enrol':
      answerEnrol(state, input.from, input.bytes, input.token, now, out)
      break
    case 'batch-reply':
      receiveBatchReply(state, input.bytes, now, out)
      break
    case 'forwarded':
      state.outgoing.delete(toHex(input.hash))
      if (state.outgoing.size === 0) state.forwardAt = undefined
      break
    case 'tick':
      tick(state, now, out)
      break
  }
  sendNext(state, now, out)
  schedule(state, now)
  return { state, outputs: out }
}

function dropped(state: ConcentratorState, cause: unknown, from: MeterId, now: Millis, out: ConcentratorOutput[]): Drop {
  const drop =
    cause instanceof MalformedMessageError
      ? new Drop(cause.reason, cause.message)
      : cause instanceof WeakKeyError
        ? new Drop('bad-field', cause.message)
        : cause
  if (!(drop instanceof Drop)) throw cause
  state.drops.add(drop.reason, from, slotAt(now, state.config.terms.slotSeconds))
  out.push({ type: 'dropped', reason: drop.reason, from, ...(drop.detail === undefined ? {} : { detail: drop.detail }) })
  return drop
}

/** Whether a member could send a reading of a slot. */
function mayRead({ from, until }: Member, slot: Slot): boolean {
  return from <= slot && (until === undefined || slot <= until)
}

function receiveReading(
  state: ConcentratorState,
  { from, bytes, channel }: Extract<ConcentratorInput, { type: 'message' }>,
  now: Millis,
  out: ConcentratorOutput[]
): void {
  try {
    if (!state.drops.reads(from, slotAt(now, state.config.terms.slotSeconds))) throw new Drop('flood')
    takeReading(state, decodeEnvelope(bytes, READING_LIMITS[channel]), bytes, now, out)
    // Taken, and not passed on: nobody else listens.
    out.push({ type: 'verdict', verdict: 'ignore' })
  } catch (cause) {
    out.push({ type: 'verdict', verdict: verdictOf(dropped(state, cause, from, now, out).reason) })
  }
}

function takeReading(state: ConcentratorState, envelope: Envelope, bytes: Uint8Array, now: Millis, out: ConcentratorOutput[]): void {
  const { terms } = state.config
  const { sender, slot } = envelope
  if (envelope.type !== MessageType.PesReading) throw new Drop('unexpected-type', envelope.type)
  const member = state.members.get(sender)
  if (!member) throw new Drop('unknown-sender')
  if (!mayRead(member, slot)) throw new Drop('wrong-epoch', 'expected a slot of which it is a member')
  const { end, unit, deadline } = slotTimes(slot, terms.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (slot <= state.closedThrough || now >= deadline + unit) throw new Drop('slot-over')
  const open = openSlot(state, slot)
  const before = open.readings.get(sender)
  if (before && equalBytes(before.hash, envelope.hash)) throw new Drop('duplicate')
  if (open.closed) throw new Drop('slot-over')
  if (!verifyEnvelope(envelope, member.verify, terms.networkId)) throw new Drop('bad-signature')
  PesReading.decode(envelope.payload)
  if (before) {
    const what = `two readings for slot ${slot}`
    out.push({ type: 'evidence', against: sender, what, envelopes: [before.bytes, bytes] })
    throw new Drop('conflicting')
  }
  const taken = { index: member.index, hash: envelope.hash, bytes }
  open.readings.set(sender, taken)
  open.waiting.push(taken)
  member.misses = 0
  const awaited = [...state.members].some(([id, each]) => mayRead(each, slot) && each.misses < MOST_MISSES && !open.readings.has(id))
  if (!awaited) closeSlot(state, slot, open, out)
  else if (open.waiting.length >= (state.config.batch ?? DEFAULT_BATCH)) enqueue(state, slot, open, false)
}

function openSlot(state: ConcentratorState, slot: Slot): OpenSlot {
  let open = state.slots.get(slot)
  if (!open) {
    open = { readings: new Map(), waiting: [], closed: false }
    state.slots.set(slot, open)
  }
  return open
}

/** Members that are not waited for any more still count as expected. */
function closeSlot(state: ConcentratorState, slot: Slot, open: OpenSlot, out: ConcentratorOutput[]): void {
  open.closed = true
  state.closedThrough = Math.max(state.closedThrough, slot)
  const missing: MeterId[] = []
  for (const [id, member] of state.members) {
    if (!mayRead(member, slot) || open.readings.has(id)) continue
    missing.push(id)
    member.misses++
  }
  enqueue(state, slot, open, true)
  out.push({ type: 'slot-closed', slot, contributors: [...open.readings.keys()], missing })
}

/** Puts what waits in batches, each within the limit of a message. */
function enqueue(state: ConcentratorState, slot: Slot, open: OpenSlot, last: boolean): void {
  const most = state.config.batch ?? DEFAULT_BATCH
  do {
    const readings = open.waiting.splice(0, most)
    state.queue.push(flightOf(state, slot, open, readings, last && open.waiting.length === 0))
  } while (open.waiting.length > 0)
}

function flightOf(state: ConcentratorState, slot: Slot, open: OpenSlot, readings: readonly Taken[], last: boolean): Flight {
  const { identity, terms } = state.config
  // Told with their first reading; what was told to a PES that then went away is told again.
  const senders = new Set(readings.map(({ index }) => index))
  const members = [...state.members].filter(([, member]) => !member.told && senders.has(member.index))
  for (const [, member] of members) member.told = true
  const expected = last
    ? encodeIndexSet([...state.members.values()].filter(member => mayRead(member, slot)).map(({ index }) => index))
    : NO_BYTES
  const payload = PesBatch.encode({
    members: members.map(([, { index, join }]) => ({ index, join })),
    readings: readings.map(({ bytes }) => bytes),
    last,
    expected
  })
  const bytes = sealEnvelope(identity, MessageType.PesBatch, terms.networkId, NO_EPOCH, slot, payload)
  if (last) state.slots.set(slot, open)
  return { slot, bytes, members: members.map(([id]) => id), last }
}

function sendNext(state: ConcentratorState, now: Millis, out: ConcentratorOutput[]): void {
  const [head] = state.queue
  if (!head || state.inFlight || (state.retryAt !== undefined && now < state.retryAt)) return
  state.retryAt = undefined
  state.inFlight = true
  out.push({ type: 'batch', bytes: head.bytes })
}

function receiveBatchReply(state: ConcentratorState, bytes: Uint8Array | undefined, now: Millis, out: ConcentratorOutput[]): void {
  const [head] = state.queue
  state.inFlight = false
  if (!head) return
  const { terms } = state.config
  const { over, unit } = slotTimes(head.slot, terms.slotSeconds)
  if (!bytes) {
    // It may have been restarted, and know of nobody.
    if (now >= over) abandon(state, head, 'the PES could not be reached', out)
    else state.retryAt = Math.ceil(now + unit / 4) as Millis
    return
  }
  try {
    const envelope = decodeEnvelope(bytes)
    if (envelope.type !== MessageType.PesBatchReply) throw new Drop('unexpected-type', envelope.type)
    if (envelope.sender !== terms.pes) throw new Drop('unknown-sender')
    if (!verifyEnvelope(envelope, (state.config.verifier ?? ed25519Verifier)(terms.pes), terms.networkId)) throw new Drop('bad-signature')
    const { refused, aggregate, periods } = PesBatchReply.decode(envelope.payload)
    if (refused !== '') {
      abandon(state, head, `the PES refuses: ${refused}`, out)
      return
    }
    state.queue.shift()
    for (const each of [aggregate, ...periods]) if (each.byteLength > 0) forward(state, each, now, out)
    if (head.last) state.slots.delete(head.slot)
  } catch (cause) {
    const { reason } = dropped(state, cause, terms.pes, now, out)
    abandon(state, head, `the PES’s answer was dropped: ${reason}`, out)
  }
}

/** Gives up all that is left of a slot; whom the PES was to hear of is told to it again. */
function abandon(state: ConcentratorState, { slot }: Flight, reason: string, out: ConcentratorOutput[]): void {
  for (const flight of state.queue) {
    if (flight.slot !== slot) continue
    for (const id of flight.members) {
      const member = state.members.get(id)
      if (member) member.told = false
    }
  }
  for (const member of state.members.values()) member.told = false
  const rest = state.queue.filter(flight => flight.slot !== slot)
  state.queue.splice(0, state.queue.length, ...rest)
  const open = state.slots.get(slot)
  if (open) open.closed = true
  state.closedThrough = Math.max(state.closedThrough, slot)
  state.slots.delete(slot)
  out.push({ type: 'lost', slot, reason })
}

function forward(state: ConcentratorState, bytes: Uint8Array, now: Millis, out: ConcentratorOutput[]): void {
  state.outgoing.set(toHex(sha256(bytes)), bytes)
  const [oldest] = state.outgoing.keys()
  if (state.outgoing.size > MOST_OUTGOING && oldest !== undefined) state.outgoing.delete(oldest)
  out.push({ type: 'forward', bytes })
  const { unit } = slotTimes(slotAt(now, state.config.terms.slotSeconds), state.config.terms.slotSeconds)
  state.forwardAt ??= Math.ceil(now + unit) as Millis
}

function tick(state: ConcentratorState, now: Millis, out: ConcentratorOutput[]): void {
  const { slotSeconds } = state.config.terms
  const last = slotAt(now, slotSeconds) - 1
  for (let slot = Math.max(state.closedThrough + 1, last - 1) as Slot; slot <= last; slot = (slot + 1) as Slot) {
    const { deadline } = slotTimes(slot, slotSeconds)
    if (now < deadline) continue
    const anybody = [...state.members.values()].some(member => mayRead(member, slot))
    if (anybody) closeSlot(state, slot, openSlot(state, slot), out)
    else state.closedThrough = slot
  }
  if (state.forwardAt !== undefined && now >= state.forwardAt) {
    const { unit } = slotTimes(last as Slot, slotSeconds)
    for (const bytes of state.outgoing.values()) out.push({ type: 'forward', bytes })
    state.forwardAt = Math.ceil(now + unit) as Millis
  }
}

function answerEnrol(
  state: ConcentratorState,
  from: MeterId,
  bytes: Uint8Array,
  token: number,
  now: Millis,
  out: ConcentratorOutput[]
): void {
  const { identity, terms, setup } = state.config
  const slot = slotAt(now, terms.slotSeconds)
  const reply = (refused: string, index = 0, firstSlot = 0): void => {
    const payload = PesJoinReply.encode({ refused, index, firstSlot })
    const sealed = sealEnvelope(identity, MessageType.PesJoinReply, terms.networkId, NO_EPOCH, slot, payload)
    out.push({ type: 'reply', token, bytes: sealed })
  }
  try {
    if (!state.drops.reads(from, slot)) throw new Drop('flood')
    const envelope = decodeEnvelope(bytes, ENVELOPE_OVERHEAD + 2048)
    const { sender, type } = envelope
    if (type === MessageType.PesSetupRequest) {
      out.push({ type: 'reply', token, bytes: setup })
      return
    }
    if (type !== MessageType.PesJoin && type !== MessageType.PesLeave) throw new Drop('unexpected-type', type)
    const verify = state.members.get(sender)?.verify ?? (state.config.verifier ?? ed25519Verifier)(sender)
    if (!verifyEnvelope(envelope, verify, terms.networkId)) throw new Drop('bad-signature')
    // A join or leave that somebody has kept must not be brought again later.
    if (Math.abs(envelope.slot - slot) > 1) throw new Drop('slot-over', 'expected a request of this slot')
    if (state.config.allowed && !state.config.allowed.has(sender)) reply('this meter is not on the list of those that are taken in')
    else if (type === MessageType.PesLeave) leave(state, sender, slot, out, reply)
    else join(state, envelope, bytes, verify, slot, out, reply)
  } catch (cause) {
    reply(dropped(state, cause, from, now, out).reason)
  }
}

type Reply = (refused: string, index?: number, firstSlot?: number) => void

function join(
  state: ConcentratorState,
  { sender, payload }: Envelope,
  bytes: Uint8Array,
  verify: VerifyingKey,
  slot: Slot,
  out: ConcentratorOutput[],
  reply: Reply
): void {
  PesJoin.decode(payload)
  const before = state.members.get(sender)
  const index = before?.index ?? state.members.size
  // One that comes back after a crash goes on as if it had not been away.
  const from = before && before.until === undefined ? before.from : slot
  state.members.set(sender, { index, verify, join: bytes, from, until: undefined, misses: 0, told: false })
  out.push({ type: 'journal', record: { index, meterId: sender, join: bytes, slot: from } })
  if (!before || before.until !== undefined) out.push({ type: 'member', meterId: sender, index, what: 'joined' })
  reply('', index, from)
}

/** It is out with the slot that runs; the one that ended last is its last. */
function leave(state: ConcentratorState, sender: MeterId, slot: Slot, out: ConcentratorOutput[], reply: Reply): void {
  const member = state.members.get(sender)
  if (!member) {
    reply('this meter has not joined')
    return
  }
  if (member.until === undefined) {
    member.until = (slot - 1) as Slot
    out.push({ type: 'journal', record: { index: member.index, meterId: sender, join: NO_BYTES, slot: member.until } })
    out.push({ type: 'member', meterId: sender, index: member.index, what: 'left' })
  }
  reply('', member.index, member.from)
}

function schedule(state: ConcentratorState, now: Millis): void {
  const { slotSeconds } = state.config.terms
  const current = slotAt(now, slotSeconds)
  const due = [current - 1, current].filter(slot => slot > state.closedThrough).map(slot => slotTimes(slot as Slot, slotSeconds).deadline)
  const retry = state.inFlight ? undefined : state.retryAt
  state.wakeAt = earliest(due[0], retry, state.forwardAt)
}
