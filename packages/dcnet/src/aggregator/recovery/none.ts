import { Drop, LossReason, MessageType } from '@hushgrid/messages'
import { HushgridError, type Slot, slotTimes } from '@hushgrid/primitives'
import type { SlotContext } from '../core.ts'
import { draftTotal, lose, missingOf, publishTotal } from '../slot.ts'
import type { AggregatorRecovery, Answer } from './recovery.ts'
import { requestHashIn } from './request.ts'

/** Gives D + 7u: no answer is sent any more, and the result still comes before the slot is over. */
export function giveUpAt(slot: Slot, slotSeconds: number): number {
  const { over, unit } = slotTimes(slot, slotSeconds)
  return over - unit
}

/** Aggregator's part without recovery: a slot has its total when all present members are in, and is lost at D + 7u otherwise. */
export class NoAggregatorRecovery implements AggregatorRecovery {
  readonly hasAsked = false

  restoreRequest(): never {
    throw new HushgridError("the aggregator's store: expected no request in a network without recovery, got one")
  }

  restoreAnswer(): void {
    // Nothing is asked, so no answer is taken.
  }

  takeUpAgain(context: SlotContext): void {
    this.proceed(context)
  }

  receive(_: SlotContext, { envelope }: Answer): never {
    if (envelope.type === MessageType.Dispute) throw new Drop('unexpected-type', 'no disputes in this network')
    requestHashIn(envelope)
    throw new Drop('unexpected-type', `${envelope.type} that nobody asked for`)
  }

  wordsOn(): Uint8Array[] {
    return []
  }

  proceed(context: SlotContext): void {
    const { open } = context
    if (open.count === open.held.roster.presentCount) publishTotal(context, draftTotal(open, undefined))
  }

  tick(context: SlotContext): void {
    const { state, now, slot, open } = context
    if (now < giveUpAt(slot, state.config.slotSeconds)) return
    const missing = missingOf(open)
    if (missing.length === 0) this.proceed(context)
    else lose(context, LossReason.MembersMissing, missing)
  }

  wakeAt({ slot, open }: Pick<SlotContext, 'slot' | 'open'>): number {
    return giveUpAt(slot, open.held.roster.slotSeconds)
  }
}
