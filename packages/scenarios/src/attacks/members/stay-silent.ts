import { MessageType } from '@hushgrid/messages'
import { type Attack, meterOf, onEnvelopes } from '../attack.ts'

/** Answers of a member that is asked for a release: the release, or the refusal. */
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
