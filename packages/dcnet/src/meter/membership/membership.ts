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
import { type Epoch, ed25519Verifier, fromHex, InvalidArgumentError, type Millis, slotAt } from '@hushgrid/primitives'
import { EpochMasks } from '../../masks/edge-keys.ts'
import type { CommonOutput } from '../../protocol/outputs.ts'
import { receiveRoster } from '../../protocol/receive.ts'
import type { HeldRoster } from '../../roster/book.ts'
import { type Credential, encodeLanes, unpackCredential, verifyCredential } from '../../roster/credential.ts'
import type { MeterInput, MeterOutput } from '../contract.ts'
import type { MeterContext, MeterCore } from '../core.ts'
import { recoveryIn } from '../recoveries.ts'
import type { MeterState } from '../state.ts'
import { rollBack } from '../submission.ts'
import { isAhead } from './next-season.ts'
import { planNextKey } from './seasons.ts'

/** Makes a request to the registrar, to be sent on the enrol stream. */
export function requestOf(state: MeterCore, input: Extract<MeterInput, { type: 'enrol' | 'join' | 'leave' }>, now: Millis): MeterOutput {
  const { identity, networkId, slotSeconds, addresses } = state.config
  const { type } = input
  const [messageType, payload] =
    type === 'enrol'
      ? [MessageType.EnrolRequest, enrolRequest(state, input.for === 'next-season' ? state.season + 1 : state.season)]
      : type === 'join'
        ? [MessageType.JoinRequest, JoinRequest.encode({ addresses: [...addresses], unixMillis: now })]
        : [MessageType.LeaveRequest, LeaveRequest.encode({ unixMillis: now })]
  if (type !== 'enrol') state.asked = type
  const bytes = sealEnvelope(identity, messageType, networkId, 0 as Epoch, slotAt(now, slotSeconds), payload)
  return { type: 'request', to: 'registrar', stream: 'enrol', bytes }
}

function enrolRequest(state: MeterCore, season: number): Uint8Array {
  const { keys, lanes } = state.config
  state.enrolling = season
  return EnrolRequest.encode({ blindingKey: keys.make(season).blinding.publicKey, season, lanes: encodeLanes(lanes) })
}

/** An answer of the registrar on the enrol stream. */
export function receiveFromRegistrar(context: MeterContext<MeterState>, envelope: Envelope): void {
  checkFromRegistrar(context.state, envelope)
  if (envelope.type === MessageType.JoinReply) receiveJoinReply(context, JoinReply.decode(envelope.payload))
  else receiveEnrolReply(context, EnrolReply.decode(envelope.payload))
}

function checkFromRegistrar(state: MeterCore, envelope: Envelope): void {
  if (envelope.sender !== state.config.registrarKey) throw new Drop('unknown-sender')
  if (!verifyEnvelope(envelope, state.registrarVerify, state.config.networkId)) throw new Drop('bad-signature')
}

function receiveJoinReply(context: MeterContext<MeterState>, reply: JoinReply): void {
  const { state, out } = context
  if (reply.refused !== '') out.push({ type: 'refused', by: 'registrar', reason: reply.refused })
  else out.push(state.asked === 'leave' ? { type: 'leaving' } : { type: 'admitted' })
  // Comes first, since a known roster ends the step.
  if (reply.witnessed.byteLength > 0) checkWitnessed(context, decodeEnvelope(reply.witnessed))
  // The roster in force does not name a newcomer yet; the chain is checked from it on.
  if (reply.roster.byteLength > 0) takeRoster(context, decodeEnvelope(reply.roster), reply.roster)
}

/** Checks a submission of ours that the registrar has seen: a journal without it was restored from a backup (section 6). */
function checkWitnessed(context: MeterContext<MeterState>, witnessed: Envelope): void {
  const { state, now } = context
  if (witnessed.sender !== state.config.identity.id || witnessed.type !== MessageType.Submission) return
  const held = state.book.ofEpoch(witnessed.epoch)
  // A signature cannot be checked without its roster; a lie could silence us for a slot at worst.
  if (held && !verifyEnvelope(witnessed, (state.config.verifier ?? ed25519Verifier)(witnessed.sender), held.roster.hash)) return
  if (witnessed.slot > state.finishedThrough && witnessed.slot <= slotAt(now, state.config.slotSeconds)) rollBack(context, witnessed.slot)
}

