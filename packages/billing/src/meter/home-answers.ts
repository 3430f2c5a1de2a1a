// A meter's answers on the home network, and the change of its key K with each pairing.
import { type MeterId, type Millis, type Slot, slot, slotAt } from '@hushgrid/primitives'
import { keyInForce, withKeyGiven, withNextKey } from './billing-keys.ts'
import type { MeterBillingOutput, MeterBillingState } from './billing-state.ts'
import { decodeHomeRequest, encodeHomeReply, HomeMessageError, type HomeReply, type HomeRequest, isProven } from './home-messages.ts'
import { isPairingCode, type PairingTicket } from './pairing.ts'
import { sealPeriods } from './seal-periods.ts'
import { waitFor, withWrongCode } from './wrong-codes.ts'

/** Request from a stream. */
export interface HomeAsked {
  /** Key that the stream is authenticated to at the customer's end. */
  readonly from: MeterId
  readonly bytes: Uint8Array
  /** Rest of the last code that was shown. */
  readonly ticket: PairingTicket | undefined
  /** Token that comes back with the reply. */
  readonly token: number
}

/** Answers a request. */
export function answer(state: MeterBillingState, asked: HomeAsked, now: Millis, outputs: MeterBillingOutput[]): MeterBillingState {
  const { from: customer, token } = asked
  const [after, reply] = replyTo(state, asked, now, outputs)
  if (reply.type === 'refused') outputs.push({ type: 'refused', customer, reason: reply.reason })
  outputs.push({ type: 'reply', token, bytes: encodeHomeReply(reply) })
  return after
}

/** Brings a key into force that nobody was given; the next customer gets it, with all that was measured since. */
export function unpair(before: MeterBillingState, now: Millis, outputs: MeterBillingOutput[]): MeterBillingState {
  const drawn = withDrawnKey(before, now)
  outputs.push({ type: 'keys', keys: drawn.keys })
  const state = sealPeriods(drawn, runningSlot(drawn, now), outputs)
  outputs.push({ type: 'unpaired', keyEpoch: keyInForce(state.keys).epoch })
  return state
}

type Answered = readonly [MeterBillingState, HomeReply]

function replyTo(state: MeterBillingState, asked: HomeAsked, now: Millis, outputs: MeterBillingOutput[]): Answered {
  let request: HomeRequest
  try {
    request = decodeHomeRequest(asked.bytes)
  } catch (cause) {
    if (!(cause instanceof HomeMessageError)) throw cause
    return [state, refusal(cause.message)]
  }
  if (request.type === 'pair') return pair(state, { ...asked, code: request.code }, now, outputs)
  return [state, batchesFor(state, asked.from, request)]
}

function pair(
  before: MeterBillingState,
  { from: customer, code, ticket }: HomeAsked & { readonly code: Uint8Array },
  now: Millis,
  outputs: MeterBillingOutput[]
): Answered {
  const wait = waitFor(before.wrongCodes, customer, now)
  if (wait > 0) return [before, refusal(`pairing: expected no code after several wrong ones for ${Math.ceil(wait / 1000)} s, got one`)]
  if (!isPairingCode(ticket, code)) {
    const wrongCodes = withWrongCode(before.wrongCodes, customer, now)
    return [{ ...before, wrongCodes }, refusal('pairing: expected the code that the meter shows, got another, or one that is used')]
  }
  // Draws another key where somebody has the one in force, who must not open what is measured from now on.
  const anew = keyInForce(before.keys).given
  const drawn = anew ? withDrawnKey(before, now) : before
  const given = { ...drawn, keys: withKeyGiven(drawn.keys) }
  outputs.push({ type: 'keys', keys: given.keys }, { type: 'ticket', ticket: undefined })
  const state = anew ? sealPeriods(given, runningSlot(given, now), outputs) : given
  const { epoch, key } = keyInForce(state.keys)
  outputs.push({ type: 'paired', customer, keyEpoch: epoch })
  return [state, { type: 'paired', epoch, key }]
}

/** Draws the next key. It is in force from the slot that runs, or later where later slots were measured: a clock was set back. */
function withDrawnKey(state: MeterBillingState, now: Millis): MeterBillingState {
  const { keys, sealedUntil, open, config } = state
  const measured = [...open.keys()].reduce((most, at) => Math.max(most, at + 1), 0)
  const from = Math.max(runningSlot(state, now), sealedUntil, keyInForce(keys).from, measured)
  return { ...state, keys: withNextKey(keys, slot(from), config.rng) }
}

function runningSlot({ config }: MeterBillingState, now: Millis): Slot {
  return slotAt(now, config.terms.slotSeconds)
}

function batchesFor(
  { config, keys, batches }: MeterBillingState,
  customer: MeterId,
  request: Exclude<HomeRequest, { type: 'pair' }>
): HomeReply {
  const { keyEpoch } = request
  const known = keys.find(({ epoch }) => epoch === keyEpoch)
  if (!known || !isProven(known.key, { meter: config.identity.id, customer }, request))
    return refusal('expected a customer that this meter is paired with')
  const own = batches.filter(batch => batch.keyEpoch === keyEpoch)
  if (request.type === 'list') {
    const places = own.map(({ from, until }) => ({ firstSlot: from, slots: until - from }))
    return { type: 'list', inForce: known === keyInForce(keys), batches: places }
  }
  const { firstSlot } = request
  const found = own.find(({ from }) => from === firstSlot)
  return found ? { type: 'batch', bytes: found.bytes } : refusal(`expected the first slot of a batch that is kept, got ${firstSlot}`)
}

function refusal(reason: string): HomeReply {
  return { type: 'refused', reason }
}
