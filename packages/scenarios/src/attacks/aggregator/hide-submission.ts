import { MessageType } from '@hushgrid/messages'
import { type Attack, meterOf, onEnvelopes } from '../attack.ts'

export const hideSubmission = {
  name: 'hide-submission',
  by: 'aggregator',
  about: "The aggregator does not take a meter's submissions, and so names it missing.",
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    onEnvelopes(target, order, ({ from, to, envelope: { type } }) =>
      to === 'aggregator' && from === victim && type === MessageType.Submission ? 'drop' : 'pass'
    )
  }
} as const satisfies Attack