function receiveEnrolReply({ state, now, out }: MeterContext, reply: EnrolReply): void {
  const { networkId, identity } = state.config
  const { enrolling: season } = state
  const latest = state.book.latest?.roster.season ?? -1
  const isTold = reply.season > Math.max(state.season, latest) || (reply.season < state.season && latest < reply.season)
  if (isTold) state.season = reply.season
  if (reply.refused !== '') {
    // A roster may have told of the season while the request was on its way.
    if (isTold || season < state.season) out.push({ type: 'other-season', season: state.season })
    else out.push({ type: 'refused', by: 'registrar', reason: reply.refused })
    return
  }
  const blindingKey = state.keys.publicKey(season)
  if (!blindingKey) throw new Drop('duplicate', 'a credential for a key that is erased')
  const credential = readCredential(reply.credential, { meterId: identity.id, blindingKey, season })
  if (!verifyCredential(state.registrarVerify, networkId, credential, Math.max(Math.floor(now / 1000), credential.notBefore))) {
    throw new Drop('bad-signature', 'credential')
  }
  state.credentials.set(season, credential)
  if (season > state.season) state.keyDueAt = undefined
  out.push({ type: 'enrolled', credential, aggregator: reply.aggregator })
}

/** @throws Drop unless the bytes have the form of a credential */
function readCredential(packed: Uint8Array, of: Parameters<typeof unpackCredential>[1]): Credential {
  try {
    return unpackCredential(packed, of)
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('bad-field', cause.message)
    throw cause
  }
}

/** Answers the registrar's question whether we are there (section 8). */
export function answerPresence({ state, now, out }: MeterContext, envelope: Envelope): void {
  checkFromRegistrar(state, envelope)
  const { identity, networkId, slotSeconds } = state.config
  if (Math.abs(envelope.slot - slotAt(now, slotSeconds)) > 2) throw new Drop('slot-over', 'expected a request of this time')
  const reply = sealEnvelope(identity, MessageType.PresenceReply, networkId, 0 as Epoch, envelope.slot, PresenceReply.encode({}))
  out.push({ type: 'answer', bytes: DisputeReply.encode({ acknowledged: new Uint8Array(0), envelopes: [reply] }) })
}

/** Takes in a Roster or RosterDelta, from gossip or from the registrar. */
export function takeRoster({ state, now, out }: MeterContext<MeterState>, envelope: Envelope, bytes: Uint8Array): void {
  if (envelope.type !== MessageType.Roster && envelope.type !== MessageType.RosterDelta) throw new Drop('unexpected-type', envelope.type)
  const rosters: CommonOutput[] = []
  try {
    receiveRoster({ book: state.book, now, out: rosters }, envelope, bytes)
  } finally {
    for (const output of rosters) {
      // Journalled before it is used: after a restart the slots of its epoch can be told, and their requests checked.
      if (output.type === 'roster') {
        for (const { meterId, slot } of output.held.gone)
          out.push({ type: 'journal', record: { kind: 'gone', slot, bytes: fromHex(meterId) } })
        out.push({ type: 'journal', record: { kind: 'roster', from: output.held.from, bytes: state.book.snapshot(output.held) } })
      }
      // Put out even where the message is dropped, to say which rule failed.
      out.push(output)
    }
  }
  for (const output of rosters) {
    if (output.type !== 'roster') continue
    if (isAhead(state, output.held, now)) state.preparing = { held: output.held, at: now }
    else takeUp(state, output.held)
    const { season } = output.held.roster
    if (season <= state.season && state.keyDueAt !== undefined) continue
    state.season = Math.max(state.season, season)
    for (const each of state.credentials.keys()) if (each < season) state.credentials.delete(each)
    planNextKey(state, now)
  }
}

/** Agrees on the edge keys of a roster's epoch, where we are in it; first on those of one before that is being prepared. */
export function takeUp(state: MeterState, held: HeldRoster): void {
  const { preparing } = state
  state.preparing = undefined
  if (preparing && preparing.held !== held) takeUp(state, preparing.held)
  const index = held.roster.indexOf(state.config.identity.id)
  if (index === undefined || held.stayOut) return
  const { secrets } = state.keys.make(held.roster.season)
  const masks = new EpochMasks(held.roster, index, secrets)
  const privateMasks = recoveryIn(state, held.roster).privateMasks(held.roster, index, secrets)
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
