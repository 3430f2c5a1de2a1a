// Faults for a slot of a network with edge release, as far as the registrar witnessed it (PROTOCOL.md section 7).
import { decodeMemberSet, LossReason, MessageType, SlotLostPayload } from '@hushgrid/messages'
import { type MeterId, slotTimes } from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import { owingRelease } from '../../masks/owing.ts'
import { fault } from '../bars.ts'
import { released, validSubmission } from '../heard.ts'
import type { WitnessContext } from '../state.ts'
import { couldAnswer, inTime, missingByResult, suspect } from './faults.ts'
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
 * Judges the disputes: right are those of members that have submitted and are named in a request all the same. Where no
 * request was heard at all, a member that has submitted is believed.
 */
function judgeDisputes(context: WitnessContext, twice: ReadonlySet<MeterId>, wronged: Set<MeterId>): void {
  const { state, slot, witnessed } = context
  // A dispute does no harm where the total came all the same.
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

/** Judges a slot lost because releases did not come: asks whoever owed one whether it is there. */
function judgeSilence(context: WitnessContext): void {
  const { state, slot, witnessed } = context
  const { result, requests, held } = witnessed
  const { roster } = held
  const [request, second] = requests
  if (!result || result.missing) return
  const lost = SlotLostPayload.decode(result.payload)
  // A second request or a dispute rightly stops every release.
  if (lost.reason !== LossReason.Unanswered || !request || second || witnessed.disputes.size > 0) return
  if (roster.presentCount - request.members.size < roster.minMembers) return
  // A loss that names nobody is blamed on everybody who owed a release.
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
