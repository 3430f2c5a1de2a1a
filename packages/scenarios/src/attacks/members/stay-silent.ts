import { MessageType } from '@hushgrid/messages'
import { type Attack, meterOf, onEnvelopes } from '../attack.ts'

/** What a member sends that owes something for a slot's total, or will not give it. */
const ANSWERS: ReadonlySet<MessageType> = new Set([MessageType.MaskRelease, MessageType.ShareRelease, MessageType.Refusal])

export const staySilent = {
  name: 'stay-silent',
  by: 'members',
  about: 'A member that owes releases and shares sends none, nor says why.',
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    onEnvelopes(target, order, ({ from, envelope: { type } }) => (from === own && ANSWERS.has(type) ? 'drop' : 'pass'))
  }
} as const satisfies Attack
