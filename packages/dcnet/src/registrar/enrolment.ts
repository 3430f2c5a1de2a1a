// The registrar's end of the enrol stream: credentials, joining, leaving, the aggregator's address, past rosters (section 8).
import {
  AggregatorRequest,
  Drop,
  EnrolReply,
  EnrolRequest,
  type Envelope,
  JoinReply,
  JoinRequest,
  LeaveRequest,
  MessageType,
  RosterRequest,
  verifyEnvelope
} from '@hushgrid/messages'
import {
  checkBlindingKey,
  checkVerifyKey,
  type Epoch,
  ed25519Verifier,
  equalBytes,
  fromHex,
  InvalidArgumentError,
  type MeterId,
  type Millis,
  slotAt,
  toHex,
  WeakKeyError
} from '@hushgrid/primitives'
import { receiving } from '../protocol/receive.ts'
import { type Credential, type CredentialLane, decodeLanes, encodeLanes, issueCredential, packCredential } from '../roster/credential.ts'
import type { RegistrarInput, RegistrarOutput } from './contract.ts'
import { receiveConflict } from './edges.ts'
import { latestSubmission } from './heard.ts'
import type { EnrolledMeter } from './journal.ts'
import { barText, isBarred } from './membership/bars.ts'
import { isBeforeLeave, stayAfterAll, wishToLeave } from './membership/leaves.ts'
import { isThere, type RegistrarContext, type RegistrarState, refusal, remember, seal, seasonOf, setAggregator } from './state.ts'
import { tellTime } from './time.ts'

/** Meters that may be enrolled at once; more are refused. */
const MAX_ENROLLED = 65_535

/** A request on the enrol stream as it came in. */
type EnrolInput = Extract<RegistrarInput, { type: 'enrol' }>

/** Answers a request on the enrol stream. */
export function answer(state: RegistrarState, { from, bytes, token }: EnrolInput, now: Millis): RegistrarOutput[] {
  const { config } = state
  const slotNow = slotAt(now, config.slotSeconds)
  let reply: Uint8Array | undefined
  const outputs = receiving<RegistrarOutput>(state, { type: 'message', channel: 'enrol', from, bytes }, now, (envelope, out) => {
    if (envelope.sender !== from) throw new Drop('unknown-sender', 'expected the peer itself as the sender')
    checkVerifyKey(fromHex(envelope.sender))
    if (envelope.type === MessageType.Conflict) {
      receiveConflict({ state, now, out }, envelope)
      reply = joinReply(state, now, {})
      return
    }
    if (!verifyEnvelope(envelope, (config.verifier ?? ed25519Verifier)(envelope.sender), config.networkId)) throw new Drop('bad-signature')
    // The slot makes a request fresh; clocks agree within a unit. Who asks for the time may be in any slot.
    if (envelope.type !== MessageType.TimeRequest && Math.abs(envelope.slot - slotNow) > 1)
      throw new Drop('slot-over', 'expected a request of this slot')
    reply = requested({ state, now, out }, envelope, bytes)
  })
  const dropped = outputs.find(output => output.type === 'dropped')
  const bytesOut = reply ?? refusal(state, dropped ? `${dropped.reason}${dropped.detail ? `: ${dropped.detail}` : ''}` : 'not served', now)
  return [...outputs.filter(output => output.type !== 'verdict'), { type: 'reply', token, bytes: bytesOut }]
}

function requested(context: RegistrarContext, envelope: Envelope, bytes: Uint8Array): Uint8Array {
  switch (envelope.type) {
    case MessageType.EnrolRequest:
      return enrol(context, envelope)
    case MessageType.JoinRequest:
      return join(context, envelope)
    case MessageType.LeaveRequest:
      return leave(context, envelope, bytes)
    case MessageType.AggregatorRequest:
      return announce(context, envelope)
    case MessageType.RosterRequest:
      return giveRoster(context.state, envelope, context.now)
    case MessageType.TimeRequest:
      return tellTime(context.state, envelope, context.now)
    default:
      throw new Drop('unexpected-type', envelope.type)
  }
}

