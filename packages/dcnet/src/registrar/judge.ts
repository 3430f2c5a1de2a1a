import type { MeterId } from '@hushgrid/primitives'
import { recoveryOf } from '../recovery-modes.ts'
import { judgeSilence } from './handing.ts'
import { isValid } from './heard.ts'
import { fault } from './membership/bars.ts'
import type { WitnessContext } from './state.ts'
import type { WitnessedSlot } from './witnessed-slot.ts'

/** Judges a slot that is over, once everything about it can have been heard (PROTOCOL.md section 7). */
export function judge(context: WitnessContext): void {
  const { state, slot, witnessed, out } = context
  witnessed.judged = true
  if (slot < state.witnessFrom) return
  const { judgement } = recoveryOf(witnessed.held.roster)
  const wronged = judgement.wronged(context, submittedTwice(context))
  if (wronged.size > 0 && aggregatorWasThere(witnessed))
    out.push({ type: 'aggregator-fault', slot, kind: 'called-missing', members: [...wronged].sort() })
  judgement.judgeLoss(context)
  judgeSilence(context)
}

/** Tells whether the aggregator was connected while it should have heard members: one that was started again is not at fault. */
function aggregatorWasThere({ connected, held }: WitnessedSlot): boolean {
  return connected?.has(held.roster.aggregatorKey) === true
}

/** Members with two valid submissions, which is evidence and a fault. */
function submittedTwice(context: WitnessContext): ReadonlySet<MeterId> {
  const { state, slot, witnessed, out } = context
  const { roster } = witnessed.held
  const twice = new Set<MeterId>()
  for (const [id, heard] of witnessed.submissions) {
    if (heard.length === 1) continue
    const [first, second] = heard.filter(each => isValid(state, each, roster))
    if (!first || !second) continue
    twice.add(id)
    out.push({ type: 'evidence', against: id, what: { kind: 'two-submissions', slot }, envelopes: [first.bytes, second.bytes] })
    fault(context, id, 'two-submissions')
  }
  return twice
}
