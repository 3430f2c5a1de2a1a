// Faults for a slot of a network with edge release, as far as the registrar witnessed it (PROTOCOL.md section 7).
import { DisputePayload, MessageType } from '@hushgrid/messages'
import { type MeterId, type Slot, slotTimes } from '@hushgrid/primitives'
import { owingRelease } from '../../masks/owing.ts'
import { refutation } from '../disputes.ts'
import { validSubmission } from '../heard.ts'
import { REMEMBERED_SLOTS } from '../journal.ts'
import { fault, unseenDispute } from '../membership/bars.ts'
import type { WitnessContext } from '../state.ts'
import { inTime, missingByResult } from './faults.ts'
import type { Judgement } from './judgement.ts'

export const EDGE_RELEASE: Judgement = {
  hears: new Set([MessageType.RecoveryRequest, MessageType.Dispute]),
  wronged(context, twice) {
    const named = new Set([...context.witnessed.requests.flatMap(({ members }) => [...members]), ...missingByResult(context)])
    const wronged = inTime(context, named, twice)
    judgeDisputes(context, twice, wronged)
    return wronged
  },
  owes: (roster, { members }) => owingRelease(roster, members),
  judgeLoss: () => undefined
}

/**
 * Judges the disputes: right are those of members that have submitted and are named in a request all the same. Where no
 * request was heard at all, a member that has submitted is believed, unless the total came all the same. A member that
 * has submitted, and disputes a request that nobody has heard, may have been asked by itself alone, or lie.
 */
function judgeDisputes(context: WitnessContext, twice: ReadonlySet<MeterId>, wronged: Set<MeterId>): void {
  const { state, slot, witnessed } = context
  const { roster } = witnessed.held
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  const isWithoutRequest = witnessed.requests.length === 0 && witnessed.result?.missing === undefined
  for (const id of witnessed.disputes.keys()) {
    const index = roster.indexOf(id) as number
    const named = isWithoutRequest || witnessed.requests.some(({ members }) => members.has(index))
    const submitted = !twice.has(id) && validSubmission(state, witnessed, id, deadline + unit) !== undefined
    if (named && submitted) wronged.add(id)
    else if (refutation(witnessed, id)) continue
    else if (!submitted) judgeUnseen(context, id)
    else if (witnessed.requests.length > 0 && !witnessed.conflicting) unseenDispute(context, id)
  }
}

/**
 * Judges a dispute of a member of which no submission was witnessed. It is false only where the member was connected to us
 * from the slot's end to its deadline, and its journal was not lost: a line that is down makes nobody guilty.
 */
function judgeUnseen(context: WitnessContext, id: MeterId): void {
  const { state, slot, witnessed } = context
  unseenDispute(context, id)
  if (witnessed.connected?.has(id) !== true) return
  const lost = witnessed.disputes.get(id)?.some(({ envelope }) => DisputePayload.decode(envelope.payload).journalLost) === true
  if (!isExcused(state, id, slot, lost)) fault(context, id, 'false-dispute')
}

/** Tells whether a lost journal excuses a dispute: that of the slot for which it is said, and of the next, once in 96 slots. */
function isExcused({ journalsLost }: WitnessContext['state'], id: MeterId, slot: Slot, lost: boolean): boolean {
  const before = journalsLost.get(id)
  if (before !== undefined && slot <= before + 1) return true
  if (!lost || (before !== undefined && slot < before + REMEMBERED_SLOTS)) return false
  journalsLost.set(id, slot)
  return true
}
