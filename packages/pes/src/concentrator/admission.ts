// Admission of meters: they join, leave and come back.
import { Drop, type Envelope, MAX_MEMBERS, MessageType, PesJoin, PesJoinReply, sealEnvelope, verifyEnvelope } from '@hushgrid/messages'
import { ed25519Verifier, type MeterId, type Slot, slotAt, type VerifyingKey } from '@hushgrid/primitives'
import { DOOR, doorContext } from './door.ts'
import {
  type ConcentratorContext,
  type ConcentratorInput,
  type ConcentratorRecord,
  type ConcentratorState,
  NO_BYTES,
  NO_EPOCH
} from './state.ts'

/** Takes up a record of the journal. */
export function restore(state: ConcentratorState, { index, meterId, join, slot }: ConcentratorRecord): void {
  const before = state.members.get(meterId)
  if (join.byteLength === 0) {
    if (before) before.until = slot
    return
  }
  state.members.set(meterId, { index, verify: keyOf(state, meterId), join, from: slot, until: undefined, misses: 0, told: false })
}

function keyOf(state: ConcentratorState, sender: MeterId): VerifyingKey {
  return state.members.get(sender)?.verify ?? (state.config.verifier ?? ed25519Verifier)(sender)
}

/** Answers a meter that asks for the setup, to be taken in or to be let go. */
export function answerEnrol(context: ConcentratorContext, { from, bytes, token }: Extract<ConcentratorInput, { type: 'enrol' }>): void {
  const { out } = context
  let reply: Uint8Array | undefined
  const outputs = DOOR.receive({ type: 'message', channel: 'enrol', from, bytes }, doorContext(context), envelope => {
    reply = requested(context, envelope, bytes)
    return undefined
  })
  const dropped = outputs.find(output => output.type === 'dropped')
  if (dropped) out.push(dropped)
  out.push({ type: 'reply', token, bytes: reply ?? joinReply(context, { refused: dropped?.reason ?? 'not served' }) })
}

function requested(context: ConcentratorContext, envelope: Envelope, bytes: Uint8Array): Uint8Array {
  const { state, now } = context
  const { terms, setup, allowed } = state.config
  const { sender, type } = envelope
  if (type === MessageType.PesSetupRequest) return setup
  if (!verifyEnvelope(envelope, keyOf(state, sender), terms.networkId)) throw new Drop('bad-signature')
  // Keeps a recorded join or leave from being brought again later.
  if (Math.abs(envelope.slot - slotAt(now, terms.slotSeconds)) > 1) throw new Drop('slot-over', 'expected a request of this slot')
  if (allowed && !allowed.has(sender)) return joinReply(context, { refused: 'this meter is not on the list of those that are taken in' })
  return type === MessageType.PesLeave ? leave(context, sender) : join(context, envelope, bytes)
}

function joinReply(
  { state, now }: ConcentratorContext,
  { refused = '', index = 0, firstSlot = 0 }: { readonly refused?: string; readonly index?: number; readonly firstSlot?: number }
): Uint8Array {
  const { identity, terms } = state.config
  const payload = PesJoinReply.encode({ refused, index, firstSlot })
  return sealEnvelope(identity, MessageType.PesJoinReply, terms.networkId, NO_EPOCH, slotAt(now, terms.slotSeconds), payload)
}

function join(context: ConcentratorContext, { sender, payload }: Envelope, bytes: Uint8Array): Uint8Array {
  const { state, now, out } = context
  PesJoin.decode(payload)
  const before = state.members.get(sender)
  const index = before?.index ?? state.members.size
  // Places are for good, since the PES knows members by them.
  if (index >= MAX_MEMBERS) return joinReply(context, { refused: `there is room for ${MAX_MEMBERS} meters, and none is left` })
  // A meter that comes back after a crash goes on as if it had not been away.
  const from = before && before.until === undefined ? before.from : slotAt(now, state.config.terms.slotSeconds)
  state.members.set(sender, { index, verify: keyOf(state, sender), join: bytes, from, until: undefined, misses: 0, told: false })
  out.push({ type: 'journal', record: { index, meterId: sender, join: bytes, slot: from } })
  if (!before || before.until !== undefined) out.push({ type: 'member', meterId: sender, index, what: 'joined' })
  return joinReply(context, { index, firstSlot: from })
}

/** Lets a member go with the slot that runs; the one that ended last is its last. */
function leave(context: ConcentratorContext, sender: MeterId): Uint8Array {
  const { state, now, out } = context
  const member = state.members.get(sender)
  if (!member) return joinReply(context, { refused: 'this meter has not joined' })
  if (member.until === undefined) {
    member.until = (slotAt(now, state.config.terms.slotSeconds) - 1) as Slot
    out.push({ type: 'journal', record: { index: member.index, meterId: sender, join: NO_BYTES, slot: member.until } })
    out.push({ type: 'member', meterId: sender, index: member.index, what: 'left' })
  }
  return joinReply(context, { index: member.index, firstSlot: member.from })
}
