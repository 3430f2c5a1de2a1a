/** Who was at fault for a slot, as far as the registrar witnessed it (PROTOCOL.md section 7). */
import { decodeMemberSet, LossReason, MaskReleasePayload, SlotLostPayload } from '@hushgrid/messages'
import { equalBytes, type MeterId, type Slot, slotTimes } from '@hushgrid/primitives'
import { releaseThreshold } from '@hushgrid/topology'
import { owingRelease } from '../../masks/owing.ts'
import { RECOVERY } from '../../roster/roster.ts'
import type { FaultKind } from '../journal.ts'
import { probe } from '../membership.ts'
import { noteFault, type RegistrarOutput, type RegistrarState, type WitnessedSlot } from '../state.ts'
import { isValid, validSubmission } from '../witness.ts'
import { judgeUnfitting, silentMembers, wronglyNamed } from './double-mask.ts'

/** Records a fault, once a slot. */
export function fault(state: RegistrarState, id: MeterId, slot: Slot, what: FaultKind, out: RegistrarOutput[]): void {
  const times = noteFault(state, id, slot, what)
  if (times === undefined) return
  out.push({ type: 'journal', record: { kind: 'fault', meterId: id, slot, what } })
  out.push({ type: 'fault', meterId: id, slot, what, times })
}

/** Judges a slot that is over, once everything about it can have been heard. */
export function judge(state: RegistrarState, slot: Slot, witnessed: WitnessedSlot, out: RegistrarOutput[]): void {
  witnessed.judged = true
  if (slot < state.witnessFrom) return
  const twice = submittedTwice(state, slot, witnessed, out)
  const wronged = new Set<MeterId>()
  const doubleMask = witnessed.held.roster.recovery === RECOVERY['double-mask']
  judgeNamed(state, slot, witnessed, twice, wronged)
  if (!doubleMask) judgeDisputes(state, slot, witnessed, twice, wronged, out)
  if (wronged.size > 0) {
    const detail = 'members are called missing whose submissions were witnessed in time'
    out.push({ type: 'aggregator-fault', slot, detail, members: [...wronged].sort() })
  }
  if (doubleMask) judgeShares(state, slot, witnessed, out)
  else judgeSilence(state, slot, witnessed, out)
}

/** With double mask: who was silent is asked whether it is there; whose shares do not fit is at fault here as well. */
function judgeShares(state: RegistrarState, slot: Slot, witnessed: WitnessedSlot, out: RegistrarOutput[]): void {
  for (const id of silentMembers(state, slot, witnessed)) {
    witnessed.silent.add(id)
    probe(state, slot, witnessed, id, out)
  }
  const { unfitting, fitting } = judgeUnfitting(state, slot, witnessed)
  for (const id of unfitting) fault(state, id, slot, 'unfitting-shares', out)
  if (fitting.length > 0) {
    const detail = 'members are named whose shares fit, as they were witnessed'
    out.push({ type: 'aggregator-fault', slot, detail, members: [...fitting].sort() })
  }
}

function submittedTwice(state: RegistrarState, slot: Slot, witnessed: WitnessedSlot, out: RegistrarOutput[]): ReadonlySet<MeterId> {
  const { roster } = witnessed.held
  const twice = new Set<MeterId>()
  for (const [id, heard] of witnessed.submissions) {
    if (heard.length === 1) continue
    const [first, second] = heard.filter(each => isValid(state, each, roster))
    if (!first || !second) continue
    twice.add(id)
    out.push({ type: 'evidence', against: id, what: `two submissions for slot ${slot}`, envelopes: [first.bytes, second.bytes] })
    fault(state, id, slot, 'two-submissions', out)
  }
  return twice
}

/** Members that the aggregator has called missing, in whatever message, though their submissions were there in time. */
function judgeNamed(state: RegistrarState, slot: Slot, witnessed: WitnessedSlot, twice: ReadonlySet<MeterId>, wronged: Set<MeterId>): void {
  const { result, held } = witnessed
  const { roster } = held
  const doubleMask = roster.recovery === RECOVERY['double-mask']
  // With double mask a total leaves out whom its requests name; those are judged round by round.
  if (doubleMask) for (const id of wronglyNamed(state, slot, witnessed, twice)) wronged.add(id)
  const named = new Set(doubleMask ? [] : witnessed.requests.flatMap(request => request.members))
  if (result?.missing) {
    if (!doubleMask || witnessed.requests.length === 0) for (const index of result.missing) named.add(index)
  } else if (result) {
    const { reason, members } = SlotLostPayload.decode(result.payload)
    if (reason === LossReason.MembersMissing) for (const index of decodeMemberSet(members, roster.n)) named.add(index)
  }
  const { deadline } = slotTimes(slot, roster.slotSeconds)
  for (const index of named) {
    const id = roster.meterId(index)
    if (!twice.has(id) && validSubmission(state, witnessed, id, deadline)) wronged.add(id)
  }
}

/**
 * A dispute is right of a member that has submitted and that a request names all the same. Where no request was heard at
 * all, one that has submitted is believed.
 */
function judgeDisputes(
  state: RegistrarState,
  slot: Slot,
  witnessed: WitnessedSlot,
  twice: ReadonlySet<MeterId>,
  wronged: Set<MeterId>,
  out: RegistrarOutput[]
): void {
  // A dispute that has not kept the total from coming has done no harm.
  if (witnessed.result?.missing) return
  const { roster } = witnessed.held
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  for (const id of witnessed.disputes.keys()) {
    const index = roster.indexOf(id) as number
    const named = witnessed.requests.length === 0 || witnessed.requests.some(request => request.members.includes(index))
    const submitted = !twice.has(id) && validSubmission(state, witnessed, id, deadline + unit) !== undefined
    if (named && submitted) wronged.add(id)
    else fault(state, id, slot, 'false-dispute', out)
  }
}

/** A slot that is lost because releases did not come: who owed one is asked whether it is there. */
function judgeSilence(state: RegistrarState, slot: Slot, witnessed: WitnessedSlot, out: RegistrarOutput[]): void {
  const { result, requests, held } = witnessed
  const { roster } = held
  const [request, second] = requests
  if (roster.recovery !== RECOVERY['edge-release'] || !result || result.missing) return
  const lost = SlotLostPayload.decode(result.payload)
  // With a second request or a dispute nothing is released, and rightly.
  if (lost.reason !== LossReason.Unanswered || !request || second || witnessed.disputes.size > 0) return
  if (roster.presentCount - request.members.length < roster.minMembers) return
  const missing = new Set(request.members)
  // Where the aggregator names none, its loss is everybody's who owed.
  const blamed = new Set(decodeMemberSet(lost.members, roster.n))
  const { deadline, unit } = slotTimes(slot, roster.slotSeconds)
  for (const index of owingRelease(roster, request.members)) {
    const id = roster.meterId(index)
    if (blamed.size > 0 && !blamed.has(index)) continue
    const neighbours = roster.neighbours(index)
    const outside = neighbours.filter(each => !roster.isAbsent(each) && !missing.has(each)).length
    if (outside < releaseThreshold(neighbours.length)) continue
    if (!validSubmission(state, witnessed, id, deadline + unit)) continue
    const released = witnessed.releases
      .get(id)
      ?.some(
        each =>
          isValid(state, each, roster) && equalBytes(MaskReleasePayload.decode(each.envelope.payload).requestHash, request.payloadHash)
      )
    if (released) continue
    witnessed.silent.add(id)
    probe(state, slot, witnessed, id, out)
  }
}
