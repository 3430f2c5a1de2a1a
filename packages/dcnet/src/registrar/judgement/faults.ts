// Helpers of the judgements of all modes: members called missing.
import { decodeMemberSet, LossReason, SlotLostPayload } from '@hushgrid/messages'
import { type MeterId, slotTimes } from '@hushgrid/primitives'
import { validSubmission } from '../heard.ts'
import type { WitnessContext } from '../state.ts'

/** Gives the positions of the members that a result calls missing; a loss does so for just one reason. */
export function missingByResult({ witnessed }: WitnessContext): readonly number[] {
  const { result, held } = witnessed
  if (!result) return []
  if (result.missing) return result.missing
  const { reason, members } = SlotLostPayload.decode(result.payload)
  return reason === LossReason.MembersMissing ? decodeMemberSet(members, held.roster.n) : []
}

/** Picks, from members given by position, those whose submissions were there in time. */
export function inTime({ state, slot, witnessed }: WitnessContext, named: Iterable<number>, twice: ReadonlySet<MeterId>): Set<MeterId> {
  const { roster } = witnessed.held
  const { deadline } = slotTimes(slot, roster.slotSeconds)
  const there = new Set<MeterId>()
  for (const index of named) {
    const id = roster.meterId(index)
    if (!twice.has(id) && validSubmission(state, witnessed, id, deadline)) there.add(id)
  }
  return there
}
