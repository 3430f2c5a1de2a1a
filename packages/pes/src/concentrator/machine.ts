/**
 * The data concentrator as a state machine without I/O: it takes meters in, collects a slot's encrypted readings, passes
 * them on to the PES in small batches, and hands what comes back to the supplier. It can open nothing, and is trusted with
 * availability only.
 *
 * Its contract: one `batch` is on its way at a time, and the next goes once its `batch-reply` is fed in; everything else
 * may come in between. Each `enrol` is answered by one `reply`. A member is in the journal before its reply, so that a
 * crash between the two leaves it in; the readings of open slots do not survive a crash, and meters send them again.
 */
import { earliest, type Step } from '@hushgrid/machine'
import { Drop, DropCounter, type Envelope, PesReading, verifyEnvelope } from '@hushgrid/messages'
import { equalBytes, type MeterId, type Millis, type Slot, slotAt, slotTimes, toHex } from '@hushgrid/primitives'
import { answerEnrol, restore } from './admission.ts'
import { DEFAULT_BATCH, enqueue, receiveBatchReply, sendNext } from './batches.ts'
import { DOOR, doorContext } from './door.ts'
import {
  type ConcentratorConfig,
  type ConcentratorContext,
  type ConcentratorInput,
  type ConcentratorOutput,
  type ConcentratorRecord,
  type ConcentratorState,
  mayRead,
  type OpenSlot
} from './state.ts'

/** Slots in a row without a reading, after which a member is not waited for. */
const MOST_MISSES = 2

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

/** One step of the concentrator. Never throws on what comes from the network. */
export function stepConcentrator(
  state: ConcentratorState,
  input: ConcentratorInput,
  now: Millis
): Step<ConcentratorState, ConcentratorOutput> {
  const context: ConcentratorContext = { state, now, out: [] }
  switch (input.type) {
    case 'message':
      receiveReading(context, input)
      break
    case 'enrol':
      answerEnrol(context, input)
      break
    case 'batch-reply':
      receiveBatchReply(context, input.bytes)
      break
    case 'forwarded':
      state.outgoing.delete(toHex(input.hash))
      if (state.outgoing.size === 0) state.forwardAt = undefined
      break
    case 'tick':
      tick(context)
      break
  }
  sendNext(context)
  schedule(state, now)
  return { state, outputs: context.out }
}

function receiveReading(context: ConcentratorContext, input: Extract<ConcentratorInput, { type: 'message' }>): void {
  const outputs = DOOR.receive(input, doorContext(context), envelope => {
    takeReading(context, envelope, input.bytes)
    // Taken, and not passed on: nobody else listens.
    return 'ignore'
  })
  context.out.push(...outputs)
}

function takeReading(context: ConcentratorContext, envelope: Envelope, bytes: Uint8Array): void {
  const { state, now, out } = context
  const { terms } = state.config
  const { sender, slot } = envelope
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
  if (!awaited) closeSlot(context, slot, open)
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

/** Takes no more readings of a slot. Members that were not waited for still count as expected. */
function closeSlot({ state, out }: ConcentratorContext, slot: Slot, open: OpenSlot): void {
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

function tick(context: ConcentratorContext): void {
  const { state, now, out } = context
  const { slotSeconds } = state.config.terms
  const last = slotAt(now, slotSeconds) - 1
  for (let slot = Math.max(state.closedThrough + 1, last - 1) as Slot; slot <= last; slot = (slot + 1) as Slot) {
    const { deadline } = slotTimes(slot, slotSeconds)
    if (now < deadline) continue
    const anybody = [...state.members.values()].some(member => mayRead(member, slot))
    if (anybody) closeSlot(context, slot, openSlot(state, slot))
    else state.closedThrough = slot
  }
  if (state.forwardAt !== undefined && now >= state.forwardAt) {
    const { unit } = slotTimes(last as Slot, slotSeconds)
    for (const bytes of state.outgoing.values()) out.push({ type: 'forward', bytes })
    state.forwardAt = Math.ceil(now + unit) as Millis
  }
}

function schedule(state: ConcentratorState, now: Millis): void {
  const { slotSeconds } = state.config.terms
  const current = slotAt(now, slotSeconds)
  const due = [current - 1, current].filter(slot => slot > state.closedThrough).map(slot => slotTimes(slot as Slot, slotSeconds).deadline)
  const retry = state.inFlight ? undefined : state.retryAt
  state.wakeAt = earliest(due[0], retry, state.forwardAt)
}
