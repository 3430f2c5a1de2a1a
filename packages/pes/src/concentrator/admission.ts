// Who is in: meters that join, leave and come back.
import {
  Drop,
  decodeEnvelope,
  ENVELOPE_OVERHEAD,
  type Envelope,
  MAX_MEMBERS,
  MessageType,
  PesJoin,
  PesJoinReply,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { ed25519Verifier, type MeterId, type Millis, type Slot, slotAt, type VerifyingKey } from '@hushgrid/primitives'
import { type ConcentratorOutput, type ConcentratorRecord, type ConcentratorState, dropped, NO_BYTES, NO_EPOCH } from './state.ts'

/** Takes up a record of the journal. */
export function restore(state: ConcentratorState, { index, meterId, join, slot }: ConcentratorRecord): void {
  const before = state.members.get(meterId)
  if (join.byteLength === 0) {
    if (before) before.until = slot
    return
  }
  const verify = before?.verify ?? (state.config.verifier ?? ed25519Verifier)(meterId)
  state.members.set(meterId, { index, verify, join, from: slot, until: undefined, misses: 0, told: false })
}

/** Answers a meter that asks for the setup, to be taken in or to be let go. */
export function answerEnrol(
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
  // Places are for good, since the PES knows members by them.
  if (index >= MAX_MEMBERS) {
    reply(`there is room for ${MAX_MEMBERS} meters, and none is left`)
    return
  }
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
