// A meter and the registrar: credential, joining, leaving, rosters, and the sign that it is there (sections 4 and 8).
import {
  DisputeReply,
  Drop,
  decodeEnvelope,
  EnrolReply,
  EnrolRequest,
  type Envelope,
  JoinReply,
  JoinRequest,
  LeaveRequest,
  MessageType,
  PresenceReply,
  sealEnvelope,
  verifyEnvelope
} from '@hushgrid/messages'
import { type Epoch, ed25519Verifier, type Millis, slotAt } from '@hushgrid/primitives'
import { EpochMasks } from '../masks/edge-keys.ts'
import { PrivateMasks } from '../masks/private-mask.ts'
import type { CommonOutput } from '../protocol/outputs.ts'
import { receiveRoster } from '../protocol/receive.ts'
import type { HeldRoster } from '../roster/book.ts'
import { type Credential, verifyCredential } from '../roster/credential.ts'
import { RECOVERY } from '../roster/roster.ts'
import type { MeterOutput, MeterState } from './state.ts'
import { rollBack } from './submission.ts'

/** Makes a request to the registrar, for the enrol stream. */
export function requestOf(state: MeterState, type: 'enrol' | 'join' | 'leave', now: Millis): MeterOutput {
  const { identity, networkId, slotSeconds, blinding, addresses } = state.config
  const [messageType, payload] =
    type === 'enrol'
      ? [MessageType.EnrolRequest, EnrolRequest.encode({ blindingKey: blinding.publicKey })]
      : type === 'join'
        ? [MessageType.JoinRequest, JoinRequest.encode({ addresses: [...addresses] })]
        : [MessageType.LeaveRequest, LeaveRequest.encode({})]
  if (type !== 'enrol') state.asked = type
  const bytes = sealEnvelope(identity, messageType, networkId, 0 as Epoch, slotAt(now, slotSeconds), payload)
  return { type: 'request', to: 'registrar', stream: 'enrol', bytes }
}

export function receiveFromRegistrar(state: MeterState, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  checkFromRegistrar(state, envelope)
  if (envelope.type === MessageType.JoinReply) receiveJoinReply(state, JoinReply.decode(envelope.payload), now, out)
  else receiveEnrolReply(state, EnrolReply.decode(envelope.payload), now, out)
}

function checkFromRegistrar(state: MeterState, envelope: Envelope): void {
  if (envelope.sender !== state.config.registrarKey) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, state.registrarVerify, state.config.networkId)) throw new Drop('bad-signature')
}

function receiveJoinReply(state: MeterState, reply: JoinReply, now: Millis, out: MeterOutput[]): void {
  if (reply.refused !== '') out.push({ type: 'refused', by: 'registrar', reason: reply.refused })
  else out.push(state.asked === 'leave' ? { type: 'leaving' } : { type: 'admitted' })
  // Comes first, since a roster that is known already ends the step.
  if (reply.witnessed.byteLength > 0) checkWitnessed(state, decodeEnvelope(reply.witnessed), now, out)
  // The roster in force does not name a newcomer yet; the chain is checked from it on.
  if (reply.roster.byteLength > 0) takeRoster(state, decodeEnvelope(reply.roster), reply.roster, now, out)
}

/** Looks at the submission of ours that the registrar saw last: a journal that lacks it came from a backup (section 6). */
function checkWitnessed(state: MeterState, witnessed: Envelope, now: Millis, out: MeterOutput[]): void {
  if (witnessed.sender !== state.config.identity.id || witnessed.type !== MessageType.Submission) return
  const held = state.book.ofEpoch(witnessed.epoch)
  // Without its roster the signature cannot be checked; the registrar could but silence us for a slot.
  if (held && !verifyEnvelope(witnessed, (state.config.verifier ?? ed25519Verifier)(witnessed.sender), held.roster.hash)) return
  if (witnessed.slot > state.finishedThrough && witnessed.slot <= slotAt(now, state.config.slotSeconds))
    rollBack(state, witnessed.slot, now, out)
}

function receiveEnrolReply(state: MeterState, reply: EnrolReply, now: Millis, out: MeterOutput[]): void {
  const { networkId, identity, blinding } = state.config
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

/** Answers the registrar, which asks whether we are there (section 8). */
export function answerPresence(state: MeterState, envelope: Envelope, now: Millis, out: MeterOutput[]): void {
  checkFromRegistrar(state, envelope)
  const { identity, networkId, slotSeconds } = state.config
  if (Math.abs(envelope.slot - slotAt(now, slotSeconds)) > 2) throw new Drop('slot-over', 'expected a request of this time')
  const reply = sealEnvelope(identity, MessageType.PresenceReply, networkId, 0 as Epoch, envelope.slot, PresenceReply.encode({}))
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: new Uint8Array(0), envelope: reply }) })
}

/** Takes in a Roster or RosterDelta, from gossip or from the registrar. */
export function takeRoster(state: MeterState, envelope: Envelope, bytes: Uint8Array, now: Millis, out: MeterOutput[]): void {
  if (envelope.type !== MessageType.Roster && envelope.type !== MessageType.RosterDelta) throw new Drop('unexpected-type', envelope.type)
  const rosters: CommonOutput[] = []
  try {
    receiveRoster(state.book, envelope, bytes, now, rosters)
  } finally {
    for (const output of rosters) {
      // Kept before it is used: after a restart the slots of its epoch can be told, and their requests checked.
      if (output.type === 'roster') {
        out.push({ type: 'journal', record: { kind: 'roster', from: output.held.from, bytes: state.book.snapshot(output.held) } })
      }
      // A dropped message's outputs go out as well: they say which rule failed.
      out.push(output)
    }
  }
  for (const output of rosters) if (output.type === 'roster') takeUp(state, output.held)
}

/** Agrees on the edge keys of a roster's epoch, where we are in it. */
export function takeUp(state: MeterState, held: HeldRoster): void {
  const index = held.roster.indexOf(state.config.identity.id)
  if (index === undefined || held.stayOut) return
  const masks = new EpochMasks(held.roster, index, state.secrets)
  const doubleMask = held.roster.recovery === RECOVERY['double-mask']
  const privateMasks = doubleMask ? new PrivateMasks(held.roster, index, state.secrets) : undefined
  // Expanded now, so that the first slot's end does not wait for it.
  masks.expand(held.from)
  privateMasks?.expand(held.from)
  const { aggregatorKey } = held.roster
  if (state.aggregator?.key !== aggregatorKey) {
    state.aggregator = { key: aggregatorKey, verify: (state.config.verifier ?? ed25519Verifier)(aggregatorKey) }
  }
  const neighbours = held.roster.neighbours(index)
  state.epochs.set(held.roster.epoch, { held, index, masks, privateMasks, neighbours, aggregator: state.aggregator.verify })
}