function enrol(context: RegistrarContext, envelope: Envelope): Uint8Array {
  const { state, now, out } = context
  const { config } = state
  const refuse = (refused: string): Uint8Array =>
    seal(
      state,
      MessageType.EnrolReply,
      EnrolReply.encode({ credential: new Uint8Array(0), refused, aggregator: '', season: seasonOf(state) }),
      now
    )
  const { blindingKey, season, lanes: encoded } = EnrolRequest.decode(envelope.payload)
  const lanes = lanesIn(encoded)
  const id = envelope.sender
  if (id === config.identity.id || id === (state.aggregator?.key ?? config.aggregatorKey))
    return refuse('the keys of registrar and aggregator are never meters')
  if (config.allowed && !config.allowed.has(id)) return refuse('this meter is not on the list of meters that may enrol')
  try {
    checkBlindingKey(blindingKey)
  } catch (cause) {
    if (cause instanceof WeakKeyError) return refuse(cause.message)
    throw cause
  }
  const owner = state.byBlindingKey.get(toHex(blindingKey))
  if (owner !== undefined && owner !== id) return refuse('this blinding key is in use by another meter')
  const current = seasonOf(state)
  if (season !== current && season !== current + 1) return refuse(`expected a key for season ${current} or the next, got one for ${season}`)
  const before = state.enrolled.get(id)
  const known = [before?.credential, before?.next].find(credential => credential?.season === season)
  const isNew = !known || !equalBytes(known.blindingKey, blindingKey) || !equalBytes(encodeLanes(known.lanes), encoded)
  // Keys of a season under way are fixed: who chooses one after it has begun could choose by the ring.
  if (known && isNew && season === current && state.book.latest) return refuse('a meter keeps its blinding key and lanes for the season')
  if (!before && state.enrolled.size >= MAX_ENROLLED) return refuse(`no more than ${MAX_ENROLLED} meters can be enrolled`)
  // A repeated request gets the same credential.
  const given = known && !isNew ? known : issue(context, id, { blindingKey, season, lanes })
  if (!before) out.push({ type: 'enrolled', meterId: id, enrolled: state.enrolled.size })
  const credential = packCredential(given)
  const aggregator = state.aggregator?.address ?? ''
  return seal(state, MessageType.EnrolReply, EnrolReply.encode({ credential, refused: '', aggregator, season: current }), now)
}

/** @throws Drop unless the bytes are lanes with consents */
function lanesIn(encoded: Uint8Array): CredentialLane[] {
  try {
    return decodeLanes(encoded)
  } catch (cause) {
    if (cause instanceof InvalidArgumentError) throw new Drop('bad-field', cause.message)
    throw cause
  }
}

/** Gives a meter a credential from now on, whether it had one before or not. */
export function issue(
  { state, now, out }: RegistrarContext,
  id: MeterId,
  of: Pick<Credential, 'blindingKey' | 'season' | 'lanes'>
): Credential {
  const { identity, networkId, credentialSeconds } = state.config
  const notBefore = Math.floor(now / 1000)
  const credential = issueCredential(identity, networkId, { ...of, meterId: id, notBefore, notAfter: notBefore + credentialSeconds })
  const before = state.enrolled.get(id)
  const isNext = before !== undefined && of.season > seasonOf(state)
  const meter: EnrolledMeter = isNext ? { ...before, next: credential } : { addresses: [], ...before, credential }
  remember(state, meter)
  out.push({ type: 'journal', record: { kind: 'enrolled', meter, joins: false } })
  return credential
}

function join({ state, now, out }: RegistrarContext, envelope: Envelope): Uint8Array {
  const { addresses, unixMillis } = JoinRequest.decode(envelope.payload)
  const id = envelope.sender
  const meter = state.enrolled.get(id)
  if (!meter) return joinReply(state, now, { refused: 'a meter joins with a credential: enrol first' })
  if (meter.credential.season !== seasonOf(state))
    return joinReply(state, now, { refused: 'a meter joins with a key of the season: enrol first' })
  if (isBarred(state, id, slotAt(now, state.config.slotSeconds))) {
    // Kept out as absent it is a member all the same, which follows the rosters.
    const isMember = state.book.latest?.roster.indexOf(id) !== undefined
    return joinReply(state, now, { refused: barText(state, id), ...(isMember && standing(state, id)) })
  }
  if (isBeforeLeave(state, id, unixMillis)) return refusal(state, 'made before the leave that it would undo', now)
  const admitted: EnrolledMeter = { ...meter, placement: meter.placement ?? state.config.rng.bytes(16), addresses }
  const waited = state.waiting.has(id)
  if (wishToBeIn(state, admitted) || admitted.addresses.join() !== meter.addresses.join()) {
    remember(state, admitted)
    out.push({ type: 'journal', record: { kind: 'enrolled', meter: admitted, joins: true } })
  }
  if (!waited && state.waiting.has(id)) out.push({ type: 'admitted', meterId: id, waiting: state.waiting.size })
  isThere(state, id)
  return joinReply(state, now, standing(state, id))
}

