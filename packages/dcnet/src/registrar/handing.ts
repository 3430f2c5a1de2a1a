// Requests that the registrar hands over itself where no answer was witnessed (PROTOCOL.md section 8): the aggregator
// chooses whom a request reaches, so that its word that a member was silent is not enough.
import { Drop, decodeEnvelope, MessageType } from '@hushgrid/messages'
import { equalBytes, type MeterId, type Slot, slotAt, slotTimes } from '@hushgrid/primitives'
import { recoveryOf } from '../recovery-modes.ts'
import { keepDispute } from './disputes.ts'
import { hasAnswered, witnessedSlot } from './heard.ts'
import { fault } from './membership/bars.ts'
import { isDamped } from './membership/presence.ts'
import type { RegistrarContext, WitnessContext } from './state.ts'
import type { Heard, HeardRequest } from './witnessed-slot.ts'

/** Units after the deadline up to which a request must have been seen for its silence to count. */
const SEEN_UNITS = 3
/** Units after the deadline at which requests are handed over, and once more to those who had not answered yet. */
export const HAND_UNITS = [5, 6.5] as const

/** Hands over what is unanswered of the slot that has ended last. */
export function handOver({ state, now, out }: RegistrarContext): void {
  const { slotSeconds } = state.config
  const slot = (slotAt(now, slotSeconds) - 1) as Slot
  const held = slot < state.witnessFrom ? undefined : state.book.ofSlot(slot)
  if (!held) return
  const { deadline, unit } = slotTimes(slot, slotSeconds)
  const witnessed = witnessedSlot(state, slot, held)
  const context: WitnessContext = { state, out, slot, witnessed }
  HAND_UNITS.forEach((units, round) => {
    if (now < deadline + units * unit || witnessed.handedRounds > round) return
    witnessed.handedRounds = round + 1
    if (isDamped(context) || witnessed.conflicting) return
    for (const request of witnessed.requests)
      if (request.at < deadline + SEEN_UNITS * unit) for (const id of unanswered(context, request)) hand(context, id, request)
  })
}

/** Lists the members that owe an answer to a request, of whom none was witnessed. */
function unanswered(context: WitnessContext, request: HeardRequest): MeterId[] {
  const { roster } = context.witnessed.held
  const owing = recoveryOf(roster).judgement.owes(roster, request)
  return [...owing].map(index => roster.meterId(index)).filter(id => !hasAnswered(context, id, request))
}

function hand({ state, out }: WitnessContext, id: MeterId, { bytes }: HeardRequest): void {
  out.push({ type: 'hand', to: id, address: state.enrolled.get(id)?.addresses[0] ?? '', bytes })
}

/** What came of a request that was handed over. */
interface Handed {
  readonly request: Uint8Array
  /** True where the member has it. */
  readonly acknowledged: boolean
  /** What the member has answered so far. */
  readonly envelopes: readonly Uint8Array[]
}

/** Takes in what came of a request that was handed over to a member. */
export function receiveHanded({ state, now, out }: RegistrarContext, id: MeterId, { request, acknowledged, envelopes }: Handed): void {
  const { slot } = decodeEnvelope(request)
  const witnessed = state.witnessed.get(slot)
  const asked = witnessed?.requests.find(({ bytes }) => equalBytes(bytes, request))
  if (!witnessed || !asked) return
  if (acknowledged) asked.handed.add(id)
  const context: WitnessContext = { state, out, slot, witnessed }
  for (const bytes of envelopes) keepAnswer(context, id, { envelope: decodeEnvelope(bytes), bytes, at: now, from: id, valid: undefined })
}

/** Keeps an answer as if it had come by gossip. @throws Drop unless it is the member's, of this slot, and of the roster's mode */
function keepAnswer(context: WitnessContext, id: MeterId, heard: Heard): void {
  const { slot, witnessed } = context
  const { envelope } = heard
  if (envelope.sender !== id) throw new Drop('unknown-sender', 'expected an answer of the member that was asked')
  // The same members missing in another slot make the same requestHash.
  if (envelope.slot !== slot || envelope.epoch !== witnessed.held.roster.epoch) throw new Drop('wrong-epoch')
  const kept: Partial<Record<MessageType, Map<MeterId, Heard[]>>> = {
    [MessageType.MaskRelease]: witnessed.releases,
    [MessageType.ShareRelease]: witnessed.shares,
    [MessageType.MaskWord]: witnessed.words,
    [MessageType.Refusal]: witnessed.refusals
  }
  const by = kept[envelope.type]
  if (by) by.set(id, [...(by.get(id) ?? []), heard])
  else if (recoveryOf(witnessed.held.roster).judgement.hears.has(envelope.type)) keepDispute(context, heard)
  else throw new Drop('unexpected-type', envelope.type)
}

/** Judges a slot that is over: who had a request from us and said nothing is silent. */
export function judgeSilence(context: WitnessContext): void {
  const { witnessed } = context
  if (witnessed.conflicting) return
  for (const request of witnessed.requests)
    for (const id of request.handed) if (!hasAnswered(context, id, request) && !witnessed.disputes.has(id)) fault(context, id, 'silent')
}
