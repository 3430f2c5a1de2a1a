import { type Attack, meterOf, onEnvelopes } from '../attack.ts'
import { hideSubmission } from './hide-submission.ts'
import { REQUESTS } from './requests.ts'

export const keepFromNamed = {
  name: 'keep-from-named',
  by: 'aggregator',
  about: "The aggregator hides a meter's submission, and does not show the requests to the meter that they name.",
  needs: 'meter',
  simulate(target, order) {
    const victim = meterOf(target, order)
    hideSubmission.simulate(target, order)
    onEnvelopes(target, order, ({ from, to, envelope: { type } }) =>
      from === 'aggregator' && to === victim && REQUESTS.has(type) ? 'drop' : 'pass'
    )
  }
} as const satisfies Attack