/**
 * Notes the wishes of a meter that asks to be in: to be taken in, to be present again, to have another address, not to
 * leave after all. Also used for its record in the journal.
 *
 * @returns whether any of them is new
 */
export function wishToBeIn(state: RegistrarState, meter: EnrolledMeter): boolean {
  const id = meter.credential.meterId
  const latest = state.book.latest
  const index = latest?.roster.indexOf(id)
  if (!latest || index === undefined) {
    const waited = state.waiting.has(id)
    state.waiting.add(id)
    return !waited
  }
  const stays = stayAfterAll(state, id)
  const returns = latest.roster.isAbsent(index) && !state.returning.has(id)
  if (returns) state.returning.add(id)
  const moved = latest.addresses[index] !== (meter.addresses[0] ?? '')
  if (moved) state.moved.add(id)
  else state.moved.delete(id)
  return stays || returns
}

function leave({ state, now, out }: RegistrarContext, envelope: Envelope, bytes: Uint8Array): Uint8Array {
  LeaveRequest.decode(envelope.payload)
  const id = envelope.sender
  if (!state.enrolled.get(id)?.placement) return joinReply(state, now, { refused: 'only a meter that has joined can leave' })
  if (wishToLeave(state, id, bytes)) out.push({ type: 'journal', record: { kind: 'leaving', meterId: id, bytes } })
  return joinReply(state, now, {})
}

/** What a JoinReply says; nothing where the request was noted. */
type JoinAnswer = { readonly refused?: string; readonly roster?: Uint8Array; readonly witnessed?: Uint8Array }

function joinReply(state: RegistrarState, now: Millis, reply: JoinAnswer): Uint8Array {
  const payload = JoinReply.encode({ refused: '', roster: new Uint8Array(0), witnessed: new Uint8Array(0), ...reply })
  return seal(state, MessageType.JoinReply, payload, now)
}

/** Latest roster and latest submission of a meter, which may have missed the one and lost the other. */
function standing(state: RegistrarState, id: MeterId): JoinAnswer {
  return { ...rosterIn(state), witnessed: latestSubmission(state, id) }
}

function rosterIn({ book }: RegistrarState): JoinAnswer {
  return book.latest?.bytes ? { roster: book.latest.bytes } : {}
}

/** Notes where the aggregator is. A lab takes the first that comes; a real network names the key. */
function announce({ state, now, out }: RegistrarContext, envelope: Envelope): Uint8Array {
  const { addresses } = AggregatorRequest.decode(envelope.payload)
  const key = envelope.sender
  const expected = state.config.aggregatorKey ?? state.aggregator?.key
  if (expected !== undefined && key !== expected) return joinReply(state, now, { refused: 'this network has another aggregator' })
  if (state.enrolled.has(key) || key === state.config.identity.id) return joinReply(state, now, { refused: 'a key has one role' })
  const address = addresses[0] ?? ''
  if (state.aggregator?.key !== key || state.aggregator.address !== address) {
    setAggregator(state, key, address)
    out.push({ type: 'journal', record: { kind: 'aggregator', key, address } })
    out.push({ type: 'aggregator', key, address })
  }
  return joinReply(state, now, rosterIn(state))
}

function giveRoster(state: RegistrarState, envelope: Envelope, now: Millis): Uint8Array {
  const { latest, epoch } = RosterRequest.decode(envelope.payload)
  const bytes = latest ? state.book.latest?.bytes : state.rosters.get(epoch as Epoch)
  return bytes ?? refusal(state, latest ? 'there is no roster yet' : `the roster of epoch ${epoch} is not held`, now)
}
