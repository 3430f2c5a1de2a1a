// Who was at fault for a slot of a network with edge release, as far as the registrar witnessed it (PROTOCOL.md section 7).
import { decodeMemberSet, LossReason, MessageType, SlotLostPayload } from '@hushgrid/messages'
import { type MeterId, slotTimes } from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import { owingRelease } from '../../masks/owing.ts'
import { released, validSubmission } from '../heard.ts'
import type { WitnessContext } from '../state.ts'
import { couldAnswer, fault, inTime, missingByResult, suspect } from './faults.ts'
import type { Judgement } from './judgement.ts'

export const EDGE_RELEASE: Judgement = {
  hears: new Set([MessageType.RecoveryRequest, MessageType.Dispute]),
  wronged(context, twice) {
    const named = new Set([...context.witnessed.requests.flatMap(({ members }) => [...members]), ...missingByResult(context)])
    const wronged = inTime(context, named, twice)
    judgeDisputes(context, twice, wronged)
    return wronged
  },
  judgeLoss: judgeSilence
}

/**
 * A dispute is right of a member that has submitted and that a request names all the same. Where no request was heard at
 * all, one that has submitted is believed.
 */
function judgeDisputes(context: WitnessContext, twice: ReadonlySet<MeterId>, wronged: Set<MeterId>): void {
  const { state, slot, witnessed } = context
  // A dispute that has not kept the total from coming has done no harm.
  if (witnessed.result?.missing) return
  const { roster } = witnessed.held
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  for (const id of witnessed.disputes.keys()) {
    const index = roster.indexOf(id) as number
    const named = witnessed.requests.length === 0 || witnessed.requests.some(({ members }) => members.has(index))
    const submitted = !twice.has(id) && validSubmission(state, witnessed, id, deadline + unit) !== undefined
    if (named && submitted) wronged.add(id)
    else fault(context, id, 'false-dispute')
  }
}

/** A slot that is lost because releases did not come: who owed one is asked whether it is there. */
function judgeSilence(context: WitnessContext): void {
  const { state, slot, witnessed } = context
  const { result, requests, held } = witnessed
  const { roster } = held
  const [request, second] = requests
  if (!result || result.missing) return
  const lost = SlotLostPayload.decode(result.payload)
  // With a second request or a dispute nothing is released, and rightly.
  if (lost.reason !== LossReason.Unanswered || !request || second || witnessed.disputes.size > 0) return
  if (roster.presentCount - request.members.size < roster.minMembers) return
  // Where the aggregator names none, its loss is everybody's who owed.
  const blamed = new Set(decodeMemberSet(lost.members, roster.n))
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  for (const index of owingRelease(roster, request.members)) {
    const id = roster.meterId(index)
    if (blamed.size > 0 && !blamed.has(index)) continue
    if (!couldAnswer(context, index, request.members, releaseThreshold)) continue
    if (!validSubmission(state, witnessed, id, deadline + unit) || released(context, id, request)) continue
    suspect(context, id)
  }
}
