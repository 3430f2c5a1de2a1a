import { MessageType } from '@hushgrid/messages'
import { type Attack, meterOf, onEnvelopes } from '../../attack.ts'

export const disputeFalsely = {
  name: 'dispute-falsely',
  by: 'members',
  about: "Nobody gets a member's submission, and with edge release it disputes when it is named: that loses the slot.",
  needs: 'meter',
  simulate(target, order) {
    const own = meterOf(target, order)
    onEnvelopes(target, order, ({ from, envelope: { type } }) => (from === own && type === MessageType.Submission ? 'drop' : 'pass'))
  }
} as const satisfies Attack
