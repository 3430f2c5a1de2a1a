import type { Attack } from '../../attack.ts'
import { hideSubmission } from '../hide-submission.ts'
import { handOverTo, inEachMove, keepApart, running, signedMaskRequest } from '../requests.ts'
import { askForShares, FIRST_ROUND, MORE_SHARES, OWN_REQUESTS, SHARES } from './moves.ts'
import { Words } from './words.ts'

export const sharesOfReleased = {
  name: 'shares-of-released',
  by: 'aggregator',
  about: "The victim's submission is hidden, its neighbours release their masks towards it, and are then asked for its shares.",
  needs: 'meter',
  simulate(target, order) {
    const words = new Words(target, order)
    keepApart(target, order, OWN_REQUESTS)
    hideSubmission.simulate(target, order)
    inEachMove(target, order, FIRST_ROUND, (asked, position) =>
      handOverTo(target, running(target), signedMaskRequest(target, asked, 0, [position]))
    )
    inEachMove(target, order, SHARES, (asked, position) =>
      askForShares(target, asked, running(target), { words, round: 0, missing: [position] })
    )
    inEachMove(target, order, MORE_SHARES, asked => askForShares(target, asked, running(target), { words, round: 0, missing: [] }))
  }
} as const satisfies Attack
