import type { Attack } from '../attack.ts'
import { hideSubmission } from './hide-submission.ts'
import { FIRST_ROUND, inEachMove, OWN_REQUESTS, SHARES } from './moves.ts'
import { handOverTo, keepApart, running, signedMaskRequest, signedShareRequest } from './requests.ts'

export const sharesOfReleased = {
  name: 'shares-of-released',
  by: 'aggregator',
  about: "The victim's submission is hidden, its neighbours release their masks towards it, and are then asked for its shares.",
  needs: 'meter',
  simulate(target, order) {
    keepApart(target, order, OWN_REQUESTS)
    hideSubmission.simulate(target, order)
    inEachMove(target, order, FIRST_ROUND, (asked, position) =>
      handOverTo(target, running(target), signedMaskRequest(target, asked, 0, [position]))
    )
    inEachMove(target, order, SHARES, asked => handOverTo(target, running(target), signedShareRequest(target, asked, [])))
  }
} as const satisfies Attack
