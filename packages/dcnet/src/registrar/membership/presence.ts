// Presence of members (PROTOCOL.md section 8): a member is asked before it is marked absent, and one whose submissions are
// not witnessed is marked although it answers. Where too many miss a slot at once it is not they, and nobody is.
import {
  Drop,
  decodeEnvelope,
  MalformedMessageError,
  MessageType,
  PresenceReply,
  PresenceRequest,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { type Epoch, type MeterId, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import type { Roster } from '../../roster/roster.ts'
import { validSubmission, witnessedSlot } from '../heard.ts'
import { isThere, keyOf, type RegistrarContext, type RegistrarState, type WitnessContext } from '../state.ts'
import type { WitnessedSlot } from '../witnessed-slot.ts'
import { COUNTED_SLOTS, TOO_MANY, tooOftenUnwitnessed } from './bars.ts'

/** Slots in a row after which a member that was not there is marked absent. */
const MOST_MISSES = 2
/** Units after a slot's deadline at which doubtful submissions are checked, after the aggregator's request. */
const LOOK_UNITS = 3
/** Units after a slot's deadline at which it is decided who was away, as the next roster is made. */
const DECIDE_UNITS = 4
/** Slots of any sixteen that may be damped. */
const MOST_DAMPED = 4

/** Gives the moments at which something is to be done about a slot. */
export function presenceTimes(slot: Slot, slotSeconds: number): readonly [number, number, number, number] {
  const { deadline, unit, over } = slotTimes(slot, slotSeconds)
  return [deadline, deadline + LOOK_UNITS * unit, deadline + DECIDE_UNITS * unit, over]
}

/** Does what is due about the slot that has ended last. */
export function watchPresence({ state, now, out }: RegistrarContext): void {
  const { slotSeconds } = state.config
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  if (slot < state.witnessFrom) return
  const [probeAt, lookAt, decideAt] = presenceTimes(slot, slotSeconds)
  const held = now < probeAt ? undefined : state.book.ofSlot(slot)
  if (!held) return
  const witnessed = witnessedSlot(state, slot, held)
  const context: WitnessContext = { state, out, slot, witnessed }
  if (witnessed.stage < 1) {
    witnessed.stage = 1
    const { end } = slotTimes(slot, slotSeconds)
    witnessed.connected = new Set([...state.lines].flatMap(([id, since]) => (since <= end ? [id] : [])))
    dampOrProbe(context)
  }
  if (now >= lookAt && witnessed.stage < 2) {
    witnessed.stage = 2
    for (const id of isWhole(witnessed) || isDamped(context) ? [] : expected(state, held.roster)) {
      if (!witnessed.probed.has(id) && !submitted(state, witnessed, id)) probe(context, id)
    }
  }
  if (now >= decideAt && witnessed.stage < 3) {
    witnessed.stage = 3
    decideAll(context)
  }
}

/** Tells whether nobody is probed or marked on account of a slot. */
export function isDamped({ state, slot }: Pick<WitnessContext, 'state' | 'slot'>): boolean {
  return state.damped.has(slot)
}

/** Damps a slot that more than a third of the present members miss, else asks those who miss it whether they are there. */
function dampOrProbe(context: WitnessContext): void {
  const { state, slot, witnessed, out } = context
  const { roster } = witnessed.held
  // Only present members' submissions are kept.
  if (witnessed.submissions.size >= roster.presentCount) return
  const present = [...expected(state, roster)]
  const missing = present.filter(id => !witnessed.submissions.has(id))
  if (3 * missing.length > present.length && [...state.damped].filter(each => each > slot - COUNTED_SLOTS).length < MOST_DAMPED) {
    state.damped.add(slot)
    out.push({ type: 'damped', slot, missing: missing.length, present: present.length })
    return
  }
  for (const id of missing) probe(context, id)
}

/** Decides who was away, and who was not witnessed. */
function decideAll(context: WitnessContext): void {
  const { state, slot, witnessed } = context
  const { roster } = witnessed.held
  noteAttendance(context)
  if (isDamped(context)) {
    // A damped slot breaks no count of slots in a row.
    for (const [id, miss] of state.misses) if (miss.slot === slot - 1) state.misses.set(id, { ...miss, slot })
    return
  }
  if (isWhole(witnessed) && state.misses.size === 0 && state.unwitnessed.size === 0) return
  for (const id of expected(state, roster)) {
    const seen = submitted(state, witnessed, id)
    decide(context, id, seen)
    countUnwitnessed(context, id, seen)
  }
}

/** Notes how many members a slot had, where no total of seven days had as many. */
function noteAttendance({ state, slot, witnessed, out }: WitnessContext): void {
  const { roster } = witnessed.held
  let contributors = 0
  for (const id of expected(state, roster)) if (submitted(state, witnessed, id)) contributors++
  if (state.attendance.note(slot, contributors)) out.push({ type: 'journal', record: { kind: 'attendance', slot, contributors } })
}

/** Tells whether the aggregator has counted everybody. */
function isWhole({ result }: WitnessedSlot): boolean {
  return result?.missing?.length === 0
}

/** Lists the members that are present by a slot's roster and by the latest. */
function* expected(state: RegistrarState, roster: Roster): Generator<MeterId> {
  const latest = state.book.latest?.roster ?? roster
  for (let index = 0; index < roster.n; index++) {
    if (roster.isAbsent(index)) continue
    const id = roster.meterId(index)
    const now = latest === roster ? index : latest.indexOf(id)
    if (now !== undefined && !latest.isAbsent(now)) yield id
  }
}

/**
 * Tells whether a member submitted. Takes the aggregator's word where it counted the member or did not name it as missing,
 * since that makes nobody absent.
 */
function submitted(state: RegistrarState, witnessed: WitnessedSlot, id: MeterId): boolean {
  if (!witnessed.submissions.has(id)) return false
  const { result, requests, held } = witnessed
  const index = held.roster.indexOf(id) as number
  if (result?.missing) {
    if (!result.missing.includes(index)) return true
  } else if (requests.length > 0 && !requests.some(request => request.members.has(index))) return true
  return validSubmission(state, witnessed, id) !== undefined
}

function decide({ state, slot, witnessed }: WitnessContext, id: MeterId, seen: boolean): void {
  if (witnessed.answered.has(id) || seen) {
    isThere(state, id)
    return
  }
  if (!witnessed.probed.has(id)) return
  const before = state.misses.get(id)
  const times = before?.slot === slot - 1 ? before.times + 1 : 1
  state.misses.set(id, { slot, times })
  if (times >= MOST_MISSES) state.away.add(id)
}

/** Counts a due slot of a member for or against it; none while it waits to be marked absent, since it could not be back yet. */
function countUnwitnessed(context: WitnessContext, id: MeterId, seen: boolean): void {
  const { unwitnessed, unseen } = context.state
  if (unseen.has(id)) return
  const counted = (((unwitnessed.get(id) ?? 0) << 1) | (seen ? 0 : 1)) & (2 ** COUNTED_SLOTS - 1)
  if (counted === 0) unwitnessed.delete(id)
  else unwitnessed.set(id, counted)
  if (ones(counted) >= TOO_MANY) tooOftenUnwitnessed(context, id)
}

function ones(bits: number): number {
  let count = 0
  for (let rest = bits; rest > 0; rest >>= 1) count += rest & 1
  return count
}

/** Asks a member whether it is there. */
function probe({ state, slot, witnessed, out }: WitnessContext, id: MeterId): void {
  const { identity, networkId } = state.config
  const address = state.enrolled.get(id)?.addresses[0] ?? ''
  witnessed.probed.add(id)
  const bytes =
    witnessed.question ?? sealEnvelope(identity, MessageType.PresenceRequest, networkId, 0 as Epoch, slot, PresenceRequest.encode({}))
  witnessed.question = bytes
  out.push({ type: 'probe', to: id, address, bytes })
}

/**
 * Takes in the outcome of a probe.
 *
 * @returns the slot for which the member has answered
 */
export function probed({ state, now, out }: RegistrarContext, id: MeterId, bytes: Uint8Array | undefined): Slot | undefined {
  if (!bytes) return undefined
  try {
    const envelope = decodeEnvelope(bytes)
    if (envelope.type !== MessageType.PresenceReply) throw new Drop('unexpected-type', envelope.type)
    if (envelope.sender !== id) throw new Drop('unknown-sender', 'expected the member that was asked')
    const witnessed = state.witnessed.get(envelope.slot)
    if (!witnessed?.probed.has(id)) throw new Drop('slot-over', 'expected the answer to a question of ours')
    PresenceReply.decode(envelope.payload)
    if (!verifyEnvelope(envelope, keyOf(state, id), state.config.networkId)) throw new Drop('bad-signature')
    witnessed.answered.add(id)
    isThere(state, id)
    return envelope.slot
  } catch (cause) {
    const drop = cause instanceof MalformedMessageError ? new Drop(cause.reason, cause.message) : cause
    if (!(drop instanceof Drop)) throw cause
    state.drops.add(drop.reason, id, slotAt(now, state.config.slotSeconds))
    out.push({ type: 'dropped', reason: drop.reason, from: id, ...(drop.detail === undefined ? {} : { detail: drop.detail }) })
    return undefined
  }
}
