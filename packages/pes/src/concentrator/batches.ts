// Traffic with the PES: batches, one at a time, and aggregates for the supplier.
import { Drop, decodeEnvelope, MessageType, PesBatch, PesBatchReply, sealEnvelope, verifyEnvelope } from '@hushgrid/messages'
import { ed25519Verifier, type Millis, type Slot, sha256, slotAt, slotTimes, toHex } from '@hushgrid/primitives'
import { encodeIndexSet } from '../index-set.ts'
import {
  type ConcentratorContext,
  type ConcentratorState,
  dropped,
  type Flight,
  mayRead,
  NO_BYTES,
  NO_EPOCH,
  type OpenSlot,
  type Taken
} from './state.ts'

/** Most envelopes that are kept while the supplier is away: a day of slots, and a billing period's end. */
const MOST_OUTGOING = 4096
/** Most readings in a batch, unless configured. */
export const DEFAULT_BATCH = 16

/** Puts readings that wait into batches, each within the limit of a message. */
export function enqueue(state: ConcentratorState, slot: Slot, open: OpenSlot, last: boolean): void {
  const most = state.config.batch ?? DEFAULT_BATCH
  do {
    const readings = open.waiting.splice(0, most)
    state.queue.push(flightOf(state, slot, readings, last && open.waiting.length === 0))
  } while (open.waiting.length > 0)
}

function flightOf(state: ConcentratorState, slot: Slot, readings: readonly Taken[], last: boolean): Flight {
  const { identity, terms } = state.config
  // The PES is told of a member with its first reading, and again where it has been away since.
  const senders = new Set(readings.map(({ index }) => index))
  const members = [...state.members.values()].filter(member => !member.told && senders.has(member.index))
  for (const member of members) member.told = true
  const expected = last
    ? encodeIndexSet([...state.members.values()].filter(member => mayRead(member, slot)).map(({ index }) => index))
    : NO_BYTES
  const payload = PesBatch.encode({
    members: members.map(({ index, join }) => ({ index, join })),
    readings: readings.map(({ bytes }) => bytes),
    last,
    expected
  })
  const bytes = sealEnvelope(identity, MessageType.PesBatch, terms.networkId, NO_EPOCH, slot, payload)
  return { slot, bytes, last }
}

/** Sends the batch at the queue's head, where none is on its way. */
export function sendNext({ state, now, out }: ConcentratorContext): void {
  const [head] = state.queue
  if (!head || state.inFlight || (state.retryAt !== undefined && now < state.retryAt)) return
  state.retryAt = undefined
  state.inFlight = true
  out.push({ type: 'batch', bytes: head.bytes })
}

/** Takes the PES's answer to the batch on its way. @param bytes - undefined where the PES could not be reached */
export function receiveBatchReply(context: ConcentratorContext, bytes: Uint8Array | undefined): void {
  const { state, now } = context
  const [head] = state.queue
  state.inFlight = false
  if (!head) return
  const { terms } = state.config
  const { over, unit } = slotTimes(head.slot, terms.slotSeconds)
  if (!bytes) {
    // The PES may have been restarted, and know of nobody.
    if (now >= over) abandon(context, head, 'the PES could not be reached')
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
      abandon(context, head, `the PES refuses: ${refused}`)
      return
    }
    state.queue.shift()
    for (const each of [aggregate, ...periods]) if (each.byteLength > 0) forward(context, each)
    if (head.last) state.slots.delete(head.slot)
  } catch (cause) {
    const { reason } = dropped(context, cause, terms.pes)
    abandon(context, head, `the PES’s answer was dropped: ${reason}`)
  }
}

/** Gives up what is left of a slot, and tells the PES of everybody again, since it may have been restarted. */
function abandon({ state, out }: ConcentratorContext, { slot }: Flight, reason: string): void {
  for (const member of state.members.values()) member.told = false
  const rest = state.queue.filter(flight => flight.slot !== slot)
  state.queue.splice(0, state.queue.length, ...rest)
  const open = state.slots.get(slot)
  if (open) open.closed = true
  state.closedThrough = Math.max(state.closedThrough, slot)
  state.slots.delete(slot)
  out.push({ type: 'lost', slot, reason })
}

function forward({ state, now, out }: ConcentratorContext, bytes: Uint8Array): void {
  state.outgoing.set(toHex(sha256(bytes)), bytes)
  const [oldest] = state.outgoing.keys()
  if (state.outgoing.size > MOST_OUTGOING && oldest !== undefined) state.outgoing.delete(oldest)
  out.push({ type: 'forward', bytes })
  const { unit } = slotTimes(slotAt(now, state.config.terms.slotSeconds), state.config.terms.slotSeconds)
  state.forwardAt ??= Math.ceil(now + unit) as Millis
}
