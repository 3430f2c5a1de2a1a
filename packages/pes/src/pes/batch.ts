// A batch of the concentrator: the members it tells of, and readings, each taken by itself.
import { countDrop } from '@hushgrid/machine'
import {
  Drop,
  decodeEnvelope,
  type Envelope,
  MAX_MEMBERS,
  MessageType,
  PesBatch,
  PesBatchReply,
  PesJoin,
  PesReading,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { type MeterId, type Slot, slotAt, slotTimes, toHex } from '@hushgrid/primitives'
import { pesDrop } from '../drop.ts'
import { openReading, unwrapKey } from '../reading.ts'
import { type BatchInput, type Member, NO_BYTES, NO_EPOCH, type OpenSlot, type PesContext, type PesState, verifierOf } from './state.ts'
import { addToPeriod, addToSlot, closeSlot, openSlot } from './sums.ts'

const NOTHING_CLOSED = { aggregate: NO_BYTES, periods: [] }

/** Answers a batch; one that was answered before gets the same reply. */
export function receiveBatch(context: PesContext, { from, bytes, token }: BatchInput): void {
  const { state, now, out } = context
  try {
    const envelope = decodeEnvelope(bytes)
    const known = state.slots.get(envelope.slot)?.replies.get(toHex(envelope.hash))
    out.push({ type: 'reply', token, bytes: known ?? takeBatch(context, envelope, from) })
  } catch (cause) {
    const { reason, detail } = dropped(context, cause, from)
    const slot = slotAt(now, state.config.terms.slotSeconds)
    const refused = detail === undefined ? reason : `${reason}: ${detail}`
    out.push({ type: 'reply', token, bytes: sealReply(state, slot, { refused, dropped: [], ...NOTHING_CLOSED }) })
  }
}

function takeBatch(context: PesContext, envelope: Envelope, from: MeterId): Uint8Array {
  const { state } = context
  const { slot } = envelope
  const { members, readings, last, expected } = checkBatch(context, envelope)
  const reasons: string[] = []
  const one = (what: Uint8Array, take: (inner: Envelope) => void): void => {
    try {
      take(decodeEnvelope(what))
    } catch (cause) {
      reasons.push(dropped(context, cause, from).reason)
    }
  }
  for (const { index, join } of members) one(join, inner => takeMember(state, index, inner))
  const open = openSlot(state, slot)
  for (const reading of readings) one(reading, inner => takeReading(state, slot, open, inner))
  const closing = last ? closeSlot(context, slot, open, expected) : NOTHING_CLOSED
  const reply = sealReply(state, slot, { refused: '', dropped: reasons, ...closing })
  open.replies.set(toHex(envelope.hash), reply)
  return reply
}

function dropped({ state, now, out }: PesContext, cause: unknown, from: MeterId): Drop {
  const drop = pesDrop(cause)
  out.push(countDrop(state.drops, drop, from, slotAt(now, state.config.terms.slotSeconds)))
  return drop
}

function sealReply(state: PesState, slot: Slot, reply: Parameters<typeof PesBatchReply.encode>[0]): Uint8Array {
  const { identity, terms } = state.config
  return sealEnvelope(identity, MessageType.PesBatchReply, terms.networkId, NO_EPOCH, slot, PesBatchReply.encode(reply))
}

/** Checks that a batch is the concentrator's, of a slot that has ended and is not closed. */
function checkBatch({ state, now }: PesContext, envelope: Envelope): PesBatch {
  const { concentrator, terms } = state.config
  if (envelope.type !== MessageType.PesBatch) throw new Drop('unexpected-type', envelope.type)
  if (envelope.sender !== concentrator) throw new Drop('unknown-sender', 'expected the concentrator')
  if (!verifyEnvelope(envelope, verifierOf(state)(concentrator), terms.networkId)) throw new Drop('bad-signature')
  const { slot } = envelope
  const { end, unit } = slotTimes(slot, terms.slotSeconds)
  if (now < end - unit) throw new Drop('too-early')
  if (slot <= state.closedThrough) throw new Drop('slot-over')
  return PesBatch.decode(envelope.payload)
}

/** Takes a member in under its index. It may come again with another key; another meter may not have its index. */
function takeMember(state: PesState, index: number, join: Envelope): void {
  const { terms, rsaKey } = state.config
  if (join.type !== MessageType.PesJoin) throw new Drop('unexpected-type', join.type)
  // Sets of members are as long as their highest index.
  if (index >= MAX_MEMBERS) throw new Drop('bad-field', `expected an index below ${MAX_MEMBERS}, got ${index}`)
  const before = state.members.get(index)
  if ((before && before.id !== join.sender) || (state.indexOf.get(join.sender) ?? index) !== index)
    throw new Drop('conflicting', 'expected one index for each meter')
  const verify = verifierOf(state)(join.sender)
  if (!verifyEnvelope(join, verify, terms.networkId)) throw new Drop('bad-signature')
  let key: Uint8Array | undefined
  if (terms.variant === 'reencrypt') {
    const { wrappedKey } = PesJoin.decode(join.payload)
    key = rsaKey && unwrapKey(rsaKey, terms.networkId, join.sender, wrappedKey)
    if (!key) throw new Drop('bad-field', 'expected a key that was wrapped for this PES by this meter')
  }
  state.members.set(index, { id: join.sender, verify, key })
  state.indexOf.set(join.sender, index)
}

/** Adds a reading to its slot and to its household's billing period, under the supplier's key. */
function takeReading(state: PesState, slot: Slot, open: OpenSlot, reading: Envelope): void {
  const { terms } = state.config
  if (reading.type !== MessageType.PesReading) throw new Drop('unexpected-type', reading.type)
  const index = state.indexOf.get(reading.sender)
  const member = index === undefined ? undefined : state.members.get(index)
  if (index === undefined || !member) throw new Drop('unknown-sender')
  if (reading.slot !== slot) throw new Drop('wrong-epoch', 'expected a reading of the slot')
  if (open.contributors.has(index)) throw new Drop('duplicate')
  if (!verifyEnvelope(reading, member.verify, terms.networkId)) throw new Drop('bad-signature')
  const value = ciphertextIn(state, member, reading)
  addToSlot(state, open, index, value)
  addToPeriod(state, Math.floor(slot / terms.billingSlots), index, value)
}

/** Gives a reading under the supplier's key, as it came or encrypted here. Its plaintext lives no longer than this call. */
function ciphertextIn({ config }: PesState, { key, id }: Member, { slot, payload }: Envelope): bigint {
  const { terms, rng, obfuscator } = config
  const { publicKey, packing, networkId, lanes } = terms
  const { ciphertext: sealed } = PesReading.decode(payload)
  if (!key) return publicKey.decodeCiphertext(sealed).value
  const values = openReading(key, { networkId, meter: id, slot }, sealed, lanes.length)
  return publicKey.encryptWith(packing.pack(values), obfuscator?.() ?? publicKey.obfuscator(rng)).value
}
