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
import type { PlaintextClaim } from '@hushgrid/paillier'
import { type MeterId, type Slot, slotAt, slotTimes, toHex } from '@hushgrid/primitives'
import { pesDrop } from '../drop.ts'
import { openProven, openReading, unwrapKey } from '../reading.ts'
import { type BatchInput, NO_BYTES, NO_EPOCH, type OpenSlot, type PesContext, type PesState, verifierOf } from './state.ts'
import { closeSlot, openSlot } from './sums.ts'

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
  const claims = new Map<number, Claim>()
  for (const reading of readings) one(reading, inner => takeReading({ state, slot, open, claims }, inner))
  for (const { id } of addProven({ state, open, claims })) reasons.push(dropped(context, new Drop('bad-proof'), id).reason)
  const closing = last ? closeSlot(context, slot, open.values, expected) : NOTHING_CLOSED
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
  checkAllowed(state, join.sender)
  const before = state.members.get(index)
  if ((before && before.id !== join.sender) || (state.indexOf.get(join.sender) ?? index) !== index)
    throw new Drop('conflicting', 'expected one index for each meter')
  const verify = verifierOf(state)(join.sender)
  if (!verifyEnvelope(join, verify, terms.networkId)) throw new Drop('bad-signature')
  const { wrappedKey } = PesJoin.decode(join.payload)
  const key = unwrapKey(rsaKey, terms.networkId, join.sender, wrappedKey)
  if (!key) throw new Drop('bad-field', 'expected a key that was wrapped for this PES by this meter')
  state.members.set(index, { id: join.sender, verify, key })
  state.indexOf.set(join.sender, index)
}

/** Refuses a meter that is not on the list, also where it was a member before the list changed. */
function checkAllowed({ config }: PesState, meter: MeterId): void {
  if (config.allowed && !config.allowed.has(meter)) throw new Drop('unknown-sender', 'expected a meter on the signed list')
}

/** A ciphertext of `direct` whose proof is to be checked. */
interface Claim extends PlaintextClaim {
  readonly id: MeterId
}

/** A slot whose readings are taken, and the claims of the batch under way by index. */
interface Taking {
  readonly state: PesState
  readonly slot: Slot
  readonly open: OpenSlot
  readonly claims: Map<number, Claim>
}

/** Opens a reading. With `reencrypt` it is taken, with `direct` it waits for the batch's proofs to be checked. */
function takeReading({ state, slot, open, claims }: Taking, reading: Envelope): void {
  const { terms } = state.config
  if (reading.type !== MessageType.PesReading) throw new Drop('unexpected-type', reading.type)
  const index = state.indexOf.get(reading.sender)
  const member = index === undefined ? undefined : state.members.get(index)
  if (index === undefined || !member) throw new Drop('unknown-sender')
  checkAllowed(state, reading.sender)
  if (reading.slot !== slot) throw new Drop('wrong-epoch', 'expected a reading of the slot')
  if (open.values.has(index) || claims.has(index)) throw new Drop('duplicate')
  if (!verifyEnvelope(reading, member.verify, terms.networkId)) throw new Drop('bad-signature')
  const { sealed } = PesReading.decode(reading.payload)
  const origin = { networkId: terms.networkId, meter: member.id, slot }
  if (terms.direct) claims.set(index, { ...openProven(member.key, origin, sealed, terms.direct.proofs), id: member.id })
  else open.values.set(index, encrypted(state, openReading(member.key, origin, sealed, terms.lanes.length)))
}

/** Encrypts a reading for the supplier. Its plaintext lives no longer than the call in which it was opened. */
function encrypted({ config }: PesState, values: readonly bigint[]): bigint {
  const { terms, rng, obfuscator } = config
  const { publicKey, packing } = terms
  return publicKey.encryptWith(packing.pack(values), obfuscator?.() ?? publicKey.obfuscator(rng)).value
}

/** Takes the ciphertexts whose proofs hold, and gives the claims of the others. */
function addProven({ state, open, claims }: Omit<Taking, 'slot'>): Claim[] {
  const { terms, rng } = state.config
  const holds = terms.direct?.proofs.verifyAll([...claims.values()], rng)
  return [...claims].flatMap(([index, claim], i) => {
    if (!holds?.[i]) return [claim]
    open.values.set(index, claim.proven.ciphertext.value)
    return []
  })
}
